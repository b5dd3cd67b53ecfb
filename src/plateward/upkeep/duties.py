"""The duties a city's text lays on people, worked out of its profile. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from plateward.policy.profile import Profile
from plateward.upkeep import machine_duties, paper_duties, watch_duties
from plateward.upkeep.duty import City, Duty
from plateward.upkeep.paper_duties import SIGN_OFF
from plateward.upkeep.rhythm import Rhythm

__all__ = ["SIGN_OFF", "Duty", "of", "one"]

_SOURCES: tuple[Callable[[City], Iterator[Duty]], ...] = (
    machine_duties.of,
    watch_duties.of,
    paper_duties.of,
)


def of(profile: Profile) -> tuple[Duty, ...]:
    """Every duty of the city, each code once; what is manual and named by no duty comes last."""
    city = City(profile)
    definitions = {clause.id for clause in profile.clauses if clause.enforcement == "context"}
    found = [
        replace(duty, clauses=tuple(each for each in duty.clauses if each not in definitions))
        for source in _SOURCES
        for duty in source(city)
    ]
    carried = {clause for duty in found for clause in duty.clauses}
    return (*found, *_reminders(city, carried))


def one(profile: Profile, code: str) -> Duty | None:
    return next((duty for duty in of(profile) if duty.code == code), None)


def _reminders(city: City, carried: set[str]) -> Iterator[Duty]:
    """A clause that no machine can carry: it reminds, and gives a place to write down what was
    done."""
    for clause in city.profile.clauses:
        if clause.enforcement != "manual" or clause.id in carried:
            continue
        yield Duty(
            code=f"remember-{clause.id.lower().replace('.', '-')}",
            title=clause.paraphrase,
            what="No machine can see to this. Write down what was done about it, and where the "
            "paper is.",
            clauses=(clause.id,),
            every=None,
            on="whenever it arises",
            responsible=city.responsible(),
            act=city.who_may(),
            rhythm=Rhythm.EVENT,
            reminder=True,
        )
