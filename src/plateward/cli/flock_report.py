"""Say in words how a Flock contract was used: the report that an auditor reads."""

from collections.abc import Iterator
from typing import Final

from plateward.cli.printable import printable
from plateward.oversight.flock_use import Use

_MOST_LINES: Final = 20
_MOST_AGENCIES: Final = 10


def lines(use: Use, city: str, entry: int | None) -> Iterator[str]:
    yield f"Use of Flock, held against the policy of {city}"
    yield f"{use.kind.replace('_', ' ')}, SHA-256 {use.sha256}"
    if use.first_at and use.last_at:
        yield f"{use.first_at:%Y-%m-%d %H:%M} to {use.last_at:%Y-%m-%d %H:%M} UTC"
    yield from _what(use)
    yield ""
    yield from _findings(use)
    if use.left_out:
        yield f"{use.left_out} rows could not be read: `plateward intake show flock FILE` says why."
    yield "No plate is in this report; the lines are those of the file."
    if entry is not None:
        yield f"Its numbers are entry {entry} of the log."


def _what(use: Use) -> Iterator[str]:
    if use.searches:
        yield f"{use.searches} searches by {use.people} people"
    for agency, searches in use.others[:_MOST_AGENCIES]:
        yield f"  {searches:6} by {printable(agency)}"
    if len(use.others) > _MOST_AGENCIES:
        yield f"  and {len(use.others) - _MOST_AGENCIES} other agencies"
    for act, often in use.acts:
        yield f"  {often:6} {printable(act)}"
    if use.shared_with_us or use.shared_by_us:
        yield f"{use.shared_by_us} agencies see our cameras, {use.shared_with_us} let us see theirs"


def _findings(use: Use) -> Iterator[str]:
    if use.searches and not use.findings:
        yield "No rule of this report found anything to look at."
    for found in use.findings:
        rests = f" ({', '.join(found.clauses)})" if found.clauses else ""
        often = len(found.lines)
        yield f"{often:6} {found.words}{rests}"
        shown = ", ".join(str(line) for line in found.lines[:_MOST_LINES])
        more = f" and {often - _MOST_LINES} more" if often > _MOST_LINES else ""
        yield f"       line{'' if often == 1 else 's'} {shown}{more}"
