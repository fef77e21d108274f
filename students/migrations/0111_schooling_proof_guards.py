from django.db import migrations

from approvals.guards import DECIDED_BY_SCHOOL_AND_BUREAU, states_of

# A number once printed on a paper is never another's and never changes.
STAYS = """
CREATE FUNCTION students_proof_number_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.proof_number <> '' AND NEW.proof_number IS DISTINCT FROM OLD.proof_number THEN
        RAISE EXCEPTION 'a proof keeps its number' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER students_proof_number_stays BEFORE UPDATE ON students_certificateproof FOR EACH ROW
    EXECUTE FUNCTION students_proof_number_stays();
ALTER TABLE students_certificateproof ENABLE ALWAYS TRIGGER students_proof_number_stays;
"""
BACK = """DROP TRIGGER students_proof_number_stays ON students_certificateproof;
DROP FUNCTION students_proof_number_stays();"""


class Migration(migrations.Migration):
    dependencies = [("students", "0110_schooling_proof"), ("approvals", "0006_needless_filings")]
    operations = [
        states_of("certificate_proof", DECIDED_BY_SCHOOL_AND_BUREAU),
        migrations.RunSQL(STAYS, BACK),
    ]
