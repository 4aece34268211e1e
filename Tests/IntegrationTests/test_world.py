"""worldd, the game server: nats-py plays the matchmaker and the players are plain sockets."""

import json
import shutil
import signal

import pytest
from support.messages import PROTOBUF, classes, new_player
from support.platform import Client, Platform, World, match, players_of
from support.processes import NatsServer, wait_until


class WorldStack:
    """nats-server, the platform, and game servers by name."""

    def __init__(self, folder):
        self.folder = folder
        self.nats = NatsServer(folder / "nats")
        self.nats.start()
        self.platform = Platform(self.nats, folder / "platform")
        self.worlds = []

    def world(self, name, settings=None):
        """A game server that is not started yet; settings by flag."""
        world = World(self.platform, name, settings or {})
        self.worlds.append(world)
        return world

    def end(self):
        self.platform.close()
        for world in self.worlds:
            if world.process:
                world.process.kill()
        self.nats.end()
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    stack = WorldStack(tmp_path_factory.mktemp("world"))
    try:
        stack.platform.make_stream()
        yield stack
    finally:
        stack.end()


@pytest.fixture
def own(tmp_path):
    stack = WorldStack(tmp_path / "world")
    try:
        yield stack
    finally:
        stack.end()


@pytest.fixture(scope="module")
def world(shared):
    """A game server that the tests of this file share, and must leave running."""
    world = shared.world("shared-1").start()
    yield world
    assert world.process.is_alive, world.process.text()[-3000:]


@pytest.fixture
def platform(shared):
    return shared.platform


# Heartbeat and claims


def test_the_heartbeat_registers_the_server(world, platform):
    beat = platform.beat(world.server)
    assert beat["region"] == "eu" and beat["capacityMatches"] == 64
    assert beat["draining"] is False and beat["queues"] == ["duel", "long"]
    assert int(beat["incarnation"]) > 1_700_000_000_000
    assert platform.beat(world.server)["incarnation"] == beat["incarnation"]


def test_a_claim_is_accepted_and_asked_again_gets_the_same_answer(world, platform):
    offered = match("long")
    first = platform.claim(world.server, offered)
    assert first["status"] == "CLAIM_STATUS_ACCEPTED" and ":" in first["address"]
    again = platform.claim(world.server, offered)
    assert again["status"] == "CLAIM_STATUS_ACCEPTED"
    assert again["address"] == first["address"]
    beat = platform.beat(
        world.server, lambda beat: any(
            session["matchId"] == offered["matchId"] for session in beat["sessions"]))
    sessions = [s for s in beat["sessions"] if s["matchId"] == offered["matchId"]]
    assert len(sessions) == 1 and sessions[0]["attempt"] == 1
    assert platform.report(offered, "ready")["ready"]["address"] == first["address"]
    assert platform.release(world.server, offered)["status"] == "RELEASE_STATUS_RELEASED"


def test_the_protobuf_form_is_answered_in_it(world, platform):
    from google.protobuf import json_format
    module = classes()["server"]
    claim = json_format.ParseDict(
        {"version": 1, "match": match(), "attempt": 1, "shard": "s1", "epoch": 1,
         "playersMs": 100}, module.Claim())
    data = platform.ask(
        f"mm.v1.gs.{world.server}.claim", claim.SerializeToString(), form=PROTOBUF)
    reply = module.ClaimReply.FromString(data)
    assert reply.status == module.CLAIM_STATUS_ACCEPTED and reply.server_id == world.server
    platform.report({"matchId": claim.match.match_id}, "ended")


def test_what_cannot_be_played_is_refused_with_the_reason(world, platform):
    assert platform.claim(world.server, match("chess"))["status"] == "CLAIM_STATUS_UNKNOWN_MODE"
    for body in [b"", b"{", b"[]", b"\xff" * 100]:
        assert platform.ask(
            f"mm.v1.gs.{world.server}.claim", body)["status"] == "CLAIM_STATUS_INVALID"
    reply = platform.ask(
        f"mm.v1.gs.{world.server}.claim", {"version": 1, "match": match(), "epoch": 1})
    assert reply["status"] == "CLAIM_STATUS_INVALID"
    assert "attempt:" in reply["detail"] and "shard:" in reply["detail"]
    reply = platform.ask(f"mm.v1.gs.{world.server}.release", {"version": 1})
    assert reply["status"] == "RELEASE_STATUS_INVALID"


