"""Ends without a match, and refusals by the core: each has an answer with its reason."""

import time

import pytest
from support.messages import JSON, PROTOBUF, cancel, new_id, new_player, ticket


@pytest.mark.parametrize("form", [JSON, PROTOBUF])
def test_a_cancelled_ticket_is_closed_with_its_wait(stack, lobby, form):
    sent = lobby.send(ticket("slow", lobby.name), form=form)
    time.sleep(0.6)
    lobby.send(cancel(sent, lobby.name), form=form)
    event = lobby.event_of(sent)
    assert (event.kind, event.reason) == ("closed", "CANCELLED")
    assert event.content["queue"] == "slow"
    assert event.content["lobby"] == lobby.name
    assert 400 <= event.content["waitMs"] <= 5000
    assert event.headers["Content-Type"] == form
    assert event.message_id == f"{sent}:closed"


def test_a_cancelled_ticket_is_never_matched(stack, lobby):
    first = lobby.send(ticket("duel", lobby.name, [9000]))
    lobby.send(cancel(first, lobby.name))
    assert lobby.event_of(first).reason == "CANCELLED"
    second = lobby.send(ticket("duel", lobby.name, [9000]))
    time.sleep(0.5)
    assert lobby.events_of(second) == []
    lobby.send(cancel(second, lobby.name))
    assert lobby.event_of(second).reason == "CANCELLED"


def test_a_ticket_that_waited_its_time_expires(stack, lobby):
    started = time.monotonic()
    sent = lobby.send(ticket("brief", lobby.name))
    event = lobby.event_of(sent)
    assert (event.kind, event.reason) == ("closed", "EXPIRED")
    assert 0.9 < time.monotonic() - started < 4
    assert 950 <= event.content["waitMs"] <= 2000


def test_a_cancel_of_a_ticket_that_is_gone_is_refused(stack, lobby):
    first = lobby.send(ticket("duel", lobby.name))
    lobby.send(ticket("duel", lobby.name))
    matched = lobby.event_of(first)
    assert matched.kind == "matched"
    lobby.send(cancel(first, lobby.name))
    event = lobby.next(lambda event: event.kind == "rejected")
    assert event.reason == "TOO_LATE"
    assert event.content["ticketId"] == first
    assert event.content["matchId"] == matched.content["matchId"]
    unknown = lobby.send(cancel(new_id(), lobby.name))
    assert lobby.event_of(unknown).reason == "UNKNOWN_TICKET"


def test_a_ticket_sent_again_leaves_the_first_in_its_place(stack, lobby):
    body = ticket("slow", lobby.name)
    sent = lobby.send(body)
    lobby.send(body, message_id=new_id())
    event = lobby.event_of(sent)
    assert (event.kind, event.reason) == ("rejected", "DUPLICATE_TICKET")
    lobby.send(cancel(sent, lobby.name))
    closed = lobby.next(lambda event: event.kind == "closed")
    assert (closed.content["ticketId"], closed.reason) == (sent, "CANCELLED")


def test_the_same_message_published_twice_is_one_ticket(stack, lobby):
    body = ticket("slow", lobby.name)
    sent = lobby.send(body)
    lobby.send(body)
    lobby.send(cancel(sent, lobby.name))
    assert lobby.event_of(sent).reason == "CANCELLED"
    assert len(lobby.events_of(sent)) == 1


def test_a_player_waits_once(stack, lobby):
    player = new_player()
    first = lobby.send(ticket("slow", lobby.name, players=[player]))
    second = lobby.send(ticket("duel", lobby.name, [1500, ], players=[player]))
    event = lobby.event_of(second)
    assert (event.kind, event.reason) == ("rejected", "DUPLICATE_PLAYER")
    lobby.send(cancel(first, lobby.name))
    assert lobby.event_of(first).reason == "CANCELLED"
    third = lobby.send(ticket("slow", lobby.name, players=[player]))
    lobby.send(cancel(third, lobby.name))
    assert lobby.event_of(third).reason == "CANCELLED"


def refused_by_the_core(name):
    player = new_player()
    return {
        "an unknown queue": (ticket("nowhere", name), "UNKNOWN_QUEUE"),
        "a party above the queue's limit": (
            ticket("slow", name, [1500, 1500, 1500]), "OVERSIZE_PARTY"),
        "a party above the team": (ticket("duel", name, [1500, 1500]), "OVERSIZE_PARTY"),
        "one player twice": (
            ticket("pairs", name, [1500, 1500], players=[player, player]), "REPEATED_MEMBER"),
        "a region too far away": (
            ticket("duel", name, latency={"eu": 900, "na": 800}), "NO_REACHABLE_REGION"),
        "no region that is known": (
            ticket("duel", name, latency={"atlantis": 9}), "NO_REACHABLE_REGION"),
    }


@pytest.mark.parametrize("case", refused_by_the_core("x"))
@pytest.mark.parametrize("form", [JSON, PROTOBUF])
def test_what_no_queue_can_take_is_refused_with_its_reason(stack, lobby, case, form):
    body, reason = refused_by_the_core(lobby.name)[case]
    event = lobby.event_of(lobby.send(body, form=form))
    assert (event.kind, event.reason) == ("rejected", reason)
    assert event.content["lobby"] == lobby.name
    assert event.headers["Content-Type"] == form
