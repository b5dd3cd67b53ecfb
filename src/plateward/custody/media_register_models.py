"""The register of cards and drives: each by its label, and everything that ever became of it."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class Drive(models.Model):
    """A card or drive that goes round between cameras and a safe place."""

    city = models.CharField(max_length=64)
    label = models.CharField(max_length=120)
    serial = models.CharField(max_length=120, blank=True, default="")
    added_by = models.CharField(max_length=150)
    added_at = models.DateTimeField(db_default=Now())
    entry = models.PositiveBigIntegerField()  # the log entry that admitted it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "label"], name="one_drive_a_label"),
            models.CheckConstraint(condition=~Q(label=""), name="drive_has_a_label"),
        ]

    def __str__(self) -> str:
        return f"drive {self.pk} of {self.city}"


class DriveStep(models.Model):
    """One thing that happened to a drive. Rows stay: a correction takes another row's place."""

    drive = models.ForeignKey(Drive, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=16)
    at = models.DateTimeField()
    who = models.CharField(max_length=150, blank=True, default="")
    camera = models.CharField(max_length=64, blank=True, default="")  # its code
    place = models.CharField(max_length=200, blank=True, default="")
    recorded_from = models.DateTimeField(null=True)
    recorded_until = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, blank=True, default="")
    # To whom it was handed, and on which written request of theirs.
    agency = models.CharField(max_length=120, blank=True, default="")
    badge = models.CharField(max_length=60, blank=True, default="")
    reference = models.CharField(max_length=120, blank=True, default="")
    requested_on = models.DateField(null=True)
    case_number = models.CharField(max_length=60, blank=True, default="")
    # The import that told of it, where no person typed it.
    medium = models.ForeignKey(
        "custody.Medium", on_delete=models.PROTECT, null=True, related_name="+"
    )
    corrects = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="+")
    by = models.CharField(max_length=150)
    entry = models.PositiveBigIntegerField()  # the log entry that admitted it
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["drive", "at"], name="steps_of_a_drive")]
        constraints = [
            models.CheckConstraint(condition=~Q(by=""), name="somebody_recorded_the_step"),
            models.CheckConstraint(
                condition=Q(recorded_until__isnull=True)
                | Q(recorded_until__gte=F("recorded_from")),
                name="recording_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=False) | ~Q(what="void"), name="void_voids_a_step"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what} of drive {self.drive_id}"