def test_a_stale_owner_is_refused(world, platform):
    first, second = match("long"), match("long")
    assert platform.claim(
        world.server, first, epoch=5, shard="f")["status"] == "CLAIM_STATUS_ACCEPTED"
    for asked in (first, second):
        reply = platform.claim(world.server, asked, epoch=4, shard="f")
        assert reply["status"] == "CLAIM_STATUS_STALE_EPOCH"
    assert platform.release(
        world.server, first, epoch=4, shard="f")["status"] == "RELEASE_STATUS_STALE_EPOCH"
    # Its successor asks about the same match, and another shard has epochs of its own.
    assert platform.claim(
        world.server, first, epoch=6, shard="f")["status"] == "CLAIM_STATUS_ACCEPTED"
    assert platform.claim(
        world.server, second, epoch=1, shard="g")["status"] == "CLAIM_STATUS_ACCEPTED"
    platform.release(world.server, first, epoch=6, shard="f")
    platform.release(world.server, second, epoch=1, shard="g")


def test_a_higher_attempt_replaces_a_lower_one(world, platform):
    offered = match("long")
    address = platform.claim(world.server, offered, attempt=1)["address"]
    (player, team), *_ = players_of(offered)
    client = Client(address, platform.token(world.server, offered, player, team))
    assert client.next("welcome")
    assert platform.claim(
        world.server, offered, attempt=2)["status"] == "CLAIM_STATUS_ACCEPTED"
    assert client.next("bye")["bye"]["reason"] == "released"
    client.close()
    assert platform.claim(
        world.server, offered, attempt=1)["status"] == "CLAIM_STATUS_STALE_ATTEMPT"
    refused = Client(address, platform.token(world.server, offered, player, team))
    assert refused.next() == {"refused": {"code": "wrong_attempt"}}
    refused.close()
    platform.release(world.server, offered, attempt=2)


def test_a_release_takes_a_match_away_for_good(world, platform):
    offered = match("long")
    platform.claim(world.server, offered)
    for _ in range(2):
        assert platform.release(world.server, offered)["status"] == "RELEASE_STATUS_RELEASED"
    assert platform.claim(world.server, offered)["status"] == "CLAIM_STATUS_OVER"
    # A release that overtakes its claim.
    early = match("long")
    assert platform.release(world.server, early)["status"] == "RELEASE_STATUS_RELEASED"
    assert platform.claim(world.server, early)["status"] == "CLAIM_STATUS_OVER"
    # A release of an attempt that was given up does not touch the one that is played.
    played = match("long")
    platform.claim(world.server, played, attempt=2)
    assert platform.release(
        world.server, played, attempt=1)["status"] == "RELEASE_STATUS_RELEASED"
    beat = platform.beat(world.server)
    held = {session["matchId"] for session in beat["sessions"]}
    assert played["matchId"] in held and offered["matchId"] not in held
    platform.release(world.server, played, attempt=2)
    assert "ended" not in platform.kinds(offered) + platform.kinds(played)


def test_a_full_server_refuses_and_takes_more_when_there_is_room(shared, platform):
    world = shared.world("small", {"capacity": 1}).start()
    first, second, third = match("long"), match("long"), match("long")
    assert platform.claim("small", first)["status"] == "CLAIM_STATUS_ACCEPTED"
    assert platform.claim("small", second)["status"] == "CLAIM_STATUS_FULL"
    platform.release("small", first)
    # A refusal is final for its attempt: the platform may have gone elsewhere with it.
    assert platform.claim("small", second)["status"] == "CLAIM_STATUS_FULL"
    assert platform.claim("small", third)["status"] == "CLAIM_STATUS_ACCEPTED"
    platform.release("small", third)
    assert world.end() == 0


# Players and matches


