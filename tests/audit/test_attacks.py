"""An administrator with the database and the signing key: what one witness catches, and what not.

Triggers are off, as a superuser turns them off, and whoever attacks here is careful: leaves, roots
and signatures are all made anew, so that the log agrees with itself.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections
from pytest_django import Settings

from plateward.audit import (
    checkpoints,
    export,
    keys,
    leaf,
    log,
    tree,
    verify,
    witness_folder,
    witness_request,
    witnesses,
)
from plateward.audit import witness as clerks_judgement
from plateward.audit.models import Checkpoint, Entry, Frontier, Sealed
from plateward.audit.note import Signer, checkpoint_text
from plateward.audit.witness_models import Cosignature, WitnessContact
from tests.audit.clerk import Clerk
from tests.audit.witnessed import NOON

TABLES = (Entry, Sealed, Checkpoint, Frontier, Cosignature, WitnessContact)
HOUR = timedelta(hours=1)
BACKUP, WITNESSED = 6, 12


@dataclass
class City:
    """A log of twelve entries, all cosigned; what the clerk kept; a backup of its first half."""

    clerk: Clerk
    folder: Path
    key: str
    kept: str
    backup: dict[type, list[object]]

    def export(self) -> Path:
        file = self.folder / "log.jsonl"
        file.write_bytes(b"".join(export.lines(export.size())))
        return file

    def agrees_with_itself(self) -> bool:
        return verify.check(self.export(), vkey=self.key).ok

    def agrees_with_what_was_kept(self) -> bool:
        return verify.check(self.export(), vkey=self.key, kept=[self.kept]).ok

    def is_witnessed(self) -> bool:
        report = verify.check(self.export(), vkey=self.key, witnesses=[self.clerk.vkey])
        return report.ok and set(report.witnessed.values()) == {report.entries}


@pytest.fixture
def city(
    db: None, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[City]:
    monkeypatch.setenv("PLATEWARD_LOG_KEY_FILE", str(tmp_path / "log-key"))
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)
    clerk = Clerk(witness_folder.make(tmp_path / "witness", "clerk.example/witness"))
    settings.WITNESSES = f"{clerk.vkey} {clerk.url}"
    clerk.folder.trust("plateward.local/log", keys.signer(last_vkey=None).vkey)
    work(BACKUP)
    assert witnesses.ask_due(NOON) == 1
    backup: dict[type, list[object]] = {table: list(table.objects.all()) for table in TABLES}
    work(WITNESSED - BACKUP)
    assert witnesses.ask_due(NOON) == 1
    kept, signed = witnesses.published(), checkpoints.latest()
    assert kept is not None
    assert signed is not None
    yield City(clerk, tmp_path, signed.vkey, kept, backup)
    clerk.close()


def work(entries: int) -> None:
    """The city goes about its business, and the log is signed."""
    for number in range(entries):
        facts = {"purpose": "stolen_vehicle", "number": number}
        log.append(actor="ana", act="reads:plate:search", outcome="admitted", facts=facts)
    checkpoints.sign_news(NOON)


# --- attacks --------------------------------------------------------------------------------------


def triggers_off() -> None:
    with connections["default"].cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table._meta.db_table} DISABLE TRIGGER USER")


def forge() -> None:
    """Leaves from the bodies as they now are; everything signed anew with the stolen key."""
    for row in Entry.objects.all():
        Entry.objects.filter(index=row.index).update(leaf=tree.leaf_hash(leaf.written(row)))
    Checkpoint.objects.all().delete()
    Frontier.objects.all().delete()  # found again from the leaves
    checkpoints.sign_news(NOON)


def rewrite_an_old_entry() -> None:
    Entry.objects.filter(index=2).update(facts={"purpose": "amber_alert", "number": 2})
    forge()


def change_an_outcome() -> None:
    Entry.objects.filter(index=7).update(outcome="refused")
    forge()


def delete_an_entry() -> None:
    with connections["default"].cursor() as cursor:
        for table in ("audit_entry", "audit_sealed"):
            cursor.execute(f"DELETE FROM {table} WHERE index = 3")
            cursor.execute(f"UPDATE {table} SET index = index + 1000 WHERE index > 3")
            cursor.execute(f"UPDATE {table} SET index = index - 1001 WHERE index > 1000")
    forge()


def insert_an_entry() -> None:
    with connections["default"].cursor() as cursor:
        for table in ("audit_entry", "audit_sealed"):
            cursor.execute(f"UPDATE {table} SET index = index + 1000 WHERE index >= 3")
            cursor.execute(f"UPDATE {table} SET index = index - 999 WHERE index >= 1000")
    row = Entry.objects.get(index=2)
    row.index, row.facts = 3, {"purpose": "made_up"}
    row.save(force_insert=True)
    forge()


def back_date() -> None:
    Entry.objects.filter(index__lt=4).update(at=NOON - 30 * HOUR)
    forge()


def rewrite_the_whole_log() -> None:
    Entry.objects.update(actor="somebody else", act="policy:version:adopt")
    forge()


def cut_the_tail() -> None:
    Entry.objects.filter(index__gte=8).delete()
    Sealed.objects.filter(index__gte=8).delete()
    forge()


ATTACKS = [
    rewrite_an_old_entry,
    change_an_outcome,
    delete_an_entry,
    insert_an_entry,
    back_date,
    rewrite_the_whole_log,
    cut_the_tail,
]


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("contact", ["kept", "deleted"])
def test_one_witness_catches_what_the_stolen_key_would_hide(
    city: City, attack: Callable[[], None], contact: str
) -> None:
    triggers_off()
    attack()
    if contact == "deleted":
        WitnessContact.objects.all().delete()
    assert city.agrees_with_itself()  # without a witness, nobody could tell
    assert not city.agrees_with_what_was_kept()
    assert not city.is_witnessed()
    work(1)
    assert witnesses.ask_due(NOON + HOUR) == 0
    (state,) = witnesses.state()
    assert state.contradicted
    assert log.count(act=witnesses.CONTRADICTED) == 1
    assert city.clerk.folder.last("plateward.local/log").size == WITNESSED
    assert not city.is_witnessed()


@pytest.mark.parametrize("attack", [a for a in ATTACKS if a not in (cut_the_tail, delete_an_entry)])
def test_the_clerk_keeps_the_log_s_own_signature_under_the_lie(
    city: City, attack: Callable[[], None]
) -> None:
    triggers_off()
    attack()
    WitnessContact.objects.all().delete()
    work(3)
    witnesses.ask_due(NOON + HOUR)
    assert city.clerk.folder.refused("plateward.local/log") == 1


@pytest.mark.parametrize("attack", ATTACKS)
def test_without_the_key_the_signatures_alone_tell(
    city: City, attack: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same work, with a key of the attacker's own."""
    triggers_off()
    monkeypatch.setenv("PLATEWARD_LOG_KEY_FILE", str(city.folder / "another-key"))
    attack()
    assert not city.agrees_with_itself()


