"""Other stores with the same reads in clear, each in a process of its own, asked in turn with ours.

They are built the best way that was found for each: a dictionary of plates with a trigram index
beside SQLite's one file, columns for DuckDB and ClickHouse (chdb), and in PostgreSQL one plain
table with a trigram index on the reads. None of them seals, logs, or asks for a permit. DuckDB and
chdb are measured where they are there: `make bench-stores` puts them into a folder of their own.
"""

import importlib
import multiprocessing
import os
import sqlite3
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, ClassVar, Final, Protocol

import psycopg

from bench.questions import SHOWN, Hit, Kind, Question
from bench.traffic import DAY
from plateward import postgres
from plateward.plates.text import fold

ROOT: Final = Path(__file__).resolve().parent.parent
ELSEWHERE: Final = ROOT / ".tools" / "stores"
COLUMNS: Final = (
    *(("id", "bigint"), ("seen", "bigint"), ("camera", "smallint"), ("plate", "text")),
    *(("folded", "text"), ("region", "text"), ("make", "text"), ("model", "text")),
    *(("color", "text"), ("body", "text"), ("heading", "text"), ("confidence", "real")),
    *(("sure", "text"), ("spelling", "text")),
)
NAMES: Final = ", ".join(name for name, _ in COLUMNS)
CLOSE: Final = (Kind.LOOK_ALIKE, Kind.NEAR)
Asked = tuple[str, list[Any]]
Row = Sequence[Any]


class NotThere(Exception):
    """The store is not installed; the message says how to have it."""


class Store(Protocol):
    """One way to keep the reads. `load` is called once, with files of tab-separated rows."""

    title: ClassVar[str]

    def load(self, files: Sequence[Path]) -> None: ...
    def bytes(self) -> int: ...
    def rows(self, asked: Question) -> Sequence[Row]: ...


def answer(store: Store, asked: Question) -> list[Hit] | dict[int, int]:
    """The newest reads, or how many there are on each day since 1970."""
    rows = store.rows(asked)
    if asked.kind is Kind.COUNTS:
        return {int(row[0]): int(row[1]) for row in rows}
    return [Hit(int(row[0]), int(row[1]), str(row[2])) for row in rows[:SHOWN]]


# --- SQLite ---------------------------------------------------------------------------------------


class Sqlite:
    """One file; distinct plates in a table of their own, with FTS5's trigrams over them."""

    title: ClassVar = "SQLite, one file"

    def __init__(self, folder: Path) -> None:
        self._file = folder / "reads.sqlite"
        self._open = sqlite3.connect(self._file, isolation_level=None)
        self._open.executescript(
            "PRAGMA page_size=8192; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
            "PRAGMA cache_size=-400000; PRAGMA mmap_size=8000000000; PRAGMA temp_store=FILE;"
        )

    def load(self, files: Sequence[Path]) -> None:
        typed = ", ".join(f"{name} {_AFFINITY[kind]}" for name, kind in COLUMNS[1:])
        self._open.execute(f"CREATE TABLE reads (id INTEGER PRIMARY KEY, {typed})")
        put = f"INSERT INTO reads VALUES ({', '.join('?' * len(COLUMNS))})"
        for file in files:
            self._open.execute("BEGIN")
            self._open.executemany(put, _read(file))
            self._open.execute("COMMIT")
        self._open.create_function("fold", 1, fold, deterministic=True)
        self._open.executescript(
            "CREATE INDEX by_plate ON reads (plate, seen);"
            "CREATE INDEX by_camera ON reads (camera, seen);"
            "CREATE INDEX by_spelling ON reads (spelling, seen) WHERE spelling IS NOT NULL;"
            "CREATE TABLE plates (id INTEGER PRIMARY KEY, plate TEXT, folded TEXT);"
            "INSERT INTO plates (plate, folded) SELECT plate, fold(plate) FROM "
            "(SELECT DISTINCT plate FROM reads);"
            "CREATE UNIQUE INDEX plates_plate ON plates (plate);"
            "CREATE INDEX plates_folded ON plates (folded);"
            "CREATE VIRTUAL TABLE grams USING fts5"
            "(plate, content='plates', content_rowid='id', tokenize='trigram');"
            "INSERT INTO grams (grams) VALUES ('rebuild'); ANALYZE; PRAGMA journal_mode=WAL;"
        )

    def bytes(self) -> int:
        return self._file.stat().st_size

    def rows(self, asked: Question) -> Sequence[Row]:
        return self._open.execute(*self._sql(asked)).fetchall()

    def _sql(self, asked: Question) -> Asked:
        if asked.kind is Kind.COUNTS:
            return _counted(asked, "?")
        if not asked.plate:
            return _by_camera(asked, "?")
        if asked.kind in CLOSE:
            return self._close(asked)
        which, given = self._plates(asked)
        sql = (
            f"WITH p AS MATERIALIZED ({which}) SELECT r.seen, r.camera, r.plate "
            "FROM p CROSS JOIN reads r WHERE r.plate = p.plate AND r.seen BETWEEN ? AND ? "
            f"ORDER BY r.seen DESC LIMIT {SHOWN + 1}"
        )
        return sql, [*given, asked.since, asked.until]

    def _plates(self, asked: Question) -> Asked:
        match asked.kind:
            case Kind.EXACT:
                return "SELECT ? AS plate", [asked.plate]
            case Kind.WITHIN:
                return "SELECT plate FROM grams WHERE plate GLOB ?", [asked.plate]
            case _:
                # Without a run of three known characters there is no trigram: its beginning helps.
                return f"SELECT plate FROM plates WHERE plate GLOB '{asked.plate}'", []

    def _close(self, asked: Question) -> Asked:
        near = asked.near()
        marks = ",".join("?" * len(near))
        sql = (
            "WITH p AS MATERIALIZED (SELECT plate FROM plates WHERE folded = ? "
            f"UNION SELECT plate FROM plates WHERE plate IN ({marks})), "
            "n AS (SELECT r.id FROM p CROSS JOIN reads r WHERE r.plate = p.plate "
            "AND r.seen BETWEEN ? AND ? "
            "UNION SELECT id FROM reads WHERE spelling = ? AND seen BETWEEN ? AND ?) "
            "SELECT r.seen, r.camera, r.plate FROM n CROSS JOIN reads r WHERE r.id = n.id "
            f"ORDER BY r.seen DESC LIMIT {SHOWN + 1}"
        )
        span = [asked.since, asked.until]
        return sql, [asked.folded, *near, *span, asked.plate, *span]


