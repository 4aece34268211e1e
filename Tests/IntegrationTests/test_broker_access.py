"""What each user of the broker may and may not do (config/nats-accounts.conf), asked by a foreign
client with that user's key; and that nobody gets in without one."""

import os
import shutil
import subprocess
import time

import nats
import pytest
from support.lobby import Loop
from support.messages import ticket
from support.processes import ROOT, USERS, NatsServer, binary, public_keys, wait_until

STREAMS = ("MMQ", "MMEVT", "MMALLOC", "MMDLQ")


class User:
    """A connection as one of the users, with what the server complained about."""

    def __init__(self, loop, server, name):
        self.loop = loop
        self.name = name
        self.complaints = []

        async def note(error):
            self.complaints.append(str(error).lower())

        self.client = loop.run(nats.connect(
            **server.login(name), error_cb=note, allow_reconnect=False))
        self.streams = self.client.jetstream(timeout=3)

    def run(self, coroutine):
        return self.loop.run(coroutine)

    def flush(self):
        self.run(self.client.flush())

    def is_refused(self, action, subject):
        """True if the server says that this user may not do `action` on `subject`."""
        wanted = f'permissions violation for {action} "{subject.lower()}"'
        # The complaint comes before the answer to the ping, its callback perhaps a little later.
        self.flush()
        for _ in range(50):
            if any(wanted in complaint for complaint in self.complaints):
                return True
            time.sleep(0.01)
        return False

    def may_publish(self, subject):
        self.run(self.client.publish(subject, b"{}"))
        return not self.is_refused("publish to", subject)

    def may_subscribe(self, subject):
        subscription = self.run(self.client.subscribe(subject))
        try:
            return not self.is_refused("subscription to", subject)
        finally:
            self.run(subscription.unsubscribe())


@pytest.fixture(scope="module")
def users(stack):
    """Every user, beside a matchmakerd that has made the streams and has stored something."""
    lobby = stack.lobby("access")
    pair = [lobby.send(ticket("duel", lobby.name)) for _ in range(2)]
    assert lobby.event_of(pair[0]).kind == "matched"
    stack.bus.publish("mm.v1.q.duel", b"not a message", message_id="access-bad")
    wait_until(lambda: stack.bus.last_sequence("MMDLQ") > 0, 5, "the dead letter is kept")
    loop = Loop()
    users = {name: User(loop, stack.nats, name) for name in USERS}
    yield users
    for user in users.values():
        loop.run(user.client.close())
    loop.end()


DESTRUCTIVE = [
    f"$JS.API.STREAM.{action}.{stream}" for stream in STREAMS
    for action in ("DELETE", "PURGE", "MSG.DELETE", "RESTORE", "SNAPSHOT", "PEER.REMOVE")
] + ["$JS.API.ACCOUNT.PURGE.MM", "$JS.API.STREAM.CREATE.ELSE", "$SYS.REQ.SERVER.PING",
     "$JS.API.CONSUMER.CREATE.ELSE.x.y"]


@pytest.mark.parametrize("name", USERS)
def test_nobody_deletes_empties_or_makes_what_is_not_his(users, stack, name):
    def counts():
        return {stream: stack.bus.last_sequence(stream) for stream in STREAMS}

    before = counts()
    assert all(before.values())
    allowed = [subject for subject in DESTRUCTIVE if users[name].may_publish(subject)]
    # Who reads everything may make a consumer on any stream; there is none called ELSE.
    assert allowed == (["$JS.API.CONSUMER.CREATE.ELSE.x.y"] if name == "ops" else [])
    assert counts() == before


FOREIGN = {
    "boot": ["mm.v1.q.duel", "mm.v1.evt.access", "mm.v1.alloc.eu", "mm.v1.res.eu", "mm.v1.gs.hb",
             "mm.v1.hb.x", "mm.v1.rpc.explain", "$JS.API.CONSUMER.CREATE.MMQ"],
    "lobby": ["mm.v1.evt.access", "mm.v1.alloc.eu", "mm.v1.dlq.duel", "mm.v1.res.eu",
              "mm.v1.gs.hb", "mm.v1.gs.a.claim", "muster.probe", "$JS.API.STREAM.CREATE.MMQ",
              "$JS.API.STREAM.UPDATE.MMQ", "$JS.API.STREAM.INFO.MMQ",
              "$JS.API.CONSUMER.CREATE.MMQ", "$JS.API.CONSUMER.CREATE.MMALLOC"],
    "mm": ["mm.v1.q.duel", "mm.v1.res.eu", "mm.v1.gs.hb", "mm.v1.rpc.explain",
           "$JS.API.STREAM.CREATE.MMQ", "$JS.API.STREAM.UPDATE.MMQ"],
    "world": ["mm.v1.evt.access", "mm.v1.alloc.eu", "mm.v1.dlq.duel",
              "mm.v1.gs.a.claim", "mm.v1.rpc.explain", "$JS.API.STREAM.UPDATE.MMALLOC",
              "$JS.API.CONSUMER.CREATE.MMQ", "$JS.API.CONSUMER.CREATE.MMEVT"],
    "ops": ["mm.v1.q.duel", "mm.v1.evt.access", "mm.v1.alloc.eu", "mm.v1.dlq.duel",
            "mm.v1.res.eu", "mm.v1.gs.hb", "mm.v1.hb.x", "$JS.API.STREAM.CREATE.MMQ",
            "$JS.API.STREAM.UPDATE.MMQ", "$JS.ACK.MMEVT.x"],
}


