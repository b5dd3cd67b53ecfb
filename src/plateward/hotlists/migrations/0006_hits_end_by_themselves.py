"""Hits and quiet hits hold their own end, and no key of the database's to a read.

Reads go by whole tables from now on, and a table that others point to cannot be dropped.
"""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

_FILL = """
UPDATE hotlists_{table} SET expires_at = r.expires_at
FROM reads_read r WHERE r.id = hotlists_{table}.read_id
"""


def _pointing() -> "models.Field[Any, Any]":
    return models.ForeignKey(
        on_delete=django.db.models.deletion.DO_NOTHING,
        related_name="+",
        to="reads.read",
        db_constraint=False,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("hotlists", "0005_second_person_and_arrivals"),
        ("reads", "0003_provisional"),
    ]
    operations = [
        migrations.AddField("alert", "expires_at", models.DateTimeField(null=True)),
        migrations.AddField("quiet", "expires_at", models.DateTimeField(null=True)),
        migrations.RunSQL(_FILL.format(table="alert"), migrations.RunSQL.noop),
        migrations.RunSQL(_FILL.format(table="quiet"), migrations.RunSQL.noop),
        # What was written waits for nothing any more, so that the tables may change.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AlterField("alert", "expires_at", models.DateTimeField()),
        migrations.AlterField("quiet", "expires_at", models.DateTimeField()),
        migrations.AlterField("alert", "read", _pointing()),
        migrations.AlterField("quiet", "read", _pointing()),
        migrations.AddIndex("alert", models.Index(fields=["expires_at"], name="alerts_by_expiry")),
    ]