_AFFINITY: Final = {"bigint": "INTEGER", "smallint": "INTEGER", "text": "TEXT", "real": "REAL"}


def _read(file: Path) -> Iterator[list[str | None]]:
    with file.open(encoding="ascii") as lines:
        for line in lines:
            cells: list[str | None] = [*line.rstrip("\n").split("\t")]
            if cells[-1] == r"\N":
                cells[-1] = None
            yield cells


def _by_camera(asked: Question, mark: str) -> Asked:
    marks = ", ".join(mark for _ in asked.cameras)
    color, given = (f" AND color = {mark}", [asked.color]) if asked.color else ("", [])
    sql = (
        f"SELECT seen, camera, plate FROM reads WHERE camera IN ({marks}) "
        f"AND seen BETWEEN {mark} AND {mark}{color} ORDER BY seen DESC LIMIT {SHOWN + 1}"
    )
    return sql, [*asked.cameras, asked.since, asked.until, *given]


def _counted(asked: Question, mark: str, divided: str = "/") -> Asked:
    day = f"seen {divided} {DAY}"
    return (
        f"SELECT {day}, count(*) FROM reads WHERE seen >= {mark} AND seen < {mark} GROUP BY 1",
        [asked.since, asked.until],
    )


# --- PostgreSQL, plainly --------------------------------------------------------------------------


