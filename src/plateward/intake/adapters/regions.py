"""Regions as ISO 3166-2 (US-MO), from what vendors write: us-mo, MO, Missouri, USA."""

import re
from functools import cache
from typing import Final

from plateward.intake.adapters import told
from plateward.plates import formats

_ISO = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")
_EUROPE: Final = "EU-"  # before a country's own code, in the codes of OpenALPR
_MORE_NAMES: Final = {"DISTRICT OF COLUMBIA": "US-DC", "QUÉBEC": "CA-QC"}
_COUNTRIES: Final = {
    "USA": "US",
    "UNITED STATES": "US",
    "UNITED STATES OF AMERICA": "US",
    "CAN": "CA",
    "MEX": "MX",
    "GBR": "GB",
    "UK": "GB",
    "UNITED KINGDOM": "GB",
}


def region(value: object, *, country: str | None = None) -> str | None:
    """None where it is not known, or names a country alone. A bare code is of `country`, or US."""
    said = (told.text(value) or "").upper().replace("_", "-")
    if _ISO.fullmatch(said):
        return said
    by_name, codes = _issuers()
    if said in by_name:
        return by_name[said]
    within = f"{country_code(country) or 'US'}-{said}"
    return within if within in codes else None


def coded(value: object) -> tuple[str | None, str | None]:
    """Region and country of a code such as us-mo, gb, eu-de: bare, it is a country and no state.

    `in` is India here, and would be Indiana by `region`.
    """
    said = (told.text(value) or "").upper().replace("_", "-")
    is_region = _ISO.fullmatch(said) is not None and not said.startswith(_EUROPE)
    return (said if is_region else None), country_code(said)


def country_code(value: object) -> str | None:
    """ISO 3166-1, two letters: of us, USA, United States, us-mo."""
    said = (told.text(value) or "").upper().replace("_", "-")
    said = said.removeprefix(_EUROPE)
    said = said.partition("-")[0] if _ISO.fullmatch(said) else said
    said = _COUNTRIES.get(said, said)
    return said if re.fullmatch("[A-Z]{2}", said) else None


@cache
def _issuers() -> tuple[dict[str, str], frozenset[str]]:
    """The regions of countries that have them, by their English name; and their codes."""
    named = {name.upper(): code for code, name in formats.issuers().items() if "-" in code}
    return named | _MORE_NAMES, frozenset(named.values())
