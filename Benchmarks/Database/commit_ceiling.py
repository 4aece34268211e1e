"""What the commit of a tick costs beyond its rows: mm.commit_tick against the same rows, bare.

    make bench-commit

`bare` is the cheapest way that was found to write the same rows durably in one round trip: plain
inserts of the same parameters in one transaction, without fence, without looking who is taken,
without counting. Both run prepared, in turn, over fresh players, in tables of the same size.
"""

import argparse
import json
import random
import re
import statistics
import time
import uuid
from pathlib import Path

import psycopg

SHAPES = {"1v1": 2, "5v5": 10}
# Bytes of a match as protobuf: a head, and the seats with their ids and names.
BODY_HEAD, BODY_SEAT = 120, 90

COMMIT = """
select count(*) from mm.commit_tick(
    %s, %b::bigint, %b::bigint, 1, 1, %b::uuid[], %b::text[], %b::text[], %b::text[], %b::bool[],
    %b::int[], %b::bytea[], %b::uuid[], %b::int[], %b::bigint[], %b::int[], %b::int[],
    %b::text[], %b::text[], %b::bytea[])
where state is not null
"""

BARE = """
create function bench.write_tick(
    p_shard text, p_epoch bigint, p_serial bigint, p_tick bigint, p_rules_version bigint,
    p_match uuid[], p_queue text[], p_mode text[], p_region text[], p_proposed boolean[],
    p_due_ms int[], p_body bytea[],
    p_ticket uuid[], p_ticket_match int[], p_player bigint[], p_player_ticket int[],
    p_out_match int[], p_out_subject text[], p_out_msg_id text[], p_out_body bytea[])
returns bigint language plpgsql as $$
begin
    insert into mm.active_player
    select p.player_id, p_match[p_ticket_match[p.t]], p_ticket[p.t]
    from unnest(p_player, p_player_ticket) as p (player_id, t);
    insert into mm.match_ticket (ticket_id, match_id)
    select t.ticket_id, p_match[t.g] from unnest(p_ticket, p_ticket_match) as t (ticket_id, g);
    insert into mm.match (
        match_id, shard, epoch, tick, queue, mode, region, rules_version, state, due_at,
        tickets, players, body)
    select m.id, p_shard, p_epoch, p_tick, m.queue, m.mode, m.region, p_rules_version, 'created',
        now() + m.due_ms * interval '1 ms', t.tickets, p.players, m.body
    from unnest(p_match, p_queue, p_mode, p_region, p_due_ms, p_body)
        with ordinality as m (id, queue, mode, region, due_ms, body, n)
    join (select g, array_agg(ticket_id) as tickets
          from unnest(p_ticket, p_ticket_match) as t (ticket_id, g) group by g) as t on t.g = m.n
    join (select p_ticket_match[p.t] as g, array_agg(player_id) as players
          from unnest(p_player, p_player_ticket) as p (player_id, t) group by 1) as p on p.g = m.n;
    insert into mm.outbox (msg_id, match_id, epoch, subject, body)
    select o.msg_id, p_match[o.m], p_epoch, o.subject, nullif(o.body, '')
    from unnest(p_out_match, p_out_subject, p_out_msg_id, p_out_body)
        as o (m, subject, msg_id, body);
    return cardinality(p_match);
end $$
"""


