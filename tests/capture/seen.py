"""Readings as a test says them, at the instants and places it says."""

from datetime import UTC, datetime, timedelta

import numpy as np

from plateward.capture.stills import Frame
from plateward.plates.sighting import Character
from plateward.plates.text import normalise
from plateward.recognition import Box, Image, Reading

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
GREY: Image = np.full((720, 1280, 3), 90, np.uint8)


def reading(  # noqa: PLR0917 -- what a test wants to say of a plate, in one line
    text: str, x: int = 600, y: int = 400, width: int = 120, sure: float = 0.9, doubt: str = ""
) -> Reading:
    """`doubt`: at these places "0:Q" another sign is as likely but for a little."""
    places = dict(one.split(":") for one in doubt.split()) if doubt else {}
    characters = tuple(
        Character(sign, 0.5, ((places[str(at)], 0.45),))
        if str(at) in places
        else Character(sign, 0.98)
        for at, sign in enumerate(text)
    )
    box = Box(x, y, x + width, y + width // 4)
    return Reading(normalise(text), sure, characters, box, None)


def frame(seconds: float, image: Image = GREY) -> Frame:
    return Frame("elm-st", NOON + timedelta(seconds=seconds), image)
