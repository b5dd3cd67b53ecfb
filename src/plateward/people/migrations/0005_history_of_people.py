"""Nothing is overwritten: appointments, attestations, training, reviews and closings stay."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0004_person_belongs_to_an_agency'),
    ]

    operations = [
        migrations.CreateModel(
            name='Attestation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('precondition', models.CharField(max_length=64)),
                ('document', models.CharField(max_length=200)),
                ('by', models.CharField(max_length=150)),
                ('at', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_by', models.CharField(blank=True, default='', max_length=150)),
            ],
        ),
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('city', models.CharField(max_length=64)),
                ('kind', models.CharField(max_length=64)),
                ('on', models.DateField()),
                ('what', models.CharField(max_length=300)),
                ('recorded_by', models.CharField(max_length=150)),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name='Closing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('terminated', 'Employment or assignment ended'), ('dormant', 'Not used for 90 days'), ('review', 'Closed at the yearly review')], max_length=16)),
                ('at', models.DateTimeField()),
                ('by', models.CharField(max_length=150)),
                ('why', models.CharField(max_length=200)),
                ('reopened_at', models.DateTimeField(blank=True, null=True)),
                ('reopened_by', models.CharField(blank=True, default='', max_length=150)),
                ('reopened_why', models.CharField(blank=True, default='', max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name='Permission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('document', models.CharField(max_length=200)),
                ('crime', models.CharField(max_length=60)),
                ('until', models.DateField()),
                ('by', models.CharField(max_length=150)),
                ('at', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_by', models.CharField(blank=True, default='', max_length=150)),
            ],
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('city', models.CharField(max_length=64)),
                ('on', models.DateField()),
                ('by', models.CharField(max_length=150)),
                ('outcome', models.CharField(choices=[('keep', 'Keep'), ('close', 'Close')], max_length=8)),
                ('note', models.CharField(blank=True, default='', max_length=200)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='appointment',
            name='one_appointment_a_city',
        ),
        migrations.AddField(
            model_name='appointment',
            name='despite',
            field=models.CharField(blank=True, default='', max_length=200),
        ),
        migrations.AddField(
            model_name='appointment',
            name='issued_by',
            field=models.CharField(blank=True, default='', max_length=150),
        ),
        migrations.AddField(
            model_name='appointment',
            name='issuer_role',
            field=models.CharField(blank=True, default='', max_length=64),
        ),
        migrations.AddField(
            model_name='appointment',
            name='recorded_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='appointment',
            name='recorded_by',
            field=models.CharField(blank=True, default='', max_length=150),
        ),
        migrations.AddField(
            model_name='appointment',
            name='replaced_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='appointment',
            name='revoked_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='appointment',
            name='revoked_by',
            field=models.CharField(blank=True, default='', max_length=150),
        ),
        migrations.AddField(
            model_name='appointment',
            name='revoked_why',
            field=models.CharField(blank=True, default='', max_length=200),
        ),
        migrations.AddField(
            model_name='appointment',
            name='standing_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='appointment',
            name='standing_by',
            field=models.CharField(blank=True, default='', max_length=150),
        ),
        migrations.AddField(
            model_name='appointment',
            name='standing_why',
            field=models.CharField(blank=True, default='', max_length=200),
        ),
        migrations.AddField(
            model_name='training',
            name='expires_on',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='training',
            name='provider',
            field=models.CharField(blank=True, default='', max_length=120),
        ),
        migrations.AddField(
            model_name='training',
            name='recorded_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='training',
            name='recorded_by',
            field=models.CharField(blank=True, default='', max_length=150),
        ),
        migrations.AddField(
            model_name='training',
            name='topics',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.UniqueConstraint(condition=models.Q(('replaced_at', None), ('revoked_at', None)), fields=('person', 'city'), name='one_open_appointment_a_city'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(('revoked_at', None), models.Q(('revoked_by', ''), ('revoked_why', ''), _connector='OR', _negated=True), _connector='OR'), name='revocation_says_who_and_why'),
        ),
        migrations.AddConstraint(
            model_name='training',
            constraint=models.CheckConstraint(condition=models.Q(('expires_on', None), ('expires_on__gte', models.F('completed_on')), _connector='OR'), name='training_expires_after_it_is_completed'),
        ),
        migrations.AddField(
            model_name='attestation',
            name='appointment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.appointment'),
        ),
        migrations.AddIndex(
            model_name='change',
            index=models.Index(fields=['city', '-on'], name='latest_change_of_a_city'),
        ),
        migrations.AddConstraint(
            model_name='change',
            constraint=models.CheckConstraint(condition=models.Q(('kind', ''), ('what', ''), ('recorded_by', ''), _connector='OR', _negated=True), name='change_says_what_it_is'),
        ),
        migrations.AddField(
            model_name='closing',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='permission',
            name='appointment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.appointment'),
        ),
        migrations.AddField(
            model_name='review',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='attestation',
            constraint=models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('appointment', 'precondition'), name='attested_once_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='attestation',
            constraint=models.CheckConstraint(condition=models.Q(('by', ''), ('document', ''), _connector='OR', _negated=True), name='attestation_says_who_and_by_what'),
        ),
        migrations.AddConstraint(
            model_name='closing',
            constraint=models.UniqueConstraint(condition=models.Q(('reopened_at', None)), fields=('person',), name='closed_once_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='closing',
            constraint=models.CheckConstraint(condition=models.Q(('by', ''), ('why', ''), _connector='OR', _negated=True), name='closing_says_who_and_why'),
        ),
        migrations.AddConstraint(
            model_name='permission',
            constraint=models.CheckConstraint(condition=models.Q(('by', ''), ('document', ''), ('crime', ''), _connector='OR', _negated=True), name='permission_says_who_what_and_for_which_crime'),
        ),
        migrations.AddIndex(
            model_name='review',
            index=models.Index(fields=['person', 'city', '-on'], name='latest_review'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('by', ''), _negated=True), ('outcome__in', ['keep', 'close'])), name='review_says_who_and_how_it_ended'),
        ),
    ]
