"""Proposed matches, running matches, marks and questions over NATS."""
import json
import time
import uuid

import pytest

from conftest import QUICK_WINDOW, Stack
from support.lobby import Bus, Lobby
from support.messages import JSON, PROTOBUF, classes, new_player, ticket
from support.processes import wait_until, write_queues

QUEUES = [
    {"name": "squads", "teams": 2, "teamSize": 2, "window": QUICK_WINDOW, "cooldownScope": "squads",
     "acceptance": {"seconds": 20, "substituteSeconds": 3, "cooldownSeconds": [60],
                    "offenceHours": 1}},
    {"name": "war", "teams": 2, "teamSize": 3, "partyMax": 1, "window": QUICK_WINDOW,
     "cooldownScope": "war", "warParties": {"rosterMax": 5, "ownMin": 2},
     "acceptance": {"seconds": 20, "substituteSeconds": 3, "cooldownSeconds": [60],
                    "offenceHours": 1}},
    {"name": "strict", "teams": 2, "teamSize": 1, "window": QUICK_WINDOW, "cooldownScope": "strict",
     "acceptance": {"seconds": 2, "substituteSeconds": 1, "cooldownSeconds": [0, 60, 600],
                    "offenceHours": 1}},
    {"name": "asked", "teams": 2, "teamSize": 1, "window": QUICK_WINDOW, "cooldownScope": "pvp",
     "acceptance": {"seconds": 3, "substituteSeconds": 1, "cooldownSeconds": [60], "offenceHours": 1}},
    {"name": "temple", "teams": 2, "teamSize": 2, "window": QUICK_WINDOW, "maps": ["halls", "pass"],
     "levels": [[6, 14], [15, 29]], "backfill": {},
     "roles": [{"name": "tank", "min": 0, "max": 1}, {"name": "healer", "min": 1, "max": 2}]},
]


@pytest.fixture(scope="module")
def stack(tmp_path_factory, template):
    folder = tmp_path_factory.mktemp("s")
    path = write_queues(folder / "q.json5", QUEUES, cooldownScopes=["pvp", "squads", "war", "strict"])
    stack = Stack(folder / "x", template.copy(), path)
    stack.start()
    yield stack
    stack.end()


def send(stack, body, kind, message_id, form=JSON):
    message = {"version": 1, kind: body}
    from google.protobuf import json_format
    data = json.dumps(message).encode() if form == JSON else json_format.ParseDict(
        message, classes()["intake"].Intake()).SerializeToString()
    stack.bus.publish("mm.v1.q.x", data, form, message_id)


def request(stack, subject, body):
    async def go():
        return await stack.bus.client.request(
            subject, json.dumps(body).encode(), timeout=5, headers={"Content-Type": JSON})
    return json.loads(stack.bus.loop.run(go()).data)


def test_accept(stack):
    lobby = stack.lobby("acc")
    ids = [lobby.send(ticket("asked", "acc")) for _ in range(2)]
    event = lobby.next(lambda e: e.kind == "proposed")
    match = event.content["match"]
    assert event.content["acceptMs"] == 3000
    for index, i in enumerate(ids):
        send(stack, {"matchId": match["matchId"], "ticketId": i, "lobby": "acc",
                     "answer": "ANSWER_KIND_ACCEPTED"}, "answer", i + ":a",
             PROTOBUF if index else JSON)
    matched = lobby.next(lambda e: e.kind == "matched")
    assert matched.content["matchId"] == match["matchId"]
    # a late answer
    send(stack, {"matchId": match["matchId"], "ticketId": ids[0], "lobby": "acc",
                 "answer": "ANSWER_KIND_DECLINED"}, "answer", ids[0] + ":b")
    assert lobby.next(lambda e: e.kind == "rejected").reason == "UNKNOWN_PROPOSAL"


