"""Duties about people's use: audits, reports, training, accounts, reviews, attestations."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from plateward.policy.periods import Period
from plateward.policy.purposes import Meaning, known
from plateward.policy.vocabulary import Act
from plateward.upkeep.duty import City, Duty, in_words, period
from plateward.upkeep.rhythm import Rhythm

_YEARLY: Final = Period.parse("P1Y")
_MONTHLY: Final = Period.parse("P1M")
_QUARTER_MONTHS: Final = 3


def of(city: City) -> Iterator[Duty]:
    yield from _audit(city)
    yield from _emergencies(city)
    yield from _reports(city)
    yield from _attestation(city)
    yield from _training(city)
    yield from _accounts(city)
    yield from _log_review(city)
    yield from _evaluation(city)
    yield from _discipline(city)


def _audit(city: City) -> Iterator[Duty]:
    """A text that asks for regular audits and no more has one each month, as a house rule."""
    number = period(city.at("audits.every"))
    every = number or _MONTHLY
    if number is None and not city.speaking_of("audits.every"):
        return
    sample = city.at("audits.sample")
    size = f" a random sample of {sample['size']} searches in" if sample else ""
    yield Duty(
        code="audit",
        title="Audit the access log",
        what=f"Go through{size} the log since the last audit. Write down each one looked at, "
        "whether its reason holds, and every violation found. Whoever made a search does not "
        "audit it.",
        clauses=city.speaking_of("audits.every", "audits.sample", "audits.by"),
        every=every,
        on=in_words(every),
        responsible=city.responsible(city.at("audits.by")),
        act=city.who_may(Act.AUDIT_READ),
        rhythm=_calendar(every),
        house=number is None,
    )


def _emergencies(city: City) -> Iterator[Duty]:
    """A text that lists emergencies as a purpose has those without a case number reviewed."""
    listed = city.at("purposes.authorised") or ()
    emergencies = {code for code in listed if Meaning.EMERGENCY in known(code).means}
    if not emergencies:
        return
    about = {clause.id: clause.about for clause in city.profile.clauses}
    said = city.speaking_of("purposes.authorised")
    yield Duty(
        code="review-emergency-searches",
        title="Review emergency searches made without a case number",
        what="Look up in the log each search flagged emergency_without_case since the last review. "
        "Write down whether there was an emergency, and the case it belongs to by now. Whoever "
        "made a search does not review it.",
        clauses=tuple(each for each in said if emergencies & set(about[each])),
        every=None,
        on="within a week of each search",
        responsible=city.responsible(city.at("audits.by")),
        act=city.who_may(Act.AUDIT_READ),
        rhythm=Rhythm.EVENT,
        house=True,
    )


def _reports(city: City) -> Iterator[Duty]:
    for report in city.at("reports") or ():
        yield _report(city, report)


def _report(city: City, report: Mapping[str, Any]) -> Duty:
    every = period(report["every"])
    fields = ", ".join(str(name).replace("_", " ") for name in report["fields"])
    first_after = report.get("first_after")
    anchor = _activated(city) if first_after else None
    words = in_words(every) if every else "as the text says"
    return Duty(
        code=f"report-{report['code']}".replace("_", "-"),
        title=f"{str(report['code']).replace('_', ' ').capitalize()} report to the {report['to']}",
        what=f"Report on: {fields}. Write down when and to whom it was given.",
        clauses=_behind_report(city, str(report["code"])),
        every=every,
        on=f"{words}, counted from the day the system was activated" if anchor else words,
        responsible=city.responsible(report["by"]),
        act=city.who_may(Act.REPORTS_MAKE),
        rhythm=Rhythm.ANNIVERSARY if anchor else _calendar(every),
        anchor=anchor,
    )


def _behind_report(city: City, code: str) -> tuple[str, ...]:
    """The clauses about this report; those that name no report are about every one."""
    about = {clause.id: clause.about for clause in city.profile.clauses}
    found = city.speaking_of("reports")
    return tuple(each for each in found if not about[each] or code in about[each])


def _activated(city: City) -> date | None:
    """The day the system was activated. Of a year alone, its first day: nothing falls late."""
    said = str(city.at("program.activated_in") or "")
    try:
        return date(int(said), 1, 1) if said.isdigit() else date.fromisoformat(said)
    except ValueError:
        return None


def _calendar(every: Period | None) -> Rhythm:
    """Three months are a quarter of the calendar, as councils count them."""
    quarterly = every is not None and every.months == _QUARTER_MONTHS and not every.exact
    return Rhythm.QUARTER if quarterly else Rhythm.PERIOD


def _attestation(city: City) -> Iterator[Duty]:
    asked = city.at("security.attestation")
    every = period(asked["every"]) if asked else None
    if not asked or every is None:
        return
    topics = ", ".join(str(topic).replace("_", " ") for topic in asked["topics"])
    yield Duty(
        code="attestation",
        title=f"Confirm in writing to the {asked['to']} that the protections are in place",
        what=f"Confirm each of: {topics}. Write down what you relied on, and where the signed "
        "paper is filed.",
        clauses=city.speaking_of("security.attestation", "security.attestation.every"),
        every=every,
        on=in_words(every),
        responsible=city.responsible(asked["by"]),
        act=city.who_may(Act.ATTEST),
    )


def _training(city: City) -> Iterator[Duty]:
    renew = period(city.at("training.renew_every"))
    if renew is not None:
        yield Duty(
            code="training-renewal",
            title="Call in those whose training ends soon",
            what="Look through the training records for whoever lapses within 60 days, and have "
            f"them trained again; it holds for {renew.words()}.",
            clauses=city.speaking_of("training.renew_every", "training.topics"),
            every=_MONTHLY,
            on=in_words(_MONTHLY),
            responsible=city.responsible(city.at("training.provider")),
            act=city.who_may(Act.PEOPLE_ADMINISTER),
            house=True,
        )
    if city.at("training.update_on") or city.at("training.provider"):
        yield Duty(
            code="training-update",
            title="Bring the training up to date",
            what="When the law, the technology or this policy changes, change the course and ask "
            "for it again. Write down what changed.",
            clauses=city.speaking_of("training.update_on", "training.provider", "training.when"),
            every=None,
            on="when law, technology or policy changes",
            responsible=city.responsible(city.at("training.provider")),
            act=city.who_may(Act.PEOPLE_ADMINISTER),
            rhythm=Rhythm.EVENT,
        )


def _accounts(city: City) -> Iterator[Duty]:
    said = period(city.at("access.accounts.review_every"))
    every = said or _YEARLY
    yield Duty(
        code="account-review",
        title="Go through the accounts",
        what="Check that each person still works here, still needs the role and holds a written "
        "authorisation. Close what is not needed. Write down who was looked at.",
        clauses=city.speaking_of("access.accounts.review_every"),
        every=every,
        on=in_words(every),
        responsible=city.responsible(),
        act=city.who_may(Act.PEOPLE_ADMINISTER),
        house=said is None,
    )


def _log_review(city: City) -> Iterator[Duty]:
    every = period(city.at("audits.log_review_every"))
    if every is None:
        return
    yield Duty(
        code="log-review",
        title="Look through the log",
        what="Go through what was done since last time: refusals, sign-ins that failed, changes of "
        "permissions. Write down what needs a closer look.",
        clauses=city.speaking_of("audits.log_review_every"),
        every=every,
        on=in_words(every),
        responsible=city.responsible(city.at("audits.by")),
        act=city.who_may(Act.AUDIT_READ),
    )


def _evaluation(city: City) -> Iterator[Duty]:
    if not city.at("monitoring.effectiveness_evaluation"):
        return
    yield Duty(
        code="evaluation",
        title="Evaluate whether the system does what it is for",
        what="Set hits, leads, arrests and recoveries against false alerts and cost. Write down "
        "what you concluded.",
        clauses=city.speaking_of("monitoring.effectiveness_evaluation"),
        every=_YEARLY,
        on=in_words(_YEARLY),
        responsible=city.responsible(),
        act=city.who_may(Act.REPORTS_MAKE),
        house=True,
    )


def _discipline(city: City) -> Iterator[Duty]:
    asked = {
        "enforcement.sanctions": "unauthorised access",
        "enforcement.unauthorised_sharing": "unauthorised sharing",
    }
    for path, deed in asked.items():
        if not city.at(path):
            continue
        yield Duty(
            code=f"discipline-{deed}".replace(" ", "-"),
            title=f"Follow up {deed}",
            what="Open a file, attach the entries of the log, and hand it to whoever decides. The "
            f"policy names as the consequence: {str(city.at(path)).replace('_', ' ')}.",
            clauses=city.speaking_of(path),
            every=None,
            on="with each violation",
            responsible=city.responsible(),
            act=city.who_may(),
            rhythm=Rhythm.EVENT,
            reminder=True,
        )
