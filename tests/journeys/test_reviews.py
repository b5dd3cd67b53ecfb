"""A use on no list: the officer asks, the attorney decides, and only then is anything read."""

import re
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from plateward.audit import log
from plateward.policy.vocabulary import Act
from tests import cast
from tests.journeys.story import Seat

USE = "find the owner of a stray herd"
ASKED = {
    "city": cast.WILLARD,
    "purpose_words": USE,
    "why": "cattle on US 160; no listed purpose fits",
}


def search(client: Client, purpose: str) -> Any:
    sent = {"cities": [cast.WILLARD], "purpose": purpose, "plate": "TST4821", "note": "stray herd"}
    return client.post("/search/", sent)


def review_on(page: Any) -> str:
    found = re.search(r"L-\d+", page.content.decode())
    assert found
    return found[0]


def opinion(approve: str, text: str = "public safety, section 3") -> dict[str, str]:
    until = timezone.localdate() + timedelta(days=20)
    return {approve: "yes", "opinion": text, "until": until.isoformat()}


def test_other_leads_to_legal_review_and_opens_once_it_is_approved(seat: Seat, seen: int) -> None:
    ana, mia = seat("ana"), seat("mia")
    refused = search(ana, "other")
    assert refused.status_code == 403
    assert f"/reviews/ask/?city={cast.WILLARD}".encode() in refused.content
    assert b"WIL-5.3" in refused.content
    assert ana.post("/reviews/ask/", ASKED)["Location"] == "/requests/"
    review = review_on(ana.get("/requests/"))
    assert search(ana, f"other:{review}").status_code == 400  # waits, so it is no choice yet
    listed = mia.get("/requests/")
    assert review.encode() in listed.content
    assert USE.encode() not in listed.content
    assert USE.encode() in mia.get(f"/reviews/{review}/").content
    assert mia.post(f"/reviews/{review}/", opinion("approve"))["Location"] == "/requests/"
    assert f"{USE} (approved".encode() in ana.get("/search/").content
    found = search(ana, f"other:{review}")
    assert found.status_code == 200
    assert b"1 read in Willard, MO" in found.content
    entry = next(e for e in log.latest(9) if e.outcome == "admitted")
    assert (entry.act, entry.facts["review"]) == (Act.READS_SEARCH, review)


def test_a_refusal_in_writing_reaches_the_officer_and_opens_nothing(seat: Seat, seen: int) -> None:
    ana, mia = seat("ana"), seat("mia")
    ana.post("/reviews/ask/", ASKED)
    review = review_on(ana.get("/requests/"))
    silent = mia.post(f"/reviews/{review}/", opinion("refuse", ""))
    assert silent.status_code == 400
    assert b"in writing" in silent.content
    mia.post(f"/reviews/{review}/", opinion("refuse", "a herd is not our matter"))
    assert b"a herd is not our matter" in ana.get("/requests/").content
    assert search(ana, f"other:{review}").status_code == 400


def test_only_the_attorney_reads_it(seat: Seat) -> None:
    seat("ana").post("/reviews/ask/", ASKED)
    review = "L-" + str(newest())
    for name in ("cy", "ben", "gus"):
        page = seat(name).get(f"/reviews/{review}/")
        assert page.status_code == 403
        assert USE.encode() not in page.content


def newest() -> int:
    from plateward.gate.models import LegalReview

    return int(LegalReview.objects.latest("pk").pk)


def test_where_no_city_reviews_there_is_nothing_to_ask(seat: Seat) -> None:
    assert seat("dee").get("/reviews/ask/").status_code == 403
    assert seat("mia").get("/reviews/L-99999/").status_code == 404


def test_what_is_missing_is_said_and_nothing_is_sent(seat: Seat) -> None:
    page = seat("ana").post("/reviews/ask/", ASKED | {"why": ""})
    assert page.status_code == 400
    assert b"Say why it is needed" in page.content
