"""Reads that tell their own place are found by it, whatever camera saw them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reads", "0005_shelves")]
    operations = [
        migrations.AddIndex(
            model_name="read",
            index=models.Index(
                condition=models.Q(("latitude__isnull", False)),
                fields=["camera", "seen_at"],
                name="reads_of_roving",
            ),
        ),
    ]
