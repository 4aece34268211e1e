#!/usr/bin/env python3
"""Writes Tests/Golden/wire: messages as an encoder that is not ours writes them.

Run once for each addition to proto/ and commit the result; the tests only read it.
Needs protoc (Debian: protobuf-compiler) on PATH and Google's Python runtime:

    python3 -m venv /tmp/golden && /tmp/golden/bin/pip install 'protobuf==4.25.*'
    /tmp/golden/bin/python Tests/Golden/make_wire_golden.py

`--check` writes nothing and fails if a stored file differs. `--read FILE TYPE` parses a JSON or
.bin file by the schema and prints it (TYPE: Intake, Event, Allocation, Explain, Explanation,
Estimate, Estimation, ServerHeartbeat, Claim, ClaimReply, Release, ReleaseReply or ServerReport).
"""
import importlib
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUTPUT = ROOT / "Tests" / "Golden" / "wire"


def load_schema(folder):
    """Compiles proto/ to Python in `folder` and imports it."""
    sources = sorted(str(path.relative_to(ROOT / "proto"))
                     for path in (ROOT / "proto").rglob("*.proto"))
    subprocess.run(["protoc", "--proto_path=.", f"--python_out={folder}", *sources],
                   cwd=ROOT / "proto", check=True)
    sys.path.insert(0, folder)
    names = {}
    for source in sources:
        module = importlib.import_module(source.removesuffix(".proto").replace("/", ".") + "_pb2")
        for name, value in vars(module).items():
            if not name.startswith("_"):
                names[name] = value
    return names


def intake_messages(schema):
    solo = schema["Intake"](version=1)
    solo.ticket.ticket_id = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
    solo.ticket.queue = "duel"
    solo.ticket.lobby = "lobby-1"
    solo.ticket.players.add(player_id=42, rating=1512.375)
    solo.ticket.latency_ms["eu"] = 24
    yield "intake_solo", solo

    party = schema["Intake"](version=1)
    party.ticket.ticket_id = "ffffffff-ffff-4fff-bfff-ffffffffffff"
    party.ticket.queue = "q" * 48
    party.ticket.lobby = "L_0-9"
    for index in range(63):
        party.ticket.players.add(player_id=2**63 - 1 - index, rating=-10000 + 952.5 * index)
    for index in range(16):
        party.ticket.latency_ms[f"region-{index:02}"] = index * 625
    party.ticket.waited_ms = 86_400_000
    yield "intake_party", party

    cancel = schema["Intake"](version=1)
    cancel.cancel.ticket_id = solo.ticket.ticket_id
    cancel.cancel.lobby = "lobby-1"
    yield "intake_cancel", cancel
    yield "intake_wishes", wishes(schema)
    yield "intake_role_ratings", role_ratings(schema)
    yield from match_requests(schema)


def wishes(schema):
    """A ticket with every field that most tickets leave out."""
    message = schema["Intake"](version=1)
    ticket = message.ticket
    ticket.ticket_id = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
    ticket.queue = "temple"
    ticket.lobby = "lobby-1"
    ticket.players.add(player_id=42, rating=1512.375, roles=["healer", "tank"],
                       faction="dominion", level=14)
    ticket.players.add(player_id=43, rating=0, level=6)
    ticket.latency_ms["eu"] = 24
    ticket.queues.add(queue="ruins")
    ticket.queues.add(queue="duel", rating=0)
    ticket.queues.add(queue="arena", rating=-12.5)
    ticket.faction = "exile"
    ticket.mercenary = True
    ticket.team_id = 2**64 - 1
    ticket.maps.extend(["halls", "pass"])
    ticket.avoid.extend([7, 2**63 - 1])
    return message


def role_ratings(schema):
    """Players who are better in one role than in another."""
    message = schema["Intake"](version=1)
    ticket = message.ticket
    ticket.ticket_id = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
    ticket.queue, ticket.lobby = "temple", "lobby-1"
    ticket.latency_ms["eu"] = 24
    first = ticket.players.add(player_id=42, rating=1512.375, roles=["tank", "healer"])
    first.role_ratings["healer"] = 1390.125
    first.role_ratings["tank"] = 0
    second = ticket.players.add(player_id=43, rating=-3)
    second.role_ratings["damage"] = 50
    return message


