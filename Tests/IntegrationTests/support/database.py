"""A PostgreSQL server, databases of it that a test may do anything to, and the calls of a shard's
owner in a form that tests can write down."""

import os
import re
import secrets
import subprocess
import uuid
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql

from .processes import ROOT

# The roles of db/roles.sql that daemons have.
ROLES = ("mm", "lobby_rw", "world_result")

# Every test draws fresh players.
_players = count(1)


def new_player():
    return next(_players)


def run(*command, code=0, **options):
    """Runs a script of the project; its output, both streams."""
    done = subprocess.run(
        [str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, timeout=120, check=False, stdin=subprocess.DEVNULL, **options)
    assert done.returncode == code, f"{command} ended with {done.returncode}:\n{done.stdout}"
    return done.stdout


def migrate(*arguments, url, code=0):
    return run(ROOT / "scripts/migrate", *arguments, "--url", url, code=code)


class PrivateServers:
    """The private servers as scripts/servers starts them."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.output = run(ROOT / "scripts/servers", "start", "--dir", self.folder)
        self.environment = dict(
            re.findall(r"^(\w+)='(.*)'$", (self.folder / "env").read_text(), re.M))

    def end(self):
        run(ROOT / "scripts/servers", "stop", "--dir", self.folder)


class Cluster:
    """A server with a login for each role, made for this run."""

    def __init__(self, admin_url):
        self.admin_url = admin_url
        self.password = secrets.token_hex(16)
        self.suffix = secrets.token_hex(4)
        self.admin = psycopg.connect(admin_url, autocommit=True)
        migrate("roles", url=admin_url)
        for role in ROLES:
            self.admin.execute(sql.SQL("create role {} login in role {} password {}").format(
                sql.Identifier(self.login(role)), sql.Identifier(role), self.password))

    def login(self, role):
        return f"test_{role}_{self.suffix}"

    def url(self, database, role=None):
        url = re.sub(r"/[^/]*$", f"/{database}", self.admin_url)
        if role is None:
            return url
        return re.sub(r"//.*@", f"//{self.login(role)}:{self.password}@", url)

    def database(self, template=None):
        """A fresh database: empty, or a copy."""
        name = f"test_{secrets.token_hex(6)}"
        make = sql.SQL("create database {} template {}").format(
            sql.Identifier(name), sql.Identifier(template or "template1"))
        self.admin.execute(make)
        return Database(self, name)

    def end(self):
        for role in ROLES:
            self.admin.execute(sql.SQL("drop role {}").format(sql.Identifier(self.login(role))))
        self.admin.close()


class Database:
    """One database of a cluster."""

    def __init__(self, cluster, name):
        self.cluster = cluster
        self.name = name
        self.url = cluster.url(name)
        self._open = []

    def migrated(self):
        migrate("roles", url=self.url)
        migrate("up", url=self.url)
        return self

    def copy(self):
        self.disconnect()
        return self.cluster.database(self.name)

    def connect(self, role=None, autocommit=True):
        """A session of a role's login, or of the administrator."""
        session = psycopg.connect(self.cluster.url(self.name, role), autocommit=autocommit)
        self._open.append(session)
        return session

    def login_url(self, role):
        """What a daemon of this role connects to."""
        return self.cluster.url(self.name, role)

    def disconnect(self):
        while self._open:
            self._open.pop().close()

    def owner(self, shard=None, role="mm"):
        return Owner(self.connect(role), shard or f"shard-{uuid.uuid4().hex[:12]}")

    def drop(self):
        self.disconnect()
        self.cluster.admin.execute(
            sql.SQL("drop database {} with (force)").format(sql.Identifier(self.name)))


class Tick:
    """Matches to commit: lists of tickets, each a list of players."""

    def __init__(self):
        self.ids, self.proposed = [], []
        self.tickets, self.ticket_match = [], []
        self.players, self.player_ticket = [], []

    def match(self, *tickets, proposed=False, ids=()):
        """Adds a match; `ids` names its tickets."""
        self.ids.append(uuid.uuid4())
        self.proposed.append(proposed)
        for index, players in enumerate(tickets):
            self.tickets.append(ids[index] if ids else uuid.uuid4())
            self.ticket_match.append(len(self.ids))
            self.players += players
            self.player_ticket += [len(self.tickets)] * len(players)
        return self

    def tickets_of(self, match):
        return [t for t, m in zip(self.tickets, self.ticket_match, strict=True)
                if self.ids[m - 1] == match]

    def messages(self):
        """An allocation, whose body is the match's, and an event."""
        rows = [(i + 1, subject, f"{match}{suffix}", body)
                for i, match in enumerate(self.ids)
                for subject, suffix, body in (
                    ("mm.v1.alloc.eu", "", b""), ("mm.v1.evt.lobby", ":lobby", b"event"))]
        return [list(column) for column in zip(*rows, strict=True)] or [[], [], [], []]


class Owner:
    """A shard's owner: keeps its epoch and the number of its last call."""

    def __init__(self, session, shard):
        self.session = session
        self.shard = shard
        self.epoch = self.serial = 0

    def acquire(self, lease_ms=60_000):
        row = self.session.execute(
            "select granted, owner, epoch, remaining_ms from mm.acquire_shard(%s, %s, %s)",
            [self.shard, f"{id(self)}", lease_ms]).fetchone()
        if row[0]:
            self.epoch, self.serial = row[2], 0
        return row

    def started(self):
        assert self.acquire()[0]
        return self

    def commit(self, tick, again=False):
        """State by match, and who was taken by match: {match: (players, tickets)}."""
        if not again:
            self.serial += 1
        count = len(tick.ids)
        rows = self.session.execute(
            """select match_id, state::text, clash_players, clash_tickets from mm.commit_tick(
                %s, %s, %s, 7, 1, %s::uuid[], %s::text[], %s::text[], %s::text[], %s::bool[],
                %s::int[], %s::bytea[], %s::uuid[], %s::int[], %s::bigint[], %s::int[],
                %s::int[], %s::text[], %s::text[], %s::bytea[])""",
            [self.shard, self.epoch, self.serial, tick.ids, ["duel"] * count, ["1v1"] * count,
             ["eu"] * count, tick.proposed, [3000] * count, [b"match"] * count,
             tick.tickets, tick.ticket_match, tick.players, tick.player_ticket,
             *tick.messages()]).fetchall()
        assert sorted(row[0] for row in rows) == sorted(tick.ids)
        return ({row[0]: row[1] for row in rows},
                {row[0]: (row[2], row[3]) for row in rows if row[1] is None})

    def call(self, function, *arguments):
        """Rows of a fenced function: shard and epoch go before the arguments."""
        marks = ", ".join(["%s"] * (len(arguments) + 2))
        return self.session.execute(
            f"select * from mm.{function}({marks})",
            [self.shard, self.epoch, *arguments]).fetchall()
