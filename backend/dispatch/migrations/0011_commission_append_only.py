"""The commission record only grows, by entries that follow the one before; no rewriting, no deleting, no emptying."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION dispatch_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the commission record is append-only' USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION dispatch_commission_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.number = 1 AND NEW.previous = repeat('0', 64) THEN
        RETURN NEW;
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM dispatch_commission
        WHERE office_id = NEW.office_id AND number = NEW.number - 1 AND digest = NEW.previous
    ) THEN
        RAISE EXCEPTION 'an entry of the commission record follows the one before'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER dispatch_commission_follows BEFORE INSERT ON dispatch_commission
    FOR EACH ROW EXECUTE FUNCTION dispatch_commission_follows();
CREATE TRIGGER dispatch_commission_no_change BEFORE UPDATE OR DELETE ON dispatch_commission
    FOR EACH ROW EXECUTE FUNCTION dispatch_refuse();
CREATE TRIGGER dispatch_commission_no_truncate BEFORE TRUNCATE ON dispatch_commission
    FOR EACH STATEMENT EXECUTE FUNCTION dispatch_refuse();
CREATE TRIGGER dispatch_ruleset_no_change BEFORE UPDATE OR DELETE ON dispatch_ruleset
    FOR EACH ROW EXECUTE FUNCTION dispatch_refuse();
CREATE TRIGGER dispatch_ruleset_no_truncate BEFORE TRUNCATE ON dispatch_ruleset
    FOR EACH STATEMENT EXECUTE FUNCTION dispatch_refuse();
"""
BACKWARD = """
DROP TRIGGER dispatch_ruleset_no_truncate ON dispatch_ruleset;
DROP TRIGGER dispatch_ruleset_no_change ON dispatch_ruleset;
DROP TRIGGER dispatch_commission_no_truncate ON dispatch_commission;
DROP TRIGGER dispatch_commission_no_change ON dispatch_commission;
DROP TRIGGER dispatch_commission_follows ON dispatch_commission;
DROP FUNCTION dispatch_commission_follows();
DROP FUNCTION dispatch_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0010_commission_record")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
