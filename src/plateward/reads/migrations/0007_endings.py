"""Searches leave aside the shelves on which nothing lies that was seen when they ask.

All reads are gone through once, about a million a second or two, to note what there is.
"""

from django.db import migrations, models

_FILL = """
INSERT INTO reads_ending (city, seen_on, ends_on)
SELECT DISTINCT city, (seen_at AT TIME ZONE 'UTC')::date, (expires_at AT TIME ZONE 'UTC')::date
FROM reads_read
"""


class Migration(migrations.Migration):
    dependencies = [("reads", "0006_reads_of_roving")]
    operations = [
        migrations.CreateModel(
            name="Ending",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("city", models.CharField(max_length=64)),
                ("seen_on", models.DateField()),
                ("ends_on", models.DateField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("city", "seen_on", "ends_on"), name="an_ending_is_told_once"
                    )
                ],
            },
        ),
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
    ]
