"""Keep every version of the register; what stands there already becomes its first entries."""

from typing import Any

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

REFUSE = """
CREATE FUNCTION plateward_listings_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Earlier versions of the register stay: % is refused.', TG_OP
        USING ERRCODE = 'restrict_violation', HINT = 'Register the camera where it stands now.';
END $$;

CREATE TRIGGER listings_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON cameras_listing
    FOR EACH STATEMENT EXECUTE FUNCTION plateward_listings_stay();
"""
_KEPT = ("title", "place", "place_type", "latitude", "longitude", "approved_by", "approved_on")


def list_those_there(apps: Any, _schema: Any) -> None:
    camera, listing = apps.get_model("cameras", "Camera"), apps.get_model("cameras", "Listing")
    versions: dict[str, int] = {}
    for row in camera.objects.order_by("pk"):
        versions[row.city] = versions.get(row.city, 0) + 1
        kept = {name: getattr(row, name) for name in _KEPT}
        listing.objects.create(camera=row, city=row.city, version=versions[row.city], **kept)


class Migration(migrations.Migration):
    # No way back: undoing this would open the record.
    dependencies = [("cameras", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="Listing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("city", models.CharField(max_length=64)),
                ("version", models.PositiveIntegerField()),
                ("title", models.CharField(max_length=120)),
                ("place", models.CharField(max_length=200)),
                ("place_type", models.CharField(max_length=64)),
                ("latitude", models.FloatField()),
                ("longitude", models.FloatField()),
                ("approved_by", models.CharField(max_length=120)),
                ("approved_on", models.DateField()),
                ("recorded_by", models.CharField(blank=True, default="", max_length=150)),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "camera",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cameras.camera",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("city", "version"), name="register_version_once"
                    )
                ],
            },
        ),
        migrations.RunPython(list_those_there),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE;"),
        migrations.RunSQL(REFUSE),
    ]
