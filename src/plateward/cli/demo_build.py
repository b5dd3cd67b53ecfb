"""Build the demo region through the same doors as a city would."""

import json
import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import click
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from plateward import recognition
from plateward.cameras import register
from plateward.capture import stills
from plateward.cli import demo_region, demo_story
from plateward.gate import door
from plateward.hotlists import counts as hits
from plateward.hotlists import entries
from plateward.intake import receive
from plateward.people import agencies, appointments, second_factor, training
from plateward.people import enrol as people
from plateward.people.models import Person
from plateward.plates.sighting import Sighting
from plateward.policy import adopt, in_force, load
from plateward.policy.decide import Reason
from plateward.policy.vocabulary import Act
from plateward.reads import counts as read_counts
from plateward.recognition import photos as photo_files
from plateward.recognition.vehicles import Vehicles

ALERT_CITY = "willard-mo"
ALERT_CAMERA = "wil-160-jackson"
SAMPLES = Path(recognition.__file__).parent / "samples"


class NothingRead(click.ClickException):
    """The recogniser found nothing where there is something to find."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of the table of people."""

    username: str
    code: str
    shown_as: str
    trying: str


@dataclass(frozen=True, slots=True)
class Told:
    people: tuple[Shown, ...]
    password: str
    plate: str
    sentence: str


def is_done() -> bool:
    return _notes_file().exists()


def adopt_policies() -> None:
    for city in demo_region.CITIES:
        if city in in_force.cities():
            continue
        text = load.shipped_text(city)
        adopt.adopt(
            text,
            answers=adopt.completed(text, demo_region.ANSWERS.get(city, ()), by=demo_region.CLERK),
            by=demo_region.CLERK,
            instrument="adopted for the demonstration",
            now=timezone.now(),
        )


def enrol() -> None:
    """Whoever an interrupted run enrolled already stays as they are."""
    if not _draft_file().exists():
        password = "-".join(secrets.token_hex(2) for _ in range(4))
        _write(_draft_file(), {"password": password, "plate": ""})
    password = json.loads(_draft_file().read_text())["password"]
    present = {camera.code for camera in register.of_cities(list(demo_region.CITIES))}
    for site in demo_region.cameras(timezone.localdate()):
        if site.code not in present:
            register.add(site, by=demo_region.CLERK)
    for agency in demo_region.AGENCIES:
        agencies.register(agency, by=demo_region.CLERK)
    for player in demo_region.PEOPLE:
        if not Person.objects.filter(username=player.who.username).exists():
            _enrol_one(player, password)


def photos() -> list[Path]:
    return sorted(SAMPLES.glob("*.jpg"))


def read(paths: Sequence[Path]) -> Iterator[list[Sighting]]:
    """What the recogniser finds on each photo, as sightings of no camera yet."""
    reader, vehicles = recognition.PlateReader.default(), Vehicles.default()
    for path in paths:
        image = photo_files.load(path)
        frame = stills.Frame(device="", seen_at=timezone.now(), image=image)
        # Nobody who happens to stand beside a vehicle is kept: no city's text asks for it.
        yield stills.sightings(frame, reader.read(image), vehicles=vehicles, hide=vehicles)


def passes(
    scenes: Iterable[Sequence[Sighting]], random: Random, *, days: int, each: int
) -> list[Sighting]:
    """Every vehicle passes cameras of the region again and again, today at the latest, in order."""
    now, devices = timezone.now(), [site.code for site in demo_region.cameras(timezone.localdate())]
    spans = [timedelta(minutes=2 + i) for i in range(len(devices))]
    rolled: list[Sighting] = []
    for scene in scenes:
        moments = [now - timedelta(seconds=random.uniform(3600, days * 86400)) for _ in range(each)]
        recent = [(now - span, device) for span, device in zip(spans, devices, strict=True)]
        older = [(moment, random.choice(devices)) for moment in moments]
        for moment, device in recent + older:
            rolled += [_passing(sighting, device, moment) for sighting in scene]
    return sorted(rolled, key=lambda sighting: sighting.seen_at)


def take_in(sighting: Sighting) -> None:
    receive.receive(sighting)


