"""Duties about the machines: checks, maintenance, outages, safeguards, the breach plan."""

from collections.abc import Iterator
from typing import Final

from plateward.policy.periods import Period
from plateward.policy.vocabulary import Act
from plateward.upkeep.duty import City, Duty, in_words, period
from plateward.upkeep.rhythm import Rhythm

PURGE_DOWNLOADS: Final = "purge-downloads"
DOWNLOAD: Final = "Download D-"  # how a fault about one begins
_YEARLY: Final = Period.parse("P1Y")
_MONTHLY: Final = Period.parse("P30D")
# What each group of safeguards asks of whoever goes through them.
_SAFEGUARDS: Final = {
    "operational": "backups were restored in a trial, deletion is on time, alarms reach somebody",
    "administrative": "accounts, authorisations, training and the written procedures are in order",
    "technical": "encryption, firewalls, sign-in and the audit log work; the log verifies",
    "physical": "cameras, cabinets, servers and media are locked away, and who has keys is known",
    "procedural": "the written procedures are followed, and people know them",
    "technological": "encryption, firewalls, sign-in and the audit log work; the log verifies",
    "access": "nobody gets in who should not: accounts, roles, sign-in",
    "modification": "nothing can be changed unseen: the log verifies, the software is as released",
    "destruction": "nothing can be lost by accident or on purpose: backups, keys, media",
}


def of(city: City) -> Iterator[Duty]:
    yield from _health_check(city)
    yield from _retrieval(city)
    yield from _faults(city)
    yield from _outages(city)
    yield from _maintenance(city)
    yield from _safeguards(city)
    yield from _breach(city)
    yield from _downloads(city)


def _health_check(city: City) -> Iterator[Duty]:
    every = period(city.at("monitoring.check_every"))
    if every is None:
        return
    yield Duty(
        code="health-check",
        title="Check that the cameras and the storage work",
        what="Look at each camera and at the storage. Write down what you checked and what you "
        "found; open a fault for what does not work.",
        clauses=city.speaking_of("monitoring.check_every") or city.speaking_of("monitoring.by"),
        every=every,
        on=in_words(every),
        responsible=city.responsible(city.at("monitoring.by")),
        act=city.who_may(Act.CAMERAS_MONITOR, Act.CAMERAS_MAINTAIN),
    )


def _retrieval(city: City) -> Iterator[Duty]:
    if "motion_detection" not in (city.at("collection.camera_kinds") or ()):
        return
    every = period(city.at("monitoring.check_every")) or _MONTHLY
    yield Duty(
        code="retrieve-media",
        title="Retrieve the stored data of the motion cameras",
        what="Write down which drives were taken out, which were put in, and where they are kept.",
        clauses=city.speaking_of_all("program.responsible_officer", "monitoring.by"),
        every=every,
        on=in_words(every),
        responsible=city.responsible(),
        act=city.who_may(Act.CAMERAS_MONITOR),
        house=True,
    )


def _faults(city: City) -> Iterator[Duty]:
    if not city.at("monitoring.correct"):
        return
    yield Duty(
        code="correct-faults",
        title="Have what does not work put right in good time",
        what="Close each fault when it is put right, and say how. One open for more than a week "
        "shows as overdue.",
        clauses=city.speaking_of("monitoring.correct"),
        every=None,
        on="within a week of each fault",
        responsible=city.responsible(city.at("monitoring.by")),
        act=city.who_may(Act.CAMERAS_MAINTAIN, Act.CAMERAS_MONITOR),
        rhythm=Rhythm.EVENT,
        house=True,
    )


def _outages(city: City) -> Iterator[Duty]:
    if not city.at("monitoring.outage_log"):
        return
    yield Duty(
        code="outage-log",
        title="Log each time that a camera or the storage was not working",
        what="Write down when it was discovered, and from when to when it was not working.",
        clauses=city.speaking_of("monitoring.outage_log"),
        every=None,
        on="with each outage",
        responsible=city.responsible(city.at("monitoring.by")),
        act=city.who_may(Act.CAMERAS_MONITOR, Act.CAMERAS_MAINTAIN),
        rhythm=Rhythm.EVENT,
    )


def _maintenance(city: City) -> Iterator[Duty]:
    others = {
        *city.speaking_of_all("program.responsible_officer", "monitoring.by"),
        *city.speaking_of("monitoring.check_every"),
    }
    behind = [each for each in city.speaking_of("monitoring.by") if each not in others]
    behind += city.only(_about_maintaining(city), "role")
    if not behind:
        return
    yield Duty(
        code="maintenance",
        title="Keep the maintenance log",
        what="Write down what was inspected, repaired or replaced, and by whom.",
        clauses=tuple(dict.fromkeys(behind)),
        every=None,
        on="after each visit or repair",
        responsible=city.responsible(city.at("monitoring.by")),
        act=city.who_may(Act.CAMERAS_MAINTAIN, Act.CAMERAS_MONITOR),
        rhythm=Rhythm.EVENT,
    )


def _about_maintaining(city: City) -> tuple[str, ...]:
    """What a contractor may come for, where maintenance is named there."""
    if "maintain" not in (city.at("vendor.purposes") or ()):
        return ()
    return city.speaking_of("vendor.purposes")


def _safeguards(city: City) -> Iterator[Duty]:
    for group in city.at("security.safeguards") or ():
        yield Duty(
            code=f"safeguards-{group}".replace("_", "-"),
            title=f"Go through the safeguards: {group}",
            what=f"Check that {_SAFEGUARDS.get(group, 'what protects the system is in place')}. "
            "Write down each safeguard and whether it holds.",
            clauses=city.speaking_of("security.safeguards"),
            every=_YEARLY,
            on=in_words(_YEARLY),
            responsible=city.responsible(city.at("monitoring.by")),
            act=city.who_may(Act.ATTEST, Act.CAMERAS_MONITOR, Act.CAMERAS_MAINTAIN),
            house=True,
        )


def _breach(city: City) -> Iterator[Duty]:
    if not city.at("breach.law"):
        return
    yield Duty(
        code="breach-plan",
        title="Go through the plan for a breach",
        what="Walk through who is told, by what means and by when. Check that names, telephone "
        "numbers and the text of the notice are right.",
        clauses=city.speaking_of("breach.law", "breach.methods"),
        every=_YEARLY,
        on=in_words(_YEARLY),
        responsible=city.responsible(),
        act=city.who_may(),
        house=True,
    )


def _downloads(city: City) -> Iterator[Duty]:
    kept = period(city.at("retention.exports.period"))
    if kept is None:
        return
    yield Duty(
        code=PURGE_DOWNLOADS,
        title="Have downloaded copies purged in time",
        what="See that the holder of each copy that is past its day destroys it and attests it in "
        "the register of downloads. Write down here what was done about one that is late.",
        clauses=city.speaking_of("retention.exports.period"),
        every=None,
        on=f"within {kept.words()} of each download, unless its case is active",
        responsible=city.responsible(),
        act=city.who_may(),
        rhythm=Rhythm.EVENT,
    )