@pytest.mark.parametrize("name", USERS)
def test_nobody_publishes_what_another_says(users, stack, name):
    allowed = [subject for subject in FOREIGN[name] if users[name].may_publish(subject)]
    assert allowed == []
    # Nothing of it came through: the last ticket is still the one that the fixture sent.
    assert stack.bus.read_stream("MMQ")[-1].message_id == "access-bad"


@pytest.mark.parametrize("name", USERS)
def test_nobody_speaks_into_or_hears_anothers_inbox(users, name):
    others = [other for other in USERS if other != name]
    for other in others:
        assert not users[name].may_publish(f"_IB.{other}.some")
        assert not users[name].may_subscribe(f"_IB.{other}.some")
    assert users[name].may_subscribe(f"_IB.{name}.some")


@pytest.mark.parametrize("subject", [
    ">", "_IB.>", "_INBOX.>", "$JS.API.>", "$SYS.>", "mm.>"])
@pytest.mark.parametrize("name", USERS)
def test_nobody_listens_to_everything(users, name, subject):
    assert not users[name].may_subscribe(subject)


def test_lobbies_do_not_hear_each_others_tickets_on_their_way(users):
    for name in ("lobby", "world", "boot"):
        assert not users[name].may_subscribe("mm.v1.q.*")
    assert users["ops"].may_subscribe("mm.v1.q.*")


def test_matchmakerd_answers_only_where_it_was_asked(users):
    async def ask():
        return await users["lobby"].client.request("mm.v1.rpc.explain", b"?", timeout=5)

    assert users["lobby"].run(ask()).data
    assert not users["mm"].may_publish("_IB.lobby.unasked")


def test_a_game_server_reads_its_matches_and_is_claimed(users):
    """What a game server needs: a durable reader of MMALLOC with acknowledgements, heartbeats, and
    claims answered to matchmakerd's inbox."""
    world, matchmaker = users["world"], users["mm"]

    async def read():
        reader = await world.streams.pull_subscribe(
            "mm.v1.alloc.*", durable="arena", stream="MMALLOC")
        [match] = await reader.fetch(1, timeout=5)
        await match.ack_sync(timeout=5)
        return (await reader.consumer_info()).num_ack_pending

    assert world.run(read()) == 0

    async def claim():
        async def accept(message):
            await message.respond(b"accepted")

        heard = await matchmaker.client.subscribe("mm.v1.gs.hb")
        await world.client.subscribe("mm.v1.gs.arena.claim", cb=accept)
        await world.client.flush()
        await matchmaker.client.flush()
        await world.client.publish("mm.v1.gs.hb", b"beat")
        beat = await heard.next_msg(timeout=5)
        answer = await matchmaker.client.request("mm.v1.gs.arena.claim", b"?", timeout=5)
        return beat.data, answer.data

    assert world.run(claim()) == (b"beat", b"accepted")


def test_results_reach_matchmakerd_and_the_lobbies(users):
    world = users["world"]
    world.run(world.streams.publish("mm.v1.res.eu", b"won", headers={"Nats-Msg-Id": "m:1:ended"}))
    for name in ("mm", "lobby", "ops"):
        async def read(streams=users[name].streams):
            reader = await streams.subscribe(
                "mm.v1.res.*", stream="MMRES", ordered_consumer=True)
            message = await reader.next_msg(timeout=5)
            await reader.unsubscribe()
            return message.data

        assert users[name].run(read()) == b"won"


# Getting in.


def connects(loop, **login):
    async def attempt():
        async def quiet(_):
            pass

        try:
            client = await nats.connect(
                **login, allow_reconnect=False, connect_timeout=3, error_cb=quiet)
        except (nats.errors.Error, OSError) as error:
            return str(error)
        await client.close()
        return "connected"

    return loop.run(attempt())


