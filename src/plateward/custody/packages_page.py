"""The page of a package that a person reads and prints: all of it in one file, no scripts."""

from base64 import b64encode
from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Final

from plateward.custody.packages_contents import Contents, Link, Picture
from plateward.gate.permit import Permit
from plateward.policy import purposes
from plateward.policy.vocabulary import Act
from plateward.reads.detail import Detail

_STYLE: Final = Path(__file__).with_name("package.css").read_text()
_BLANK_LINES: Final = 4


def written(contents: Contents, pictures: Sequence[Picture], *, permit: Permit) -> str:
    permit.require(Act.EXPORTS_DOWNLOAD)
    title = f"Download {contents.number} of {contents.profile.title()}"
    parts = [
        f"<h1>{escape(title)}</h1>",
        f'<p class="soft">Made {_local(contents.made_at, contents)}.</p>',
        f'<p class="notice">{escape(_warning(contents))}</p>',
        "<h2>What this is</h2>",
        _table(_facts(contents)),
        "<h2>The reads</h2>",
        *(_read(read, contents, pictures) for read in contents.reads),
        "<h2>Chain of custody</h2>",
        _chain(contents.chain, contents),
        *_receipt(contents),
        "<h2>Check it yourself</h2>",
        f"<p>{_HOW_TO_CHECK}</p>",
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n"
        f"<body>\n{chr(10).join(parts)}\n</body></html>\n"
    )


_HOW_TO_CHECK: Final = (
    "Every file of this package stands in <code>manifest.json</code> with its SHA-256, and the "
    "manifest is signed. <code>plateward evidence verify FILE --key KEY</code> checks all of it "
    "without any server, and says which file was changed. The pictures on this page carry a mark; "
    "those in <code>originals/</code> are as they came from the camera, to the byte."
)


def _warning(contents: Contents) -> str:
    compared = "A read is a lead, not a fact: compare each picture with its text."
    return f"Authorised use only. {contents.ends} {compared}"


def _facts(contents: Contents) -> Iterable[tuple[str, str]]:
    told = (
        ("Taken by", f"{contents.name}, badge {contents.badge}, {contents.agency}"),
        ("Purpose", purposes.known(contents.purpose).label),
        ("Case", contents.case_number),
        ("In answer to", contents.request),
        ("Custody", contents.custody),
        ("Property number", contents.property_number),
        ("Reads", str(len(contents.reads))),
        ("Admitted by", f"entry {contents.entry} of the log (its proof is in log.jsonl)"),
        ("Policy", f"{contents.profile.title()}, version {contents.profile.version}"),
    )
    return [(name, value) for name, value in told if value]


def _read(read: Detail, contents: Contents, pictures: Sequence[Picture]) -> str:
    own = [picture for picture in pictures if picture.read == read.id]
    shown = "".join(_picture(picture) for picture in own)
    return (
        f'<section class="read"><p class="plate">{escape(str(read.plate))}</p>{shown}'
        f"{_table(_of_read(read, contents, own))}</section>"
    )


def _picture(picture: Picture) -> str:
    if picture.shown is None:
        return (
            f'<p class="soft">The {picture.kind} cannot be opened, so it is not shown; it lies as '
            f"it came in {escape(picture.original)}.</p>"
        )
    data = b64encode(picture.shown).decode()
    words = "The scene" if picture.kind == "photo" else "The plate, cut out of the scene"
    return f'<p><img alt="{words}, read {picture.read}" src="data:image/jpeg;base64,{data}"></p>'


def _of_read(
    read: Detail, contents: Contents, pictures: Sequence[Picture]
) -> Iterable[tuple[str, str]]:
    vehicle = read.vehicle
    looks = (vehicle.color, vehicle.make, vehicle.model, vehicle.body_type)
    told = [
        ("Read", str(read.id)),
        ("Seen", _local(read.seen_at, contents)),
        ("Camera", f"{read.camera_title} ({read.camera})"),
        ("Place", f"{read.place} ({read.latitude:.5f}, {read.longitude:.5f})"),
        ("Confidence", "" if read.confidence is None else f"{read.confidence:.0%}"),
        ("Plate's state", read.region),
        ("Vehicle", " ".join(word for word in looks if word)),
        ("Direction", read.direction),
        ("Speed", "" if read.speed_kmh is None else f"{read.speed_kmh / 1.609344:.0f} mph"),
    ]
    told += [(f"SHA-256 of the {each.kind}", each.sha256) for each in pictures]
    return [(name, value) for name, value in told if value]


def _table(rows: Iterable[tuple[str, str]]) -> str:
    cells = "".join(
        f'<tr><th scope="row">{escape(name)}</th>'
        f"<td{_CLASS if name.startswith('SHA') else ''}>{escape(value)}</td></tr>"
        for name, value in rows
    )
    return f"<table><tbody>{cells}</tbody></table>"


_CLASS: Final = ' class="hash"'


def _chain(chain: Sequence[Link], contents: Contents) -> str:
    head = "".join(f'<th scope="col">{name}</th>' for name in ("When", "What", "Who", "Log"))
    done = "".join(
        f"<tr><td>{_local(link.at, contents)}</td><td>{escape(link.what)}</td>"
        f"<td>{escape(link.who)}</td><td>{'' if link.entry is None else f'#{link.entry}'}</td></tr>"
        for link in chain
    )
    blank = '<tr class="blank"><td></td><td></td><td></td><td></td></tr>' * _BLANK_LINES
    return (
        f'<div class="scroll"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{done}{blank}</tbody></table></div>"
        '<p class="soft">Write each further hand-over on an empty line: name and signature.</p>'
    )


def _receipt(contents: Contents) -> Iterable[str]:
    if not contents.hands_over:
        return
    yield "<h2>Receipt</h2>"
    yield (
        f"<p>{escape(contents.custody)} received download {escape(contents.number)} of "
        f"{escape(contents.profile.title())}, in answer to request {escape(contents.request)}.</p>"
    )
    yield "<ul>" + "".join(f"<li>{escape(words)}</li>" for words in contents.hands_over) + "</ul>"
    yield (
        '<p class="sign"><span>Name and badge</span><span>Signature</span>'
        "<span>Date and time</span></p>"
    )


def _local(at: datetime, contents: Contents) -> str:
    here = at.astimezone(contents.profile.zone)
    return f"{here:%-d %b %Y, %H:%M:%S} {here.tzname()}"
