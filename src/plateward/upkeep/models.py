"""What was done about a duty, and what broke. Rows are added; a fault is closed once."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class Done(models.Model):
    """One duty, done on one day. `entry` is the log entry that admitted it."""

    city = models.TextField()
    duty = models.TextField()
    done_on = models.DateField()
    by = models.TextField()
    found = models.TextField()
    evidence = models.TextField(blank=True)
    entry = models.PositiveBigIntegerField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["city", "duty", "-done_on"], name="duty_last_done")]
        constraints = [
            models.CheckConstraint(condition=~Q(by=""), name="somebody_did_it"),
            models.CheckConstraint(condition=~Q(found=""), name="says_what_was_found"),
        ]

    def __str__(self) -> str:
        return f"{self.duty} in {self.city} on {self.done_on}"


class Fault(models.Model):
    """Something that does not work: when it was discovered, and from when to when it was out.

    `not_working_from` empty: it works, but badly. `closed_at` empty: nobody has put it right yet.
    """

    city = models.TextField()
    what = models.TextField()
    trouble = models.TextField()
    discovered_at = models.DateTimeField()
    not_working_from = models.DateTimeField(null=True)
    not_working_to = models.DateTimeField(null=True)
    opened_by = models.TextField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.TextField(blank=True)
    correction = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["city", "-discovered_at"], name="faults_of_a_city")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(what="") & ~Q(trouble="") & ~Q(opened_by=""), name="fault_is_described"
            ),
            models.CheckConstraint(
                condition=Q(not_working_to__isnull=True)
                | Q(not_working_to__gte=F("not_working_from")),
                name="outage_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by="", correction="")
                | (Q(closed_at__gte=F("discovered_at")) & ~Q(closed_by="") & ~Q(correction="")),
                name="fault_is_closed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what}: {self.trouble}"
