"""Check a package of downloaded reads: its files, its signature, and its place in the log."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from .admitted import Admitted, admitted  # noqa: TID252
from .canonical import Malformed, canonical, mapping  # noqa: TID252
from .check import Unusable  # noqa: TID252
from .notes import Key  # noqa: TID252
from .sealed import is_sealed, number_of, opened  # noqa: TID252
from .zipped import Files, of_folder, of_zip  # noqa: TID252

FORMAT = "plateward-package/1"
MANIFEST, SIGNATURE, LOG = "manifest.json", "manifest.sig", "log.jsonl"
_ZIP = b"PK\x03\x04"
_SAID = ("number", "city", "city_title", "made_at", "taken_by", "purpose", "custody", "purge_by")


@dataclass(slots=True)
class Report:
    """What holds and what does not, each in words. `said`: what the signed manifest says of it."""

    key: str = ""
    ok: bool = False
    files: int = 0
    said: dict[str, object] = field(default_factory=dict)
    entry: Admitted | None = None
    holds: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def as_json(self) -> str:
        return json.dumps(asdict(self))


def check(path: Path, *, vkey: str | None = None, seal: str | None = None) -> Report:
    """`path`: the package, sealed or not, or the folder it was unpacked to. Raises Unusable where
    it is no package at all, or where a key cannot be used."""
    report = Report()
    try:
        given = None if vkey is None else Key(vkey)
    except Malformed as error:
        raise Unusable(f"The key cannot be used: {error}.") from error
    files = of_folder(path) if path.is_dir() else _files(path.read_bytes(), seal, report)
    if files is not None:
        _look(files, given, report)
    report.ok = not report.wrong
    return report


def unsealed(raw: bytes, seal: str) -> bytes:
    """The package in a sealed file. Raises Unusable."""
    try:
        return opened(raw, seal)
    except Malformed as error:
        raise Unusable(f"The file cannot be opened: {error}.") from error


def _files(raw: bytes, seal: str | None, report: Report) -> Files | None:
    if is_sealed(raw):
        raw = unsealed(raw, seal or _ask_for(raw))
        report.holds.append("The seal opened with the key, so nothing in it was changed.")
    if not raw.startswith(_ZIP):
        raise Unusable("The file is neither a package nor a sealed package.")
    try:
        return of_zip(raw)
    except Malformed as error:
        report.wrong.append(f"The package: {error}.")
        return None


def _ask_for(raw: bytes) -> str:
    try:
        number = number_of(raw)
    except Malformed as error:
        raise Unusable(f"The sealed file cannot be used: {error}.") from error
    raise Unusable(
        f"The file is sealed. Ask the city for the key of download {number}, and give it with "
        "--seal-key."
    )


def _look(files: Files, given: Key | None, report: Report) -> None:
    if not {MANIFEST, SIGNATURE} & {*files.held, *files.broken}:
        raise Unusable("There is no manifest in it, so it is no package.")
    raw = files.held.get(MANIFEST, b"")
    manifest = _manifest(raw, report)
    _signature(files, raw, manifest, given, report)
    _every_file(files, manifest, report)
    if files.around:
        report.wrong.append(f"The package: {files.around}.")
    if files.unpacked:
        report.warnings.append("It was unpacked: the zip that it came in was not looked at")
    _place_in_the_log(files, manifest, report)
    report.said = {name: manifest.get(name) for name in _SAID}


def _manifest(raw: bytes, report: Report) -> dict[str, object]:
    """Empty where it cannot be read; the report says so."""
    try:
        found = mapping(json.loads(raw.decode(), parse_float=str.encode))
        same = canonical(found).encode() == raw
    except (ValueError, TypeError, RecursionError, Malformed):
        found, same = {}, False
    if not same or found.get("format") != FORMAT:
        report.wrong.append(f"{MANIFEST}: changed, or not a manifest that this verifier knows.")
        return {}
    return found


def _signature(
    files: Files, raw: bytes, manifest: dict[str, object], given: Key | None, report: Report
) -> None:
    try:
        key = given or Key(str(manifest.get("vkey", "")))
        report.key = key.vkey
        text = key.text(files.held.get(SIGNATURE, b"").decode())
    except (Malformed, UnicodeDecodeError) as error:
        why = error if isinstance(error, Malformed) else "it is not text"
        report.wrong.append(f"{SIGNATURE}: the signature does not hold: {why}.")
        return
    if text != f"{FORMAT}\n{hashlib.sha256(raw).hexdigest()}\n":
        report.wrong.append(f"{SIGNATURE}: the signature is of another manifest than this one.")
        return
    report.holds.append(f"The manifest is signed by {key.name}.")
    if given is None:
        report.warnings.append(
            "The key was taken from the package itself, so this shows only that it agrees with "
            "itself. Get the city's key from another place and pass it with --key"
        )


def _every_file(files: Files, manifest: dict[str, object], report: Report) -> None:
    listed = manifest.get("files")
    if not isinstance(listed, dict):
        return
    here = {*files.held, *files.broken} - {MANIFEST, SIGNATURE}
    report.files = len(listed)
    wrong = [f"{name}: missing." for name in listed if name not in here]
    wrong += [
        f"{name}: was not in the package that was signed." for name in sorted(here - {*listed})
    ]
    for name in listed:
        if name in here and not _same(files.held.get(name), listed[name]):
            wrong.append(f"{name}: changed: its bytes are not those that were signed.")
    report.wrong += wrong
    if not wrong:
        report.holds.append(f"All {len(listed)} files are as the manifest lists them.")


def _same(content: bytes | None, listed: object) -> bool:
    if content is None or not isinstance(listed, dict):
        return False
    return listed == {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _place_in_the_log(files: Files, manifest: dict[str, object], report: Report) -> None:
    if not report.key or LOG not in files.held:
        report.wrong.append(f"{LOG}: the proof that the download was admitted cannot be checked.")
        return
    try:
        report.entry = admitted(files.held[LOG], Key(report.key), manifest)
    except Malformed as error:
        report.wrong.append(f"{LOG}: {error}.")
        return
    entry = report.entry
    report.holds.append(
        f"Entry {entry.index} of the log, which admitted the download on {entry.at}, stands in the "
        f"log of {entry.size} entries that was signed on {entry.signed_at}."
    )


def words(report: Report) -> str:
    """For a person: the verdict first, then what holds, what does not, and what to know."""
    said = report.said
    lines = ["OK: the package is as it was made." if report.ok else "NOT OK."]
    lines += [f"Wrong: {each}" for each in report.wrong]
    lines += [f"Holds: {each}" for each in report.holds]
    if said:
        by = said.get("taken_by")
        who = f"{by.get('name')}, badge {by.get('badge')}" if isinstance(by, dict) else "unknown"
        lines += [
            f"Download {said.get('number')} of {said.get('city_title')}, made {said.get('made_at')}"
            f" for {who}." + ("" if report.ok else " (as the manifest says)")
        ]
        if said.get("purge_by"):
            lines += [f"To be purged by {said['purge_by']}."]
    lines += [f"Key: {report.key}"] if report.key else []
    return "\n".join([*lines, *[f"Note: {each}." for each in report.warnings], ""])
