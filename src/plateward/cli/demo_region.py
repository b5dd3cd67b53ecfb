"""The demo region: three cities under their own policies, their cameras and their people."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from plateward.cameras.register import Site
from plateward.people.enrol import Newcomer
from plateward.policy.silence import Answer

CITIES: Final = ("willard-mo", "odessa-mo", "carson-ca")
CLERK: Final = "demo clerk"

# Where a city's text is silent, the proposed default is accepted, except here.
ANSWERS: Final = {
    "willard-mo": (
        Answer(
            "access.query_gate.case_reference",
            "none",
            CLERK,
            "the text asks for a reason and names no case number; the demo council leaves it there",
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Role:
    """A role held in one city; trained that many days ago, or never."""

    city: str
    code: str
    sworn: bool | None
    trained_days_ago: int | None


@dataclass(frozen=True, slots=True)
class Player:
    """One demo person and what to try as them."""

    who: Newcomer
    shown_as: str
    roles: tuple[Role, ...]
    trying: str


def _person(username: str, name: str, badge: str, agency: str) -> Newcomer:
    return Newcomer(username, name, badge, agency)


PEOPLE: Final = (
    Player(
        _person("ana", "Ana Ortiz", "WPD-117", "Willard Police Department"),
        "officer, trained, in two cities",
        (
            Role("willard-mo", "sworn_officer", True, 40),
            Role("odessa-mo", "pd_member", True, 40),
        ),
        "search both cities without a case number: Willard answers, Odessa refuses",
    ),
    Player(
        _person("ben", "Ben Hale", "WPD-204", "Willard Police Department"),
        "officer, training lapsed",
        (Role("willard-mo", "sworn_officer", True, 400),),
        "search: refused until trained again",
    ),
    Player(
        _person("cy", "Cy Moore", "WPD-001", "Willard Police Department"),
        "chief of police",
        (Role("willard-mo", "chief", True, 20),),
        "read Willard's log; search: refused, the chief audits",
    ),
    Player(
        _person("dee", "Dee Lin", "OPD-031", "Odessa Police Department"),
        "dispatcher",
        (Role("odessa-mo", "pd_member", False, 90),),
        "watch the alerts; search Odessa with a CAD number",
    ),
    Player(
        _person("eve", "Eve Stone", "CON-008", "Roadside Maintenance Ltd"),
        "maintenance contractor",
        (Role("carson-ca", "contractor", False, 30),),
        "search: refused, a contractor sees no plate",
    ),
    Player(
        _person("finn", "Finn Clark", "CTY-012", "City of Willard"),
        "city clerk, no role",
        (),
        "search: refused, no role in the policy",
    ),
    Player(
        _person("gus", "Gus Vega", "LASD-5521", "Los Angeles County Sheriff"),
        "sheriff's deputy",
        (Role("carson-ca", "lasd_sworn", True, 60),),
        "search Carson: refused, access there is by request only",
    ),
    Player(
        _person("hana", "Hana Reyes", "CTY-003", "City of Carson"),
        "policy officer of Carson",
        (Role("carson-ca", "policy_officer", False, 15),),
        "read Carson's log",
    ),
    Player(
        _person("ivo", "Ivo Brandt", "VEN-001", "Camera Vendor Inc"),
        "vendor",
        (Role("willard-mo", "vendor", False, 10),),
        "search: refused, a vendor sees counts only",
    ),
)


_STREET = "public_right_of_way"
_ROAD = "public_roadway"
_SITES: Final = (
    ("wil-160-jackson", "willard-mo", "US 160 and Jackson St", _STREET, 37.3050, -93.4285),
    ("wil-ab-farm", "willard-mo", "Route AB and Farm Road 94", _STREET, 37.3166, -93.4240),
    ("ode-131-i70", "odessa-mo", "MO 131 and I-70 ramp", _ROAD, 38.9960, -93.9660),
    ("ode-2nd-mason", "odessa-mo", "S 2nd St and W Mason St", _ROAD, 38.9992, -93.9536),
    ("car-avalon", "carson-ca", "Avalon Blvd and Carson St", _STREET, 33.8315, -118.2647),
)


def cameras(today: date) -> tuple[Site, ...]:
    """Approved sixty days ago, each at a kind of place its city's policy allows."""
    return tuple(
        Site(
            code=code,
            city=city,
            title=place,
            place=place,
            place_type=kind,
            latitude=north,
            longitude=east,
            approved_by=CLERK,
            approved_on=today - timedelta(days=60),
        )
        for code, city, place, kind, north, east in _SITES
    )
