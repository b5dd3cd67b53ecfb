"""The search console from the browser's side: places, looks, spans, pages, and what is said."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.utils import timezone

from plateward.audit import log
from plateward.gate import door
from plateward.plates.sighting import Vehicle
from plateward.policy.decide import decide
from plateward.policy.vocabulary import Act
from plateward.reads import search
from tests import cast
from tests.journeys.story import Seat, taken_in
from tests.journeys.test_search import ask

NEAR_JACKSON = {"area": "near", "radius": "300", "radius_unit": "ft", "span": "day"}


def hidden(page: Any, button: str) -> dict[str, list[str]]:
    """What the form with this button would send."""
    form = next(f for f in page.content.decode().split("<form")[1:] if f">{button}<" in f)
    sent: dict[str, list[str]] = {}
    for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form):
        sent.setdefault(name, []).append(unescape(value))
    return sent


def point_of(camera: str) -> str:
    from plateward.cameras import register

    stands = register.named(camera)
    return f"{stands.latitude}, {stands.longitude}"


def asked_last() -> dict[str, Any]:
    entries = (e for e in log.latest(10) if e.act == Act.READS_SEARCH and e.outcome != "answered")
    private = next(entries).private
    assert private is not None
    query = private["query"]
    assert isinstance(query, dict)
    return query


def test_a_typed_circle_finds_what_passed_there_and_nothing_that_passed_elsewhere(
    seat: Seat, seen: int
) -> None:
    taken_in(cast.sighting("ELS1234", device="wil-ab-farm"))
    page = ask(seat("ana"), plate="", point=point_of("wil-160-jackson"), **NEAR_JACKSON)
    assert page.status_code == 200
    text = page.content.decode()
    assert "1 read in Willard, MO" in text
    assert "TST4821</span>" in text
    assert asked_last()["place"].startswith("91 m around ")


def test_a_typed_shape_finds_what_passed_inside_it(seat: Seat, seen: int) -> None:
    taken_in(cast.sighting("ELS1234", device="wil-ab-farm"))
    corners = "37.300, -93.435\n(37.300; -93.420)\n37.310 -93.428"
    page = ask(seat("ana"), plate="", area="inside", corners=corners, span="day")
    assert page.status_code == 200
    assert "TST4821</span>" in page.content.decode()
    assert "ELS1234</span>" not in page.content.decode()


def test_colour_is_refused_by_the_city_that_keeps_none_and_answered_by_the_other(
    seat: Seat, cameras: dict[str, str]
) -> None:
    red = Vehicle(color="Red", body_type="sedan")
    taken_in(cast.sighting("RED1234", device="ode-131-i70", vehicle=red))
    asked = {"cities": [cast.WILLARD, cast.ODESSA], "case_number": "26-014233", "plate": "RED1234"}
    text = ask(seat("ana"), **asked, body_type="SEDAN").content.decode()
    assert "1 read in Odessa, MO" in text
    assert "Willard, MO did not allow this" in text
    assert "keeps no body type" in text


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"area": "near", "point": "Jackson St", "radius": "1"}, "“Jackson St” is no point"),
        ({"area": "near", "point": "", "radius": "1"}, "Give the point"),
        ({"area": "near", "point": "37.3, -93.4"}, "Say how far"),
        ({"area": "near", "point": "37.3, -93.4", "radius": "900"}, "A radius is from"),
        ({"area": "near", "point": "37.3, -93.4", "radius": "far"}, "This is no distance"),
        ({"area": "near", "point": "97.3, -93.4", "radius": "1"}, "A latitude is from"),
        ({"area": "inside", "corners": "37.3, -93.4\n37.4, -93.4"}, "from 3 to"),
        ({"cameras": ["ode-131-i70"]}, "Tick Odessa, MO, or untick"),
        ({"cameras": ["nowhere"]}, "nowhere"),
        ({"span": "century"}, "century"),
        ({"page": "2026.1~forged"}, "opened too long ago"),
        ({"page": "1~x", "asked_at": "0001-01-01T00:00:00+14:00", "span": "week"}, "too long ago"),
    ],
)
def test_what_cannot_be_searched_is_said_and_nothing_is_asked_of_the_gate(
    seat: Seat, cameras: dict[str, str], changed: dict[str, object], words: str
) -> None:
    page = ask(seat("ana"), **changed)
    assert page.status_code == 400
    assert words in unescape(page.content.decode())
    assert log.count(act=Act.READS_SEARCH) == 0


def test_older_reads_come_by_key_while_new_ones_arrive_and_are_the_same_searchs_next_page(
    seat: Seat, cameras: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MOST", 2)
    now = timezone.now()
    for n in range(3):
        taken_in(cast.sighting(f"AGE100{n}", seen_at=now - timedelta(minutes=10 + n)))
    browser = seat("ana")
    first = ask(browser, plate="AGE100*", span="hour")
    assert b"The newest 2 reads" in first.content
    began = next(e for e in log.latest(10) if e.outcome == "admitted").index
    taken_in(cast.sighting("AGE1009"))
    sent = hidden(first, "Older reads")
    text = browser.post("/search/", sent).content.decode()
    assert "Page 2: 1 older read in" in text
    assert "AGE1002</span>" in text
    assert "AGE1009</span>" not in text
    assert asked_last()["page_of"] == str(began)
    changed = browser.post("/search/", {**sent, "plate": ["AGE*"]})
    assert changed.status_code == 400
    assert "no page of this search" in changed.content.decode()


def test_a_next_page_is_asked_of_the_gate_again(
    seat: Seat, cameras: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MOST", 1)
    for plate in ("AGE1001", "AGE1002"):
        taken_in(cast.sighting(plate))
    browser = seat("ana")
    sent = hidden(ask(browser, plate="AGE100*"), "Older reads")
    monkeypatch.setattr(door, "decide", _refusing(decide))
    page = browser.post("/search/", sent)
    assert page.status_code == 403
    assert b"Search refused" in page.content


def _refusing(really: Any) -> Any:
    def refuse(profile: Any, standing: Any, act: Any, reason: Any, now: Any, **more: Any) -> Any:
        stands = type(standing)(signed_in_with_second_factor=True)
        return really(profile, stands, act, reason, now, **more)

    return refuse


def test_another_persons_next_page_is_not_theirs_to_take(
    seat: Seat, cameras: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MOST", 1)
    for plate in ("AGE1001", "AGE1002"):
        taken_in(cast.sighting(plate))
    sent = hidden(ask(seat("ana"), plate="AGE100*"), "Older reads")
    page = seat("dee").post("/search/", sent)
    assert page.status_code == 400
    assert "by somebody else" in page.content.decode()


def test_nothing_found_says_what_was_asked_where_and_how_long_reads_are_kept(
    seat: Seat, cameras: dict[str, str]
) -> None:
    asked = {"plate": "ABC9999", "close": "on", "cameras": ["wil-160-jackson"]}
    text = unescape(ask(seat("ana"), **asked).content.decode())
    assert "plate ABC9999, and plates that look alike or differ by one character" in text
    assert "at US 160 and Jackson St" in text
    assert "Willard, MO keeps reads 30 days" in text


@pytest.mark.parametrize("until", ["9999-12-31T23:59", "0001-01-01T00:00"])
def test_the_ends_of_the_calendar_are_times_too(
    seat: Seat, cameras: dict[str, str], until: str
) -> None:
    assert ask(seat("ana"), until=until).status_code == 200


def test_the_map_counts_reads_by_place_and_no_address_of_others_is_on_the_page(
    seat: Seat, seen: int
) -> None:
    taken_in(cast.sighting("TST4821"))
    text = unescape(ask(seat("ana")).content.decode())
    assert "2 at US 160 and Jackson St" in text
    assert 'data-spot="0"' in text
    ours = {"http://www.w3.org/"}
    assert set(re.findall(r"https?://[^/\"' ]+/", text)) <= ours
