"""A backup is whole or not there, dies on time, and shows nothing expired when it is restored."""

import os
import random
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click import ClickException
from click.testing import CliRunner
from django.db import connections
from django.utils import timezone
from pytest_django import Settings

from plateward.audit import checkpoints, log
from plateward.cli import demo_region, house
from plateward.cli.backup import command
from plateward.cli.restore import command as put_back
from plateward.custody import (
    backups,
    drafts,
    key_copies,
    manifest,
    restoring,
    retention,
    unfinished,
)
from plateward.intake.receive import receive
from plateward.postgres import tools
from plateward.reads import keyring
from tests import cast

pytestmark = pytest.mark.slow
DAY = timedelta(days=1)
PLATE = "BKP4711"


@pytest.fixture
def keys(tmp_path: Path, settings: Settings) -> Path:
    settings.KEYS = tmp_path / "keys"
    return tmp_path / "keys"


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def made(transactional_db: None, cameras: dict[str, str], keys: Path, tmp_path: Path) -> Path:
    """A backup of a house with one read that ends in an hour and one that ends in ten days."""
    for days_ago in (30 - 1 / 24, 20):
        at = timezone.now() - days_ago * DAY
        receive(cast.sighting(PLATE, seen_at=at), received_at=at + timedelta(minutes=1))
    backups.make(tmp_path / "backup", days=7, by="console:pat", now=timezone.now())
    return tmp_path / "backup"


@pytest.fixture
def empty_house(made: Path) -> Iterator[None]:
    """Another database on the same server, without a single table."""
    default = connections["default"]
    here, there = default.settings_dict["NAME"], f"restored_{secrets.token_hex(4)}"
    with default.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {there}")
    default.close()
    default.settings_dict["NAME"] = there
    yield
    default.close()
    default.settings_dict["NAME"] = here
    with default.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {there}")


def restore(folder: Path, now: datetime, *kept: str) -> restoring.Restored:
    return restoring.restore(folder, kept=kept, by="console:pat", now=now)


def reads() -> int:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM reads_read")
        return int(cursor.fetchone()[0])


def test_a_restored_house_holds_what_has_not_expired_and_says_what_was_lost(
    made: Path, now: datetime, request: pytest.FixtureRequest
) -> None:
    told = manifest.read(made)
    assert (told.entries, told.cities) == (log.count() - 1, tuple(sorted(demo_region.CITIES)))
    checkpoints.sign_news(now)
    later = checkpoints.latest()
    assert later is not None
    request.getfixturevalue("empty_house")
    done = restore(made, now + timedelta(hours=2), later.note)
    assert (done.expired, reads()) == (1, 1)
    assert done.lost == (told.entries, later.size - 1)
    entry = log.entry(done.entry)
    assert (entry.index, entry.facts["not_in_it_to"]) == (told.entries, later.size - 1)
    assert not unfinished.is_restoring()
    assert done.other_keys == ()


