"""The gate's registers: access requests, legal reviews, sources of open cases. Private to it."""

from django.db import models
from django.db.models import F, Q


class AccessRequest(models.Model):
    """An agency asks a city to open a part of its reads. `granted` None: nobody has decided yet.

    `plates` are plain text, as the reads' own are: both are kept from everyone by the gate.
    """

    city = models.CharField(max_length=64)
    agency = models.CharField(max_length=120)
    asked_by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    purpose = models.CharField(max_length=64)
    case_number = models.CharField(max_length=60, blank=True)
    why = models.CharField(max_length=500, blank=True)
    plates = models.JSONField(default=list, blank=True)
    seen_from = models.DateTimeField(null=True)
    seen_to = models.DateTimeField(null=True)
    granted = models.BooleanField(null=True)
    # None with `granted` True: the city has nobody who grants, so it stood open once on record.
    decided_by = models.ForeignKey(
        "people.Person", on_delete=models.PROTECT, related_name="+", null=True
    )
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=500, blank=True)
    ends_on = models.DateField(null=True)
    closed_by = models.ForeignKey(
        "people.Person", on_delete=models.PROTECT, related_name="+", null=True
    )
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["city", "agency"], name="requests_of_an_agency")]
        constraints = [
            models.CheckConstraint(condition=~Q(agency=""), name="request_comes_from_an_agency"),
            models.CheckConstraint(condition=~Q(purpose=""), name="request_has_a_purpose"),
            models.CheckConstraint(
                condition=~Q(plates=[]) | Q(seen_from__isnull=False, seen_to__isnull=False),
                name="request_names_plates_or_a_time",
            ),
            models.CheckConstraint(
                condition=Q(seen_from__isnull=True)
                | Q(seen_to__isnull=True)
                | Q(seen_to__gte=F("seen_from")),
                name="request_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(granted__isnull=True, decided_at__isnull=True)
                | Q(granted__isnull=False, decided_at__isnull=False),
                name="request_is_decided_at_an_instant",
            ),
            models.CheckConstraint(
                condition=~Q(granted=True) | Q(ends_on__isnull=False),
                name="granted_request_comes_to_an_end",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="nobody_grants_their_own_request",
            ),
        ]

    def __str__(self) -> str:
        return f"R-{self.pk}"


class LegalReview(models.Model):
    """A use that is on no list, put to the city's attorney. `approved` None: not yet decided."""

    city = models.CharField(max_length=64)
    agency = models.CharField(max_length=120)
    asked_by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    purpose_words = models.CharField(max_length=200)
    why = models.CharField(max_length=1000)
    case_number = models.CharField(max_length=60, blank=True)
    approved = models.BooleanField(null=True)
    decided_by = models.ForeignKey(
        "people.Person", on_delete=models.PROTECT, related_name="+", null=True
    )
    decided_at = models.DateTimeField(null=True)
    opinion = models.CharField(max_length=2000, blank=True)
    until = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["city", "asked_by"], name="reviews_of_a_person")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(purpose_words="") & ~Q(why=""), name="review_says_what_for"
            ),
            models.CheckConstraint(
                condition=Q(approved__isnull=True, decided_at__isnull=True)
                | Q(
                    approved__isnull=False,
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                )
                & ~Q(opinion=""),
                name="review_is_decided_in_writing",
            ),
            models.CheckConstraint(
                condition=~Q(approved=True) | Q(until__isnull=False),
                name="approved_review_comes_to_an_end",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="nobody_approves_their_own_review",
            ),
        ]

    def __str__(self) -> str:
        return f"L-{self.pk}"


class CaseSource(models.Model):
    """How an agency writes its case numbers, and where its open cases can be asked for.

    `agency` empty: every agency that searches the city and has no row of its own.
    """

    city = models.CharField(max_length=64)
    agency = models.CharField(max_length=120, blank=True)
    format = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=8, blank=True)
    location = models.CharField(max_length=500, blank=True)
    set_by = models.CharField(max_length=150)
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "agency"], name="one_case_source_an_agency"),
            models.CheckConstraint(
                condition=Q(kind="", location="") | Q(kind__in=["csv", "http"]) & ~Q(location=""),
                name="case_source_says_where",
            ),
        ]

    def __str__(self) -> str:
        return f"cases of {self.agency or 'every agency'} in {self.city}"
