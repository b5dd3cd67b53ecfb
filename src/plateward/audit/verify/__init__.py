"""Check an exported log on any machine with Python and `cryptography`, trusting nothing in it.

It shares no code with what wrote the log. This folder is all of it: copy it anywhere and run
`python -m verify LOG --key KEY` beside it. docs/reference/log-format.md describes the format.
"""

from . import excerpt  # noqa: TID252
from .canonical import Malformed  # noqa: TID252
from .check import FORMATS, Unusable, check  # noqa: TID252 - the folder may run under any name
from .notes import Key, Witness  # noqa: TID252
from .report import Report, words  # noqa: TID252

__all__ = [
    "FORMATS",
    "Key",
    "Malformed",
    "Report",
    "Unusable",
    "Witness",
    "check",
    "excerpt",
    "words",
]
