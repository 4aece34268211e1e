"""What each function of schema mm does, one caller at a time. LB-21, LB-25, LB-27."""

import hashlib
import uuid

import pytest
from support.database import Tick, new_player
from support.database_checks import check_books, played

NO_MESSAGES = [[], [], [], []]


@pytest.fixture(autouse=True)
def books(database):
    """The books are in order after each test."""
    yield
    check_books(database)
    database.disconnect()


@pytest.fixture
def owner(database):
    return database.owner().started()


@pytest.fixture
def world(database):
    return database.connect("world_result")


@pytest.fixture
def lobby(database):
    return database.connect("lobby_rw")


@pytest.fixture
def admin(database):
    return database.connect()


def one(session, question, *arguments):
    return session.execute(question, arguments).fetchone()[0]


def state_of(admin, match):
    return one(admin, "select state::text from mm.match where match_id = %s", match)


def active(admin, players):
    return {row[0] for row in admin.execute(
        "select player_id from mm.active_player where player_id = any (%s)", [players])}


def committed(owner, *tickets, **options):
    tick = Tick().match(*(tickets or ([new_player()], [new_player(), new_player()])), **options)
    states, clashes = owner.commit(tick)
    assert not clashes, clashes
    return tick, tick.ids[0]


# Shards.

def test_a_lease_is_refused_while_it_runs_also_to_its_owner(owner):
    granted, holder, epoch, remaining = owner.acquire()
    assert (granted, holder, epoch) == (False, str(id(owner)), 1)
    assert 0 < remaining <= 60_000


def test_a_lease_that_has_run_out_is_renewed_while_nobody_has_taken_over(database):
    owner = database.owner()
    assert owner.acquire(lease_ms=100)[0]
    assert owner.call("release_shard") == [(True,)]
    assert owner.call("renew_shard", 60_000) == [(True,)]
    assert not database.owner(owner.shard).acquire()[0]


# Commits.

def test_a_ticket_that_has_ended_is_refused_with_other_players(owner):
    tick, _ = committed(owner)
    late = Tick().match([new_player()], [new_player()], ids=[tick.tickets[0], uuid.uuid4()])
    states, clashes = owner.commit(late)
    assert list(states.values()) == [None]
    assert clashes[late.ids[0]] == ([], [tick.tickets[0]])


def test_a_mistake_in_the_arguments_commits_nothing(owner, admin):
    tick = Tick().match([new_player()], [new_player()])
    for break_it in (
            lambda t: t.ticket_match.__setitem__(0, 9),
            lambda t: t.player_ticket.__setitem__(0, 9),
            lambda t: t.ids.append(uuid.uuid4()) or t.proposed.append(False)):
        wrong = Tick().match([new_player()], [new_player()])
        break_it(wrong)
        with pytest.raises(Exception, match="not-null"):
            owner.commit(wrong)
        assert not active(admin, wrong.players)
        owner.serial -= 1
    owner.commit(tick)


def test_a_tick_without_matches_is_a_commit_too(owner):
    assert owner.commit(Tick()) == ({}, {})


# Proposals.

def test_an_accepted_match_becomes_created_with_its_messages_once(owner, admin):
    tick, match = committed(owner, proposed=True)
    call = ["accept_matches", [match], 3000, [b"final"], [1], ["mm.v1.alloc.eu"],
            [f"{match}:accepted"], [b""]]
    assert owner.call(*call) == [(match, "created")]
    assert owner.call(*call) == [(match, "created")]
    assert one(admin, "select count(*) from mm.outbox where match_id = %s", match) == 3
    assert one(admin, "select body from mm.match where match_id = %s", match) == b"final"
    assert owner.call("close_matches", [match], *NO_MESSAGES) == [(match, "created")]
    assert active(admin, tick.players) == set(tick.players)


def test_a_match_that_was_not_accepted_leaves_its_tickets_as_before(owner, admin):
    tick, match = committed(owner, proposed=True)
    assert owner.call("close_matches", [match], *NO_MESSAGES) == [(match, "closed")]
    assert owner.call(
        "accept_matches", [match], 3000, [b""], *NO_MESSAGES) == [(match, "closed")]
    assert not active(admin, tick.players)
    again = Tick().match(tick.players[:1], tick.players[1:], ids=tick.tickets)
    assert list(owner.commit(again)[0].values()) == ["created"]


def replace(owner, match, old, new, players):
    owner.serial += 1
    return owner.call(
        "replace_ticket", owner.serial, match, old, new, players, ["mm.v1.evt.lobby"],
        [f"{match}:substituted:{new}"], [b"event"])[0]


