"""Known plates in clear, for as long as somebody compares them."""

from collections.abc import Collection, Iterator
from typing import Final

from plateward.reads import keyring, sealing
from plateward.reads.models import Known, known_bound

_AT_ONCE: Final = 5000


def texts(city: str, keys: Collection[int]) -> Iterator[str]:
    """The plates of a city that these numbers stand for; one whose time is over is left out."""
    asked = list(keys)
    for at in range(0, len(asked), _AT_ONCE):
        rows = Known.objects.filter(city=city, plate_key__in=asked[at : at + _AT_ONCE])
        for row in rows:
            try:
                yield text(row)
            except keyring.Gone:
                continue


def text(row: Known) -> str:
    """One plate. Raise keyring.Gone where its time is over."""
    key = keyring.kept(row.city, row.until)
    bound = known_bound(row.city, row.plate_key)
    return sealing.unseal(bytes(row.sealed), key, bound=bound).decode()