def test_a_whole_match_with_its_players_is_played_and_reported(world, platform):
    roster = [[new_player(), new_player()], [new_player(), new_player()]]
    offered = match("duel", roster)
    offered["teams"][0]["seats"][1]["roles"] = ["healer"]
    reply = platform.claim(world.server, offered, players_ms=60_000)
    clients = {
        player: Client(reply["address"], platform.token(world.server, offered, player, team))
        for player, team in players_of(offered)}
    for (player, team), client in zip(players_of(offered), clients.values(), strict=True):
        welcome = client.next("welcome")["welcome"]
        assert (welcome["player"], welcome["team"]) == (str(player), team)
        assert welcome["matchId"] == offered["matchId"] and welcome["players"] == 4
    clients[roster[0][0]].send({"focus": str(roster[1][1])})
    clients[roster[0][0]].send({"focus": "1"})
    state = clients[roster[1][0]].next("state")["state"]
    assert [len(team["players"]) for team in state["teams"]] == [2, 2]
    assert clients[roster[0][0]].next("error") == {"error": {"code": "unknown_player"}}
    byes = [client.next("bye")["bye"] for client in clients.values()]
    assert all(client.next() is None for client in clients.values())
    report = platform.report(offered, "ended")
    ended = report["ended"]
    assert all(bye == {"reason": "ended", "winner":
                       None if ended["draw"] else ended["winningTeam"]} for bye in byes)
    assert platform.kinds(offered) == ["ready", "started", "ended"]
    assert [identifier for identifier, _ in platform.reports(offered)] == [
        f"{offered['matchId']}:1:{kind}" for kind in ("ready", "started", "ended")]
    assert platform.report(offered, "started")["started"]["players"] == 4
    assert [[int(player["playerId"]) for player in team["players"]]
            for team in ended["teams"]] == roster
    everybody = [player for team in ended["teams"] for player in team["players"]]
    assert {player["presence"] for player in everybody} == {"PLAYER_PRESENCE_PLAYED"}
    assert sum(p["kills"] for p in everybody) == sum(p["deaths"] for p in everybody) > 0
    assert [team["score"] for team in ended["teams"]] == [
        sum(p["kills"] for p in team["players"]) for team in ended["teams"]]
    assert sum(int(p["damage"]) for p in everybody) >= 300 and ended["durationMs"] > 0
    wait_until(lambda: not [n for n in world.spool if offered["matchId"] in n], 5,
               "the spool is empty")
    assert platform.claim(world.server, offered)["status"] == "CLAIM_STATUS_OVER"


def test_bots_play_for_who_is_missing_or_leaves(world, platform):
    offered = match("long", [[new_player()], [new_player()], [new_player()]])
    (stays, _), (leaves, _), (never, _) = players_of(offered)
    reply = platform.claim(world.server, offered, players_ms=2_000)
    first = Client(reply["address"], platform.token(world.server, offered, stays, 0))
    second = Client(reply["address"], platform.token(world.server, offered, leaves, 1))
    assert platform.report(offered, "started")["started"]["players"] == 2
    second.send({"bye": True})
    assert second.next("bye")["bye"]["reason"] == "left"

    def until_here(*expected):
        def here():
            state = first.next("state")["state"]
            return [team["players"][0]["here"] for team in state["teams"]]
        # Every line is read, so that none is old when it is.
        wait_until(lambda: here() == list(expected), 10, f"{expected} are there", pause=0)

    until_here(True, False, False)
    # Who has left may come back, but not by the token that he has used.
    back = platform.token(world.server, offered, leaves, 1)
    second = Client(reply["address"], back)
    assert second.next("welcome")
    until_here(True, True, False)
    second.close()
    until_here(True, False, False)
    third = Client(reply["address"], back)
    assert third.next() == {"refused": {"code": "already_used"}}
    third.close()
    first.close()
    platform.release(world.server, offered)


def test_presence_is_reported(world, platform):
    offered = match("duel", [[new_player()], [new_player()]])
    (leaves, _), (_, _) = players_of(offered)
    reply = platform.claim(world.server, offered, players_ms=1_500)
    client = Client(reply["address"], platform.token(world.server, offered, leaves, 0))
    assert client.next("welcome")
    client.close()
    ended = platform.report(offered, "ended")["ended"]
    assert [team["players"][0]["presence"] for team in ended["teams"]] == [
        "PLAYER_PRESENCE_LEFT_EARLY", "PLAYER_PRESENCE_NEVER_JOINED"]


