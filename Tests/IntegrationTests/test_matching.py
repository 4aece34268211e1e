"""From a ticket to a match: both forms, every queue that ships, parties, regions, the answer."""

import json
import os
import subprocess
import sys
import time

import pytest
from conftest import Stack
from support.messages import JSON, PROTOBUF, ticket
from support.processes import ROOT, binary, wait_until


def test_two_tickets_in_json_become_a_match(stack, lobby):
    first = lobby.send(ticket("duel", lobby.name, [1500]))
    second = lobby.send(ticket("duel", lobby.name, [1520]))
    event = lobby.event_of(first)
    assert event.kind == "matched"
    assert sorted(event.tickets) == sorted([first, second])
    assert event.headers["Content-Type"] == JSON
    match = event.content
    assert match["queue"] == "duel"
    assert match["region"] == "eu"
    assert int(match["rulesVersion"]) >= 1
    assert abs(int(match["formedAtMs"]) / 1000 - time.time()) < 60
    assert len(match["teams"]) == 2
    assert match["quality"]["latencyMsMax"] == 20
    assert match["quality"]["ratingRange"] == pytest.approx(20, abs=1)
    assert 0.9 < match["quality"]["composite"] <= 1
    assert {seat["rating"] for seat in event.seats} == {1500, 1520}
    assert event.message_id == f"{match['matchId']}:{lobby.name}"


def test_the_match_is_allocated_before_it_is_told(stack, lobby):
    first = lobby.send(ticket("duel", lobby.name))
    lobby.send(ticket("duel", lobby.name))
    event = lobby.event_of(first)
    allocations = [
        found for found in stack.bus.read_stream("MMALLOC")
        if found.content["matchId"] == event.content["matchId"]]
    assert len(allocations) == 1
    assert allocations[0].subject == "mm.v1.alloc.eu"
    assert allocations[0].headers["Content-Type"] == PROTOBUF
    assert allocations[0].message_id == event.content["matchId"]
    assert sorted(allocations[0].tickets) == sorted(event.tickets)
    assert int(allocations[0].content["formedAtMs"]) == int(event.content["formedAtMs"])


def test_protobuf_is_answered_in_protobuf_and_json_in_json(stack, lobby):
    other = stack.lobby("other-form")
    first = lobby.send(ticket("duel", lobby.name), form=PROTOBUF)
    second = other.send(ticket("duel", other.name), form=JSON)
    event = lobby.event_of(first)
    assert event.headers["Content-Type"] == PROTOBUF
    assert sorted(event.tickets) == sorted([first, second])
    answer = other.event_of(second)
    assert answer.headers["Content-Type"] == JSON
    assert answer.content["matchId"] == event.content["matchId"]


def test_parties_stay_whole_and_teams_are_exact(stack, lobby):
    party = lobby.send(ticket("pairs", lobby.name, [1500, 1510]))
    solos = [lobby.send(ticket("pairs", lobby.name, [1500 + n])) for n in range(2)]
    event = lobby.event_of(party)
    assert sorted(event.tickets) == sorted([party, *solos])
    teams = event.content["teams"]
    assert sorted(len(team["seats"]) for team in teams) == [1, 2]
    assert all(sum(len(seat["playerIds"]) for seat in team["seats"]) == 2 for team in teams)
    # Two players: the mean and the queue's premade offset of 15 points.
    seat = next(seat for seat in event.seats if seat["ticketId"] == party)
    assert seat["rating"] == pytest.approx(1505 + 15, abs=0.5)


def test_a_match_is_played_where_all_can_play(stack, lobby):
    """Two who share no region wait; a third, who shares one with the first, is matched."""
    first = lobby.send(ticket("duel", lobby.name, latency={"na": 25}))
    second = lobby.send(ticket("duel", lobby.name, latency={"eu": 25}))
    time.sleep(0.5)
    assert not lobby.events_of(first) and not lobby.events_of(second)
    third = lobby.send(ticket("duel", lobby.name, latency={"na": 60, "eu": 150}))
    event = lobby.event_of(third)
    assert sorted(event.tickets) == sorted([first, third])
    assert event.content["region"] == "na"
    assert {seat["latencyMs"] for seat in event.seats} == {25, 60}
    fourth = lobby.send(ticket("duel", lobby.name, latency={"eu": 30}))
    assert sorted(lobby.event_of(fourth).tickets) == sorted([second, fourth])


