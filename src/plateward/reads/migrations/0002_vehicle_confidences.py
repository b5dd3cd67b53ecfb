"""How sure the source is of what it says of a vehicle: shown to the person who looks."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reads", "0001_initial")]
    operations = [
        migrations.AddField(
            model_name="read",
            name="vehicle_confidences",
            field=models.JSONField(default=dict),
        ),
    ]
