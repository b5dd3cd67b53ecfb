"""A whole house for the browser: its own database, the cast, a month of traffic, a running server.

Run as a program. It prints one JSON line when it is open, then obeys one word a line:
`alert` (a wanted plate passes a camera), `code NAME` (what NAME's authenticator shows), `idle NAME`
(NAME went away), `away` and `back` (the database stops, the database starts), `two` and `one` (how
many people it takes to look for a plate in Willard).
"""

import json
import socket
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

from plateward.cli import house

WANTED, COMMON = "WNT4127", "TST4821"
LETTERS, DIGITS = "ABCDEFGHJKLMNPRSTUVWXYZ", "0123456789"
STAFF = (
    *("ana", "ben", "cy", "dee", "eve", "finn", "gus"),
    *("hana", "jo", "kim", "lou", "mia", "pia"),
)
COLLEAGUE = "olga"  # of ana, who may agree to what she enters; the demo does not know her
NEWCOMER = "ivo"  # has no authenticator yet, and no more has `ned`, whom the demo does not know
PATCHED: list[Any] = []
CRIME, STOLEN = "crime_person_or_property", "stolen_wanted_or_interest_vehicle"


def main() -> None:
    house.open_up()
    try:
        open_to_the_browser()
    finally:
        house.close()


def open_to_the_browser() -> None:
    from tests import cast

    read = set_the_scene()
    port = free_port()
    server, thread = serve(port)
    url = f"http://127.0.0.1:{port}"
    tell({"url": url, "password": cast.PASSWORD, "read": read, "plate": COMMON, "wanted": WANTED})
    try:
        obey()
    finally:
        server.should_exit = True
        thread.join(timeout=10)


def tell(said: object) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


def obey() -> None:
    from django.db import connections

    orders: dict[str, Callable[..., object]] = {
        "alert": wanted_passes,
        "code": code_of,
        "idle": nobody_there,
        "two": two_agree,
        "one": one_is_enough,
        "away": database_goes,
        "back": database_returns,
    }
    for line in sys.stdin:
        order, *words = line.split()
        tell(orders[order](*words))
        connections.close_all()  # the next order may come after the database was away


def set_the_scene() -> int:
    from plateward.cli import keep
    from plateward.people import enrol, second_factor
    from tests import cast

    random = Random(4)  # noqa: S311  # the same traffic each run
    cast.adopt_all()
    cast.register_all()
    people = {name: cast.enrolled(name) for name in (*STAFF, NEWCOMER)}
    enrol.person(
        enrol.Newcomer("ned", "Ned Poe", "CTY-044", "City of Willard"),
        password=cast.PASSWORD,
        by="test clerk",
    )
    people[COLLEAGUE] = a_colleague()
    for name in (*STAFF, COLLEAGUE):
        second_factor.give(people[name])
    old_traffic(random)
    traffic(random)
    read = passes(COMMON, "wil-160-jackson", minutes_ago=50, random=random)
    for camera in ("ode-131-i70", "wal-lemon", "cal-parkway", "car-avalon"):
        passes(COMMON, camera, minutes_ago=95, random=random)
    look_for_the_wanted(people["ana"])
    passes(WANTED, "wil-ab-farm", minutes_ago=12, random=random)
    earlier_searches(people)
    keep.round_once()
    return read


def a_colleague() -> Any:
    """Another officer of Willard, trained."""
    from django.utils import timezone

    from plateward.people import appointments, enrol, training
    from tests import cast

    today = timezone.localdate()
    who = enrol.Newcomer(COLLEAGUE, "Olga Reed", "WPD-130", "Willard Police Department")
    olga = enrol.person(who, password=cast.PASSWORD, by="test clerk")
    begins_on = today - timedelta(days=9)
    grant = appointments.Grant(cast.WILLARD, "sworn_officer", True, "test order 2", begins_on)
    appointments.appoint(olga, grant, by="test clerk")
    training.record(olga, training.Course(cast.WILLARD, begins_on, "test"), by="test clerk")
    return olga


def passes(plate: str, camera: str, *, minutes_ago: float, random: Random) -> int:
    from django.utils import timezone

    from plateward.intake import receive
    from plateward.plates.sighting import Character, Vehicle
    from tests import cast
    from tests.browser import scenes

    scene = scenes.scene(plate, random)
    sighting = cast.sighting(
        plate,
        device=camera,
        box=scene.box,
        vehicle=Vehicle(make="Ford", model="Focus", color="blue", body_type="hatchback"),
        characters=tuple(
            Character(letter, 0.62 if n == 4 else 0.995 - n / 150, (("B", 0.3),) if n == 4 else ())
            for n, letter in enumerate(plate)
        ),
    )
    seen_at = timezone.now() - timedelta(minutes=minutes_ago)
    read = receive.receive(
        cast.replace(sighting, seen_at=seen_at, photo=scene.photo, crop=scene.crop)
    ).read
    assert read is not None
    return read


