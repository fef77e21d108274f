import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

# Prints declared void before reasons were asked for.
UNASKED = migrations.RunSQL(
    "UPDATE reports_print SET withdrawn_why = '作废时尚未登记理由' WHERE withdrawn_on IS NOT NULL",
    migrations.RunSQL.noop,
)


def kept(body: str) -> str:
    return f"""
    CREATE OR REPLACE FUNCTION reports_print_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    {body}
        RAISE EXCEPTION 'reports_print is a register: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
    END $$;
    """


# A print is overtaken once and declared void once; neither is ever taken back.
FOR_GOOD = migrations.RunSQL(
    kept("""
    DECLARE open_columns text[] := '{}';
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            IF OLD.superseded_by_id IS NULL THEN
                open_columns := open_columns || ARRAY['superseded_by_id'];
            END IF;
            IF OLD.withdrawn_on IS NULL THEN
                open_columns := open_columns || ARRAY['withdrawn_on', 'withdrawn_by_id', 'withdrawn_why'];
            END IF;
            IF to_jsonb(OLD) - open_columns = to_jsonb(NEW) - open_columns THEN
                RETURN NEW;
            END IF;
        END IF;
    """),
    kept("""
    DECLARE open_columns text[] := ARRAY['superseded_by_id', 'withdrawn_on', 'withdrawn_by_id', 'withdrawn_why'];
    BEGIN
        IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - open_columns = to_jsonb(NEW) - open_columns THEN
            RETURN NEW;
        END IF;
    """),
)


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0030_batches_and_printers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # Until the function knows the new column it would refuse to fill it.
        migrations.RunSQL("ALTER TABLE reports_print DISABLE TRIGGER reports_print_kept", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="print",
            name="withdrawn_why",
            field=models.CharField(blank=True, max_length=200, verbose_name="作废理由"),
        ),
        UNASKED,
        migrations.RunSQL("ALTER TABLE reports_print ENABLE ALWAYS TRIGGER reports_print_kept", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="print",
            name="withdrawn_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="作废人",
            ),
        ),
        migrations.AddConstraint(
            model_name="print",
            constraint=models.CheckConstraint(
                condition=Q(withdrawn_on=None, withdrawn_by=None, withdrawn_why="")
                | Q(withdrawn_on__isnull=False) & ~Q(withdrawn_why=""),
                name="print_void_for_a_reason",
            ),
        ),
        FOR_GOOD,
    ]
