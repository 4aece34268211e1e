"""Whatever is sent: it is refused with a reason, kept aside, counted, and matching goes on."""

import json
import random
import struct

import pytest
from support.messages import JSON, PROTOBUF, classes, encode, new_id, new_player, ticket
from support.processes import wait_until


def changed(name, change, form=JSON):
    """A good ticket, changed."""
    body = ticket("duel", name)
    change(body)
    return encode(body, form), form


def protobuf_ticket(name, **rating):
    intake = classes()["intake"].Intake(version=1)
    intake.ticket.ticket_id = new_id()
    intake.ticket.queue = "duel"
    intake.ticket.lobby = name
    intake.ticket.latency_ms["eu"] = 10
    intake.ticket.players.add(player_id=new_player(), **rating)
    return intake


def cases(name):
    """Message, form, and the reason that the sender is told."""
    def set_rating(value):
        return lambda body: body["players"][0].update(rating=value)

    def set_field(field, value):
        return lambda body: body.update({field: value})

    crowd = ticket("duel", name, [1500] * 81)
    good = encode(ticket("duel", name))
    large = ticket("duel", name) | {"remark": "x" * 17_000}
    found = {
        "nothing": (b"", JSON, "MALFORMED"),
        "nothing, protobuf": (b"", PROTOBUF, None),
        "garbage": (bytes(range(256)), JSON, "MALFORMED"),
        "garbage, protobuf": (b"\xff" * 100, PROTOBUF, "MALFORMED"),
        "truncated": (good[:-20], JSON, "MALFORMED"),
        "an array": (b"[1, 2, 3]", JSON, "MALFORMED"),
        "deep nesting": (b'{"a":' * 500 + b"1" + b"}" * 500, JSON, "MALFORMED"),
        "no text": (b'{"version":1,"ticket":{"ticketId":"\xc3\x28"}}', JSON, "MALFORMED"),
        "too large": (json.dumps({"version": 1, "ticket": large}).encode(), JSON, "MALFORMED"),
        "another version": (encode(ticket("duel", name), version=9), JSON, "UNKNOWN_VERSION"),
        "another version, protobuf": (
            encode(ticket("duel", name), PROTOBUF, version=2), PROTOBUF, "UNKNOWN_VERSION"),
        "no body": (b'{"version":1}', JSON, None),
        "another content type": (good, "application/cbor", "MALFORMED"),
        "81 players": (encode(crowd), JSON, "INVALID_FIELD"),
        "81 players, protobuf": (encode(crowd, PROTOBUF), PROTOBUF, "INVALID_FIELD"),
    }
    edits = {
        "no players": set_field("players", []),
        "no latency": set_field("latencyMs", {}),
        "a rating beyond all bounds": set_rating(1e308),
        "a negative rating below all bounds": set_rating(-10_001),
        "a rating in words": set_rating("NaN"),
        "player zero": lambda body: body["players"][0].update(playerId="0"),
        "a latency of an hour": set_field("latencyMs", {"eu": 3_600_000}),
        "17 regions": set_field("latencyMs", {f"r{n}": 1 for n in range(17)}),
        "no UUID": set_field("ticketId", "not-a-uuid"),
        "a queue with a dot": set_field("queue", "a.b"),
        "a wait of two days": set_field("waitedMs", 2 * 86_400_000),
    }
    for case, change in edits.items():
        found[case] = (*changed(name, change), "INVALID_FIELD")
    infinite, nan = protobuf_ticket(name, rating=float("inf")), protobuf_ticket(
        name, rating=float("nan"))
    found["an infinite rating, protobuf"] = (
        infinite.SerializeToString(), PROTOBUF, "INVALID_FIELD")
    found["not a number, protobuf"] = (nan.SerializeToString(), PROTOBUF, "INVALID_FIELD")
    negative = protobuf_ticket(name, rating=1.0)
    negative.ticket.players[0].player_id = 2**64 - 1
    found["a player id beyond 63 bits, protobuf"] = (
        negative.SerializeToString(), PROTOBUF, "INVALID_FIELD")
    return found


