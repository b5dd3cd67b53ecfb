"""Flock's hotlist alert webhook, JSON or XML. Its audits are read by `flock_audits`."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any, Final

from plateward.intake.adapters import flock_audits, regions, times, told, tree
from plateward.intake.adapters.canonical import Dropped, ForeignAlert, Link, Taken, VendorRead
from plateward.intake.adapters.message import Message, Refused, Vendor

_NAME: Final = "flock"
_FOLDED: Final = "flock_may_write_o_as_0"
_MOST_SOURCES: Final = 50


def take(message: Message) -> Taken:
    """An alert of Flock's lists is a read of ours; whether it is a hit, our own lists say.

    The picture is only linked to, and its link expires.
    """
    body = message.body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if body.startswith(b"<"):
        return Taken.of([_of_alert(_as_json(tree.parsed(message.body)), message)])
    if not body.startswith((b"{", b"[", b"\xff\xfe", b"\xfe\xff")) and flock_audits.is_one(
        message.body
    ):
        raise Refused(
            "The message is an export of Flock's audit: it holds searches, and no reads",
            do="Print it with `plateward intake show flock FILE`.",
        )
    root = told.from_json(message.body, told.charset(message.content_type))
    alerts = [told.mapping(each) for each in told.items(root) or [root]]
    return Taken.of(_of_alert(each, message) for each in alerts)


def export(body: bytes) -> dict[str, Any] | None:
    """What an audit, an event log or a list of shares holds."""
    return flock_audits.as_json(flock_audits.read(body)) if flock_audits.is_one(body) else None


def _of_alert(alert: Mapping[str, Any], message: Message) -> VendorRead | Dropped:
    if not {"objectId", "ocr", "eventTime"} & set(alert):
        return Dropped("unknown_message")
    ocr = told.mapping(alert.get("ocr"))
    plate = told.plate(ocr.get("label"))
    if isinstance(plate, Dropped):
        return plate
    seen = times.instant(alert.get("eventTime"), zone=UTC)
    if seen is None:
        return Dropped("no_time")
    region = regions.region(ocr.get("state"))
    shown = told.link(alert.get("imageUrl"))
    return VendorRead(
        source=_NAME,
        device_ref=told.text(alert.get("deviceExternalId")) or message.device,
        source_event_id=told.text(alert.get("objectId")),
        captured_at=seen[0],
        captured_basis=seen[1],
        plate_raw=plate[0],
        plate_norm=plate[1],
        plate_conf=told.confidence(ocr.get("labelConfidence")),
        region=region,
        region_conf=told.confidence(ocr.get("stateConfidence")) if region else None,
        links=(Link("photo", shown),) if shown else (),
        gps=told.place(alert.get("deviceLat"), alert.get("deviceLong")),
        foreign_alerts=_lists(alert.get("sources")),
        # Flock's lists hold no letter O, so that a label that matched one may have lost its own.
        warnings=(_FOLDED,) if "0" in plate[1] else (),
    )


def _lists(sources: object) -> tuple[ForeignAlert, ...]:
    """Case numbers of other agencies' entries stay out: we have no use for them."""
    each = [told.mapping(source) for source in told.items(sources)[:_MOST_SOURCES]]
    return tuple(
        ForeignAlert(name, told.text(source.get("reason")))
        for source in each
        if (name := told.text(source.get("name")))
    )


def _as_json(root: tree.Node) -> dict[str, Any]:
    """The XML form in the names of the JSON form, however their first letters are written."""
    alert = root if _child(root, "objectId") else next(_alerts(root), root)
    told_of: dict[str, Any] = {_lower(each.name): each.text for each in alert.children}
    ocr = _child(alert, "ocr")
    told_of["ocr"] = {_lower(each.name): each.text for each in ocr.children} if ocr else None
    told_of["sources"] = [
        {_lower(part.name): part.text for part in each.children} for each in _sources(alert)
    ]
    return told_of


def _alerts(root: tree.Node) -> Any:
    return (child for child in root.children if _child(child, "objectId"))


def _sources(alert: tree.Node) -> list[tree.Node]:
    """`sources` repeated, each with a name; or one of it, which holds them all."""
    held = [each for each in alert.children if _lower(each.name) in {"sources", "source"}]
    return [
        each
        for node in held
        for each in ([node] if _child(node, "name") else node.children)
        if _child(each, "name")
    ]


def _child(node: tree.Node, name: str) -> tree.Node | None:
    return next((each for each in node.children if _lower(each.name) == name), None)


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


VENDOR: Final = Vendor(
    _NAME,
    "Flock Safety",
    "the hotlist alert webhook, JSON or XML; its audits' CSVs are shown, not stored",
    take,
    export,
)
