"""The register of downloads and each copy's chain of custody; no row of them is ever deleted."""

import django.db.models.deletion
from django.db import migrations, models


KEPT = """
CREATE FUNCTION plateward_downloads_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A download stays on record, with each of its steps: % is refused.', TG_OP
        USING ERRCODE = 'restrict_violation', HINT = 'Attest its purge.';
END $$;

CREATE TRIGGER downloads_stay BEFORE DELETE OR TRUNCATE ON custody_download
    FOR EACH STATEMENT EXECUTE FUNCTION plateward_downloads_stay();

CREATE TRIGGER download_steps_stay BEFORE DELETE OR TRUNCATE ON custody_downloadstep
    FOR EACH STATEMENT EXECUTE FUNCTION plateward_downloads_stay();
"""
NOT_KEPT = """
DROP TRIGGER download_steps_stay ON custody_downloadstep;
DROP TRIGGER downloads_stay ON custody_download;
DROP FUNCTION plateward_downloads_stay();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('custody', '0004_holds'),
    ]

    operations = [
        migrations.CreateModel(
            name='Download',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('city', models.CharField(max_length=64)),
                ('taken_by', models.CharField(max_length=150)),
                ('name', models.CharField(blank=True, max_length=300)),
                ('agency', models.CharField(max_length=120)),
                ('purpose', models.CharField(max_length=64)),
                ('case_number', models.CharField(blank=True, max_length=60)),
                ('reads', models.JSONField()),
                ('custody', models.CharField(max_length=120)),
                ('request', models.CharField(blank=True, max_length=60)),
                ('taken_at', models.DateTimeField()),
                ('entry', models.PositiveBigIntegerField()),
                ('manifest', models.CharField(blank=True, max_length=64)),
                ('package', models.CharField(blank=True, max_length=64)),
                ('bytes', models.PositiveBigIntegerField(default=0)),
                ('sealed', models.BooleanField()),
                ('purge_by', models.DateTimeField(null=True)),
                ('resolved_on', models.DateField(null=True)),
                ('purged_at', models.DateTimeField(null=True)),
                ('evidence', models.BooleanField(default=False)),
                ('property_number', models.CharField(blank=True, max_length=60)),
                ('booked_at', models.DateTimeField(null=True)),
                ('received_at', models.DateTimeField(null=True)),
                ('key_gone_at', models.DateTimeField(null=True)),
                ('forgotten_at', models.DateTimeField(null=True)),
                ('receipt', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='custody.document')),
            ],
        ),
        migrations.CreateModel(
            name='DownloadStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.CharField(max_length=12)),
                ('words', models.CharField(blank=True, max_length=500)),
                ('by', models.CharField(max_length=150)),
                ('at', models.DateTimeField()),
                ('entry', models.PositiveBigIntegerField()),
                ('download', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='custody.download')),
            ],
        ),
        migrations.AddIndex(
            model_name='download',
            index=models.Index(fields=['city', '-taken_at'], name='downloads_of_a_city'),
        ),
        migrations.AddIndex(
            model_name='download',
            index=models.Index(condition=models.Q(('purged_at', None)), fields=['purge_by'], name='downloads_by_purge'),
        ),
        migrations.AddConstraint(
            model_name='download',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('taken_by', ''), _negated=True), models.Q(('custody', ''), _negated=True), models.Q(('purpose', ''), _negated=True)), name='download_says_who_and_why'),
        ),
        migrations.AddConstraint(
            model_name='download',
            constraint=models.CheckConstraint(condition=models.Q(('reads', []), _negated=True), name='download_holds_reads'),
        ),
        migrations.AddConstraint(
            model_name='download',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('manifest', ''), ('package', '')), models.Q(('manifest__regex', '^[0-9a-f]{64}$'), ('package__regex', '^[0-9a-f]{64}$')), _connector='OR'), name='download_has_its_hashes'),
        ),
        migrations.AddConstraint(
            model_name='download',
            constraint=models.CheckConstraint(condition=models.Q(('purged_at', None), ('purged_at__gte', models.F('taken_at')), _connector='OR'), name='download_is_purged_after_it_was_taken'),
        ),
        migrations.AddConstraint(
            model_name='download',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('booked_at', None), ('property_number', '')), models.Q(('booked_at__isnull', False), models.Q(('property_number', ''), _negated=True)), _connector='OR'), name='download_is_booked_under_a_number'),
        ),
        migrations.AddConstraint(
            model_name='download',
            constraint=models.CheckConstraint(condition=models.Q(('received_at', None), models.Q(('request', ''), _negated=True), _connector='OR'), name='only_an_answer_is_received'),
        ),
        migrations.AddIndex(
            model_name='downloadstep',
            index=models.Index(fields=['download', 'at'], name='steps_of_a_download'),
        ),
        migrations.RunSQL(KEPT, NOT_KEPT),
    ]
