"""Each private field under a salt of its own, from here on; what was written before stays."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]

    operations = [
        migrations.CreateModel(
            name="Sealed",
            fields=[
                ("index", models.BigIntegerField(primary_key=True, serialize=False)),
                ("fields", models.JSONField()),
            ],
        ),
        # Rows that are there already say 1, and the table's triggers see no UPDATE.
        migrations.AddField(
            model_name="entry",
            name="version",
            field=models.PositiveSmallIntegerField(default=2, db_default=1),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=models.Q(("version__in", (1, 2))), name="leaf_of_known_version"
            ),
        ),
    ]
