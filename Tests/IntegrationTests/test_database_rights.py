"""Who may do what: every function and table of schema mm, and what each role is refused."""

import stat
from pathlib import Path

import psycopg
import pytest
from support.database import PrivateServers, migrate

# All that is granted. A function that stands nowhere here is internal.
GRANTED = {
    "mm": {
        "acquire_shard", "renew_shard", "release_shard", "shards",
        "commit_tick", "accept_matches", "close_matches", "replace_ticket", "commit_backfills",
        "outbox_take", "outbox_sent", "outbox_resend", "outbox_state",
        "due_matches", "silent_matches", "next_attempt", "fail_matches",
        "match_states", "ticket_matches", "tickets_since", "matches_since", "open_matches",
        "hand_over", "purge"},
    "lobby_rw": {"record_result", "active_players", "ticket_matches", "session_of"},
    "world_result": {
        "claim_match", "start_match", "end_match", "give_up_match", "release_players",
        "dead_sessions"},
}
TABLES = ["shard", "match", "active_player", "match_ticket", "outbox", "match_result"]


@pytest.fixture(autouse=True)
def connections(database):
    yield
    database.disconnect()


def test_functions_are_granted_as_listed_and_to_nobody_else(database):
    rows = database.connect().execute(
        """select p.proname, coalesce(r.rolname, 'public')
           from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
           left join pg_roles r on r.oid = a.grantee
           where p.pronamespace = 'mm'::regnamespace and a.grantee <> p.proowner""").fetchall()
    found = {role: {name for name, to in rows if to == role} for _, role in rows}
    assert found == GRANTED


def test_what_others_call_runs_as_the_owner_with_a_fixed_path_and_nothing_else_does(database):
    rows = database.connect().execute(
        """select proname, prosecdef, coalesce(proconfig, '{}'), r.rolname, r.rolcanlogin,
               r.rolsuper
           from pg_proc p join pg_roles r on r.oid = p.proowner
           where pronamespace = 'mm'::regnamespace""").fetchall()
    granted = set().union(*GRANTED.values())
    for name, as_owner, config, owner, may_login, is_super in rows:
        assert (owner, may_login, is_super) == ("muster_owner", False, False), name
        assert as_owner == (name in granted), name
        if as_owner:
            assert config == ["search_path=pg_catalog, pg_temp"], name


@pytest.mark.parametrize("role", GRANTED)
def test_a_role_touches_no_table_and_makes_nothing(database, role):
    session = database.connect(role)
    statements = [
        template.format(table)
        for table in TABLES
        for template in ("select from mm.{}", "delete from mm.{}", "truncate mm.{}",
                         "do $$ begin lock table mm.{}; end $$", "insert into mm.{} default values")]
    statements += [
        "update mm.shard set epoch = 1", "create table mm.mine (a int)",
        "create table public.mine (a int)", "create temporary table mine (a int)",
        "create schema mine", "set role muster_owner", "drop function mm.shards()",
        "create function mm.mine() returns int language sql as 'select 1'",
        "select mm.fence('a', 1)", "select * from mm.is_new_call('a', 1, 1)",
        "select * from migration.applied", "alter role muster_owner login",
        "copy mm.match to program 'true'"]
    for statement in statements:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute(statement)
            pytest.fail(f"{role} may: {statement}")


@pytest.mark.parametrize("role", GRANTED)
def test_a_role_calls_its_own_functions_only(database, role):
    session = database.connect(role)
    for other, functions in GRANTED.items():
        for name in functions - GRANTED[role]:
            arguments = session.execute(
                "select pg_get_function_identity_arguments(p.oid), p.pronargs from pg_proc p"
                " where proname = %s and pronamespace = 'mm'::regnamespace", [name]).fetchone()
            types = [argument.split(" ", 1)[1] for argument in arguments[0].split(", ")
                     if argument]
            call = ", ".join(f"null::{kind}" for kind in types)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                session.execute(f"select mm.{name}({call})")
                pytest.fail(f"{role} may call {other}'s {name}")


def test_private_servers_have_migrated_logins_with_passwords_of_their_own(tmp_path):
    servers = PrivateServers(tmp_path / "run")
    try:
        urls = {name: url for name, url in servers.environment.items()
                if name.startswith("MUSTER_POSTGRES")}
        assert len(urls) == 5 and len(set(urls.values())) == 5
        admin = psycopg.connect(urls["MUSTER_POSTGRES_URL"], autocommit=True)
        hashes = admin.execute(
            "select rolname, rolpassword from pg_authid where rolcanlogin").fetchall()
        assert len(hashes) == 5 and all(h.startswith("SCRAM-SHA-256$") for _, h in hashes)
        home = (servers.folder / "postgres").resolve()
        secrets = [*home.glob("*password"), servers.folder / "env"]
        assert len(secrets) == 6
        assert {stat.S_IMODE(Path(path).stat().st_mode) for path in secrets} == {0o600}
        for name, role in (("MM", "mm"), ("LOBBY", "lobby_rw"), ("WORLD", "world_result")):
            url = urls[f"MUSTER_POSTGRES_{name}_URL"]
            with psycopg.connect(url) as session:
                assert session.execute(
                    "select pg_has_role(%s, 'member'), current_setting('is_superuser')",
                    [role]).fetchone() == (True, "off")
            with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
                psycopg.connect(url.replace(":", ":x", 2).replace(":x//", "://"))
        assert "missing" not in migrate("status", url=urls["MUSTER_POSTGRES_MIGRATOR_URL"])
        # No password stands in a command line.
        for password in {url.split(":")[2].split("@")[0] for url in urls.values()}:
            assert password not in command_lines()
        admin.close()
    finally:
        servers.end()


def command_lines():
    lines = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(path.read_bytes().decode(errors="replace"))
        except OSError:
            continue
    return "\n".join(lines)


def test_roles_are_made_again_without_harm(database):
    for _ in range(2):
        migrate("roles", url=database.url)
    test_functions_are_granted_as_listed_and_to_nobody_else(database)