def match_requests(schema):
    war = schema["Intake"](version=1)
    war.ticket.ticket_id = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
    war.ticket.queue = "warplot"
    war.ticket.lobby = "lobby-1"
    war.ticket.war_party = True
    war.ticket.team_id = 1
    war.ticket.players.extend(
        schema["Player"](player_id=index + 1, rating=1500) for index in range(80))
    war.ticket.latency_ms["eu"] = 24
    yield "intake_war_party", war
    answer = schema["Intake"](version=1)
    answer.answer.match_id = "11111111-2222-5333-8444-555555555555"
    answer.answer.ticket_id = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
    answer.answer.lobby = "lobby-1"
    answer.answer.answer = schema["ANSWER_KIND_DECLINED"]
    answer.answer.player_id = 42
    yield "intake_answer", answer
    backfill = schema["Intake"](version=1)
    request = backfill.backfill
    request.match_id = "11111111-2222-5333-8444-555555555555"
    request.queue, request.region, request.lobby = "temple", "us-east", "server-9"
    request.generation = 3
    first = request.teams.add(player_count=9, rating=1490.5, open_places=1)
    first.open_roles["healer"] = 1
    first.open_roles["tank"] = 0
    request.teams.add(player_count=10, rating=-3, open_places=0)
    request.map, request.level, request.leader_id = "halls", 10, 42
    yield "intake_backfill", backfill
    end = schema["Intake"](version=1)
    end.backfill_end.match_id = request.match_id
    end.backfill_end.lobby = "server-9"
    yield "intake_backfill_end", end
    mark = schema["Intake"](version=1)
    mark.mark.player_id = 2**63 - 1
    mark.mark.scope, mark.mark.seconds, mark.mark.lobby = "pvp", 2_592_000, "server-9"
    yield "intake_mark", mark


def fill_match(match):
    match.match_id = "11111111-2222-5333-8444-555555555555"
    match.queue = "arena_2v2"
    match.region = "us-east"
    match.rules_version = 2**64 - 1
    match.tick = 123456789
    match.formed_at_ms = 1767225600123
    quality = match.quality
    quality.fairness, quality.spread, quality.latency = 0.9375, 0.5, 1.0
    quality.roles, quality.composite = 0.0, 0.8125
    quality.rating_deviation, quality.rating_range, quality.team_gap = 41.25, 130.5, 0.1
    quality.latency_ms_max = 87
    team = match.teams.add()
    team.seats.add(ticket_id="0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d", lobby="lobby-1",
                   player_ids=[1, 300, 2**63 - 1], rating=1530.0078125, wait_ms=4200,
                   latency_ms=31)
    team = match.teams.add()
    for index in range(2):
        team.seats.add(ticket_id=f"0a1b2c3d-4e5f-4a6b-8c7d-00000000000{index}", lobby="b",
                       player_ids=[7 + index], rating=-0.5 * index, wait_ms=0, latency_ms=87)


def output_messages(schema):
    matched = schema["Event"](version=1)
    fill_match(matched.matched)
    yield "event_matched", matched
    closed = schema["Event"](version=1)
    closed.closed.ticket_id = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
    closed.closed.queue = "duel"
    closed.closed.lobby = "lobby-1"
    closed.closed.reason = schema["CLOSE_REASON_EXPIRED"]
    closed.closed.wait_ms = 600_000
    yield "event_closed", closed
    rejected = schema["Event"](version=1)
    rejected.rejected.queue = "duel"
    rejected.rejected.lobby = "lobby-1"
    rejected.rejected.reason = schema["REJECT_REASON_INVALID_FIELD"]
    rejected.rejected.detail = 'ticket.queue: "quoted" \\ tab\t line\n bell\x07 é 漢 🎮'
    yield "event_rejected", rejected
    cooldown = schema["Event"](version=1)
    cooldown.rejected.ticket_id = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
    cooldown.rejected.queue = "duel"
    cooldown.rejected.lobby = "lobby-1"
    cooldown.rejected.reason = schema["REJECT_REASON_ON_COOLDOWN"]
    cooldown.rejected.retry_after_ms = 59_950
    cooldown.rejected.match_id = "11111111-2222-5333-8444-555555555555"
    yield "event_cooldown", cooldown
    allocation = schema["Allocation"](version=1)
    fill_match(allocation.match)
    yield "allocation", allocation
    yield from proposals(schema)


