"""Take in one message of a camera system: understand it, then hand each read to `receive`."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from plateward.cameras import register
from plateward.intake import counts, devices, pictures_due, receive, vendor_sighting
from plateward.intake.adapters import registry
from plateward.intake.adapters.canonical import Health, Taken, VendorRead
from plateward.intake.adapters.message import Message
from plateward.policy import in_force
from plateward.upkeep import told_down

# Beside the counts of field policy: what of a message was no read.
UNKNOWN_DEVICE: Final = "unknown_device"
DISMISSED_DEVICE: Final = "dismissed_device"


@dataclass(slots=True)
class Outcome:
    """What became of a message, in numbers. `refused` says why, once for each read; no plate."""

    received_at: datetime
    stored: int = 0
    duplicates: int = 0
    revised: int = 0
    late: int = 0
    quarantined: int = 0
    alerts: int = 0
    heartbeats: int = 0
    refused: list[str] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)

    @property
    def understood(self) -> bool:
        """False where there were reads and not one of them could be taken."""
        taken = self.stored + self.duplicates + self.revised + self.late
        return taken > 0 or not (self.quarantined or self.refused)


def hand_in(vendor: str, message: Message, *, sender: str) -> Outcome:
    """Store what may be stored; each read is committed by itself, and sending it again is safe.

    `sender` is the camera whose credential came with it. Raise UnknownVendor, Refused,
    UnknownCamera, NoPolicy or Stopped.
    """
    known = registry.vendor(vendor)
    city = register.named(sender).city
    profile = in_force.profile(city)
    names = devices.field_map(vendor, sender=sender)
    taken = known.take(replace(message, device=sender, zone=profile.zone, fields=names))
    outcome = Outcome(message.received_at)
    names_said = {read.device_ref for read in taken.reads}
    cameras = {name: devices.camera_of(vendor, name, sender=sender) for name in names_said}
    unknown: Counter[str | None] = Counter()
    events = vendor_sighting.events(taken.reads)
    for read, event in zip(taken.reads, events, strict=True):
        camera = cameras[read.device_ref]
        if camera is None:
            unknown[read.device_ref] += 1
        else:
            _receive(read, camera, event, outcome)
    _quarantine(vendor, unknown, sender, outcome)
    _note(vendor, taken, sender, outcome)
    counts.leave_out(city, dict(outcome.dropped), now=message.received_at)
    return outcome


def _receive(read: VendorRead, camera: str, event: str, outcome: Outcome) -> None:
    outcome.dropped.update(what for what, _ in read.guarded)
    sighting = vendor_sighting.of(read, camera=camera, event=event)
    try:
        receipt = receive.receive(sighting, received_at=outcome.received_at)
    except receive.NotASighting as wrong:
        outcome.refused.append(str(wrong))
        return
    outcome.stored += receipt.new
    outcome.revised += receipt.revised
    outcome.duplicates += receipt.read is not None and not (receipt.new or receipt.revised)
    outcome.late += receipt.read is None
    outcome.alerts += receipt.alerts
    if read.links and receipt.read is not None and receipt.new:
        now = outcome.received_at
        told = pictures_due.note(read.links, read=receipt.read, camera=camera, now=now)
        outcome.dropped.update(told)


def _quarantine(vendor: str, unknown: Counter[str | None], sender: str, outcome: Outcome) -> None:
    """`unknown`: how many reads of each device that no link knows. A read that names none is the
    sender's own.
    """
    for name, reads in unknown.items():
        if not name:
            continue
        devices.quarantine(vendor, name, sender=sender, reads=reads, now=outcome.received_at)
        # One that somebody dismissed asks no more: its sender need not keep what it sent.
        if devices.dismissed(vendor, name, sender=sender):
            outcome.dropped[DISMISSED_DEVICE] += reads
        else:
            outcome.dropped[UNKNOWN_DEVICE] += reads
            outcome.quarantined += reads


def _note(vendor: str, taken: Taken, sender: str, outcome: Outcome) -> None:
    outcome.dropped.update(dict(taken.dropped))
    # Of several words on one camera the last one counts.
    said = {(each.device_ref, each.tampering): each for each in taken.health}
    for health in said.values():
        devices.heard(vendor, health, sender=sender, now=outcome.received_at)
        camera = devices.camera_of(vendor, health.device_ref, sender=sender)
        if camera is not None:
            _keep_fault(camera, health, now=outcome.received_at)
        elif health.device_ref:
            devices.quarantine(
                vendor, health.device_ref, sender=sender, reads=0, now=outcome.received_at
            )
    outcome.heartbeats += len(taken.health)


def _keep_fault(camera: str, health: Health, *, now: datetime) -> None:
    """Its fault is open for as long as its system says that it is not well."""
    if health.tampering:
        (told_down.clear if health.up else told_down.tampered)(camera, now=now)
    elif health.up:
        told_down.up(camera, now=now)
    else:
        told_down.down(camera, since=health.last_seen, now=now)
