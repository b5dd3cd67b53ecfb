"""What policy kept out, counted; and whose reads come under whose credential."""

from django.db import models


class Dropped(models.Model):
    """One thing not stored: a field the city does not keep, or a read past its time. No plate."""

    city = models.CharField(max_length=64)
    at = models.DateTimeField()
    what = models.CharField(max_length=40)
    often = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["city", "what", "at"], name="dropped_of_a_city")]

    def __str__(self) -> str:
        return f"{self.what} dropped in {self.city}"


class Device(models.Model):
    """What a vendor's messages call a camera of the register, where `sender` may speak for it."""

    vendor = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    sender = models.ForeignKey("cameras.Camera", on_delete=models.PROTECT, related_name="+")
    camera = models.ForeignKey("cameras.Camera", on_delete=models.PROTECT, related_name="+")
    heard_at = models.DateTimeField(null=True)
    is_up = models.BooleanField(null=True)  # as its own heartbeats last said

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["vendor", "name", "sender"], name="a_device_is_linked_once"
            ),
        ]

    def __str__(self) -> str:
        return f"a device of {self.vendor}"


class Quarantined(models.Model):
    """A device that no link knows: how often it was heard, and when. Its reads are not kept.

    An unknown camera stands in no city, so no policy allows its plates to be kept: this row has no
    place for one.
    """

    vendor = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    sender = models.ForeignKey("cameras.Camera", on_delete=models.PROTECT, related_name="+")
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    reads = models.PositiveIntegerField()
    # Somebody looked, and it is no camera of the register's. It is counted on, and asks no more.
    dismissed_at = models.DateTimeField(null=True)
    dismissed_by = models.CharField(max_length=150, blank=True, default="")
    why = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(dismissed_at=None, dismissed_by="", why="")
                | (
                    models.Q(dismissed_at__isnull=False)
                    & ~models.Q(dismissed_by="")
                    & ~models.Q(why="")
                ),
                name="a_dismissal_says_who_and_why",
            ),
            models.UniqueConstraint(
                fields=["vendor", "name", "sender"], name="a_device_is_quarantined_once"
            ),
        ]

    def __str__(self) -> str:
        return f"an unknown device of {self.vendor}"


class FieldMap(models.Model):
    """How a sender's template names the fields of a vendor whose templates a city may edit."""

    vendor = models.CharField(max_length=40)
    sender = models.ForeignKey("cameras.Camera", on_delete=models.PROTECT, related_name="+")
    names = models.JSONField()  # our name of a field: theirs

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["vendor", "sender"], name="one_field_map_a_sender"),
        ]

    def __str__(self) -> str:
        return f"field map of a sender of {self.vendor}"


class PictureDue(models.Model):
    """A picture that a stored read's message only linked to: fetched soon, or given up.

    The link may be a key to the picture: it goes with this row, as soon as it was followed.
    """

    camera = models.ForeignKey("cameras.Camera", on_delete=models.PROTECT, related_name="+")
    read = models.PositiveBigIntegerField()  # no key: the read may expire before
    kind = models.CharField(max_length=8)
    link = models.CharField(max_length=2000)
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="pictures_due")]
        constraints = [
            models.UniqueConstraint(fields=["read", "kind"], name="a_picture_is_due_once"),
        ]

    def __str__(self) -> str:
        return f"a {self.kind} to fetch"