def test_without_a_key_or_with_an_unknown_one_nobody_gets_in(stack):
    loop = Loop()
    server = stack.nats
    # `lab` has a key, but these servers do not know it.
    stranger = {"servers": server.url, "nkeys_seed": str(server.seed("lab"))}
    password = server.url.replace("nats://", "nats://mm:mm@")
    try:
        assert connects(loop, **server.login("lobby")) == "connected"
        for login in ({"servers": server.url}, {"servers": password}, stranger):
            assert "authorization" in connects(loop, **login).lower(), login
    finally:
        loop.end()


def test_the_containers_configuration_is_valid_and_lets_nobody_in_without_a_key(tmp_path):
    shutil.copy(ROOT / "config/nats-accounts.conf", tmp_path)
    text = (ROOT / "scripts/lib/nats-container.conf").read_text()
    (tmp_path / "nats.conf").write_text(text)
    keys = public_keys()
    command = ["nats-server", "-t", "-c", tmp_path / "nats.conf"]
    result = subprocess.run(command, env=os.environ | keys, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    # A key that is not there stops the server rather than leave a user out.
    del keys["MUSTER_NATS_MM"]
    result = subprocess.run(command, env=os.environ | keys, capture_output=True, text=True)
    assert result.returncode != 0
    # CVE-2023-47090: authorization beside accounts opens 2.9.10 to anybody.
    settings = [line.split("#")[0] for line in text.splitlines()]
    assert not any("authorization" in line or "no_auth_user" in line for line in settings)


# Keys in files.


def spoiled(tmp_path, text, mode):
    file = tmp_path / "spoiled.seed"
    file.write_text(text)
    file.chmod(mode)
    return file


@pytest.mark.parametrize("option", ["--nats-nkey-seed-file", "--nats-boot-seed-file"])
def test_matchmakerd_refuses_a_key_that_others_can_read(tmp_path, option):
    seed = NatsServer.seed("mm").read_text()
    file = spoiled(tmp_path, seed, 0o644)
    result = subprocess.run(
        [binary("matchmakerd"), "--check-config", "--queues", ROOT / "config/queues.json5",
         option, file], capture_output=True, text=True, timeout=20)
    assert result.returncode == 78
    assert "mode 0644" in result.stderr and seed not in result.stderr


@pytest.mark.parametrize("text", ["S" + "U" * 57, "SUSHORT", ""])
def test_matchmakerd_refuses_what_is_no_key(tmp_path, text):
    result = subprocess.run(
        [binary("matchmakerd"), "--check-config", "--queues", ROOT / "config/queues.json5",
         "--nats-nkey-seed-file", spoiled(tmp_path, text, 0o400)],
        capture_output=True, text=True, timeout=20)
    assert result.returncode == 78, result.stdout
    assert "spoiled.seed" in result.stderr


def test_loadgen_refuses_a_key_that_others_can_read(stack, tmp_path):
    file = spoiled(tmp_path, NatsServer.seed("lobby").read_text(), 0o604)
    result = subprocess.run(
        [binary("loadgen"), "send", "--nats", stack.nats.url, "--nats-nkey-seed-file", file],
        capture_output=True, text=True, timeout=20)
    assert result.returncode == 78 and "mode 0604" in result.stderr


def test_a_key_that_the_server_no_longer_knows_shows_in_health(own_stack):
    """libnats gives such a connection up, so that only a new process gets in again."""
    own_stack.nats.process.end()
    own_stack.nats.start(MUSTER_NATS_MM=public_keys()["MUSTER_NATS_LAB"])
    wait_until(
        lambda: own_stack.matchmaker.get("/healthz")[0] == 503, 20, "it asks to be restarted")
    assert "key" in own_stack.matchmaker.get("/healthz")[1]
    own_stack.nats.process.end()
    own_stack.nats.start()
    own_stack.matchmaker.end()
    own_stack.matchmaker.start()


def test_streams_that_are_gone_are_made_anew_by_the_boot_user(own_stack):
    """The server comes back without its store."""
    own_stack.nats.process.kill()
    shutil.rmtree(own_stack.nats.folder / "store")
    own_stack.nats.start()
    wait_until(
        lambda: "made anew" in own_stack.matchmaker.process.text(), 20, "the streams are back")
    lobby = own_stack.lobby()
    pair = [lobby.send(ticket("duel", lobby.name)) for _ in range(2)]
    assert lobby.event_of(pair[0]).kind == "matched"


def test_without_the_boot_key_existing_streams_are_enough_and_missing_ones_are_said(own_stack):
    own_stack.matchmaker.end()
    own_stack.matchmaker.env.pop("MUSTER_NATS_BOOT_SEED_FILE")
    own_stack.matchmaker.start()
    own_stack.matchmaker.end()
    own_stack.nats.process.end()
    shutil.rmtree(own_stack.nats.folder / "store")
    own_stack.nats.start()
    own_stack.matchmaker.launch()
    assert own_stack.matchmaker.process.wait(20) == 69
    assert "boot" in own_stack.matchmaker.process.text().split("cannot start")[1]
