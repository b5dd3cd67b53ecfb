"""Read a file, judge it, and say what was found."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from .canonical import LONGEST_LINE, Malformed, mapping, parse  # noqa: TID252
from .chain import Log  # noqa: TID252
from .notes import Key, Witness  # noqa: TID252
from .report import Bad, Report  # noqa: TID252
from .swift import Swift  # noqa: TID252

FORMATS = ("plateward-log/1", "plateward-log/2")
_AT_ONCE = 1 << 17  # bytes held in memory


class Unusable(Exception):
    """Nothing can be said of the log: the file or an argument is not what it should be."""


def check(
    path: Path,
    *,
    vkey: str | None = None,
    kept: Sequence[str] = (),
    witnesses: Sequence[str] = (),
    watch: Callable[[int], object] = lambda _: None,
) -> Report:
    """Raises Unusable. The log must agree with checkpoints `kept` from earlier or elsewhere, and
    each of `witnesses` (verifier keys) must have cosigned a checkpoint in the file."""
    try:
        with path.open("rb") as file:
            promised, named = _header(parse(file.readline(LONGEST_LINE + 1)))
            key = Key(named if vkey is None else vkey)
            opened = [checkpoint for checkpoint in map(key.open, kept) if checkpoint[0]]
            log = Log(key, opened, [Witness(witness) for witness in witnesses])
            bad = _read(log, file, promised, watch)
    except (Malformed, OSError) as error:
        what = "The log, a key or a kept checkpoint" if kept or witnesses else "The log or the key"
        raise Unusable(f"{what} cannot be used: {error}.") from error
    report = log.report
    report.entries, report.ok = log.size, bad is None
    if bad is not None:
        report.first_bad_index, report.last_bad_index, report.why = bad.first, bad.last, str(bad)
        report.line = bad.line or report.line
    report.warnings = tuple(_warnings(log, given=vkey is not None))
    return report


def _header(line: dict[str, object]) -> tuple[int, str]:
    header = mapping(line.get("header"))
    if header.get("format") not in FORMATS or type(header.get("entries")) is not int:
        raise Malformed(f"the header is not one of the formats {', '.join(FORMATS)}")
    return int(str(header["entries"])), str(mapping(header, "entries", "format", "vkey")["vkey"])


def _read(log: Log, file: BinaryIO, promised: int, watch: Callable[[int], object]) -> Bad | None:
    raw, swift = b"", Swift(log)
    try:
        for lines in _batches(file, watch):
            at = 0
            while at < len(lines):
                if not log.suspect:
                    at = swift.take(lines, at)
                if at < len(lines):
                    raw = lines[at]
                    log.report.line += 1
                    log.take(parse(raw))
                    at += 1
        log.finish(promised)
    except Malformed as error:
        first = {b'{"pri': log.size - 1, b'{"che': log.report.proven}.get(raw[:5], log.size)
        return log.suspect or Bad(first, first, str(error))
    except Bad as bad:
        return log.suspect or bad
    return None


def _batches(file: BinaryIO, watch: Callable[[int], object]) -> Iterator[list[bytes]]:
    """Whole lines, many at a time. Only the file's last, or one that is too long, is cut."""
    rest = b""
    while read := file.read(_AT_ONCE):
        watch(len(read))
        lines = (rest + read).splitlines(keepends=True)
        rest = b"" if lines[-1].endswith(b"\n") else lines.pop()
        yield lines
        if len(rest) > LONGEST_LINE:
            break
    if rest:
        yield [rest]


def _warnings(log: Log, *, given: bool) -> Iterator[str]:
    report = log.report
    if not given:
        yield (
            "The key was taken from the file itself, so this shows only that the file agrees "
            "with itself. Get the key from another place and pass it with --key"
        )
    if report.withheld:
        yield f"{report.withheld} entries are withheld: proven to be there, but not shown"
    for name, entries in report.witnessed.items():
        if 0 < entries < log.size:
            yield f"Entries {entries} to {log.size - 1} are not yet witnessed by {name}"
    if log.time > (datetime.now(UTC) + timedelta(minutes=5)).isoformat():
        yield f"The log reaches {log.time}, which this machine's clock calls the future"
