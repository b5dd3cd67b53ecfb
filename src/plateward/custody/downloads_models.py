"""Copies of reads that left the system, and what became of each. Private to custody."""

from django.db import models
from django.db.models import F, Q

from plateward.custody.chain import Link

_HASH = r"^[0-9a-f]{64}$"


class Download(models.Model):
    """One package, taken once. The package itself is not kept: its hashes are.

    `custody`: who answers for the copy. `request`: the agency's request that it answered; then
    `custody` is that agency. `purge_by` None: the text sets no end. `key_gone_at`: when the key of
    a sealed package was destroyed. `name` and `case_number` go when the log's own private parts go.
    """

    city = models.CharField(max_length=64)
    taken_by = models.CharField(max_length=150)
    name = models.CharField(max_length=300, blank=True)
    agency = models.CharField(max_length=120)
    purpose = models.CharField(max_length=64)
    case_number = models.CharField(max_length=60, blank=True)
    reads = models.JSONField()
    custody = models.CharField(max_length=120)
    request = models.CharField(max_length=60, blank=True)
    taken_at = models.DateTimeField()
    entry = models.PositiveBigIntegerField()
    manifest = models.CharField(max_length=64, blank=True)
    package = models.CharField(max_length=64, blank=True)
    bytes = models.PositiveBigIntegerField(default=0)
    sealed = models.BooleanField()
    purge_by = models.DateTimeField(null=True)
    resolved_on = models.DateField(null=True)
    purged_at = models.DateTimeField(null=True)
    # It is to be booked as evidence; `property_number` empty: it has not been yet.
    evidence = models.BooleanField(default=False)
    property_number = models.CharField(max_length=60, blank=True)
    booked_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    receipt = models.ForeignKey(
        "custody.Document", on_delete=models.PROTECT, related_name="+", null=True
    )
    key_gone_at = models.DateTimeField(null=True)
    forgotten_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["city", "-taken_at"], name="downloads_of_a_city"),
            models.Index(
                fields=["purge_by"], condition=Q(purged_at=None), name="downloads_by_purge"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(taken_by="") & ~Q(custody="") & ~Q(purpose=""),
                name="download_says_who_and_why",
            ),
            models.CheckConstraint(condition=~Q(reads=[]), name="download_holds_reads"),
            models.CheckConstraint(
                condition=Q(manifest="", package="")
                | Q(manifest__regex=_HASH, package__regex=_HASH),
                name="download_has_its_hashes",
            ),
            models.CheckConstraint(
                condition=Q(purged_at=None) | Q(purged_at__gte=F("taken_at")),
                name="download_is_purged_after_it_was_taken",
            ),
            models.CheckConstraint(
                condition=Q(booked_at=None, property_number="")
                | Q(booked_at__isnull=False) & ~Q(property_number=""),
                name="download_is_booked_under_a_number",
            ),
            models.CheckConstraint(
                condition=Q(received_at=None) | ~Q(request=""),
                name="only_an_answer_is_received",
            ),
        ]

    def __str__(self) -> str:
        return f"D-{self.pk}"

    @property
    def key_name(self) -> str:
        """What the key of its seal is called in the ring."""
        return f"download-{self.pk}"


class DownloadStep(Link):
    """A link of the chain of custody: what was done with a copy, and the log entry of it."""

    download = models.ForeignKey(Download, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["download", "at"], name="steps_of_a_download")]

    def __str__(self) -> str:
        return f"{self.step} of D-{self.download_id}"
