"""What the database refuses leaves a mark that survives the refusal.

A refused statement is rolled back with all that it wrote. Sequences are the exception: they never
roll back. So each refusal counts in one, and notes in three more when it was, which table it was
about and under which database account. `audit.attempts` turns the marks into entries.
"""

from django.db import migrations

MARK = """
CREATE SEQUENCE audit_refused_insert AS bigint MINVALUE 0 START 0;
CREATE SEQUENCE audit_refused_update AS bigint MINVALUE 0 START 0;
CREATE SEQUENCE audit_refused_delete AS bigint MINVALUE 0 START 0;
CREATE SEQUENCE audit_refused_truncate AS bigint MINVALUE 0 START 0;
CREATE SEQUENCE audit_refused_at AS bigint MINVALUE 0 START 0;
CREATE SEQUENCE audit_refused_table AS bigint MINVALUE 0 START 0;
CREATE SEQUENCE audit_refused_account AS bigint MINVALUE 0 START 0;

-- As its owner, so that an account without a right to the sequences leaves its mark too.
CREATE FUNCTION plateward_log_marks(operation text, about oid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    home text;
BEGIN
    SELECT quote_ident(nspname) || '.' INTO home
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE pg_class.oid = about;
    PERFORM nextval((home || 'audit_refused_' || lower(operation))::regclass);
    PERFORM setval((home || 'audit_refused_at')::regclass,
                   (extract(epoch FROM clock_timestamp()) * 1000000)::bigint);
    PERFORM setval((home || 'audit_refused_table')::regclass, about::bigint);
    PERFORM setval((home || 'audit_refused_account')::regclass,
                   (SELECT oid::bigint FROM pg_roles WHERE rolname = session_user));
END $$;

CREATE OR REPLACE FUNCTION plateward_log_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM plateward_log_marks(TG_OP, TG_RELID);
    RAISE EXCEPTION 'The log is append-only: % of % is refused.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation',
              HINT = 'Write a new entry that says what was wrong with the old one.';
END $$;

CREATE OR REPLACE FUNCTION plateward_log_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last_index bigint;
    last_at timestamptz;
BEGIN
    SELECT index, at INTO last_index, last_at FROM audit_entry ORDER BY index DESC LIMIT 1;
    IF NEW.index <> COALESCE(last_index + 1, 0) THEN
        PERFORM plateward_log_marks(TG_OP, TG_RELID);
        RAISE EXCEPTION 'The log has no gaps: entry % cannot follow entry %.', NEW.index, last_index
            USING ERRCODE = 'check_violation', HINT = 'Entries are written by audit.log.append.';
    END IF;
    IF NEW.at < last_at THEN
        PERFORM plateward_log_marks(TG_OP, TG_RELID);
        RAISE EXCEPTION 'The log never goes back in time: % is before %.', NEW.at, last_at
            USING ERRCODE = 'check_violation', HINT = 'Entries are written by audit.log.append.';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    # No way back: undoing this would let attempts pass without a trace.
    dependencies = [("audit", "0004_witnesses")]
    operations = [migrations.RunSQL(MARK)]