def traffic(random: Random) -> None:
    cameras = ("wil-160-jackson", "wil-ab-farm", "ode-131-i70", "ode-2nd-mason", "car-avalon")
    for day in range(29):
        for _ in range(random.randint(1, 5)):
            letters = "".join(random.choices(LETTERS, k=3))
            plate = letters + "".join(random.choices(DIGITS, k=4))
            camera = cameras[random.choice((0, 0, 0, 1, 1, 2, 3, 4))]
            passes(plate, camera, minutes_ago=day * 1440 + random.randint(61, 1400), random=random)


def old_traffic(random: Random) -> None:
    """What is past its time by now, for the first round of housekeeping to delete."""
    from django.utils import timezone

    from plateward.intake import receive
    from tests import cast

    for n in range(12):
        then = timezone.now() - timedelta(days=30, hours=n + 1)
        old = cast.replace(cast.sighting(f"OLD{1000 + n}"), seen_at=then)
        receive.receive(old, received_at=then + timedelta(seconds=5))


def look_for_the_wanted(officer: object) -> None:
    from tests.journeys.test_alerts import look_for

    look_for(WANTED, by=officer, state="MO", vehicle="blue Ford Focus")  # type: ignore[arg-type]


def earlier_searches(people: dict[str, object]) -> None:
    from django.utils import timezone

    from plateward.gate import door
    from plateward.gate.permit import Refused
    from plateward.policy.decide import Reason
    from plateward.policy.vocabulary import Act
    from plateward.reads import search
    from tests import cast

    query = search.Query.parse(plate="ABC1234")
    for name, purpose in (("ana", CRIME), ("ana", STOLEN), ("ana", CRIME), ("ben", CRIME)):
        try:
            permit = door.admit(
                people[name],  # type: ignore[arg-type]
                Act.READS_SEARCH,
                Reason(purpose=purpose, note="burglary"),
                cities=[cast.WILLARD],
                query=query.facts(),
                breadth=query.breadth(now=timezone.now()),
                second_factor=True,
            )
            search.find(query, permit=permit)
        except Refused:
            continue


def wanted_passes() -> str:
    from django.db import connections

    passes(WANTED, "wil-160-jackson", minutes_ago=0.1, random=Random(9))  # noqa: S311  # a colour for a car
    connections.close_all()
    return "passed"


def code_of(name: str) -> str:
    from plateward.people import second_factor

    return second_factor.codes_now()[name]


def nobody_there(name: str) -> str:
    """Nobody has touched this person's browsers for longer than the lock waits."""
    from allauth.usersessions.models import UserSession
    from django.utils import timezone

    long_ago = timezone.now() - timedelta(hours=1)
    rows = UserSession.objects.filter(user__username=name)
    return str(rows.update(last_seen_at=long_ago))


def two_agree() -> str:
    """As a text of Willard's would have it that asks for a second person."""
    from dataclasses import replace
    from types import MappingProxyType

    from plateward.policy import in_force
    from tests import cast

    def profiles(cities: Any) -> Any:
        found = real(cities)
        if held := found.get(cast.WILLARD):
            lists = MappingProxyType({**held.at("hotlists"), "second_person": "required"})
            values = MappingProxyType({**held.values, "hotlists": lists})
            found = {**found, cast.WILLARD: replace(held, values=values)}
        return found

    real = in_force.profiles
    PATCHED.append((in_force, real))
    in_force.profiles = profiles
    return "two"


def one_is_enough() -> str:
    module, real = PATCHED.pop()
    module.profiles = real
    return "one"


def database_goes() -> str:
    from django.conf import settings

    from plateward import postgres

    postgres.stop(settings.HOME)
    return "gone"


def database_returns() -> str:
    from django.conf import settings

    from plateward import postgres

    postgres.ensure_running(settings.HOME)
    return "returned"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serve(port: int) -> "tuple[object, threading.Thread]":
    import uvicorn

    config = uvicorn.Config(
        "plateward.web.asgi:application",
        host="127.0.0.1",
        port=port,
        log_level="warning",
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    return server, thread


if __name__ == "__main__":
    main()
