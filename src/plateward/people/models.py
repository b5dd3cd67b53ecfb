"""People, the roles they hold, their training, and failed sign-ins. Others call the functions."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Now


class Person(AbstractUser):
    """One unique account a person. What they may do is decided from their appointments."""

    badge = models.CharField(max_length=32, unique=True)
    agency = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(badge=""), name="person_has_a_badge"),
        ]


class Appointment(models.Model):
    """A role that one city's policy names, given to one person in writing."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    city = models.CharField(max_length=64)
    role = models.CharField(max_length=64)
    sworn = models.BooleanField(null=True)
    document = models.CharField(max_length=200)
    begins_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    good_standing = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "city"], name="one_appointment_a_city"),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True)
                | models.Q(ends_on__gte=models.F("begins_on")),
                name="appointment_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=~models.Q(document=""), name="appointment_is_in_writing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} in {self.city}"


class Training(models.Model):
    """A course completed, with the evidence for it."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    city = models.CharField(max_length=64)
    completed_on = models.DateField()
    evidence = models.CharField(max_length=200)

    class Meta:
        indexes = [models.Index(fields=["person", "city", "-completed_on"], name="training_latest")]
        constraints = [
            models.CheckConstraint(condition=~models.Q(evidence=""), name="training_has_evidence"),
        ]

    def __str__(self) -> str:
        return f"training on {self.completed_on}"


class SignInFailure(models.Model):
    """A wrong password or a wrong code. `account` is what was typed, case folded."""

    account = models.CharField(max_length=150)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["account", "at"], name="failures_of_an_account")]

    def __str__(self) -> str:
        return f"failed sign-in {self.pk}"