def test_a_substitute_takes_a_place_whole_or_not_at_all(owner, admin):
    tick, match = committed(owner, proposed=True)
    other, _ = committed(owner)
    new, players = uuid.uuid4(), [new_player(), new_player()]
    refused = replace(owner, match, tick.tickets[1], new, [players[0], other.players[0]])
    assert refused == (False, [other.players[0]], [])
    assert not active(admin, players)
    assert replace(owner, match, tick.tickets[1], new, players) == (True, [], [])
    owner.serial -= 1
    assert replace(owner, match, tick.tickets[1], new, players) == (True, [], [])
    assert active(admin, tick.players + players) == {tick.players[0], *players}
    # Who was replaced may be matched elsewhere.
    committed(owner, tick.players[1:], [new_player()], ids=[tick.tickets[1], uuid.uuid4()])
    assert replace(owner, match, tick.tickets[1], uuid.uuid4(), [new_player()])[0] is False


# Outbox.

def test_a_message_is_taken_when_it_is_old_enough_and_again_after_its_hold(owner, admin):
    _, match = committed(owner)

    def take(older, hold):
        return {row[0] for row in owner.session.execute(
            "select msg_id from mm.outbox_take(%s, %s, 1000) where match_id = %s",
            [older, hold, match])}

    both = {str(match), f"{match}:lobby"}
    assert take(60_000, 0) == set()
    assert take(0, 0) == both
    assert take(0, 60_000) == both
    assert take(0, 60_000) == set()
    assert one(owner.session, "select mm.outbox_sent(%s)", [str(match)]) == 1
    admin.execute("update mm.outbox set taken_until = null where match_id = %s", [match])
    assert take(0, 60_000) == {f"{match}:lobby"}
    assert one(owner.session, "select unsent from mm.outbox_state()") >= 1


def test_what_a_broker_has_lost_is_sent_again(owner):
    _, match = committed(owner)
    ids = [str(match), f"{match}:lobby"]
    assert one(owner.session, "select mm.outbox_sent(%s)", ids) == 2
    assert one(owner.session, "select mm.outbox_resend(60000)") >= 2
    assert one(owner.session, "select mm.outbox_sent(%s)", ids) == 2


# Sessions and attempts.

def test_a_match_lives_from_claim_to_end(owner, world, admin, lobby):
    match, players = played(owner, world)
    assert state_of(admin, match) == "running"
    assert lobby.execute(
        "select state::text, server from mm.session_of(%s, %s)",
        [match, players[0]]).fetchall() == [("running", "s1")]
    assert not lobby.execute(
        "select from mm.session_of(%s, %s)", [match, new_player()]).fetchall()
    for _ in range(2):
        assert one(world, "select mm.end_match(%s, 1, 's1')", match)
    assert state_of(admin, match) == "ended" and not active(admin, players)
    assert not one(world, "select mm.start_match(%s, 1, 's1')", match)


@pytest.mark.parametrize("attempt, server", [(2, "s1"), (1, "s2")])
def test_another_server_or_attempt_has_no_say(owner, world, admin, attempt, server):
    match, players = played(owner, world)
    for function in ("start_match", "end_match"):
        assert one(world, f"select mm.{function}(%s, %s, %s)", match, attempt, server) is False
    assert one(world, "select mm.give_up_match(%s, %s, %s)", match, attempt, server) is None
    assert not world.execute("select mm.release_players(%s, %s, %s, 2, %s)", [
        match, attempt, server, players]).fetchall()
    assert world.execute("select * from mm.dead_sessions(%s, %s, %s)", [
        server, [match], [attempt]]).fetchall() == [(match,)]
    assert state_of(admin, match) == "running" and active(admin, players) == set(players)


def test_an_attempt_that_failed_gives_the_match_to_another_server(owner, world, admin):
    tick, match = committed(owner)
    claim = "select body from mm.claim_match(%s, %s, %s, 20000)"
    assert world.execute(claim, [match, 1, "s1"]).fetchall()
    assert not owner.session.execute(
        "select from mm.due_matches(%s, 10)", [owner.shard]).fetchall()
    assert one(world, "select mm.give_up_match(%s, 1, 's1')::text", match) == "allocated"
    due = owner.session.execute(
        "select match_id, state::text, attempt from mm.due_matches(%s, 10)",
        [owner.shard]).fetchall()
    assert due == [(match, "allocated", 1)]
    again = ["next_attempt", match, 1, 3000, b"second", ["mm.v1.alloc.eu"], [f"{match}:2"], [b""]]
    assert owner.call(*again) == [(2,)]
    assert owner.call(*again) == [(2,)]
    assert not one(world, "select mm.start_match(%s, 1, 's1')", match)
    assert not world.execute(claim, [match, 1, "s1"]).fetchall()
    assert world.execute(claim, [match, 2, "s2"]).fetchall() == [(b"second",)]
    assert one(world, "select mm.start_match(%s, 2, 's2')", match)
    assert owner.call(*again) == [(2,)]
    assert owner.call("next_attempt", match, 2, 3000, b"", *NO_MESSAGES[1:]) == [(None,)]
    assert active(admin, tick.players) == set(tick.players)