def test_a_careless_rewrite_is_named_to_the_entry(city: City) -> None:
    triggers_off()
    Entry.objects.filter(index=2).update(outcome="refused")
    report = verify.check(city.export(), vkey=city.key)
    assert (report.ok, report.first_bad_index, report.last_bad_index) == (False, 2, 2)


def test_an_old_backup_put_back_is_caught(city: City) -> None:
    """Genuine entries, genuine signatures, genuine cosignatures: only too few."""
    triggers_off()
    put_back(city)
    assert city.agrees_with_itself()
    assert city.is_witnessed()
    assert not city.agrees_with_what_was_kept()
    # The backup thinks that its newest checkpoint is cosigned: the next one tells, within an hour.
    assert witnesses.ask_due(NOON) == 0
    assert checkpoints.sign_if_due(NOON + HOUR) is not None
    assert witnesses.ask_due(NOON + HOUR) == 0
    (state,) = witnesses.state()
    assert state.contradicted
    assert "12 entries, and the log holds 6" in state.problem


def test_an_old_backup_that_grew_past_what_was_seen_is_caught(city: City) -> None:
    triggers_off()
    put_back(city)
    work(WITNESSED)
    assert witnesses.ask_due(NOON) == 0
    (state,) = witnesses.state()
    assert (state.contradicted, "422" in state.problem) == (True, True)
    assert not city.agrees_with_what_was_kept()
    assert city.clerk.folder.refused("plateward.local/log") == 1


