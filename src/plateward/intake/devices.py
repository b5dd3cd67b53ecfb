"""Which camera of the register a vendor's message is about, and what is not known waits unstored.

A credential names one camera, its sender. A message that names no device, or names the sender by
its code, is about the sender. Any other device must have been linked by a person: a recorder or an
agent speaks for many cameras, and a read stored under the wrong one stands at the wrong place.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import F

from plateward.audit import log
from plateward.cameras import register
from plateward.intake.adapters.canonical import Health
from plateward.intake.models import Device, FieldMap, Quarantined

MOST_UNKNOWN: Final = 100  # of one sender: more are one that makes names up
LONGEST_WHY: Final = 300


class NotDone(ValueError):
    """Nothing was changed; the message says what to correct."""


@dataclass(frozen=True, slots=True)
class Link:
    """`is_up` and `heard_at` are from the device's own heartbeats."""

    number: int
    vendor: str
    name: str
    sender: str
    camera: str
    is_up: bool | None
    heard_at: datetime | None


@dataclass(frozen=True, slots=True)
class Unknown:
    """A device that is linked to no camera. `dismissed_at` None: nobody has looked yet."""

    number: int
    vendor: str
    name: str
    sender: str
    reads: int
    first_at: datetime
    last_at: datetime
    dismissed_at: datetime | None
    dismissed_by: str
    why: str


def camera_of(vendor: str, name: str | None, *, sender: str) -> str | None:
    """The camera's code in the register; None where no link knows the device."""
    if name is None or name == sender:
        return sender
    found = Device.objects.filter(vendor=vendor, name=name, sender__code=sender)
    return found.values_list("camera__code", flat=True).first()


@transaction.atomic
def link(vendor: str, name: str, *, camera: str, sender: str, by: str) -> None:
    """From now on `sender` speaks for `camera` when its messages say `name`.

    Raise UnknownCamera. A link made before is replaced, and the log holds both.
    """
    about, speaks = register.named(camera), register.named(sender)
    Device.objects.update_or_create(
        vendor=vendor, name=name, sender_id=speaks.key, defaults={"camera_id": about.key}
    )
    Quarantined.objects.filter(vendor=vendor, name=name, sender_id=speaks.key).delete()
    log.append(
        actor=by,
        act="intake:device:link",
        outcome="done",
        city=about.city,
        facts={"vendor": vendor, "device": name, "camera": camera, "sender": sender},
    )


@transaction.atomic
def unlink(city: str, number: int, *, by: str) -> str:
    """The device speaks for no camera any more; its next message waits. Return its name.

    What was stored under the link stays. Raise NotDone.
    """
    rows = Device.objects.select_for_update(of=("self",)).select_related("sender", "camera")
    row = rows.filter(pk=number, camera__city=city).first()
    if row is None:
        raise NotDone("That device is not linked any more. Nothing was changed.")
    name, vendor, sender, camera = row.name, row.vendor, row.sender.code, row.camera.code
    row.delete()
    log.append(
        actor=by,
        act="intake:device:unlink",
        outcome="done",
        city=city,
        facts={"vendor": vendor, "device": name, "camera": camera, "sender": sender},
    )
    return name


def quarantine(vendor: str, name: str, *, sender: str, reads: int, now: datetime) -> None:
    """Count what an unknown device sent. Of the reads themselves nothing is kept."""
    speaks = register.named(sender)
    mine = Quarantined.objects.filter(sender_id=speaks.key)
    again = mine.filter(vendor=vendor, name=name)
    if again.update(reads=F("reads") + reads, last_at=now) or mine.count() >= MOST_UNKNOWN:
        return
    Quarantined.objects.get_or_create(
        vendor=vendor,
        name=name,
        sender_id=speaks.key,
        defaults={"first_at": now, "last_at": now, "reads": reads},
    )


def heard(vendor: str, health: Health, *, sender: str, now: datetime) -> bool:
    """Note what a device said of itself; False where no link knows it."""
    if health.tampering:  # it answers, whatever it sees
        return False
    found = Device.objects.filter(vendor=vendor, name=health.device_ref, sender__code=sender)
    return found.update(heard_at=now, is_up=health.up) > 0


def links(city: str | None = None) -> list[Link]:
    """To cameras of one city, or of all."""
    rows = Device.objects.select_related("sender", "camera").order_by("vendor", "name")
    return [
        Link(
            row.pk, row.vendor, row.name, row.sender.code, row.camera.code, row.is_up, row.heard_at
        )
        for row in (rows.filter(camera__city=city) if city else rows)
    ]


def unknown(city: str | None = None) -> list[Unknown]:
    """Who waits in quarantine, of one city's senders or of all; the last heard first."""
    rows = Quarantined.objects.select_related("sender").order_by("-last_at")
    return [_unknown(row) for row in (rows.filter(sender__city=city) if city else rows)]


def one(city: str, number: int) -> Unknown | None:
    row = Quarantined.objects.select_related("sender").filter(sender__city=city, pk=number).first()
    return _unknown(row) if row else None


def _unknown(row: Quarantined) -> Unknown:
    return Unknown(
        number=row.pk,
        vendor=row.vendor,
        name=row.name,
        sender=row.sender.code,
        reads=row.reads,
        first_at=row.first_at,
        last_at=row.last_at,
        dismissed_at=row.dismissed_at,
        dismissed_by=row.dismissed_by,
        why=row.why,
    )


def dismissed(vendor: str, name: str, *, sender: str) -> bool:
    """Did somebody say that it is no camera of the register's?"""
    found = Quarantined.objects.filter(vendor=vendor, name=name, sender__code=sender)
    return found.exclude(dismissed_at=None).exists()


@transaction.atomic
def dismiss(device: Unknown, why: str, *, by: str, now: datetime) -> None:
    """It is no camera of the register's: its reads stay unstored, and nobody is asked again.

    Linking it later ends that. Raise NotDone.
    """
    if not why.strip() or len(why) > LONGEST_WHY:
        raise NotDone(
            f"Say why, in at most {LONGEST_WHY} characters. Nothing was changed: the device still "
            "waits."
        )
    speaks = register.named(device.sender)
    rows = Quarantined.objects.filter(
        vendor=device.vendor, name=device.name, sender_id=speaks.key, dismissed_at=None
    )
    if not rows.update(dismissed_at=now, dismissed_by=by, why=why.strip()):
        raise NotDone("That device does not wait any more. Nothing was changed.")
    log.append(
        actor=by,
        act="intake:device:dismiss",
        outcome="done",
        city=speaks.city,
        facts={"vendor": device.vendor, "device": device.name, "sender": device.sender},
        private={"why": why.strip()},
    )


def field_map(vendor: str, *, sender: str) -> Mapping[str, str]:
    """Our names of fields and the sender's; empty where nothing was renamed."""
    found = FieldMap.objects.filter(vendor=vendor, sender__code=sender)
    names = found.values_list("names", flat=True).first()
    return dict(names) if names else {}


@transaction.atomic
def map_fields(vendor: str, names: Mapping[str, str], *, sender: str, by: str) -> None:
    """Say how the sender's template names its fields; an empty map takes it back."""
    speaks = register.named(sender)
    FieldMap.objects.update_or_create(
        vendor=vendor, sender_id=speaks.key, defaults={"names": dict(names)}
    )
    log.append(
        actor=by,
        act="intake:device:map",
        outcome="done",
        city=speaks.city,
        facts={"vendor": vendor, "sender": sender, "fields": dict(names)},
    )
