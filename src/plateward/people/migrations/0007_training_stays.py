"""The database itself refuses to forget a record of training: audits ask for years of them."""

from django.db import migrations

TRAINING_STAYS = """
CREATE FUNCTION plateward_training_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A record of training stays: % is refused.', TG_OP
        USING ERRCODE = 'restrict_violation', HINT = 'Record the training anew.';
END $$;

CREATE TRIGGER training_stays BEFORE DELETE OR TRUNCATE ON people_training
    FOR EACH STATEMENT EXECUTE FUNCTION plateward_training_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0006_older_appointments_stay_good")]
    operations = [
        migrations.RunSQL(
            TRAINING_STAYS, reverse_sql="DROP FUNCTION plateward_training_stays() CASCADE"
        )
    ]
