"""Cards and drives that came out of cameras, and each file that was on them, by its hash."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class Medium(models.Model):
    """One card or drive, taken out once. `ended_at` empty: its import was cut off and goes on.

    `recorded_from` and `recorded_until` are when its first and last picture were taken. Where the
    medium is kept, and when it goes back into a camera, is for the register of media to say.
    """

    city = models.CharField(max_length=64)
    camera = models.ForeignKey("cameras.Camera", on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=120)
    # Its pictures stay on it, as the city's text has it; only the list of them was made.
    only_listed = models.BooleanField()
    taken_out_by = models.CharField(max_length=150)
    taken_out_at = models.DateTimeField()
    imported_by = models.CharField(max_length=150)
    case_number = models.CharField(max_length=60, blank=True, default="")
    entry = models.PositiveBigIntegerField()  # the log entry that admitted it
    began_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)
    recorded_from = models.DateTimeField(null=True)
    recorded_until = models.DateTimeField(null=True)
    files = models.PositiveIntegerField(default=0)
    bytes = models.PositiveBigIntegerField(default=0)
    reads = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    dropped = models.JSONField(default=dict)  # why, and how many files
    manifest = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(label=""), name="medium_has_a_label"),
            models.CheckConstraint(condition=~Q(taken_out_by=""), name="somebody_took_it_out"),
            models.CheckConstraint(condition=~Q(imported_by=""), name="somebody_imported_it"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("began_at")),
                name="import_ends_after_it_began",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | ~Q(manifest=""), name="import_ends_with_a_manifest"
            ),
            models.UniqueConstraint(
                fields=["camera", "label"],
                condition=Q(ended_at=None),
                name="one_import_of_a_medium_at_once",
            ),
        ]

    def __str__(self) -> str:
        return f"medium {self.pk} of {self.city}"


class MediumFile(models.Model):
    """One file, known by its content whatever it is called: a name may hold a plate."""

    camera = models.ForeignKey("cameras.Camera", on_delete=models.PROTECT, related_name="+")
    medium = models.ForeignKey(Medium, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    bytes = models.PositiveBigIntegerField()
    taken_at = models.DateTimeField(null=True)
    told_by = models.CharField(max_length=10)  # who says when it was taken
    outcome = models.CharField(max_length=20)
    reads = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["camera", "sha256"], name="file_of_a_camera_once"),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="file_has_a_hash"
            ),
        ]

    def __str__(self) -> str:
        return f"a file of medium {self.medium_id}"


from plateward.custody import certificate_models as _certificates  # noqa: E402, F401 -- also
from plateward.custody import downloads_models as _downloads  # noqa: E402, F401 -- and these
from plateward.custody import holds_models as _holds  # noqa: E402, F401 -- tables too
from plateward.custody import media_register_models as _media_register  # noqa: E402, F401 -- tables
