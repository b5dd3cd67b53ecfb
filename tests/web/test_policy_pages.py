"""The pages that configure a policy: who may open them, what they adopt, what the log holds."""

import re
from contextlib import suppress

import pytest
from allauth.account.internal.flows import login
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plateward.audit import log
from plateward.gate import door
from plateward.gate.permit import Refused
from plateward.people.models import Person
from plateward.policy import adopt, in_force, load
from plateward.policy.decide import Reason
from plateward.policy.models import Adoption
from plateward.policy.vocabulary import Act
from plateward.web.policy import draft as policy_draft
from plateward.web.policy import forms as policy_forms
from tests import cast
from tests.web import seats

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cities")]
CITY = cast.CALABASAS
PAGE = f"/manage/{CITY}/policy/"
DRAFT, CHANGES, ADOPT = f"{PAGE}draft/", f"{PAGE}draft/changes/", f"{PAGE}draft/adopt/"
SHIPPED = load.shipped_text(CITY)
SHORTER = SHIPPED.replace("period: P2Y, anchor", "period: P60D, anchor")
RESOLUTION = "Resolution 26-014"


@pytest.fixture
def lou() -> Client:
    """City staff of Calabasas, who configure its policy."""
    return seats.at_the_keyboard("lou")


def send(client: Client, text: str, **more: object) -> int:
    return client.post(DRAFT, {"text": text, **more}).status_code


def as_shown(client: Client, **otherwise: str) -> dict[str, str]:
    """The answers as the page shows them, and what is left open accepted; `otherwise` by path."""
    sent: dict[str, str] = {}
    for form in client.get(CHANGES).context["forms"]:
        said = {name: form[name].value() or "" for name in ("choice", "value", "why")}
        said["choice"] = said["choice"] or "accept"
        said |= {
            name.partition("__")[2]: value
            for name, value in otherwise.items()
            if name.partition("__")[0] == form.silence.path.replace(".", "_")
        }
        sent |= {f"{form.prefix}-{name}": value for name, value in said.items()}
    return sent


def put_in_force(client: Client, **otherwise: str) -> int:
    shown = client.get(ADOPT).context
    said = {"seen": shown["seen"], "instrument": RESOLUTION, "confirmed": "on"}
    return client.post(ADOPT, said | otherwise).status_code


def test_what_is_in_force_is_shown_with_who_by_what_and_every_answer(lou: Client) -> None:
    page = lou.get(PAGE).content.decode()
    adopted = in_force.history(CITY)[0]
    assert adopted.digest in page
    assert "California law on plate readers" in page
    assert page.count("Taken") == len(adopted.answers)
    entry = log.latest(1)[0]
    assert (entry.act, entry.outcome) == (Act.POLICY_CONFIGURE, "admitted")


@pytest.mark.parametrize("where", [PAGE, DRAFT, CHANGES, ADOPT, f"{PAGE}clauses/CAL-III.h/"])
def test_it_stays_closed_to_who_may_not_configure_and_the_log_says_so(where: str) -> None:
    page = seats.at_the_keyboard("kim").get(where)
    assert page.status_code == 403
    assert log.count(act=Act.POLICY_CONFIGURE, outcome="refused") == 1


def test_where_no_role_configures_the_page_names_the_command_line() -> None:
    page = seats.at_the_keyboard("cy").get(f"/manage/{cast.WILLARD}/policy/")
    assert page.status_code == 403
    assert b"plateward policy" in page.content


def test_the_hub_leads_here_where_a_role_configures(lou: Client) -> None:
    assert PAGE.encode() in lou.get("/manage/").content
    assert b"/policy/" not in seats.at_the_keyboard("ana").get("/manage/").content


