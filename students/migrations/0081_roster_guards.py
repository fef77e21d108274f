from django.db import migrations

from approvals.guards import DECIDED_BY_BUREAU, insert_only, states_of

# A child once listed stays listed: what ends the search is written beside it.
STAYS = migrations.RunSQL(
    """
    CREATE FUNCTION students_rosterchild_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'students_rosterchild keeps every child: % refused', TG_OP
            USING ERRCODE = 'insufficient_privilege';
    END $$;
    CREATE TRIGGER students_rosterchild_no_delete BEFORE DELETE ON students_rosterchild
        FOR EACH ROW EXECUTE FUNCTION students_rosterchild_stays();
    ALTER TABLE students_rosterchild ENABLE ALWAYS TRIGGER students_rosterchild_no_delete;
    """,
    """
    DROP TRIGGER students_rosterchild_no_delete ON students_rosterchild;
    DROP FUNCTION students_rosterchild_stays();
    """,
)


class Migration(migrations.Migration):
    dependencies = [("students", "0080_roster")]
    operations = [STAYS, insert_only("students_rosterentry"), states_of("deferral", DECIDED_BY_BUREAU)]
