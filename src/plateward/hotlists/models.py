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

    `plate` may hold the wildcards `?` and `*`. `begins_at` is None where it holds at once. While it
    is `pending`, a second person has yet to agree, and it raises nothing. `replaces` is the entry
    whose place it takes from then on.
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
    pending = models.BooleanField(default=False, db_default=False)
    approved_by = models.CharField(max_length=32, blank=True, default="", db_default="")
    approved_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=32, blank=True, default="", db_default="")
    ended_why = models.CharField(max_length=200, blank=True, default="", db_default="")
    replaces = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(why=""), name="wanted_for_a_reason"),
            models.CheckConstraint(
                condition=models.Q(approved_by="") | ~models.Q(approved_by=models.F("added_by")),
                name="nobody_approves_an_entry_of_their_own",
            ),
            models.CheckConstraint(
                condition=models.Q(pending=False) | models.Q(approved_at=None),
                name="what_is_approved_waits_no_longer",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("added_at")), name="wanted_comes_to_an_end"
            ),
        ]
        # The one index beside the edition's: each more makes taking in a file slower by a tenth.
        indexes = [models.Index(fields=["hotlist", "plate"], name="plates_of_a_hotlist")]

    def __str__(self) -> str:
        return f"wanted {self.pk}"


class Arrival(models.Model):
    """One file that was taken in: whose order, what came of it, which rows were left out and why.

    `refused_rows` is a compressed table of line numbers and reasons; it names no plate.
    """

    city = models.CharField(max_length=64)
    feed = models.CharField(max_length=100)
    source = models.CharField(max_length=64, blank=True)
    layout = models.CharField(max_length=100)
    complete = models.BooleanField()
    at = models.DateTimeField()
    by = models.CharField(max_length=32)
    digest = models.CharField(max_length=64)
    rows = models.BigIntegerField()
    added = models.BigIntegerField()
    again = models.BigIntegerField()
    ended = models.BigIntegerField()
    refused = models.BigIntegerField()
    refused_rows = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["city", "-at"], name="arrivals_in_a_city")]

    def __str__(self) -> str:
        return f"file {self.pk} of {self.feed}"


class Alert(models.Model):
    """A hit: one read met one wanted plate, and how. It goes when the read goes."""

    city = models.CharField(max_length=64)
    # No key of the database's: reads go by whole tables, and hits by their own time.
    read = models.ForeignKey(
        "reads.Read", on_delete=models.DO_NOTHING, related_name="+", db_constraint=False
    )
    wanted = models.ForeignKey(Wanted, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    expires_at = models.DateTimeField()  # as its read
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
        indexes = [
            models.Index(fields=["city", "-raised_at"], name="alerts_of_a_city"),
            models.Index(fields=["expires_at"], name="alerts_by_expiry"),
        ]

    def __str__(self) -> str:
        return f"alert {self.pk}"


class Step(models.Model):
    """What a person did with an alert: the first of number 1 wins. Rows are only added, and go with
    their read; the log keeps the counts. `said`: the code of a rejection or an outcome."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12)
    said = models.CharField(max_length=32, blank=True)
    checked = models.JSONField(default=dict)  # plate, state and vehicle: how each was confirmed
    words = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=32)
    at = models.DateTimeField()
    entry = models.BigIntegerField()  # of the log: the door's answer that allowed it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["alert", "number"], name="steps_of_an_alert_in_turn"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["verified", "rejected", "passed_on", "closed"]),
                name="a_step_is_of_a_known_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="verified")
                | models.Q(kind="passed_on") & ~models.Q(words="")
                | models.Q(kind__in=["rejected", "closed"]) & ~models.Q(said=""),
                name="a_step_says_why_or_whereto",
            ),
        ]

    def __str__(self) -> str:
        return f"step {self.number} of alert {self.alert_id}"


class Suppression(models.Model):
    """What raises no alert until `ends_at`: an entry of a list, by its plate as the list has it, so
    that tomorrow's file of the same list does not undo it; or, without a list, a plate as cameras
    read it. `camera`: only there; empty for every camera of the city."""

    city = models.CharField(max_length=64)
    hotlist = models.ForeignKey(Hotlist, on_delete=models.PROTECT, related_name="+", null=True)
    plate = models.CharField(max_length=16)
    camera = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=32)
    words = models.CharField(max_length=300)
    by = models.CharField(max_length=32)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(words=""), name="suppressed_for_a_reason"),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("begins_at")),
                name="suppression_comes_to_an_end",
            ),
        ]
        indexes = [models.Index(fields=["city", "plate"], name="suppressed_in_a_city")]

    def __str__(self) -> str:
        return f"suppression {self.pk}"


class Quiet(models.Model):
    """A read that would have raised an alert, had it not been suppressed: counted once."""

    read = models.ForeignKey(
        "reads.Read", on_delete=models.DO_NOTHING, related_name="+", db_constraint=False
    )
    expires_at = models.DateTimeField()  # as its read
    suppression = models.ForeignKey(
        Suppression, on_delete=models.CASCADE, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["suppression", "read"], name="a_quiet_hit_counts_once"),
        ]

    def __str__(self) -> str:
        return f"quiet hit {self.pk}"
