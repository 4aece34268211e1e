"""What the database promises, each as a function that fails on a database that does not keep it.
The tests run them on the real schema, and on copies with a planted bug, which must fail."""

import hashlib
import random
import socket
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from .database import Tick, new_player

# Questions with no answer while the books are in order; so a foreign key would say it.
BOOKS = {
    "an active player who is not in a living match":
        """select a.player_id from mm.active_player a left join mm.match m using (match_id)
           where m.state is null or m.state not in ('proposed','created','allocated','running')
               or not a.player_id = any (m.players) or not a.ticket_id = any (m.tickets)""",
    "a living match that lacks one of its players":
        """select m.match_id from mm.match m
           where m.state in ('proposed', 'created', 'allocated', 'running')
               and cardinality(m.players) <> (
                   select count(*) from mm.active_player a
                   where a.match_id = m.match_id and a.player_id = any (m.players))""",
    "a player in two living matches":
        """select player from (
               select unnest(players) as player from mm.match
               where state in ('proposed', 'created', 'allocated', 'running')) p
           group by player having count(*) > 1""",
    "a match without one of its tickets":
        """select m.match_id from mm.match m
           where m.state in ('proposed', 'created', 'allocated', 'running', 'ended')
               and cardinality(m.tickets) <> (
                   select count(*) from mm.match_ticket t
                   where t.match_id = m.match_id and t.ticket_id = any (m.tickets))""",
    "a ticket without its match":
        """select t.ticket_id from mm.match_ticket t left join mm.match m using (match_id)
           where m.match_id is null or not t.ticket_id = any (m.tickets)""",
    "a match that nobody is told of":
        """select match_id from mm.match m where not exists (
               select from mm.outbox o where o.match_id = m.match_id)""",
    "a message about nothing":
        """select msg_id from mm.outbox o where not exists (
               select from mm.match m where m.match_id = o.match_id)""",
}


def check_books(database):
    session = database.connect()
    for wrong, question in BOOKS.items():
        found = session.execute(question).fetchall()
        assert not found, f"{wrong}: {found[:5]}"
    session.close()


# More threads than any check needs at once; kept, because making them costs more than a commit.
_threads = ThreadPoolExecutor(8)


def at_once(*works):
    """Runs all at the same time; their results."""
    gate = threading.Barrier(len(works))

    def begin(work):
        gate.wait(30)
        return work()

    return [job.result(60) for job in [_threads.submit(begin, work) for work in works]]


def check_races(database, rounds):
    """Two shards commit a match of the same ten players at once: one of them wins, whole."""
    owners = [database.owner().started(), database.owner().started()]
    for number in range(rounds):
        players = [new_player() for _ in range(10)]
        ticks = [Tick().match(*[[p] for p in players]),
                 Tick().match(*[[p] for p in reversed(players)])]
        answers = at_once(*[
            lambda owner=owner, tick=tick: owner.commit(tick)
            for owner, tick in zip(owners, ticks, strict=True)])
        states = [state for answer in answers for state in answer[0].values()]
        assert sorted(states, key=str) == [None, "created"] or \
            sorted(states, key=str) == ["created", None], f"round {number}: {states}"
        named = [set(clash[0]) for answer in answers for clash in answer[1].values()]
        assert len(named) == 1 and named[0] == set(players), named
    check_books(database)


def check_chains(database, rounds, seed):
    """Three shards commit ticks whose matches overlap at random: who is refused had a rival."""
    drawn = random.Random(seed)
    owners = [database.owner().started() for _ in range(3)]
    reader = database.connect()
    refused = committed = 0
    for _ in range(rounds):
        pool = [new_player() for _ in range(24)]
        ticks = []
        for _ in owners:
            order, tick = drawn.sample(pool, len(pool)), Tick()
            for start in range(0, 18, 6):
                tick.match(order[start:start + 2], order[start + 2:start + 3],
                           order[start + 3:start + 6])
            ticks.append(tick)
        answers = at_once(*[
            lambda owner=owner, tick=tick: owner.commit(tick)
            for owner, tick in zip(owners, ticks, strict=True)])
        taken = {row[0] for row in reader.execute(
            "select player_id from mm.active_player where player_id = any (%s)", [pool])}
        for answer in answers:
            committed += sum(state is not None for state in answer[0].values())
            for players, tickets in answer[1].values():
                refused += 1
                assert players and set(players) <= set(pool) and not tickets
        assert taken, "everybody was refused"
    assert refused > rounds and committed > rounds, (refused, committed)
    check_books(database)


