"""How fast the log is verified, on one core, and how fast one entry is appended, with fsync.

The file is written as an export writes it, of entries like a city's own: searches, answers, views,
alerts and sign-ins. The verifier reads it as it would read any other.
"""

import argparse
import hashlib
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench import kept
from bench.kept import Line
from plateward import postgres
from plateward.audit import body, verify
from plateward.audit.note import Signer, checkpoint_text
from plateward.audit.verify.hashes import Tree

START = datetime(2026, 1, 1, tzinfo=UTC)
GOAL_SECONDS, GOAL_MILLISECONDS = 60, 5
ENTRIES, APPENDS = 200_000, 1000
CITIES = ("willard-mo", "odessa-mo", "calabasas-ca", "carson-ca", "walnut-ca")
PURPOSES = ("stolen_vehicle", "amber_alert", "crime_person_or_property", "wanted_person", "other")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--entries", type=int, default=ENTRIES)
    parser.add_argument("--appends", type=int, default=APPENDS)
    asked = parser.parse_args()
    lines: list[Line] = []
    with tempfile.TemporaryDirectory() as folder:
        if asked.entries:
            lines += verifying(Path(folder) / "log.jsonl", asked.entries)
    if asked.appends:
        lines += appending(asked.appends)
    whole = asked.entries >= ENTRIES and asked.appends >= APPENDS
    kept.keep("log", lines, whole=whole)


def verifying(file: Path, entries: int) -> list[Line]:
    signer = Signer("bench.example/log", Ed25519PrivateKey.generate())
    write(file, entries, signer)
    started, processor = time.perf_counter(), time.process_time()
    report = verify.check(file, vkey=signer.vkey)
    spent, processor = time.perf_counter() - started, time.process_time() - processor
    if not report.ok or report.proven != entries:
        sys.exit(verify.words(report))
    size = file.stat().st_size / 1e9
    print(f"{entries:,} entries, {report.checkpoints:,} checkpoints, {size:.2f} GB: all proven")
    print(f"  {spent:.1f} s by the clock, {processor:.1f} s of one core")
    print(f"  {1e6 * processor / entries:.2f} microseconds an entry", end="; ")
    print(f"10 million take {1e7 * processor / entries:.0f} s (goal: under {GOAL_SECONDS})")
    note = f"from {entries:,}; one core's time"
    return [
        Line(
            "10 million entries verified",
            1e7 * processor / entries,
            "s",
            GOAL_SECONDS,
            less_is_better=True,
            note=note,
            first=True,
        )
    ]