def test_only_a_sound_token_lets_a_player_in(world, platform):
    offered, other = match("long"), match("long")
    (player, team), (enemy, enemy_team) = players_of(offered)
    address = platform.claim(world.server, offered, players_ms=60_000)["address"]

    def answer(*lines):
        client = Client(address)
        for line in lines:
            client.send(line)
        message = client.next()
        client.close()
        return message

    def refused(token):
        return answer({"join": token})["refused"]["code"]

    good = platform.token(world.server, offered, player, team)
    flipped = good[:-1] + ("0" if good[-1] != "0" else "1")
    assert refused(flipped) == refused("") == refused(good + ".x") == "bad_token"
    assert refused(platform.token(
        world.server, offered, player, team, key_of="another")) == "bad_token"
    assert refused(platform.token("another", offered, player, team)) == "bad_token"
    assert refused(platform.token(
        world.server, offered, player, team, expires_in=-60)) == "expired"
    assert refused(platform.token(world.server, offered, player, enemy_team)) == "not_in_match"
    assert refused(platform.token(world.server, offered, 77, team)) == "not_in_match"
    assert refused(platform.token(
        world.server, offered, player, team, attempt=2)) == "wrong_attempt"
    assert refused(platform.token(world.server, other, player, team)) == "unknown_match"
    assert answer({"focus": "1"}) == {"error": {"code": "not_joined"}}
    assert answer({"hello": 1}) == answer([]) == {"error": {"code": "bad_line"}}

    client = Client(address, good)
    assert client.next("welcome")
    assert refused(good) == "already_used"
    assert refused(platform.token(world.server, offered, player, team)) == "already_joined"
    client.send({"join": platform.token(world.server, offered, enemy, enemy_team)})
    assert client.next("error") == {"error": {"code": "already_joined"}}
    client.close()
    platform.release(world.server, offered)
    assert refused(platform.token(world.server, offered, player, team)) == "match_over"


def test_a_flood_of_lines_ends_the_connection(world, platform):
    offered = match("long")
    (player, team), _ = players_of(offered)
    address = platform.claim(world.server, offered)["address"]
    client = Client(address, platform.token(world.server, offered, player, team))
    client.socket.sendall(b'{"focus":"1"}\n' * 200)
    while (line := client.next()) and line != {"error": {"code": "too_fast"}}:
        pass
    assert line is not None
    client.close()
    platform.release(world.server, offered)


def test_autoplay_needs_no_players(shared, platform):
    world = shared.world("demo", {"autoplay": "true"}).start()
    offered = match("duel", [[new_player() for _ in range(5)] for _ in range(2)])
    platform.claim("demo", offered, players_ms=60_000)
    ended = platform.report(offered, "ended")["ended"]
    assert {player["presence"] for team in ended["teams"] for player in team["players"]} == {
        "PLAYER_PRESENCE_PLAYED"}
    assert world.end() == 0


# Stops and crashes


def test_a_drain_takes_no_matches_and_lets_the_present_ones_end(own):
    platform = own.platform
    platform.make_stream()
    world = own.world("drain", {"tick-ms": 20}).start()
    offered = match("duel")
    platform.claim("drain", offered, players_ms=3_000)
    world.process.send(signal.SIGTERM)
    beat = platform.beat("drain", lambda beat: beat["draining"])
    assert [session["matchId"] for session in beat["sessions"]] == [offered["matchId"]]
    assert platform.claim("drain", match())["status"] == "CLAIM_STATUS_DRAINING"
    assert platform.claim("drain", offered)["status"] == "CLAIM_STATUS_ACCEPTED"
    assert world.process.wait(20) == 0
    assert platform.kinds(offered) == ["ready", "started", "ended"]
    assert world.spool == []


@pytest.mark.parametrize("signals, settings", [(1, {"drain-seconds": 1}), (2, {})])
def test_what_does_not_end_in_time_is_failed(own, signals, settings):
    platform = own.platform
    platform.make_stream()
    world = own.world("late", settings).start()
    offered = match("long")
    (player, team), _ = players_of(offered)
    address = platform.claim("late", offered)["address"]
    client = Client(address, platform.token("late", offered, player, team))
    assert client.next("welcome")
    for _ in range(signals):
        world.process.send(signal.SIGTERM)
        platform.beat("late", lambda beat: beat["draining"], seconds=5)
    assert client.next("bye")["bye"]["reason"] == "shutdown"
    assert world.process.wait(10) == 0
    assert platform.report(offered, "failed")["failed"]["reason"] == "FAIL_REASON_SHUTDOWN"
    assert world.spool == []


