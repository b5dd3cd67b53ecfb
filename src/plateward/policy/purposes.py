"""What people look for plates for, and which cities' words mean the same.

Each city has its own list. A search over two cities has one purpose, so the words are compared by
meaning: a purpose fits another city only when everything it may mean is covered there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Meaning(StrEnum):
    CRIME = "crime"
    EVIDENCE = "evidence"
    STOLEN_VEHICLE = "stolen_vehicle"
    STOLEN_PLATE = "stolen_plate"
    WANTED_VEHICLE = "wanted_vehicle"
    MISSING_PERSON = "missing_person"
    WARRANT = "warrant"
    EMERGENCY = "emergency"
    HOTLIST_CHECK = "hotlist_check"
    PUBLIC_SAFETY = "public_safety"
    CODE_ENFORCEMENT = "code_enforcement"
    TRAFFIC = "traffic"
    PARKING = "parking"
    DETERRENCE = "deterrence"
    STOLEN_PROPERTY = "stolen_property"
    INTERDICTION = "interdiction"
    HOMELAND_SECURITY = "homeland_security"
    SURVEILLANCE = "surveillance"
    PATROL = "patrol"
    ADMINISTRATIVE = "administrative"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Purpose:
    """`means`: what someone who picks it may mean. `covers`: what a city that lists it allows."""

    code: str
    label: str
    means: frozenset[Meaning] = frozenset()
    covers: frozenset[Meaning] = frozenset()


_M = Meaning
_POLICE_WORK = (
    _M.CRIME,
    _M.EVIDENCE,
    _M.STOLEN_VEHICLE,
    _M.STOLEN_PLATE,
    _M.WANTED_VEHICLE,
    _M.WARRANT,
    _M.HOTLIST_CHECK,
    _M.STOLEN_PROPERTY,
    _M.INTERDICTION,
)

# code: (label, what it means, what it covers beyond that). A code that is not here still works in
# the city that lists it; it only has no meaning that another city could share.
_KNOWN: dict[str, tuple[str, tuple[Meaning, ...], tuple[Meaning, ...]]] = {
    "crime_person_or_property": ("Crime against a person or property", (_M.CRIME,), ()),
    "missing_child_adult_elderly": (
        "Missing child, adult or elderly person",
        (_M.MISSING_PERSON,),
        (),
    ),
    "stolen_wanted_or_interest_vehicle": (
        "Stolen or wanted vehicle, or one of investigative interest",
        (_M.STOLEN_VEHICLE, _M.WANTED_VEHICLE),
        (_M.STOLEN_PLATE,),
    ),
    "evidence_identification_prosecution": (
        "Evidence, identification or prosecution",
        (_M.EVIDENCE,),
        (),
    ),
    "emergency_vehicle_movement": (
        "Emergency in which vehicle movement matters",
        (_M.EMERGENCY,),
        (),
    ),
    "hotlist_check": ("Check against an active hotlist", (_M.HOTLIST_CHECK,), ()),
    "official_law_enforcement": ("Official law-enforcement purpose", (_M.CRIME,), _POLICE_WORK),
    "stolen_vehicle": ("Stolen vehicle", (_M.STOLEN_VEHICLE,), ()),
    "crime_associated_vehicle": ("Vehicle associated with a crime", (_M.CRIME,), ()),
    "amber_silver_missing_endangered": (
        "AMBER or Silver alert, missing or endangered person",
        (_M.MISSING_PERSON,),
        (),
    ),
    "public_safety": ("Public safety", (_M.PUBLIC_SAFETY,), (_M.EMERGENCY,)),
    "general_public_safety": ("Public safety", (_M.PUBLIC_SAFETY,), (_M.EMERGENCY,)),
    "deter_crime": ("Deterring crime", (_M.DETERRENCE,), ()),
    "aid_investigation_and_prosecution": (
        "Investigation and prosecution of crime",
        (_M.CRIME, _M.EVIDENCE),
        (_M.STOLEN_VEHICLE, _M.STOLEN_PLATE, _M.STOLEN_PROPERTY),
    ),
    "criminal_investigation": ("Criminal investigation", (_M.CRIME,), (_M.EVIDENCE,)),
    "stolen_or_wanted_vehicle": (
        "Stolen or wanted vehicle",
        (_M.STOLEN_VEHICLE, _M.WANTED_VEHICLE),
        (),
    ),
    "stolen_plate": ("Stolen plate", (_M.STOLEN_PLATE,), ()),
    "missing_person": ("Missing person", (_M.MISSING_PERSON,), ()),
    "stolen_property_recovery": ("Recovery of stolen property", (_M.STOLEN_PROPERTY,), ()),
    "suspect_interdiction": ("Stopping a suspect", (_M.INTERDICTION,), ()),
    # What these mean, no other city lists: picked here, they are refused there.
    "homeland_security": ("Homeland security", (_M.HOMELAND_SECURITY,), ()),
    "electronic_surveillance": ("Electronic surveillance", (_M.SURVEILLANCE,), ()),
    "routine_patrol": ("Routine patrol", (_M.PATROL,), ()),
    "department_civil_or_administrative_action": (
        "Civil or administrative action of the department",
        (_M.ADMINISTRATIVE,),
        (),
    ),
    "active_warrant": ("Active warrant", (_M.WARRANT,), ()),
    "code_enforcement": ("Code enforcement", (_M.CODE_ENFORCEMENT,), ()),
    "code_enforcement_investigation": (
        "Code-enforcement investigation",
        (_M.CODE_ENFORCEMENT,),
        (),
    ),
    "traffic_law_enforcement": ("Traffic law enforcement", (_M.TRAFFIC,), ()),
    "speed_enforcement": ("Speed enforcement", (_M.TRAFFIC,), ()),
    "parking_enforcement": ("Parking enforcement", (_M.PARKING,), ()),
    "other": ("Another purpose", (_M.OTHER,), ()),
}

# What `exports.local.allowed_for` names, as meanings of the purpose a person gives.
EXPORT_GROUNDS: Mapping[str, frozenset[Meaning]] = MappingProxyType(
    {
        "evidence": frozenset({_M.EVIDENCE}),
        "prosecution": frozenset({_M.EVIDENCE}),
        "law_enforcement": frozenset(_POLICE_WORK),
        "code_enforcement": frozenset({_M.CODE_ENFORCEMENT}),
    }
)


def known(code: str) -> Purpose:
    """The purpose behind a code; an unknown code gets a readable label and no meaning."""
    if code not in _KNOWN:
        return Purpose(code, code.replace("_", " ").strip().capitalize())
    label, means, beyond = _KNOWN[code]
    return Purpose(code, label, frozenset(means), frozenset(means) | frozenset(beyond))


KNOWN_CODES = frozenset(_KNOWN)
