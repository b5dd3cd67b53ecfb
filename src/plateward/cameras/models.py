"""Cameras, and every entry the register ever held of them. Others call `register`."""

from django.db import models
from django.db.models.functions import Now


class Camera(models.Model):
    code = models.SlugField(max_length=64, unique=True)
    city = models.CharField(max_length=64, db_index=True)
    title = models.CharField(max_length=120)
    place = models.CharField(max_length=200)
    place_type = models.CharField(max_length=64)
    latitude = models.FloatField()
    longitude = models.FloatField()
    approved_by = models.CharField(max_length=120)
    approved_on = models.DateField()
    # SHA-256 of the camera's secret: a copy of the table signs nothing in.
    credential = models.CharField(max_length=64, blank=True)
    # As the city's text names its kinds; empty: nobody has said so far. `kinds` reads and sets it.
    kind = models.CharField(max_length=20, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="camera_stands_on_earth",
            ),
            models.CheckConstraint(condition=~models.Q(approved_by=""), name="camera_is_approved"),
        ]

    def __str__(self) -> str:
        return self.code


class Listing(models.Model):
    """A camera's entry in the register as it stood from `recorded_at` on. Rows stay."""

    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="+")
    city = models.CharField(max_length=64)
    version = models.PositiveIntegerField()  # of the city's whole register
    title = models.CharField(max_length=120)
    place = models.CharField(max_length=200)
    place_type = models.CharField(max_length=64)
    latitude = models.FloatField()
    longitude = models.FloatField()
    approved_by = models.CharField(max_length=120)
    approved_on = models.DateField()
    recorded_by = models.CharField(max_length=150, blank=True, default="")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "version"], name="register_version_once"),
        ]

    def __str__(self) -> str:
        return f"version {self.version} of {self.city}"


class Certificate(models.Model):
    """A client certificate that one camera shows to the proxy in front of us."""

    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="+")
    fingerprint = models.CharField(max_length=64, unique=True)  # SHA-256 of its DER, hexadecimal
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(fingerprint__regex=r"^[0-9a-f]{64}$"),
                name="certificate_has_a_fingerprint",
            ),
        ]

    def __str__(self) -> str:
        return f"certificate of {self.camera_id}"


class PictureHost(models.Model):
    """A host from which pictures that one camera's messages link to may be fetched."""

    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="+")
    host = models.CharField(max_length=253)
    port = models.PositiveIntegerField(default=443)
    # On the city's own network: only then may its address be private, or plain HTTP be spoken.
    is_private = models.BooleanField(default=False)
    is_https = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["camera", "host", "port"], name="a_host_once"),
            models.CheckConstraint(
                condition=models.Q(is_https=True) | models.Q(is_private=True),
                name="in_the_open_only_https",
            ),
        ]

    def __str__(self) -> str:
        return self.host


from plateward.cameras import agent_models as _agent_models  # noqa: E402, F401 -- tables too
