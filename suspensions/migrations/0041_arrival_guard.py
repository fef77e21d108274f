from django.db import migrations

# An arrival may be marked as replaced, once, and nothing else.
ARRIVALS_ARE_KEPT = migrations.RunSQL(
    """
    CREATE FUNCTION suspensions_arrival_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND NOT OLD.replaced AND NEW.replaced
            AND (to_jsonb(OLD) - 'replaced') = (to_jsonb(NEW) - 'replaced') THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'suspensions_arrival keeps what was written: % refused', TG_OP
            USING ERRCODE = 'insufficient_privilege';
    END $$;
    CREATE TRIGGER suspensions_arrival_no_change BEFORE UPDATE OR DELETE ON suspensions_arrival
        FOR EACH ROW EXECUTE FUNCTION suspensions_arrival_is_kept();
    ALTER TABLE suspensions_arrival ENABLE ALWAYS TRIGGER suspensions_arrival_no_change;
    """,
    """
    DROP TRIGGER suspensions_arrival_no_change ON suspensions_arrival;
    DROP FUNCTION suspensions_arrival_is_kept();
    """,
)


class Migration(migrations.Migration):
    dependencies = [("suspensions", "0040_arrival")]
    operations = [ARRIVALS_ARE_KEPT]
