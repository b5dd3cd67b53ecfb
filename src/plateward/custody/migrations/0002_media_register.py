"""The register of drives, and every step of each, which stays."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

STAY = """
CREATE FUNCTION plateward_drive_steps_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'What became of a drive is never rewritten: % is refused.', TG_OP
        USING ERRCODE = 'restrict_violation', HINT = 'Record a correction.';
END $$;

CREATE TRIGGER drive_steps_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON custody_drivestep
    FOR EACH STATEMENT EXECUTE FUNCTION plateward_drive_steps_stay();
"""
GO = """
DROP TRIGGER drive_steps_stay ON custody_drivestep;
DROP FUNCTION plateward_drive_steps_stay();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('custody', '0001_media'),
    ]

    operations = [
        migrations.CreateModel(
            name='Drive',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('city', models.CharField(max_length=64)),
                ('label', models.CharField(max_length=120)),
                ('serial', models.CharField(blank=True, default='', max_length=120)),
                ('added_by', models.CharField(max_length=150)),
                ('added_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('entry', models.PositiveBigIntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('city', 'label'), name='one_drive_a_label'), models.CheckConstraint(condition=models.Q(('label', ''), _negated=True), name='drive_has_a_label')],
            },
        ),
        migrations.CreateModel(
            name='DriveStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(max_length=16)),
                ('at', models.DateTimeField()),
                ('who', models.CharField(blank=True, default='', max_length=150)),
                ('camera', models.CharField(blank=True, default='', max_length=64)),
                ('place', models.CharField(blank=True, default='', max_length=200)),
                ('recorded_from', models.DateTimeField(null=True)),
                ('recorded_until', models.DateTimeField(null=True)),
                ('note', models.CharField(blank=True, default='', max_length=500)),
                ('agency', models.CharField(blank=True, default='', max_length=120)),
                ('badge', models.CharField(blank=True, default='', max_length=60)),
                ('reference', models.CharField(blank=True, default='', max_length=120)),
                ('requested_on', models.DateField(null=True)),
                ('case_number', models.CharField(blank=True, default='', max_length=60)),
                ('by', models.CharField(max_length=150)),
                ('entry', models.PositiveBigIntegerField()),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('corrects', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='custody.drivestep')),
                ('drive', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='custody.drive')),
                ('medium', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='custody.medium')),
            ],
            options={
                'indexes': [models.Index(fields=['drive', 'at'], name='steps_of_a_drive')],
                'constraints': [models.CheckConstraint(condition=models.Q(('by', ''), _negated=True), name='somebody_recorded_the_step'), models.CheckConstraint(condition=models.Q(('recorded_until__isnull', True), ('recorded_until__gte', models.F('recorded_from')), _connector='OR'), name='recording_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(('corrects__isnull', False), models.Q(('what', 'void'), _negated=True), _connector='OR'), name='void_voids_a_step')],
            },
        ),
        migrations.RunSQL(STAY, GO),
    ]
