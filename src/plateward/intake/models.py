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
    """A device that no link knows: how often it was heard, and when. Its reads are not kept."""

    vendor = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    sender = models.ForeignKey("cameras.Camera", on_delete=models.PROTECT, related_name="+")
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    reads = models.PositiveIntegerField()

    class Meta:
        constraints = [
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
