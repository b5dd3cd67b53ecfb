"""Holds, copies under them, their history and papers; the database refuses to lose what is held."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

KEPT = """
CREATE FUNCTION plateward_held_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (
        SELECT 1 FROM custody_hold WHERE id = OLD.hold_id AND released_at IS NOT NULL
    ) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'What is held stays as it was copied until its hold is released: % is refused.',
        TG_OP USING ERRCODE = 'restrict_violation', HINT = 'Release the hold.';
END $$;

CREATE TRIGGER held_stays BEFORE UPDATE OR DELETE ON custody_heldread
    FOR EACH ROW EXECUTE FUNCTION plateward_held_stays();

CREATE FUNCTION plateward_hold_steps_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'What was done with a hold is never rewritten: % is refused.', TG_OP
        USING ERRCODE = 'restrict_violation', HINT = 'Do what is right now; it is a step of its own.';
END $$;

CREATE TRIGGER hold_steps_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON custody_holdstep
    FOR EACH STATEMENT EXECUTE FUNCTION plateward_hold_steps_stay();

CREATE FUNCTION plateward_holds_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A hold stays on record: % is refused.', TG_OP
        USING ERRCODE = 'restrict_violation', HINT = 'Release it.';
END $$;

CREATE TRIGGER holds_stay BEFORE DELETE OR TRUNCATE ON custody_hold
    FOR EACH STATEMENT EXECUTE FUNCTION plateward_holds_stay();

CREATE TRIGGER released_holds_stay_released BEFORE UPDATE ON custody_hold
    FOR EACH ROW WHEN (OLD.released_at IS NOT NULL AND NEW.released_at IS NULL)
    EXECUTE FUNCTION plateward_holds_stay();
"""
GO = """
DROP TRIGGER released_holds_stay_released ON custody_hold;
DROP TRIGGER holds_stay ON custody_hold;
DROP TRIGGER hold_steps_stay ON custody_holdstep;
DROP TRIGGER held_stays ON custody_heldread;
DROP FUNCTION plateward_holds_stay();
DROP FUNCTION plateward_hold_steps_stay();
DROP FUNCTION plateward_held_stays();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("custody", "0003_media_of_imports"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Document",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("city", models.CharField(max_length=64)),
                ("kind", models.CharField(max_length=4)),
                ("bytes", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("sealed", models.BinaryField()),
                ("added_by", models.CharField(max_length=150)),
                ("added_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["pdf", "jpeg", "png", "text"])),
                        name="document_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("bytes__gt", 0)), name="document_is_not_empty"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")),
                        name="document_has_a_hash",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("city", models.CharField(max_length=64)),
                ("preservation", models.BooleanField(default=False)),
                ("ground", models.CharField(max_length=60)),
                ("clauses", models.JSONField(default=list)),
                ("data_class", models.CharField(max_length=40)),
                ("reference", models.CharField(max_length=60)),
                ("case_number", models.CharField(blank=True, max_length=60)),
                ("why", models.CharField(max_length=500)),
                ("scope", models.CharField(max_length=8)),
                ("reads", models.JSONField(default=list)),
                ("asked_for", models.BinaryField(null=True)),
                ("drive", models.PositiveBigIntegerField(null=True)),
                ("grows_until", models.DateTimeField(null=True)),
                ("looked_at", models.DateTimeField(null=True)),
                ("agency", models.CharField(blank=True, max_length=120)),
                ("asked_at", models.DateTimeField()),
                ("approved", models.BooleanField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("answer", models.CharField(blank=True, max_length=500)),
                ("review_on", models.DateField()),
                ("released_at", models.DateTimeField(null=True)),
                ("release_why", models.CharField(blank=True, max_length=500)),
                ("gone_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="custody.document",
                    ),
                ),
                (
                    "released_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="HeldRead",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("read", models.BigIntegerField()),
                ("camera", models.CharField(max_length=60)),
                ("seen_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("copied_at", models.DateTimeField()),
                ("sha256", models.CharField(max_length=64)),
                ("sealed", models.BinaryField()),
                ("photo", models.BinaryField(null=True)),
                ("crop", models.BinaryField(null=True)),
                (
                    "hold",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="custody.hold",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="HoldStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("step", models.CharField(max_length=12)),
                ("words", models.CharField(blank=True, max_length=500)),
                ("by", models.CharField(max_length=150)),
                ("at", models.DateTimeField()),
                ("entry", models.PositiveBigIntegerField()),
                (
                    "hold",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="custody.hold",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(fields=["city", "-asked_at"], name="holds_of_a_city"),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ground", ""), _negated=True),
                    models.Q(("reference", ""), _negated=True),
                    models.Q(("why", ""), _negated=True),
                ),
                name="hold_says_what_for",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("drive", None), ("scope", "reads")),
                    models.Q(("drive", None), ("scope", "case")),
                    models.Q(("asked_for__isnull", False), ("drive", None), ("scope", "query")),
                    models.Q(("drive__isnull", False), ("scope", "drive")),
                    _connector="OR",
                ),
                name="hold_says_what_it_holds",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("approved", None), ("decided_at", None)),
                    models.Q(
                        ("approved__isnull", False),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="hold_is_decided_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("preservation", True),
                    ("decided_by", None),
                    models.Q(("decided_by", models.F("asked_by")), _negated=True),
                    _connector="OR",
                ),
                name="nobody_approves_their_own_hold",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("released_at", None), ("released_by", None)),
                    models.Q(
                        ("approved", True),
                        ("released_at__isnull", False),
                        ("released_by__isnull", False),
                        models.Q(("release_why", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="only_a_hold_in_force_is_released",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("preservation", True),
                    ("released_by", None),
                    models.Q(("released_by", models.F("asked_by")), _negated=True),
                    _connector="OR",
                ),
                name="nobody_releases_their_own_hold",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("gone_at", None), ("released_at__isnull", False), _connector="OR"
                ),
                name="what_is_held_goes_after_release",
            ),
        ),
        migrations.AddIndex(
            model_name="heldread",
            index=models.Index(fields=["ends_at"], name="copies_by_end"),
        ),
        migrations.AddConstraint(
            model_name="heldread",
            constraint=models.UniqueConstraint(
                fields=("hold", "read"), name="a_hold_copies_a_read_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="heldread",
            constraint=models.CheckConstraint(
                condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="copy_has_a_hash"
            ),
        ),
        migrations.AddIndex(
            model_name="holdstep",
            index=models.Index(fields=["hold", "at"], name="steps_of_a_hold"),
        ),
        migrations.RunSQL(KEPT, GO),
    ]