def check_within_a_call(database):
    """Two matches of one tick that name one player are both refused; the third is committed."""
    owner = database.owner().started()
    shared, others = new_player(), [new_player() for _ in range(5)]
    tick = Tick().match([shared], [others[0]]).match([others[1], shared], [others[2]])
    tick.match([others[3]], [others[4]]).match([others[1], others[1]])
    states, clashes = owner.commit(tick)
    assert [states[match] for match in tick.ids] == [None, None, "created", None]
    assert set(clashes[tick.ids[0]][0]) == {shared}
    check_books(database)


def check_repetition(database):
    """The same call again changes nothing and answers the same, also for what was refused."""
    owner, rival = database.owner().started(), database.owner().started()
    busy, free = new_player(), [new_player() for _ in range(4)]
    rivals = Tick().match([busy], [new_player()])
    rival.commit(rivals)
    tick = Tick().match([busy], [free[0]]).match([free[1]], [free[2]])
    first = owner.commit(tick)
    assert first[0] == {tick.ids[0]: None, tick.ids[1]: "created"}
    assert first[1][tick.ids[0]][0] == [busy]
    before = snapshot(database)
    assert owner.commit(tick, again=True)[0] == first[0]
    # Even when who was in the way is free by now: the caller has queued the others again.
    fail = rival.call(
        "fail_matches", rivals.ids, [1], [1], ["mm.v1.evt.x"], [f"{rivals.ids[0]}:failed"], [b""])
    assert fail == [(rivals.ids[0], "failed", True)]
    before = snapshot(database)
    assert owner.commit(tick, again=True)[0] == first[0]
    assert snapshot(database) == before
    owner.commit(Tick().match([free[3]], [new_player()]))
    owner.serial -= 1
    with pytest.raises(psycopg.Error, match="PASSED"):
        owner.commit(tick, again=True)
    check_books(database)


def snapshot(database):
    session = database.connect()
    found = [session.execute(f"select * from mm.{table} order by 1").fetchall()
             for table in ("match", "active_player", "match_ticket", "outbox")]
    session.close()
    return found


def check_stale_epoch(database):
    """Nobody writes under an epoch that another has taken over, by whatever function."""
    old = database.owner().started()
    tick = Tick().match([new_player()], [new_player()], proposed=True)
    old.commit(tick)
    match, = tick.ids
    new = database.owner(old.shard)
    assert not new.acquire()[0]
    assert old.session.execute(
        "select mm.release_shard(%s, %s)", [old.shard, old.epoch]).fetchone()[0]
    assert new.started().epoch == old.epoch + 1
    before = snapshot(database)
    none = [[], [], [], []]
    calls = {
        "commit_tick": lambda: old.commit(Tick().match([new_player()], [new_player()])),
        "accept_matches": lambda: old.call("accept_matches", [match], 3000, [b""], *none),
        "close_matches": lambda: old.call("close_matches", [match], *none),
        "replace_ticket": lambda: old.call(
            "replace_ticket", 9, match, tick.tickets[0], uuid.uuid4(), [new_player()], *none[1:]),
        "next_attempt": lambda: old.call("next_attempt", match, 1, 3000, b"", *none[1:]),
        "fail_matches": lambda: old.call("fail_matches", [match], [1], *none),
        "commit_backfills": lambda: old.call(
            "commit_backfills", 9, [match], [1], [uuid.uuid4()], [1], [new_player()], [1], *none),
    }
    for name, call in calls.items():
        with pytest.raises(psycopg.Error) as caught:
            call()
            pytest.fail(f"{name} wrote under a stale epoch")
        assert caught.value.sqlstate == "MM001", (name, caught.value)
    for name, more in (("renew_shard", [1000]), ("release_shard", [])):
        assert old.call(name, *more) == [(False,)]
    assert snapshot(database) == before


def check_takeover_waits(database):
    """A takeover waits for a commit in flight, and then sees it."""
    old = database.owner()
    assert old.acquire(lease_ms=100)[0]
    old.session.autocommit = False
    tick = Tick().match([new_player()], [new_player()])
    old.commit(tick)
    new = database.owner(old.shard)
    wait_for_expiry(new)
    took = _threads.submit(new.acquire)
    try:
        wait_for_blocked(database, 1)
        assert not took.done()
    finally:
        old.session.commit()
    assert took.result(10)[:3] == (True, str(id(new)), old.epoch + 1)
    assert new.session.execute(
        "select match_id, epoch from mm.match_states(%s)", [tick.ids]).fetchall() == [
            (tick.ids[0], old.epoch)]


