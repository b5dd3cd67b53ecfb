"""A register of agencies, and where each person's agency will stand."""

import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Agency",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("city_department", "City department"),
                            ("sheriff", "Sheriff"),
                            ("police", "Police department"),
                            ("contractor", "Contractor or vendor"),
                            ("external", "Other public agency"),
                        ],
                        max_length=24,
                    ),
                ),
                ("state", models.CharField(blank=True, default="", max_length=2)),
                ("ori", models.CharField(blank=True, default="", max_length=9)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("name"), name="one_agency_a_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="agency_has_a_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                ["city_department", "sheriff", "police", "contractor", "external"],
                            )
                        ),
                        name="agency_is_of_a_known_kind",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="person",
            name="employer",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="people.agency",
            ),
        ),
    ]
