"""Messages in both forms. The protobuf classes are generated from proto/ by protoc, so they share
no code with the program under test."""

import atexit
import functools
import importlib
import json
import shutil
import subprocess
import sys
import tempfile
import uuid
from itertools import count

from google.protobuf import json_format

from .processes import ROOT

JSON = "application/json"
PROTOBUF = "application/protobuf"

# Every test run draws fresh player ids, so tests that share servers do not meet.
_players = count(1_000)


def new_id():
    return str(uuid.uuid4())


def new_player():
    return next(_players)


@functools.cache
def classes():
    """The generated modules by name: intake, event, match, allocation."""
    folder = tempfile.mkdtemp(prefix="muster-proto-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    sources = sorted((ROOT / "proto").glob("muster/v1/*.proto"))
    subprocess.run(
        ["protoc", f"--proto_path={ROOT / 'proto'}", f"--python_out={folder}", *sources],
        check=True)
    sys.path.insert(0, folder)
    names = [source.stem for source in sources]
    return {name: importlib.import_module(f"muster.v1.{name}_pb2") for name in names}


def ticket(queue, lobby, ratings=(1500,), latency=None, ticket_id=None, players=None, waited_ms=0):
    """A ticket as a dictionary in the JSON form's names."""
    players = players or [new_player() for _ in ratings]
    return {
        "ticketId": ticket_id or new_id(),
        "queue": queue,
        "lobby": lobby,
        "players": [
            {"playerId": str(player), "rating": rating}
            for player, rating in zip(players, ratings, strict=True)],
        "latencyMs": latency or {"eu": 20, "na": 30},
        "waitedMs": waited_ms,
    }


def cancel(ticket_id, lobby):
    return {"ticketId": ticket_id, "lobby": lobby}


def encode(body, form=JSON, version=1):
    """An intake message with `ticket` or `cancel` as its body."""
    kind = "ticket" if "players" in body else "cancel"
    message = {"version": version, kind: body}
    if form == JSON:
        return json.dumps(message).encode()
    return json_format.ParseDict(message, classes()["intake"].Intake()).SerializeToString()


def decode(kind, data, form):
    """An event or allocation of either form as a dictionary in the JSON form's names."""
    if form == JSON:
        return json.loads(data)
    module, name = {"event": ("event", "Event"), "allocation": ("allocation", "Allocation")}[kind]
    message = getattr(classes()[module], name)()
    message.ParseFromString(data)
    return json_format.MessageToDict(message)
