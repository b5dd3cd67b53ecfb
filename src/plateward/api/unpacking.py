"""Unpack a body that was sent compressed, and no more of it than any camera sends."""

import zlib
from typing import Final

_AUTOMATIC: Final = 32 + zlib.MAX_WBITS  # gzip or zlib, by its first bytes
_PLAIN: Final = frozenset({"", "identity"})
_PACKED: Final = frozenset({"gzip", "x-gzip", "deflate"})


class TooLarge(ValueError):
    """Unpacked, the body is larger than it may be."""


class NotUnpacked(ValueError):
    """The body is not compressed as it says, or in a way that we do not know."""


def unpacked(body: bytes, encoding: str, *, most: int) -> bytes:
    """`encoding` is the header `Content-Encoding`. Raise TooLarge or NotUnpacked."""
    how = encoding.strip().lower()
    if how in _PLAIN:
        return body
    if how not in _PACKED:
        raise NotUnpacked("The body is compressed in a way that is not known here.")
    inflating = zlib.decompressobj(_AUTOMATIC)
    try:
        plain = inflating.decompress(body, most + 1)
    except zlib.error as wrong:
        raise NotUnpacked(f"The body says that it is {how}, and is not.") from wrong
    if len(plain) > most:
        raise TooLarge
    if not inflating.eof:
        raise NotUnpacked(f"The body says that it is {how}, and breaks off.")
    return plain
