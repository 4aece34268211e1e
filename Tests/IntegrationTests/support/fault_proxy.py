"""A TCP proxy that does to a connection what networks do: cut it, swallow one direction, delay,
jitter, deal out single bytes, and cut it after a number of bytes or at a pattern.

One thread runs an event loop; the methods may be called from any other thread and take effect on
connections that are open as well as on new ones. `up` is the direction from client to server,
`down` the other one. Nothing is dropped but by a cut: what is swallowed stays swallowed.
"""

import asyncio
import contextlib
import random
import socket
import struct
import threading
from dataclasses import dataclass

UP, DOWN = "up", "down"
CHUNK = 65_536


@dataclass
class Faults:
    """What happens to the bytes of one direction."""

    # Read and thrown away: the sender notices nothing until his own timeouts.
    is_swallowed: bool = False
    # Not read at all: the sender's buffers fill.
    is_stalled: bool = False
    delay: float = 0.0
    # Each piece waits up to so many seconds more, drawn from the proxy's seed; order is kept.
    jitter: float = 0.0
    # Pieces of at most so many bytes, each sent by itself.
    piece: int = CHUNK


@dataclass
class Trap:
    """Cuts the connection where a direction has carried so many bytes, or a pattern. Who sent them
    is reset. Who receives gets all that has passed and then an end, since a reset would take away
    what he has not read yet; whatever he answers is thrown away."""

    direction: str
    after: int | None = None
    pattern: bytes | None = None
    # Whether what springs the trap is still passed on: a COMMIT that arrives, its answer lost. If
    # not, the receiver may have seen the beginning of a pattern that came in pieces, never its end.
    passes: bool = True
    # After passing it on, this long until the cut, in which nothing comes back.
    linger: float = 0.0
    # So many connections are cut, then the trap is gone; None for all.
    count: int | None = 1


class Link:
    """A client's connection and the one to the server that belongs to it."""

    def __init__(self, client, server):
        self.streams = {UP: (client[0], server[1]), DOWN: (server[0], client[1])}
        self.writers = (client[1], server[1])
        self.carried = {UP: 0, DOWN: 0}
        self.tails = {UP: b"", DOWN: b""}
        self.is_sprung = False

    def abort(self):
        """Ends both connections with a reset, as a host that died or a firewall would."""
        for writer in self.writers:
            reset(writer)

    def spring(self, direction):
        """Resets who sends in this direction, and lets the other one read to the end."""
        reset(self.streams[DOWN if direction == UP else UP][1])
        receiver = self.streams[direction][1]
        if not receiver.is_closing():
            receiver.write_eof()

    def close(self):
        for writer in self.writers:
            writer.close()


def reset(writer):
    with contextlib.suppress(OSError, AttributeError):
        writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


