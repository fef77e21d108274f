from django.db import migrations

from approvals.guards import DECIDED_BY_SCHOOL_AND_BUREAU, insert_only, states_of

# A destination keeps what was decided; only by which case it ended may change (undoing revives the former).
DESTINATION_IS_KEPT = migrations.RunSQL(
    """
    CREATE FUNCTION students_leaverdestination_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND (to_jsonb(OLD) - 'ended_by_id') = (to_jsonb(NEW) - 'ended_by_id') THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'students_leaverdestination keeps what was decided: % refused', TG_OP
            USING ERRCODE = 'insufficient_privilege';
    END $$;
    CREATE TRIGGER students_leaverdestination_no_change BEFORE UPDATE OR DELETE ON students_leaverdestination
        FOR EACH ROW EXECUTE FUNCTION students_leaverdestination_is_kept();
    ALTER TABLE students_leaverdestination ENABLE ALWAYS TRIGGER students_leaverdestination_no_change;
    """,
    """
    DROP TRIGGER students_leaverdestination_no_change ON students_leaverdestination;
    DROP FUNCTION students_leaverdestination_is_kept();
    """,
)


class Migration(migrations.Migration):
    dependencies = [("students", "0090_grade7_intake")]
    operations = [
        states_of("grade7_intake", DECIDED_BY_SCHOOL_AND_BUREAU),
        insert_only("students_intakerow"),
        DESTINATION_IS_KEPT,
    ]