def test_a_match_without_a_server_gives_its_tickets_back(owner, admin):
    tick, match = committed(owner)
    fail = ["fail_matches", [match], [1], [1], ["mm.v1.evt.lobby"], [f"{match}:failed"], [b"no"]]
    for _ in range(2):
        assert owner.call(*fail) == [(match, "failed", True)]
    assert one(admin, "select count(*) from mm.outbox where match_id = %s", match) == 3
    again = Tick().match(tick.players[:1], tick.players[1:], ids=tick.tickets)
    assert list(owner.commit(again)[0].values()) == ["created"]
    assert owner.call(*fail) == [(match, "failed", True)]


def test_matches_of_a_silent_server_fail_and_their_tickets_have_ended(owner, world, admin):
    match, players = played(owner, world, server="silent")
    found = owner.session.execute(
        "select match_id, state::text from mm.silent_matches(%s, %s)",
        [owner.shard, ["silent", "other"]]).fetchall()
    assert found == [(match, "running")]
    assert owner.call("fail_matches", [match], [9], *NO_MESSAGES) == [(match, "running", False)]
    assert owner.call("fail_matches", [match], [1], *NO_MESSAGES) == [(match, "failed", False)]
    assert not active(admin, players)
    assert one(admin, "select count(*) from mm.match_ticket where match_id = %s", match) == 2


# Backfills.

def join(owner, match, generation, tickets):
    """The verdict on one group of tickets, a dictionary of players by ticket."""
    owner.serial += 1
    players = [player for party in tickets.values() for player in party]
    place = [n for n, party in enumerate(tickets.values(), 1) for _ in party]
    row, = owner.call(
        "commit_backfills", owner.serial, [match], [generation], list(tickets),
        [1] * len(tickets), players, place, [1], ["mm.v1.alloc.eu"],
        [f"{match}:backfill:{next(iter(tickets))}"], [b"join"])
    return row[1:]


def test_players_join_a_running_match_of_their_generation(owner, world, admin):
    match, players = played(owner, world)
    assert world.execute("select mm.release_players(%s, 1, 's1', 2, %s)", [
        match, players[:1]]).fetchall() == [(players[0],)]
    group = {uuid.uuid4(): [new_player(), new_player()]}
    assert join(owner, match, 1, group) == ("stale", [], [])
    assert join(owner, match, 2, group) == ("joined", [], [])
    owner.serial -= 1
    assert join(owner, match, 2, group) == ("joined", [], [])
    busy, free = players[1], new_player()
    assert join(owner, match, 3, {uuid.uuid4(): [busy, free]}) == ("clash", [busy], [])
    assert not active(admin, [free])
    owner.serial -= 1
    assert join(owner, match, 3, {uuid.uuid4(): [free]})[0] == "clash"
    assert one(world, "select mm.end_match(%s, 1, 's1')", match)
    assert join(owner, match, 3, {uuid.uuid4(): [free]}) == ("over", [], [])


def test_matches_are_handed_over_and_their_players_freed(owner, admin):
    tick, match = committed(owner)
    players = set(tick.players)

    def hand_over(older_ms, end_after="4 hours"):
        return one(owner.session, "select mm.hand_over(%s, %s, %s, %s, 100)",
                   owner.shard, owner.epoch, older_ms, end_after)

    assert hand_over(60_000) == 1
    assert state_of(admin, match) == "running"
    assert active(admin, list(players)) == players, "they are kept out for a while"
    joiner = new_player()
    assert join(owner, match, 1, {uuid.uuid4(): [joiner]})[0] == "joined"
    assert hand_over(0) == 0
    assert not active(admin, [*players, joiner])
    assert state_of(admin, match) == "running"
    hand_over(0, "0 hours")
    assert state_of(admin, match) == "ended"


# Results.

