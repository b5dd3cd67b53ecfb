"""Appointments from before agencies were registered keep their effect, and say what they are."""

from typing import Any

from django.db import migrations

WORDS = "given before agencies were registered; look at it in the yearly review"


def say_so(apps: Any, schema_editor: Any) -> None:
    Appointment = apps.get_model("people", "Appointment")
    Appointment.objects.filter(recorded_at=None, despite="").update(despite=WORDS)


def unsay(apps: Any, schema_editor: Any) -> None:
    apps.get_model("people", "Appointment").objects.filter(despite=WORDS).update(despite="")


class Migration(migrations.Migration):
    dependencies = [("people", "0005_history_of_people")]

    operations = [migrations.RunPython(say_so, unsay)]
