"""Queries that somebody keeps for a case. Private to this room: others call `saved`."""

from django.db import models
from django.db.models import F, Q


class SavedQuery(models.Model):
    """What is asked is sealed under a key of the row's own. After `ends_at` nobody sees it.

    `city`: whose policy was asked when it was saved; the query itself may ask other cities too.
    """

    city = models.CharField(max_length=64)
    owner = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    agency = models.CharField(max_length=120)
    case_number = models.CharField(max_length=60)
    # Whether the owner lets colleagues of the agency use it who name the same case.
    is_shared = models.BooleanField()
    sealed = models.BinaryField(default=b"")
    saved_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["owner"], name="saved_queries_of_a_person"),
            models.Index(fields=["agency", "case_number"], name="saved_queries_of_a_case"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(case_number=""), name="saved_query_belongs_to_a_case"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("saved_at")), name="saved_query_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"Q-{self.pk}"
