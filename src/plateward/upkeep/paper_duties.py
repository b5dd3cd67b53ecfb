"""Duties about the policy itself: its review, its law, its posting, its papers and its officers."""

from collections.abc import Iterator
from typing import Final

from plateward.policy.periods import Period
from plateward.policy.vocabulary import Act
from plateward.upkeep.duty import City, Duty, in_words, period
from plateward.upkeep.rhythm import Rhythm

SIGN_OFF: Final = "destruction-sign-off"
_YEARLY: Final = Period.parse("P1Y")
_MONTHLY: Final = Period.parse("P1M")
# What California's law and its cities ask written guidelines to say, item by item.
_GUIDELINES: Final = {
    "job-titles": "which job titles may use the system",
    "training": "what training they need",
    "monitoring": "how the system is watched for security and lawful use",
    "access-records": "how each access is recorded",
    "designee": "the title and name of whoever answers for it now",
    "retention": "how long data are kept and how they are destroyed, with the custodian of records",
    "posting": "where the policy is posted",
    "sharing-inside": "how data are shared with the City's own staff",
    "sharing-outside": "how data are shared with other agencies",
}


def of(city: City) -> Iterator[Duty]:
    yield from _policy_review(city)
    yield from _law(city)
    yield from _posting(city)
    yield from _certificate(city)
    yield from _incorporated(city)
    yield from _officer(city)
    yield from _guidelines(city)
    yield from _custodian(city)
    yield from _places(city)
    yield from _vendor(city)
    yield from _renewal(city)


def _policy_review(city: City) -> Iterator[Duty]:
    every = period(city.at("review.policy_every"))
    if every is None:
        return
    yield Duty(
        code="policy-review",
        title="Review the policy",
        what="Read it against the law, the technology and what the public expects. Write down what "
        "should change; a change is adopted as a new version.",
        clauses=city.speaking_of("review.policy_every"),
        every=every,
        on=in_words(every) + (", sooner if the law changes" if _on_change(city) else ""),
        responsible=city.responsible(),
        act=city.who_may(Act.POLICY_CONFIGURE),
    )


def _on_change(city: City) -> bool:
    return bool(city.at("review.on_law_change"))


def _law(city: City) -> Iterator[Duty]:
    laws = city.at("governing_law") or ()
    if not laws:
        return
    yield Duty(
        code="law-watch",
        title="Look whether the law has changed",
        what=f"Go through the {len(laws)} laws that the profile stands under. Write down what "
        "changed; a change may call for new training and a new version of the policy.",
        clauses=city.speaking_of("governing_law", "review.on_law_change"),
        every=_YEARLY,
        on=in_words(_YEARLY),
        responsible=city.responsible(city.at("public_records.reviewer")),
        act=city.who_may(Act.LEGAL_REVIEW),
        house=True,
    )


def _posting(city: City) -> Iterator[Duty]:
    if not city.at("program.policy_posted"):
        return
    yield Duty(
        code="posting-check",
        title="Check that the policy is posted where people find it",
        what="Open the City's own website as a resident would, and follow the link to the policy. "
        "Write down the address.",
        clauses=city.speaking_of("program.policy_posted"),
        every=_MONTHLY,
        on=in_words(_MONTHLY),
        responsible=city.responsible(),
        act=city.who_may(),
        house=True,
    )


def _certificate(city: City) -> Iterator[Duty]:
    manual = {clause.id for clause in city.profile.clauses if clause.enforcement == "manual"}
    behind = tuple(c for c in city.speaking_of("instrument.number") if c in manual)
    if not behind:
        return
    yield Duty(
        code="certificate",
        title=f"Certify and file {city.at('instrument.type')} {city.at('instrument.number')}",
        what="Write down where the clerk's certificate is, and the page of the book it was "
        "entered in.",
        clauses=behind,
        every=None,
        on="once",
        responsible="City Clerk",
        act=city.who_may(),
        rhythm=Rhythm.ONCE,
        reminder=True,
    )


def _incorporated(city: City) -> Iterator[Duty]:
    named = city.at("program.incorporated_policies") or ()
    if not named:
        return
    papers = "; ".join(str(name).replace("_", " ") for name in named)
    yield Duty(
        code="incorporated-documents",
        title="Hold the documents that the policy stands on",
        what=f"Get the version now in force of: {papers}. Write down its date and where it is "
        "kept, or that it is missing.",
        clauses=city.speaking_of("program.incorporated_policies"),
        every=_YEARLY,
        on=f"at once, then {in_words(_YEARLY)}",
        responsible=city.responsible(),
        act=city.who_may(),
        rhythm=Rhythm.AT_ONCE,
        house=True,
    )


