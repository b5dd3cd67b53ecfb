"""What a schema cannot see: whether the parts of a profile make sense together.

Every check looks only at what has the right shape, so that it can run beside the schema and every
error is listed at once.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from plateward.policy import filling, laws, preconditions, purposes, shape
from plateward.policy.document import Error
from plateward.policy.periods import NotAPeriod, Period
from plateward.policy.profile import STRUCTURAL_FIELDS
from plateward.policy.silence import Answer, Silence
from plateward.policy.strictness import may_be_shorter
from plateward.policy.vocabulary import UPKEEP_ACTIONS
from plateward.policy.wording import nearest, shown

LONGEST_READS_YEARS = 10
_PERIODS = frozenset(
    {
        "period",
        "max_lateness",
        "min_period",
        "max_period",
        "max_after_case_resolution",
        "older_than",
        "within",
    }
)
Check = Callable[[Any], Iterator[Error]]


def errors(document: Any) -> list[Error]:
    return [error for check in _CHECKS for error in check(document)]


def warnings(document: Any) -> list[Error]:
    """What a person should look at; none of it stops a profile."""
    return [warning for check in (_readings, _vague_words) for warning in check(document)]


def answer_errors(open_to: Iterable[Silence], answers: Iterable[Answer]) -> list[Error]:
    """What is wrong with the answers themselves; an answer that is not there is no error here."""
    silent = {silence.path: silence for silence in open_to}
    found: list[Error] = []
    seen: set[str] = set()
    for answer in answers:
        if answer.path not in silent:
            reason = "The text of this profile is not silent here." + nearest(answer.path, silent)
            found.append(Error(answer.path, reason))
        elif answer.path in seen:
            found.append(Error(answer.path, "This is answered twice"))
        elif silent[answer.path].must_fill:
            found.append(Error(answer.path, "No answer fills this: write it into the file itself"))
        else:
            found += _one_answer(answer, silent[answer.path].default)
        seen.add(answer.path)
    return found


def _one_answer(answer: Answer, default: Any) -> Iterator[Error]:
    if not answer.by.strip():
        yield Error(answer.path, "An answer needs the name of the person who gives it")
    if not answer.why.strip():
        yield Error(answer.path, "An answer needs a reason")
    if answer.accepted_default and answer.value != default:
        yield Error(answer.path, "This says it accepts the default but holds another value")
    if answer.value is None or answer.value == default:
        return
    if not shape.fits(answer.path, answer.value) and shape.place(answer.path) is not None:
        yield Error(answer.path, f"{shown(answer.value)} cannot stand here")


def _at(document: Any, path: str) -> Any:
    here = document
    for part in path.split("."):
        if not isinstance(here, Mapping) or part not in here:
            return None
        here = here[part]
    return here


def _words(document: Any, path: str) -> list[str]:
    held = _at(document, path)
    return [item for item in held if isinstance(item, str)] if isinstance(held, list) else []


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _timezone(document: Any) -> Iterator[Error]:
    zone = _at(document, "timezone")
    if isinstance(zone, str) and zone and zone not in _zones():
        hint = nearest(zone, _zones())
        yield Error("timezone", f'There is no time zone "{zone}".{hint}')


def _dates(document: Any) -> Iterator[Error]:
    for path, value in _leaves(_at(document, "instrument"), "instrument"):
        if not isinstance(value, str) or not re.search(_pattern_of("instrument.adopted_on"), value):
            continue
        try:
            date.fromisoformat(value)
        except ValueError:
            yield Error(path, f"{value} is not a day of the calendar")


def _pattern_of(path: str) -> str:
    pattern: str = (shape.place(path) or {})["pattern"]
    return pattern


def _periods(document: Any) -> Iterator[Error]:
    for path, value in _leaves(document, ""):
        if not isinstance(value, str) or not _is_period(path):
            continue
        try:
            period = Period.parse(value)
        except NotAPeriod as problem:
            if re.search(_pattern_of("retention.reads.period"), value):
                yield Error(path, str(problem))  # otherwise the schema has said so
            continue
        if period.is_empty:
            yield Error(path, f"{value} is no time at all")


def _is_period(path: str) -> bool:
    last = path.rpartition(".")[2]
    return last in _PERIODS or last.endswith(("every", "_after", "_kept"))


def _reads_end(document: Any) -> Iterator[Error]:
    path = "retention.reads.period"
    period = _period_at(document, path)
    if period is None:
        return
    if period.months + period.exact.days / 30 > LONGEST_READS_YEARS * 12:
        reason = f"{period.text} is longer than {LONGEST_READS_YEARS} years: reads must have an end"
        yield Error(path, reason)
    late = _period_at(document, "retention.reads.max_lateness")
    if late is not None and (late.months, late.exact) >= (period.months, period.exact):
        yield Error("retention.reads.max_lateness", "is as long as the reads are kept")


def log_ends_too_soon(document: Any) -> Iterator[Error]:
    """Asked of the text alone, and again once answers and laws are in place."""
    least = _period_at(document, "retention.audit_log.min_period")
    path = "retention.audit_log.max_period"
    most = _period_at(document, path)
    if least is not None and most is not None and may_be_shorter(most, least):
        reason = f"{most.text} is shorter than {least.text}, which the log is kept at least"
        yield Error(path, reason)


def _period_at(document: Any, path: str) -> Period | None:
    value = _at(document, path)
    try:
        return Period.parse(value) if isinstance(value, str) else None
    except NotAPeriod:
        return None


def _fields(document: Any) -> Iterator[Error]:
    for name in sorted(STRUCTURAL_FIELDS):
        if _at(document, f"collection.fields.{name}") == "forbidden":
            reason = "cannot be forbidden: retention and the audit log stand on it"
            yield Error(f"collection.fields.{name}", reason)


def _purposes(document: Any) -> Iterator[Error]:
    authorised = _words(document, "purposes.authorised")
    for code in sorted(set(authorised) & set(_words(document, "purposes.prohibited"))):
        yield Error("purposes.prohibited", f"{code} is both authorised and prohibited")
    if "other" in authorised:
        reason = "other is not a purpose: write mode: open_list, and it goes to legal review"
        yield Error("purposes.authorised", reason)
    if _at(document, "purposes.mode") == "open_list" and (
        _at(document, "purposes.beyond_policy") in (None, "forbidden")
    ):
        reason = "an open list must say what happens beyond it, such as prior_legal_review"
        yield Error("purposes.beyond_policy", reason)
    yield from _excluded(document, authorised)


def _excluded(document: Any, authorised: list[str]) -> Iterator[Error]:
    excluded = {
        "code_enforcement": {purposes.Meaning.CODE_ENFORCEMENT},
        "traffic_or_parking": {purposes.Meaning.TRAFFIC, purposes.Meaning.PARKING},
    }
    for key, meanings in excluded.items():
        if _at(document, f"purposes.{key}") != "forbidden":
            continue
        for code in authorised:
            if purposes.known(code).covers & meanings:
                yield Error(f"purposes.{key}", f"is forbidden, yet {code} is authorised")


def _roles(document: Any) -> Iterator[Error]:
    rows = _at(document, "access.roles")
    seen: set[str] = set()
    for number, row in enumerate(rows if isinstance(rows, list) else ()):
        code = row.get("code") if isinstance(row, Mapping) else None
        if not isinstance(code, str):
            continue
        if code in seen:
            yield Error(f"access.roles[{number}].code", f"There are two roles {code}")
        seen.add(code)
        yield from _vendor_role(document, number, row)


def _preconditions(document: Any) -> Iterator[Error]:
    """A word that no rule here holds anybody to would be a promise without a keeper."""
    rows = _at(document, "access.roles")
    roles = [
        row["code"]
        for row in (rows if isinstance(rows, list) else ())
        if isinstance(row, Mapping) and isinstance(row.get("code"), str)
    ]
    for number, word in enumerate(_words(document, "access.preconditions")):
        if not preconditions.is_known(word, roles):
            hint = nearest(word, preconditions.MET_BY)
            reason = f"No rule holds people to the precondition {shown(word)}.{hint}"
            yield Error(f"access.preconditions[{number}]", reason)


def _vendor_role(document: Any, number: int, row: Mapping[str, Any]) -> Iterator[Error]:
    outside = row.get("org") in ("contractor", _at(document, "program.named_vendor"))
    actions = row.get("actions")
    if _at(document, "vendor.access") is None or not outside or not isinstance(actions, list):
        return
    beyond = sorted(str(action) for action in actions if action not in UPKEEP_ACTIONS)
    if beyond:
        reason = f"vendor.access keeps the vendor from reads, yet this role may {', '.join(beyond)}"
        yield Error(f"access.roles[{number}].actions", reason)


def _laws(document: Any) -> Iterator[Error]:
    state = _at(document, "state")
    if not isinstance(state, str) or not state.isupper() or len(state) != 2:
        return  # the schema has said so; every law would look foreign
    named = [
        (f"governing_law[{number}]", law)
        for number, law in enumerate(_words(document, "governing_law"))
    ]
    breach = _at(document, "breach.law")
    if isinstance(breach, str):
        named.append(("breach.law", breach))
    for path, law in named:
        reason = laws.wrong(law, state)
        if reason is not None:
            yield Error(path, reason)


def _silences(document: Any) -> Iterator[Error]:
    silent = _at(document, "silent")
    for path in silent if isinstance(silent, Mapping) else ():
        if not shape.can_be_asked(path):
            hint = nearest(path, shape.all_paths())
            yield Error(f"silent.{path}", f'No profile has a place "{path}".{hint}')


def _reports(document: Any) -> Iterator[Error]:
    rows = _at(document, "reports")
    codes = [
        row.get("code")
        for row in (rows if isinstance(rows, list) else ())
        if isinstance(row, Mapping)
    ]
    for number, code in enumerate(codes):
        if code in codes[:number]:
            yield Error(f"reports[{number}].code", f"There are two reports {code}")


def _window(document: Any) -> Iterator[Error]:
    days = _at(document, "transparency.window_days")
    if isinstance(days, int) and not isinstance(days, bool) and not 1 <= days <= 3660:
        yield Error("transparency.window_days", f"must be between 1 and 3660 days, not {days}")


def _tiers(document: Any) -> Iterator[Error]:
    rows, tiers = _at(document, "access.roles"), _at(document, "access.age_tiers")
    held = rows if isinstance(rows, list) else []
    codes = [str(row.get("code")) for row in held if isinstance(row, Mapping)]
    for number, tier in enumerate(tiers if isinstance(tiers, list) else ()):
        named = tier.get("roles") if isinstance(tier, Mapping) else None
        for code in named if isinstance(named, list) else ():
            if code not in codes:
                reason = f"There is no role {code} here.{nearest(str(code), codes)}"
                yield Error(f"access.age_tiers[{number}].roles", reason)


def _readings(document: Any) -> Iterator[Error]:
    adopted = _at(document, "instrument.adopted_on")
    second = _at(document, "instrument.second_reading")
    if isinstance(adopted, str) and isinstance(second, str) and adopted < second:
        reason = f"{adopted} is before the second reading ({second}): ask the clerk which is right"
        yield Error("instrument.adopted_on", reason)


def _vague_words(document: Any) -> Iterator[Error]:
    if _at(document, "audits.every") == "regular":
        yield Error("audits.every", '"regular" is not a number: the city must name one')


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, held in value.items():
            if path or key != "silent":
                yield from _leaves(held, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for number, held in enumerate(value):
            yield from _leaves(held, f"{path}[{number}]")
    else:
        yield path, value


_CHECKS: tuple[Check, ...] = (
    _timezone,
    _dates,
    _periods,
    _reads_end,
    log_ends_too_soon,
    _fields,
    _purposes,
    _roles,
    _preconditions,
    _laws,
    _silences,
    _reports,
    _window,
    _tiers,
    filling.errors,
)