def wait_for_expiry(owner):
    """Until the lease of the shard is over."""
    while owner.session.execute(
            "select remaining_ms from mm.shards() where shard = %s",
            [owner.shard]).fetchone()[0] >= 0:
        time.sleep(0.01)


def wait_for_blocked(database, wanted):
    """Until so many sessions of the database wait for a lock."""
    watcher = database.connect()
    deadline = time.monotonic() + 4
    while watcher.execute(
            "select count(*) from pg_stat_activity where datname = current_database()"
            " and wait_event_type = 'Lock'").fetchone()[0] < wanted:
        assert time.monotonic() < deadline, "nobody waits for a lock"
    watcher.close()


def check_acquirers(database, rounds, rivals=6):
    """Many want a free shard at once: one gets it, and each epoch is the one before plus one."""
    owners = [database.owner("contested") for _ in range(rivals)]
    epoch = 0
    for _ in range(rounds):
        answers = at_once(*[owner.acquire for owner in owners])
        winners = [owner for owner, row in zip(owners, answers, strict=True) if row[0]]
        assert len(winners) == 1, f"{len(winners)} won"
        winner, = winners
        assert winner.epoch == epoch + 1, (winner.epoch, epoch)
        epoch = winner.epoch
        # The losers are told who has it.
        assert {row[1] for row in answers} == {str(id(winner))}
        assert winner.call("release_shard") == [(True,)]


def check_lost_replies(database, rounds, seed):
    """The connection dies between statement and reply: a repetition settles what happened."""
    drawn = random.Random(seed)
    owner = database.owner().started()
    killer = database.connect()
    reader = database.connect()
    seen = {True: 0, False: 0}
    for number in range(rounds):
        tick = Tick()
        for _ in range(20):
            tick.match([new_player()], [new_player(), new_player()])
        victim = owner.session
        delay = drawn.uniform(0, 0.006)
        if number % 2:
            pid = victim.info.backend_pid
            end = lambda: killer.execute("select pg_terminate_backend(%s)", [pid])  # noqa: E731
        else:
            end = lambda: cut(victim)  # noqa: E731
        sent = _threads.submit(owner.commit, tick)
        time.sleep(delay)
        end()
        try:
            sent.result(10)
        except psycopg.Error:
            pass
        # Another session of the same owner, as after a reconnect.
        owner.session = database.connect("mm")
        victim.close()
        found = reader.execute(
            "select count(*) from mm.match where match_id = any (%s)", [tick.ids]).fetchone()[0]
        assert found in (0, 20), f"half a tick: {found}"
        seen[found == 20] += 1
        states, _ = owner.commit(tick, again=True)
        assert set(states.values()) == {"created"}
    assert min(seen.values()) > 0, f"all the same: {seen}"
    check_books(database)


def cut(session):
    """As if the cable was pulled: what was sent stays sent, and nothing comes back."""
    with socket.socket(fileno=session.fileno()) as line:
        line.shutdown(socket.SHUT_RDWR)
        line.detach()


