"""The journal only grows: events change in their processing columns alone, the access log not at all."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal is append-only' USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION journal_event_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'processed_at' - 'failed_at' IS DISTINCT FROM to_jsonb(OLD) - 'processed_at' - 'failed_at' THEN
        RAISE EXCEPTION 'the journal is append-only' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER journal_event_no_delete BEFORE DELETE ON journal_event
    FOR EACH ROW EXECUTE FUNCTION journal_refuse();
CREATE TRIGGER journal_event_no_change BEFORE UPDATE ON journal_event
    FOR EACH ROW EXECUTE FUNCTION journal_event_guard();
CREATE TRIGGER journal_accesslog_no_change BEFORE UPDATE ON journal_accesslog
    FOR EACH ROW EXECUTE FUNCTION journal_refuse();
"""
BACKWARD = """
DROP TRIGGER journal_accesslog_no_change ON journal_accesslog;
DROP TRIGGER journal_event_no_change ON journal_event;
DROP TRIGGER journal_event_no_delete ON journal_event;
DROP FUNCTION journal_event_guard();
DROP FUNCTION journal_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
