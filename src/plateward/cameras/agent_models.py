"""The agents beside cameras: their keys, how far their letters came, and how they last were."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class Agent(models.Model):
    """One camera's agent. The numbers go on under a new key."""

    camera = models.OneToOneField("cameras.Camera", on_delete=models.PROTECT, related_name="+")
    public_key = models.CharField(max_length=44)  # Ed25519, 32 bytes in base64
    registered_by = models.CharField(max_length=150)
    registered_at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True)  # from then on nothing it signs is taken
    last_sequence = models.BigIntegerField(default=0)
    # Number and SHA-256 of the last few letters, so that one sent again is known again.
    recent = models.JSONField(default=list)
    missing = models.BigIntegerField(default=0)  # numbers that were skipped
    last_beat = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(last_sequence__gte=0, missing__gte=0, last_beat__gte=0),
                name="agent_counts_upwards",
            ),
            models.CheckConstraint(
                condition=Q(public_key__regex=r"^[A-Za-z0-9+/]{43}=$"), name="agent_has_a_key"
            ),
        ]

    def __str__(self) -> str:
        return f"agent of {self.camera_id}"


class Heartbeat(models.Model):
    """The last one of a camera, and its last silence: from the beat before it to the one after."""

    camera = models.OneToOneField("cameras.Camera", on_delete=models.PROTECT, related_name="+")
    heard_at = models.DateTimeField()
    said = models.JSONField()  # the figures, by their names in `health.Beat`
    silent_from = models.DateTimeField(null=True)
    heard_again_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(silent_from__isnull=True, heard_again_at__isnull=True)
                | Q(
                    silent_from__isnull=False,
                    heard_again_at__isnull=False,
                    heard_again_at__gt=F("silent_from"),
                    heard_at__gte=F("heard_again_at"),
                ),
                name="silence_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"heartbeat of {self.camera_id}"
