"""The auditor itself: each violation that it is there for is found when it is planted."""

import pytest
from support.books import Books
from support.lobby import Received

SIZES = {"duel": (2, 1)}


class Streams:
    """What `Books` reads, made up."""

    def __init__(self, events, allocations):
        self.content = {"MMEVT": events, "MMALLOC": allocations}

    def read_stream(self, stream):
        return self.content[stream]


def match(match_id, tickets, players):
    teams = [
        {"seats": [{"ticketId": ticket, "playerIds": [player]}]}
        for ticket, player in zip(tickets, players, strict=True)]
    return {"matchId": match_id, "queue": "duel", "teams": teams, "quality": {}}


def told(content):
    return Received(
        "mm.v1.evt.a", b"", {"Nats-Msg-Id": content["matchId"] + ":a"},
        {"version": 1, "matched": content})


def allocated(content):
    return Received(
        "mm.v1.alloc.eu", b"", {"Nats-Msg-Id": content["matchId"]},
        {"version": 1, "match": content})


def closed(ticket):
    return Received(
        "mm.v1.evt.a", b"", {"Nats-Msg-Id": ticket + ":closed"},
        {"version": 1, "closed": {"ticketId": ticket, "reason": "CLOSE_REASON_CANCELLED"}})


GOOD = match("m1", ["t1", "t2"], ["1", "2"])


def test_good_books_pass():
    books = Books(Streams([told(GOOD), told(GOOD), closed("t3")], [allocated(GOOD)]))
    books.check_each_match(SIZES)
    books.check_nobody_twice()
    assert [books.end_of(name) for name in ("t1", "t3", "t4")] == ["matched", "CANCELLED", None]


def test_a_match_that_is_allocated_twice_is_found():
    with pytest.raises(AssertionError, match="allocated twice"):
        Books(Streams([told(GOOD)], [allocated(GOOD), allocated(GOOD)]))


def test_two_contents_under_one_id_are_found():
    other = match("m1", ["t1", "t9"], ["1", "9"])
    with pytest.raises(AssertionError, match="two contents"):
        Books(Streams([told(GOOD), told(other)], [allocated(GOOD)]))


@pytest.mark.parametrize("events, allocations", [([GOOD], []), ([], [GOOD])])
def test_a_match_that_only_one_side_knows_is_found(events, allocations):
    books = Books(Streams([told(m) for m in events], [allocated(m) for m in allocations]))
    with pytest.raises(AssertionError):
        books.check_each_match(SIZES)


def test_a_wrong_team_size_is_found():
    large = match("m1", ["t1", "t2", "t3"], ["1", "2", "3"])
    books = Books(Streams([told(large)], [allocated(large)]))
    with pytest.raises(AssertionError):
        books.check_each_match(SIZES)


@pytest.mark.parametrize("second", [
    match("m2", ["t1", "t4"], ["7", "8"]), match("m2", ["t3", "t4"], ["1", "8"])])
def test_a_ticket_or_player_in_two_matches_is_found(second):
    books = Books(Streams(
        [told(GOOD), told(second)], [allocated(GOOD), allocated(second)]))
    with pytest.raises(AssertionError, match="in matches|in two matches"):
        books.check_nobody_twice()


def test_a_ticket_with_two_ends_is_found():
    books = Books(Streams([told(GOOD), closed("t1")], [allocated(GOOD)]))
    with pytest.raises(AssertionError, match="more than once"):
        books.end_of("t1")