@pytest.mark.usefixtures("empty_house")
def test_a_restore_that_was_cut_off_leaves_the_house_closed_until_it_is_run_again(
    made: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(*, now: datetime) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(retention, "sweep", cut_off)
        with pytest.raises(KeyboardInterrupt):
            restore(made, now)
    with pytest.raises(ClickException, match="was not finished"):
        house.open_up()
    assert restore(made, now).expired == 0
    house.open_up()


@pytest.mark.usefixtures("empty_house")
def test_what_was_changed_is_refused_by_name(made: Path, now: datetime) -> None:
    sealed, listed = made / manifest.SEALED, made / manifest.MANIFEST
    content, words = sealed.read_bytes(), listed.read_text()
    assert PLATE.encode() not in content
    sealed.write_bytes(content[:-1])
    with pytest.raises(restoring.NotRestored, match="SHA-256"):
        restore(made, now)
    sealed.write_bytes(content)
    listed.write_text(words.replace("willard-mo", "willard-xx"))
    with pytest.raises(restoring.NotRestored, match="does not open"):
        restore(made, now)
    assert not unfinished.is_restoring()
    listed.write_text(words.replace('"audit": "', '"audit": "9'))
    with pytest.raises(restoring.NotRestored, match="newer"):
        restore(made, now)
    with pytest.raises(manifest.NotABackup, match="holds no"):
        restore(made.parent, now)


def test_without_its_keys_it_says_what_opens_and_what_does_not(
    made: Path, now: datetime, settings: Settings
) -> None:
    assert restoring.check(made, now=now).entries
    ours, settings.PICTURE_KEY = settings.PICTURE_KEY, "another house's"
    with pytest.raises(restoring.NotRestored, match="another picture key"):
        restoring.check(made, now=now)
    settings.PICTURE_KEY, settings.NOTICE_KEY = ours, "another house's"
    assert "channels" in " ".join(manifest.lost(manifest.read(made)))
    keyring.destroy_named(backups.HOUSE, manifest.read(made).key)
    with pytest.raises(restoring.NotRestored, match="not in this house's key folder"):
        restoring.check(made, now=now)
    with pytest.raises(restoring.NotRestored, match="Nobody can open it any more"):
        restoring.check(made, now=now + 8 * DAY)


@pytest.mark.usefixtures("keys")
def test_a_house_with_a_log_and_one_that_is_in_use_are_left_alone(
    made: Path, now: datetime
) -> None:
    entries = log.count()
    with pytest.raises(unfinished.NotEmpty, match=f"{entries} entries"):
        restore(made, now)
    assert log.count() == entries
    other = connections["default"].copy("other")
    try:
        other.ensure_connection()
        with pytest.raises(unfinished.NotEmpty, match="Stop it"):
            restore(made, now)
    finally:
        other.close()


def test_no_backup_overwrites_outlives_a_city_or_outlasts_an_error(
    made: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, before = made.with_name("another"), keyring.names(backups.HOUSE)
    for to, days, why in (
        (made, 7, "there already"),
        (there, 31, "1 to 30 days"),
        (there, 0, "1 to"),
    ):
        with pytest.raises(backups.NotMade, match=why):
            backups.make(to, days=days, by="console:pat", now=now)
    with pytest.raises(backups.NotMade, match="could not be written"):
        backups.make(there / "deeper", days=7, by="console:pat", now=now)

    def full(path: Path, *_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(drafts, "store", full)
    with pytest.raises(backups.NotMade, match="No space left on device"):
        backups.make(there, days=7, by="console:pat", now=now)
    assert list(made.parent.glob("another*")) == []
    assert keyring.names(backups.HOUSE) == before


def test_its_key_is_destroyed_on_time_and_the_log_says_so(made: Path, now: datetime) -> None:
    name = manifest.read(made).key
    assert backups.end_due(now=now + 6.9 * DAY) == 0
    assert backups.end_due(now=now + 7 * DAY) == 1
    assert keyring.names(backups.HOUSE) == []
    (entry,) = (each for each in log.latest(3) if each.act == backups.ENDED)
    assert entry.facts["backup"] == name


def test_a_server_that_no_tool_fits_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert tools.dumper(16).name == "pg_dump"
    with pytest.raises(tools.NoTool, match=r"pg_dump of PostgreSQL 99 .* the server is 99"):
        tools.dumper(99)
    monkeypatch.setattr(tools, "_installed", lambda name: {18: Path(name)})
    with pytest.raises(tools.NoTool, match="postgresql-client-16"):
        tools.restorer(16)
    assert tools.restorer(17) == Path("pg_restore")


def test_the_command_starts_by_itself(transactional_db: None, tmp_path: Path) -> None:
    """In a process of its own, where nothing has made Django ready."""
    plateward = Path(sys.executable).with_name("plateward")
    done = subprocess.run([plateward, "restore", tmp_path], capture_output=True, text=True)  # noqa: PLW1510
    assert done.returncode == 1
    assert "holds no manifest.json" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_cluster_is_refused_rather_than_half_saved(
    made: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("SET search_path = public, pg_catalog")
        cursor.execute("CREATE TABLE pg_extension AS SELECT 'citus' AS extname")
        with pytest.raises(backups.NotMade, match="Citus"):
            backups._check_one_server(cursor)
        cursor.execute("DROP TABLE public.pg_extension; RESET search_path")


def test_no_password_stands_where_others_can_read_it() -> None:
    told = tools.environment({"host": "db", "password": "secret", "sslmode": "", "cursor": 1})
    assert (told["PGHOST"], told["PGPASSWORD"]) == ("db", "secret")
    assert "PGSSLMODE" not in told


@pytest.mark.usefixtures("empty_house")
def test_another_programs_tables_are_left_alone(made: Path, now: datetime) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("CREATE TABLE payroll (name text)")
    with pytest.raises(unfinished.NotEmpty, match="payroll"):
        restore(made, now)


def test_killed_at_any_moment_it_leaves_nothing_that_looks_whole(made: Path, now: datetime) -> None:
    """Twenty times, at moments drawn beforehand: a child process writes, and is killed."""
    chance, entries = random.Random(6), log.count()  # noqa: S311 -- no secret
    outcomes = set()
    for life in range(20):
        to = made.with_name(f"killed-{life}")
        child = os.fork()
        if not child:
            _write_and_die(to)
        time.sleep(chance.uniform(0.02, 0.6))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        outcomes.add(to.exists())
        if to.exists():
            assert restoring.check(to, now=now).entries >= entries
    last = made.with_name("killed-0")
    shutil.rmtree(last, ignore_errors=True)
    backups.make(last, days=7, by="console:pat", now=now)  # over what was left of the first
    assert not last.with_name("killed-0.unfinished").exists()
    assert outcomes >= {False}


def _write_and_die(to: Path) -> None:
    """In the child: with a connection of its own, and without a word to its parent's."""
    for connection in connections.all(initialized_only=True):
        connection.connection = None
    try:
        backups.make(to, days=7, by="console:pat", now=timezone.now())
    finally:
        os._exit(0)


@pytest.fixture
def copy(made: Path, now: datetime, settings: Settings) -> Path:
    """A copy of the keys of the house that the backup is of, on another machine."""
    settings.HOME = made.parent / "home"
    far = made.parent / "far" / "copy"
    far.parent.mkdir()
    assert key_copies.copy(far, by="console:pat", now=now).files >= 3
    return far


def test_keys_that_were_put_back_open_the_backup(
    made: Path, copy: Path, now: datetime, keys: Path, request: pytest.FixtureRequest
) -> None:
    shutil.rmtree(keys)
    request.getfixturevalue("empty_house")
    with pytest.raises(restoring.NotRestored, match="restore --keys"):
        restore(made, now)
    key_copies.put_back(copy)
    assert restore(made, now).expired == 0
    with pytest.raises(unfinished.NotEmpty):
        key_copies.put_back(copy)
    next(copy.rglob("backup-*")).write_bytes(b"changed")
    with pytest.raises(key_copies.NotCopied, match="not as it was written"):
        key_copies.put_back(copy)


def test_the_next_copy_of_the_keys_overwrites_the_one_before(copy: Path, now: datetime) -> None:
    over = next((copy / "minutes").rglob("*.keys")).read_bytes().strip(b"\0")[:40]
    keyring.destroy("willard-mo", now + 365 * DAY)
    key_copies.copy(copy, by="console:pat", now=now)
    files = [path for path in copy.parent.rglob("*") if path.is_file()]
    assert len(files) >= 2
    assert not any(over in path.read_bytes() for path in files)


def test_keys_are_copied_neither_beside_a_backup_nor_into_their_own_folder(
    made: Path, copy: Path, now: datetime, keys: Path
) -> None:
    (copy / "keys.json").unlink()
    for to, why in (
        (made.with_name("near"), "beside"),
        (keys / "copy", "folder that the keys"),
        (copy, "no copy of keys"),
    ):
        with pytest.raises(key_copies.NotCopied, match=why):
            key_copies.copy(to, by="console:pat", now=now)


def test_what_is_typed_and_what_is_answered(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plateward.cli.house.open_up", lambda: None)
    monkeypatch.setattr("plateward.cli.house.start", lambda: None)
    there = str(made.with_name("typed"))
    done = CliRunner().invoke(command, [there, "--days", "3"])
    assert (done.exit_code, "backup --keys" in done.output) == (0, True)
    again = CliRunner().invoke(command, [there])
    assert (again.exit_code, "there already" in again.output) == (1, True)
    checked = CliRunner().invoke(put_back, [there, "--check"])
    assert (checked.exit_code, "It opens here" in checked.output) == (0, True)
    refused = CliRunner().invoke(put_back, [there])
    assert (refused.exit_code, "not empty" in refused.output) == (1, True)
