"""Holds, what they hold, what was done with each, and the papers they rest on. Private to it."""

from django.db import models
from django.db.models import F, Q

from plateward.custody.chain import Link

_HASH = r"^[0-9a-f]{64}$"


class Document(models.Model):
    """A paper that somebody attached, sealed with its name under a key of its own."""

    city = models.CharField(max_length=64)
    kind = models.CharField(max_length=4)
    bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    sealed = models.BinaryField()
    added_by = models.CharField(max_length=150)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["pdf", "jpeg", "png", "text"]), name="document_kind_is_known"
            ),
            models.CheckConstraint(condition=Q(bytes__gt=0), name="document_is_not_empty"),
            models.CheckConstraint(condition=Q(sha256__regex=_HASH), name="document_has_a_hash"),
        ]

    def __str__(self) -> str:
        return f"document {self.pk} of {self.city}"


class Hold(models.Model):
    """What is kept beyond its time, and why. `approved` None: nobody has decided yet.

    `preservation`: an emergency copy where the text knows no hold; it opens to counsel alone.
    `asked_for`: the question of a hold by query, sealed, because it names a plate. `reads`: numbers
    of reads, of a hold that names them. `grows_until`: reads seen until then join it. `looked_at`:
    when the store was last asked for more.
    """

    city = models.CharField(max_length=64)
    preservation = models.BooleanField(default=False)
    ground = models.CharField(max_length=60)
    clauses = models.JSONField(default=list)
    data_class = models.CharField(max_length=40)
    reference = models.CharField(max_length=60)
    case_number = models.CharField(max_length=60, blank=True)
    why = models.CharField(max_length=500)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    scope = models.CharField(max_length=8)
    reads = models.JSONField(default=list)
    asked_for = models.BinaryField(null=True)
    drive = models.PositiveBigIntegerField(null=True)  # of the register of media
    grows_until = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)
    agency = models.CharField(max_length=120, blank=True)
    asked_by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    approved = models.BooleanField(null=True)
    decided_by = models.ForeignKey(
        "people.Person", on_delete=models.PROTECT, related_name="+", null=True
    )
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=500, blank=True)
    review_on = models.DateField()
    released_by = models.ForeignKey(
        "people.Person", on_delete=models.PROTECT, related_name="+", null=True
    )
    released_at = models.DateTimeField(null=True)
    release_why = models.CharField(max_length=500, blank=True)
    gone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["city", "-asked_at"], name="holds_of_a_city")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(ground="") & ~Q(reference="") & ~Q(why=""), name="hold_says_what_for"
            ),
            models.CheckConstraint(
                condition=Q(scope="reads", drive=None)
                | Q(scope="case", drive=None)
                | Q(scope="query", asked_for__isnull=False, drive=None)
                | Q(scope="drive", drive__isnull=False),
                name="hold_says_what_it_holds",
            ),
            models.CheckConstraint(
                condition=Q(approved=None, decided_at=None)
                | Q(approved__isnull=False, decided_at__isnull=False, decided_by__isnull=False),
                name="hold_is_decided_by_somebody",
            ),
            # An emergency copy waits for nobody: the order or the demand is the second word.
            models.CheckConstraint(
                condition=Q(preservation=True) | Q(decided_by=None) | ~Q(decided_by=F("asked_by")),
                name="nobody_approves_their_own_hold",
            ),
            models.CheckConstraint(
                condition=Q(released_at=None, released_by=None)
                | Q(released_at__isnull=False, released_by__isnull=False, approved=True)
                & ~Q(release_why=""),
                name="only_a_hold_in_force_is_released",
            ),
            models.CheckConstraint(
                condition=Q(preservation=True)
                | Q(released_by=None)
                | ~Q(released_by=F("asked_by")),
                name="nobody_releases_their_own_hold",
            ),
            models.CheckConstraint(
                condition=Q(gone_at=None) | Q(released_at__isnull=False),
                name="what_is_held_goes_after_release",
            ),
        ]

    def __str__(self) -> str:
        return f"{'P' if self.preservation else 'H'}-{self.pk}"


class HeldRead(models.Model):
    """A copy of one read, sealed under its hold's key. `sha256`: over what was sealed of it.

    The database refuses to lose one before its hold is released.
    """

    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="+")
    read = models.BigIntegerField()
    camera = models.CharField(max_length=60)
    seen_at = models.DateTimeField()
    ends_at = models.DateTimeField()  # when the original's own time is over
    copied_at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)
    sealed = models.BinaryField()
    photo = models.BinaryField(null=True)
    crop = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["hold", "read"], name="a_hold_copies_a_read_once"),
            models.CheckConstraint(condition=Q(sha256__regex=_HASH), name="copy_has_a_hash"),
        ]
        indexes = [models.Index(fields=["ends_at"], name="copies_by_end")]

    def __str__(self) -> str:
        return f"copy of read {self.read} under hold {self.hold_id}"


class HoldStep(Link):
    """What was done with a hold, by whom, and the log entry that says so. Append-only."""

    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["hold", "at"], name="steps_of_a_hold")]

    def __str__(self) -> str:
        return f"{self.step} of hold {self.hold_id}"
