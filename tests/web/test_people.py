"""The pages about people: who may open them, what they do, and that the log has it."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from plateward.audit import log
from plateward.people import accounts, appointments, standing, training
from plateward.people.models import Closing, Person
from plateward.policy import in_force
from plateward.policy.profile import Profile
from plateward.policy.vocabulary import Act
from tests import cast
from tests.web import seats

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cities")]
CITY = cast.CALABASAS
TODAY = timezone.localdate(timezone=ZoneInfo("America/Los_Angeles"))  # the city's own day
LIST = f"/manage/{CITY}/people/"
NEW = {
    "what": "new",
    "new-username": "nia",
    "new-full_name": "Nia Park",
    "new-badge": "LASD-7001",
    "new-agency": "Los Angeles County Sheriff",
    "new-role": "lasd_authorised",
    "new-sworn": "yes",
    "new-document": "letter of 3 May",
    "new-issued_by": "CCA-019",
    "new-begins_on": TODAY.isoformat(),
}


@pytest.fixture
def lou() -> Client:
    """City staff of Calabasas, who administer its accounts."""
    cast.enrolled("gus")
    return seats.at_the_keyboard("lou")


def gus() -> Person:
    return Person.objects.get(username="gus")


def send(client: Client, what: str, **said: str) -> int:
    fields = {f"{what}-{name}": value for name, value in said.items()}
    return client.post(f"{LIST}{gus().pk}/", {"what": what, **fields}).status_code


def test_the_hub_shows_what_a_role_opens_and_where_the_operator_does_it(lou: Client) -> None:
    assert LIST.encode() in lou.get("/manage/").content
    page = seats.at_the_keyboard("ana").get("/manage/").content.decode()
    assert "/people/" not in page
    assert page.count("on the command line") == 2


def test_the_list_opens_to_the_role_the_policy_names_and_is_logged(lou: Client) -> None:
    page = lou.get(LIST)
    assert b"Gus Vega" in page.content
    assert log.latest(1)[0].act == Act.PEOPLE_ADMINISTER
    assert log.latest(1)[0].outcome == "admitted"


@pytest.mark.parametrize("name", ["kim", "ana"])
def test_it_stays_closed_to_everyone_else_and_the_log_says_so(name: str) -> None:
    page = seats.at_the_keyboard(name).get(LIST)
    assert page.status_code == 403
    assert log.count(act=Act.PEOPLE_ADMINISTER, outcome="refused") == 1


def test_where_no_role_administers_the_page_says_who_does() -> None:
    page = seats.at_the_keyboard("cy").get(f"/manage/{cast.WILLARD}/people/")
    assert page.status_code == 403
    assert b"plateward people" in page.content


def test_a_newcomer_gets_a_password_that_is_shown_once_and_must_be_changed(lou: Client) -> None:
    page = lou.post(f"{LIST}new/", NEW)
    nia = Person.objects.get(username="nia")
    assert page.status_code == 200
    assert page.context["password"] in page.content.decode()
    assert nia.check_password(page.context["password"])
    assert nia.must_change_password
    stands = standing.of(nia, CITY, second_factor=True, today=TODAY)
    assert (stands.role, stands.authorised) == ("lasd_authorised", True)
    entry = next(each for each in log.latest(9) if each.act == "people:role:appoint")
    assert (entry.actor, entry.facts["badge"]) == ("CCA-019", "LASD-7001")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"new-badge": "LASD-5521"}, "somebody&#x27;s already"),
        ({"new-full_name": "Gus  VEGA"}, "one account only"),
        ({"new-agency": "Roadside Maintenance Ltd"}, "choice"),
        ({"new-role": "city_prosecutor"}, "belongs to the City"),
        ({"new-document": ""}, "required"),
    ],
)
def test_what_cannot_be_is_refused_and_nobody_is_enrolled(
    lou: Client, wrong: dict[str, str], said: str
) -> None:
    page = lou.post(f"{LIST}new/", NEW | wrong)
    assert page.status_code == 400
    assert said in page.content.decode()
    assert not Person.objects.filter(username="nia").exists()


def test_somebody_with_an_account_is_given_a_role_by_badge(lou: Client) -> None:
    cast.enrolled("hana")
    fields = {name.replace("new-", "enrolled-"): value for name, value in NEW.items()}
    fields |= {"what": "enrolled", "enrolled-badge": "CTY-003", "enrolled-role": "release_designee"}
    assert lou.post(f"{LIST}new/", fields).status_code == 302
    hana = Person.objects.get(username="hana")
    assert standing.of(hana, CITY, second_factor=True, today=TODAY).role == "release_designee"


def test_training_is_recorded_by_topic_and_shown_as_missing_until_then(lou: Client) -> None:
    training_of = training.learned(gus(), _profile(), today=TODAY)
    assert len(training_of.topics) == 3
    lou.post(f"/manage/{CITY}/people/changes/", {"kind": "legal_change", "on": TODAY, "what": "SB"})
    assert b"No longer counts" in lou.get(f"{LIST}{gus().pk}/").content
    assert (
        send(
            lou,
            "train",
            completed_on=TODAY.isoformat(),
            evidence="course 7",
            topics="consequences_of_breach",
        )
        == 302
    )
    learned = training.learned(gus(), _profile(), today=TODAY)
    assert learned.topics == {"consequences_of_breach"}


def test_revoking_closes_the_role_at_once_and_keeps_the_paper(lou: Client) -> None:
    assert send(lou, "revoke", why="moved to another station") == 302
    assert standing.of(gus(), CITY, second_factor=True, today=TODAY).role is None
    page = lou.get(f"{LIST}{gus().pk}/").content.decode()
    assert "moved to another station" in page
    assert log.count(act="people:role:revoke", city=CITY) == 1


def test_an_account_used_in_other_cities_is_not_closed_by_one(lou: Client) -> None:
    assert send(lou, "terminate", why="left") == 400
    assert gus().is_active


def test_closing_the_account_signs_the_person_out(lou: Client) -> None:
    person = gus()
    for city in (cast.WALNUT, cast.CARSON):
        appointments.revoke(person, city, by="clerk", why="moved")
    theirs = seats.keyboard_of(person)
    assert theirs.get("/standing/").status_code == 200
    assert send(lou, "terminate", why="left the department") == 302
    assert theirs.get("/standing/").status_code == 302
    assert b"employment or assignment ended" in lou.get(LIST).content
    assert send(lou, "reinstate", why="closed by mistake") == 302
    assert gus().is_active


def test_the_yearly_review_is_recorded_from_the_page(lou: Client) -> None:
    assert send(lou, "review", outcome="keep", note="still at the station") == 302
    assert [each.outcome for each in accounts.reviews(gus(), CITY)] == ["keep"]


def test_good_standing_is_recorded_with_its_reason(lou: Client) -> None:
    assert send(lou, "standing", good="no", why="under review") == 302
    assert not standing.of(gus(), CITY, second_factor=True, today=TODAY).good_standing
    assert send(lou, "standing", good="no") == 400


def test_nobody_changes_their_own_record(lou: Client) -> None:
    me = Person.objects.get(username="lou")
    page = lou.post(
        f"{LIST}{me.pk}/",
        {"what": "standing", "standing-good": "yes", "standing-why": "I say so"},
    )
    assert page.status_code == 400
    assert b"Nobody decides about their own account" in page.content


def test_people_of_other_cities_are_not_shown(lou: Client) -> None:
    ana = cast.enrolled("ana")
    assert lou.get(f"{LIST}{ana.pk}/").status_code == 404
    assert b"Ana Ortiz" not in lou.get(LIST).content


def test_my_standing_says_what_is_missing_by_which_clause_and_whom_to_ask(lou: Client) -> None:
    theirs = seats.keyboard_of(gus())
    assert theirs.get("/standing/").content.count(b"Nothing is missing") == 3
    appointments.set_good_standing(gus(), CITY, good=False, by="clerk", why="under review")
    page = theirs.get("/standing/").content.decode()
    assert "You cannot use this role yet" in page
    assert "CAL-III.c.1" in page
    assert "Lou Barnes" in page


def test_my_standing_of_a_stranger_says_whom_to_ask() -> None:
    page = seats.at_the_keyboard("finn").get("/standing/")
    assert b"You hold no role" in page.content


def test_what_a_dormant_sweep_closed_is_told_to_those_who_manage(lou: Client) -> None:
    long_ago = timezone.now() - timedelta(days=91)
    Person.objects.filter(username="gus").update(last_login=long_ago, date_joined=long_ago)
    accounts.close_dormant(now=timezone.now())
    assert Closing.objects.filter(person=gus(), kind="dormant").exists()
    assert b"not used for 90 days" in lou.get(LIST).content


def _profile() -> Profile:
    return in_force.profile(CITY)
