"""Configuration, reload, metrics, health, shutdown: what an operator sees."""

import shutil
import subprocess
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import QUEUES
from support.messages import cancel, ticket
from support.processes import ROOT, binary, free_port, wait_until, write_queues


def run(*arguments, env=None):
    return subprocess.run(
        [binary("matchmakerd"), *map(str, arguments)], capture_output=True, text=True, timeout=20,
        stdin=subprocess.DEVNULL, env=env)


# The shell: flags, --help, --check-config.


def test_help_names_every_flag_with_its_environment_variable():
    result = run("--help")
    assert result.returncode == 0
    for flag in ("--nats", "--queues", "--http", "--http-port-file", "--check-config"):
        assert flag in result.stdout
    assert "MUSTER_" in result.stdout


def test_an_unknown_flag_is_refused_with_a_suggestion():
    result = run("--quues", "x")
    assert result.returncode == 64
    assert "did you mean" in result.stderr and "queues" in result.stderr


def test_check_config_accepts_what_ships():
    result = run("--check-config", "--queues", ROOT / "config/queues.json5")
    assert result.returncode == 0, result.stderr
    assert "ok" in (result.stdout + result.stderr).lower()


def test_check_config_lists_every_mistake_with_file_field_and_why(tmp_path):
    path = tmp_path / "broken.json5"
    path.write_text("""{
        version: 1, regions: ["eu", "eu", "not a name"],
        queues: [
            { name: "a", teams: 2, teamSize: 5, partyMax: 9 },
            { name: "a", teams: 0, teamSize: 5 },
            { name: "b", teams: 2, teamSize: 1, windw: {}, timeoutSeconds: "soon" },
            { name: "c", teams: 2, teamSize: 1, window: { start: 500, perSecond: -1, max: 100 } },
            { teams: 2, teamSize: 99 },
        ],
    }""")
    result = run("--check-config", "--queues", path)
    assert result.returncode == 78
    text = result.stdout + result.stderr
    for expected in (
            "regions[1]", "regions[2]", "queues[0].partyMax", "queues[1].name", "queues[1].teams",
            "queues[2].windw", "queues[2].timeoutSeconds", "queues[3].window", "queues[4].name",
            "queues[4].teamSize", "broken.json5"):
        assert expected in text, f"{expected} is not mentioned in:\n{text}"
    assert "window" in text.split("windw")[1], "no suggestion for the misspelt field"


def test_a_queue_file_that_is_no_json5_is_refused_with_its_place(tmp_path):
    path = tmp_path / "broken.json5"
    path.write_text("{ version: 1, ")
    result = run("--check-config", "--queues", path)
    assert result.returncode == 78
    assert "broken.json5" in result.stdout + result.stderr


def test_secrets_are_hidden_in_the_effective_configuration():
    result = run(
        "--check-config", "--queues", ROOT / "config/queues.json5", "--nats",
        "nats://ann:hunter2@127.0.0.1:4222")
    assert result.returncode == 0, result.stderr
    assert "hunter2" not in result.stdout + result.stderr
    assert "127.0.0.1:4222" in result.stdout + result.stderr


# HTTP.


def test_metrics_pass_promtool(stack, lobby):
    first = lobby.send(ticket("duel", lobby.name))
    lobby.send(ticket("duel", lobby.name))
    lobby.event_of(first)
    promtool = shutil.which("promtool")
    assert promtool, "promtool is missing; run scripts/install test"
    status, text = stack.matchmaker.get("/metrics")
    assert status == 200
    result = subprocess.run(
        [promtool, "check", "metrics"], input=text, capture_output=True, text=True, timeout=20)
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout + result.stderr == ""


def test_metrics_count_what_happened(stack, lobby):
    names = ("mm_tickets_enqueued_total", "mm_matches_total", "mm_tickets_matched_total")
    before = [stack.matchmaker.metric(name) for name in names]
    first = lobby.send(ticket("duel", lobby.name))
    lobby.send(ticket("duel", lobby.name))
    lobby.event_of(first)
    after = [stack.matchmaker.metric(name) for name in names]
    assert [b - a for a, b in zip(before, after, strict=True)] == [2, 1, 2]
    waiting = lobby.send(ticket("slow", lobby.name))
    wait_until(
        lambda: stack.matchmaker.metric("mm_waiting_tickets", queue="slow") == 1, 5,
        "the gauge shows a waiting ticket")
    lobby.send(cancel(waiting, lobby.name))
    wait_until(
        lambda: stack.matchmaker.metric("mm_waiting_tickets", queue="slow") == 0, 5,
        "the gauge falls again")
    assert stack.matchmaker.metric("mm_tickets_closed_total", reason="cancelled") >= 1
    for histogram in ("mm_tick_duration_seconds", "mm_ticket_wait_seconds", "mm_match_quality"):
        assert stack.matchmaker.metric(histogram + "_count") > 0


def test_health_and_readiness_list_their_checks(stack):
    for path in ("/healthz", "/readyz"):
        status, text = stack.matchmaker.get(path)
        assert status == 200
        assert text.strip().startswith("{")


