"""The platform as a game server sees it: a matchmaker played by nats-py, join tokens minted by
Python's hmac, a player's connection, and worldd as a child process."""

import hashlib
import hmac
import json
import os
import secrets
import socket
import subprocess
import threading
import time
from pathlib import Path

import nats

from .lobby import Loop
from .messages import JSON, new_id, new_player
from .processes import ROOT, Process, binary, wait_until

# Small fights, quick ticks: a match lasts well below a second.
CONTENT = {
    "version": 1,
    "standardClass": "fighter",
    "classes": [
        {"name": "fighter", "health": 300, "damage": 90, "actionSeconds": 0.5, "hit": 0.9,
         "crit": 0.1, "variance": 0.3},
        {"name": "healer", "roles": ["healer"], "health": 300, "damage": 40,
         "actionSeconds": 0.5, "hit": 0.9, "crit": 0.1, "variance": 0.3, "healing": 30},
    ],
    "fights": [
        {"name": "duel", "queues": ["duel"], "timeLimitSeconds": 60, "assistSeconds": 10,
         "focus": 0.3, "skillPer100Points": 0.05, "away": 0.9},
        # Nobody falls for good, so that it lasts for its whole time.
        {"name": "long", "queues": ["long"], "timeLimitSeconds": 3600, "returnSeconds": 1,
         "assistSeconds": 10, "focus": 0.3, "skillPer100Points": 0.05, "away": 0.9},
    ],
}


def seats(players, rating=1500, roles=None):
    return [
        {"ticketId": new_id(), "lobby": "tests", "playerIds": [str(player)], "rating": rating,
         "waitMs": 10, "latencyMs": 20, "roles": [roles] if roles else []}
        for player in players]


def match(queue="duel", teams=None, region="eu"):
    """A match as the JSON form has it, with fresh players."""
    teams = teams or [[new_player()], [new_player()]]
    return {
        "matchId": new_id(), "queue": queue, "region": region, "rulesVersion": "1", "tick": "1",
        "quality": {}, "teams": [{"seats": seats(players)} for players in teams],
        "formedAtMs": "1767225600000"}


def players_of(match):
    """(player, team) of everybody in a match."""
    return [(int(player), team) for team, entry in enumerate(match["teams"])
            for seat in entry["seats"] for player in seat["playerIds"]]


