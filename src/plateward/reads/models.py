"""Reads and their pictures. Private to this room: others call `record`, `search` and `detail`.

`reads_read` and `reads_picture` are partitioned by city and by when their rows end, so that a day
that is over goes as files: `shelves` makes and drops the parts. No plate is in clear in any row.
"""

from collections.abc import Sequence
from functools import cached_property

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from plateward.plates.sighting import Character
from plateward.reads import keyring, sealing
from plateward.reads import saved_models as _saved_models  # noqa: F401 -- a table too
from plateward.reads.sealing import Content


class Read(models.Model):
    """One vehicle seen once. `expires_at` is computed when it is stored and ends all visibility.

    `id`: see `shelves.number`. `plate_key` stands for the plate in the index, `candidates` for the
    spellings its source thought nearly as likely; the plate itself is in `sealed`, which opens with
    the key of the minute in which the read ends.
    """

    id = models.BigIntegerField(primary_key=True)
    shard = models.SmallIntegerField()
    city = models.CharField(max_length=64)
    # related_name="+": no `camera.read_set`, which would be a way in past the gate.
    camera = models.ForeignKey(
        "cameras.Camera", on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    source = models.CharField(max_length=40)
    plate_key = models.BigIntegerField()
    candidates = ArrayField(models.BigIntegerField(), null=True)
    sealed = models.BinaryField()
    region = models.CharField(max_length=8, blank=True)
    seen_at = models.DateTimeField()
    received_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    make = models.CharField(max_length=40, blank=True)
    model = models.CharField(max_length=40, blank=True)
    color = models.CharField(max_length=40, blank=True)
    body_type = models.CharField(max_length=40, blank=True)
    features = models.JSONField(null=True)
    vehicle_confidences = models.JSONField(null=True)
    direction = models.CharField(max_length=20, blank=True)
    speed_kmh = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    provisional = models.BooleanField(default=False)  # its source may still read it better

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("seen_at")),
                name="read_expires_after_it_was_seen",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], name="reads_by_number"),
            models.Index(fields=["plate_key", "seen_at"], name="reads_of_a_plate"),
            models.Index(fields=["camera", "seen_at"], name="reads_of_a_camera"),
            # Few cameras rove: a place on the map asks the others by where they stand.
            models.Index(
                fields=["camera", "seen_at"],
                name="reads_of_roving",
                condition=models.Q(latitude__isnull=False),
            ),
            models.Index(fields=["expires_at"], name="reads_by_expiry"),
        ]

    def __str__(self) -> str:
        return f"read {self.pk}"

    @cached_property
    def clear(self) -> bytes:
        """What is sealed of it. Raise keyring.Gone or sealing.NotOpened where it does not open."""
        key = keyring.kept(self.city, self.expires_at)
        return sealing.unseal(bytes(self.sealed), key, bound=self.bound)

    @cached_property
    def content(self) -> Content:
        """All of it, character by character."""
        return sealing.unpacked(self.clear)

    @property
    def bound(self) -> str:
        return bound(self.city, self.pk)

    @property
    def plate(self) -> str:
        return sealing.head(self.clear)[0]

    @property
    def confidence(self) -> float | None:
        return sealing.head(self.clear)[1]

    @property
    def box(self) -> tuple[int, int, int, int] | None:
        return self.content.box

    def as_read(self) -> tuple[Character, ...]:
        """Character by character, with what else its source thought of."""
        return self.content.characters


def bound(city: str, read: int) -> str:
    """What the sealed part of a read is bound to: it opens nowhere else."""
    return f"plateward read 1|{city}|{read}"


class Picture(models.Model):
    """A sealed JPEG: the scene, or the plate cut out of it. It opens with the key of the minute in
    which its read ends."""

    read = models.ForeignKey(
        Read, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    shard = models.SmallIntegerField()
    city = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    kind = models.CharField(max_length=8)
    sealed = models.BinaryField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["photo", "crop"]), name="picture_kind_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["read"], name="pictures_of_a_read"),
            models.Index(fields=["expires_at"], name="pictures_by_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of read {self.read_id}"


class Shelf(models.Model):
    """A part of the store: the reads and pictures of one city that end from `begins_at` until
    before `ends_at`. `name` is the end of its tables' names; `mark` is its bit in `Known.marks`.
    """

    city = models.CharField(max_length=64)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    name = models.CharField(max_length=48, unique=True)
    mark = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "begins_at"], name="a_shelf_begins_once"),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("begins_at")), name="a_shelf_has_room"
            ),
        ]

    def __str__(self) -> str:
        return f"shelf {self.name}"


class OldMark(models.Model):
    """The mark of a shelf that is gone. Plates may still have it: till then no other gets it."""

    city = models.CharField(max_length=64)
    mark = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "mark"], name="an_old_mark_is_told_once"),
        ]

    def __str__(self) -> str:
        return f"old mark {self.mark}"


class Ending(models.Model):
    """On this UTC day reads of a city were seen that end on that one: a search leaves aside the
    shelves on which nothing lies that was seen when it asks. Only ever added to, until it is over.
    """

    city = models.CharField(max_length=64)
    seen_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["city", "ends_on", "seen_on"], name="an_ending_is_told_once"
            ),
        ]

    def __str__(self) -> str:
        return f"reads of {self.seen_on} end on {self.ends_on}"


class Name(models.Model):
    """What a source calls a sighting, as a number (`sealing.name_key`): stored once.

    `until`: the UTC day to which it is remembered; see `record.REMEMBERED`.
    """

    name = models.BigIntegerField(primary_key=True)
    read = models.BigIntegerField()
    until = models.DateField()

    def __str__(self) -> str:
        return f"name of read {self.read}"


class Known(models.Model):
    """One plate of a city, once, however often it was read: what patterns are looked up in.

    `sealed` opens with the key of the minute `until`, in which the last of its reads ends; the row
    goes then. In clear it is in memory only (`reads.known`).

    `marks` has the bit of each shelf on which its reads lie (`Shelf.mark`): a search leaves the
    others aside. Bits of shelves that are gone are taken off by `shelves.rub_out`.
    """

    city = models.CharField(max_length=64)
    plate_key = models.BigIntegerField()
    sealed = models.BinaryField()
    last_seen = models.DateTimeField()
    until = models.DateTimeField()
    marks = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "plate_key"], name="a_plate_is_known_once"),
        ]
        indexes = [models.Index(fields=["until"], name="known_until")]

    def __str__(self) -> str:
        return f"known plate {self.pk}"

    @property
    def bound(self) -> str:
        return known_bound(self.city, self.plate_key)


def known_bound(city: str, plate_key: int) -> str:
    """What the sealed text of a known plate is bound to."""
    return f"plateward plate 1|{city}|{plate_key}"


class DayCount(models.Model):
    """How many reads a camera brought on a UTC day. Added row by row, folded later; never less."""

    city = models.CharField(max_length=64)
    camera = models.ForeignKey(
        "cameras.Camera", on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    day = models.DateField()
    reads = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["city", "day"], name="counts_of_a_day")]

    def __str__(self) -> str:
        return f"{self.reads} reads on {self.day}"


class GoneCount(models.Model):
    """How many reads of a day are gone: counts outlive what they count."""

    city = models.CharField(max_length=64)
    seen_on = models.DateField()
    gone_at = models.DateTimeField(db_default=Now())
    reads = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["city", "seen_on"], name="gone_of_a_city")]

    def __str__(self) -> str:
        return f"{self.reads} reads of {self.seen_on} gone"


PARTITIONED: Sequence[type[models.Model]] = (Read, Picture)
