"""A witness cosigns what only grew, in the form that others check, and never forgets."""

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from plateward.audit import cosign, tree, witness, witness_folder, witness_request
from plateward.audit.note import Signer
from plateward.audit.witness_folder import Folder
from tests.audit.witnessed import NOON, ORIGIN, Told, leaves

# From c2sp.org/tlog-witness; "--" stands for the dash.
EXAMPLE = """\
old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

-- example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeO\
oRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
-- example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNq\
lcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=
"""


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return witness_folder.make(tmp_path / "witness", "clerk.example/witness")


@pytest.fixture
def log(folder: Folder) -> Told:
    told = Told(leaves(64))
    folder.trust(ORIGIN, told.signer.vkey)
    return told


def status(log: Told, folder: Folder, old: int, size: int) -> int:
    return log.ask(folder, old, size).status


def test_a_growing_log_is_cosigned_and_the_cosignature_holds(folder: Folder, log: Told) -> None:
    for old, size in [(0, 1), (1, 2), (2, 2), (2, 7), (7, 8), (8, 33), (33, 64)]:
        answer = log.ask(folder, old, size)
        assert (answer.status, answer.kind) == (200, witness.TEXT)
        note = cosign.read_note(log.note(size) + answer.body)
        (line,) = cosign.read_lines(answer.body)
        assert cosign.cosigned_at(note.text, line, folder.cosigner.key) == NOON
        assert folder.last(ORIGIN).size == size


def test_what_a_witness_signs_is_what_c2sp_says(folder: Folder, log: Told) -> None:
    answer = log.ask(folder, 0, 3)
    (line,) = cosign.read_lines(answer.body)
    text = log.note(3).partition("\n\n")[0] + "\n"
    seconds = int(NOON.timestamp())
    assert line.value[:8] == seconds.to_bytes(8, "big")
    folder.cosigner.secret.public_key().verify(
        line.value[8:], f"cosignature/v1\ntime {seconds}\n{text}".encode()
    )
    assert answer.body.startswith("\u2014 clerk.example/witness ")


def test_keys_of_other_witnesses_are_read() -> None:
    # A witness that runs on the public network, as transparency-dev's tests name it.
    vkey = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
    key = cosign.read_key(vkey, kind=cosign.WITNESS)
    assert (key.name, key.id.hex(), key.vkey) == ("remora.n621.de", "da77ade7", vkey)


def test_the_time_of_a_cosignature_made_elsewhere_is_read() -> None:
    value = (
        "ZGhGuQAAAABm/qTPeyKXD+R2rzyQsxPiP8mXum7qq/iF0u4vanlqJyocWODBt97w9uL+8qT7S5gxEHWWOworDcFi"
        "EBYJXORmnFBOBA=="
    )
    line = f"\u2014 example.com/w {value}\n"
    (signature,) = cosign.read_lines(line)
    assert int.from_bytes(signature.value[:8]) == 1727964367
    assert len(signature.value) == 72


def test_the_example_of_the_specification_is_read() -> None:
    body = EXAMPLE.replace("-- ", "\u2014 ")
    asked = witness_request.read(body.encode())
    assert (asked.old_size, len(asked.proof)) == (20852014, 4)
    assert asked.checkpoint.origin == "example.com/behind-the-sofa"
    assert asked.checkpoint.size == 20852163
    assert len(asked.note.signatures) == 2
    lines = body.partition("\n\n")[2]
    assert witness_request.write(asked.old_size, asked.proof, lines) == body.encode()


# --- refusals, with the status that the protocol names -------------------------------------------


def test_an_unknown_log_is_404(folder: Folder) -> None:
    assert status(Told(leaves(3)), folder, 0, 3) == 404


def test_another_key_for_a_known_log_is_403(folder: Folder, log: Told) -> None:
    thief = Told(log.leaves)
    assert status(thief, folder, 0, 3) == 403
    assert folder.last(ORIGIN).size == 0


def test_a_signature_that_was_changed_is_403(folder: Folder, log: Told) -> None:
    body = log.body(0, 3).replace(b"\n3\n", b"\n4\n")
    assert witness.add_checkpoint(body, folder=folder, now=NOON).status == 403


def test_a_second_key_of_the_log_is_trusted_once_it_is_added(folder: Folder, log: Told) -> None:
    assert status(log, folder, 0, 3) == 200
    successor = Told(log.leaves)
    assert status(successor, folder, 3, 5) == 403
    folder.trust(ORIGIN, successor.signer.vkey)
    assert status(successor, folder, 3, 5) == 200
    assert status(log, folder, 5, 6) == 200


