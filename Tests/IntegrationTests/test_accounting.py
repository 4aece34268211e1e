"""The books balance: whatever happens, each ticket has one end, and nobody plays twice.

A few thousand tickets of every size, with cancels and expiries, first undisturbed, then with
matchmakerd or nats-server killed in the middle.
"""

import random
import threading
import time

from support.books import Books
from support.messages import JSON, PROTOBUF, cancel, encode, ticket
from support.processes import wait_until

QUEUE_SIZES = {"duel": 1, "pairs": 2, "trio": 2, "brief": 1, "slow": 2}


class Crowd:
    """Seeded tickets of all queues, some of them taken back later."""

    def __init__(self, seed, count, lobby="crowd", queues=tuple(QUEUE_SIZES)):
        source = random.Random(seed)
        self.lobby = lobby
        self.tickets = {}
        self.cancels = []
        self.messages = []
        for _ in range(count):
            queue = source.choice(queues)
            size = source.randint(1, QUEUE_SIZES[queue])
            latency = source.choice(
                [{"eu": 20}, {"na": 25}, {"eu": 30, "na": 60}, {"eu": 120, "na": 15}])
            body = ticket(
                queue, lobby, [source.gauss(1500, 300) for _ in range(size)], latency)
            self.tickets[body["ticketId"]] = body
            self.messages.append(self._message(body, source))
            if source.random() < 0.2:
                self.cancels.append(body["ticketId"])
                self.messages.append(self._message(cancel(body["ticketId"], lobby), source, queue))

    @staticmethod
    def _message(body, source, queue=None):
        form = source.choice([JSON, PROTOBUF])
        suffix = "" if "players" in body else ":cancel"
        return (
            f"mm.v1.q.{queue or body['queue']}", encode(body, form), form,
            body["ticketId"] + suffix)

    def cancels_of(self, ticket_ids):
        """Messages that take tickets back, under ids of their own."""
        return [
            ("mm.v1.q.any", encode(cancel(ticket_id, self.lobby)), JSON, ticket_id + ":last")
            for ticket_id in ticket_ids]


def drain(stack, crowd, seconds=60):
    """Waits until nothing moves any more, then takes back what still waits; the final books."""
    def settled():
        books = Books(stack.bus)
        open_ids = [t for t in crowd.tickets if books.end_of(t) is None
                    and not set(books.rejected.get(t, ())) - {"UNKNOWN_TICKET"}]
        return books, open_ids

    wait_until(
        lambda: stack.matchmaker.metric("mm_ticks_total") > 0, 10, "matchmakerd ticks")
    time.sleep(1)
    _, waiting = settled()
    stack.bus.publish_many(crowd.cancels_of(waiting))
    deadline = time.monotonic() + seconds
    while True:
        books, left = settled()
        if not left:
            return books
        assert time.monotonic() < deadline, (
            f"{len(left)} tickets never ended, such as {left[:3]}")
        time.sleep(0.5)


def check(books, crowd, sizes):
    books.check_each_match(sizes)
    books.check_nobody_twice()
    ends = {}
    for ticket_id in crowd.tickets:
        end = books.end_of(ticket_id)
        assert end in ("matched", "CANCELLED", "EXPIRED"), (
            ticket_id, end, books.rejected.get(ticket_id))
        ends[end] = ends.get(end, 0) + 1
        if end == "EXPIRED":
            assert crowd.tickets[ticket_id]["queue"] == "brief"
    for matches in books.allocations.values():
        for seat in matches.seats:
            body = crowd.tickets[seat["ticketId"]]
            assert [player["playerId"] for player in body["players"]] == seat["playerIds"]
            assert body["queue"] == matches.content["queue"]
            assert matches.content["region"] in body["latencyMs"]
    return ends


def balances(samples):
    """True if in this one scrape tickets in are tickets matched, closed or waiting."""
    def total(name):
        return sum(value for sample, value in samples.items()
                   if sample == name or sample.startswith(name + "{"))

    ended = total("mm_tickets_matched_total") + total("mm_tickets_closed_total")
    return total("mm_tickets_enqueued_total") == ended + total("mm_waiting_tickets")


