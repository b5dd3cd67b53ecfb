"""The cast: five cities under their policies, their cameras, and people in every position.

ana     sworn officer of Willard and member of Odessa's department, trained
ben     sworn officer of Willard, training lapsed
cy      chief of Willard
dee     civilian dispatcher of Odessa
eve     maintenance contractor of Carson
finn    city clerk of Willard: no role in any policy
gus     sworn deputy, in Walnut, Calabasas and Carson
hana    policy officer of Carson
ivo     vendor of Willard
jo      Administrative Services Director of Walnut
kim     city prosecutor of Calabasas
lou     city staff of Calabasas who run it day by day
mia     city attorney of Willard
pia     sworn deputy, one topic short of Calabasas's course
"""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from itertools import count

from django.utils import timezone

from plateward.cameras import register
from plateward.cli import demo_region
from plateward.people import agencies, appointments, enrol, training
from plateward.people.models import Person
from plateward.plates.sighting import Sighting
from plateward.plates.text import normalise
from plateward.policy import adopt, load
from plateward.policy.silence import Answer

PASSWORD = "correct horse battery staple"
WILLARD, ODESSA, WALNUT, CALABASAS, CARSON = demo_region.CITIES
JPEG = b"\xff\xd8\xff\xe0 not a picture anyone could open \xff\xd9"
_events = count()


def adopt_all() -> tuple[str, ...]:
    for city in demo_region.CITIES:
        adopt_with_proposals(city)
    return demo_region.CITIES


def register_all() -> dict[str, str]:
    sites = demo_region.cameras(timezone.localdate())
    return {site.code: register.add(site, by="test clerk") for site in sites}


def adopt_with_proposals(city: str) -> None:
    document, answers = load.shipped_text(city), _answers(city)
    adopt.adopt(document, answers=answers, by="test clerk", instrument="test", now=timezone.now())


@cache
def _answers(city: str) -> tuple[Answer, ...]:
    given = demo_region.ANSWERS.get(city, ())
    return adopt.completed(load.shipped_text(city), given, by="test clerk")


def enrolled(name: str) -> Person:
    player = next(p for p in demo_region.PEOPLE if p.who.username == name)
    for agency in demo_region.AGENCIES:
        if agency.name == player.who.agency:
            agencies.register(agency, by="test clerk")
    person = enrol.person(player.who, password=PASSWORD, by="test clerk")
    today = timezone.localdate()
    for role in player.roles:
        grant = appointments.Grant(
            city=role.city,
            role=role.code,
            sworn=role.sworn,
            document="test order 1",
            begins_on=today - timedelta(days=400),
            despite=role.despite,
            attested=role.attested,
        )
        appointments.appoint(person, grant, by="test clerk")
        if role.trained_days_ago is not None:
            completed_on = today - timedelta(days=role.trained_days_ago)
            course = training.Course(role.city, completed_on, "test certificate", role.topics)
            training.record(person, course, by="test clerk")
    return person


def sighting(
    plate: str = "TST4821", *, device: str = "wil-160-jackson", **told: object
) -> Sighting:
    """A sighting a minute ago; every field can be told otherwise."""
    seen_at: datetime = timezone.now() - timedelta(minutes=1)
    plain = Sighting("test", device, f"event-{next(_events)}", normalise(plate), seen_at)
    return replace(plain, confidence=0.97, photo=JPEG, crop=JPEG, **told)  # type: ignore[arg-type]