def test_decline_and_cooldown(stack):
    lobby = stack.lobby("dec")
    player = new_player()
    a = lobby.send(ticket("asked", "dec", players=[player]))
    b = lobby.send(ticket("asked", "dec"))
    match = lobby.next(lambda e: e.kind == "proposed").content["match"]
    send(stack, {"matchId": match["matchId"], "ticketId": b, "lobby": "dec",
                 "answer": "ANSWER_KIND_ACCEPTED"}, "answer", b + ":a")
    send(stack, {"matchId": match["matchId"], "ticketId": a, "lobby": "dec",
                 "answer": "ANSWER_KIND_DECLINED", "playerId": str(player)}, "answer", a + ":a")
    closed = lobby.next(lambda e: e.kind == "closed")
    assert closed.reason == "DECLINED" and closed.content["ticketId"] == a
    returned = lobby.next(lambda e: e.kind == "returned", 20)
    assert returned.content["ticketId"] == b, returned.content
    again = lobby.send(ticket("asked", "dec", players=[player]))
    rejected = lobby.next(lambda e: e.kind == "rejected")
    assert rejected.reason == "ON_COOLDOWN" and rejected.content["ticketId"] == again
    assert 50_000 < rejected.content["retryAfterMs"] <= 60_000
    # taken back by a mark of 0 seconds
    send(stack, {"playerId": str(player), "scope": "pvp", "seconds": 0, "lobby": "dec"}, "mark", str(uuid.uuid4()))
    third = lobby.send(ticket("asked", "dec", players=[player]))
    lobby.next(lambda e: e.kind == "proposed" and third in json.dumps(e.content))
    send(stack, {"playerId": str(player), "scope": "nope", "seconds": 0, "lobby": "dec"}, "mark", str(uuid.uuid4()))
    assert lobby.next(lambda e: e.kind == "rejected" and e.reason == "UNKNOWN_SCOPE")


def answer(client, match, ticket_id, kind="ACCEPTED", player=0):
    """An answer over the lobby's own connection."""
    body = {"matchId": match, "ticketId": ticket_id, "lobby": client.name,
            "answer": f"ANSWER_KIND_{kind}", "playerId": str(player)}
    client.bus.publish(
        "mm.v1.q.x", json.dumps({"version": 1, "answer": body}).encode(), JSON, str(uuid.uuid4()))


@pytest.fixture
def clients(stack):
    """Makes lobbies with a connection each."""
    made = []

    def make(*names):
        lobbies = [Lobby(Bus(stack.nats), name) for name in names]
        made.extend(lobbies)
        return lobbies

    yield make
    for lobby in made:
        lobby.bus.close()


def allocated(stack, match):
    found = [m for m in stack.bus.read_stream("MMALLOC")
             if m.kind == "match" and m.content["matchId"] == match]
    assert len(found) == 1
    return found[0]


def test_a_decliner_is_replaced_and_the_others_keep_their_yes(stack, clients):
    lobbies = clients("sub-a", "sub-b", "sub-c", "sub-d", "sub-e")
    first, spare = lobbies[:4], lobbies[4]
    ids = [lobby.send(ticket("squads", lobby.name)) for lobby in first]
    proposed = [lobby.next(lambda e: e.kind == "proposed").content["match"] for lobby in first]
    match = proposed[0]["matchId"]
    assert {p["matchId"] for p in proposed} == {match}
    team_of = {s["ticketId"]: n for n, t in enumerate(proposed[0]["teams"]) for s in t["seats"]}
    # Two have said yes before, one says it while the seat is open.
    for index in (1, 2):
        answer(first[index], match, ids[index])
    answer(first[0], match, ids[0], "DECLINED")
    assert first[0].next(lambda e: e.kind == "closed").reason == "DECLINED"
    answer(first[3], match, ids[3])
    time.sleep(0.5)
    taken = spare.send(ticket("squads", spare.name))
    asked = spare.next(lambda e: e.kind == "substituted").content
    assert asked["matchId"] == match and asked["seat"]["ticketId"] == taken
    assert asked.get("team", 0) == team_of[ids[0]]
    assert asked["acceptMs"] == 20_000
    # Nobody is asked again, and nothing begins before the substitute has answered.
    time.sleep(0.5)
    for lobby in first[1:]:
        assert [e.kind for e in lobby.inbox] == ["proposed"]
    answer(spare, match, taken)
    playing = {taken, *ids[1:]}
    for lobby in [*first[1:], spare]:
        matched = lobby.next(lambda e: e.kind == "matched")
        assert matched.content["matchId"] == match and set(matched.tickets) == playing
    assert set(allocated(stack, match).tickets) == playing
    assert [e.kind for e in first[0].inbox] == ["proposed", "closed"]


def test_who_waits_takes_the_seat_of_who_stays_silent(stack, clients):
    silent, other, spare = clients("sil-a", "sil-b", "sil-c")
    ids = [silent.send(ticket("asked", silent.name)), other.send(ticket("asked", other.name))]
    match = other.next(lambda e: e.kind == "proposed").content["match"]["matchId"]
    answer(other, match, ids[1])
    waiting = spare.send(ticket("asked", spare.name))
    assert silent.next(lambda e: e.kind == "closed").reason == "NOT_ACCEPTED"
    assert spare.next(lambda e: e.kind == "substituted").content["matchId"] == match
    answer(spare, match, waiting)
    assert set(other.next(lambda e: e.kind == "matched").tickets) == {ids[1], waiting}


