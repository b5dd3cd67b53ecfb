"""The database itself refuses to change or lose an entry or a checkpoint, or to leave a gap."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION plateward_log_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The log is append-only: % of % is refused.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation',
              HINT = 'Write a new entry that says what was wrong with the old one.';
END $$;

CREATE TRIGGER entries_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION plateward_log_refuses();
CREATE TRIGGER checkpoints_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION plateward_log_refuses();
"""

FOLLOW = """
CREATE FUNCTION plateward_log_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last_index bigint;
    last_at timestamptz;
BEGIN
    SELECT index, at INTO last_index, last_at FROM audit_entry ORDER BY index DESC LIMIT 1;
    IF NEW.index <> COALESCE(last_index + 1, 0) THEN
        RAISE EXCEPTION 'The log has no gaps: entry % cannot follow entry %.', NEW.index, last_index
            USING ERRCODE = 'check_violation', HINT = 'Entries are written by audit.log.append.';
    END IF;
    IF NEW.at < last_at THEN
        RAISE EXCEPTION 'The log never goes back in time: % is before %.', NEW.at, last_at
            USING ERRCODE = 'check_violation', HINT = 'Entries are written by audit.log.append.';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER entries_follow BEFORE INSERT ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION plateward_log_follows();
"""


class Migration(migrations.Migration):
    # No way back: undoing this would open the log.
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunSQL(REFUSE), migrations.RunSQL(FOLLOW)]
