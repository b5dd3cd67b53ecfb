"""What is to be told, over which channels, and how far each of them got. Private to this room."""

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Word(models.Model):
    """Something that happened, written with it. `spread_at` None: no channel was looked for yet.

    It holds no plate: `alert` is the number under which one may be asked for when it is sent.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    city = models.CharField(max_length=64)
    event = models.CharField(max_length=32)
    key = models.CharField(max_length=120, unique=True)
    facts = models.JSONField(default=dict)
    alert = models.BigIntegerField(null=True)
    path = models.CharField(max_length=200)
    told_at = models.DateTimeField(db_default=Now())
    spread_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["told_at"], name="words_to_spread", condition=Q(spread_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.pk}"


class Channel(models.Model):
    """A way out of a city's house, set up by an administrator. A closed one stays on record.

    `sealed` holds its address and its passwords. `retry_at`: not before then, because whoever is at
    the other end does not answer, `fails` times by now, since `down_since`.
    """

    city = models.CharField(max_length=64)
    kind = models.CharField(max_length=16)
    name = models.CharField(max_length=60)
    events = models.JSONField(default=list)
    sealed = models.BinaryField()
    added_by = models.CharField(max_length=150)
    added_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)
    last_sent_at = models.DateTimeField(null=True)
    down_since = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=200, blank=True)
    fails = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["city", "name"],
                condition=Q(ended_at__isnull=True),
                name="one_open_channel_of_a_name",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} channel {self.pk}"


class Key(models.Model):
    """A key that signs a webhook's messages. `ends_at` None: it is the one in use."""

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=32, unique=True)
    sealed = models.BinaryField()
    begins_at = models.DateTimeField(db_default=Now())
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["channel"],
                condition=Q(ends_at__isnull=True),
                name="one_key_of_a_channel_is_in_use",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Subscription(models.Model):
    """A browser that a person asked to be told in. `session`: the reference of their session."""

    person = models.BigIntegerField(db_index=True)
    session = models.CharField(max_length=12, db_index=True)
    endpoint_digest = models.CharField(max_length=64, unique=True)
    sealed = models.BinaryField()
    added_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"browser {self.pk}"


class Delivery(models.Model):
    """One word on its way over one channel, or to one browser. Its id is the message's, always."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    word = models.ForeignKey(Word, on_delete=models.CASCADE, related_name="+")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, null=True, related_name="+")
    subscription = models.ForeignKey(
        Subscription, on_delete=models.CASCADE, null=True, related_name="+"
    )
    state = models.CharField(max_length=8, default="waiting")
    tries = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(db_default=Now())
    # Who claimed it says so here; whoever comes later after a crash overwrites it.
    claim = models.UUIDField(null=True)
    trouble = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField(db_default=Now())
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["word", "channel"], name="once_over_each_channel"),
            models.UniqueConstraint(fields=["word", "subscription"], name="once_to_each_browser"),
            models.CheckConstraint(
                condition=Q(channel__isnull=False, subscription__isnull=True)
                | Q(channel__isnull=True, subscription__isnull=False),
                name="over_a_channel_or_to_a_browser",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "sent", "dead"]), name="waiting_sent_or_dead"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"], name="deliveries_that_wait", condition=Q(state="waiting")
            ),
        ]

    def __str__(self) -> str:
        return f"delivery {self.pk}"