def test_without_a_substitute_the_others_wait_again_with_their_wait(stack, clients):
    lobbies = clients("ret-a", "ret-b", "ret-c", "ret-d", "ret-e")
    first, late = lobbies[:4], lobbies[4]
    sent = time.monotonic()
    ids = [lobby.send(ticket("squads", lobby.name)) for lobby in first]
    match = first[0].next(lambda e: e.kind == "proposed").content["match"]["matchId"]
    for index in (1, 2):
        answer(first[index], match, ids[index])
    answer(first[0], match, ids[0], "DECLINED")
    for index in (1, 2, 3):
        returned = first[index].next(lambda e: e.kind == "returned").content
        assert returned["matchId"] == match and returned["ticketId"] == ids[index]
        assert returned["reason"] == "RETURN_REASON_NO_SUBSTITUTE"
    # One more is enough: the three are where they were.
    new = late.send(ticket("squads", late.name))
    again = late.next(lambda e: e.kind == "proposed").content["match"]
    assert again["matchId"] != match
    waited = (time.monotonic() - sent) * 1000
    seats = {s["ticketId"]: s for t in again["teams"] for s in t["seats"]}
    assert set(seats) == {*ids[1:], new}
    for i in ids[1:]:
        assert 3_000 <= seats[i]["waitMs"] <= waited
    assert seats[new].get("waitMs", 0) < 1_000
    for lobby, i in [*zip(first[1:], ids[1:]), (late, new)]:
        answer(lobby, again["matchId"], i)
    assert set(late.next(lambda e: e.kind == "matched").tickets) == set(seats)


def war_party(lobby, count, team):
    party = ticket("war", lobby.name, ratings=[1500] * count)
    return party | {"warParty": True, "teamId": str(team)}


def test_a_war_party_and_a_mercenary_are_replaced(stack, clients):
    one, two, three, hired, other, extra = clients(
        "war-a", "war-b", "war-c", "mer-a", "mer-b", "mer-c")
    ids = {one: one.send(war_party(one, 2, 101)), two: two.send(war_party(two, 4, 102))}
    for lobby in (hired, other):
        ids[lobby] = lobby.send(ticket("war", lobby.name) | {"mercenary": True})
    match = one.next(lambda e: e.kind == "proposed").content["match"]["matchId"]
    for lobby in (two, other):
        answer(lobby, match, ids[lobby])
    answer(one, match, ids[one], "DECLINED")
    assert one.next(lambda e: e.kind == "closed").reason == "DECLINED"
    ids[three] = three.send(war_party(three, 5, 103))
    asked = three.next(lambda e: e.kind == "substituted").content
    assert asked["matchId"] == match and len(asked["seat"]["playerIds"]) == 2
    answer(hired, match, ids[hired], "UNDELIVERED")
    assert hired.next(lambda e: e.kind == "closed").reason == "NOT_ACCEPTED"
    ids[extra] = extra.send(ticket("war", extra.name) | {"mercenary": True})
    assert extra.next(lambda e: e.kind == "substituted").content["seat"]["mercenary"]
    answer(three, match, ids[three])
    answer(extra, match, ids[extra])
    matched = two.next(lambda e: e.kind == "matched")
    assert matched.content["matchId"] == match
    assert set(matched.tickets) == {ids[k] for k in (two, three, other, extra)}
    for team in matched.content["teams"]:
        own = [len(s["playerIds"]) for s in team["seats"] if not s.get("mercenary")]
        assert own == [2] and sum(len(s["playerIds"]) for s in team["seats"]) == 3


def propose(stack, lobby, player):
    """Brings the player and another into a proposed match; its id and both tickets."""
    ids = [lobby.send(ticket("strict", lobby.name, players=[p])) for p in (player, new_player())]
    event = lobby.next(lambda e: e.kind == "proposed" and ids[0] in json.dumps(e.content))
    return event.content["match"]["matchId"], ids


def give_up(stack, lobby, player, kind):
    """The player declines, is silent, or was never asked; the other goes."""
    match, ids = propose(stack, lobby, player)
    answer(lobby, match, ids[1])
    if kind != "SILENT":
        answer(lobby, match, ids[0], kind, player)
    closed = lobby.next(lambda e: e.kind == "closed" and e.content["ticketId"] == ids[0])
    assert closed.reason == ("DECLINED" if kind == "DECLINED" else "NOT_ACCEPTED")
    lobby.next(lambda e: e.kind == "returned" and e.content["ticketId"] == ids[1])
    lobby.send({"ticketId": ids[1], "lobby": lobby.name})
    lobby.next(lambda e: e.kind == "closed" and e.content["ticketId"] == ids[1])


