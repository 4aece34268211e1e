"""Proposed matches, running matches, marks and questions over NATS."""
import json
import time
import uuid

import pytest

from conftest import QUICK_WINDOW, Stack
from support.messages import JSON, PROTOBUF, classes, new_player, ticket
from support.processes import wait_until, write_queues

QUEUES = [
    {"name": "asked", "teams": 2, "teamSize": 1, "window": QUICK_WINDOW, "cooldownScope": "pvp",
     "acceptance": {"seconds": 3, "substituteSeconds": 1, "cooldownSeconds": [60], "offenceHours": 1}},
    {"name": "temple", "teams": 2, "teamSize": 2, "window": QUICK_WINDOW, "maps": ["halls", "pass"],
     "levels": [[6, 14], [15, 29]], "backfill": {},
     "roles": [{"name": "tank", "min": 0, "max": 1}, {"name": "healer", "min": 1, "max": 2}]},
]


@pytest.fixture(scope="module")
def stack(tmp_path_factory, template):
    folder = tmp_path_factory.mktemp("s")
    path = write_queues(folder / "q.json5", QUEUES, cooldownScopes=["pvp"])
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