def test_other_paths_and_methods_are_refused(stack):
    assert stack.matchmaker.get("/nothing")[0] == 404
    request = urllib.request.Request(
        stack.matchmaker.http + "/metrics", data=b"x", method="POST")
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=5)
    assert caught.value.code == 405


def test_many_scrapes_at_once_are_answered(stack):
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: stack.matchmaker.get("/metrics")[0], range(200)))
    assert answers == [200] * 200


# Reload.


def test_a_good_reload_takes_effect_without_losing_a_ticket(own_stack):
    lobby = own_stack.lobby()
    waiting = lobby.send(ticket("slow", lobby.name))
    # Kept once the ticket is in: a queue more, and `duel` becomes version two of the rules.
    wait_until(
        lambda: own_stack.matchmaker.metric("mm_waiting_tickets", queue="slow") == 1, 5,
        "the ticket waits")
    new_queue = {"name": "quick", "teams": 2, "teamSize": 1}
    write_queues(own_stack.matchmaker.queues, [*QUEUES, new_queue])
    own_stack.matchmaker.reload()
    wait_until(
        lambda: own_stack.matchmaker.metric("mm_reloads_total", result="applied") == 1, 5,
        "the reload is applied")
    pair = [lobby.send(ticket("quick", lobby.name)) for _ in range(2)]
    event = lobby.event_of(pair[0])
    assert event.kind == "matched"
    assert int(event.content["rulesVersion"]) >= 2
    assert lobby.events_of(waiting) == []
    lobby.send(cancel(waiting, lobby.name))
    assert lobby.event_of(waiting).reason == "CANCELLED"


def test_a_bad_reload_is_refused_whole(own_stack):
    lobby = own_stack.lobby()
    queues = [dict(queue) for queue in QUEUES]
    queues[0]["teamSize"] = 900
    queues.append({"name": "quick", "teams": 2, "teamSize": 1})
    write_queues(own_stack.matchmaker.queues, queues)
    own_stack.matchmaker.reload()
    wait_until(
        lambda: own_stack.matchmaker.metric("mm_reloads_total", result="refused") == 1, 5,
        "the reload is refused")
    assert "queues[0].teamSize" in own_stack.matchmaker.process.text()
    assert lobby.event_of(lobby.send(ticket("quick", lobby.name))).reason == "UNKNOWN_QUEUE"
    pair = [lobby.send(ticket("duel", lobby.name)) for _ in range(2)]
    assert lobby.event_of(pair[0]).kind == "matched"


def test_tickets_of_a_queue_that_is_taken_out_are_closed(own_stack):
    lobby = own_stack.lobby()
    waiting = lobby.send(ticket("slow", lobby.name))
    wait_until(
        lambda: own_stack.matchmaker.metric("mm_waiting_tickets", queue="slow") == 1, 5,
        "the ticket waits")
    write_queues(
        own_stack.matchmaker.queues, [queue for queue in QUEUES if queue["name"] != "slow"])
    own_stack.matchmaker.reload()
    event = lobby.event_of(waiting)
    assert (event.kind, event.reason) == ("closed", "QUEUE_REMOVED")


# Start and stop.


def test_sigterm_ends_it_quickly_and_cleanly(own_stack):
    lobby = own_stack.lobby()
    waiting = lobby.send(ticket("slow", lobby.name))
    pair = [lobby.send(ticket("duel", lobby.name)) for _ in range(2)]
    assert lobby.event_of(pair[0]).kind == "matched"
    started = time.monotonic()
    assert own_stack.matchmaker.end(seconds=5) == 0
    assert time.monotonic() - started < 3.5
    # The ticket that waited is taken up again by the next one.
    own_stack.matchmaker.start()
    lobby.send(cancel(waiting, lobby.name))
    event = lobby.event_of(waiting)
    assert (event.kind, event.reason) == ("closed", "CANCELLED")


def test_the_effective_configuration_is_printed_at_start(stack):
    text = stack.matchmaker.process.text()
    assert stack.nats.url.removeprefix("nats://") in text
    assert "queues" in text


def test_without_nats_it_waits_and_gets_ready_once_it_comes(own_stack):
    own_stack.matchmaker.end()
    own_stack.nats.process.end()
    own_stack.matchmaker.launch()
    time.sleep(1.5)
    assert own_stack.matchmaker.is_alive
    own_stack.nats.start()
    wait_until(own_stack.matchmaker.is_ready, 20, "it is ready after NATS came")


def test_without_nats_for_too_long_it_ends_and_says_why(tmp_path):
    queues = write_queues(tmp_path / "queues.json5", QUEUES)
    started = time.monotonic()
    result = run(
        "--nats", f"nats://127.0.0.1:{free_port()}", "--queues", queues, "--http", "127.0.0.1:0",
        "--connect-seconds", "1")
    assert result.returncode == 69
    assert time.monotonic() - started < 8
    assert "nats" in result.stderr.lower()
