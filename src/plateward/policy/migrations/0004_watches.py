"""Where the last look at each posted policy, and at the log, is kept."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("policy", "0003_laws_and_suspensions")]

    operations = [
        migrations.CreateModel(
            name="Watch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("what", models.TextField()),
                ("city", models.TextField(blank=True)),
                ("address", models.TextField(blank=True)),
                ("good", models.BooleanField()),
                ("why", models.TextField(blank=True)),
                ("since", models.DateTimeField()),
                ("good_at", models.DateTimeField(null=True)),
                ("checked_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["what", "city"], name="one_watch_of_each"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("good", True), ("why", "")),
                            models.Q(("good", False), models.Q(("why", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="what_is_wrong_is_said",
                    ),
                ],
            },
        ),
    ]
