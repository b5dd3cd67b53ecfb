"""Searches for a plate leave aside the shelves on which none of its reads lies.

All reads are gone through once, about a million in three seconds, to note which plate lies where.
When a plate was first seen is forgotten: that may have been a read that is gone.
"""

from django.db import migrations, models

_IN_TURN = """
UPDATE reads_shelf s SET mark = o.turn % 63
FROM (SELECT id, row_number() OVER (PARTITION BY city ORDER BY begins_at) AS turn FROM reads_shelf)
    AS o
WHERE o.id = s.id
"""
# A plate that has no read any more keeps all bits, which misses nothing. So do all on a cluster,
# where searches ask all parts side by side.
_FILL = """
DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus') THEN
UPDATE reads_known k SET marks = f.marks
FROM (
    SELECT s.city, r.plate_key, bit_or(1::bigint << s.mark) AS marks
    FROM reads_shelf s CROSS JOIN LATERAL (
        SELECT DISTINCT plate_key FROM reads_read
        WHERE city = s.city AND expires_at >= s.begins_at AND expires_at < s.ends_at
    ) AS r GROUP BY 1, 2
) AS f
WHERE k.city = f.city AND k.plate_key = f.plate_key;
END IF; END $$
"""


class Migration(migrations.Migration):
    dependencies = [("reads", "0007_endings")]
    operations = [
        migrations.AddField(
            "shelf", "mark", models.PositiveSmallIntegerField(default=0), preserve_default=False
        ),
        migrations.AddField(
            "known", "marks", models.BigIntegerField(default=-1), preserve_default=False
        ),
        migrations.RemoveField("known", "first_seen"),
        migrations.CreateModel(
            name="OldMark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("city", models.CharField(max_length=64)),
                ("mark", models.PositiveSmallIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("city", "mark"), name="an_old_mark_is_told_once"
                    )
                ],
            },
        ),
        migrations.RunSQL(_IN_TURN, migrations.RunSQL.noop),
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
        migrations.RemoveConstraint("ending", "an_ending_is_told_once"),
        migrations.AddConstraint(
            "ending",
            models.UniqueConstraint(
                fields=("city", "ends_on", "seen_on"), name="an_ending_is_told_once"
            ),
        ),
    ]
