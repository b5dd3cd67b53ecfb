"""The register: add a camera, look one up, know it by its secret."""

import hashlib
import hmac
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from plateward.audit import log
from plateward.cameras import versions
from plateward.cameras.models import Camera
from plateward.policy import in_force
from plateward.policy.profile import Profile

# A text that allows any place within the city allows each kind that the public can see into.
_WHOLE_CITY: Final = "city_boundaries"
_CITY_DECIDES: Final = "city_decides"
_IN_PUBLIC: Final = frozenset(
    {
        "city_facility_entrance",
        "private_property_visible_from_public_roadway",
        "public_parking_or_business_open_to_public",
        "public_right_of_way",
        "public_roadway",
    }
)


class UnknownCamera(LookupError):
    """No camera of that code is in the register."""


class PlaceNotAllowed(ValueError):
    """The city's policy does not allow a camera at that kind of place."""


@dataclass(frozen=True, slots=True)
class Site:
    """What a city approves: where a camera stands and who said it may. WGS 84 degrees."""

    code: str
    city: str
    title: str
    place: str
    place_type: str
    latitude: float
    longitude: float
    approved_by: str
    approved_on: date


@dataclass(frozen=True, slots=True)
class Ruling:
    """The City's own decision on a kind of place that its text leaves open, and its paper."""

    decided_by: str
    why: str
    paper: str


# In the order of `Registered`.
_FACTS: Final = (
    *("code", "city", "title", "place", "place_type", "latitude", "longitude", "approved_by"),
    *("approved_on", "pk", "kind"),
)


@dataclass(frozen=True, slots=True)
class Registered(Site):
    """A camera as the register knows it. `key` is what other tables point to.

    `kind`: in the words of the policies, as `kinds` has them; empty: nobody has said.
    """

    key: int
    kind: str = ""


@transaction.atomic
def add(site: Site, *, by: str, ruling: Ruling | None = None) -> str:
    """Register a camera and return its secret, which is shown this once and never stored.

    `ruling` opens a kind of place that the text leaves to the City. Raise PlaceNotAllowed.
    """
    rests_on = _checked_place(site, ruling)
    secret = secrets.token_urlsafe(32)
    camera = Camera.objects.create(
        code=site.code,
        city=site.city,
        title=site.title,
        place=site.place,
        place_type=site.place_type,
        latitude=site.latitude,
        longitude=site.longitude,
        approved_by=site.approved_by,
        approved_on=site.approved_on,
        credential=_digest(secret),
    )
    log.append(
        actor=by,
        act="cameras:camera:register",
        outcome="done",
        city=site.city,
        facts={
            "camera": site.code,
            "place_type": site.place_type,
            "register": versions.listed(camera, by=by),
            **rests_on,
        },
    )
    return secret


@transaction.atomic
def move(site: Site, *, by: str, ruling: Ruling | None = None) -> int:
    """A camera of the register stands elsewhere now, by a new approval. The earlier entry stays.

    Return the version that the city's register has now. Its secret stays the same. Raise
    UnknownCamera, or PlaceNotAllowed.
    """
    rests_on = _checked_place(site, ruling)
    camera = Camera.objects.select_for_update().filter(code=site.code, city=site.city).first()
    if camera is None:
        raise UnknownCamera(
            f"No camera {site.code!r} of {site.city} is in the register. Nothing was changed."
        )
    camera.title, camera.place, camera.place_type = site.title, site.place, site.place_type
    camera.latitude, camera.longitude = site.latitude, site.longitude
    camera.approved_by, camera.approved_on = site.approved_by, site.approved_on
    camera.save()
    version = versions.listed(camera, by=by)
    log.append(
        actor=by,
        act="cameras:camera:move",
        outcome="done",
        city=site.city,
        facts={
            "camera": site.code,
            "place_type": site.place_type,
            "register": version,
            **rests_on,
        },
    )
    return version


def named(code: str) -> Registered:
    """Raise UnknownCamera when the register has none of that code."""
    found = known([code])
    if code not in found:
        raise unknown(code)
    return found[code]


def known(codes: Collection[str]) -> dict[str, Registered]:
    """Those of these codes that are in the register."""
    return {each.code: each for each in _facts(Camera.objects.filter(code__in=codes))}


def unknown(code: str) -> UnknownCamera:
    """What to say of a code that the register does not know."""
    return UnknownCamera(
        f"No camera {code!r} is in the register. Nothing was stored. "
        "Register the camera, or correct its code in its settings."
    )


def of(city: str) -> list[Registered]:
    return _facts(Camera.objects.filter(city=city).order_by("title"))


def of_cities(cities: list[str]) -> list[Registered]:
    return _facts(Camera.objects.filter(city__in=cities).order_by("city", "title"))


def holding(code: str, secret: str) -> bool:
    """Is this the camera's own secret? Takes the same time for a wrong one."""
    return holding_each([(code, secret)])[0]


def holding_each(claims: Sequence[tuple[str, str]]) -> list[bool]:
    """The same for each code and secret, by what the register says now."""
    codes = {code for code, _ in claims}
    kept = dict(Camera.objects.filter(code__in=codes).values_list("code", "credential"))
    return [
        hmac.compare_digest(kept.get(code) or "no such camera", _digest(secret))
        for code, secret in claims
    ]


def _checked_place(site: Site, ruling: Ruling | None) -> dict[str, str]:
    """What the place rests on, for the log: the text's list, or whoever decided in its place."""
    profile = in_force.profile(site.city)
    places = frozenset(profile.at("collection.allowed_places"))
    if _WHOLE_CITY in places:
        places |= _IN_PUBLIC
    if site.place_type in places:
        return {"place_rule": "listed"}
    if ruling is not None and not all(
        map(str.strip, (ruling.decided_by, ruling.why, ruling.paper))
    ):
        raise PlaceNotAllowed(
            "A decision on a place names who decided, why, and its paper. The camera was not "
            "registered."
        )
    if not places:
        return {"place_rule": "the text has none", **_decided(site, ruling)}
    if ruling is not None and profile.values["collection"].get("other_places") == _CITY_DECIDES:
        return {"place_rule": "the text leaves it to the City", **_decided(site, ruling)}
    raise PlaceNotAllowed(_not_allowed(site, profile, places))


def _decided(site: Site, ruling: Ruling | None) -> dict[str, str]:
    if ruling is None:
        return {"decided_by": site.approved_by, "decided_on": site.approved_on.isoformat()}
    return {"decided_by": ruling.decided_by, "why": ruling.why, "paper": ruling.paper}


def _not_allowed(site: Site, profile: Profile, places: frozenset[str]) -> str:
    clauses = ", ".join(profile.clauses_for("collection.allowed_places"))
    allowed = ", ".join(place.replace("_", " ") for place in sorted(places))
    said = (
        f"{profile.city} does not allow a camera at a {site.place_type.replace('_', ' ')} "
        f"({clauses}). Allowed: {allowed}. The camera was not registered."
    )
    if profile.values["collection"].get("other_places") == _CITY_DECIDES:
        said += " The City may decide on other places: name who decided, why, and the paper."
    return said


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _facts(cameras: QuerySet[Camera]) -> list[Registered]:
    return [Registered(*row) for row in cameras.values_list(*_FACTS)]
