"""One row per thing done. No foreign keys: the log outlives what it speaks of."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact


class Entry(models.Model):
    """Append-only: the database refuses UPDATE, DELETE, TRUNCATE and any gap."""

    index = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    clock = models.DateTimeField(null=True)  # what the clock said, where it was behind the log
    actor = models.TextField()
    act = models.TextField()
    outcome = models.TextField()
    city = models.TextField(null=True)  # noqa: DJ001 - NULL is "of no one city", and is hashed so
    facts = models.JSONField()
    commitment = models.BinaryField(null=True)
    leaf = models.BinaryField()
    version = models.PositiveSmallIntegerField(default=2, db_default=1)  # of the leaf's format

    class Meta:
        ordering = ["index"]
        indexes = [
            models.Index(fields=["act", "at"], name="log_by_act"),
            models.Index(fields=["city", "at", "index"], name="log_by_city"),
            models.Index(fields=["actor", "at", "index"], name="log_by_actor"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(index__gte=0), name="log_starts_at_zero"),
            models.CheckConstraint(condition=Exact(Length("leaf"), 32), name="leaf_is_a_sha256"),
            models.CheckConstraint(condition=Q(version__in=(1, 2)), name="leaf_of_known_version"),
        ]

    def __str__(self) -> str:
        return f"{self.index} {self.actor} {self.act} {self.outcome}"


class Sealed(models.Model):
    """What only the city may read, field by field: `{name: {"salt": hex, "value": …}}`.

    Erasable: an erased field is `{"erased": commitment}`, so proofs hold. `audit.fields` knows how.
    """

    index = models.BigIntegerField(primary_key=True)
    fields = models.JSONField()

    def __str__(self) -> str:
        return f"private fields of {self.index}"


class Private(models.Model):
    """The private part of an entry of version 1: one salt for all of it. None are added."""

    index = models.BigIntegerField(primary_key=True)
    salt = models.BinaryField()
    value = models.JSONField()

    def __str__(self) -> str:
        return f"private part of {self.index}"


class Checkpoint(models.Model):
    """What was signed, when. Append-only like the entries."""

    size = models.BigIntegerField()
    root = models.BinaryField()
    at = models.DateTimeField()
    clock = models.DateTimeField()  # unlike `at`, may step back with the machine's clock
    vkey = models.TextField()
    note = models.TextField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["size", "id"], name="checkpoint_by_size")]

    def __str__(self) -> str:
        return f"checkpoint at {self.size}"


class Frontier(models.Model):
    """The one row that changes: where the log ends. Derived; rebuilt from the leaves if lost."""

    only = models.PositiveSmallIntegerField(primary_key=True, default=1)
    size = models.BigIntegerField()
    hashes = models.BinaryField()  # of tree.grow, end to end
    reached_at = models.DateTimeField()  # no later entry or checkpoint is dated before this
    signed = models.BigIntegerField()  # how many entries the last checkpoint covers

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(only=1), name="one_frontier"),
        ]

    def __str__(self) -> str:
        return f"{self.size} entries, {self.signed} signed"


from plateward.audit import witness_models as _witness_models  # noqa: E402, F401 -- tables too
