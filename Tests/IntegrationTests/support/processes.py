"""Real servers as child processes: nats-server with JetStream and matchmakerd.

Every process listens on loopback at a free port, keeps its data in the directory it is given, and
dies with the test run however that ends.
"""

import functools
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def binary(name):
    """The built executable: from MUSTER_BIN, else the newest of debug and release."""
    folders = [os.environ["MUSTER_BIN"]] if os.environ.get("MUSTER_BIN") else [
        ROOT / ".build/debug", ROOT / ".build/release"]
    found = [Path(folder).resolve() / name for folder in folders]
    found = [path for path in found if path.exists()]
    assert found, f"{name} is not built; run `swift build`"
    return str(max(found, key=lambda path: path.stat().st_mtime))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, seconds, what, pause=0.02):
    """The first true result of `condition`; fails with `what` after so many seconds."""
    deadline = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        assert time.monotonic() < deadline, f"waited {seconds} s in vain until {what}"
        time.sleep(pause)


class Process:
    """A child process with its output in a file."""

    def __init__(self, command, log, env=None):
        self.log = Path(log)
        # The kernel ends the child if the test run is killed before it can clean up.
        command = ["setpriv", "--pdeathsig", "KILL", "--", *map(str, command)]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("MUSTER_")}
        environment |= {"SWIFT_BACKTRACE": "enable=no"} | (env or {})
        with self.log.open("ab") as output:
            self.child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment)

    @property
    def is_alive(self):
        return self.child.poll() is None

    def text(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def send(self, number):
        self.child.send_signal(number)

    def wait(self, seconds):
        return self.child.wait(timeout=seconds)

    def kill(self):
        """As a crash: no chance to clean up."""
        if self.is_alive:
            self.child.kill()
        self.child.wait()

    def end(self, seconds=10):
        """Asks it to stop; its exit code. Killed if it does not."""
        if self.is_alive:
            self.child.terminate()
        try:
            return self.child.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"did not stop within {seconds} s:\n{self.text()[-2000:]}")


USERS = ("boot", "lobby", "mm", "world", "ops")


@functools.cache
def nats_keys():
    """The folder with the keys of the broker's users, made once for the whole run by the project's
    own script; the second object removes it at the end."""
    folder = tempfile.TemporaryDirectory(prefix="muster-keys-")
    subprocess.run([ROOT / "scripts/nats-keys", folder.name], check=True, timeout=30)
    return Path(folder.name), folder


def public_keys():
    """The users' public keys in the variables that config/nats-accounts.conf refers to."""
    lines = (nats_keys()[0] / "public.env").read_text().splitlines()
    return dict(line.split("=") for line in lines)


class NatsServer:
    """nats-server with JetStream and the shipped accounts, configured as the project runs it."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.url = f"nats://127.0.0.1:{self.port}"
        self.process = None
        shutil.copy(ROOT / "config/nats-accounts.conf", self.folder)
        (self.folder / "nats.conf").write_text(f"""
            host: "127.0.0.1", port: {self.port}, max_payload: 64KB, write_deadline: "2s"
            jetstream {{ store_dir: "{self.folder}/store", max_file: 16GB, max_mem: 64MB }}
            system_account: SYS
            accounts {{ include "nats-accounts.conf" }}
        """)

    @staticmethod
    def seed(user):
        """The file with the secret key of a user of config/nats-accounts.conf."""
        return nats_keys()[0] / f"{user}.seed"

    @property
    def environment(self):
        """Address and keys in the variables that the programs read."""
        return {"MUSTER_NATS_URL": self.url} | {
            f"MUSTER_NATS_{user.upper()}_SEED_FILE": str(self.seed(user)) for user in USERS}

    def login(self, user):
        """What nats-py needs to connect as a user."""
        return {"servers": self.url, "nkeys_seed": str(self.seed(user)),
                "inbox_prefix": f"_IB.{user}".encode()}

    def start(self, **other_keys):
        """Starts it with the users' public keys, of which some may be replaced."""
        self.process = Process(
            [shutil.which("nats-server"), "-c", self.folder / "nats.conf"],
            self.folder / "nats.log", public_keys() | other_keys)
        wait_until(self._greets, 10, "nats-server answers")

    def _greets(self):
        assert self.process.is_alive, f"nats-server ended:\n{self.process.text()[-2000:]}"
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as connection:
                return connection.recv(4) == b"INFO"
        except OSError:
            return False

    def restart(self, crash=False):
        self.process.kill() if crash else self.process.end()
        self.start()

    def end(self):
        if self.process:
            self.process.kill()


class Matchmaker:
    """matchmakerd with a queue file, on a `NatsServer` and a migrated database."""

    def __init__(self, nats, database, queues, folder, *options, env=None):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.queues = Path(queues)
        self.options = options
        self.env = nats.environment | {
            "MUSTER_DATABASE_URL": database.login_url("mm")} | (env or {})
        self.port_file = self.folder / "http.port"
        self.process = None

    def command(self, *options):
        return [
            binary("matchmakerd"), "--queues", self.queues, "--http", "127.0.0.1:0",
            "--http-port-file", self.port_file, *self.options, *options]

    def launch(self):
        """Starts the process and does not wait."""
        self.port_file.unlink(missing_ok=True)
        self.process = Process(self.command(), self.folder / "matchmakerd.log", self.env)

    def start(self, ready_within=20):
        self.launch()
        wait_until(self.is_ready, ready_within, "matchmakerd is ready")

    def is_ready(self):
        assert self.process.is_alive, f"matchmakerd ended:\n{self.process.text()[-3000:]}"
        if not self.port_file.exists() or not self.port_file.read_text().strip():
            return False
        try:
            return self.get("/readyz")[0] == 200
        except OSError:
            return False

    @property
    def is_alive(self):
        return self.process is not None and self.process.is_alive

    @property
    def http(self):
        return f"http://127.0.0.1:{self.port_file.read_text().strip()}"

    def get(self, path):
        """Status and body."""
        try:
            with urllib.request.urlopen(self.http + path, timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def metrics(self):
        """Every sample: name with labels to value."""
        status, text = self.get("/metrics")
        assert status == 200
        samples = {}
        for line in text.splitlines():
            if line and not line.startswith("#"):
                name, value = line.rsplit(" ", 1)
                samples[name] = float(value)
        return samples

    def metric(self, name, **labels):
        """Sum of the samples of a metric that have these labels."""
        total = 0.0
        for sample, value in self.metrics().items():
            found = re.fullmatch(r"([a-zA-Z0-9_:]+)(?:\{(.*)\})?", sample)
            if found.group(1) != name:
                continue
            have = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', found.group(2) or ""))
            if all(have.get(key) == wanted for key, wanted in labels.items()):
                total += value
        return total

    def reload(self):
        self.process.send(signal.SIGHUP)

    def crash(self):
        self.process.kill()

    def end(self, seconds=10):
        return self.process.end(seconds) if self.process else 0


def write_queues(path, queues, regions=("eu", "na"), **top):
    """A queue file; JSON is JSON5."""
    path = Path(path)
    path.write_text(
        "// Written by a test.\n"
        + json.dumps({"version": 1, "regions": list(regions), "queues": queues} | top, indent=2))
    return path
