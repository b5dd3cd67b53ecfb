"""Keys are made once, never written over, and what is wrong with one is said."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from plateward.edge import keys
from plateward.plates.letters import Kind


def test_a_key_is_made_once_and_signs_the_same_after_a_restart(tmp_path: Path) -> None:
    made = keys.make(tmp_path / "edge")
    assert (tmp_path / "edge" / keys.SIGNING_KEY).stat().st_mode & 0o077 == 0
    with pytest.raises(keys.KeyThere, match="not changed"):
        keys.make(tmp_path / "edge")
    again = keys.signer(tmp_path / "edge")
    assert again.public == made.public
    assert again.signature(Kind.READ, b"x") == made.signature(Kind.READ, b"x")
    assert again.signature(Kind.READ, b"x") != made.signature(Kind.HEARTBEAT, b"x")
    assert [path.name for path in (tmp_path / "edge").iterdir()] == [keys.SIGNING_KEY]


def test_without_a_key_it_is_said_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(keys.NoKey, match="--new-key"):
        keys.signer(tmp_path)


def test_what_is_no_key_is_named(tmp_path: Path) -> None:
    other = rsa.generate_private_key(65537, 2048)
    pem = other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for content in (b"", b"nonsense", pem):
        (tmp_path / keys.SIGNING_KEY).write_bytes(content)
        with pytest.raises(keys.NoKey, match="not an Ed25519"):
            keys.signer(tmp_path)


def test_a_sealing_key_is_not_made_anew_where_something_is_sealed(tmp_path: Path) -> None:
    with pytest.raises(keys.NoKey, match="Put it back"):
        keys.sealer(tmp_path / "sealing-key", may_make=False)
    (tmp_path / "sealing-key").write_bytes(b"short")
    with pytest.raises(keys.NoKey, match="5 bytes"):
        keys.sealer(tmp_path / "sealing-key", may_make=True)