def test_a_wrong_text_is_told_with_its_lines_and_nothing_is_kept(lou: Client) -> None:
    wrong = SHIPPED.replace("timezone: America/Los_Angeles", "timezone: America/Los_Angels")
    page = lou.post(DRAFT, {"text": wrong})
    assert page.status_code == 400
    said = page.content.decode()
    assert re.search(r"Line \d+, timezone: There is no time zone", said)
    assert "Nothing was adopted" in said
    assert "America/Los_Angels" in page.context["form"]["text"].value()
    assert lou.get(CHANGES).status_code == 302


def test_an_unfinished_text_lists_what_is_still_to_be_written(lou: Client) -> None:
    blank = load.shipped_text("blank").replace("id: fill-in", f"id: {CITY}")
    page = lou.post(DRAFT, {"text": re.sub(r"(?m)^id: .*$", f"id: {CITY}", blank)})
    assert page.status_code == 400
    assert "access.roles" in page.content.decode()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"text": load.shipped_text(cast.CARSON)}, "policy of Carson"),
        ({"text": ""}, "Paste a text"),
        ({"file": SimpleUploadedFile("p.yaml", b"\xff\xfe\x00")}, "not UTF-8"),
        ({"file": SimpleUploadedFile("p.yaml", b"#" * 300_000)}, "larger than 256 KB"),
    ],
)
def test_what_is_no_text_of_this_city_is_refused(
    lou: Client, sent: dict[str, object], said: str
) -> None:
    page = lou.post(DRAFT, sent)
    assert page.status_code == 400
    assert said in page.content.decode()
    assert "Nothing was adopted" in page.content.decode()
    assert lou.get(CHANGES).status_code == 302


def test_a_file_is_read_and_its_changes_are_told_in_words(lou: Client) -> None:
    file = SimpleUploadedFile("policy.yaml", SHORTER.encode())
    assert lou.post(DRAFT, {"text": SHIPPED, "file": file, "laws": ["us-cjis"]}).status_code == 302
    page = lou.get(CHANGES)
    told = {row.about: row for section in page.context["changes"] for row in section.rows}
    assert (told["reads"].before, told["reads"].after) == ("2 years", "60 days")
    assert told["FBI CJIS Security Policy"].after == "stands over the policy"
    assert page.context["replay"]["here"] == 0
    assert Adoption.objects.filter(city=CITY).count() == 1


def test_requests_of_the_quarter_are_decided_again_by_the_draft(lou: Client) -> None:
    gus = cast.enrolled("gus")
    reason = Reason(purpose="locate_stolen_vehicles", case_number="24-1", note="theft")
    with suppress(Refused):
        door.admit(gus, Act.READS_VIEW, reason, cities=[CITY], second_factor=True)
    send(lou, SHORTER)
    asked = lou.get(CHANGES).context["replay"]["asked"]
    assert [(each["act"], each["asked"]) for each in asked] == [("Open a read and its picture", 1)]


def test_a_text_goes_through_all_steps_and_is_in_force_by_her_name(lou: Client) -> None:
    send(lou, SHORTER)
    sent = as_shown(
        lou,
        audits_every__choice="replace",
        audits_every__value="P3M",
        audits_every__why="the council asks for a quarter",
        retention_reads_max_lateness__choice="unsaid",
        retention_reads_max_lateness__why="the council leaves it",
        breach_law__choice="accept",
    )
    assert lou.post(CHANGES, sent | {"go_on": "yes"})["Location"] == ADOPT
    assert put_in_force(lou) == 302
    now = in_force.profile(CITY)
    badge = Person.objects.get(username="lou").badge
    assert (now.version, now.retention.period.text) == (2, "P60D")
    every = now.answers["audits.every"]
    assert (every.value, every.by, every.accepted_default) == ("P3M", badge, False)
    assert now.answers["retention.reads.max_lateness"].value is None
    assert now.answers["breach.law"].accepted_default
    row = in_force.history(CITY)[0]
    assert (row.by, row.instrument) == (badge, RESOLUTION)
    entry = next(each for each in log.latest(3) if each.act == "policy:profile:adopt")
    assert (entry.actor, entry.facts["digest"]) == (badge, now.digest)
    page = lou.get(PAGE).content.decode()
    assert "Version 2 is in force now" in page
    assert "Begin a draft" in page


