"""The city's side: each checkpoint goes to the witnesses, and a contradiction is never quiet."""

import socket
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from plateward.audit import (
    checkpoints,
    cosign,
    log,
    tree,
    verify,
    witness_call,
    witness_folder,
    witness_proof,
    witnesses,
)
from plateward.audit.witness_models import Cosignature, WitnessContact
from plateward.audit.witness_proof import NOTHING
from plateward.cli import errands
from tests.audit.clerk import Clerk
from tests.audit.witnessed import NOON, leaves

SECOND = timedelta(seconds=1)


@pytest.fixture
def clerk(
    db: None, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Clerk]:
    monkeypatch.setenv("PLATEWARD_LOG_KEY_FILE", str(tmp_path / "log-key"))
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)
    made = Clerk(witness_folder.make(tmp_path / "witness", "clerk.example/witness"))
    settings.WITNESSES = f"{made.vkey} {made.url}"
    sign(3)
    first = checkpoints.latest()
    assert first is not None
    made.folder.trust("plateward.local/log", first.vkey)
    yield made
    made.close()


def sign(entries: int) -> str:
    for _ in range(entries):
        log.append(actor="ana", act="reads:plate:search", outcome="admitted")
    made = checkpoints.sign_news(NOON)
    assert made is not None
    return made.note


def only() -> witnesses.State:
    (state,) = witnesses.state()
    return state


def test_each_checkpoint_is_cosigned_once_and_kept(clerk: Clerk) -> None:
    for entries in (4, 1, 30):
        note = sign(entries)
        assert witnesses.is_anyone_due(NOON)
        assert witnesses.ask_due(NOON) == 1
        assert not witnesses.is_anyone_due(NOON)
        assert witnesses.ask_due(NOON) == 0
        published = witnesses.published()
        assert published is not None
        assert published.startswith(note)
        read = cosign.read_note(published)
        assert cosign.cosigned_at(read.text, read.signatures[-1], clerk.folder.cosigner.key) == NOON
    assert [row.size for row in Cosignature.objects.all()] == [7, 8, 38]
    assert only() == witnesses.State(
        "clerk.example/witness", clerk.url, 38, NOON, NOON, "", contradicted=False, since=None
    )
    assert len(clerk.asked) == 3  # no question twice: what the witness saw is remembered


def test_an_idle_log_is_cosigned_again_with_the_hourly_checkpoint(clerk: Clerk) -> None:
    witnesses.ask_due(NOON)
    assert checkpoints.sign_if_due(NOON + timedelta(hours=1)) is not None
    assert witnesses.ask_due(NOON + timedelta(hours=1)) == 1
    assert [row.size for row in Cosignature.objects.all()] == [3, 3]


def test_the_published_note_is_taken_by_the_offline_verifier(clerk: Clerk) -> None:
    witnesses.ask_due(NOON)
    signed, published = checkpoints.latest(), witnesses.published()
    assert signed is not None
    assert verify.Key(signed.vkey).open(published)[:2] == (3, signed.root)


def test_anyone_can_fetch_the_cosigned_checkpoint(clerk: Clerk, client: Client) -> None:
    witnesses.ask_due(NOON)
    answer = client.get("/checkpoint")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert answer.content.decode() == witnesses.published()


def test_before_the_first_checkpoint_the_address_says_so(db: None, client: Client) -> None:
    answer = client.get("/checkpoint")
    assert (answer.status_code, b"not been signed" in answer.content) == (404, True)


def test_a_new_bare_checkpoint_waits_for_its_witness_but_not_for_long(clerk: Clerk) -> None:
    witnesses.ask_due(NOON)
    cosigned = witnesses.published()
    log.append(actor="ana", act="reads:plate:search", outcome="admitted")
    checkpoints.sign_news(NOON + timedelta(minutes=9))
    assert witnesses.published() == cosigned
    log.append(actor="ana", act="reads:plate:search", outcome="admitted")
    bare = checkpoints.sign_news(NOON + timedelta(minutes=11))
    assert bare is not None
    assert witnesses.published() == bare.note


def test_what_we_remember_of_a_witness_may_be_lost(clerk: Clerk) -> None:
    witnesses.ask_due(NOON)
    WitnessContact.objects.all().delete()
    sign(9)
    assert witnesses.ask_due(NOON) == 1
    assert len(clerk.asked) == 3  # one answer told where it stands
    WitnessContact.objects.update(peaks=b"short")
    sign(2)
    assert witnesses.ask_due(NOON) == 1


