"""Serial formats: what fits, what does not, and that the table says what the patterns say."""

import re
from string import ascii_uppercase, digits

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plateward.plates import formats
from plateward.plates.formats import Format
from plateward.plates.formats_pattern import PatternProblem, forms
from plateward.recognition.regions import REGIONS

ALL = formats.catalogue()


def as_regex(pattern: str) -> str:
    """The same pattern, written by other hands: what the table must agree with."""
    written = re.sub(r"\[\^([A-Z]+)\]", lambda but: "(?:(?![" + but[1] + "])[A-Z])", pattern)
    written = re.sub(r"\{(\d)-(\d)\}", r"{\1,\2}", written)
    for sign, meant in (("@", "[A-Z]"), ("%", "[A-HJ-NPR-Z]"), ("#", "[0-9]")):
        written = written.replace(sign, meant)
    return written


REGEXES = {each: re.compile(as_regex(each.pattern)) for each in ALL}
plates = st.text(ascii_uppercase + digits, min_size=1, max_size=9)


@st.composite
def serials(draw: st.DrawFn) -> tuple[Format, str]:
    wanted = draw(st.sampled_from(ALL))
    shape = draw(st.sampled_from(forms(wanted.pattern)))
    return wanted, "".join(draw(st.sampled_from(sorted(signs))) for signs in shape)


@settings(deadline=None)
@given(serials())
def test_a_serial_made_from_a_format_fits_it(made: tuple[Format, str]) -> None:
    wanted, serial = made
    assert REGEXES[wanted].fullmatch(serial)
    assert wanted in formats.matches(serial)


@settings(deadline=None)
@given(plates | serials().map(lambda made: made[1]))
def test_the_table_finds_what_the_patterns_say_and_no_more(text: str) -> None:
    assert set(formats.matches(text)) == {each for each in ALL if REGEXES[each].fullmatch(text)}


@pytest.mark.parametrize(
    "text", ["", "A", "PLATEWARD", "QQQQQQ", "0000000000", "ab1c2d", "AB1 C2D", "ÄB1C2D", "AB1C2D!"]
)
def test_what_is_no_serial_fits_nothing(text: str) -> None:
    assert formats.matches(text) == ()


@pytest.mark.parametrize(
    ("text", "issuer", "fits"),
    [
        ("8ABC123", "US-CA", True),
        ("0ABC123", "US-CA", False),  # no leading 0
        ("8AOC123", "US-CA", True),  # O in the middle only
        ("8OBC123", "US-CA", False),
        ("8ABQ123", "US-CA", False),
        ("123ABC4", "US-CA", True),
        ("7X12345", "US-CA", True),
        ("12345X2", "US-CA", True),
        ("AB1C2D", "US-MO", True),
        ("OB1C2D", "US-MO", False),  # the letters of the months have no I, O, Q
        ("ABIC2D", "US-MO", False),
        ("AB1CZD", "US-MO", False),
        ("BCD1234", "US-TX", True),
        ("BAD1234", "US-TX", False),  # no vowels
        ("ABCD123", "CA-ON", True),
        ("ZBCD123", "CA-ON", False),
        ("W12ABC", "CA-QC", True),
        ("BA123CD", "SK", True),
        ("1AB2345", "CZ", True),
        ("1GB2345", "CZ", False),
        ("B123ABC", "RO", True),
        ("CJ12ABC", "RO", True),
        ("CJ12OBC", "RO", False),
        ("BAB1234", "DE", True),
        ("AB123CD", "FR", True),
        ("AO123CD", "FR", False),
        ("AB12CDE", "GB", True),
        ("AB123C", "NL", False),  # A and C are not used
        ("GB123K", "NL", True),
        ("1234BCD", "ES", True),
        ("1234ABC", "ES", False),
        ("AB123CD", "IT", True),
        ("KR12345", "PL", True),
        ("W12345A", "AT", True),
        ("1ABC234", "BE", True),
        ("ZH123456", "CH", True),
        ("12AB34", "PT", True),
        ("AABB123", "HU", True),
        ("ABC1D23", "BR", True),
        ("ABC1234", "BR", True),
        ("ABC123", "AR", True),
        ("AB123CD", "AR", True),
        ("ABC123D", "MX", True),
        ("A12BCD", "MX-CMX", True),
    ],
)
def test_known_serials(text: str, issuer: str, *, fits: bool) -> None:
    assert (issuer in {each.issuer for each in formats.matches(text)}) is fits


def test_every_issuer_asked_for_is_there() -> None:
    there = {each.issuer for each in ALL}
    states = {f"US-{region}" for region in REGIONS if len(region) == 2}
    provinces = {f"CA-{two}" for two in re.findall("..", "ABBCMBNBNLNSNTNUONPEQCSKYT")}
    countries = set(re.findall("..", "SKCZRODEFRGBNLESITPLATBECHPTHUBRARMX"))
    assert len(states) == 51
    assert (states | provinces | countries) <= there
    assert {each.region for each in ALL} | {"OTHER"} == set(REGIONS)


def test_the_most_specific_comes_first() -> None:
    fits = formats.fits("8ABC123")
    assert [fit.format.issuer for fit in fits][:1] == ["US-CA"]
    assert [fit.chance for fit in fits] == sorted((fit.chance for fit in fits), reverse=True)


def test_the_formats_of_a_region_share_all_of_its_plates() -> None:
    for region in {each.region for each in ALL}:
        assert sum(each.share for each in ALL if each.region == region) == pytest.approx(1)


def test_no_format_stands_twice() -> None:
    assert len({(each.issuer, each.pattern) for each in ALL}) == len(ALL)


def test_serials_are_counted() -> None:
    counted = {each.pattern: each.serials for each in ALL}
    assert counted["@@@####"] == 26**3 * 10**4
    assert counted["%@#@#@"] == 23 * 26**3 * 100
    assert counted["#{3-5}"] == 111_000


@pytest.mark.parametrize("wrong", ["", "AB-1", "[A", "#{x}", "{3}", "ab1"])
def test_a_pattern_that_cannot_be_read_is_refused(wrong: str) -> None:
    with pytest.raises(PatternProblem):
        forms(wrong)
