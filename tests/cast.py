"""The cast: three cities under their policies, their cameras, and people in every position.

ana     sworn officer of Willard and member of Odessa's department, trained
ben     sworn officer of Willard, training lapsed
cy      chief of Willard
dee     civilian dispatcher of Odessa
eve     maintenance contractor of Carson
finn    city clerk of Willard: no role in any policy
gus     sworn deputy, Carson
hana    policy officer of Carson
ivo     vendor of Willard
"""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

from django.utils import timezone

from plateward.cameras import register
from plateward.cli import demo_region
from plateward.people import enrol
from plateward.people.models import Person
from plateward.plates.sighting import Sighting
from plateward.plates.text import normalise
from plateward.policy import adopt, load

PASSWORD = "correct horse battery staple"
WILLARD, ODESSA, CARSON = demo_region.CITIES
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
    document = load.shipped_text(city)
    answers = adopt.completed(document, demo_region.ANSWERS.get(city, ()), by="test clerk")
    adopt.adopt(document, answers=answers, by="test clerk", instrument="test", now=timezone.now())


def enrolled(name: str) -> Person:
    player = next(p for p in demo_region.PEOPLE if p.who.username == name)
    person = enrol.person(player.who, password=PASSWORD, by="test clerk")
    today = timezone.localdate()
    for role in player.roles:
        grant = enrol.Grant(
            city=role.city,
            role=role.code,
            sworn=role.sworn,
            document="test order 1",
            begins_on=today - timedelta(days=400),
        )
        enrol.appoint(person, grant, by="test clerk")
        if role.trained_days_ago is not None:
            enrol.record_training(
                person,
                city=role.city,
                completed_on=today - timedelta(days=role.trained_days_ago),
                evidence="test certificate",
                by="test clerk",
            )
    return person


def sighting(
    plate: str = "TST4821", *, device: str = "wil-160-jackson", **told: object
) -> Sighting:
    """A sighting a minute ago; every field can be told otherwise."""
    seen_at: datetime = timezone.now() - timedelta(minutes=1)
    plain = Sighting("test", device, f"event-{next(_events)}", normalise(plate), seen_at)
    return replace(plain, confidence=0.97, photo=JPEG, crop=JPEG, **told)  # type: ignore[arg-type]
