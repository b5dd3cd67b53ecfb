"""How a Flock contract was used, under the city's own policy: numbers and lines, never plates.

Reasons in Flock are free text. What is said here is for an auditor to look at: a rule that fires is
a question, not a verdict. Each finding names lines of the file, which the auditor has.
"""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from plateward.audit import log
from plateward.intake.adapters.flock_audits import Audit, Search
from plateward.policy import reasons
from plateward.policy.profile import Profile
from plateward.policy.purposes import Meaning

REPEATED: Final = 3  # searches for one plate by one person …
REPEATED_OVER: Final = timedelta(days=14)  # … over at least so long
BROAD: Final = 100  # networks in one search: more than any region has
MANY_PLATES: Final = 10  # under one case number
# What the words of a reason or an offence mean. OTHER is on no city's list.
_WORDS: Final[Mapping[Meaning, str]] = {
    Meaning.OTHER: "immigration|ice|hsi|ero|cbp|deport\\w*|protest\\w*|rally|abortion|reproductive",
    Meaning.CRIME: (
        "homicide|murder|manslaughter|robbery|assault|battery|burglary|theft|larceny|fraud|forgery|"
        "shooting|shots|kidnap\\w*|abduct\\w*|rape|sex\\w*|narcotics?|drugs?|weapons?|arson|dui|"
        "dwi|hit (?:and|&) run|homicides|carjack\\w*|vandalism|stalking|crime|criminal|suspect"
    ),
    Meaning.STOLEN_VEHICLE: "stolen (?:vehicle|car|auto|truck|motorcycle)|auto theft|uumv",
    Meaning.STOLEN_PLATE: "stolen (?:plate|tag)s?",
    Meaning.STOLEN_PROPERTY: "stolen (?:property|trailer)",
    Meaning.WANTED_VEHICLE: "wanted|bolo|attempt to locate|atl",
    Meaning.WARRANT: "warrants?",
    Meaning.MISSING_PERSON: "missing|amber|silver alert|endangered|runaway|suicidal",
    Meaning.EMERGENCY: "emergency|welfare check|check (?:the )?well-?being",
    Meaning.HOTLIST_CHECK: "hot ?list|hit confirmation",
    Meaning.EVIDENCE: "evidence|prosecution|subpoena",
    Meaning.TRAFFIC: "traffic|speeding|registration|insurance|expired tags?",
    Meaning.PARKING: "parking|booting?",
    Meaning.CODE_ENFORCEMENT: "code enforcement|ordinance|abandoned vehicle|dumping",
    Meaning.ADMINISTRATIVE: "administrative|employment|background|internal affairs|civil",
    Meaning.PATROL: "patrol|proactive",
    Meaning.SURVEILLANCE: "surveillance",
    Meaning.HOMELAND_SECURITY: "homeland|terror\\w*",
}
_MEANINGS: Final = {
    meaning: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for meaning, words in _WORDS.items()
}


@dataclass(frozen=True, slots=True)
class Finding:
    """`lines`: where each search or group of them begins in the file. `clauses`: of the city."""

    rule: str
    words: str
    lines: tuple[int, ...]
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Use:
    """One file. `others`: searches by each agency that is not ours, most first."""

    sha256: str
    kind: str
    searches: int
    people: int
    first_at: datetime | None
    last_at: datetime | None
    others: tuple[tuple[str, int], ...]
    acts: tuple[tuple[str, int], ...]
    shared_with_us: int
    shared_by_us: int
    findings: tuple[Finding, ...]
    left_out: int


def of(raw: bytes, audit: Audit, profile: Profile, *, ours: frozenset[str] = frozenset()) -> Use:
    """`ours`: names under which the city's own people search, beside those its policy has."""
    mine = {_plain(name) for name in ours | {role.org for role in profile.roles.values()}}
    others = Counter(
        search.organization
        for search in audit.searches
        if search.organization and _plain(search.organization) not in mine
    )
    times = [search.searched_at for search in audit.searches] + [act.at for act in audit.acts]
    return Use(
        sha256=hashlib.sha256(raw).hexdigest(),
        kind=audit.kind,
        searches=len(audit.searches),
        people=len({(each.organization, each.person) for each in audit.searches if each.person}),
        first_at=min(times, default=None),
        last_at=max(times, default=None),
        others=tuple(others.most_common()),
        acts=tuple(Counter(f"{each.entity}: {each.act}" for each in audit.acts).most_common()),
        shared_with_us=sum(bool(each.shared_with_us) for each in audit.shares),
        shared_by_us=sum(bool(each.shared_by_us) for each in audit.shares),
        findings=tuple(_findings(audit.searches, profile, mine)),
        left_out=len(audit.left_out),
    )