def test_an_old_size_beyond_the_checkpoint_is_400(folder: Folder, log: Told) -> None:
    assert status(log, folder, 4, 3) == 400


def test_an_old_size_that_is_not_the_last_is_409_with_the_last(folder: Folder, log: Told) -> None:
    log.ask(folder, 0, 9)
    for old, size in [(0, 9), (0, 12), (5, 12), (10, 12), (3, 3)]:
        answer = log.ask(folder, old, size)
        assert (answer.status, answer.kind, answer.body) == (409, "text/x.tlog.size", "9\n")


def test_another_root_for_the_same_size_is_409_and_is_kept(folder: Folder, log: Told) -> None:
    log.ask(folder, 0, 9)
    forked = Told(leaves(9, of="other"), log.signer)
    answer = forked.ask(folder, 9, 9)
    assert (answer.status, answer.kind) == (409, witness.TEXT)
    assert folder.refused(ORIGIN) == 1
    assert folder.last(ORIGIN).root == tree.root(log.leaves[:9])


def test_a_rewritten_log_is_422_and_is_kept(folder: Folder, log: Told) -> None:
    log.ask(folder, 0, 9)
    forked = Told([*leaves(3, of="other"), *log.leaves[3:]], log.signer)
    assert status(forked, folder, 9, 12) == 422
    assert status(forked, folder, 9, 12) == 422
    assert folder.refused(ORIGIN) == 1
    assert status(log, folder, 9, 12) == 200


def test_a_proof_where_none_is_due_is_422(folder: Folder, log: Told) -> None:
    body = witness_request.write(0, [b"x" * 32], log.note(3))
    assert witness.add_checkpoint(body, folder=folder, now=NOON).status == 422
    log.ask(folder, 0, 3)
    body = witness_request.write(3, [b"x" * 32], log.note(3))
    assert witness.add_checkpoint(body, folder=folder, now=NOON).status == 422


def test_an_empty_log_has_the_root_of_nothing(folder: Folder, log: Told) -> None:
    empty = witness_request.write(0, [], log.note(0))
    assert witness.add_checkpoint(empty, folder=folder, now=NOON).status == 200
    wrong = log.signer.sign(log.note(0).partition("\n\n")[0].replace("47DEQ", "57DEQ") + "\n")
    body = witness_request.write(0, [], wrong)
    assert witness.add_checkpoint(body, folder=folder, now=NOON).status == 409


GROWING = [(old, size) for size in range(1, 65) for old in range(1, size + 1)]