class Ticks:
    """Made-up ticks of solo players from a seed; no player or ticket comes twice."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.players = 0
        self.number = 0

    def id(self):
        return uuid.UUID(int=self.random.getrandbits(128), version=4)

    def tick(self, shard, epoch, matches, size):
        """The arguments of mm.commit_tick; two lobbies hear of each match."""
        self.number += 1
        ids = [self.id() for _ in range(matches)]
        # Players come in no order, as in life.
        players = [(self.players + i) * 7919 % 2**40 + 1 for i in range(matches * size)]
        self.players += matches * size
        body = self.random.randbytes(BODY_HEAD + BODY_SEAT * size)
        messages = [
            (m + 1, subject, f"{ids[m]}{suffix}", content)
            for m in range(matches)
            for subject, suffix, content in (
                ("mm.v1.alloc.eu", "", b""), ("mm.v1.evt.lobby-1", ":lobby-1", body),
                ("mm.v1.evt.lobby-2", ":lobby-2", body))]
        return [
            shard, epoch, self.number, ids, ["duel-1v1"] * matches, ["1v1"] * matches,
            ["eu"] * matches, [False] * matches, [3000] * matches, [body] * matches,
            [self.id() for _ in players], [i // size + 1 for i in range(len(players))],
            players, list(range(1, len(players) + 1)), *map(list, zip(*messages, strict=True))]


def measure(connection, ways, shard, epoch, ticks, matches, size, seconds):
    """Milliseconds of each tick by way: on the clock, and of the server process's own work. The
    ways take turns, so that noise meets all of them."""
    took = {way: [] for way in ways}
    work = Path(f"/proc/{connection.info.backend_pid}/schedstat")
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline or len(took["bare"]) < 12:
        for way, statement in ways.items():
            arguments = ticks.tick(shard, epoch, matches, size)
            begun, worked = time.perf_counter(), int(work.read_text().split()[0])
            done = connection.execute(statement, arguments, prepare=True).fetchone()[0]
            clock = time.perf_counter() - begun
            took[way].append((clock * 1e3, (int(work.read_text().split()[0]) - worked) / 1e6))
            assert done == matches
    # The first ones make plans and warm the caches.
    return {way: values[6:] for way, values in took.items()}


def empty(admin):
    admin.execute("truncate mm.match, mm.active_player, mm.match_ticket, mm.outbox")
    admin.execute("checkpoint")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dir", required=True, help="directory of scripts/servers; is emptied")
    parser.add_argument("--seconds", type=float, default=10, help="for each measurement")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    text = (Path(options.dir) / "env").read_text()
    url = re.search(r"^MUSTER_POSTGRES_URL='(.*)'$", text, re.M).group(1)
    admin = psycopg.connect(url, autocommit=True)
    admin.execute("create schema if not exists bench")
    admin.execute("drop function if exists bench.write_tick")
    admin.execute(BARE)
    shard = f"bench-{uuid.uuid4().hex[:8]}"
    epoch = admin.execute(
        "select epoch from mm.acquire_shard(%s, 'bench', 600000)", [shard]).fetchone()[0]
    ways = {"bare": COMMIT.replace("count(*) from mm.commit_tick", "bench.write_tick")
            .replace("where state is not null", ""), "commit_tick": COMMIT}
    ticks = Ticks(1)
    results = []
    for name, size in SHAPES.items():
        for matches in (10, 100, 500):
            empty(admin)
            results.append((name, matches, measure(
                admin, ways, shard, epoch, ticks, matches, size, options.seconds)))
    admin.execute("drop schema bench cascade")
    report(results, options.json)


def report(results, as_json):
    rows = []
    for shape, matches, took in results:
        clock = {way: statistics.median(v[0] for v in values) for way, values in took.items()}
        work = {way: statistics.median(v[1] for v in values) for way, values in took.items()}
        rows.append({
            "shape": shape, "matches": matches, "ticks": len(took["bare"]),
            "bare_ms": clock["bare"], "commit_ms": clock["commit_tick"],
            "commit_p99_ms": statistics.quantiles(
                [v[0] for v in took["commit_tick"]], n=100)[98],
            "bare_per_second": matches / clock["bare"] * 1e3,
            "commit_per_second": matches / clock["commit_tick"] * 1e3,
            "share": clock["bare"] / clock["commit_tick"],
            "bare_work_ms": work["bare"], "commit_work_ms": work["commit_tick"],
            "work_share": work["bare"] / work["commit_tick"]})
    if as_json:
        print(json.dumps(rows, indent=2))
        return
    print("| shape | matches a tick | bare ms | commit_tick ms (p99) | bare matches/s"
          " | commit_tick matches/s | share | work bare, commit_tick ms | share |")
    print("|---|---|---|---|---|---|---|---|---|")
    for row in rows:
        print("| {shape} | {matches} | {bare_ms:.2f} | {commit_ms:.2f} ({commit_p99_ms:.1f})"
              " | {bare_per_second:,.0f} | {commit_per_second:,.0f} | {share:.0%}"
              " | {bare_work_ms:.2f}, {commit_work_ms:.2f} | {work_share:.0%} |".format(**row))


if __name__ == "__main__":
    main()