def cooldown(lobby, player):
    """Milliseconds for which the player is refused; 0 if he is not."""
    i = lobby.send(ticket("strict", lobby.name, players=[player]))
    time.sleep(0.3)
    found = [e for e in lobby.events_of(i) if e.kind == "rejected"]
    if found:
        assert found[0].reason == "ON_COOLDOWN"
        return found[0].content["retryAfterMs"]
    lobby.send({"ticketId": i, "lobby": lobby.name})
    lobby.next(lambda e: e.kind == "closed" and e.content["ticketId"] == i)
    return 0


def test_a_crash_frees_no_offender(stack, clients):
    lobby, = clients("off")
    warned, twice, silent, pardoned, excused = (new_player() for _ in range(5))
    for player in (warned, twice, silent, pardoned, excused):
        give_up(stack, lobby, player, "DECLINED")
    for player in (twice, pardoned):
        give_up(stack, lobby, player, "DECLINED")
    give_up(stack, lobby, silent, "SILENT")
    give_up(stack, lobby, excused, "UNDELIVERED")
    send(stack, {"playerId": str(pardoned), "scope": "strict", "seconds": 0, "lobby": "off"},
         "mark", str(uuid.uuid4()))
    before = {p: cooldown(lobby, p) for p in (twice, silent)}
    assert all(40_000 < left <= 60_000 for left in before.values()), before
    for crash in (True, True, False):
        stack.matchmaker.crash() if crash else stack.matchmaker.end()
        stack.matchmaker.start()
    # Kept out as long as before, less the time that has passed; the warned and the pardoned not.
    for player in (twice, silent):
        left = cooldown(lobby, player)
        assert before[player] - 30_000 < left < before[player] - 500, (left, before[player])
    for player in (warned, pardoned, excused):
        assert cooldown(lobby, player) == 0
    # What was done before counts: a second offence after the warning, a third after the pardon.
    give_up(stack, lobby, warned, "DECLINED")
    assert 40_000 < cooldown(lobby, warned) <= 60_000
    give_up(stack, lobby, pardoned, "DECLINED")
    assert 500_000 < cooldown(lobby, pardoned) <= 600_000


def test_mark_survives_restart(stack):
    lobby = stack.lobby("mrk")
    player = new_player()
    send(stack, {"playerId": str(player), "scope": "pvp", "seconds": 120, "lobby": "mrk"}, "mark", str(uuid.uuid4()))
    time.sleep(1)
    stack.matchmaker.end()
    stack.matchmaker.start()
    lobby.send(ticket("asked", "mrk", players=[player]))
    rejected = lobby.next(lambda e: e.kind == "rejected")
    assert rejected.reason == "ON_COOLDOWN"
    assert 100_000 < rejected.content["retryAfterMs"] < 119_500, rejected.content


def member(roles=(), level=10, rating=1500):
    return {"playerId": str(new_player()), "rating": rating, "roles": list(roles), "level": level}


