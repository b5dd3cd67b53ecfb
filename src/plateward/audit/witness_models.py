"""What outsiders said of the log: cosignatures and time stamps, and how we stand with each."""

from django.db import models
from django.db.models import Q


class Cosignature(models.Model):
    """A witness's word on one checkpoint. Append-only: it can be shown long after."""

    checkpoint = models.BigIntegerField()  # the checkpoint's id; nothing points out of the log
    size = models.BigIntegerField()
    witness = models.TextField()  # its verifier key
    at = models.DateTimeField()  # by the witness's clock
    line = models.TextField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["checkpoint", "witness"], name="one_word_of_each_witness"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.witness} on {self.size} entries"


class WitnessContact(models.Model):
    """How we stand with one witness. Changes with each call; lost, it is found again by asking."""

    witness = models.TextField(primary_key=True)  # its verifier key
    checkpoint = models.BigIntegerField(default=0)  # the last one that it cosigned
    size = models.BigIntegerField(default=0)
    peaks = models.BinaryField(default=b"")  # of the tree at `size`, as the frontier keeps them
    at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)  # not asked before, after a failure
    failures = models.IntegerField(default=0)
    problem = models.TextField(default="")
    contradicted = models.BooleanField(default=False)
    since = models.DateTimeField(null=True)  # of the problem

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(contradicted=False) | ~Q(problem=""), name="a_contradiction_is_said"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.witness}: {self.problem or 'in order'}"


class TimeStamp(models.Model):
    """An RFC 3161 token over one checkpoint's note, verified before it was kept. Append-only."""

    checkpoint = models.BigIntegerField(unique=True)
    size = models.BigIntegerField()
    at = models.DateTimeField()  # by the time-stamper's clock
    authority = models.TextField()  # where it was asked
    token = models.BinaryField()  # the whole response, DER

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.size} entries at {self.at}"