def result(lobby, match, body=b"won", attempt=1, server="s1"):
    return one(lobby, "select mm.record_result(%s, %s, %s, %s, %s)::text", match, attempt, server,
               hashlib.sha256(body).digest(), body)


def test_a_result_is_taken_from_the_server_that_played_the_match(owner, world, lobby):
    match, _ = played(owner, world)
    assert result(lobby, match, server="s2") == "stale"
    assert result(lobby, match, attempt=2) == "stale"
    assert result(lobby, uuid.uuid4()) == "stale"
    assert one(world, "select mm.end_match(%s, 1, 's1')", match)
    assert result(lobby, match) == "applied"
    assert result(lobby, match) == "duplicate"
    assert result(lobby, match, b"lost") == "conflict"


def test_the_result_of_a_match_that_was_given_up_is_stale(owner, world, lobby):
    match, _ = played(owner, world)
    assert one(world, "select mm.give_up_match(%s, 1, 's1')::text", match) == "failed"
    assert result(lobby, match) == "stale"


# Lookups and purge.

def test_a_new_owner_finds_what_the_old_one_committed(database, owner):
    since = one(owner.session, "select database_time from mm.acquire_shard('other', 'x', 100)")
    proposed, first = committed(owner, proposed=True)
    created, second = committed(owner)
    assert owner.call("release_shard") == [(True,)]
    new = database.owner(owner.shard).started()
    tickets = dict(new.session.execute(
        "select ticket_id, match_id from mm.tickets_since(%s)", [since]).fetchall())
    assert tickets == {ticket: tick.ids[0] for tick in (proposed, created)
                       for ticket in tick.tickets}
    matches = new.session.execute(
        "select match_id, tickets, players from mm.matches_since(%s, %s)",
        [owner.shard, since]).fetchall()
    assert [(m, set(t), set(p)) for m, t, p in matches] == [
        (tick.ids[0], set(tick.tickets), set(tick.players)) for tick in (proposed, created)]
    still_open = new.session.execute(
        "select match_id, state::text from mm.open_matches(%s)", [owner.shard]).fetchall()
    assert still_open == [(first, "proposed"), (second, "created")]
    assert new.call("close_matches", [first], *NO_MESSAGES) == [(first, "closed")]


def test_lookups_by_id(owner, lobby):
    tick, match = committed(owner)
    unknown = uuid.uuid4()
    assert owner.session.execute(
        "select match_id, state::text, attempt from mm.match_states(%s)",
        [[match, unknown]]).fetchall() == [(match, "created", 1)]
    for session in (owner.session, lobby):
        assert session.execute(
            "select ticket_id, match_id from mm.ticket_matches(%s)",
            [[unknown, tick.tickets[0]]]).fetchall() == [(tick.tickets[0], match)]
    assert lobby.execute(
        "select player_id, match_id, ticket_id from mm.active_players(%s)",
        [[tick.players[0], new_player()]]).fetchall() == [
            (tick.players[0], match, tick.tickets[0])]


def test_purge_forgets_what_is_over_and_old_and_nothing_else(owner, world, admin):
    purge = "select * from mm.purge(%s, '1 minute', 1000)"
    old, players = played(owner, world)
    joined = {uuid.uuid4(): [new_player()]}
    assert join(owner, old, 1, joined)[0] == "joined"
    _, living = committed(owner)
    admin.execute("update mm.match set created_at = now() - interval '4 hours'"
                  " where match_id = any (%s)", [[old, living]])
    admin.execute("update mm.match_ticket set committed_at = now() - interval '4 hours'"
                  " where match_id = %s and not ticket_id = any (%s)", [old, list(joined)])
    assert one(world, "select mm.end_match(%s, 1, 's1')", old)
    with pytest.raises(Exception, match="3 hours"):
        owner.session.execute(purge, ["2 hours"])
    # Somebody joined it less than three hours ago.
    assert owner.session.execute(purge, ["3 hours"]).fetchone()[0] == 0
    admin.execute("update mm.match_ticket set committed_at = now() - interval '4 hours'"
                  " where match_id = %s", [old])
    admin.execute("update mm.outbox set sent_at = now() - interval '1 hour' where match_id = %s",
                  [old])
    assert owner.session.execute(purge, ["3 hours"]).fetchone() == (1, 3)
    assert not admin.execute(
        "select from mm.match_ticket where match_id = %s", [old]).fetchall()
    assert state_of(admin, living) == "created"
    assert owner.session.execute(purge, ["3 hours"]).fetchone() == (0, 0)
