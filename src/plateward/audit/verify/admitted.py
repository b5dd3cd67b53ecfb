"""The log entry that admitted a download: that it stands in the log, and says what is claimed."""

from dataclasses import dataclass

from .canonical import Malformed  # noqa: TID252
from .excerpt import proven  # noqa: TID252
from .notes import Key  # noqa: TID252

_ACT = "custody:reads:download"


@dataclass(frozen=True, slots=True)
class Admitted:
    """`size`: of the signed log that it is proven to be in."""

    index: int
    at: str
    size: int
    signed_at: str


def admitted(raw: bytes, key: Key, manifest: dict[str, object]) -> Admitted:
    """Raises Malformed unless the entry is proven, and is of this very download."""
    found = proven(raw, key)
    _is_of_this_download(found.index, found.body, found.shown, manifest)
    return Admitted(found.index, found.at, found.size, found.signed_at)


def _is_of_this_download(
    index: int, body: dict[str, object], shown: dict[str, object], manifest: dict[str, object]
) -> None:
    taken_by = manifest.get("taken_by")
    badge = taken_by.get("badge") if isinstance(taken_by, dict) else None
    claims = (
        (body["index"], index),
        (body["act"], _ACT),
        (body["outcome"], "admitted"),
        (index, manifest.get("entry")),
        (body["city"], manifest.get("city")),
        (shown.get("actor"), badge),
    )
    if any(found != claimed for found, claimed in claims):
        raise Malformed("the entry is proven, but is not the one that admitted this download")
