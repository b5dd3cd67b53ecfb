"""One PostgreSQL for the whole run, away from any real data, and a word about lanes that were shut.

Settings are read only after this file: pytest-django finds no settings module in its options, and
waits for the one named here.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from plateward import postgres
from tests import lanes

PREFIX = "plateward-tests-"
# Nothing here outlives the run, so nothing needs to survive a power cut.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


# The rooms whose tests do not mind that the region was set up some minutes before them.
LAID_DOWN = frozenset(
    {"api", "cameras", "custody", "gate", "journeys", "oversight", "people", "reads", "upkeep"}
)
# How long a case takes depends on what else the machine does. All else stays as Hypothesis chose.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


# Which shelves there are is told by a table, and that has just been emptied.
DROP_SHELVES = """
DO $$ DECLARE part regclass; BEGIN
    FOR part IN SELECT inhrelid FROM pg_inherits
        WHERE inhparent IN ('reads_read'::regclass, 'reads_picture'::regclass)
    LOOP EXECUTE 'DROP TABLE ' || part; END LOOP;
END $$;
"""


def run_folder() -> Path:
    """The folder of this run: made by the first process, found by the workers it starts."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return Path(os.environ["PLATEWARD_TEST_RUN"])
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    folder.chmod(0o711)  # as root, the server runs under another account and must pass
    os.environ["PLATEWARD_TEST_RUN"] = str(folder)
    return folder


RUN = run_folder()
HOME = Path(os.environ["PLATEWARD_HOME"]) if "PYTEST_XDIST_WORKER" in os.environ else RUN / "main"
HOME.mkdir(exist_ok=True)
DATABASE_URL = os.environ.get("PLATEWARD_TEST_DATABASE_URL") or postgres.address(RUN)
os.environ |= {
    "PLATEWARD_HOME": str(HOME),
    "DATABASE_URL": DATABASE_URL,
    "DJANGO_SETTINGS_MODULE": "plateward.settings",
}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(specs: list[Any]) -> None:
    """A worker reads its settings before this file, from what it was started with: each its own
    folder, or one would destroy the keys that another's reads are sealed under."""
    for spec in specs:
        spec.env["PLATEWARD_HOME"] = str(RUN / spec.id)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The server starts with the first test that wants a database; the workers share it."""
    if "PLATEWARD_TEST_DATABASE_URL" not in os.environ:
        postgres.ensure_running(RUN, settings=FAST)


@pytest.fixture(scope="session", autouse=True)
def _tables_that_refuse_are_emptied() -> Iterator[None]:
    """Append-only tables refuse TRUNCATE; the flush after a transactional test alone gets past."""
    from django.db.backends.postgresql.operations import DatabaseOperations

    from plateward.reads import shelves

    def flush(self: DatabaseOperations, style: Any, tables: Any, **options: Any) -> list[str]:
        def triggers(what: str) -> list[str]:
            return [f"ALTER TABLE {self.quote_name(name)} {what} TRIGGER USER;" for name in tables]

        shelves._known.clear()
        shelves._noted.clear()
        emptied = [*triggers("DISABLE"), *real(self, style, tables, **options), *triggers("ENABLE")]
        return [*emptied, DROP_SHELVES] if "reads_shelf" in tables else emptied

    real = DatabaseOperations.sql_flush
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", flush)
        yield


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser that `browser` tests drive."""
    found = lanes.chromium()
    assert found, lanes.why_no_browser()
    return found


@pytest.fixture
def midday(monkeypatch: pytest.MonkeyPatch) -> None:
    """Noon in the five cities: the day is the same there as in UTC, and does not end meanwhile."""
    from django.utils import timezone

    now = timezone.now
    began = now()
    ahead = began.replace(hour=18, minute=0) - began
    monkeypatch.setattr(timezone, "now", lambda: now() + ahead)


@pytest.fixture
def cities(db: None, request: pytest.FixtureRequest) -> tuple[str, ...]:
    """The five policies in force, every silence answered by a named person."""
    from tests import cast, region  # Django is ready only once a test runs

    return region.cities() if request.path.parent.name in LAID_DOWN else cast.adopt_all()


@pytest.fixture
def cameras(cities: tuple[str, ...], request: pytest.FixtureRequest) -> dict[str, str]:
    """Every camera of the demo region, and its secret."""
    from tests import cast, region

    return region.cameras() if request.path.parent.name in LAID_DOWN else cast.register_all()


@pytest.fixture
def data_folder() -> Iterator[Path]:
    """A data folder of its own; whatever server is started there is stopped."""
    folder = Path(tempfile.mkdtemp(dir=RUN))
    folder.chmod(0o711)
    yield folder
    postgres.stop(folder)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    driving = [item for item in items if item.get_closest_marker("browser")]
    for item in driving:  # one browser and one house are enough for all of them
        item.add_marker(pytest.mark.xdist_group("browser"))
    # Together and last, also in random order: other tests find no driver's event loop.
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
    if driving and (reason := lanes.why_no_browser()):
        for item in driving:
            item.add_marker(pytest.mark.skip(reason=reason))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reasons = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    for lane in (lanes.NO_CHROMIUM, lanes.NO_DRIVER):
        if shut := sum(lane in reason for reason in reasons):
            terminalreporter.section("NOT TESTED", sep="!", red=True, bold=True)
            terminalreporter.line(f"BROWSER TESTS THAT DID NOT RUN: {shut}. {lane}", red=True)


def pytest_configure() -> None:
    """Make Django ready before the tests are collected: they import our rooms at their top."""
    import django
    from django.conf import settings as django_settings

    # The real hash takes a third of a second on purpose; here nobody attacks.
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    django.setup()


def pytest_sessionstart() -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        clear_up_after_the_killed()


def pytest_unconfigure() -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        put_away(RUN)


def put_away(folder: Path) -> None:
    postgres.stop(folder)
    shutil.rmtree(folder, ignore_errors=True)


def clear_up_after_the_killed() -> None:
    """Stop the servers of runs that could not stop their own."""
    for folder in RUN.parent.glob(f"{PREFIX}*"):
        process = folder.name.removeprefix(PREFIX).partition("-")[0]
        ours = folder.stat().st_uid == os.geteuid()
        if ours and process.isdigit() and not Path(f"/proc/{process}").exists():
            put_away(folder)
