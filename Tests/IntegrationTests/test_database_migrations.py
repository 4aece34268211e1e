"""Migrations: there and back again, one at a time, refused when they were edited. LB-28."""

import re
import shutil
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from support.database import migrate, run
from support.processes import ROOT

FOLDER = ROOT / "db/migrations"
NAMES = sorted(path.name.removesuffix(".up.sql") for path in FOLDER.glob("*.up.sql"))


@pytest.fixture
def folder(tmp_path):
    """A folder of two small migrations."""
    folder = tmp_path / "migrations"
    folder.mkdir()
    write(folder, 1, "create table one (a int);", "drop table one;")
    write(folder, 2, "create table two (a int);", "drop table two;")
    return folder


def write(folder, number, up, down):
    """Tables of these tests lie in a schema of the owner."""
    prefix = "create schema if not exists test; set local search_path = test;\n"
    path = folder / f"{number:04}_create_table"
    path.with_suffix(".up.sql").write_text(prefix + up)
    path.with_suffix(".down.sql").write_text(prefix + down)


def tables(database):
    with psycopg.connect(database.url) as session:
        return {row[0] for row in session.execute(
            "select tablename from pg_tables where schemaname = 'test'")}


def applied(database):
    with psycopg.connect(database.url) as session:
        if session.execute("select to_regclass('migration.applied')").fetchone()[0] is None:
            return []
        return [row[0] for row in session.execute(
            "select number from migration.applied order by number")]


@pytest.fixture
def small(own_database, folder):
    """Runs the migrator on the small folder and an empty database."""
    migrate("roles", url=own_database.url)

    def act(*arguments, code=0):
        return migrate(*arguments, "--folder", folder, url=own_database.url, code=code)

    return act


def dump(database):
    """The schema as text, but for the migrator's own."""
    text = run("bash", "-c", f"""
        source {ROOT}/scripts/lib/common.sh && source {ROOT}/scripts/lib/postgres.sh
        postgres_client '{database.url}' "$(postgres_binaries)/pg_dump" --schema-only \
            --exclude-schema=migration""")
    return re.sub(r"^\\(un)?restrict .*$", "", text, flags=re.M)


def test_every_migration_goes_up_down_and_up_again(own_database):
    migrate("roles", url=own_database.url)
    pictures = [dump(own_database)]
    for number in range(1, len(NAMES) + 1):
        migrate("up", "--to", str(number), url=own_database.url)
        pictures.append(dump(own_database))
    assert len(set(pictures)) == len(NAMES) + 1
    for number in range(len(NAMES), 0, -1):
        migrate("down", url=own_database.url)
        left = dump(own_database)
        assert left == pictures[number - 1], f"{NAMES[number - 1]} leaves something behind"
    migrate("up", url=own_database.url)
    assert dump(own_database) == pictures[-1]


def test_the_picture_of_the_schema_is_up_to_date(cluster):
    run(ROOT / "scripts/schema", "--check", "--url", cluster.admin_url)


def test_status_tells_what_is_missing(small, own_database):
    assert small("status", code=3).count("missing") == 2
    small("up", "--to", "1")
    assert small("status", code=3).count("missing") == 1
    small("up")
    assert "missing" not in small("status")
    assert tables(own_database) == {"one", "two"} and applied(own_database) == [1, 2]
    small("down", "--to", "0")
    assert tables(own_database) == set() and applied(own_database) == []


@pytest.mark.parametrize("part", ["up", "down"])
def test_a_migration_that_was_edited_after_it_was_applied_is_refused(
        small, own_database, folder, part):
    small("up", "--to", "1")
    path = folder / f"0001_create_table.{part}.sql"
    path.write_text(path.read_text() + "-- a word more\n")
    for action in ("up", "down", "status"):
        assert "was edited after it was applied" in small(action, code=65)
    assert tables(own_database) == {"one"} and applied(own_database) == [1]


def test_a_database_that_is_ahead_of_the_folder_is_refused(small, folder):
    small("up")
    for path in folder.glob("0002*"):
        path.unlink()
    assert "which is not in" in small("up", code=65)


def test_a_migration_that_fails_leaves_nothing(small, own_database, folder):
    write(folder, 2, "create table two (a int); select 1/0;", "drop table two;")
    assert "division by zero" in small("up", code=65)
    assert tables(own_database) == {"one"} and applied(own_database) == [1]


@pytest.mark.parametrize("words", ["commit;", "COMMIT WORK ;", "rollback;", "Begin;"])
def test_a_migration_that_ends_its_transaction_is_refused(small, own_database, folder, words):
    write(folder, 2, f"create table two (a int);\n{words}\n", "drop table two;")
    assert "must leave the transaction" in small("up", code=65)
    assert applied(own_database) == [1]


@pytest.mark.parametrize("name", ["0004_create_gap", "0003", "0003_Create_Table", "3_create_it"])
def test_names_and_numbers_are_held_to(small, folder, name):
    for part in ("up", "down"):
        shutil.copy(folder / f"0002_create_table.{part}.sql", folder / f"{name}.{part}.sql")
    small("up", code=64)


def test_a_migration_needs_a_way_back(small, folder):
    (folder / "0002_create_table.down.sql").unlink()
    small("up", code=64)


def test_two_migrators_at_once_apply_each_migration_once(own_database):
    migrate("roles", url=own_database.url)
    with ThreadPoolExecutor(3) as pool:
        jobs = [pool.submit(migrate, "up", url=own_database.url) for _ in range(3)]
        said = "".join(job.result(60) for job in jobs)
    assert [said.count(f"up {n} ") for n in range(1, len(NAMES) + 1)] == [1] * len(NAMES)
    assert applied(own_database) == list(range(1, len(NAMES) + 1))
