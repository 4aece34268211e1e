"""A recorded run of the real daemon, replayed by matchbench: the same, and with another widening."""

import json
import random
import struct
import subprocess
import time

import pytest
from support.lobby import Bus, Lobby
from support.messages import cancel, ticket
from support.processes import Matchmaker, NatsServer, binary, wait_until, write_queues

# Narrow at first, so that how fast it grows decides who meets whom.
SLOW = {"start": 10, "perSecond": 40, "max": 600}
QUEUES = [
    {"name": "duel", "teams": 2, "teamSize": 1, "window": SLOW},
    {"name": "pairs", "teams": 2, "teamSize": 2, "window": SLOW},
    {"name": "brief", "teams": 2, "teamSize": 1, "timeoutSeconds": 1},
]


def replay(record, *options):
    """matchbench's exit code, report and words on standard error."""
    result = subprocess.run(
        [binary("matchbench"), "replay", record, "--json", *map(str, options)],
        capture_output=True, text=True, timeout=120)
    report = json.loads(result.stdout) if result.stdout else None
    return result.returncode, report, result.stderr


def crc32c(data):
    total = 0xFFFFFFFF
    for byte in data:
        total ^= byte
        for _ in range(8):
            total = (total >> 1) ^ (0x82F63B78 if total & 1 else 0)
    return total ^ 0xFFFFFFFF


def with_other_seed(data):
    """The record with another seed in its header, all checksums right."""
    length = struct.unpack_from("<I", data, 12)[0]
    block = bytearray(data[20:20 + length])
    # Behind the tag, seventeen limits and the length of a tick, each a number of base 128.
    place = 1
    for _ in range(18):
        while block[place] & 0x80:
            place += 1
        place += 1
    assert struct.unpack_from("<Q", block, place)[0] == 1, "the default seed stands here"
    struct.pack_into("<Q", block, place, 2)
    head = struct.pack("<II", length, crc32c(block))
    return data[:12] + head + bytes(block) + data[20 + length:]


class Recorded:
    """What a run left."""

    def __init__(self, folder):
        self.folder = folder
        self.file = folder / "run.record"
        self.queues = write_queues(folder / "queues.json5", QUEUES)


def play(folder, database):
    """Runs matchmakerd over some seconds of tickets, a cancel, a timeout and a reload."""
    run = Recorded(folder)
    nats = NatsServer(folder / "nats")
    nats.start()
    matchmaker = Matchmaker(
        nats, database, run.queues, folder / "matchmakerd", "--record", run.file)
    bus = None
    try:
        matchmaker.start()
        assert matchmaker.metric("mm_recording") == 1
        bus = Bus(nats)
        lobby = Lobby(bus, "recorder")
        draw = random.Random(7)
        for round_number in range(30):
            for _ in range(4):
                lobby.send(ticket("duel", lobby.name, ratings=(draw.gauss(1500, 300),)))
            lobby.send(ticket("pairs", lobby.name, ratings=(1500 + 10 * round_number, 1450)))
            if round_number == 10:
                expired = lobby.send(ticket("brief", lobby.name))
                withdrawn = lobby.send(ticket("brief", lobby.name, ratings=(9000,)))
                lobby.send(cancel(withdrawn, lobby.name))
            if round_number == 20:
                before = matchmaker.metric("mm_rules_version")
                write_queues(run.queues, QUEUES + [{"name": "late", "teams": 2, "teamSize": 1}])
                matchmaker.reload()
                wait_until(
                    lambda: matchmaker.metric("mm_rules_version") > before, 5, "it reloads")
                for _ in range(2):
                    lobby.send(ticket("late", lobby.name))
            time.sleep(0.1)
        lobby.event_of(expired)
        lobby.event_of(withdrawn)
        # The ring is written every second: its figures follow.
        wait_until(
            lambda: matchmaker.metric("mm_record_bytes_total") > 2_000, 5, "the record grows")
        assert matchmaker.end() == 0
        log = matchmaker.process.text().split("drained")[1]
        run.hash = log.split("hash=")[1].split()[0]
        run.matches = int(log.split("matches=")[1].split()[0])
        run.waiting = int(log.split("waiting=")[1].split()[0])
    finally:
        if bus:
            bus.close()
        if matchmaker.process:
            matchmaker.process.kill()
        nats.end()
    return run


@pytest.fixture(scope="module")
def recorded(tmp_path_factory, database):
    return play(tmp_path_factory.mktemp("recorded"), database)