def test_a_legal_note_is_read_by_whoever_adopts_and_not_by_the_last_one(lou: Client) -> None:
    send(lou, SHORTER)
    shown = {
        form.silence.path: form["choice"].value() for form in lou.get(CHANGES).context["forms"]
    }
    assert shown.pop("legal_notes.CA-GOV-34090") is None
    assert shown["audits.every"] == "accept"
    assert lou.get(ADOPT)["Location"] == CHANGES


def test_what_was_decided_before_is_kept_when_it_is_chosen(lou: Client) -> None:
    send(lou, SHORTER)
    other = {"choice": "replace", "value": "P3M", "why": "asked for"}
    lou.post(CHANGES, as_shown(lou, **{f"audits_every__{k}": v for k, v in other.items()}))
    put_in_force(lou)
    send(lou, SHIPPED)
    told = [row.about for each in lou.get(CHANGES).context["changes"] for row in each.rows]
    assert told == ["reads"], "an answer in force is taken until another is given"
    sent = as_shown(lou)
    number = next(name for name, value in sent.items() if value == "keep").partition("-")[0]
    lou.post(CHANGES, sent)
    assert put_in_force(lou) == 302
    kept = in_force.profile(CITY).answers["audits.every"]
    assert (number[:7], kept.value, kept.why) == ("silence", "P3M", "asked for")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"choice": ""}, "Choose one"),
        ({"choice": "replace", "value": "P3M"}, "Give the reason"),
        ({"choice": "replace", "why": "so"}, "Write what is decided"),
        ({"choice": "replace", "value": "quarterly", "why": "so"}, "cannot stand here"),
    ],
)
def test_an_answer_that_is_none_is_told_and_nothing_is_kept(
    lou: Client, wrong: dict[str, str], said: str
) -> None:
    send(lou, SHORTER)
    otherwise = {"audits_every__value": "", "audits_every__why": ""}
    otherwise |= {f"audits_every__{name}": value for name, value in wrong.items()}
    page = lou.post(CHANGES, as_shown(lou, **otherwise))
    assert page.status_code == 400
    assert said in page.content.decode()
    assert lou.get(ADOPT).status_code == 302


@pytest.mark.parametrize("left", ["confirmed", "instrument"])
def test_without_the_tick_or_the_instrument_nothing_is_adopted(lou: Client, left: str) -> None:
    send(lou, SHORTER)
    lou.post(CHANGES, as_shown(lou))
    assert put_in_force(lou, **{left: ""}) == 400
    assert in_force.profile(CITY).version == 1


def test_what_was_not_shown_is_not_adopted(lou: Client) -> None:
    send(lou, SHORTER)
    lou.post(CHANGES, as_shown(lou))
    seen = lou.get(ADOPT).context["seen"]
    adopt.suspend(CITY, "CAL-III.h", reference="Order 1", by="Kim Roe", now=timezone.now())
    said = {"seen": seen, "instrument": RESOLUTION, "confirmed": "on"}
    page = lou.post(ADOPT, said)
    assert page.status_code == 400
    assert b"has changed since this page was opened" in page.content
    assert in_force.profile(CITY).version == 2
    assert lou.post(ADOPT, said | {"seen": page.context["seen"]}).status_code == 302


@pytest.mark.parametrize("where", [ADOPT, f"{PAGE}clauses/CAL-III.h/"])
def test_who_confirmed_long_ago_confirms_again_and_the_draft_waits(lou: Client, where: str) -> None:
    send(lou, SHORTER)
    lou.post(CHANGES, as_shown(lou))
    session = lou.session
    for proof in session[login.AUTHENTICATION_METHODS_SESSION_KEY]:
        proof["at"] -= 3600
    session.save()
    for asked in (lou.get(where), lou.post(where, {"reference": "Order 1", "confirmed": "on"})):
        assert asked.status_code == 302
        assert asked["Location"].startswith("/account/")
    assert in_force.profile(CITY).version == 1
    assert b"Go on with the draft" in lou.get(PAGE).content