@pytest.mark.parametrize("case", cases("x"))
def test_bad_input_is_refused_kept_aside_and_counted(stack, lobby, case):
    data, form, reason = cases(lobby.name)[case]
    before = stack.bus.last_sequence("MMDLQ")
    counted = stack.matchmaker.metric("mm_dead_letters_total")
    # The header tells whom to answer where the message itself cannot be read.
    acknowledgement = stack.bus.publish(
        "mm.v1.q.duel", data, form, headers={"Muster-Lobby": lobby.name})
    event = lobby.next(lambda event: event.kind == "rejected")
    if reason:
        assert event.reason == reason
    assert event.content["detail"]
    wait_until(lambda: stack.bus.last_sequence("MMDLQ") > before, 5, "a dead letter is kept")
    letter = stack.bus.read_stream("MMDLQ", since=before)[-1]
    assert letter.data == data[:len(letter.data)] and letter.data or data == b""
    assert letter.subject == "mm.v1.dlq.duel"
    assert letter.headers["Muster-Subject"] == "mm.v1.q.duel"
    assert letter.headers["Muster-Sequence"] == str(acknowledgement.seq)
    assert letter.headers["Muster-Reason"]
    assert stack.matchmaker.metric("mm_dead_letters_total") == counted + 1
    assert_still_matching(stack, lobby)


def test_every_wrong_field_is_named(stack, lobby):
    body = ticket("duel", lobby.name)
    body["players"] = [{"playerId": "0", "rating": 1e9}]
    body["latencyMs"] = {"eu": 99_999}
    body["waitedMs"] = 999_999_999
    event = lobby.event_of(lobby.send(body))
    assert event.reason == "INVALID_FIELD"
    for field in ("players[0].player_id", "players[0].rating", "latency_ms", "waited_ms"):
        assert field in event.content["detail"]


def test_a_message_without_a_readable_sender_is_kept_aside(stack, lobby):
    before = stack.bus.last_sequence("MMDLQ")
    stack.bus.publish("mm.v1.q.duel", b"\x00\x01\x02", None)
    wait_until(lambda: stack.bus.last_sequence("MMDLQ") > before, 5, "a dead letter is kept")
    assert_still_matching(stack, lobby)


def test_a_flood_of_random_and_mutated_bytes_changes_nothing(stack, lobby):
    """Seeded: 3,000 messages of noise, and good messages with some bytes changed."""
    random_source = random.Random(20_240)
    messages = []
    for number in range(3_000):
        form = random_source.choice([JSON, PROTOBUF])
        if number % 3 == 0:
            data = random_source.randbytes(random_source.randrange(0, 400))
        else:
            # `slow` needs ten players and its tickets are all alike, so that what survives the
            # mutation waits and disturbs nobody.
            data = bytearray(encode(ticket("slow", "flood"), form))
            for _ in range(random_source.randrange(1, 6)):
                data[random_source.randrange(len(data))] = random_source.randrange(256)
            data = bytes(data)
        messages.append(("mm.v1.q.slow", data, form, f"flood-{number}"))
    taken = stack.matchmaker.metric("mm_intake_messages_total")
    stack.bus.publish_many(messages)
    wait_until(
        lambda: stack.matchmaker.metric("mm_intake_messages_total") >= taken + len(messages),
        20, "all of it has been dealt with")
    assert stack.matchmaker.metric("mm_dead_letters_total") > 1_000
    assert_still_matching(stack, lobby)


def test_unknown_fields_are_skipped(stack, lobby):
    first = ticket("duel", lobby.name) | {"favouriteColour": "green"}
    data = json.dumps({"version": 1, "ticket": first, "extra": [1, {"a": None}]}).encode()
    stack.bus.publish("mm.v1.q.duel", data, JSON)
    # Field 15, length 3, in the envelope.
    second = ticket("duel", lobby.name)
    stack.bus.publish(
        "mm.v1.q.duel", encode(second, PROTOBUF) + struct.pack("BB3s", 15 << 3 | 2, 3, b"abc"),
        PROTOBUF)
    event = lobby.event_of(first["ticketId"])
    assert sorted(event.tickets) == sorted([first["ticketId"], second["ticketId"]])


def assert_still_matching(stack, lobby):
    assert stack.matchmaker.is_alive
    assert stack.matchmaker.get("/readyz")[0] == 200
    # A rating of its own, so that no leftover of another case can step in.
    rating = 20_000 + random.randrange(10_000)
    pair = [lobby.send(ticket("duel", lobby.name, [rating])) for _ in range(2)]
    event = lobby.event_of(pair[0])
    assert event.kind == "matched" and sorted(event.tickets) == sorted(pair)
