"""The fault proxy itself, with a server that echoes what it gets."""

import socket
import threading
import time

import pytest
from support.fault_proxy import FaultProxy
from support.messages import ticket
from support.processes import wait_until


class Echo:
    """Sends back what comes, and keeps it."""

    def __init__(self):
        self.got = bytearray()
        self.pieces = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection:
            try:
                while data := connection.recv(65_536):
                    self.got += data
                    self.pieces.append(len(data))
                    connection.sendall(data)
            except OSError:
                pass


@pytest.fixture
def echo():
    echo = Echo()
    yield echo
    echo.listener.close()


@pytest.fixture
def proxy(echo):
    with FaultProxy(echo.port) as proxy:
        yield proxy


def connect(proxy, timeout=5):
    client = socket.create_connection(("127.0.0.1", proxy.port), timeout)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return client


def read(client, count):
    data = b""
    while len(data) < count:
        more = client.recv(count - len(data))
        if not more:
            break
        data += more
    return data


def asked(client, data):
    client.sendall(data)
    return read(client, len(data))


def test_it_forwards_everything_and_the_end(proxy):
    data = bytes(range(256)) * 4_000
    with connect(proxy) as client:
        threading.Thread(target=client.sendall, args=(data,)).start()
        assert read(client, len(data)) == data
        client.shutdown(socket.SHUT_WR)
        assert client.recv(1) == b""


def test_a_cut_is_a_reset_and_new_connections_work(proxy):
    first, second = connect(proxy), connect(proxy)
    assert asked(first, b"a") == b"a" and asked(second, b"b") == b"b"
    assert proxy.cut() == 2
    for client in (first, second):
        with pytest.raises(ConnectionResetError):
            client.recv(1)
    with connect(proxy) as client:
        assert asked(client, b"again") == b"again"


def test_refused_connections_are_reset_until_it_heals(proxy):
    client = connect(proxy)
    assert asked(client, b"a") == b"a"
    proxy.refuse()
    with pytest.raises(ConnectionResetError):
        client.recv(1)
    with pytest.raises(ConnectionError):
        late = connect(proxy)
        late.sendall(b"x")
        if late.recv(1) == b"":
            raise ConnectionResetError
    proxy.heal()
    with connect(proxy) as client:
        assert asked(client, b"b") == b"b"


@pytest.mark.parametrize("direction", ["up", "down"])
def test_half_open_one_direction_is_swallowed(proxy, echo, direction):
    with connect(proxy, timeout=0.4) as client:
        assert asked(client, b"a") == b"a"
        proxy.set(direction, is_swallowed=True)
        client.sendall(b"lost")
        with pytest.raises(TimeoutError):
            client.recv(1)
        assert (b"lost" in echo.got) == (direction == "down")
        proxy.heal()
        assert asked(client, b"b") == b"b"


def test_a_stalled_direction_goes_on_with_everything(proxy):
    with connect(proxy, timeout=0.4) as client:
        assert asked(client, b"a") == b"a"
        proxy.set("down", is_stalled=True)
        # What the proxy has begun to read may still come.
        client.sendall(b"1")
        time.sleep(0.05)
        client.sendall(b"2345")
        time.sleep(0.1)
        client.settimeout(5)
        proxy.heal()
        assert read(client, 5) == b"12345"


def test_delay_and_jitter_keep_the_order(proxy):
    proxy.set("down", delay=0.15, jitter=0.1, piece=1)
    with connect(proxy) as client:
        begun = time.monotonic()
        assert asked(client, b"0123456789") == b"0123456789"
        assert time.monotonic() - begun >= 0.15


def test_one_byte_slices(proxy, echo):
    proxy.set("up", piece=1, delay=0.001, jitter=0.002)
    with connect(proxy) as client:
        assert asked(client, b"sliced") == b"sliced"
    assert sum(echo.pieces) == 6 and len(echo.pieces) > 1


@pytest.mark.parametrize("direction", ["up", "down"])
@pytest.mark.parametrize("after", [0, 1, 4, 6])
def test_a_cut_after_so_many_bytes(proxy, echo, direction, after):
    proxy.trap(direction, after=after)
    back = b""
    with connect(proxy) as client:
        client.sendall(b"abcdefghi")
        try:
            back = read(client, 9)
        except ConnectionError:
            pass
    assert proxy.sprung_count == 1
    if direction == "up":
        wait_until(lambda: len(echo.got) == after, 5, "the server has what passed")
        assert bytes(echo.got) == b"abcdefghi"[:after]
    else:
        assert back == b"abcdefghi"[:after]
    with connect(proxy) as client:
        assert asked(client, b"once only") == b"once only"


@pytest.mark.parametrize("passes", [True, False])
def test_a_pattern_is_found_across_pieces(proxy, echo, passes):
    """The server gets the COMMIT, or not; the client never gets its answer."""
    proxy.set("up", piece=3)
    proxy.trap("up", pattern=b"COMMIT;", passes=passes, linger=0.1)
    with connect(proxy) as client:
        assert asked(client, b"INSERT 1;") == b"INSERT 1;"
        client.sendall(b"COMMIT;")
        with pytest.raises(ConnectionResetError):
            while client.recv(10):
                pass
    assert echo.got.startswith(b"INSERT 1;")
    assert (b"COMMIT;" in echo.got) == passes


def test_a_trap_may_hold_for_every_connection(proxy):
    proxy.trap("up", pattern=b"die", count=None)
    for number in range(3):
        with connect(proxy) as client:
            assert asked(client, b"live") == b"live"
            client.sendall(b"die")
            with pytest.raises(ConnectionResetError):
                while client.recv(10):
                    pass
        assert proxy.sprung_count == number + 1


def test_without_a_server_clients_are_reset():
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with FaultProxy(port) as proxy, connect(proxy) as client, pytest.raises(ConnectionError):
        client.sendall(b"x")
        if client.recv(1) == b"":
            raise ConnectionResetError


def test_matchmakerd_goes_on_when_its_connections_are_cut(own_stack):
    """The whole way: between matchmakerd and the broker."""
    own_stack.matchmaker.end()
    with FaultProxy(own_stack.nats.port) as proxy:
        own_stack.matchmaker.env["MUSTER_NATS_URL"] = f"nats://127.0.0.1:{proxy.port}"
        own_stack.matchmaker.start()
        lobby = own_stack.lobby()
        assert proxy.cut() >= 2
        pair = [lobby.send(ticket("duel", lobby.name)) for _ in range(2)]
        assert lobby.event_of(pair[0]).kind == "matched"
        # The broker's answers are lost: nothing is acknowledged until the connection is given up.
        proxy.set("down", is_swallowed=True)
        wait_until(
            lambda: own_stack.matchmaker.get("/readyz")[0] == 503, 10, "the silence is noticed")
        pair = [lobby.send(ticket("duel", lobby.name)) for _ in range(2)]
        proxy.heal()
        assert lobby.event_of(pair[0], seconds=20).kind == "matched"
        own_stack.matchmaker.end()