# --- witnesses that fail --------------------------------------------------------------------------


def test_a_witness_that_is_away_is_asked_ever_more_rarely(
    clerk: Clerk, caplog: pytest.LogCaptureFixture
) -> None:
    witnesses.ask_due(NOON)
    clerk.close()
    sign(1)
    now, waits = NOON, []
    for _ in range(9):
        assert witnesses.ask_due(now) == 0
        contact = WitnessContact.objects.get()
        assert contact.next_at is not None
        waits.append(contact.next_at - now)
        assert not witnesses.is_anyone_due(contact.next_at - SECOND)
        now = contact.next_at
    assert waits[:3] == [20 * SECOND, 40 * SECOND, 80 * SECOND]
    assert waits[-1] == timedelta(minutes=30)
    state = only()
    assert "cannot be reached" in state.problem
    assert (state.size, state.contradicted, state.since) == (3, False, NOON)
    assert "did not cosign" in caplog.text
    assert log.count(act=witnesses.CONTRADICTED) == 0


@pytest.mark.parametrize(
    ("instead", "said"),
    [
        ((500, "text/plain", b"oh\nno"), "answered 500: oh"),
        ((404, "text/plain", b""), "answered 404"),
        ((403, "text/plain", b""), "answered 403"),
        ((301, "text/plain", b""), "answered 301"),
        ((200, "text/plain", b""), "no cosignature"),
        ((200, "text/plain", b"\xff"), "not UTF-8"),
        ((200, "text/plain", b"x" * 70_000), "too long"),
        ((409, "text/x.tlog.size", b"many\n"), "without a size"),
        ((200, "text/plain", "\u2014 clerk.example/witness AAAAAAAA\n".encode()), "not signed"),
    ],
)
def test_an_answer_that_proves_nothing_is_a_fault_and_no_contradiction(
    clerk: Clerk, instead: tuple[int, str, bytes], said: str
) -> None:
    clerk.instead = instead
    assert witnesses.ask_due(NOON) == 0
    assert said in only().problem
    assert not only().contradicted
    assert not Cosignature.objects.exists()
    clerk.instead = None
    assert witnesses.ask_due(NOON + timedelta(hours=1)) == 1
    assert only().problem == ""


def test_a_forged_cosignature_is_not_kept(clerk: Clerk) -> None:
    stranger = cosign.Cosigner(
        "clerk.example/witness", witness_folder.make(clerk.folder.path / "x", "x").cosigner.secret
    )
    signed = checkpoints.latest()
    assert signed is not None
    text = cosign.read_note(signed.note).text
    clerk.instead = (200, "text/plain", stranger.cosign(text, NOON).encode())
    assert witnesses.ask_due(NOON) == 0
    other = clerk.folder.cosigner.cosign(text.replace("\n3\n", "\n4\n"), NOON)
    clerk.instead = (200, "text/plain", other.encode())
    assert witnesses.ask_due(NOON + timedelta(hours=1)) == 0
    assert "does not hold" in only().problem
    assert not Cosignature.objects.exists()


def test_a_clock_set_back_does_not_stop_the_asking(clerk: Clerk) -> None:
    clerk.instead = (500, "text/plain", b"")
    witnesses.ask_due(NOON + timedelta(days=2))
    clerk.instead = None
    assert witnesses.ask_due(NOON) == 1


# --- contradictions -------------------------------------------------------------------------------


def test_a_witness_that_saw_more_than_we_hold_contradicts(
    clerk: Clerk, caplog: pytest.LogCaptureFixture
) -> None:
    clerk.instead = (409, "text/x.tlog.size", b"5000\n")
    for hour in range(3):
        assert witnesses.ask_due(NOON + timedelta(hours=hour)) == 0
    state = only()
    assert (state.contradicted, state.since) == (True, NOON)
    assert "5000 entries, and the log holds 3" in state.problem
    assert "CONTRADICTS THIS LOG" in caplog.text
    assert log.count(act=witnesses.CONTRADICTED) == 1  # said once in the log, not each time
    clerk.instead = (500, "text/plain", b"")
    witnesses.ask_due(NOON + timedelta(hours=4))
    assert only().contradicted  # a fault does not hush it