def test_distant_ratings_match_only_after_their_windows_have_grown(stack, lobby):
    """250 points apart with windows of 100 growing by 50 a second: 3 s from the later arrival."""
    started = time.monotonic()
    first = lobby.send(ticket("duel", lobby.name, [5000]))
    lobby.send(ticket("duel", lobby.name, [5250]))
    event = lobby.event_of(first)
    assert 2.7 < time.monotonic() - started < 6
    assert event.content["quality"]["ratingRange"] == pytest.approx(250, abs=1)
    assert all(2500 < seat["waitMs"] < 6000 for seat in event.seats)


def test_time_waited_before_counts(stack, lobby):
    first = lobby.send(ticket("duel", lobby.name, [7000], waited_ms=60_000))
    second = lobby.send(ticket("duel", lobby.name, [7400], waited_ms=60_000))
    event = lobby.event_of(first, seconds=3)
    assert sorted(event.tickets) == sorted([first, second])
    assert all(seat["waitMs"] >= 60_000 for seat in event.seats)


def test_a_lobby_is_told_only_of_its_own_tickets_matches(stack, lobby):
    bystander = stack.lobby("bystander")
    first = lobby.send(ticket("duel", lobby.name))
    lobby.send(ticket("duel", lobby.name))
    lobby.event_of(first)
    time.sleep(0.3)
    assert bystander.inbox == []


@pytest.fixture(scope="module")
def shipped(tmp_path_factory, template):
    """matchmakerd with the queue file that ships."""
    stack = Stack(tmp_path_factory.mktemp("shipped"), template.copy(), ROOT / "config/queues.json5")
    try:
        yield stack.start()
    finally:
        stack.end()


SHIPPED = {
    "duel-1v1": (2, 1), "arena-2v2": (2, 2), "arena-3v3": (2, 3), "skirmish-5v5": (2, 5),
    "battleground-10v10": (2, 10), "warplot-40v40": (2, 40), "trio-2x2x2": (3, 2),
    "ffa-8": (8, 1),
}


@pytest.mark.parametrize("queue", SHIPPED)
@pytest.mark.parametrize("form", [JSON, PROTOBUF])
def test_every_shipped_queue_forms_a_match(shipped, queue, form):
    team_count, team_size = SHIPPED[queue]
    lobby = shipped.lobby(f"{queue}-{form.rsplit('/')[1]}")
    regions = {"na-west": 40, "na-east": 30, "eu": 20}
    sent = [
        lobby.send(ticket(queue, lobby.name, [1500 + n % 7], latency=regions), form=form)
        for n in range(team_count * team_size)]
    event = lobby.event_of(sent[0], seconds=20)
    assert event.kind == "matched"
    assert sorted(event.tickets) == sorted(sent)
    assert [len(team["seats"]) for team in event.content["teams"]] == [team_size] * team_count
    assert event.content["region"] == "eu"


def test_loadgen_sends_a_ticket_by_hand_and_prints_the_answer(shipped):
    """The README's five-minute tour, from both sides."""
    lobby = shipped.lobby("tour")
    sent = lobby.send(ticket("duel-1v1", lobby.name, [1500], latency={"eu": 30}))
    result = subprocess.run(
        [binary("loadgen"), "send", "--queue", "duel-1v1", "--rating", "1510", "--latency",
         "eu=25"],
        capture_output=True, text=True, timeout=30, env=os.environ | shipped.nats.environment)
    assert result.returncode == 0, result.stderr
    event = lobby.event_of(sent)
    assert event.kind == "matched"
    assert event.content["matchId"] in result.stdout


def test_loadgen_demo_feeds_and_is_matched(shipped):
    before = shipped.matchmaker.metric("mm_matches_total")
    result = subprocess.run(
        [binary("loadgen"), "demo", "--workload",
         str(ROOT / "Benchmarks/Workloads/demo.json5"), "--metrics",
         shipped.matchmaker.http + "/metrics", "--duration", "6", "--plain"],
        capture_output=True, text=True, timeout=40, env=os.environ | shipped.nats.environment)
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip()
    wait_until(
        lambda: shipped.matchmaker.metric("mm_matches_total") > before, 5, "the demo is matched")


def test_the_example_in_the_protocol_page_works_as_printed(own_stack):
    """Runs the page's own program, with address and key in its environment as the page says."""
    page = (ROOT / "docs/PROTOCOL.md").read_text()
    program = page.split("```python\n")[1].split("```")[0]
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60,
        env=os.environ | own_stack.nats.environment)
    assert result.returncode == 0, result.stderr
    answer = json.loads(result.stdout)
    assert len(answer["matched"]["teams"]) == 2
