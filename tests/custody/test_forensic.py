"""What is left on the disk of a plate: looked for byte by byte in every file there is."""

import os
import subprocess
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import connections
from django.utils import timezone
from pytest_django import Settings

from plateward.audit import log
from plateward.custody import backups, compaction, retention
from plateward.intake.receive import receive
from plateward.postgres import tools
from plateward.postgres.address import socket_folder
from plateward.postgres.server import GRANTS
from plateward.reads import keyring
from plateward.reads.models import Picture, Read
from tests import cast

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "PLATEWARD_TEST_DATABASE_URL" in os.environ, reason="the files are another server's"
    ),
]
PLATE, WANTED = "QZX81J7", "QZW93K5"
DAY = timedelta(days=1)


@pytest.fixture
def keys(tmp_path: Path, settings: Settings) -> Path:
    settings.KEYS = tmp_path / "keys"
    return tmp_path / "keys"


@pytest.fixture
def server() -> Path:
    """The server's files, as they are on the disk; the daily role may do what it may at home."""
    run = Path(os.environ["PLATEWARD_TEST_RUN"])
    name = connections["default"].settings_dict["NAME"]
    with psycopg.connect(
        host=str(socket_folder(run)), user="postgres", dbname=name, autocommit=True
    ) as owner:
        for grant in GRANTS:
            owner.execute(grant)
    return (run / "postgres").resolve()


def stored() -> datetime:
    """A read of the marked plate, whose pictures hold its text too; when it ends."""
    at = timezone.now() - 30 * DAY + timedelta(hours=1)
    marked = cast.JPEG + PLATE.encode()
    sighting = replace(cast.sighting(PLATE, seen_at=at), photo=marked, crop=marked)
    assert receive(sighting, received_at=at + timedelta(minutes=1)).new
    return at + 30 * DAY


def to_disk() -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("CHECKPOINT")


def hits(what: bytes, folders: Iterable[Path]) -> list[str]:
    found = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    return [path.name for path in found if what in path.read_bytes()]


def dumped() -> bytes:
    reach = tools.environment(connections["default"].get_connection_params())
    done = subprocess.run([tools.dumper(16)], env=reach, check=True, capture_output=True)
    return done.stdout


@pytest.mark.usefixtures("cameras")
def test_no_file_holds_a_read_in_clear_and_what_is_left_does_not_open(
    server: Path, keys: Path, tmp_path: Path
) -> None:
    ends_at = stored()
    to_disk()
    read, picture = Read.objects.get(), Picture.objects.first()
    assert read.plate == PLATE
    assert picture is not None
    sealed, wrapped = bytes(read.sealed), next(keys.rglob("*.keys")).read_bytes().strip(b"\0")
    backups.make(tmp_path / "backup", days=7, by="console:pat", now=timezone.now())
    everywhere = (server, keys, tmp_path)
    assert hits(sealed, [server])  # so that this way of looking finds what is there
    assert hits(bytes(picture.sealed)[:500], [server])
    assert hits(wrapped[:40], [keys])
    assert hits(PLATE.encode(), everywhere) == []
    assert PLATE.encode() not in dumped()

    assert retention.sweep(now=ends_at + timedelta(minutes=2)) == 1
    to_disk()
    assert hits(PLATE.encode(), everywhere) == []
    assert hits(wrapped[:40], everywhere) == []
    with pytest.raises(keyring.Gone):
        keyring.kept(read.city, read.expires_at)


def test_after_the_stated_procedure_nothing_that_was_erased_is_in_the_files(server: Path) -> None:
    entry = log.append(actor="ana", act="a:b:c", outcome="done", private={"plate": WANTED})
    to_disk()
    assert hits(WANTED.encode(), [server])
    log.erase(entry, None, by="house", why="retention.audit_log")
    to_disk()
    assert hits(WANTED.encode(), [server])  # a row that is deleted stays in its page
    assert compaction.compact(by="console:pat") > 50
    assert hits(WANTED.encode(), [server]) == []
    assert WANTED.encode() not in dumped()