def write(file: Path, entries: int, signer: Signer) -> None:
    chance, tree, at = random.Random(7), Tree(), START  # noqa: S311 - sample data, not secrets
    shapes = list(kinds(chance))
    apart = max(500, entries // 20_000)
    with file.open("wb") as out:
        header: dict[str, body.Fact] = {
            "format": "plateward-log/2",
            "entries": entries,
            "vkey": signer.vkey,
        }
        out.write(body.canonical({"header": header}) + b"\n")
        for index in range(entries):
            at += timedelta(milliseconds=chance.randrange(1, 12_000))
            written = one(chance.choice(shapes), index, body.written_time(at), chance)
            leaf = hashlib.sha256(b"\x00" + written).digest()
            tree.grow([leaf])
            out.write(b'{"entry":%b,"leaf":"%b"}\n' % (written, leaf.hex().encode()))
            if (index + 1) % apart == 0 or index + 1 == entries:
                text = checkpoint_text(origin=signer.name, size=index + 1, root=tree.root(), at=at)
                out.write(body.canonical({"checkpoint": signer.sign(text)}) + b"\n")


def kinds(chance: random.Random) -> Iterator[str]:
    """Entries without their time, index, commitment and numbers, as they are in a busy week."""
    for city in CITIES:
        digest = hashlib.sha256(city.encode()).hexdigest()
        for purpose in PURPOSES:
            clauses = ",".join(f'"{city[:3]}-{chance.randrange(60)}"' for _ in range(3))
            for outcome in ("admitted", "admitted", "admitted", "refused"):
                rule = "allowed" if outcome == "admitted" else "purpose_is_listed"
                yield (
                    f'{{"act":"reads:plate:search","at":"AT","city":"{city}","clock":null,'
                    f'"facts":{{"answers":[],"clauses":[{clauses}],"policy":"{city} v3",'
                    f'"policy_digest":"{digest}","purpose":"{purpose}","rule":"{rule}"}},'
                    f'"index":INDEX,"outcome":"{outcome}","private":"PRIVATE","v":2}}'
                )
            for act in ("reads:plate:search", "reads:image:view", "hotlists:alert:see"):
                yield (
                    f'{{"act":"{act}","at":"AT","city":"{city}","clock":null,'
                    '"facts":{"asked":ASKED,"found":FOUND},'
                    '"index":INDEX,"outcome":"answered","private":"PRIVATE","v":2}'
                )
        yield (
            '{"act":"people:account:sign-in","at":"AT","city":null,"clock":null,"facts":{},'
            '"index":INDEX,"outcome":"done","private":"PRIVATE","v":2}'
        )


def one(shape: str, index: int, at: str, chance: random.Random) -> bytes:
    filled = shape.replace("INDEX", str(index), 1).replace("AT", at, 1)
    filled = filled.replace("PRIVATE", f"{chance.getrandbits(256):064x}", 1)
    if "ASKED" in filled:
        filled = filled.replace("ASKED", str(max(0, index - 1)), 1)
        filled = filled.replace("FOUND", str(chance.randrange(200)), 1)
    return filled.encode()


def appending(times: int) -> list[Line]:
    """On PostgreSQL as an installation runs it, each append its own transaction."""
    folder = Path(tempfile.mkdtemp(prefix="plateward-bench-"))
    folder.chmod(0o711)
    postgres.ensure_running(folder)
    try:
        os.environ |= {
            "PLATEWARD_HOME": str(folder),
            "DATABASE_URL": postgres.address(folder),
            "DJANGO_SETTINGS_MODULE": "plateward.settings",
        }
        spent = sorted(append_many(times))
    finally:
        postgres.stop(folder)
    median, late = statistics.median(spent), spent[int(len(spent) * 0.95)]
    print(f"{times:,} appends with fsync: median {median:.2f} ms (goal: under", end=" ")
    print(f"{GOAL_MILLISECONDS}), 95 of 100 under {late:.2f} ms")
    note = f"95 of 100 under {late:.2f} ms"
    return [
        Line(
            "one entry appended, with fsync, median",
            median,
            "ms",
            GOAL_MILLISECONDS,
            less_is_better=True,
            note=note,
        )
    ]


def append_many(times: int) -> list[float]:
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    call_command("migrate", verbosity=0)
    from plateward.audit import log

    with connections["default"].cursor() as cursor:
        cursor.execute("SHOW fsync")
        if cursor.fetchone() != ("on",):
            sys.exit("This server does not write to disk before it answers.")
    spent = []
    for number in range(times):
        started = time.perf_counter()
        log.append(
            actor=f"badge-{number % 40}",
            act="reads:plate:search",
            outcome="admitted",
            city="willard-mo",
            facts={
                "purpose": "stolen_vehicle",
                "rule": "allowed",
                "clauses": ["W-4", "W-9", "W-12"],
                "policy_digest": "0" * 64,
            },
            private={
                "name": "Ana Ortiz",
                "agency": "willard-pd",
                "case": f"26-{number:06}",
                "note": "seen leaving the scene of a burglary",
                "query": {"plate": "AB12CDE", "since": "2026-11-01", "until": "2026-11-21"},
                "standing": {"role": "sworn_officer", "trained": True, "agency": "willard-pd"},
            },
        )
        spent.append(1000 * (time.perf_counter() - started))
    return spent


if __name__ == "__main__":
    main()