def test_tickets_in_are_matched_cancelled_expired_or_waiting(own_stack, sizes):
    crowd = Crowd(seed=11, count=3_000)
    own_stack.bus.publish_many(crowd.messages)
    wait_until(
        lambda: own_stack.matchmaker.metric("mm_intake_messages_total") >= len(crowd.messages),
        30, "everything is taken in")
    # Long enough for every ticket of `brief` to end.
    time.sleep(2.5)
    assert own_stack.matchmaker.metric("mm_tickets_enqueued_total") == len(crowd.tickets)
    # A scrape may fall between a match and its announcement, and windows still grow: the books
    # must balance in some scrape. A ticket that is lost or counted twice never lets them.
    wait_until(lambda: balances(own_stack.matchmaker.metrics()), 20, "the books balance")
    books = drain(own_stack, crowd)
    ends = check(books, crowd, sizes)
    assert ends["matched"] > 1_000 and ends["CANCELLED"] > 100, ends


def publish_steadily(stack, crowd, seconds):
    """Publishes the crowd over some seconds from a thread."""
    def work():
        parts = 40
        size = -(-len(crowd.messages) // parts)
        for start in range(0, len(crowd.messages), size):
            stack.bus.publish_many(crowd.messages[start:start + size], width=16)
            time.sleep(seconds / parts)

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_a_killed_matchmakerd_loses_no_ticket_and_matches_none_twice(own_stack, sizes):
    crowd = Crowd(seed=12, count=2_500)
    publisher = publish_steadily(own_stack, crowd, seconds=6)
    for _ in range(3):
        time.sleep(1.3)
        own_stack.matchmaker.crash()
        time.sleep(0.2)
        own_stack.matchmaker.start()
    publisher.join()
    ends = check(drain(own_stack, crowd), crowd, sizes)
    assert ends["matched"] > 500, ends


def test_a_restart_restores_the_wait(own_stack):
    lobby = own_stack.lobby()
    sent = lobby.send(ticket("slow", lobby.name))
    time.sleep(1)
    own_stack.matchmaker.crash()
    time.sleep(1)
    own_stack.matchmaker.start()
    assert own_stack.matchmaker.metric("mm_tickets_recovered_total") == 1
    lobby.send(cancel(sent, lobby.name))
    assert lobby.event_of(sent).content["waitMs"] >= 1_900


def test_what_came_while_it_was_down_is_taken_up(own_stack):
    lobby = own_stack.lobby()
    own_stack.matchmaker.crash()
    pair = [lobby.send(ticket("duel", lobby.name)) for _ in range(2)]
    gone = lobby.send(ticket("slow", lobby.name))
    lobby.send(cancel(gone, lobby.name))
    own_stack.matchmaker.start()
    assert lobby.event_of(pair[0]).kind == "matched"
    assert lobby.event_of(gone).reason == "CANCELLED"


def test_a_restarted_nats_server_is_found_again(own_stack, sizes):
    """Once asked to stop and once killed, with tickets coming in all the time."""
    crowd = Crowd(seed=13, count=1_500)
    publisher = publish_steadily(own_stack, crowd, seconds=8)
    time.sleep(2)
    own_stack.nats.restart()
    time.sleep(3)
    own_stack.nats.restart(crash=True)
    publisher.join()
    wait_until(own_stack.matchmaker.is_ready, 20, "matchmakerd is ready again")
    ends = check(drain(own_stack, crowd, seconds=90), crowd, sizes)
    assert ends["matched"] > 300, ends


def test_readiness_follows_the_connection(own_stack):
    own_stack.nats.process.end()
    wait_until(
        lambda: own_stack.matchmaker.get("/readyz")[0] == 503, 10, "it is not ready without NATS")
    assert own_stack.matchmaker.get("/healthz")[0] == 200
    own_stack.nats.start()
    wait_until(own_stack.matchmaker.is_ready, 15, "it is ready again")
