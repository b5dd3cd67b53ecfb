"""People, their agencies, what they hold in writing, what they learned. Call the functions."""

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now

from plateward.people import passwords


class Agency(models.Model):
    """Who people work for. The kind decides which roles of a policy its people fit."""

    class Kind(models.TextChoices):
        CITY = "city_department", "City department"
        SHERIFF = "sheriff", "Sheriff"
        POLICE = "police", "Police department"
        CONTRACTOR = "contractor", "Contractor or vendor"
        EXTERNAL = "external", "Other public agency"

    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=24, choices=Kind)
    state = models.CharField(max_length=2, blank=True, default="")
    ori = models.CharField(max_length=9, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), name="one_agency_a_name"),
            models.CheckConstraint(condition=~Q(name=""), name="agency_has_a_name"),
            models.CheckConstraint(
                condition=Q(
                    kind__in=["city_department", "sheriff", "police", "contractor", "external"]
                ),
                name="agency_is_of_a_known_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Person(AbstractUser):
    """One unique account a person. What they may do is decided from their appointments."""

    badge = models.CharField(max_length=32, unique=True)
    employer = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    # Someone else chose the password, so it is good for one sign-in only.
    must_change_password = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(badge=""), name="person_has_a_badge"),
        ]

    def set_password(self, raw_password: str | None) -> None:
        self.password = make_password(raw_password, hasher=passwords.preferred())
        self._password = raw_password

    def check_password(self, raw_password: str | None) -> bool:
        """A hash of another kind than is asked for now is written anew: the password is here."""
        return check_password(
            raw_password, self.password, self._hash_anew, preferred=passwords.preferred()
        )

    def _hash_anew(self, raw_password: str | None) -> None:
        self.set_password(raw_password)
        self._password = None  # nothing was changed for which other sessions would have to end
        self.save(update_fields=["password"])

    @property
    def agency(self) -> str:
        """What the log and the pages call the agency."""
        return self.employer.name


class Appointment(models.Model):
    """A role that one city's policy names, given to one person in writing.

    Rows stay: a later appointment in the same city marks this one replaced, a revocation marks it
    revoked. `issuer_role` is the role the issuer held in the city then, where they have an account.
    `despite` says why a person of another agency than the role's was given it.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    city = models.CharField(max_length=64)
    role = models.CharField(max_length=64)
    sworn = models.BooleanField(null=True)
    document = models.CharField(max_length=200)
    issued_by = models.CharField(max_length=150, blank=True, default="")
    issuer_role = models.CharField(max_length=64, blank=True, default="")
    despite = models.CharField(max_length=200, blank=True, default="")
    begins_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    recorded_by = models.CharField(max_length=150, blank=True, default="")
    recorded_at = models.DateTimeField(null=True, blank=True)
    good_standing = models.BooleanField(default=True)
    standing_why = models.CharField(max_length=200, blank=True, default="")
    standing_by = models.CharField(max_length=150, blank=True, default="")
    standing_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.CharField(max_length=150, blank=True, default="")
    revoked_why = models.CharField(max_length=200, blank=True, default="")
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "city"],
                condition=Q(revoked_at=None, replaced_at=None),
                name="one_open_appointment_a_city",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("begins_on")),
                name="appointment_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=~Q(document=""), name="appointment_is_in_writing"),
            models.CheckConstraint(
                condition=Q(revoked_at=None) | ~(Q(revoked_by="") | Q(revoked_why="")),
                name="revocation_says_who_and_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} in {self.city}"


class Attestation(models.Model):
    """A named person's word that a precondition of the policy holds for an appointment."""

    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    precondition = models.CharField(max_length=64)
    document = models.CharField(max_length=200)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=150, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["appointment", "precondition"],
                condition=Q(withdrawn_at=None),
                name="attested_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=~(Q(by="") | Q(document="")), name="attestation_says_who_and_by_what"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.precondition}, by {self.by}"


class Permission(models.Model):
    """The City's own written permission to a contractor to open reads, until a last day."""

    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    document = models.CharField(max_length=200)
    crime = models.CharField(max_length=60)
    until = models.DateField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=150, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~(Q(by="") | Q(document="") | Q(crime="")),
                name="permission_says_who_what_and_for_which_crime",
            ),
        ]

    def __str__(self) -> str:
        return f"permission until {self.until}"


class Training(models.Model):
    """A course completed, with the evidence for it. No topics: the city's whole course."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    city = models.CharField(max_length=64)
    completed_on = models.DateField()
    evidence = models.CharField(max_length=200)
    topics = models.JSONField(default=list, blank=True)
    provider = models.CharField(max_length=120, blank=True, default="")
    expires_on = models.DateField(null=True, blank=True)
    recorded_by = models.CharField(max_length=150, blank=True, default="")
    recorded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["person", "city", "-completed_on"], name="training_latest")]
        constraints = [
            models.CheckConstraint(condition=~Q(evidence=""), name="training_has_evidence"),
            models.CheckConstraint(
                condition=Q(expires_on=None) | Q(expires_on__gte=F("completed_on")),
                name="training_expires_after_it_is_completed",
            ),
        ]

    def __str__(self) -> str:
        return f"training on {self.completed_on}"


class Change(models.Model):
    """Law, policy or technology changed: where the profile says so, earlier training ends."""

    city = models.CharField(max_length=64)
    kind = models.CharField(max_length=64)
    on = models.DateField()
    what = models.CharField(max_length=300)
    recorded_by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["city", "-on"], name="latest_change_of_a_city")]
        constraints = [
            models.CheckConstraint(
                condition=~(Q(kind="") | Q(what="") | Q(recorded_by="")),
                name="change_says_what_it_is",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} in {self.city} on {self.on}"


class Review(models.Model):
    """The yearly question whether a person still needs the account in a city."""

    class Outcome(models.TextChoices):
        KEEP = "keep", "Keep"
        CLOSE = "close", "Close"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    city = models.CharField(max_length=64)
    on = models.DateField()
    by = models.CharField(max_length=150)
    outcome = models.CharField(max_length=8, choices=Outcome)
    note = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["person", "city", "-on"], name="latest_review")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(by="") & Q(outcome__in=["keep", "close"]),
                name="review_says_who_and_how_it_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} on {self.on}"


class Closing(models.Model):
    """An account closed: who or what closed it, why, and whether it was opened again."""

    class Kind(models.TextChoices):
        TERMINATED = "terminated", "Employment or assignment ended"
        DORMANT = "dormant", "Not used for 90 days"
        REVIEW = "review", "Closed at the yearly review"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=Kind)
    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    why = models.CharField(max_length=200)
    reopened_at = models.DateTimeField(null=True, blank=True)
    reopened_by = models.CharField(max_length=150, blank=True, default="")
    reopened_why = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(reopened_at=None), name="closed_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=~(Q(by="") | Q(why="")), name="closing_says_who_and_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} on {self.at}"


class SignInFailure(models.Model):
    """A wrong password or a wrong code. `account` is what was typed, case folded."""

    account = models.CharField(max_length=150)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["account", "at"], name="failures_of_an_account")]

    def __str__(self) -> str:
        return f"failed sign-in {self.pk}"