def test_a_draft_waits_and_can_be_thrown_away(lou: Client) -> None:
    send(lou, SHORTER)
    assert b"Go on with the draft" in lou.get(PAGE).content
    assert lou.post(f"{DRAFT}discard/").status_code == 302
    assert lou.get(CHANGES).status_code == 302
    assert in_force.profile(CITY).version == 1


def test_a_draft_that_takes_the_role_away_says_so(lou: Client) -> None:
    send(lou, SHIPPED.replace("[maintain, configure, audit]", "[maintain, audit]"))
    assert b"No role of this text may configure the policy" in lou.get(CHANGES).content


def test_a_clause_is_suspended_and_put_back_after_a_look_at_what_changes(lou: Client) -> None:
    where = f"{PAGE}clauses/CAL-III.h/"
    shown = lou.get(where).context
    assert shown["changes"]
    said = {"seen": shown["seen"], "reference": "Order 26-CV-118", "confirmed": "on"}
    assert lou.post(where, said).status_code == 302
    assert "CAL-III.h" in in_force.profile(CITY).suspended
    entry = next(each for each in log.latest(3) if each.act == adopt.SUSPEND)
    assert entry.actor == Person.objects.get(username="lou").badge
    assert "Order 26-CV-118" in lou.get(PAGE).content.decode()
    stale = lou.post(where, said)
    assert (stale.status_code, in_force.profile(CITY).version) == (400, 2)
    assert lou.post(where, said | {"seen": "2"}).status_code == 302
    assert in_force.profile(CITY).suspended == {}


def test_a_clause_without_its_order_or_that_is_none_changes_nothing(lou: Client) -> None:
    where = f"{PAGE}clauses/CAL-III.h/"
    assert lou.post(where, {"seen": "1", "confirmed": "on"}).status_code == 400
    assert lou.get(f"{PAGE}clauses/CAL-99/").status_code == 404
    assert in_force.profile(CITY).version == 1


def test_an_earlier_version_is_read_and_compared_with_the_one_before(lou: Client) -> None:
    adopt.suspend(CITY, "CAL-III.h", reference="Order 1", by="Kim Roe", now=timezone.now())
    first, second = (lou.get(f"{PAGE}versions/{number}/") for number in (1, 2))
    assert b"Read only" in first.content
    assert b"The first version" in first.content
    assert b"In force" in second.content
    told = [row.about for section in second.context["changes"] for row in section.rows]
    assert told == ["CAL-III.h", "who may be given reads"]
    assert b"Who may do what" in first.content
    assert lou.get(f"{PAGE}versions/3/").status_code == 404


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("training.before_access", False),
        ("access.log.required_fields", ["date", "time"]),
        ("security.encryption", {"scope": ["footage"], "level": "end_to_end"}),
        ("retention.reads.max_lateness", "P2D"),
        ("collection.fields.speed", "forbidden"),
        ("collection.fields.speed.use", "context only"),
    ],
)
def test_what_is_typed_is_what_stands_in_the_profile(path: str, value: object) -> None:
    typed = policy_forms.as_typed(path, value)
    assert policy_forms.value_of(path, typed) == value


@given(st.text() | st.text().map(lambda added: f"{SHIPPED}\n{added}"))
@settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_is_sent_is_refused_in_words_or_is_a_draft_of_this_city(text: str) -> None:
    now = in_force.profile(CITY)
    with suppress(policy_draft.NotGood):
        found = policy_draft.checked(policy_draft.Draft(text), now, by="CCA-019")
        assert found.would_be.id == CITY
