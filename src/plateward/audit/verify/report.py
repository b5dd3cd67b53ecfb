"""What was found, as data and in words."""

from collections.abc import Mapping
from dataclasses import dataclass, field


class Bad(Exception):
    """An entry from `first` to `last` is wrong; which one is known where they are equal."""

    def __init__(self, first: int, last: int, why: str, line: int = 0) -> None:
        super().__init__(why)
        self.first, self.last, self.line = max(first, 0), max(first, last, 0), line


@dataclass(slots=True)
class Report:
    """Filled in as the log is read. `…_fields`: in how many entries each name is so."""

    key: str
    ok: bool = False
    entries: int = 0
    proven: int = 0  # entries covered by a checkpoint that holds
    checkpoints: int = 0
    signed_at: str = ""
    withheld: int = 0
    private_shown: int = 0
    private_not_shown: int = 0
    withheld_fields: dict[str, int] = field(default_factory=dict)
    erased_fields: dict[str, int] = field(default_factory=dict)
    witnessed: dict[str, int] = field(default_factory=dict)  # by witness: entries it stands for
    witnessed_at: dict[str, str] = field(default_factory=dict)
    first_bad_index: int | None = None
    last_bad_index: int | None = None
    line: int = 1
    why: str = ""
    warnings: tuple[str, ...] = ()


def words(report: Report) -> str:
    lines = _verdict(report)
    if report.proven:
        lines += [f"Proven: entries 0 to {report.proven - 1}. Last signed: {report.signed_at}."]
    lines += [
        f"Witnessed by {name}: entries 0 to {entries - 1}, at {report.witnessed_at[name]}."
        for name, entries in report.witnessed.items()
        if entries
    ]
    lines += _kept_back("Withheld", report.withheld_fields)
    lines += _kept_back("Erased", report.erased_fields)
    lines += [f"Key: {report.key}", *[f"Note: {warning}." for warning in report.warnings]]
    return "\n".join([*lines, ""])


def _verdict(report: Report) -> list[str]:
    first, last = report.first_bad_index, report.last_bad_index
    if first is None:
        return [f"OK: all {report.entries} entries are proven."]
    known = "" if first == last else f" or later, up to {last}: nothing signed tells which"
    lines = [f"NOT OK. First bad index: {first}{known}.", f"Line {report.line}: {report.why}."]
    if report.proven < first:
        lines += [f"Entries {report.proven} to {first - 1} look right but are not proven."]
    return lines


def _kept_back(how: str, fields: Mapping[str, int]) -> list[str]:
    if not fields:
        return []
    named = [f"{name} in {fields[name]}" for name in sorted(fields)]
    return [f"{how} (entries): {', '.join(named)}."]