def test_every_consistency_proof_to_64_holds_and_altered_ones_do_not(
    folder: Folder, log: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The judgement alone, without the disk: 2080 proofs, each altered three ways."""
    for old, size in GROWING:
        asked = witness_request.read(log.body(old, size))
        last = witness_folder.Last(old, tree.root(log.leaves[:old]), "note")
        assert witness._is_consistent(asked, last)
        for proof in altered(asked.proof):
            changed = witness_request.Asked(old, proof, asked.note, asked.checkpoint)
            assert not witness._is_consistent(changed, last)
        other = witness_folder.Last(old, tree.leaf_hash(b"other"), "note")
        assert not witness._is_consistent(asked, other)


def altered(proof: tuple[bytes, ...]) -> list[tuple[bytes, ...]]:
    longer = (*proof, b"\x00" * 32)
    if not proof:
        return [longer]
    flipped = bytes([proof[0][0] ^ 1]) + proof[0][1:]
    return [longer, proof[:-1], (flipped, *proof[1:])]


# --- hostile bodies -------------------------------------------------------------------------------

LINES = st.sampled_from(
    [
        *[b"old 0", b"old 3", b"old 03", b"old -1", b"old 9" * 20, b"", b"3", b"\x00", b"\xff"],
        *[b"A" * 43 + b"=", b"a\r", ORIGIN.encode(), "old \u0663".encode()],
        *["\u2014 x AAAAAAAA".encode(), "\u2014 x".encode()],
    ]
)


@given(st.one_of(st.binary(max_size=400), st.lists(LINES, max_size=12).map(b"\n".join)))
def test_whatever_is_sent_is_read_or_refused_by_name(body: bytes) -> None:
    try:
        asked = witness_request.read(body)
    except cosign.Malformed:
        return
    assert 0 <= asked.old_size <= cosign.LARGEST_SIZE


@given(at=st.integers(0, 10_000), byte=st.integers(0, 255))
def test_no_changed_byte_is_ever_cosigned_as_something_else(at: int, byte: int) -> None:
    told = Told(leaves(7), Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"k" * 32)))
    body = bytearray(told.body(3, 7))
    body[at % len(body)] = byte
    try:
        asked = witness_request.read(bytes(body))
        key = cosign.read_key(told.signer.vkey, kind=cosign.LOG)
        signed = cosign.is_signed_by(asked.note, key)
    except (cosign.Malformed, cosign.Forged):
        return
    assert not signed or asked.note.text == cosign.read_note(told.note(7)).text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 0\n",
        b"old 0\n\n",
        b"old 0\n\nx\n1\n",
        b"old 0\n" + (b"A" * 43 + b"=\n") * 64 + b"\n",
        b"old 0\n\n" + b"\n" * 70_000,
        b"x" * (witness_request.LONGEST + 1),
        b"old 18446744073709551616\n\n",
        "old \u0663\n\n".encode(),
    ],
)
def test_a_request_that_is_none_is_400(folder: Folder, log: Told, body: bytes) -> None:
    assert witness.add_checkpoint(body, folder=folder, now=NOON).status == 400


@pytest.mark.parametrize(
    "vkey",
    ["", "x", "x+00000000+", "a b+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
     "remora.n621.de+00000000+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
     "remora.n621.de+da77ade7+AevN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"],
)  # fmt: skip
def test_what_is_no_witness_key_is_refused(vkey: str) -> None:
    with pytest.raises(cosign.Malformed):
        cosign.read_key(vkey, kind=cosign.WITNESS)


# --- memory ---------------------------------------------------------------------------------------


def test_the_memory_outlives_the_program(folder: Folder, log: Told) -> None:
    log.ask(folder, 0, 9)
    again = witness_folder.open_up(folder.path)
    assert again.last(ORIGIN) == folder.last(ORIGIN)
    assert status(log, again, 0, 3) == 409
    assert status(log, again, 9, 10) == 200


def test_the_key_is_for_its_owner_alone(folder: Folder) -> None:
    assert stat.S_IMODE((folder.path / "key").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    with pytest.raises(witness_folder.Unusable, match="already"):
        witness_folder.make(folder.path, "clerk.example/witness")


@pytest.mark.parametrize("harm", ["lost", "another's", "garbage", "of another log"])
def test_a_witness_that_lost_its_memory_cosigns_nothing(
    folder: Folder, log: Told, harm: str
) -> None:
    log.ask(folder, 0, 9)
    (memory,) = folder.path.glob("logs/*/checkpoint")
    match harm:
        case "lost":
            memory.unlink()
        case "another's":
            memory.write_text(log.note(2))
        case "garbage":
            memory.write_bytes(b"\xff\xfe")
        case _:
            other = Told(leaves(2), Signer("other.example/log", log.signer.key))
            folder.trust("other.example/log", other.signer.vkey)
            other.ask(folder, 0, 2)
            memory.write_text(folder.last("other.example/log").note)
    answer = log.ask(folder, 9, 10)
    assert answer.status == 500
    assert "must not guess" in answer.body
    folder.trust(ORIGIN, log.signer.vkey)  # naming the log again does not make it forget either
    assert status(log, folder, 0, 3) == 500


def test_nothing_is_answered_before_it_is_on_disk(
    folder: Folder, log: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.ask(folder, 0, 9)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(witness_folder.os, "fsync", full)
    answer = log.ask(folder, 9, 10)
    assert (answer.status, "No space" in answer.body) == (500, True)
    assert folder.last(ORIGIN).size == 9
    assert [path for path in folder.path.rglob("*") if path.suffix] == []


def test_the_kept_refusals_are_bounded(
    folder: Folder, log: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(witness_folder, "MOST_REFUSED", 3)
    log.ask(folder, 0, 2)
    for fork in range(5):
        Told(leaves(4, of=f"fork {fork}"), log.signer).ask(folder, 2, 4)
    assert folder.refused(ORIGIN) == 3


def test_a_cosignature_repeated_later_carries_the_later_time(folder: Folder, log: Told) -> None:
    log.ask(folder, 0, 2)
    later = NOON + timedelta(hours=1)
    answer = witness.add_checkpoint(log.body(2, 2), folder=folder, now=later)
    (line,) = cosign.read_lines(answer.body)
    text = cosign.read_note(log.note(2)).text
    assert cosign.cosigned_at(text, line, folder.cosigner.key) == later


def test_of_forks_asked_at_once_one_is_cosigned(folder: Folder, log: Told) -> None:
    log.ask(folder, 0, 4)
    forks = [Told([*log.leaves[:4], *leaves(4, of=f"{fork}")], log.signer) for fork in range(8)]
    with ThreadPoolExecutor(8) as threads:
        statuses = list(threads.map(lambda fork: status(fork, folder, 4, 8), forks))
    assert sorted(statuses) == [200] + [409] * 7
