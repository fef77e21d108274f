from django.db import migrations

# A registered print may be overtaken or declared void, nothing else: the row is what makes the paper provable.
KEPT = migrations.RunSQL(
    """
    CREATE FUNCTION reports_print_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE open_columns text[] := ARRAY['superseded_by_id', 'withdrawn_on'];
    BEGIN
        IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - open_columns = to_jsonb(NEW) - open_columns THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'reports_print is a register: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
    END $$;
    CREATE TRIGGER reports_print_kept BEFORE UPDATE OR DELETE ON reports_print
        FOR EACH ROW EXECUTE FUNCTION reports_print_is_kept();
    CREATE TRIGGER reports_print_no_truncate BEFORE TRUNCATE ON reports_print
        FOR EACH STATEMENT EXECUTE FUNCTION reports_print_is_kept();
    ALTER TABLE reports_print ENABLE ALWAYS TRIGGER reports_print_kept;
    ALTER TABLE reports_print ENABLE ALWAYS TRIGGER reports_print_no_truncate;
    """,
    """
    DROP TRIGGER reports_print_kept ON reports_print;
    DROP TRIGGER reports_print_no_truncate ON reports_print;
    DROP FUNCTION reports_print_is_kept();
    """,
)


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]
    operations = [KEPT]
