"""What a vendor's adapter is given, and what it is known by."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any

from plateward.intake.adapters.refused import Refused

if TYPE_CHECKING:
    from plateward.intake.adapters.canonical import Taken

__all__ = ["Message", "Refused", "Vendor"]


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it came.

    `device`: the camera that the sender's credential names, for formats that name none. `zone`: of
    the camera's city, for formats that send wall time without an offset; None: such a time is
    refused. `topic`: of MQTT and ONVIF. `filename`: where it came as a file. `fields`: for formats
    whose sender may rename fields, our name for a field and the sender's. Names in `headers` are
    in lower case.
    """

    body: bytes
    received_at: datetime
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    topic: str = ""
    filename: str = ""
    device: str | None = None
    zone: tzinfo | None = UTC
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Vendor:
    """`name` is the word in addresses, commands and `source`; `take` raises Refused, nothing else.

    `accepts` says in words what may be sent, for the documents. `export` tells, as JSON, what is in
    a file of the vendor's that holds no reads, such as an audit; None of any other; raises Refused.
    """

    name: str
    title: str
    accepts: str
    take: "Callable[[Message], Taken]"
    export: Callable[[bytes], dict[str, Any] | None] = lambda _: None