def put_back(city: City) -> None:
    for table, rows in city.backup.items():
        table.objects.all().delete()  # type: ignore[attr-defined]
        table.objects.bulk_create(rows)  # type: ignore[attr-defined]


@pytest.mark.parametrize("size", [5, WITNESSED, WITNESSED + 5])
def test_a_stolen_key_signs_a_fork_that_no_witness_cosigns(city: City, size: int) -> None:
    """The thief runs a log of their own, away from the city's house."""
    forked = [tree.leaf_hash(b"fork %d" % index) for index in range(size)]
    note = thief().sign(
        checkpoint_text(
            origin="plateward.local/log", size=size, root=tree.root(forked), at=NOON + HOUR
        )
    )
    statuses = set()
    for old in {0, min(size, WITNESSED)}:
        proof = tree.consistency_proof(old, forked) if old else []
        body = witness_request.write(old, proof, note)
        answer = clerks_judgement.add_checkpoint(body, folder=city.clerk.folder, now=NOON)
        statuses.add(answer.status)
    assert statuses <= {409, 422}
    assert city.clerk.folder.last("plateward.local/log").note == city.kept
    assert city.agrees_with_what_was_kept()


def test_of_two_views_only_one_is_ever_cosigned(city: City) -> None:
    """A log shown to the council, and another shown to the court, both signed with the real key."""
    shared = [bytes(row.leaf) for row in Entry.objects.all()]
    views = [[*shared, tree.leaf_hash(view)] for view in (b"council", b"court")]
    statuses = []
    for view in views:
        text = checkpoint_text(
            origin="plateward.local/log", size=len(view), root=tree.root(view), at=NOON
        )
        proof = tree.consistency_proof(WITNESSED, view)
        body = witness_request.write(WITNESSED, proof, thief().sign(text))
        answer = clerks_judgement.add_checkpoint(body, folder=city.clerk.folder, now=NOON)
        statuses.append(answer.status)
    assert statuses == [200, 409]


def thief() -> Signer:
    return keys.signer(last_vkey=None)


# --- what is not caught ---------------------------------------------------------------------------


def test_what_no_checkpoint_covers_yet_can_still_be_changed(city: City) -> None:
    """The window: 100 entries or a minute, as docs/how-tos/run-a-witness.md says."""
    log.append(
        actor="ana", act="reads:plate:search", outcome="admitted", facts={"purpose": "spite"}
    )
    triggers_off()
    Entry.objects.filter(index=WITNESSED).delete()
    Sealed.objects.filter(index=WITNESSED).delete()
    Frontier.objects.all().delete()
    work(2)
    assert witnesses.ask_due(NOON + HOUR) == 1
    assert city.is_witnessed()
    assert city.agrees_with_what_was_kept()


def test_what_a_checkpoint_covers_but_no_witness_saw_can_still_be_changed(city: City) -> None:
    """While the witness is away, the stolen key rewrites what it has not seen."""
    work(5)
    triggers_off()
    Entry.objects.filter(index=WITNESSED + 2).update(outcome="refused")
    WitnessContact.objects.all().delete()
    forge()
    assert witnesses.ask_due(NOON + HOUR) == 1
    assert city.agrees_with_what_was_kept()
