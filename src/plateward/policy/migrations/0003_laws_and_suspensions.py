"""A version also holds the laws over the text and the clauses that are suspended.

What was adopted before has neither, and reads as it always did.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("policy", "0002_append_only")]
    operations = [
        migrations.AddField("adoption", "overlays", models.JSONField(default=list)),
        migrations.AddField("adoption", "suspensions", models.JSONField(default=list)),
    ]
