"""Reads and their pictures. Private to this room: others call `record`, `search` and `detail`."""

from django.db import models
from django.db.models.functions import Now

from plateward.plates.sighting import Character


class Read(models.Model):
    """One vehicle seen once. `expires_at` is computed when it is stored and ends all visibility."""

    city = models.CharField(max_length=64)
    # related_name="+": no `camera.read_set`, which would be a way in past the gate.
    camera = models.ForeignKey("cameras.Camera", on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=40)
    event = models.CharField(max_length=120)
    plate = models.CharField(max_length=16)
    plate_folded = models.CharField(max_length=16)
    confidence = models.FloatField(null=True)
    characters = models.JSONField(default=list)
    region = models.CharField(max_length=8, blank=True)
    seen_at = models.DateTimeField()
    received_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    box = models.JSONField(null=True)
    make = models.CharField(max_length=40, blank=True)
    model = models.CharField(max_length=40, blank=True)
    color = models.CharField(max_length=40, blank=True)
    body_type = models.CharField(max_length=40, blank=True)
    features = models.JSONField(default=list)
    vehicle_confidences = models.JSONField(default=dict)
    direction = models.CharField(max_length=20, blank=True)
    speed_kmh = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    provisional = models.BooleanField(default=False)  # its source may still read it better

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["camera", "source", "event"], name="a_sighting_is_stored_once"
            ),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("seen_at")),
                name="read_expires_after_it_was_seen",
            ),
            models.CheckConstraint(
                condition=models.Q(plate__regex=r"^[A-Z0-9]+$"), name="read_has_a_plain_plate"
            ),
        ]
        indexes = [
            models.Index(fields=["city", "plate", "-seen_at"], name="reads_of_a_plate"),
            models.Index(fields=["plate"], opclasses=["text_pattern_ops"], name="reads_by_prefix"),
            models.Index(fields=["camera", "-seen_at"], name="reads_of_a_camera"),
            models.Index(fields=["city", "-seen_at"], name="reads_of_a_city"),
            models.Index(fields=["expires_at"], name="reads_by_expiry"),
        ]

    def __str__(self) -> str:
        return f"read {self.pk}"

    def as_read(self) -> tuple[Character, ...]:
        """Character by character, with what else its source thought of."""
        return tuple(
            Character(text, confidence, tuple((t, c) for t, c in others))
            for text, confidence, others in self.characters
        )


class Picture(models.Model):
    """A sealed JPEG: the scene, or the plate cut out of it. It opens with the day's key alone."""

    read = models.ForeignKey(Read, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8)
    key_day = models.DateField()
    sealed = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["read", "kind"], name="one_picture_of_a_kind"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["photo", "crop"]), name="picture_kind_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of read {self.read_id}"


class DayKey(models.Model):
    """The key of all pictures of one city that expire on one day (UTC), wrapped.

    Destroying it destroys them, wherever copies of the sealed bytes may be.
    """

    city = models.CharField(max_length=64)
    day = models.DateField()
    wrapped = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "day"], name="one_key_a_city_and_day"),
        ]

    def __str__(self) -> str:
        return f"key of {self.city} for {self.day}"


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


from plateward.reads import saved_models as _saved_models  # noqa: E402, F401 -- a table too
