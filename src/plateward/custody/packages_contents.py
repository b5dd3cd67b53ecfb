"""What a package of downloaded reads is told of, before any of it is written."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from plateward.policy.profile import Profile
from plateward.reads.detail import Detail


@dataclass(frozen=True, slots=True)
class Link:
    """One step of the chain of custody. `entry`: the log's, where there is one."""

    at: datetime
    what: str
    who: str
    entry: int | None = None


@dataclass(frozen=True, slots=True)
class Contents:
    """All that a package tells. `hands_over`: what passes to the agency, in words; none where
    nothing does. `ends`: when the copy must be gone, in words."""

    number: str
    profile: Profile
    reads: Sequence[Detail] = field(repr=False)
    made_at: datetime
    name: str
    badge: str
    agency: str
    purpose: str
    case_number: str
    custody: str
    ends: str
    entry: int
    chain: Sequence[Link]
    hands_over: tuple[str, ...] = ()
    request: str = ""
    recipient: str = ""
    property_number: str = ""

    @property
    def mark(self) -> str:
        """What every picture carries that is looked at."""
        day = self.made_at.astimezone(self.profile.zone).strftime("%Y-%m-%d")
        return f"{self.number} · badge {self.badge} · {self.profile.title()} · {day} · copy"


@dataclass(frozen=True, slots=True)
class Picture:
    """`original`: its name in the package, untouched; `shown`: the marked copy on the page, None
    where it could not be opened."""

    read: int
    kind: str
    original: str
    content: bytes = field(repr=False)
    shown: bytes | None = field(repr=False)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()
