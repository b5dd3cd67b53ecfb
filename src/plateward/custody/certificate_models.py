"""The days whose deletions are certified. Private to this room: others call `certificates`."""

from django.db import models


class Certificate(models.Model):
    """`entry`: of the log. `proof`: that entry with its way to a signed root. Numbers, no plate."""

    city = models.CharField(max_length=64)
    day = models.DateField()
    entry = models.PositiveBigIntegerField()
    deletions = models.PositiveIntegerField()
    reads = models.PositiveBigIntegerField()
    hits = models.PositiveIntegerField()
    pictures = models.PositiveBigIntegerField()
    keys = models.PositiveIntegerField()
    late_by = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    proof = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "day"], name="a_day_is_certified_once"),
        ]

    def __str__(self) -> str:
        return f"certificate of {self.city} for {self.day}"