@pytest.mark.parametrize("status", [409, 422])
def test_a_refused_proof_contradicts(clerk: Clerk, status: int) -> None:
    clerk.instead = (status, "text/plain", b"")
    witnesses.ask_due(NOON)
    assert only().contradicted
    assert str(status) in only().problem


def test_cosignatures_stay(clerk: Clerk) -> None:
    witnesses.ask_due(NOON)
    for change in (
        lambda: Cosignature.objects.update(size=1),
        lambda: Cosignature.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()


# --- settings -------------------------------------------------------------------------------------


def test_witnesses_may_be_named_in_a_file(clerk: Clerk, settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "witnesses"
    file.write_text(f"# the clerk\n{clerk.vkey} {clerk.url}\n\n")
    settings.WITNESSES = str(file)
    assert [found.url for found in witnesses.configured()] == [clerk.url]


@pytest.mark.parametrize(
    "written", ["/nowhere/at-all", "x+y+z https://a.example", "VKEY ftp://a.example", "VKEY x"]
)
def test_what_cannot_be_used_is_said(
    clerk: Clerk, settings: Settings, caplog: pytest.LogCaptureFixture, written: str
) -> None:
    settings.WITNESSES = written.replace("VKEY", clerk.vkey)
    with pytest.raises(witnesses.Misconfigured, match="PLATEWARD_WITNESSES"):
        witnesses.state()
    assert witnesses.ask_due(NOON) == 0
    assert "No witness can be asked" in caplog.text


def test_without_witnesses_nothing_is_due(clerk: Clerk, settings: Settings) -> None:
    settings.WITNESSES = ""
    assert not errands.is_due(NOON)
    assert errands.beside(NOON) is None
    assert witnesses.state() == []


def test_a_run_that_still_waits_is_not_doubled(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = threading.Event()
    monkeypatch.setattr(errands, "run", lambda now: waiting.wait(60))
    monkeypatch.setattr("django.db.connections.close_all", lambda: None)
    first = errands.beside(NOON)
    assert first is not None
    assert errands.beside(NOON) is None
    waiting.set()
    first.join()
    second = errands.beside(NOON)
    assert second is not None
    second.join()


def test_a_failing_errand_says_so_and_frees_the_next(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(now: datetime) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(errands, "run", broken)
    monkeypatch.setattr("django.db.connections.close_all", lambda: None)
    for _ in range(2):
        thread = errands.beside(NOON)
        assert thread is not None
        thread.join()
    assert caplog.text.count("An errand failed") == 2


def test_a_witness_that_never_answers_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(witness_call, "READ_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(witness_call.NoAnswer, match="cannot be reached"):
            witness_call.ask(address, b"")


# --- proofs from peaks ----------------------------------------------------------------------------

ALL = leaves(64)


def test_every_proof_from_peaks_to_64_is_the_one_of_the_whole_tree() -> None:
    for old in range(65):
        since = witness_proof.grown(NOTHING, ALL[:old])
        assert since.root == tree.root(ALL[:old])
        for size in range(max(old, 1), 65):
            proof, now = witness_proof.prove(since, size, iter(ALL[old:]))
            assert proof == (tree.consistency_proof(old, ALL[:size]) if old else [])
            assert now == witness_proof.grown(NOTHING, ALL[:size])


@given(old=st.integers(0, 600), more=st.integers(0, 90))
def test_larger_proofs_lead_to_both_roots(old: int, more: int) -> None:
    held = leaves(old + more)
    since = witness_proof.grown(NOTHING, held[:old])
    proof, now = witness_proof.prove(since, old + more, held[old:])
    if old:
        roots = tree.roots_from_consistency(old, old + more, since.root, proof)
        assert roots == (since.root, now.root)
    packed = witness_proof.packed(now.hashes)
    assert witness_proof.unpacked(now.size, packed) == now


def test_leaves_that_are_missing_are_noticed() -> None:
    with pytest.raises(witness_proof.TooFewLeaves):
        witness_proof.prove(NOTHING, 5, ALL[:4])
    since = witness_proof.grown(NOTHING, ALL[:3])
    with pytest.raises(witness_proof.TooFewLeaves):
        witness_proof.prove(since, 9, ALL[3:8])
    assert witness_proof.unpacked(3, b"x" * 32) == NOTHING
