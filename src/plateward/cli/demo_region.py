"""The demo region: five cities under their own policies, their cameras and their people."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from plateward.cameras.register import Site
from plateward.people.agencies import Entry
from plateward.people.enrol import Newcomer
from plateward.policy.silence import Answer

CITIES: Final = ("willard-mo", "odessa-mo", "walnut-ca", "calabasas-ca", "carson-ca")
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
    """A role held in one city; trained that many days ago, or never.

    `despite`: why someone of another agency holds it. `attested`: preconditions shown on paper.
    `topics`: the part of the course that was completed; none named, all of it.
    """

    city: str
    code: str
    sworn: bool | None
    trained_days_ago: int | None
    despite: str = ""
    attested: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Player:
    """One demo person and what to try as them."""

    who: Newcomer
    shown_as: str
    roles: tuple[Role, ...]
    trying: str


AGENCIES: Final = (
    Entry("Willard Police Department", "police", "MO"),
    Entry("Odessa Police Department", "police", "MO"),
    Entry("Los Angeles County Sheriff", "sheriff", "CA"),
    Entry("City of Willard", "city_department", "MO"),
    Entry("City of Walnut", "city_department", "CA"),
    Entry("City of Calabasas", "city_department", "CA"),
    Entry("City of Carson", "city_department", "CA"),
    Entry("Roadside Maintenance Ltd", "contractor"),
    Entry("Camera Vendor Inc", "contractor"),
)


def _person(username: str, name: str, badge: str, agency: str) -> Newcomer:
    return Newcomer(username, name, badge, agency)


PEOPLE: Final = (
    Player(
        _person("ana", "Ana Ortiz", "WPD-117", "Willard Police Department"),
        "officer, trained, in two cities",
        (
            Role("willard-mo", "sworn_officer", True, 40),
            Role(
                "odessa-mo", "pd_member", True, 40, "works for both departments by their agreement"
            ),
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
        "read Willard's log, look at its duties; search: refused",
    ),
    Player(
        _person("dee", "Dee Lin", "OPD-031", "Odessa Police Department"),
        "dispatcher",
        (Role("odessa-mo", "pd_member", False, 90),),
        "search Odessa with CAD 26-10377; then with 77: not how Odessa writes them",
    ),
    Player(
        _person("eve", "Eve Stone", "CON-008", "Roadside Maintenance Ltd"),
        "maintenance contractor",
        (Role("carson-ca", "contractor", False, 30),),
        "under Duties, record the overdue camera check; search: refused",
    ),
    Player(
        _person("finn", "Finn Clark", "CTY-012", "City of Willard"),
        "city clerk, no role",
        (),
        "search: refused, no role in the policy",
    ),
    Player(
        _person("gus", "Gus Vega", "LASD-5521", "Los Angeles County Sheriff"),
        "sheriff's deputy, in three cities",
        (
            Role("walnut-ca", "lasd_sworn", True, 60, attested=("authorised_by_asd",)),
            Role("calabasas-ca", "lasd_authorised", True, 60),
            Role("carson-ca", "lasd_sworn", True, 60, attested=("lasd_policy_compliance",)),
        ),
        "search all three: Calabasas answers, the others want a request first",
    ),
    Player(
        _person("hana", "Hana Reyes", "CTY-003", "City of Carson"),
        "policy officer of Carson",
        (Role("carson-ca", "policy_officer", False, 15),),
        "read Carson's log: who was refused, and by which clause",
    ),
    Player(
        _person("ivo", "Ivo Brandt", "VEN-001", "Camera Vendor Inc"),
        "vendor",
        (Role("willard-mo", "vendor", False, 10, "took over from the vendor that the text names"),),
        "search: refused, a vendor sees counts only",
    ),
    Player(
        _person("jo", "Jo Marsh", "CWA-002", "City of Walnut"),
        "Administrative Services Director",
        (Role("walnut-ca", "asd", False, 25),),
        "under Requests, grant gus the request that waits; search without one",
    ),
    Player(
        _person("kim", "Kim Doyle", "CCA-007", "City of Calabasas"),
        "city prosecutor",
        (Role("calabasas-ca", "city_prosecutor", False, 50),),
        "search Calabasas for code enforcement: allowed there and nowhere else",
    ),
    Player(
        _person("lou", "Lou Barnes", "CCA-019", "City of Calabasas"),
        "city staff who run it day by day",
        (Role("calabasas-ca", "city_admin_staff", False, 70),),
        "under Manage, record the rest of pia's training; read the log; search: refused",
    ),
    Player(
        _person("mia", "Mia Novak", "CTY-014", "City of Willard"),
        "city attorney",
        (Role("willard-mo", "city_attorney", False, 35),),
        "under Requests, answer ana, who asks for a purpose on no list",
    ),
    Player(
        _person("pia", "Pia Soto", "LASD-6108", "Los Angeles County Sheriff"),
        "deputy halfway through the course",
        (
            Role(
                "calabasas-ca",
                "lasd_authorised",
                True,
                10,
                topics=(
                    "secure_handling_of_confidential_data",
                    "handling_and_transmission_procedures",
                ),
            ),
        ),
        "search Calabasas: refused, one topic is missing; practise instead, under Help",
    ),
)


_STREET = "public_right_of_way"
_ROAD = "public_roadway"
_BOUNDS = "city_boundaries"
_SITES: Final = (
    ("wil-160-jackson", "willard-mo", "US 160 and Jackson St", _STREET, 37.3050, -93.4285),
    ("wil-ab-farm", "willard-mo", "Route AB and Farm Road 94", _STREET, 37.3166, -93.4240),
    ("ode-131-i70", "odessa-mo", "MO 131 and I-70 ramp", _ROAD, 38.9960, -93.9660),
    ("ode-2nd-mason", "odessa-mo", "S 2nd St and W Mason St", _ROAD, 38.9992, -93.9536),
    ("wal-lemon", "walnut-ca", "Lemon Ave and La Puente Rd", _STREET, 34.0203, -117.8653),
    ("wal-valley", "walnut-ca", "Valley Blvd and Fairway Dr", _STREET, 34.0089, -117.8690),
    ("cal-parkway", "calabasas-ca", "Parkway Calabasas, north", _BOUNDS, 34.1446, -118.6530),
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
