"""What each city adopted, version by version. Rows are added, never changed."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Adoption(models.Model):
    """`document` is the file as it was adopted; `answers` fill its silences.

    `overlays` are the laws over it, each with its text as it was then; `suspensions` the clauses
    that are without force under this version.

    `recorded_at` is set by the database: the moment the row came in, whatever `adopted_at` claims.
    """

    city = models.TextField()
    version = models.PositiveIntegerField()
    document = models.TextField()
    answers = models.JSONField()
    overlays = models.JSONField(default=list)
    suspensions = models.JSONField(default=list)
    digest = models.TextField()
    by = models.TextField()
    instrument = models.TextField()
    adopted_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["city", "version"]
        constraints = [
            models.UniqueConstraint(fields=["city", "version"], name="one_adoption_a_version"),
            models.CheckConstraint(condition=Q(version__gte=1), name="versions_start_at_one"),
            models.CheckConstraint(condition=~Q(by=""), name="somebody_adopts"),
            models.CheckConstraint(condition=~Q(instrument=""), name="by_some_instrument"),
            models.CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="digest_is_a_sha256"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.city} v{self.version}, by {self.by}"


class Watch(models.Model):
    """The last look at one thing on which service hangs. `policy.watched` alone writes it."""

    what = models.TextField()  # "policy" of a city, or "log" of the house
    city = models.TextField(blank=True)
    address = models.TextField(blank=True)
    good = models.BooleanField()
    why = models.TextField(blank=True)
    since = models.DateTimeField()  # that it is as it is
    good_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["what", "city"], name="one_watch_of_each"),
            models.CheckConstraint(
                condition=Q(good=True, why="") | Q(good=False) & ~Q(why=""),
                name="what_is_wrong_is_said",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.city}: {self.why or 'good'}"
