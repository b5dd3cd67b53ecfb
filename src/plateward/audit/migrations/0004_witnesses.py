"""What witnesses and time-stampers said is kept, and the database refuses to change it."""

from django.db import migrations, models

STAY = """
CREATE TRIGGER cosignatures_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_cosignature
    FOR EACH STATEMENT EXECUTE FUNCTION plateward_log_refuses();
CREATE TRIGGER time_stamps_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_timestamp
    FOR EACH STATEMENT EXECUTE FUNCTION plateward_log_refuses();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_fields_apart")]

    operations = [
        migrations.CreateModel(
            name="Cosignature",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("checkpoint", models.BigIntegerField()),
                ("size", models.BigIntegerField()),
                ("witness", models.TextField()),
                ("at", models.DateTimeField()),
                ("line", models.TextField()),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["checkpoint", "witness"], name="one_word_of_each_witness"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TimeStamp",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("checkpoint", models.BigIntegerField(unique=True)),
                ("size", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("authority", models.TextField()),
                ("token", models.BinaryField()),
            ],
            options={"ordering": ["id"]},
        ),
        migrations.CreateModel(
            name="WitnessContact",
            fields=[
                ("witness", models.TextField(primary_key=True, serialize=False)),
                ("checkpoint", models.BigIntegerField(default=0)),
                ("size", models.BigIntegerField(default=0)),
                ("peaks", models.BinaryField(default=b"")),
                ("at", models.DateTimeField(null=True)),
                ("asked_at", models.DateTimeField(null=True)),
                ("next_at", models.DateTimeField(null=True)),
                ("failures", models.IntegerField(default=0)),
                ("problem", models.TextField(default="")),
                ("contradicted", models.BooleanField(default=False)),
                ("since", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("contradicted", False),
                            models.Q(("problem", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="a_contradiction_is_said",
                    )
                ],
            },
        ),
        migrations.RunSQL(STAY, migrations.RunSQL.noop),
    ]