def test_roles_explain_backfill(stack):
    lobby = stack.lobby("tmp")
    def put(roles, level=10, maps=()):
        t = ticket("temple", "tmp")
        t["players"] = [member(roles, level)]
        t["maps"] = list(maps)
        lobby.send(t)
        return t["ticketId"]
    ids = [put(["tank"]), put(["tank"]), put(["healer"])]
    time.sleep(1)
    reply = request(stack, "mm.v1.rpc.explain", {"version": 1, "ticketId": ids[0]})
    print(json.dumps(reply))
    assert reply["status"] == "REPLY_STATUS_OK" and reply["queues"][0]["queue"] == "temple"
    unknown = request(stack, "mm.v1.rpc.explain", {"version": 1, "ticketId": str(uuid.uuid4())})
    assert unknown["status"] == "REPLY_STATUS_UNKNOWN"
    wrong = request(stack, "mm.v1.rpc.explain", {"version": 1, "ticketId": "x"})
    assert wrong["status"] == "REPLY_STATUS_INVALID"
    put(["healer"])
    matched = lobby.next(lambda e: e.kind == "matched")
    assert (matched.content["levelMin"], matched.content["levelMax"]) == (6, 14)
    assert matched.content["map"] in ("halls", "pass")
    for team in matched.content["teams"]:
        assert sorted(r for s in team["seats"] for r in s["roles"]) == ["healer", "tank"]
    match, region = matched.content["matchId"], matched.content["region"]
    server = stack.lobby("srv")
    leader = matched.content["teams"][0]["seats"][0]["playerIds"][0]
    # A match can be joined once it counts as running.
    wait_until(lambda: stack.database.connect().execute(
        "select state from mm.match where match_id = %s", [match]).fetchone()[0] == "running",
        5, "the match runs")
    send(stack, {"matchId": match, "queue": "temple", "region": region, "lobby": "srv",
                 "generation": 1, "map": matched.content["map"], "level": 10, "leaderId": leader,
                 "teams": [{"playerCount": 1, "rating": 1500, "openPlaces": 1,
                            "openRoles": {"healer": 1}},
                           {"playerCount": 2, "rating": 1500}]}, "backfill", match + ":bf")
    joining = put(["healer"])
    told = lobby.next(lambda e: e.kind == "backfilled")
    assert told.content["matchId"] == match and told.content["generation"] == 1
    assert told.content["teams"][0]["seats"][0]["ticketId"] == joining
    assert server.next(lambda e: e.kind == "backfilled").content == told.content
    ended = server.next(lambda e: e.kind == "backfillEnded")
    assert ended.content["reason"] == "BACKFILL_END_REASON_FILLED"
    allocs = stack.bus.read_stream("MMALLOC")
    assert any(m.kind == "backfill" and m.body["backfill"]["matchId"] == match for m in allocs)
    send(stack, {"matchId": match, "lobby": "srv"}, "backfillEnd", match + ":be")
    assert server.next(lambda e: e.kind == "backfillEnded" and e.content["reason"].endswith("UNKNOWN_MATCH"))


def test_level_and_names(stack):
    lobby = stack.lobby("lvl")
    t = ticket("temple", "lvl")
    t["players"] = [member(["bard"], 10), member([], 0)]
    t["maps"] = ["moon"]
    lobby.send(t)
    rejected = lobby.next(lambda e: e.kind == "rejected")
    assert rejected.reason == "WRONG_LEVEL"
    print(rejected.content["detail"])


def test_restart_with_proposal(stack):
    lobby = stack.lobby("rst")
    ids = {lobby.send(ticket("asked", "rst")) for _ in range(2)}
    first = lobby.next(lambda e: e.kind == "proposed").content["match"]["matchId"]
    stack.matchmaker.crash()
    stack.matchmaker.start()
    second = lobby.next(lambda e: e.kind == "proposed" and e.content["match"]["matchId"] != first)
    match = second.content["match"]["matchId"]
    for i in ids:
        send(stack, {"matchId": match, "ticketId": i, "lobby": "rst",
                     "answer": "ANSWER_KIND_ACCEPTED"}, "answer", i + ":a")
    matched = lobby.next(lambda e: e.kind == "matched")
    assert set(matched.tickets) == ids


def test_metrics(stack):
    m = stack.matchmaker.metrics()
    for name, value in sorted(m.items()):
        if value and any(w in str(name) for w in ("proposal", "substit", "returned", "backfill", "mercen", "cooldown", "explain")):
            print(name, value)


def test_an_estimate_says_that_it_knows_nothing_and_learns(stack):
    """MM, peers.md 4 (6): a wait that rests on waits seen, and says on how many."""
    question = {"version": 1, "queue": "asked", "rating": 1500, "region": "eu"}
    first = request(stack, "mm.v1.rpc.estimate", question)
    assert first["status"] == "REPLY_STATUS_OK"
    lobby = stack.lobby("est")
    for _ in range(8):
        ids = [lobby.send(ticket("asked", "est")) for _ in range(2)]
        match = lobby.next(
            lambda e: e.kind == "proposed"
            and any(s["ticketId"] == ids[0] for t in e.content["match"]["teams"]
                    for s in t["seats"])).content["match"]
        for i in ids:
            send(stack, {"matchId": match["matchId"], "ticketId": i, "lobby": "est",
                         "answer": "ANSWER_KIND_ACCEPTED"}, "answer", i + ":a")
        lobby.next(lambda e: e.kind == "matched" and e.content["matchId"] == match["matchId"])
    time.sleep(0.5)
    later = request(stack, "mm.v1.rpc.estimate", question)
    assert later["basis"] != "SAMPLE_BASIS_NONE"
    assert later["sampleCount"] >= 10
    assert 0 <= later["p10Seconds"] <= later["p50Seconds"]
    wrong = request(stack, "mm.v1.rpc.estimate", question | {"queue": "nope"})
    assert wrong["status"] == "REPLY_STATUS_UNKNOWN"
