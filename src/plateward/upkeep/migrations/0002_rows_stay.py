"""The database itself refuses to change or forget what was done, or to reopen a closed fault."""

from django.db import migrations

DONE_STAYS = """
CREATE FUNCTION plateward_done_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'What was done about a duty stays on record: % is refused.', TG_OP
        USING ERRCODE = 'restrict_violation', HINT = 'Record a correction as a new row.';
END $$;

CREATE TRIGGER done_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON upkeep_done
    FOR EACH STATEMENT EXECUTE FUNCTION plateward_done_stays();
"""

FAULTS_STAY = """
CREATE FUNCTION plateward_faults_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A fault stays on record: % is refused.', TG_OP
        USING ERRCODE = 'restrict_violation', HINT = 'Close it, or open another.';
END $$;

CREATE TRIGGER faults_stay BEFORE DELETE OR TRUNCATE ON upkeep_fault
    FOR EACH STATEMENT EXECUTE FUNCTION plateward_faults_stay();

CREATE TRIGGER closed_faults_stay BEFORE UPDATE ON upkeep_fault
    FOR EACH ROW WHEN (OLD.closed_at IS NOT NULL) EXECUTE FUNCTION plateward_faults_stay();
"""


class Migration(migrations.Migration):
    # No way back: undoing this would open the record.
    dependencies = [("upkeep", "0001_initial")]
    operations = [migrations.RunSQL(DONE_STAYS), migrations.RunSQL(FAULTS_STAY)]