def note(use: Use, city: str, *, by: str) -> int:
    """Write into the city's log that it was looked at, and the numbers; return the entry."""
    return log.append(
        actor=by,
        act="oversight:flock:audit",
        outcome="done",
        city=city,
        facts={
            "file": use.sha256,
            "kind": use.kind,
            "searches": use.searches,
            "by_others": sum(often for _, often in use.others),
            "found": {each.rule: len(each.lines) for each in use.findings},
        },
    )


def _findings(searches: Sequence[Search], profile: Profile, mine: set[str]) -> Iterable[Finding]:
    """Those that fire, the gravest first."""
    purposes, cases = ("purposes.authorised",), ("access.query_gate",)
    rules: tuple[tuple[str, str, Callable[[Search], bool], tuple[str, ...]], ...] = (
        ("outside_purposes", "names a purpose that is not on the city's list",
         lambda each: _is_outside(each, profile), purposes),
        ("no_reason", "gives no reason", _has_no_reason, cases),
        ("vague_reason", "gives a reason that says nothing", _is_vague, cases),
        ("no_case", "names no case", lambda each: _has_no_case(each, profile), cases),
        ("other_agency", "was made by another agency",
         lambda each: _plain(each.organization or "") not in {*mine, ""}, ("sharing.recipients",)),
        ("too_old", "asks for what the city's own period would have deleted",
         lambda each: _asks_too_far_back(each, profile), ("retention.reads",)),
        ("broad", f"asks more than {BROAD} networks at once",
         lambda each: (each.networks or 0) > BROAD, ()),
        ("warned", "was warned about or stopped by Flock's own moderation",
         lambda each: each.moderation is not None, ()),
        ("masked", "has cells that were blacked out, and cannot be audited",
         lambda each: bool({"plate", "reason", "case", "person"} & set(each.masked)), ()),
    )  # fmt: skip
    for rule, words, fires, about in rules:
        lines = tuple(each.line for each in searches if fires(each))
        if lines:
            yield Finding(rule, words, lines, _clauses(profile, about))
    yield from _groups(searches)


def _groups(searches: Sequence[Search]) -> Iterable[Finding]:
    """What shows only over several searches. A plate holds them together and is not told."""
    by_target: dict[tuple[str, str, str], list[Search]] = defaultdict(list)
    by_case: dict[tuple[str, str], list[Search]] = defaultdict(list)
    for each in searches:
        if each.plate_asked and each.person:
            where = (each.organization or "", each.person, each.plate or each.plate_asked)
            by_target[where].append(each)
        if each.plate and each.case:
            by_case[each.organization or "", _plain(each.case)].append(each)
    repeated = [group for group in by_target.values() if _is_repeated(group)]
    if repeated:
        yield Finding(
            "repeated_plate",
            f"one person searched for one plate {REPEATED} times or more, over "
            f"{REPEATED_OVER.days} days or more",
            tuple(group[0].line for group in repeated),
        )
    many = [group for group in by_case.values() if len({e.plate for e in group}) >= MANY_PLATES]
    if many:
        yield Finding(
            "one_case_many_plates",
            f"one case number stands for {MANY_PLATES} plates or more",
            tuple(group[0].line for group in many),
        )


def _is_repeated(group: list[Search]) -> bool:
    times = [each.searched_at for each in group]
    return len(group) >= REPEATED and max(times) - min(times) >= REPEATED_OVER


def _said(search: Search) -> str:
    return " ".join(filter(None, (search.reason, search.offense)))


def _has_no_reason(search: Search) -> bool:
    return not _said(search) and not {"reason", "offense"} & set(search.masked)


def _is_vague(search: Search) -> bool:
    said = _said(search)
    return bool(said) and not (_meanings(said) or _case_in(said)) and reasons.is_vague(said)


def _has_no_case(search: Search, profile: Profile) -> bool:
    if profile.gate.case_reference == "none" or "case" in search.masked:
        return False
    return not (_is_number(search.case or "") or _case_in(search.reason or ""))


def _is_number(said: str) -> bool:
    return any(each.isdigit() for each in said) and reasons.is_a_number(said.strip()[:40])


def _case_in(said: str) -> str:
    """A number alone where the reason belongs is a case number in the wrong cell."""
    return reasons.tidied(reasons.Reason(note=said)).case_number


def _is_outside(search: Search, profile: Profile) -> bool:
    """Something it names is on no list, or nothing that it names is on this city's."""
    named = _meanings(_said(search))
    return Meaning.OTHER in named or bool(named and not named & profile.purposes.covered)


def _meanings(said: str) -> frozenset[Meaning]:
    return frozenset(meaning for meaning, words in _MEANINGS.items() if words.search(said))


def _asks_too_far_back(search: Search, profile: Profile) -> bool:
    if search.period is None:
        return False
    begins = search.period[0]
    return profile.reads_expire_at(seen_at=begins, recorded_at=begins) <= search.searched_at


def _clauses(profile: Profile, about: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(c for each in about for c in profile.clauses_for(each)))


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()