class FaultProxy:
    """Forwards `port` on loopback to a server."""

    def __init__(self, target_port, target_host="127.0.0.1", seed=1, port=0):
        self.target = (target_host, target_port)
        self.faults = {UP: Faults(), DOWN: Faults()}
        self.traps = []
        self.links = set()
        self.sprung_count = 0
        self.accepts = True
        self._random = random.Random(seed)
        self._changed = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = self._call(self._listen(port))
        self.port = self._server.sockets[0].getsockname()[1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    # What a test does.

    def set(self, direction, **changes):
        """Changes the faults of a direction (`up`, `down` or `both`): see `Faults`."""
        def work():
            for name in (UP, DOWN) if direction == "both" else (direction,):
                for key, value in changes.items():
                    assert hasattr(self.faults[name], key), key
                    setattr(self.faults[name], key, value)

        self._do(work)

    def heal(self):
        """No more faults and traps; what was swallowed is not made good."""
        def work():
            self.faults = {UP: Faults(), DOWN: Faults()}
            self.traps.clear()
            self.accepts = True

        self._do(work)

    def cut(self):
        """Resets every open connection; new ones are forwarded again. Returns how many."""
        def work():
            count = len(self.links)
            for link in list(self.links):
                link.abort()
            return count

        return self._do(work)

    def refuse(self, is_refused=True):
        """Resets new connections at once, and those that are open if `is_refused`."""
        def work():
            self.accepts = not is_refused

        self._do(work)
        if is_refused:
            self.cut()

    def trap(self, direction, **options):
        """Sets a trap, see `Trap`. Patterns are found across pieces. Bytes count from the start
        of a connection."""
        trap = Trap(direction, **options)
        assert (trap.after is None) != (trap.pattern is None)
        self._do(lambda: self.traps.append(trap))

    def end(self):
        """Closes everything."""
        if self._loop.is_closed():
            return

        async def work():
            self._server.close()
            for link in list(self.links):
                link.abort()
            tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        self._call(work())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    # The loop's side.

    def _call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    def _do(self, work):
        """Runs `work` on the loop and wakes whoever waits for other faults."""
        async def change():
            result = work()
            self._changed.set()
            self._changed = asyncio.Event()
            return result

        return self._call(change())

    async def _listen(self, port):
        self._changed = asyncio.Event()
        return await asyncio.start_server(self._accept, "127.0.0.1", port)

    async def _accept(self, reader, writer):
        link = None
        try:
            if not self.accepts:
                reset(writer)
                return
            server = await asyncio.open_connection(*self.target)
            link = Link((reader, writer), server)
            self.links.add(link)
            await asyncio.gather(self._carry(link, UP), self._carry(link, DOWN))
        except OSError:
            # The server is not there, or one side has reset: so is the other.
            link.abort() if link else reset(writer)
        finally:
            if link:
                self.links.discard(link)
                link.close()

    async def _carry(self, link, direction):
        """Carries one direction until its sender ends it or the link is cut."""
        reader, writer = link.streams[direction]
        pieces = asyncio.Queue(64)
        deliverer = asyncio.create_task(self._deliver(link, direction, pieces))
        try:
            while not deliverer.done():
                while self.faults[direction].is_stalled:
                    await self._changed.wait()
                data = await reader.read(CHUNK)
                if not data:
                    break
                faults = self.faults[direction]
                if faults.is_swallowed:
                    continue
                now = self._loop.time()
                for start in range(0, len(data), faults.piece):
                    due = now + faults.delay + self._random.random() * faults.jitter
                    await pieces.put((due, data[start:start + faults.piece]))
            await pieces.put(None)
            await deliverer
            if writer.can_write_eof() and not writer.is_closing():
                writer.write_eof()
        finally:
            deliverer.cancel()

    async def _deliver(self, link, direction, pieces):
        """Sends pieces in order, each no sooner than it is due."""
        writer = link.streams[direction][1]
        while (piece := await pieces.get()) is not None:
            due, data = piece
            await asyncio.sleep(max(0, due - self._loop.time()))
            # Once a trap has sprung, nothing passes any more in either direction.
            if link.is_sprung:
                continue
            trap, end = self._sprung(link, direction, data)
            if trap:
                link.is_sprung = True
                data = data[:end]
            link.carried[direction] += len(data)
            writer.write(data)
            await writer.drain()
            if trap:
                await asyncio.sleep(trap.linger)
                link.spring(direction)

    def _sprung(self, link, direction, data):
        """The trap that `data` springs, and how many of its bytes still pass."""
        for trap in self.traps:
            if trap.direction != direction:
                continue
            end = self._end(trap, link, direction, data)
            if end is not None:
                self.sprung_count += 1
                if trap.count is not None:
                    trap.count -= 1
                    if trap.count == 0:
                        self.traps.remove(trap)
                return trap, end
        longest = max((len(trap.pattern) for trap in self.traps if trap.pattern), default=1)
        kept = link.tails[direction] + data
        link.tails[direction] = kept[len(kept) - longest + 1:] if longest > 1 else b""
        return None, 0

    @staticmethod
    def _end(trap, link, direction, data):
        """Up to which byte of `data` passes, or None if the trap does not spring."""
        if trap.after is not None:
            room = trap.after - link.carried[direction]
            return max(room, 0) if room <= len(data) else None
        tail = link.tails[direction]
        place = (tail + data).find(trap.pattern)
        if place < 0:
            return None
        return len(data) if trap.passes else max(place - len(tail), 0)