def test_a_replay_of_the_same_rules_is_identical(recorded):
    code, report, errors = replay(recorded.file)
    assert code == 0, errors
    assert report["identical"] == "yes"
    assert report["verdict"].startswith("identical, ")
    assert report["ending"] == "the run stopped"
    assert report["checkpoints"] >= 1
    # The very state that the daemon itself reported when it stopped.
    assert report["state_hash"] == recorded.hash
    (run,) = report["runs"]
    assert run["matches"] == recorded.matches > 20
    assert run["waiting"] == recorded.waiting
    assert run["expired"] == 1 and run["cancelled"] == 1
    queues = {row["queue"]: row for row in report["queues"]}
    assert queues["late"]["matches"] == 1, "a queue that came with a reload has its tickets"


def test_another_widening_shows_what_it_changes(recorded):
    wide = {"start": 600, "perSecond": 0, "max": 600}
    other = write_queues(
        recorded.folder / "wide.json5",
        [queue | ({"window": wide} if "window" in queue else {}) for queue in QUEUES])
    page = recorded.folder / "page.html"
    code, report, errors = replay(recorded.file, "--queues", other, "--html", page)
    assert code == 0, errors
    assert report["identical"] == "yes"
    runs = {row["run"]: row for row in report["waits"]}
    quality = {row["run"]: row for row in report["quality"]}
    assert runs["other"]["wait_mean"] < 0.6 * runs["recorded"]["wait_mean"]
    assert quality["other"]["fairness_p10"] < quality["recorded"]["fairness_p10"]
    assert report["missing_queues"] == "late"
    text = page.read_text()
    assert text.count("<svg") == 3 and "http" not in text


def test_another_narrow_rule_leaves_tickets_waiting(recorded):
    narrow = {"start": 1, "perSecond": 0, "max": 1}
    other = write_queues(
        recorded.folder / "narrow.json5",
        [queue | ({"window": narrow} if "window" in queue else {}) for queue in QUEUES])
    code, report, errors = replay(recorded.file, "--queues", other)
    assert code == 0, errors
    runs = {row["run"]: row for row in report["runs"]}
    assert runs["other"]["matches"] < runs["recorded"]["matches"]
    assert runs["other"]["waiting"] > runs["recorded"]["waiting"]


def test_a_cut_record_replays_up_to_the_cut(recorded):
    data = recorded.file.read_bytes()
    cut = recorded.folder / "cut.record"
    cut.write_bytes(data[:len(data) * 2 // 3])
    code, report, errors = replay(cut)
    assert code == 0, errors
    assert "cut or damaged" in report["ending"]
    assert report["identical"] == "yes"
    assert 0 < report["ticks"] < replay(recorded.file)[1]["ticks"]


def test_a_difference_is_found_and_placed(recorded):
    changed = recorded.folder / "changed.record"
    changed.write_bytes(with_other_seed(recorded.file.read_bytes()))
    code, report, errors = replay(changed)
    assert code == 1
    assert report["identical"] == "no"
    assert "differs between tick 0" in report["verdict"]
    assert "differs from the record between tick 0" in errors


def test_what_is_no_record_is_refused(recorded):
    code, report, errors = replay(recorded.queues)
    assert code == 1 and report is None
    assert "is no record" in errors


def test_a_file_that_does_not_fit_is_refused_with_every_mistake(recorded):
    other = write_queues(
        recorded.folder / "elsewhere.json5", QUEUES, regions=("mars", "venus"))
    code, report, errors = replay(recorded.file, "--queues", other)
    assert code == 1 and report is None
    assert "elsewhere.json5" in errors and "regions" in errors


def test_an_earlier_record_is_kept(tmp_path, database):
    file = tmp_path / "run.record"
    file.write_text("precious")
    nats = NatsServer(tmp_path / "nats")
    nats.start()
    queues = write_queues(tmp_path / "queues.json5", QUEUES)
    matchmaker = Matchmaker(nats, database, queues, tmp_path / "matchmakerd", "--record", file)
    try:
        matchmaker.start()
        matchmaker.end()
        assert (tmp_path / "run.record.before").read_text() == "precious"
        assert replay(file)[0] == 0
    finally:
        matchmaker.process.kill()
        nats.end()


def test_a_place_that_cannot_be_written_is_told_at_the_start(tmp_path, database):
    nats = NatsServer(tmp_path / "nats")
    nats.start()
    queues = write_queues(tmp_path / "queues.json5", QUEUES)
    matchmaker = Matchmaker(
        nats, database, queues, tmp_path / "matchmakerd", "--record", tmp_path / "missing" / "file")
    try:
        matchmaker.launch()
        assert matchmaker.process.wait(20) == 71
        assert "missing" in matchmaker.process.text()
    finally:
        matchmaker.process.kill()
        nats.end()
