"""Plate text as people write it, as we store it, and as look-alikes compare."""

import re
import unicodedata
from typing import Final, NewType

PlateText = NewType("PlateText", str)

LONGEST: Final = 16
_NOT_PLATE = re.compile(r"[^A-Z0-9]")
# Pairs that fonts and cameras confuse most; US labels themselves mix O and 0.
_LOOK_ALIKES = str.maketrans(
    {"O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "Z": "2", "S": "5", "B": "8", "G": "6"}
)


def normalise(written: str) -> PlateText:
    """`ab-12 cde` and `AB12CDE` are one plate: upper case, A-Z and 0-9 only."""
    plain = unicodedata.normalize("NFKC", written).upper()
    return PlateText(_NOT_PLATE.sub("", plain))


def fold(plate: str) -> str:
    """One spelling for all look-alikes. A search key; never stored as the plate itself."""
    return plate.translate(_LOOK_ALIKES)
