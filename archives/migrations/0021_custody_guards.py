from django.db import migrations

from approvals.guards import insert_only

TABLES = [
    "archives_volume",
    "archives_paperplace",
    "archives_handover",
    "archives_handoverentry",
    "archives_receipt",
    "archives_receiptline",
    "archives_receiptscan",
    "archives_chase",
    "archives_schoolcopy",
    "archives_evidencepack",
    "archives_packfile",
    "archives_packpart",
]

# 第十一条第一款: whoever writes the end of an enrolment, and however many at once, the school that is left keeps the
# whole record as it stood; in the same statement, so that no way out can forget it. A graduation keeps its own copy
# (students_frozenrecord), a record that was false or double is no child's (第八条).
COPIED = """
CREATE FUNCTION archives_keep_school_copy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO archives_schoolcopy
        (student_id, enrolment_id, school_id, case_id, name, name_pinyin, left_how, went_to, taken_on, taken_at,
         content, digest)
    SELECT c.student_id, c.id, c.school_id, c.left_by_id, c.name, c.name_pinyin, c.left_how, c.went_to, c.ended,
        transaction_timestamp(), c.content, encode(sha256(convert_to(c.content::text, 'UTF8')), 'hex')
    FROM (
        SELECT e.id, e.student_id, e.school_id, e.left_by_id, s.name, s.name_pinyin, e.left_how, e.went_to,
            upper(e.during) AS ended, jsonb_build_object(
                'student', to_jsonb(s) - 'wrapped_key' - 'slug',
                'numbers', (SELECT jsonb_agg(to_jsonb(n) - 'index' ORDER BY n.id) FROM students_studentnumber n
                    WHERE n.student_id = s.id),
                'family', (SELECT jsonb_agg(to_jsonb(f) ORDER BY f.id) FROM students_familymember f
                    WHERE f.student_id = s.id),
                'enrolments', (SELECT jsonb_agg(to_jsonb(h) ORDER BY h.id) FROM students_enrolment h
                    WHERE h.student_id = s.id),
                'placements', (SELECT jsonb_agg(to_jsonb(p) ORDER BY p.id) FROM students_placement p
                    JOIN students_enrolment h ON h.id = p.enrolment_id WHERE h.student_id = s.id)) AS content
        FROM became e
        JOIN was o ON o.id = e.id AND upper_inf(o.during)
        JOIN approvals_case k ON k.id = e.left_by_id AND k.kind NOT IN ('graduation', 'merge', 'deletion')
        JOIN students_student s ON s.id = e.student_id
        WHERE NOT e.voided AND NOT upper_inf(e.during)
    ) c ORDER BY c.id;
    RETURN NULL;
END $$;
CREATE TRIGGER archives_keep_school_copy AFTER UPDATE ON students_enrolment
    REFERENCING OLD TABLE AS was NEW TABLE AS became FOR EACH STATEMENT EXECUTE FUNCTION archives_keep_school_copy();
ALTER TABLE students_enrolment ENABLE ALWAYS TRIGGER archives_keep_school_copy;
"""
COPIED_BACK = """
DROP TRIGGER archives_keep_school_copy ON students_enrolment;
DROP FUNCTION archives_keep_school_copy();
"""

# A file is on one way at a time, and what has arrived for one leaving is not sent again. The child's row (or the
# volume's) is waited for, so that two slips written at the same moment meet.
ONE_WAY = """
CREATE FUNCTION archives_one_way_at_a_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.child_id IS NOT NULL THEN
        PERFORM 1 FROM students_student WHERE id = NEW.child_id FOR NO KEY UPDATE;
    ELSE
        PERFORM pg_advisory_xact_lock(hashtext('archives_volume'), NEW.volume_id::int);
    END IF;
    IF EXISTS (
        SELECT 1 FROM archives_handoverentry o LEFT JOIN archives_receiptline l ON l.entry_id = o.id
        WHERE (o.child_id = NEW.child_id OR o.volume_id = NEW.volume_id)
            AND (l.id IS NULL OR l.arrived AND o.enrolment_id = NEW.enrolment_id)
    ) THEN
        RAISE EXCEPTION 'this file is on its way, or has arrived' USING ERRCODE = 'exclusion_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER archives_one_way_at_a_time BEFORE INSERT ON archives_handoverentry
    FOR EACH ROW EXECUTE FUNCTION archives_one_way_at_a_time();
ALTER TABLE archives_handoverentry ENABLE ALWAYS TRIGGER archives_one_way_at_a_time;
"""
ONE_WAY_BACK = """
DROP TRIGGER archives_one_way_at_a_time ON archives_handoverentry;
DROP FUNCTION archives_one_way_at_a_time();
"""

# Whoever gave does not receive, and nothing is received before it was given.
TWO_HANDS = """
CREATE FUNCTION archives_two_hands() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE given archives_handover;
BEGIN
    SELECT * INTO given FROM archives_handover WHERE id = NEW.handover_id;
    IF NEW.outcome = 'received' AND given.to_school_id IS NOT NULL AND given.given_by_id = NEW.received_by_id THEN
        RAISE EXCEPTION 'giving and receiving are two people' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.received_on < given.given_on THEN
        RAISE EXCEPTION 'received before it was given' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER archives_two_hands BEFORE INSERT ON archives_receipt
    FOR EACH ROW EXECUTE FUNCTION archives_two_hands();
ALTER TABLE archives_receipt ENABLE ALWAYS TRIGGER archives_two_hands;
"""
TWO_HANDS_BACK = """
DROP TRIGGER archives_two_hands ON archives_receipt;
DROP FUNCTION archives_two_hands();
"""


class Migration(migrations.Migration):
    dependencies = [("archives", "0020_paper_custody")]
    operations = [
        *(insert_only(table) for table in TABLES),
        migrations.RunSQL(COPIED, COPIED_BACK),
        migrations.RunSQL(ONE_WAY, ONE_WAY_BACK),
        migrations.RunSQL(TWO_HANDS, TWO_HANDS_BACK),
    ]
