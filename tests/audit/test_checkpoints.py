"""Signed often enough, in the form that others check, by a key never replaced in silence."""

import base64
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import LazySettings

from plateward.audit import checkpoints, keys, log, note, tree, verify
from plateward.audit.models import Entry

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "keys" / "log-signing-key"
    monkeypatch.setenv("PLATEWARD_LOG_KEY_FILE", str(file))
    return file


@pytest.fixture
def now(db: None, monkeypatch: pytest.MonkeyPatch) -> datetime:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)
    return NOON


def append(entries: int = 1) -> None:
    for _ in range(entries):
        log.append(actor="ana", act="reads:plate:search", outcome="admitted")


def size_of(checkpoint: checkpoints.Checkpoint | None) -> int | None:
    return checkpoint and checkpoint.size


def test_an_empty_log_is_not_signed(now: datetime) -> None:
    assert checkpoints.sign_if_due(now) is None
    assert checkpoints.sign_news(now) is None
    assert checkpoints.latest() is None


def test_news_is_signed_within_a_minute(now: datetime) -> None:
    append()
    assert size_of(checkpoints.sign_if_due(now)) == 1  # the first is signed at once
    append()
    assert checkpoints.sign_if_due(now + 49 * SECOND) is None
    assert size_of(checkpoints.sign_if_due(now + 50 * SECOND)) == 2


def test_a_hundred_entries_are_signed_at_once(now: datetime) -> None:
    append()
    checkpoints.sign_if_due(now)
    append(99)
    assert checkpoints.sign_if_due(now + SECOND) is None
    append()
    assert size_of(checkpoints.latest()) == 101


def test_an_idle_log_is_signed_every_hour(now: datetime) -> None:
    append()
    checkpoints.sign_if_due(now)
    assert checkpoints.sign_if_due(now + timedelta(minutes=59)) is None
    again = checkpoints.sign_if_due(now + timedelta(minutes=60))
    assert again is not None
    assert (again.size, again.at) == (1, now + timedelta(minutes=60))
    assert checkpoints.sign_if_due(now + timedelta(minutes=61)) is None
    assert checkpoints.latest() == again


def test_a_clock_set_back_does_not_stop_the_signing(now: datetime) -> None:
    append()
    checkpoints.sign_if_due(now + timedelta(hours=5))
    append()
    back = checkpoints.sign_if_due(now)
    assert back is not None
    assert back.at == now + timedelta(hours=5)  # the log's time does not go back
    assert checkpoints.sign_if_due(now + SECOND) is None
    append()
    assert checkpoints.sign_if_due(now + 49 * SECOND) is None
    assert size_of(checkpoints.sign_if_due(now + 50 * SECOND)) == 3


def test_a_checkpoint_is_a_signed_note_that_others_can_read(now: datetime) -> None:
    append(3)
    signed = checkpoints.sign_if_due(now)
    assert signed is not None
    root = tree.root([bytes(row.leaf) for row in Entry.objects.all()])
    text, _, signature = signed.note.partition("\n\n")
    assert text.split("\n") == [
        "plateward.local/log",
        "3",
        base64.b64encode(root).decode(),
        "time 2026-01-05T12:00:00.000000Z",
    ]
    assert signature.startswith("— plateward.local/log ")
    assert signature.endswith("\n")
    assert verify.Key(signed.vkey).open(signed.note) == (3, root, "2026-01-05T12:00:00.000000Z")


def test_the_key_and_note_forms_are_those_of_other_tools() -> None:
    # Made with the Go package golang.org/x/mod/sumdb/note's documented example key.
    signer = note.Signer(
        "PeterNeumann",
        Ed25519PrivateKey.from_private_bytes(
            base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
        ),
    )
    assert signer.vkey == "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    text = (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n"
    )
    assert signer.sign(text) == (
        text + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXg"
        "KvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )


# --- the key --------------------------------------------------------------------------------------


def test_the_key_is_made_once_for_its_owner_alone(now: datetime, key: Path) -> None:
    append()
    checkpoints.sign_if_due(now)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(key.parent.stat().st_mode) == 0o700
    made = key.read_bytes()
    checkpoints.sign_if_due(now + timedelta(hours=1))
    assert key.read_bytes() == made
    assert list(key.parent.iterdir()) == [key]


def test_two_processes_that_make_the_key_end_with_one(
    key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = keys.signer(last_vkey=None).vkey
    # The second looked before the first was done.
    monkeypatch.setattr(keys.Path, "exists", lambda _: False)
    assert keys.signer(last_vkey=None).vkey == first
    assert list(key.parent.iterdir()) == [key]


def test_a_lost_key_is_not_replaced(
    now: datetime, key: Path, caplog: pytest.LogCaptureFixture
) -> None:
    append()
    checkpoints.sign_if_due(now)
    key.rename(key.with_name("put-away"))
    append()
    with pytest.raises(keys.CannotSign, match=r"cannot be read .* nothing was lost.*backup"):
        checkpoints.sign_news(now)
    assert checkpoints.sign_if_due(now + 60 * SECOND) is None
    assert "The audit log cannot be signed" in caplog.text
    assert not key.exists()
    key.with_name("put-away").rename(key)
    assert size_of(checkpoints.sign_if_due(now + 60 * SECOND)) == 2


def test_another_key_or_name_is_not_accepted(
    now: datetime, key: Path, settings: LazySettings
) -> None:
    append()
    checkpoints.sign_if_due(now)
    append()
    settings.LOG_ORIGIN = "other.example/log"
    with pytest.raises(keys.CannotSign, match="not the one that signed this log"):
        checkpoints.sign_news(now)
    settings.LOG_ORIGIN = "plateward.local/log"
    key.write_bytes(pem(Ed25519PrivateKey.generate()))
    with pytest.raises(keys.CannotSign, match="not the one that signed this log"):
        checkpoints.sign_news(now)


def pem(secret: Ed25519PrivateKey | rsa.RSAPrivateKey) -> bytes:
    return secret.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize(
    "content",
    [b"", b"not a key", pem(rsa.generate_private_key(public_exponent=65537, key_size=2048))],
    ids=["empty", "text", "rsa"],
)
def test_a_file_that_is_no_key_says_so(key: Path, content: bytes) -> None:
    key.parent.mkdir()
    key.write_bytes(content)
    with pytest.raises(keys.CannotSign, match="not an Ed25519 private key"):
        keys.signer(last_vkey=None)


@pytest.mark.parametrize("origin", ["", "two words", "a+b", "a\u00a0b", "a\nb"])
def test_a_name_that_no_note_can_carry_is_refused(settings: LazySettings, origin: str) -> None:
    settings.LOG_ORIGIN = origin
    with pytest.raises(keys.CannotSign, match="PLATEWARD_LOG_ORIGIN"):
        keys.signer(last_vkey=None)


def test_a_folder_that_takes_no_key_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("PLATEWARD_LOG_KEY_FILE", str(tmp_path / "file" / "key"))
    with pytest.raises(keys.CannotSign, match="cannot be made"):
        keys.signer(last_vkey=None)


def test_the_key_is_in_the_data_folder_unless_named(
    monkeypatch: pytest.MonkeyPatch, settings: LazySettings
) -> None:
    monkeypatch.delenv("PLATEWARD_LOG_KEY_FILE")
    assert keys.key_file() == Path(settings.HOME) / "keys" / "log-signing-key"
    assert "PLATEWARD_LOG_KEY_FILE" not in os.environ