def test_a_match_in_progress_at_a_crash_is_reported_failed_by_the_next_run(own):
    platform = own.platform
    platform.make_stream()
    world = own.world("crash").start()
    offered = match("long")
    platform.claim("crash", offered, attempt=3)
    platform.report(offered, "started")
    world.process.kill()
    world.start()
    assert int(world.first_beat["incarnation"]) > int(
        platform.report(offered, "started")["incarnation"])
    report = platform.report(offered, "failed")
    assert report["failed"]["reason"] == "FAIL_REASON_CRASHED" and report["attempt"] == 3
    assert report["incarnation"] == platform.report(offered, "started")["incarnation"]
    assert platform.claim("crash", offered, attempt=3)["status"] == "CLAIM_STATUS_OVER"
    assert platform.claim("crash", offered, attempt=4)["status"] == "CLAIM_STATUS_ACCEPTED"
    wait_until(lambda: world.spool == [f"{offered['matchId']}.4.claim"], 5, "the spool is clear")


def test_a_result_that_was_not_stored_at_a_crash_arrives_once_after_it(own):
    """No stream yet, so that no acknowledgement can come: killed between result and ack."""
    platform = own.platform
    world = own.world("result").start()
    offered = match("duel")
    platform.claim("result", offered, players_ms=100)
    name = f"{offered['matchId']}.1.report"
    wait_until(lambda: world.spool == [name], 20, "the result is on the disk")
    beat = platform.beat("result")
    assert [s["state"] for s in beat["sessions"]] == ["SESSION_STATE_OVER"]
    world.process.kill()
    world.launch()
    platform.make_stream()
    platform.report(offered, "ended")
    wait_until(lambda: world.spool == [], 5, "the spool is clear")
    assert platform.kinds(offered) == ["ended"]
    assert world.end() == 0


def test_a_result_sent_twice_is_stored_once(own):
    """A crash between acknowledgement and removal: the same bytes under the same id once more."""
    platform = own.platform
    world = own.world("twice").start()
    offered = match("duel")
    platform.claim("twice", offered, players_ms=100)
    name = f"{offered['matchId']}.1.report"
    wait_until(lambda: world.spool == [name], 20, "the result is on the disk")
    kept = (world.folder / "spool" / name).read_bytes()
    world.process.kill()
    platform.make_stream()
    for _ in range(2):
        (world.folder / "spool" / name).write_bytes(kept)
        world.start()
        wait_until(lambda: world.spool == [], 10, "the spool is clear")
        world.process.kill()
    assert platform.kinds(offered) == ["ended"]


def test_reports_wait_for_the_broker(own):
    platform = own.platform
    platform.make_stream()
    world = own.world("patient").start()
    offered = match("duel")
    platform.claim("patient", offered, players_ms=1500)
    own.nats.restart(crash=True)
    assert platform.report(offered, "ended", seconds=30)
    assert "started" in platform.kinds(offered)
    assert world.end() == 0


def test_wrong_settings_are_all_named(own):
    world = own.world("bad")
    world.key_file.chmod(0o644)
    content = json.loads(world.content.read_text())
    content["classes"][0]["hit"] = 2
    content["fights"][1]["queues"] = ["duel"]
    world.content.write_text(json.dumps(content))
    world.launch({"region": "e u", "players": "nowhere"})
    assert world.process.wait(10) == 78
    text = world.process.text()
    for expected in ["region: is 'e u'", "playersListen: is 'nowhere'", "0644", "classes[0].hit",
                     "fights[1].queues[0]: 'duel' belongs to another fight"]:
        assert expected in text, text


def test_two_servers_do_not_share_a_spool(own):
    platform = own.platform
    platform.make_stream()
    own.world("one").start()
    second = own.world("one")
    second.launch()
    assert second.process.wait(10) == 71
    assert "lock" in second.process.text()