class PlainPostgres:
    """The same server as ours; one table, not divided; trigrams of every read's plate."""

    title: ClassVar = "PostgreSQL, one plain table"

    def __init__(self, _folder: Path) -> None:
        address = postgres.address(Path(os.environ["PLATEWARD_HOME"]))
        with psycopg.connect(address, autocommit=True) as first:
            first.execute("CREATE DATABASE plain")
        self._open = psycopg.connect(
            address, dbname="plain", autocommit=True, prepare_threshold=None
        )
        self._open.execute("SET maintenance_work_mem = '1GB'")

    def load(self, files: Sequence[Path]) -> None:
        typed = ", ".join(f"{name} {kind}" for name, kind in COLUMNS)
        self._run("CREATE EXTENSION pg_trgm", f"CREATE TABLE reads ({typed})")
        for file in files:
            with self._open.cursor().copy("COPY reads FROM STDIN") as into, file.open("rb") as rows:
                while some := rows.read(1 << 20):
                    into.write(some)
        self._run(
            "ALTER TABLE reads ADD PRIMARY KEY (id)",
            "CREATE INDEX ON reads (plate text_pattern_ops, seen)",
            "CREATE INDEX ON reads (folded, seen)",
            "CREATE INDEX ON reads (camera, seen)",
            "CREATE INDEX ON reads (spelling, seen) WHERE spelling IS NOT NULL",
            "CREATE INDEX ON reads USING gin (plate gin_trgm_ops)",
            "VACUUM ANALYZE reads",
        )

    def _run(self, *statements: str) -> None:
        for each in statements:
            self._open.execute(each.encode())

    def bytes(self) -> int:
        [(size,)] = self._open.execute("SELECT pg_total_relation_size('reads')").fetchall()
        return int(size)

    def rows(self, asked: Question) -> Sequence[Row]:
        sql, given = self._sql(asked)
        return self._open.execute(sql.encode(), given).fetchall()

    def _sql(self, asked: Question) -> Asked:
        if asked.kind is Kind.COUNTS:
            return _counted(asked, "%s")
        if not asked.plate:
            return _by_camera(asked, "%s")
        given: list[Any]
        match asked.kind:
            case Kind.EXACT:
                where, given = "plate = %s", [asked.plate]
            case Kind.LOOK_ALIKE | Kind.NEAR:
                where = "(folded = %s OR plate = ANY(%s) OR spelling = %s)"
                given = [asked.folded, asked.near(), asked.plate]
            case _:
                where, given = "plate LIKE %s", [asked.plate.translate(_LIKE)]
        sql = (
            f"SELECT seen, camera, plate FROM reads WHERE {where} AND seen BETWEEN %s AND %s "
            f"ORDER BY seen DESC LIMIT {SHOWN + 1}"
        )
        return sql, [*given, asked.since, asked.until]


_LIKE: Final = str.maketrans("?*", "_%")


# --- columns --------------------------------------------------------------------------------------


class _Columns:
    """What DuckDB and ClickHouse share: no index on plates, so the column is read."""

    def _sql(self, asked: Question) -> str:
        if asked.kind is Kind.COUNTS:
            return _written(*_counted(asked, "?", self.divided))
        if not asked.plate:
            return _written(*_by_camera(asked, "?"))
        match asked.kind:
            case Kind.EXACT:
                where = f"plate = '{asked.plate}'"
            case Kind.LOOK_ALIKE | Kind.NEAR:
                near = ", ".join(f"'{each}'" for each in asked.near())
                where = f"(folded = '{asked.folded}' OR plate IN ({near})"
                where += f" OR spelling = '{asked.plate}')"
            case _:
                where = f"plate LIKE '{asked.plate.translate(_LIKE)}'"
        return (
            f"SELECT seen, camera, plate FROM reads WHERE {where} "
            f"AND seen BETWEEN {asked.since} AND {asked.until} "
            f"ORDER BY seen DESC LIMIT {SHOWN + 1}"
        )

    divided: ClassVar[str]


class DuckDb(_Columns):
    title: ClassVar = "DuckDB"
    divided: ClassVar = "//"

    def __init__(self, folder: Path) -> None:
        self._file = folder / "reads.duckdb"
        self._open = _library("duckdb").connect(str(self._file))
        self._open.execute("SET memory_limit = '4GB'")

    def load(self, files: Sequence[Path]) -> None:
        typed = ", ".join(f"'{name}': '{_DUCK[kind]}'" for name, kind in COLUMNS)
        create = f"CREATE TABLE reads ({', '.join(f'{n} {_DUCK[k]}' for n, k in COLUMNS)})"
        self._open.execute(create)
        for file in files:
            self._open.execute(
                f"INSERT INTO reads SELECT * FROM read_csv('{file}', delim='\t', header=false, "
                rf"nullstr='\N', quote='', escape='', columns={{{typed}}})"
            )
        self._open.execute("CHECKPOINT")

    def bytes(self) -> int:
        return self._file.stat().st_size

    def rows(self, asked: Question) -> Sequence[Row]:
        found: list[Row] = self._open.execute(self._sql(asked)).fetchall()
        return found


_DUCK: Final = {"bigint": "BIGINT", "smallint": "SMALLINT", "text": "VARCHAR", "real": "FLOAT"}


