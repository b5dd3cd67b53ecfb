"""A copy leaves, from the browser's side: asked for, taken, opened, attested, and in the log."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from plateward.audit import checkpoints, log
from plateward.audit.verify import package as verifier
from plateward.custody.downloads_models import Download
from plateward.policy.vocabulary import Act
from tests import cast
from tests.journeys.story import Seat, taken_in
from tests.journeys.test_read import opened, slip_from
from tests.journeys.test_search import ASKED, ask

WHY = {
    "purpose": "evidence_identification_prosecution",
    "case_number": "26-014233",
    "note": "burglary on Jackson Street",
}


def take(client: Client, *reads: int, **said: Any) -> Any:
    return client.post("/downloads/take/", {"read": reads, "take": "yes", **WHY, **said})


def test_the_reason_of_the_search_comes_along_to_the_download(seat: Seat, seen: int) -> None:
    ana = seat("ana")
    page = opened(ana, seen, slip=slip_from(ask(ana)))
    assert b"Download this read" in page.content
    form = ana.post("/downloads/take/", {"read": seen, "slip": page.context["slip"]})
    assert b"To be purged within 6 months" in form.content
    assert b"TST4821" not in form.content
    assert form.context["form"]["note"].value() == ASKED["note"]


def test_a_read_is_downloaded_sealed_opened_and_its_purge_attested(
    seat: Seat, seen: int, tmp_path: Path
) -> None:
    ana = seat("ana")
    got = take(ana, seen)
    assert got["Content-Disposition"].endswith('-willard-mo.sealed"')
    assert "no-store" in got["Cache-Control"]
    number = Download.objects.get().pk
    listed = ana.get("/manage/willard-mo/downloads/")
    assert f"D-{number}".encode() in listed.content
    assert b"TST4821" not in listed.content
    told = ana.post(f"/manage/willard-mo/downloads/{number}/key/", WHY)
    file = tmp_path / "package.sealed"
    file.write_bytes(got.content)
    last = checkpoints.latest()
    assert last is not None
    assert verifier.check(file, vkey=last.vkey, seal=told.context["key"]).ok
    step = f"/manage/willard-mo/downloads/{number}/purge/"
    wrong = ana.post(step, {"purge-how": " "})
    assert wrong.status_code == 400
    assert b"Say how each copy was destroyed" in wrong.content
    done = ana.post(step, {"purge-how": "file deleted, laptop wiped"}, follow=True)
    assert b"The purge is attested" in done.content
    said = [entry.facts.get("step") for entry in log.latest(30) if "step" in entry.facts]
    assert said == ["purged", "key given", "taken"]


def test_for_what_the_text_does_not_name_the_refusal_names_its_clause(
    seat: Seat, seen: int, seen_in_odessa: int
) -> None:
    ana = seat("ana")
    refused = take(ana, seen, purpose="hotlist_check")
    assert refused.status_code == 403
    assert b"WIL-4.3" in refused.content
    assert b'value="26-014233"' in refused.content
    in_odessa = take(ana, seen_in_odessa, purpose="crime_associated_vehicle")
    assert in_odessa.status_code == 403
    assert not Download.objects.exists()
    said = [e.outcome for e in log.latest(9) if e.act == Act.EXPORTS_DOWNLOAD]
    assert said == ["refused", "refused"]


@pytest.mark.parametrize(("sent", "status"), [((), 404), ((10**17,), 404), (("x' OR 1",), 404)])
def test_reads_that_are_none_are_no_download(
    seat: Seat, cameras: object, sent: tuple[object, ...], status: int
) -> None:
    assert take(seat("ana"), *sent).status_code == status  # type: ignore[arg-type]


def test_reads_of_two_cities_are_two_packages(seat: Seat, seen: int, seen_in_odessa: int) -> None:
    page = take(seat("ana"), seen, seen_in_odessa)
    assert page.status_code == 400
    assert b"Choose reads of one city" in page.content


def test_evidence_of_calabasas_is_booked_on_its_page(seat: Seat, cameras: object) -> None:
    read = taken_in(cast.sighting(device="cal-parkway"))
    gus = seat("gus")
    got = take(gus, read, purpose="criminal_investigation", evidence="on")
    assert got["Content-Disposition"].endswith('-calabasas-ca.zip"')
    number = Download.objects.get().pk
    page = gus.get(f"/manage/calabasas-ca/downloads/{number}/")
    assert b"To be booked" in page.content
    assert b"LASD Lost Hills Station" in page.content
    booked = gus.post(
        f"/manage/calabasas-ca/downloads/{number}/book/",
        {"book-property_number": "PR-26-88", "book-medium": "USB drive 3"},
        follow=True,
    )
    assert b"booked as PR-26-88" in booked.content
    lou = seat("lou")  # audits, and took nothing
    seen_by_lou = lou.get(f"/manage/calabasas-ca/downloads/{number}/")
    assert seen_by_lou.status_code == 200
    assert b"its people say what becomes of it" in seen_by_lou.content
    paper = SimpleUploadedFile("receipt.pdf", b"%PDF-1.7")
    none = gus.post(
        f"/manage/calabasas-ca/downloads/{number}/received/",
        {"received-who": "Sgt Lee", "received-paper": paper},
        follow=True,
    )
    assert b"answered no request" in none.content


def test_who_has_no_part_in_downloads_sees_no_register(seat: Seat, cameras: object) -> None:
    refused = seat("dee").get("/manage/odessa-mo/downloads/")
    assert refused.status_code == 403
    assert seat("ana").get("/manage/willard-mo/downloads/99/").status_code == 404