def fill_seat(seat):
    seat.ticket_id = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
    seat.lobby = "lobby-1"
    seat.player_ids.extend([42, 43])
    seat.rating, seat.wait_ms, seat.latency_ms = 1501.5, 1050, 24
    seat.mercenary = True
    seat.roles.extend(["healer", "tank"])
    seat.role_ratings.extend([1390.125, 0])


def fill_backfilled(backfilled):
    backfilled.match_id = "11111111-2222-5333-8444-555555555555"
    backfilled.queue, backfilled.region, backfilled.lobby = "temple", "us-east", "server-9"
    backfilled.generation, backfilled.rules_version, backfilled.tick = 3, 2**64 - 1, 99
    backfilled.teams.add(open_places=1)
    fill_seat(backfilled.teams.add().seats.add())
    backfilled.formed_at_ms = 1767225600123


def proposals(schema):
    proposed = schema["Event"](version=1)
    fill_match(proposed.proposed.match)
    match = proposed.proposed.match
    match.map, match.level_min, match.level_max = "halls", 6, 14
    match.experiment = "wider"
    fill_seat(match.teams[0].seats.add())
    proposed.proposed.accept_ms = 30_000
    yield "event_proposed", proposed
    substituted = schema["Event"](version=1)
    body = substituted.substituted
    body.match_id = "11111111-2222-5333-8444-555555555555"
    body.queue, body.region, body.map, body.team = "temple", "us-east", "halls", 1
    fill_seat(body.seat)
    body.accept_ms, body.formed_at_ms = 30_000, 1767225600123
    yield "event_substituted", substituted
    returned = schema["Event"](version=1)
    returned.returned.match_id = "11111111-2222-5333-8444-555555555555"
    returned.returned.ticket_id = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
    returned.returned.queue, returned.returned.lobby = "temple", "lobby-1"
    returned.returned.reason = schema["RETURN_REASON_NO_SUBSTITUTE"]
    yield "event_returned", returned
    backfilled = schema["Event"](version=1)
    fill_backfilled(backfilled.backfilled)
    yield "event_backfilled", backfilled
    ended = schema["Event"](version=1)
    ended.backfill_ended.match_id = "11111111-2222-5333-8444-555555555555"
    ended.backfill_ended.queue, ended.backfill_ended.lobby = "temple", "server-9"
    ended.backfill_ended.generation = 3
    ended.backfill_ended.reason = schema["BACKFILL_END_REASON_STALE_GENERATION"]
    yield "event_backfill_ended", ended
    allocation = schema["Allocation"](version=1)
    fill_backfilled(allocation.backfill)
    yield "allocation_backfill", allocation


def questions(schema):
    explain = schema["Explain"](version=1)
    explain.ticket_id = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
    yield "rpc_explain", explain
    explanation = schema["Explanation"](version=1, ticket_id=explain.ticket_id)
    explanation.status = schema["REPLY_STATUS_OK"]
    explanation.queues.add(
        queue="temple", region="eu", obstacle=schema["OBSTACLE_ROLES"],
        missing_roles=["healer"], wait_ms=5000, window=150.25, players_needed=20,
        players_waiting=31, players_within=22, next_distance=0, next_widening_ms=0,
        expires_ms=595_000)
    explanation.queues.add(queue="duel", region="eu", obstacle=schema["OBSTACLE_TOO_FEW_PLAYERS"])
    explanation.queues.add(
        queue="warplot", region="eu", obstacle=schema["OBSTACLE_MERCENARIES"], own_players=31,
        mercenaries_missing=7, team_size=40, next_team_size=30, next_team_size_ms=60_000)
    yield "rpc_explanation", explanation
    estimate = schema["Estimate"](
        version=1, queue="temple", rating=1512.375, region="eu", role="healer", party_size=2,
        level=14, leader_id=42)
    yield "rpc_estimate", estimate
    estimation = schema["Estimation"](
        version=1, status=schema["REPLY_STATUS_OK"], detail="warm", p10_seconds=1.5,
        p50_seconds=12, p90_seconds=48.25, sample_count=200,
        basis=schema["SAMPLE_BASIS_REGION"])
    yield "rpc_estimation", estimation