def _officer(city: City) -> Iterator[Duty]:
    said = city.speaking_of("program.responsible_officer")
    taken = _retrievals(city)
    yield Duty(
        code="officer-named",
        title="Say who holds the office that answers for the system",
        what="Write down the name and title of the person who holds it now, since when, and which "
        "written procedures they keep.",
        clauses=tuple(clause for clause in said if clause not in taken),
        every=_YEARLY,
        on=f"at once, then {in_words(_YEARLY)}",
        responsible=city.responsible(),
        act=city.who_may(),
        rhythm=Rhythm.AT_ONCE,
        house=True,
    )


def _guidelines(city: City) -> Iterator[Duty]:
    """Where a text has its officer write guidelines; whatever else they say is one item more."""
    behind = city.only(city.speaking_of("program.responsible_officer"), "duty")
    behind = tuple(each for each in behind if each not in _retrievals(city))
    if not behind:
        return
    items = {**_GUIDELINES, "further": "whatever else the officer has put in writing"}
    for item, words in items.items():
        yield Duty(
            code=f"guidelines-{item}",
            title=f"Keep the written guidelines: {words}",
            what="Write down where the paper is that says this, its date, and whether it still "
            "describes what is done.",
            clauses=behind,
            every=_YEARLY,
            on=f"at once, then {in_words(_YEARLY)}",
            responsible=city.responsible(),
            act=city.who_may(),
            rhythm=Rhythm.AT_ONCE,
            house=True,
        )


def _retrievals(city: City) -> tuple[str, ...]:
    return city.speaking_of_all("program.responsible_officer", "monitoring.by")


def _custodian(city: City) -> Iterator[Duty]:
    behind = city.speaking_of("program.records_custodian")
    if not city.only(behind, "duty"):
        return
    yield Duty(
        code=SIGN_OFF,
        title="Go through what was destroyed with the custodian of records",
        what="Show the custodian what was deleted since last time and the schedule of what ends in "
        "the next 31 days. Write down that they agree.",
        clauses=behind,
        every=_MONTHLY,
        on=in_words(_MONTHLY),
        responsible=city.responsible(city.at("program.records_custodian")),
        act=city.who_may(Act.AUDIT_READ),
        house=True,
    )


def _places(city: City) -> Iterator[Duty]:
    if not city.at("collection.location_register.required"):
        return
    yield Duty(
        code="camera-places",
        title="Confirm the list of camera places",
        what="Compare the public list of cameras with what stands in the street. Write down each "
        "camera that moved.",
        clauses=city.speaking_of("collection.location_register.required"),
        every=_YEARLY,
        on=f"{in_words(_YEARLY)}, and when a camera moves",
        responsible=city.responsible(),
        act=city.who_may(Act.CAMERAS_MONITOR),
        house=True,
    )


def _vendor(city: City) -> Iterator[Duty]:
    if not city.at("vendor.no_sale"):
        return
    yield Duty(
        code="vendor-promise",
        title="Have the contractor confirm that nothing was shared, sold or monetised",
        what="Write down who confirmed it for the contractor, and where the paper is.",
        clauses=city.speaking_of("vendor.no_sale"),
        every=_YEARLY,
        on=in_words(_YEARLY),
        responsible=city.responsible(),
        act=city.who_may(),
        house=True,
        reminder=True,
    )


def _renewal(city: City) -> Iterator[Duty]:
    if not city.at("program.renewal_review"):
        return
    basis = str(city.at("program.renewal_review")).replace("_", " ")
    yield Duty(
        code="renewal-review",
        title="Review the system before the contract is renewed",
        what=f"The text asks for it on the basis of: {basis}. Write down the figures that the "
        "council was given, and what it decided.",
        clauses=city.speaking_of("program.renewal_review"),
        every=None,
        on="90 days before the contract is renewed; the text gives no date",
        responsible=city.responsible(),
        act=city.who_may(Act.REPORTS_MAKE),
        rhythm=Rhythm.EVENT,
        house=True,
    )
