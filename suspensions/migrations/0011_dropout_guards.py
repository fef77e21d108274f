from django.db import migrations

from approvals.guards import DECIDED_BY_SCHOOL_AND_BUREAU, insert_only, states_of

# An entry of the log may be marked as replaced, once, and nothing else.
LOG_IS_KEPT = migrations.RunSQL(
    """
    CREATE FUNCTION suspensions_absenceentry_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND NOT OLD.replaced AND NEW.replaced
            AND (to_jsonb(OLD) - 'replaced') = (to_jsonb(NEW) - 'replaced') THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'suspensions_absenceentry keeps what was written: % refused', TG_OP
            USING ERRCODE = 'insufficient_privilege';
    END $$;
    CREATE TRIGGER suspensions_absenceentry_no_change BEFORE UPDATE OR DELETE ON suspensions_absenceentry
        FOR EACH ROW EXECUTE FUNCTION suspensions_absenceentry_is_kept();
    ALTER TABLE suspensions_absenceentry ENABLE ALWAYS TRIGGER suspensions_absenceentry_no_change;
    """,
    """
    DROP TRIGGER suspensions_absenceentry_no_change ON suspensions_absenceentry;
    DROP FUNCTION suspensions_absenceentry_is_kept();
    """,
)


class Migration(migrations.Migration):
    dependencies = [("suspensions", "0010_dropout")]
    operations = [
        LOG_IS_KEPT,
        insert_only("suspensions_visit"),
        states_of("dropout", [*DECIDED_BY_SCHOOL_AND_BUREAU, "returned"]),
        states_of("return_to_school", DECIDED_BY_SCHOOL_AND_BUREAU),
    ]
