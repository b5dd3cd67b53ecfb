"""Hotlists, the plates on them and the alerts they raised. Private to this room."""

from django.db import models
from django.db.models.functions import Now


class Hotlist(models.Model):
    city = models.CharField(max_length=64)
    name = models.CharField(max_length=120)
    category = models.CharField(max_length=64)
    # Of lists that come as files: whose they are, when the last one came, how long it is good.
    feed = models.CharField(max_length=100, blank=True)
    source = models.CharField(max_length=64, blank=True)
    refreshed_at = models.DateTimeField(null=True)
    fresh_for = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "name"], name="one_hotlist_of_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Edition(models.Model):
    """The number of the last change that added plates in a city. Its row is locked by each change,
    so whoever sees a number sees all that was added up to it."""

    city = models.CharField(max_length=64, primary_key=True)
    number = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"edition {self.number} of {self.city}"


class Wanted(models.Model):
    """A plate looked for: by whom, why, under which case, until when.

    `plate` may hold the wildcards `?` and `*`. `begins_at` is None where it holds at once.
    """

    hotlist = models.ForeignKey(Hotlist, on_delete=models.PROTECT, related_name="+", db_index=False)
    plate = models.CharField(max_length=16)
    why = models.CharField(max_length=200)
    case_number = models.CharField(max_length=64)
    state = models.CharField(max_length=8, blank=True, db_default="")
    vehicle = models.CharField(max_length=120, blank=True, db_default="")
    added_by = models.CharField(max_length=32)
    added_at = models.DateTimeField(db_default=Now())
    edition = models.BigIntegerField(db_default=0, db_index=True)
    begins_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(why=""), name="wanted_for_a_reason"),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("added_at")), name="wanted_comes_to_an_end"
            ),
        ]
        # The one index beside the edition's: each more makes taking in a file slower by a tenth.
        indexes = [models.Index(fields=["hotlist", "plate"], name="plates_of_a_hotlist")]

    def __str__(self) -> str:
        return f"wanted {self.pk}"


class Alert(models.Model):
    """A hit: one read met one wanted plate, and how. It goes when the read goes."""

    city = models.CharField(max_length=64)
    read = models.ForeignKey("reads.Read", on_delete=models.CASCADE, related_name="+")
    wanted = models.ForeignKey(Wanted, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    how = models.CharField(max_length=16, default="exact")
    differences = models.JSONField(default=list)  # of each: position in the read, read, listed
    likelihood = models.FloatField(default=1.0)
    other_state = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["read", "wanted"], name="a_hit_is_raised_once"),
            models.CheckConstraint(
                condition=models.Q(likelihood__gt=0, likelihood__lte=1), name="a_hit_is_a_chance"
            ),
        ]
        indexes = [models.Index(fields=["city", "-raised_at"], name="alerts_of_a_city")]

    def __str__(self) -> str:
        return f"alert {self.pk}"
