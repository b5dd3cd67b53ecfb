"""Hotlists, the plates on them and the alerts they raised. Private to this room."""

from django.db import models
from django.db.models.functions import Now


class Hotlist(models.Model):
    city = models.CharField(max_length=64)
    name = models.CharField(max_length=120)
    category = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "name"], name="one_hotlist_of_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Wanted(models.Model):
    """A plate looked for: by whom, why, under which case, until when."""

    hotlist = models.ForeignKey(Hotlist, on_delete=models.PROTECT, related_name="+")
    plate = models.CharField(max_length=16, db_index=True)
    why = models.CharField(max_length=200)
    case_number = models.CharField(max_length=64)
    added_by = models.CharField(max_length=32)
    added_at = models.DateTimeField(db_default=Now())
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(why=""), name="wanted_for_a_reason"),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("added_at")), name="wanted_comes_to_an_end"
            ),
        ]

    def __str__(self) -> str:
        return f"wanted {self.pk}"


class Alert(models.Model):
    """A hit: one read met one wanted plate. It goes when the read goes."""

    city = models.CharField(max_length=64)
    read = models.ForeignKey("reads.Read", on_delete=models.CASCADE, related_name="+")
    wanted = models.ForeignKey(Wanted, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["read", "wanted"], name="a_hit_is_raised_once"),
        ]
        indexes = [models.Index(fields=["city", "-raised_at"], name="alerts_of_a_city")]

    def __str__(self) -> str:
        return f"alert {self.pk}"
