"""Fixtures: servers that a test file shares, or a set of its own for a test that breaks them."""

import os
import re
import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

pytest.register_assert_rewrite("support.database_checks")

from support.database import Cluster, PrivateServers  # noqa: E402
from support.lobby import Bus, Lobby  # noqa: E402
from support.processes import Matchmaker, NatsServer, write_queues  # noqa: E402

QUICK_WINDOW = {"start": 100, "perSecond": 50, "max": 500}

# Small queues with quick limits. `slow` never matches by itself within a test.
QUEUES = [
    {"name": "duel", "teams": 2, "teamSize": 1, "window": QUICK_WINDOW},
    {"name": "pairs", "teams": 2, "teamSize": 2, "window": QUICK_WINDOW},
    {"name": "trio", "teams": 3, "teamSize": 2, "window": QUICK_WINDOW},
    {"name": "brief", "teams": 2, "teamSize": 1, "timeoutSeconds": 1},
    {"name": "slow", "teams": 2, "teamSize": 5, "partyMax": 2},
]
SIZES = {queue["name"]: (queue["teams"], queue["teamSize"]) for queue in QUEUES}


class Stack:
    """nats-server, a database, matchmakerd and a bus to talk to them."""

    def __init__(self, folder, database, queues=None):
        self.folder = Path(folder)
        self.database = database
        self.nats = NatsServer(self.folder / "nats")
        self.nats.start()
        queues = queues or write_queues(self.folder / "queues.json5", QUEUES)
        self.matchmaker = Matchmaker(
            self.nats, database, queues, self.folder / "matchmakerd")
        self.bus = None
        self.lobby_count = 0

    def start(self):
        self.matchmaker.start()
        self.bus = Bus(self.nats)
        return self

    def lobby(self, name=None):
        self.lobby_count += 1
        return Lobby(self.bus, name or f"lobby-{self.lobby_count}")

    def end(self):
        if self.bus:
            self.bus.close()
        if self.matchmaker.process:
            self.matchmaker.process.kill()
        self.nats.end()
        self.database.drop()
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sizes():
    return SIZES


@pytest.fixture(scope="module")
def stack(tmp_path_factory, template):
    """Servers that the tests of one file share. A test must leave them running."""
    stack = Stack(tmp_path_factory.mktemp("stack"), template.copy())
    try:
        yield stack.start()
        assert stack.matchmaker.is_alive, "a test of this file ended matchmakerd"
    finally:
        stack.end()


@pytest.fixture
def own_stack(tmp_path, template):
    """Servers for one test, which may do to them what it likes."""
    stack = Stack(tmp_path / "stack", template.copy())
    try:
        yield stack.start()
    finally:
        stack.end()


@pytest.fixture
def lobby(stack, request):
    """A lobby with a name of its own."""
    return stack.lobby(re.sub(r"[^A-Za-z0-9_-]", "-", request.node.name)[:48])


@pytest.fixture(scope="session")
def cluster(tmp_path_factory):
    """The PostgreSQL server that the caller names, else a private one."""
    url, servers = os.environ.get("MUSTER_TEST_POSTGRES_URL"), None
    if not url:
        servers = PrivateServers(tmp_path_factory.mktemp("servers") / "run")
        url = servers.environment["MUSTER_POSTGRES_URL"]
    cluster = Cluster(url)
    try:
        yield cluster
    finally:
        cluster.end()
        if servers:
            servers.end()


@pytest.fixture(scope="session")
def template(cluster):
    """A migrated database to copy; nobody uses it itself."""
    database = cluster.database().migrated()
    try:
        yield database
    finally:
        database.drop()


@pytest.fixture(scope="module")
def database(cluster):
    """A migrated database that the tests of one file share, each with shards of its own."""
    database = cluster.database().migrated()
    try:
        yield database
    finally:
        database.drop()


@pytest.fixture
def own_database(cluster):
    """An empty database for one test."""
    database = cluster.database()
    try:
        yield database
    finally:
        database.drop()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """On failure, shows the end of matchmakerd's log."""
    outcome = yield
    report = outcome.get_result()
    if report.when == "call" and report.failed:
        for name in ("stack", "own_stack"):
            stack = item.funcargs.get(name)
            if stack and stack.matchmaker.process:
                report.sections.append(
                    ("matchmakerd", stack.matchmaker.process.text()[-3000:]))