def look_for_one(scenes: Sequence[Sequence[Sighting]]) -> None:
    """Put the surest plate on a hotlist, by an officer, through the gate."""
    found = [sighting for scene in scenes for sighting in scene]
    if not found:
        raise NothingRead(
            "No plate was found on any of the bundled photos, so something is wrong with the "
            "installation. `.venv/bin/plateward weights` says whether a network is; when it is "
            "mended, run `make demo` again: what was set up is kept."
        )
    plate = max(found, key=lambda sighting: sighting.confidence or 0).plate
    officer = Person.objects.get(username="ana")
    permit = door.admit(
        officer,
        Act.HOTLISTS_EDIT,
        Reason(
            purpose="stolen_wanted_or_interest_vehicle",
            case_number="26-0417",
            note="the owner reported it stolen",
        ),
        cities=[ALERT_CITY],
        query={"plate": plate},
        second_factor=True,
    )
    listing = entries.Listing(
        hotlist="Stolen vehicles (demo)",
        category="stolen_vehicle",
        plate=plate,
        why="reported stolen, for the demonstration",
        case_number="26-0417",
        ends_at=timezone.now() + timedelta(days=30),
    )
    entries.add(listing, permit=permit)
    notes = json.loads(_draft_file().read_text())
    _write(_draft_file(), notes | {"plate": plate})


def drive_by() -> receive.Receipt:
    """Read the wanted vehicle's photo again and take it in as seen now."""
    wanted = json.loads(_notes_file().read_text())["plate"]
    for scene in read(photos()):
        for sighting in scene:
            if sighting.plate == wanted:
                return receive.receive(_passing(sighting, ALERT_CAMERA, timezone.now()))
    raise NothingRead(
        "The wanted vehicle's photo was not read. `.venv/bin/plateward weights` says whether "
        "a network is missing or changed, and what to do."
    )


def tell_the_story() -> None:
    """What was asked, refused and done before anyone signs in."""
    demo_story.tell(json.loads(_draft_file().read_text())["plate"])


def finish() -> None:
    """From now on the region is there, and a second run uses it again."""
    _draft_file().replace(_notes_file())


def told() -> Told:
    notes, codes = json.loads(_notes_file().read_text()), second_factor.codes_now()
    since = timezone.now() - timedelta(days=30)
    reads = sum(sum(read_counts.by_day(city, since=since).values()) for city in demo_region.CITIES)
    raised = sum(hits.raised(city, since=since) for city in demo_region.CITIES)
    return Told(
        people=tuple(
            Shown(p.who.username, codes[p.who.username], p.shown_as, p.trying)
            for p in demo_region.PEOPLE
        ),
        password=notes["password"],
        plate=notes["plate"],
        sentence=f"{len(photos())} photos were read; {reads} sightings of them over "
        f"{len(demo_region.CITIES)} cities are stored, and {raised} alerts were raised.",
    )


@transaction.atomic
def _enrol_one(player: demo_region.Player, password: str) -> None:
    today = timezone.localdate()
    person = people.person(player.who, password=password, by=demo_region.CLERK)
    second_factor.give(person)
    for role in player.roles:
        grant = appointments.Grant(
            city=role.city,
            role=role.code,
            sworn=role.sworn,
            document="demonstration order 1",
            begins_on=today - timedelta(days=500),
            despite=role.despite,
            attested=role.attested,
        )
        appointments.appoint(person, grant, by=demo_region.CLERK)
        if role.trained_days_ago is not None:
            completed_on = today - timedelta(days=role.trained_days_ago)
            course = training.Course(
                role.city, completed_on, "demonstration certificate", role.topics
            )
            training.record(person, course, by=demo_region.CLERK)


def _passing(sighting: Sighting, device: str, moment: datetime) -> Sighting:
    event = f"{sighting.event}-{device}-{int(moment.timestamp())}"
    return replace(sighting, device=device, seen_at=moment, event=event)


def _notes_file() -> Path:
    return settings.HOME / "demo.json"


def _draft_file() -> Path:
    return settings.HOME / "demo.json.unfinished"


def _write(path: Path, notes: dict[str, str]) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(notes, file)
