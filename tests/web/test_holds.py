"""The pages of holds: asked for on paper, agreed to by another, opened for the case, let go."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from plateward.audit import log
from plateward.custody.holds_models import HeldRead, Hold
from plateward.intake.receive import receive
from plateward.policy.vocabulary import Act
from tests import cast
from tests.web.seats import at_the_keyboard

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cameras")]
HERE = f"/manage/{cast.WILLARD}/holds/"
PDF = b"%PDF-1.7\n%%EOF\n"
CASE = "26-014233"
WHY = {"purpose": "crime_person_or_property", "case_number": CASE, "note": "trial on Monday"}


@pytest.fixture
def cameras(db: None) -> dict[str, str]:
    cast.adopt_all()
    return cast.register_all()


def asked(**other: object) -> dict[str, object]:
    return {
        "ground": "subpoena",
        "reference": "SUB-2026-17",
        "case_number": CASE,
        "note": "defence subpoena in the burglary",
        "document": SimpleUploadedFile("order.pdf", PDF),
        "review_on": (timezone.localdate() + timedelta(days=60)).isoformat(),
        "scope": "reads",
    } | other


def seen(device: str = "wil-160-jackson") -> int:
    read = receive(cast.sighting(device=device)).read
    assert read is not None
    return read


def html(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content.decode()
    return answer.content.decode()


def test_a_hold_from_the_first_page_to_the_last() -> None:
    ana, read = at_the_keyboard("ana"), seen()
    cy = at_the_keyboard("cy")
    form = html(ana, f"{HERE}new/?read={read}")
    assert re.search(rf'Subpoena \(WIL-6.2\).*value="{read}"', form, re.DOTALL)
    placed = ana.post(f"{HERE}new/", asked(reads=str(read)), follow=True)
    assert "waits for somebody else" in placed.content.decode()
    number = Hold.objects.get().pk
    assert "Approve or refuse" not in html(ana, f"{HERE}{number}/")

    assert "1 hold waits" in html(cy, HERE)
    paper = cy.get(f"{HERE}{number}/paper/")
    assert (paper.content, paper["Content-Type"]) == (PDF, "application/pdf")
    assert paper["Content-Disposition"] == 'attachment; filename="order.pdf"'
    done = cy.post(f"{HERE}{number}/decide/", {"words": "in order", "approve": "yes"}, follow=True)
    assert "1 read copied" in done.content.decode()
    whole = html(cy, f"{HERE}{number}/")
    assert "In force" in whole
    assert "TST4821" not in whole

    shown = ana.post(f"{HERE}{number}/open/", WHY).content.decode()
    assert "TST4821" in shown
    other = ana.post(f"{HERE}{number}/open/", WHY | {"case_number": "26-000777"})
    assert other.status_code == 403
    assert "not its case or reference" in other.content.decode()
    released = cy.post(f"{HERE}{number}/release/", {"words": "case closed"}, follow=True)
    assert "is released" in released.content.decode()
    assert ana.post(f"{HERE}{number}/open/", WHY).status_code == 403


def test_a_question_is_a_search_too_and_needs_what_a_search_needs() -> None:
    ana = at_the_keyboard("ana")
    seen()
    now = timezone.localtime()
    question = asked(
        scope="query",
        plate="TST4821",
        since=(now - timedelta(days=2)).strftime("%Y-%m-%dT%H:%M"),
        until=(now + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M"),
    )
    refused = ana.post(f"{HERE}new/", question)
    assert refused.status_code == 403
    assert "No purpose was given" in refused.content.decode()
    question["document"] = SimpleUploadedFile("order.pdf", PDF)
    placed = ana.post(f"{HERE}new/", question | {"purpose": WHY["purpose"]}, follow=True)
    assert placed.status_code == 200, placed.content.decode()
    number = Hold.objects.get().pk
    assert "TST4821" not in html(ana, f"{HERE}{number}/")
    assert "TST4821" in html(at_the_keyboard("cy"), f"{HERE}{number}/decide/")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"document": SimpleUploadedFile("order.pdf", b"MZ\x90\x00\x03")}, "no PDF, JPEG or PNG"),
        ({"reference": ""}, "Give the number of the subpoena"),
        ({"reads": "abc"}, "Numbers of reads are digits"),
        ({"review_on": ""}, "Choose the day of its review"),
    ],
)
def test_what_is_amiss_stands_beside_its_field_and_nothing_is_held(
    wrong: dict[str, object], said: str
) -> None:
    answer = at_the_keyboard("ana").post(f"{HERE}new/", asked(reads=str(seen())) | wrong)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not Hold.objects.exists()


def test_without_a_paper_the_policy_refuses_and_the_log_says_so() -> None:
    said = asked(reads=str(seen()))
    del said["document"]
    answer = at_the_keyboard("ana").post(f"{HERE}new/", said)
    assert answer.status_code == 403
    text = answer.content.decode()
    assert "Nothing is attached" in text
    entry = log.entry(int(re.findall(r"entry #(\d+)", text)[0]))
    assert (entry.act, entry.outcome) == (Act.HOLDS_PLACE, "refused")


def test_carson_is_told_its_clause_counsel_and_the_emergency_copy_and_makes_one() -> None:
    seen("car-avalon")
    there = f"/manage/{cast.CARSON}/holds/"
    told = html(at_the_keyboard("gus"), f"{there}new/")
    assert "CAR-8.2" in told
    assert "ask the City&#x27;s attorney" in told
    assert "emergency preservation copy" in told
    hana, now = at_the_keyboard("hana"), timezone.localtime()
    order = asked(
        ground="court_order",
        plate="TST4821",
        since=(now - timedelta(days=2)).strftime("%Y-%m-%dT%H:%M"),
        until=(now + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M"),
    )
    made = hana.post(f"{there}emergency/", order, follow=True)
    assert "Counsel alone opens it" in made.content.decode()
    assert HeldRead.objects.count() == 1
    number = Hold.objects.get().pk
    why = {name: WHY[name] for name in ("case_number", "note")}
    closed = hana.post(f"{there}emergency/{number}/open/", why)
    assert closed.status_code == 403
    assert "nobody has put on record that you act as counsel" in closed.content.decode()
    assert "1 emergency copy" in html(Client(), f"/city/{cast.CARSON}/")
