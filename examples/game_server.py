#!/usr/bin/env python3
"""A whole game server for Muster in one file: coin flips between the teams.

    pip install nats-py
    scripts/server-key coin-1 > coin-1.key && chmod 400 coin-1.key
    python examples/game_server.py --server coin-1 --key coin-1.key

It registers by its heartbeat, takes matches, lets players in by their tokens (a TCP line of JSON,
{"join": "<token>"}), and reports the result, sealed, until it is stored. docs/PROTOCOL.md, "Game
servers", says what each message means. What it leaves out and worldd has: results that outlive a
crash of the server, and a limit on what strangers may send.
"""
import argparse
import asyncio
import hashlib
import hmac
import json
import random
import signal
import time

import nats

JSON_FORM = {"Content-Type": "application/json", "Muster-Version": "1"}


class Session:
    """One match that this server holds."""

    def __init__(self, claim):
        self.match = claim["match"]
        self.match_id = self.match["matchId"]
        self.attempt = claim["attempt"]
        self.state = "SESSION_STATE_READY"
        self.wait = (claim.get("playersMs") or 10_000) / 1000
        self.teams = [[int(player) for seat in team["seats"] for player in seat["playerIds"]]
                      for team in self.match["teams"]]
        self.players = {}  # player id -> his connection, None once it is closed
        self.nonces = set()
        self.everybody = asyncio.Event()
        self.task = None


