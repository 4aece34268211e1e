"""A lobby: a client that is not ours (nats-py) behind plain blocking calls.

nats-py lives in one event loop on a thread of its own; what is published and received here passes
through an ordinary NATS connection, as it would for any stranger.
"""

import asyncio
import threading
import time
from dataclasses import dataclass, field

import nats
from nats.js.errors import NotFoundError

from .messages import JSON, decode, encode


class Loop:
    """An event loop on its own thread."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    def run(self, coroutine, seconds=30):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(seconds)

    def end(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)
        self.loop.close()


@dataclass
class Received:
    """A message as it came from a stream or subject."""

    subject: str
    data: bytes
    headers: dict
    body: dict = field(default_factory=dict)

    @property
    def kind(self):
        """matched, closed or rejected; for an allocation: match."""
        return next(key for key in self.body if key != "version")

    @property
    def content(self):
        return self.body[self.kind]

    @property
    def reason(self):
        """The reason without its prefix: CANCELLED, UNKNOWN_QUEUE."""
        return self.content["reason"].split("_REASON_")[1]

    @property
    def message_id(self):
        return self.headers.get("Nats-Msg-Id")

    @property
    def tickets(self):
        """Ticket ids of a match."""
        return [seat["ticketId"] for seat in self.seats]

    @property
    def seats(self):
        return [seat for team in self.content["teams"] for seat in team["seats"]]

    @property
    def players(self):
        return [player for seat in self.seats for player in seat["playerIds"]]


def received(message):
    headers = dict(message.headers or {})
    result = Received(message.subject, message.data, headers)
    kinds = {"evt": "event", "alloc": "allocation"}
    parts = message.subject.split(".")
    if len(parts) > 2 and parts[2] in kinds:
        result.body = decode(kinds[parts[2]], message.data, headers.get("Content-Type"))
    return result


class Bus:
    """Two connections to a `NatsServer`: a lobby's, and one that may read every stream."""

    def __init__(self, server):
        self.loop = Loop()
        self.client = self._connect(server.login("lobby"))
        self.streams = self.client.jetstream(timeout=5)
        self.reader = self._connect(server.login("ops"))

    def _connect(self, login):
        # Tests break connections on purpose; nats-py would print a traceback for each.
        async def quiet(_):
            pass

        return self.loop.run(nats.connect(
            **login, max_reconnect_attempts=-1, reconnect_time_wait=0.1, ping_interval=1,
            allow_reconnect=True, error_cb=quiet))

    def close(self):
        try:
            for client in (self.client, self.reader):
                self.loop.run(client.close(), 5)
        finally:
            self.loop.end()

    def publish(self, subject, data, form=JSON, message_id=None, headers=None, within=30):
        """Publishes into a stream and waits for its acknowledgement, trying again under the same
        id as a lobby should."""
        all_headers = {"Content-Type": form} if form else {}
        all_headers |= {"Nats-Msg-Id": message_id} if message_id else {}
        all_headers |= headers or {}
        deadline = time.monotonic() + within

        async def attempt():
            while True:
                try:
                    return await self.streams.publish(
                        subject, data, timeout=2, headers=all_headers or None)
                except Exception:
                    if time.monotonic() > deadline:
                        raise
                    await asyncio.sleep(0.1)

        return self.loop.run(attempt(), within + 5)

    def publish_many(self, messages, width=64):
        """Publishes (subject, data, form, id) with `width` of them under way at once."""
        async def work():
            gate = asyncio.Semaphore(width)

            async def one(subject, data, form, message_id):
                async with gate:
                    for attempt in range(100):
                        try:
                            return await self.streams.publish(
                                subject, data, timeout=2,
                                headers={"Content-Type": form, "Nats-Msg-Id": message_id})
                        except Exception:
                            if attempt == 99:
                                raise
                            await asyncio.sleep(0.1)

            await asyncio.gather(*(one(*message) for message in messages))

        self.loop.run(work(), 120)

    def last_sequence(self, stream):
        return self.loop.run(self.reader.jetstream().stream_info(stream)).state.last_seq

    def read_stream(self, stream, subject=">", since=0):
        """Every message that the stream holds now after sequence `since`, in order."""
        streams = self.reader.jetstream(timeout=5)

        async def work():
            try:
                last = (await streams.stream_info(stream)).state
            except NotFoundError:
                return []
            if last.messages == 0 or last.last_seq <= since:
                return []
            found = []
            subscription = await streams.subscribe(
                subject, stream=stream, ordered_consumer=True,
                config=nats.js.api.ConsumerConfig(
                    deliver_policy=nats.js.api.DeliverPolicy.BY_START_SEQUENCE,
                    opt_start_seq=since + 1))
            while True:
                try:
                    message = await subscription.next_msg(timeout=1)
                except nats.errors.TimeoutError:
                    break
                found.append(received(message))
                if message.metadata.sequence.stream >= last.last_seq:
                    break
            await subscription.unsubscribe()
            return found

        return self.loop.run(work(), 60)


class Lobby:
    """A lobby with its own subject for answers."""

    def __init__(self, bus, name):
        self.bus = bus
        self.name = name
        self.inbox = []
        self._arrived = threading.Condition()
        self.subscription = bus.loop.run(
            bus.client.subscribe(f"mm.v1.evt.{name}", cb=self._receive))
        # Once the server has answered a ping it knows of the subscription.
        bus.loop.run(bus.client.flush())

    async def _receive(self, message):
        event = received(message)
        with self._arrived:
            self.inbox.append(event)
            self._arrived.notify_all()

    def send(self, body, form=JSON, message_id=None, **options):
        """Publishes a ticket or a cancel; returns the ticket's id."""
        is_ticket = "players" in body
        suffix = "" if is_ticket else ":cancel"
        self.bus.publish(
            f"mm.v1.q.{body.get('queue', 'any')}", encode(body, form), form,
            message_id or body["ticketId"] + suffix, **options)
        return body["ticketId"]

    def next(self, matching, seconds=15, what="an event comes"):
        """The first event, also of the past, for which `matching` is true."""
        deadline = time.monotonic() + seconds
        with self._arrived:
            while True:
                for event in self.inbox:
                    if matching(event):
                        return event
                left = deadline - time.monotonic()
                assert left > 0, f"waited {seconds} s in vain until {what}; got {self.inbox}"
                self._arrived.wait(left)

    def event_of(self, ticket_id, seconds=15):
        """The first event about a ticket."""
        def matching(event):
            if event.kind == "matched":
                return ticket_id in event.tickets
            return event.content.get("ticketId") == ticket_id

        return self.next(matching, seconds, f"{ticket_id} is answered")

    def events_of(self, ticket_id):
        with self._arrived:
            return [
                event for event in self.inbox
                if (ticket_id in event.tickets if event.kind == "matched"
                    else event.content.get("ticketId") == ticket_id)]