def check_relays(database, messages=300, relays=4):
    """Relays at once: no message goes to two while it is held, each is marked once, all are."""
    owner = database.owner().started()
    for _ in range(messages // 100):
        tick = Tick()
        for _ in range(50):
            tick.match([new_player()], [new_player()])
        owner.commit(tick)
    sessions = [database.connect("mm") for _ in range(relays)]

    def relay(session):
        taken, marked = [], 0
        while True:
            rows = session.execute(
                "select msg_id, body from mm.outbox_take(0, 60000, 40)").fetchall()
            if not rows:
                return taken, marked
            taken += rows
            ids = [row[0] for row in rows]
            # Twice, as after a lost reply.
            for _ in range(2):
                marked += session.execute(
                    "select mm.outbox_sent(%s)", [ids]).fetchone()[0]

    # One of them is slow: it marks what it took when the others have finished.
    held = sessions[0].execute("select msg_id, body from mm.outbox_take(0, 60000, 40)").fetchall()
    done = at_once(*[lambda session=session: relay(session) for session in sessions])
    marked = sessions[0].execute(
        "select mm.outbox_sent(%s)", [[row[0] for row in held]]).fetchone()[0]
    done.append((held, marked))
    taken = [row for result in done for row in result[0]]
    assert len({row[0] for row in taken}) == len(taken), "two relays held one message"
    assert len(taken) >= messages
    assert {bytes(row[1]) for row in taken} == {b"match", b"event"}
    for rows, marked in done:
        assert marked == len(rows), "marked other than once"
    assert sessions[0].execute("select unsent from mm.outbox_state()").fetchone()[0] == 0


def check_marks(database, rounds, seed):
    """Relay and sweeper mark the same messages at once, in any order: none waits in a circle."""
    drawn = random.Random(seed)
    owner = database.owner().started()
    ids = []
    for _ in range(4):
        tick = Tick()
        for _ in range(100):
            tick.match([new_player()], [new_player()])
        owner.commit(tick)
        ids += tick.messages()[2]
    sessions = [database.connect("mm") for _ in range(4)]
    admin = database.connect()
    for _ in range(rounds):
        marked = at_once(*[
            lambda session=session, order=drawn.sample(ids, len(ids)): session.execute(
                "select mm.outbox_sent(%s)", [order]).fetchone()[0] for session in sessions])
        assert sum(marked) == len(ids), marked
        admin.execute("update mm.outbox set sent_at = null where msg_id = any (%s)", [ids])


def played(owner, world, server="s1"):
    """A match of two players that runs on a server; its id and players."""
    tick = Tick().match([new_player()], [new_player()])
    owner.commit(tick)
    match, = tick.ids
    assert world.execute("select body from mm.claim_match(%s, 1, %s, 20000)", [
        match, server]).fetchall() == [(b"match",)]
    assert world.execute(
        "select mm.start_match(%s, 1, %s)", [match, server]).fetchone() == (True,)
    return match, tick.players


def check_claims(database, rounds, servers=4):
    """Servers claim one match at once: one gets it, and gets it again when it asks again."""
    owner = database.owner().started()
    worlds = [database.connect("world_result") for _ in range(servers)]
    for _ in range(rounds):
        tick = Tick().match([new_player()], [new_player()])
        owner.commit(tick)
        match, = tick.ids

        def claim(number, match=match):
            return worlds[number].execute(
                "select body from mm.claim_match(%s, 1, %s, 20000)",
                [match, f"s{number}"]).fetchall()

        answers = at_once(*[lambda number=number: claim(number) for number in range(servers)])
        assert sorted(len(answer) for answer in answers) == [0] * (servers - 1) + [1]
        assert [claim(number) for number in range(servers)] == answers


def check_results(database, rounds, seed):
    """A result that comes up to five times, in any order and at once, changes ratings once."""
    drawn = random.Random(seed)
    owner, world = database.owner().started(), database.connect("world_result")
    admin = database.connect()
    admin.execute("""
        create schema if not exists game;
        create table if not exists game.rating (player bigint primary key, games int);
        grant usage on schema game to lobby_rw;
        grant select, insert, update on game.rating to lobby_rw""")
    sessions = [database.connect("lobby_rw", autocommit=False) for _ in range(3)]
    verdicts = []
    for _ in range(rounds):
        match, players = played(owner, world)
        true, false = b"a won", b"b won"

        def apply(session, body, match=match, players=players):
            with session.transaction():
                verdict = session.execute(
                    "select mm.record_result(%s, 1, 's1', %s, %s)::text",
                    [match, hashlib.sha256(body).digest(), body]).fetchone()[0]
                if verdict == "applied":
                    for player in players:
                        session.execute(
                            "insert into game.rating as r values (%s, 1) on conflict (player)"
                            " do update set games = r.games + 1", [player])
            return verdict

        bodies = [true] * drawn.randint(1, 5) + [false] * drawn.randint(0, 1)
        drawn.shuffle(bodies)
        lanes = [bodies[lane::len(sessions)] for lane in range(len(sessions))]
        answers = sum(at_once(*[
            lambda session=session, lane=lane: [apply(session, body) for body in lane]
            for session, lane in zip(sessions, lanes, strict=True)]), [])
        verdicts += answers
        assert answers.count("applied") == 1, answers
        if false in bodies:
            assert "conflict" in answers
        else:
            assert set(answers) <= {"applied", "duplicate"}
        games = admin.execute("select games from game.rating where player = any (%s)", [players])
        assert games.fetchall() == [(1,), (1,)]
        assert not admin.execute(
            "select from mm.active_player where player_id = any (%s)", [players]).fetchall()
    assert {"applied", "duplicate", "conflict"} <= set(verdicts)
    check_books(database)