def server_messages(schema):
    match_id = "11111111-2222-5333-8444-555555555555"
    heartbeat = schema["ServerHeartbeat"](
        version=1, server_id="arena-1", incarnation=2**64 - 1, region="us-east",
        address="[2001:db8::1]:7400", build="muster 1.0 é", capacity_matches=512, draining=True,
        queues=["duel", "arena_2v2"])
    heartbeat.sessions.add(
        match_id=match_id, attempt=1, state=schema["SESSION_STATE_RUNNING"], players=10)
    heartbeat.sessions.add(
        match_id="0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d", attempt=2**32 - 1,
        state=schema["SESSION_STATE_OVER"])
    yield "server_heartbeat", heartbeat

    claim = schema["Claim"](
        version=1, attempt=2, shard="eu-1", epoch=7, claim_ms=3000, ready_ms=20_000,
        players_ms=30_000)
    claim.match.CopyFrom(dict(output_messages(schema))["allocation"].match)
    yield "server_claim", claim
    yield "server_claim_reply", schema["ClaimReply"](
        version=1, match_id=match_id, attempt=2, server_id="arena-1", incarnation=3,
        status=schema["CLAIM_STATUS_ACCEPTED"], address="10.0.0.7:7400")
    yield "server_claim_refused", schema["ClaimReply"](
        version=1, server_id="arena-1", incarnation=3, status=schema["CLAIM_STATUS_INVALID"],
        detail="attempt: is missing")
    yield "server_release", schema["Release"](
        version=1, match_id=match_id, attempt=2, shard="eu-1", epoch=7,
        reason=schema["RELEASE_REASON_SUPERSEDED"])
    yield "server_release_reply", schema["ReleaseReply"](
        version=1, match_id=match_id, attempt=2, server_id="arena-1", incarnation=3,
        status=schema["RELEASE_STATUS_STALE_EPOCH"], detail="epoch 8 is known")

    def report(**body):
        return schema["ServerReport"](
            version=1, server_id="arena-1", incarnation=3, match_id=match_id, attempt=2,
            reported_at_ms=1_767_225_600_123, **body)

    yield "report_ready", report(ready=schema["ReportReady"](address="10.0.0.7:7400"))
    # A body whose fields all have their defaults is still there.
    yield "report_started", report(started=schema["ReportStarted"]())
    yield "report_failed", report(failed=schema["ReportFailed"](
        reason=schema["FAIL_REASON_CRASHED"], detail="restarted"))
    result = schema["MatchResult"](winning_team=1, duration_ms=61_500, seed=2**64 - 1)
    losers = result.teams.add(score=3)
    losers.players.add(
        player_id=2**63 - 1, kills=3, deaths=5, assists=1, damage=123_456, healing=99,
        presence=schema["PLAYER_PRESENCE_LEFT_EARLY"])
    losers.players.add(player_id=7, deaths=2, presence=schema["PLAYER_PRESENCE_NEVER_JOINED"])
    winners = result.teams.add(score=7)
    winners.players.add(player_id=1, kills=7, presence=schema["PLAYER_PRESENCE_PLAYED"])
    yield "report_ended", report(ended=result)
    draw = schema["MatchResult"](draw=True, duration_ms=1)
    draw.teams.add().players.add(player_id=1, presence=schema["PLAYER_PRESENCE_PLAYED"])
    yield "report_draw", report(ended=draw)


def main():
    with tempfile.TemporaryDirectory() as folder:
        schema = load_schema(folder)
        from google.protobuf import json_format
        if len(sys.argv) == 4 and sys.argv[1] == "--read":
            data = pathlib.Path(sys.argv[2]).read_bytes()
            message = schema[sys.argv[3]]()
            if sys.argv[2].endswith(".bin"):
                message.ParseFromString(data)
            else:
                json_format.Parse(data, message)
            print(message)
            return
        check = sys.argv[1:] == ["--check"]
        OUTPUT.mkdir(parents=True, exist_ok=True)
        stale = False
        for name, message in [*intake_messages(schema), *output_messages(schema),
                              *questions(schema), *server_messages(schema)]:
            # Sorted, because a map's entries have no order of their own.
            forms = {"bin": message.SerializeToString(deterministic=True),
                     "json": (json_format.MessageToJson(message, sort_keys=True) + "\n").encode()}
            for suffix, data in forms.items():
                path = OUTPUT / f"{name}.{suffix}"
                if path.exists() and path.read_bytes() == data:
                    continue
                stale = True
                print(("differs: " if check else "wrote ") + str(path.relative_to(ROOT)))
                if not check:
                    path.write_bytes(data)
        if check and stale:
            sys.exit(1)


if __name__ == "__main__":
    main()
