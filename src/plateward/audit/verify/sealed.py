"""Open the seal around a package with the key that the city gave out for it."""

from base64 import b32decode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .canonical import Malformed, mapping, parse  # noqa: TID252

FORMAT = "plateward-sealed/1"
_START = b'{"format":"plateward-sealed/'
_LONGEST_HEAD = 1000


def is_sealed(raw: bytes) -> bool:
    return raw.startswith(_START)


def number_of(raw: bytes) -> str:
    """Which download it is, as the file itself says: nothing vouches for it until it is open."""
    return str(_head(raw)[1]["number"])


def opened(raw: bytes, key: str) -> bytes:
    """The package inside. Raises Malformed for a wrong key or a changed file: one cannot tell."""
    head, said = _head(raw)
    try:
        plain = b32decode(_letters(key) + "====")
        nonce = bytes.fromhex(str(said["nonce"]))
        return AESGCM(plain).decrypt(nonce, raw[len(head) :], head)
    except (ValueError, InvalidTag) as error:
        raise Malformed(
            "the seal does not open: this is not its key, or the file was changed"
        ) from error


def _letters(key: str) -> str:
    return "".join(key.split()).replace("-", "").upper()


def _head(raw: bytes) -> tuple[bytes, dict[str, object]]:
    end = raw.find(b"\n", 0, _LONGEST_HEAD) + 1
    said = mapping(parse(raw[:end]), "format", "nonce", "number")
    if said["format"] != FORMAT:
        raise Malformed("it is sealed in a way that this verifier does not know")
    return raw[:end], said
