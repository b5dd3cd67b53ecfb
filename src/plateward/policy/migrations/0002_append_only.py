"""The database itself refuses to change or forget what a city adopted, or to skip a version."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION plateward_adoptions_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'What a city adopted stays on record: % is refused.', TG_OP
        USING ERRCODE = 'restrict_violation', HINT = 'Adopt a new version instead.';
END $$;

CREATE TRIGGER adoptions_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON policy_adoption
    FOR EACH STATEMENT EXECUTE FUNCTION plateward_adoptions_stay();
"""

FOLLOW = """
CREATE FUNCTION plateward_adoptions_follow() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    latest integer;
BEGIN
    SELECT COALESCE(max(version), 0) INTO latest FROM policy_adoption WHERE city = NEW.city;
    IF NEW.version > latest + 1 THEN
        RAISE EXCEPTION 'Versions have no gaps: % cannot follow % in %.',
            NEW.version, latest, NEW.city
            USING ERRCODE = 'check_violation', HINT = 'Adopt through policy.adopt.';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER adoptions_follow BEFORE INSERT ON policy_adoption
    FOR EACH ROW EXECUTE FUNCTION plateward_adoptions_follow();
"""


class Migration(migrations.Migration):
    # No way back: undoing this would open the record.
    dependencies = [("policy", "0001_initial")]
    operations = [migrations.RunSQL(REFUSE), migrations.RunSQL(FOLLOW)]
