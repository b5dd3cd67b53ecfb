"""What policy kept out, counted."""

from django.db import models


class Dropped(models.Model):
    """One thing not stored: a field the city does not keep, or a read past its time. No plate."""

    city = models.CharField(max_length=64)
    at = models.DateTimeField()
    what = models.CharField(max_length=40)

    class Meta:
        indexes = [models.Index(fields=["city", "what", "at"], name="dropped_of_a_city")]

    def __str__(self) -> str:
        return f"{self.what} dropped in {self.city}"