class ClickHouse(_Columns):
    """Sorted by plate, with a projection by camera and one that counts days."""

    title: ClassVar = "ClickHouse (chdb)"
    divided: ClassVar = "DIV"

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "chdb"
        self._open = _library("chdb.session").Session(str(self._folder))

    def load(self, files: Sequence[Path]) -> None:
        typed = ", ".join(f"{name} {_clicked(name, kind)}" for name, kind in COLUMNS)
        self._open.query("CREATE DATABASE IF NOT EXISTS store")
        self._open.query("USE store")
        self._open.query(
            f"CREATE TABLE reads ({typed}, PROJECTION by_camera (SELECT * ORDER BY camera, seen), "
            f"PROJECTION by_day (SELECT seen DIV {DAY}, count() GROUP BY seen DIV {DAY})) "
            "ENGINE = MergeTree ORDER BY (plate, seen)"
        )
        for file in files:
            self._open.query(f"INSERT INTO reads SELECT * FROM file('{file}', TSV, '{typed}')")
        self._open.query("OPTIMIZE TABLE reads FINAL")

    def bytes(self) -> int:
        told = self._open.query(
            "SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND table = 'reads'", "TSV"
        )
        return int(str(told).strip())

    def rows(self, asked: Question) -> Sequence[Row]:
        told = str(self._open.query(self._sql(asked), "TSV"))
        return [line.split("\t") for line in told.splitlines()]


_CLICK: Final = {"bigint": "Int64", "smallint": "Int16", "real": "Float32", "text": "String"}
_FEW_WORDS: Final = frozenset(("region", "make", "model", "color", "body", "heading"))


def _clicked(name: str, kind: str) -> str:
    if name == "spelling":
        return "Nullable(String)"
    return f"LowCardinality({_CLICK[kind]})" if name in _FEW_WORDS else _CLICK[kind]


def _written(sql: str, given: Sequence[Any]) -> str:
    """With its values in it; they are our own numbers and words."""
    for value in given:
        sql = sql.replace("?", f"'{value}'" if isinstance(value, str) else str(value), 1)
    return sql


def _library(name: str) -> Any:
    if ELSEWHERE.is_dir() and str(ELSEWHERE) not in sys.path:
        sys.path.append(str(ELSEWHERE))
    try:
        return importlib.import_module(name)
    except ImportError as missing:
        raise NotThere(
            f"{name.partition('.')[0]} is not installed. `make bench-stores` fetches it."
        ) from missing


STORES: Final[tuple[type[Any], ...]] = (Sqlite, PlainPostgres, DuckDb, ClickHouse)


# --- a process each -------------------------------------------------------------------------------


@dataclass(slots=True)
class Beside:
    """A store in its own process. `why`: why it is not measured, empty where it is."""

    title: str
    line: Connection
    process: multiprocessing.process.BaseProcess
    why: str = ""
    loaded: float = 0.0
    size: int = 0

    def load(self, files: Sequence[Path]) -> None:
        """Begin; `wait_loaded` tells when it is done."""
        self.line.send([str(file) for file in files])

    def wait_loaded(self) -> None:
        try:
            self.why, self.loaded, self.size = self.line.recv()
        except EOFError:
            self.why = "its process ended while it took the reads in; what it said is above"

    def ask(self, asked: Question) -> tuple[float, Any]:
        """Milliseconds as the store's own process has them, and what it said."""
        self.line.send(asked)
        spent, said = self.line.recv()
        return spent, said

    def close(self) -> None:
        self.line.close()
        self.process.join(timeout=20)
        if self.process.is_alive():
            self.process.terminate()


def start(kind: type[Any], folder: Path) -> Beside:
    ours, theirs = multiprocessing.Pipe()
    own = folder / kind.__name__.lower()
    own.mkdir()
    spawn = multiprocessing.get_context("spawn")
    process = spawn.Process(target=_serve, args=(kind, own, theirs), daemon=True)
    process.start()
    theirs.close()
    return Beside(kind.title, ours, process)


def _serve(kind: type[Any], folder: Path, line: Connection) -> None:
    files = [Path(file) for file in line.recv()]
    began = time.perf_counter()
    try:
        store: Store = kind(folder)
        store.load(files)
    except NotThere as missing:
        line.send((str(missing), 0.0, 0))
        return
    line.send(("", time.perf_counter() - began, store.bytes()))
    while True:
        try:
            asked: Question = line.recv()
        except EOFError:
            return
        began = time.perf_counter()
        said = answer(store, asked)
        line.send((1000 * (time.perf_counter() - began), said))
