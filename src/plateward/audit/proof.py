"""What stands over one entry: the checkpoint that covers it, and who outside cosigned that."""

from dataclasses import dataclass
from datetime import datetime

from plateward.audit.models import Checkpoint
from plateward.audit.witness_models import Cosignature, TimeStamp


@dataclass(frozen=True, slots=True)
class Word:
    """That someone outside saw the log at `size` entries, the first time that it held the entry."""

    name: str
    size: int
    at: datetime


@dataclass(frozen=True, slots=True)
class State:
    """`size` None: not signed yet, so that a change would not show."""

    size: int | None
    at: datetime | None
    witnesses: tuple[Word, ...]
    stamps: tuple[Word, ...]


def of(index: int) -> State:
    covering = Checkpoint.objects.filter(size__gt=index).order_by("size", "id").first()
    if covering is None:
        return State(None, None, (), ())
    said: dict[str, Word] = {}
    for word in Cosignature.objects.filter(size__gt=index).order_by("size", "id")[:50]:
        name = word.witness.partition("+")[0]
        said.setdefault(name, Word(name, word.size, word.at))
    stamp = TimeStamp.objects.filter(size__gt=index).order_by("size", "id").first()
    stamps = () if stamp is None else (Word(stamp.authority, stamp.size, stamp.at),)
    return State(covering.size, covering.at, tuple(said.values()), stamps)