class GameServer:
    def __init__(self, options):
        self.name, self.region = options.server, options.region
        self.capacity, self.url, self.seed = options.capacity, options.nats, options.seed
        self.key_id, digits = open(options.key).read().strip().split(":")
        self.key = bytes.fromhex(digits)
        self.incarnation = time.time_ns() // 1_000_000  # higher with each start
        self.sessions = {}  # match id -> Session
        self.answers = {}  # match id -> (highest attempt, what was said to it)
        self.epochs = {}  # shard -> highest epoch
        self.draining = False

    async def run(self, port):
        self.listener = await asyncio.start_server(self.player, "127.0.0.1", port, limit=2048)
        self.address = "127.0.0.1:%d" % self.listener.sockets[0].getsockname()[1]
        self.nats = await nats.connect(
            self.url, max_reconnect_attempts=-1, nkeys_seed=self.seed,
            inbox_prefix=b"_IB.world" if self.seed else b"_INBOX")
        self.stream = self.nats.jetstream()
        await self.nats.subscribe(f"mm.v1.gs.{self.name}.claim", cb=self.claim)
        await self.nats.subscribe(f"mm.v1.gs.{self.name}.release", cb=self.release)
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self.drain)
        while not self.draining or self.sessions:
            await self.heartbeat()
            await asyncio.sleep(1)
        await self.nats.drain()

    def drain(self):
        """No new matches; ends when the present ones have."""
        self.draining = True

    async def heartbeat(self):
        await self.nats.publish("mm.v1.gs.hb", headers=JSON_FORM, payload=json.dumps({
            "version": 1, "serverId": self.name, "incarnation": self.incarnation,
            "region": self.region, "address": self.address, "build": "coin 1",
            "capacityMatches": self.capacity, "draining": self.draining,
            "sessions": [
                {"matchId": session.match_id, "attempt": session.attempt, "state": session.state,
                 "players": sum(1 for player in session.players.values() if player)}
                for session in self.sessions.values()]}).encode())

    # What the platform asks

    def is_stale(self, request):
        """A lower epoch of a shard than was seen: its owner has lost the shard."""
        shard, epoch = request["shard"], int(request["epoch"])
        if epoch < self.epochs.get(shard, 0):
            return True
        self.epochs[shard] = epoch
        return False

    async def claim(self, message):
        try:
            claim = json.loads(message.data)
            match_id, attempt = claim["match"]["matchId"], int(claim["attempt"])
            status = self.decide(claim, match_id, attempt)
        except (ValueError, KeyError, TypeError) as error:
            match_id, attempt, status = "", 0, "CLAIM_STATUS_INVALID"
            print("unreadable claim:", repr(error))
        await self.reply(message, match_id, attempt, status, address=(
            self.address if status == "CLAIM_STATUS_ACCEPTED" else ""))

    def decide(self, claim, match_id, attempt):
        if self.is_stale(claim):
            return "CLAIM_STATUS_STALE_EPOCH"
        known, said = self.answers.get(match_id, (0, None))
        if attempt < known:
            return "CLAIM_STATUS_STALE_ATTEMPT"
        if attempt == known:
            return said  # asked again: the same answer
        self.end(match_id)  # a higher attempt ends a lower one
        if self.draining:
            status = "CLAIM_STATUS_DRAINING"
        elif len(self.sessions) >= self.capacity:
            status = "CLAIM_STATUS_FULL"
        else:
            status = "CLAIM_STATUS_ACCEPTED"
            session = Session(claim)
            self.sessions[match_id] = session
            session.task = asyncio.create_task(self.play(session))
        self.answers[match_id] = (attempt, status)
        return status

    async def release(self, message):
        try:
            release = json.loads(message.data)
            match_id, attempt = release["matchId"], int(release["attempt"])
            if self.is_stale(release):
                status = "RELEASE_STATUS_STALE_EPOCH"
            else:
                status = "RELEASE_STATUS_RELEASED"
                if attempt >= self.answers.get(match_id, (0, None))[0]:
                    self.end(match_id)
                    self.answers[match_id] = (attempt, "CLAIM_STATUS_OVER")
        except (ValueError, KeyError, TypeError):
            match_id, attempt, status = "", 0, "RELEASE_STATUS_INVALID"
        await self.reply(message, match_id, attempt, status)

    async def reply(self, message, match_id, attempt, status, **more):
        await self.nats.publish(message.reply, headers=JSON_FORM, payload=json.dumps({
            "version": 1, "matchId": match_id, "attempt": attempt, "serverId": self.name,
            "incarnation": self.incarnation, "status": status, **more}).encode())

    def end(self, match_id):
        """The match is somebody else's now: nothing is reported."""
        session = self.sessions.pop(match_id, None)
        if session:
            session.task.cancel()
            self.send_away(session)

    # What is reported

    async def report(self, session, kind, **body):
        """Publishes until the stream has stored it; the message id makes a repetition harmless."""
        subject = f"mm.v1.res.{self.region}"
        data = json.dumps({
            "version": 1, "serverId": self.name, "incarnation": self.incarnation,
            "matchId": session.match_id, "attempt": session.attempt,
            "reportedAtMs": time.time_ns() // 1_000_000, kind: body}).encode()
        seal = hmac.new(self.key, subject.encode() + b"\n" + data, hashlib.sha256).hexdigest()
        headers = JSON_FORM | {
            "Nats-Msg-Id": f"{session.match_id}:{session.attempt}:{kind}",
            "Muster-Mac": f"{self.key_id}:{seal}"}
        while True:
            try:
                return await self.stream.publish(subject, data, timeout=2, headers=headers)
            except Exception as error:
                print("not stored yet:", repr(error))
                await asyncio.sleep(0.5)

    # The game

    async def play(self, session):
        await self.report(session, "ready", address=self.address)
        try:
            await asyncio.wait_for(session.everybody.wait(), session.wait)
        except asyncio.TimeoutError:
            pass  # the coin is thrown without them
        session.state = "SESSION_STATE_RUNNING"
        begun, seed = time.monotonic(), random.getrandbits(63)
        await self.report(session, "started", players=len(session.players))
        winner = random.Random(seed).randrange(len(session.teams))
        await asyncio.sleep(0.2)
        session.state = "SESSION_STATE_OVER"
        await self.report(
            session, "ended", winningTeam=winner, seed=str(seed),
            durationMs=int((time.monotonic() - begun) * 1000),
            teams=[{"score": int(team == winner), "players": [
                {"playerId": str(player), "presence": self.presence(session, player)}
                for player in players]} for team, players in enumerate(session.teams)])
        self.answers[session.match_id] = (session.attempt, "CLAIM_STATUS_OVER")
        del self.sessions[session.match_id]
        self.send_away(session, winner=winner)

    @staticmethod
    def presence(session, player):
        if player not in session.players:
            return "PLAYER_PRESENCE_NEVER_JOINED"
        return "PLAYER_PRESENCE_" + ("PLAYED" if session.players[player] else "LEFT_EARLY")

    @staticmethod
    def send_away(session, **result):
        for writer in filter(None, session.players.values()):
            writer.write(json.dumps({"bye": result}).encode() + b"\n")
            writer.close()

    # Players

    async def player(self, reader, writer):
        try:
            line = await asyncio.wait_for(reader.readline(), 5)
            session, player = self.admit(json.loads(line)["join"])
        except (ValueError, KeyError, TypeError, asyncio.TimeoutError) as error:
            code = str(error) if isinstance(error, Refusal) else "bad_token"
            writer.write(json.dumps({"refused": {"code": code}}).encode() + b"\n")
            writer.close()
            return
        session.players[player] = writer
        writer.write(json.dumps({"welcome": {"matchId": session.match_id}}).encode() + b"\n")
        if sum(map(len, session.teams)) == len(session.players):
            session.everybody.set()
        while await reader.readline():
            pass  # nothing that a player says can turn a coin
        session.players[player] = None

    def admit(self, token):
        """The session and player of a join token, or a Refusal."""
        signed, _, signature = token.rpartition(".")
        expected = hmac.new(self.key, signed.encode(), hashlib.sha256).hexdigest()
        fields = signed.split(".")
        if not hmac.compare_digest(expected.encode(), signature.encode()):
            raise Refusal("bad_token")
        layout, key_id, match_id, attempt, server, player, team, expiry, nonce = fields
        if layout != "mmj1" or key_id != self.key_id or server != self.name:
            raise Refusal("bad_token")
        if time.time() >= int(expiry) + 5:
            raise Refusal("expired")
        session, player, team = self.sessions.get(match_id), int(player), int(team)
        if session is None:
            raise Refusal("unknown_match")
        if int(attempt) != session.attempt:
            raise Refusal("wrong_attempt")
        if team >= len(session.teams) or player not in session.teams[team]:
            raise Refusal("not_in_match")
        if nonce in session.nonces:
            raise Refusal("already_used")
        if session.players.get(player):
            raise Refusal("already_joined")
        session.nonces.add(nonce)
        return session, player


class Refusal(ValueError):
    """A player is not let in; the text is the code that he is told."""


def main():
    parser = argparse.ArgumentParser(description="A game server that throws coins.")
    parser.add_argument("--server", required=True, help="name of this server")
    parser.add_argument("--key", required=True, help="file with its key, from scripts/server-key")
    parser.add_argument("--region", default="eu")
    parser.add_argument("--nats", default="nats://127.0.0.1:4222")
    parser.add_argument("--seed", help="file with the nkey seed of the broker's user 'world'")
    parser.add_argument("--capacity", type=int, default=16)
    parser.add_argument("--port", type=int, default=0, help="where players connect")
    options = parser.parse_args()
    asyncio.run(GameServer(options).run(options.port))


if __name__ == "__main__":
    main()
