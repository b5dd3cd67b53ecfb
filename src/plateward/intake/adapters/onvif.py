"""ONVIF Profile M: plates in the metadata stream's frames and in events, XML or MQTT's JSON."""

import re
from typing import Final

from plateward.intake.adapters import onvif_events, onvif_frame, told, tree
from plateward.intake.adapters.canonical import Taken
from plateward.intake.adapters.message import Message, Refused, Vendor
from plateward.intake.adapters.onvif_info import NAME
from plateward.intake.adapters.tree import Node

_DECLARATION = re.compile(rb"<\?xml[^>]{0,300}\?>")
_STREAM_ENDS = re.compile(rb"</(?:\w+:)?MetadataStream\s*>")


def take(message: Message) -> Taken:
    """Objects that are people or faces are dropped; a vehicle without a plate is counted."""
    body = message.body.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00")
    if body.startswith(b"<"):
        return _of_xml(_root(message.body), message)
    root = told.from_json(message.body, told.charset(message.content_type))
    notices = onvif_events.of_json(root, message)
    return Taken.of(each for notice in notices for each in onvif_events.read(notice, message))


def _root(body: bytes) -> Node:
    """A recording of the stream holds one document after another, each a root of its own."""
    if len(_STREAM_ENDS.findall(body)) > 1:
        return tree.parsed(b"<streams>" + _DECLARATION.sub(b"", body) + b"</streams>")
    return tree.parsed(body)


def _of_xml(root: Node, message: Message) -> Taken:
    frames = [root, *root.every("Frame")] if root.name == "Frame" else list(root.every("Frame"))
    notices = onvif_events.of_xml(root, message)
    known = root.name in {"MetadataStream", "streams"}
    if not frames and not notices and not known:
        raise Refused("The XML holds neither a frame nor a notification of ONVIF")
    return Taken.of(
        [
            *onvif_frame.reads(frames, message),
            *(each for notice in notices for each in onvif_events.read(notice, message)),
        ]
    )


VENDOR: Final = Vendor(
    NAME,
    "ONVIF Profile M",
    "the metadata stream's XML, event notifications in XML, and MQTT's JSON",
    take,
)
