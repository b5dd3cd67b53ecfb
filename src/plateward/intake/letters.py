"""Take a signed letter of an agent beside a camera: each number once, in order, gaps told."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from plateward.cameras import agents
from plateward.intake import receive
from plateward.intake.receive import CLOCK_AHEAD, NotASighting, Receipt, Stopped
from plateward.plates.sighting import Sighting


@dataclass(frozen=True, slots=True)
class Outcome:
    """`receipt` None: it came before, or is refused for ever, which `refused` then says."""

    receipt: Receipt | None = None
    refused: str = ""


@transaction.atomic
def hand_in(sighting: Sighting, *, sequence: int, digest: str, now: datetime) -> Outcome:
    """Its number is used with what it says, or neither is. Raise as `receive`, or OutOfTurn.

    A letter that is refused has come all the same: its number is used, and the next is no gap.
    """
    if agents.take(sighting.device, sequence, digest).again:
        return Outcome()
    if sighting.seen_at > now + CLOCK_AHEAD:
        # Once its clock is right the same letter can be stored: it is kept there, not refused.
        raise Stopped(
            f"The camera's clock is ahead: it says {sighting.seen_at.isoformat()}, and it is "
            f"{now.isoformat(timespec='seconds')}. Nothing was stored. Set the clock; keep the "
            "sighting and send it again."
        )
    try:
        with transaction.atomic():
            return Outcome(receive.receive(sighting, received_at=now))
    except NotASighting as wrong:
        return Outcome(refused=str(wrong))
