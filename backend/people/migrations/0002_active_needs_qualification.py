"""Nobody is ACTIVE without a basic course and a pledge, whoever writes the row. Checked at commit."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION people_active_needs_qualification() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM people_pilot WHERE id = NEW.id AND status = 'ACTIVE') AND NOT (
        EXISTS (SELECT 1 FROM people_qualification WHERE pilot_id = NEW.id AND kind = 'basic_course')
        AND EXISTS (SELECT 1 FROM people_consent
                    WHERE user_id = NEW.user_id AND kind = 'confidentiality' AND withdrawn_at IS NULL)
    ) THEN
        RAISE EXCEPTION 'an active pilot needs a basic course and a pledge'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pilot_active_needs_qualification';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER pilot_active_needs_qualification
    AFTER INSERT OR UPDATE OF status ON people_pilot
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.status = 'ACTIVE') EXECUTE FUNCTION people_active_needs_qualification();
"""
BACKWARD = """
DROP TRIGGER pilot_active_needs_qualification ON people_pilot;
DROP FUNCTION people_active_needs_qualification();
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