class Platform:
    """Keys, claims, releases, heartbeats heard, results read."""

    def __init__(self, server, folder):
        self.nats = server
        self.url = server.url
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.loop = Loop()

        async def quiet(_):
            pass

        self.client = self.loop.run(nats.connect(
            **server.login("mm"), max_reconnect_attempts=-1, reconnect_time_wait=0.1,
            error_cb=quiet))
        self.streams = self.client.jetstream(timeout=5)
        self.heartbeats = []
        self._arrived = threading.Condition()
        self.loop.run(self.client.subscribe("mm.v1.gs.hb", cb=self._hear))
        self.loop.run(self.client.flush())
        self.master = self.folder / "master.key"

    def close(self):
        try:
            self.loop.run(self.client.close(), 5)
        finally:
            self.loop.end()

    def make_stream(self):
        """MMRES, as matchmakerd makes it."""
        async def work():
            boot = await nats.connect(**self.nats.login("boot"))
            await boot.jetstream(timeout=5).add_stream(
                name="MMRES", subjects=["mm.v1.res.*"], storage="file", discard="new",
                max_bytes=1 << 26, max_age=604_800)
            await boot.close()

        self.loop.run(work())

    async def _hear(self, message):
        form = (message.headers or {}).get("Content-Type")
        assert form == JSON, form
        with self._arrived:
            self.heartbeats.append(json.loads(message.data))
            self._arrived.notify_all()

    def beat(self, server, matching=lambda _: True, seconds=15):
        """The next heartbeat of a server for which `matching` is true."""
        deadline = time.monotonic() + seconds
        with self._arrived:
            at = len(self.heartbeats)
            while True:
                for beat in self.heartbeats[at:]:
                    if beat["serverId"] == server and matching(beat):
                        return beat
                left = deadline - time.monotonic()
                assert left > 0, f"no such heartbeat of {server}: {self.heartbeats[-1:]}"
                self._arrived.wait(left)

    def ask(self, subject, message, seconds=5, form=JSON):
        data = message if isinstance(message, bytes) else json.dumps(message).encode()
        answer = self.loop.run(self.client.request(
            subject, data, timeout=seconds, headers={"Content-Type": form}))
        return json.loads(answer.data) if form == JSON else answer.data

    def claim(self, server, match, attempt=1, epoch=1, shard="s1", players_ms=200):
        return self.ask(f"mm.v1.gs.{server}.claim", {
            "version": 1, "match": match, "attempt": attempt, "shard": shard, "epoch": epoch,
            "claimMs": 3000, "readyMs": 20000, "playersMs": players_ms})

    def release(self, server, match, attempt=1, epoch=1, shard="s1"):
        return self.ask(f"mm.v1.gs.{server}.release", {
            "version": 1, "matchId": match["matchId"], "attempt": attempt, "shard": shard,
            "epoch": epoch, "reason": "RELEASE_REASON_ORPHAN"})

    # Keys and tokens

    def key_file(self, server):
        """The file with a server's key, made by the project's own script."""
        path = self.folder / f"{server}.key"
        made = subprocess.run(
            [ROOT / "scripts/server-key", server, "--master", self.master], check=True,
            capture_output=True, text=True, timeout=30)
        path.unlink(missing_ok=True)
        path.write_text(made.stdout)
        path.chmod(0o400)
        return path

    def server_key(self, server):
        """Id and key by this file's own HKDF, which shares no code with the script."""
        identifier, digits = self.master.read_text().strip().split(":")
        extracted = hmac.digest(b"\0" * 32, bytes.fromhex(digits), "sha256")
        return identifier, hmac.digest(extracted, f"mm.v1.gs.{server}\x01".encode(), "sha256")

    def token(self, server, match, player, team, attempt=1, expires_in=60, key_of=None):
        """A join token as docs/PROTOCOL.md describes it."""
        identifier, key = self.server_key(key_of or server)
        signed = ".".join(map(str, [
            "mmj1", identifier, match["matchId"], attempt, server, player, team,
            int(time.time()) + expires_in, secrets.token_hex(8)]))
        return signed + "." + hmac.new(key, signed.encode(), hashlib.sha256).hexdigest()

    # Reports

    def reports(self, match=None):
        """Every report in MMRES, checked against its seal: (message id, report)."""
        async def work():
            last = (await self.streams.stream_info("MMRES")).state
            if last.messages == 0:
                return []
            found = []
            subscription = await self.streams.subscribe(
                "mm.v1.res.*", stream="MMRES", ordered_consumer=True)
            while not found or found[-1].metadata.sequence.stream < last.last_seq:
                found.append(await subscription.next_msg(timeout=5))
            await subscription.unsubscribe()
            return found

        result = []
        for message in self.loop.run(work()):
            report = json.loads(message.data)
            identifier, key = self.server_key(report["serverId"])
            seal = hmac.new(key, message.subject.encode() + b"\n" + message.data, hashlib.sha256)
            assert message.headers["Muster-Mac"] == f"{identifier}:{seal.hexdigest()}"
            if match is None or report["matchId"] == match["matchId"]:
                result.append((message.headers["Nats-Msg-Id"], report))
        return result

    def report(self, match, kind, seconds=20):
        """The one report of that kind about a match."""
        def found():
            return [report for _, report in self.reports(match) if kind in report]
        reports = wait_until(found, seconds, f"{kind} is reported", pause=0.05)
        assert len(reports) == 1
        return reports[0]

    def kinds(self, match):
        names = ("ready", "started", "failed", "ended")
        return [next(name for name in names if name in report)
                for _, report in self.reports(match)]


class World:
    """worldd as a child process."""

    def __init__(self, platform, server, settings):
        self.platform = platform
        self.server = server
        self.folder = platform.folder / server
        self.folder.mkdir(parents=True, exist_ok=True)
        self.content = self.folder / "content.json5"
        self.content.write_text(json.dumps(CONTENT))
        self.key_file = platform.key_file(server)
        self.port_file = self.folder / "http.port"
        self.settings = settings
        self.process = None

    def launch(self, settings=None):
        self.port_file.unlink(missing_ok=True)
        settings = {
            "nats": self.platform.url, "server-id": self.server, "key-file": self.key_file,
            "content": self.content, "spool": self.folder / "spool", "players": "127.0.0.1:0",
            "http": "127.0.0.1:0", "http-port-file": self.port_file, "report-form": "json",
            "tick-ms": 5} | self.settings | (settings or {})
        self.process = Process(
            [binary("worldd"), *(f"--{name}={value}" for name, value in settings.items())],
            self.folder / "worldd.log", self.platform.nats.environment)

    def start(self):
        self.launch()
        self.first_beat = self.platform.beat(self.server)
        return self

    @property
    def spool(self):
        """Names of the files that wait in the spool."""
        return sorted(name for name in os.listdir(self.folder / "spool")
                      if not name.startswith(".") and name != "incarnation")

    def end(self, seconds=10):
        return self.process.end(seconds)


class Client:
    """A player's connection: one JSON object a line."""

    def __init__(self, address, token=None):
        host, port = address.rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)), 5)
        self.socket.settimeout(10)
        self.file = self.socket.makefile("r")
        if token:
            self.send({"join": token})

    def send(self, message):
        self.socket.sendall((json.dumps(message) + "\n").encode())

    def next(self, kind=None):
        """The next line, or the next of a kind; None at the end."""
        while True:
            line = self.file.readline()
            if not line:
                return None
            message = json.loads(line)
            if kind is None or kind in message:
                return message

    def close(self):
        self.file.close()
        self.socket.close()
