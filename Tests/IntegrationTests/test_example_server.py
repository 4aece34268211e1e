"""examples/game_server.py does what docs/PROTOCOL.md asks of a game server."""

import sys

import pytest
from support.messages import new_player
from support.platform import Client, Platform, match, players_of
from support.processes import ROOT, NatsServer, Process


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    folder = tmp_path_factory.mktemp("example")
    nats = NatsServer(folder / "nats")
    nats.start()
    platform = Platform(nats, folder / "platform")
    platform.make_stream()
    server = Process(
        [sys.executable, ROOT / "examples/game_server.py", "--server", "coin-1", "--key",
         platform.key_file("coin-1"), "--nats", nats.url, "--seed",
         nats.seed("world"), "--capacity", "2"],
        folder / "server.log")
    try:
        platform.beat("coin-1")
        yield platform
        assert server.end() == 0, server.text()
    finally:
        platform.close()
        server.kill()
        nats.end()


def test_a_match_is_taken_played_and_reported(platform):
    offered = match("coin", [[new_player(), new_player()], [new_player()]])
    reply = platform.claim("coin-1", offered, players_ms=5_000)
    assert reply["status"] == "CLAIM_STATUS_ACCEPTED"
    assert platform.claim("coin-1", offered)["address"] == reply["address"]
    clients = []
    for player, team in players_of(offered)[:2]:
        token = platform.token("coin-1", offered, player, team)
        clients.append(Client(reply["address"], token))
        assert clients[-1].next("welcome")
        again = Client(reply["address"], token)
        assert again.next() == {"refused": {"code": "already_used"}}
        again.close()
    clients[0].close()
    stranger = Client(reply["address"], platform.token("coin-1", offered, 77, 0))
    assert stranger.next() == {"refused": {"code": "not_in_match"}}
    stranger.close()
    ended = platform.report(offered, "ended")["ended"]
    assert [player["presence"] for team in ended["teams"] for player in team["players"]] == [
        "PLAYER_PRESENCE_LEFT_EARLY", "PLAYER_PRESENCE_PLAYED", "PLAYER_PRESENCE_NEVER_JOINED"]
    assert clients[1].next("bye")["bye"] == {"winner": ended["winningTeam"]}
    clients[1].close()
    assert platform.kinds(offered) == ["ready", "started", "ended"]
    assert platform.claim("coin-1", offered)["status"] == "CLAIM_STATUS_OVER"


def test_claims_are_refused_and_matches_released(platform):
    first, second, third = match("coin"), match("coin"), match("coin")
    for offered in (first, second):
        assert platform.claim(
            "coin-1", offered, epoch=3, players_ms=60_000)["status"] == "CLAIM_STATUS_ACCEPTED"
    assert platform.claim("coin-1", third, epoch=3)["status"] == "CLAIM_STATUS_FULL"
    assert platform.claim("coin-1", third, epoch=2)["status"] == "CLAIM_STATUS_STALE_EPOCH"
    for offered in (first, second):
        assert platform.release(
            "coin-1", offered, epoch=3)["status"] == "RELEASE_STATUS_RELEASED"
    assert platform.claim("coin-1", first, epoch=3)["status"] == "CLAIM_STATUS_OVER"
    assert platform.ask("mm.v1.gs.coin-1.claim", b"{")["status"] == "CLAIM_STATUS_INVALID"
    assert platform.ask("mm.v1.gs.coin-1.release", b"{")["status"] == "RELEASE_STATUS_INVALID"
