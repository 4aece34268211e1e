#!/usr/bin/env python3
"""Writes Tests/Golden/wire: messages as an encoder that is not ours writes them.

Run once for each addition to proto/ and commit the result; the tests only read it.
Needs protoc (Debian: protobuf-compiler) on PATH and Google's Python runtime:

    python3 -m venv /tmp/golden && /tmp/golden/bin/pip install 'protobuf==4.25.*'
    /tmp/golden/bin/python Tests/Golden/make_wire_golden.py

`--check` writes nothing and fails if a stored file differs. `--read FILE TYPE` parses a JSON or
.bin file by the schema and prints it (TYPE: Intake, Event or Allocation).
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
    allocation = schema["Allocation"](version=1)
    fill_match(allocation.match)
    yield "allocation", allocation


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
        for name, message in [*intake_messages(schema), *output_messages(schema)]:
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
