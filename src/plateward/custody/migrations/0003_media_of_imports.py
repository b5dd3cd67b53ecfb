"""Imports that were done before there was a register of drives become its first entries."""

from typing import Any

from django.db import migrations


def enter_imports(apps: Any, _schema: Any) -> None:
    """One of a label that another camera's card had first is told apart by its camera."""
    medium = apps.get_model("custody", "Medium")
    drive = apps.get_model("custody", "Drive")
    step = apps.get_model("custody", "DriveStep")
    first_with: dict[tuple[str, str], str] = {}
    for row in medium.objects.filter(ended_at__isnull=False, files__gt=0).order_by("pk"):
        if row.recorded_until is None:
            continue
        camera = row.camera.code
        label = row.label
        if first_with.setdefault((row.city, label), camera) != camera:
            label = f"{label[:50]} ({camera})"
        known, _ = drive.objects.get_or_create(
            city=row.city,
            label=label,
            defaults={"added_by": row.imported_by, "entry": row.entry},
        )
        last = step.objects.filter(drive=known).order_by("-at").first()
        step.objects.create(
            drive=known,
            what="taken-out",
            at=max(row.taken_out_at, last.at) if last else row.taken_out_at,
            who=row.taken_out_by,
            camera=camera,
            recorded_from=row.recorded_from,
            recorded_until=row.recorded_until,
            case_number=row.case_number,
            medium=row,
            by=row.imported_by,
            entry=row.entry,
        )


class Migration(migrations.Migration):
    dependencies = [("custody", "0002_media_register")]
    operations = [migrations.RunPython(enter_imports, migrations.RunPython.noop)]
