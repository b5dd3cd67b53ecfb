"""What a camera's sightings are held to: whose they are, and the policy in force there.

Asked anew for each group of sightings, but for a server: there an answer by which something may be
taken is good for a quarter second, and what refuses is asked for each time. So what a council
adopts holds as soon as it would if the group had begun that much earlier.
"""

import time
from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from plateward.cameras import register
from plateward.policy import in_force, removable, service
from plateward.policy.profile import Profile

LASTING_SECONDS: Final = 0.25
_CHECK: Final = "hotlist_check"  # the purpose under which a text lists it
_KEEP_IT: Final = "Nothing was stored and nothing is lost: keep the sighting and send it again."


class NotASighting(ValueError):
    """What the camera sent cannot be stored as it is. Nothing was stored."""


class StaysOnItsMedium(NotASighting):
    """The city's text keeps this camera's pictures on their cards and out of every database."""


class Stopped(Exception):
    """Nothing may be collected now. Nothing was stored; the camera keeps it and sends it again."""


# Why one sighting of many is not stored: `receive` raises it, `receive_all` returns it.
Refused: TypeAlias = NotASighting | Stopped | register.UnknownCamera | in_force.NoPolicy


@dataclass(frozen=True, slots=True)
class Door:
    """What a camera's sightings are held to now."""

    camera: register.Registered
    profile: Profile
    matches: bool


def of(devices: Set[str], now: datetime) -> dict[str, Door | Refused]:
    """For each device what it is held to, or why nothing of it is taken now."""
    return _LATELY.of(devices, now)


def remember() -> None:
    """This process serves from now on: see above."""
    _LATELY.lasting = LASTING_SECONDS


class _Lately:
    """The doors that were open a moment ago. They are looked at again all together, and only those
    that were asked for since."""

    def __init__(self) -> None:
        self.lasting = 0.0
        self._began = 0.0
        self._open: dict[str, Door] = {}
        self._asked: set[str] = set()

    def of(self, devices: Set[str], now: datetime) -> dict[str, Door | Refused]:
        if not self.lasting:
            return _of(devices, now)
        began = time.monotonic()
        if began - self._began >= self.lasting:
            wanted, kept = devices | self._asked, dict[str, Door]()
            self._began, self._asked = began, set()
        else:
            kept = self._open
            wanted = devices - kept.keys()
        found = _of(wanted, now)
        opened = {device: door for device, door in found.items() if isinstance(door, Door)}
        self._open = kept | opened
        self._asked |= devices
        return {device: found.get(device) or kept[device] for device in devices}


_LATELY: Final = _Lately()


def _of(devices: Set[str], now: datetime) -> dict[str, Door | Refused]:
    if not devices:
        return {}
    cameras = register.known(devices)
    profiles = _open({each.city for each in cameras.values()}, now)
    doors: dict[str, Door | Refused] = {each: register.unknown(each) for each in devices}
    for device, camera in cameras.items():
        profile = profiles[camera.city]
        if isinstance(profile, Profile):
            doors[device] = _door(camera, profile)
        else:
            doors[device] = profile
    return doors


def _door(camera: register.Registered, profile: Profile) -> Door | StaysOnItsMedium:
    clauses = removable.of(profile, camera.kind or None).stays_on_it
    if not clauses:
        return Door(camera, profile, _matches(profile))
    return StaysOnItsMedium(
        f"{camera.code} is a motion detection camera, and {profile.title()} keeps what those "
        f"photograph on their own cards and drives ({', '.join(clauses)}). Nothing was stored; do "
        "not send it again. Keep it on the card, and put that on record with: plateward import"
    )


def _open(cities: Set[str], now: datetime) -> dict[str, Profile | in_force.NoPolicy | Stopped]:
    """By city, the policy in force where sightings are taken now, or why none is."""
    policies, states = in_force.each(cities), service.states(cities)
    found: dict[str, Profile | in_force.NoPolicy | Stopped] = dict(policies)
    for city, profile in policies.items():
        if isinstance(profile, Profile):
            try:
                _check_in_force(profile, now)
                _check_service(profile, states[city])
            except (in_force.NoPolicy, Stopped) as refusal:
                found[city] = refusal
    return found


def _matches(profile: Profile) -> bool:
    """Not while the clause that lets plates be checked against hotlists is suspended."""
    return not any(
        clause.id in profile.suspended and _CHECK in clause.about for clause in profile.clauses
    )


def _check_in_force(profile: Profile, now: datetime) -> None:
    starts = profile.gate.in_force_from
    if starts is not None and now.astimezone(profile.zone).date() < starts:
        raise in_force.NoPolicy(profile.id)


def _check_service(profile: Profile, now: service.ServiceState) -> None:
    """Before a sighting's time: a wrong clock here must not be blamed on the camera."""
    if now.clock_trusted is not True:
        raise Stopped(f"The system's clock is not known to be right. {_KEEP_IT}")
    if now.log_writable is not True:
        raise Stopped(f"The log cannot be written, and nothing is done unrecorded. {_KEEP_IT}")
    if not now.disk_has_room:
        raise Stopped(
            f"The disk is nearly full; what is left is for the log and for deletion. {_KEEP_IT}"
        )
    if profile.gate.posting_required and now.policy_posted is not True:
        raise Stopped(
            f"{profile.title()}'s policy is not posted where the public can read it, and its law "
            f"lets nothing be collected without that. {_KEEP_IT}"
        )
