"""Two matchmakerd on one database: one decides, the other stands by, whatever happens to the first.
P2, P5, P8; scenarios 2, 3, 5, 9."""

import re
import signal
import threading
import time

import pytest
from support.messages import ticket
from support.processes import Matchmaker, wait_until
from test_accounting import Crowd, check, drain, publish_steadily


def owner_of(stack):
    return stack.database.connect().execute("select owner, epoch from mm.shard").fetchone()


@pytest.fixture
def pair(own_stack):
    """The owner of `own_stack` and one that stands by."""
    standby = Matchmaker(
        own_stack.nats, own_stack.database, own_stack.matchmaker.queues,
        own_stack.folder / "standby")
    standby.launch()
    wait_until(lambda: "standing by" in standby.process.text(), 20, "the second one stands by")
    try:
        yield own_stack, standby
    finally:
        standby.process.kill()


def test_a_standby_is_alive_and_not_ready(pair):
    stack, standby = pair
    wait_until(standby.port_file.exists, 5, "it serves")
    assert standby.get("/healthz")[0] == 200
    status, text = standby.get("/readyz")
    assert status == 503 and "standing by" in text
    owner, epoch = owner_of(stack)
    assert epoch == 1 and owner.endswith(f"-{stack.matchmaker.process.child.pid}")


def test_a_frozen_owner_wakes_up_to_find_that_it_is_none(pair, sizes):
    stack, standby = pair
    crowd = Crowd(seed=21, count=1_500)
    publisher = publish_steadily(stack, crowd, seconds=12)
    time.sleep(1)
    frozen = stack.matchmaker
    frozen.process.send(signal.SIGSTOP)
    begun = time.monotonic()
    wait_until(standby.is_ready, 12, "the standby takes over")
    taken = time.monotonic() - begun
    assert owner_of(stack)[1] == 2
    frozen.process.send(signal.SIGCONT)
    wait_until(lambda: "the lease is lost" in frozen.process.text(), 3, "it notices")
    wait_until(lambda: not frozen.is_ready(), 3, "it is not ready any more")
    publisher.join()
    stack.matchmaker = standby
    ends = check(drain(stack, crowd), crowd, sizes)
    assert ends["matched"] > 300, (ends, taken)
    assert frozen.process.is_alive


def test_a_killed_owner_is_replaced_and_a_stopped_one_at_once(pair, sizes):
    stack, standby = pair
    first = stack.matchmaker
    crowd = Crowd(seed=22, count=1_200)
    publisher = publish_steadily(stack, crowd, seconds=8)
    time.sleep(1)
    first.process.kill()
    wait_until(standby.is_ready, 12, "the standby takes over")
    first.launch()
    wait_until(lambda: "standing by" in first.process.text().rsplit("msg=http", 1)[-1], 20,
               "the first one stands by now")
    assert standby.end() == 0
    wait_until(first.is_ready, 4, "a hand-over needs no lease to run out")
    assert owner_of(stack)[1] == 3
    publisher.join()
    ends = check(drain(stack, crowd), crowd, sizes)
    assert ends["matched"] > 200, ends


def test_a_player_in_a_match_is_not_matched_again_and_the_other_waits_on(own_stack):
    lobby = own_stack.lobby()
    bodies = [ticket("duel", lobby.name) for _ in range(2)]
    for body in bodies:
        lobby.send(body)
    lobby.event_of(bodies[0]["ticketId"])
    # At once: a second later the platform looks after its players itself.
    again = ticket("duel", lobby.name)
    again["players"] = bodies[0]["players"]
    other = ticket("duel", lobby.name)
    lobby.send(again)
    lobby.send(other)
    closed = lobby.event_of(again["ticketId"])
    assert closed.kind == "closed" and closed.reason == "PLAYER_BUSY"
    third = ticket("duel", lobby.name)
    lobby.send(third)
    matched = lobby.event_of(other["ticketId"])
    assert matched.kind == "matched"
    assert set(matched.tickets) == {other["ticketId"], third["ticketId"]}
    assert own_stack.matchmaker.metric("mm_matches_refused_total") == 1


def test_sessions_that_break_lose_nothing_and_double_nothing(own_stack, sizes):
    """The database ends all of matchmakerd's sessions, again and again: replies are lost, some of
    them after their commit."""
    crowd = Crowd(seed=23, count=2_500)
    publisher = publish_steadily(own_stack, crowd, seconds=8)
    over = threading.Event()

    def break_sessions():
        admin = own_stack.database.cluster.admin
        while not over.wait(0.15):
            admin.execute("""select pg_terminate_backend(pid) from pg_stat_activity
                where datname = %s and application_name in (
                    'muster-matchmakerd-commit', 'muster-matchmakerd-outbox')""",
                          [own_stack.database.name])

    breaker = threading.Thread(target=break_sessions)
    breaker.start()
    publisher.join()
    time.sleep(1)
    over.set()
    breaker.join()
    ends = check(drain(own_stack, crowd), crowd, sizes)
    assert ends["matched"] > 500, ends
    assert own_stack.matchmaker.metric("mm_commit_failures_total") > 0
    session = own_stack.database.connect()
    matches = session.execute("select count(*) from mm.match").fetchone()[0]
    assert matches == own_stack.matchmaker.metric("mm_matches_committed_total")
    wait_until(lambda: session.execute(
        "select count(*) from mm.outbox where sent_at is null").fetchone()[0] == 0,
               15, "the outbox is empty")


def test_without_the_database_it_does_not_start(own_stack, tmp_path):
    nowhere = Matchmaker(
        own_stack.nats, own_stack.database, own_stack.matchmaker.queues, tmp_path / "nowhere",
        "--connect-seconds", "1",
        env={"MUSTER_DATABASE_URL": "postgresql://nobody:secret@127.0.0.1:1/none"})
    nowhere.launch()
    assert nowhere.process.wait(20) == 69
    text = nowhere.process.text()
    assert re.search("not connected to PostgreSQL", text) and "secret" not in text
