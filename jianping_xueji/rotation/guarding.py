"""A retired master key wraps nothing any more, whoever writes: a trigger on every table that holds wrapped keys.

Without it a process that was not restarted, or a row that was read before the rotation and saved whole after it, would
bring the old key back behind the proof that it is gone.
"""

from django.apps import apps
from django.db import connections
from django.db.models import Model

from jianping_xueji.audit.guards import for_each_role

COLUMN = "wrapped_key"

# The id of the master key that a wrapped key names (see vault.keys); NULL for an empty one.
MASTER_OF = """
CREATE FUNCTION rotation_master_of(wrapped bytea) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN octet_length(wrapped) > 2
        THEN convert_from(substr(wrapped, 3, get_byte(wrapped, 1)), 'UTF8') END
$$;
CREATE FUNCTION rotation_refuse_retired() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM public.rotation_retiredkey
               WHERE identity = public.rotation_master_of(NEW.wrapped_key)) THEN
        RAISE EXCEPTION 'master key % is retired', public.rotation_master_of(NEW.wrapped_key)
            USING ERRCODE = 'check_violation', CONSTRAINT = 'rotation_retired_key';
    END IF;
    RETURN NEW;
END $$;
"""
# New rows are asked about together: while no key is retired, fifty thousand of them cost one look.
FRESH = """
CREATE OR REPLACE FUNCTION public.rotation_refuse_retired_fresh() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE retired text;
BEGIN
    IF EXISTS (SELECT FROM public.rotation_retiredkey) THEN
        SELECT r.identity INTO retired FROM public.rotation_retiredkey r
            JOIN fresh n ON public.rotation_master_of(n.wrapped_key) = r.identity LIMIT 1;
        IF retired IS NOT NULL THEN
            RAISE EXCEPTION 'master key % is retired', retired
                USING ERRCODE = 'check_violation', CONSTRAINT = 'rotation_retired_key';
        END IF;
    END IF;
    RETURN NULL;
END $$;
"""
MASTER_OF_BACK = "DROP FUNCTION rotation_refuse_retired() CASCADE; DROP FUNCTION rotation_master_of(bytea);"


def holders() -> list[type[Model]]:
    """Every model with a wrapped key of its own, in the order of their tables."""
    models = (model for model in apps.get_models() if model._meta.managed and not model._meta.proxy)
    holding = (m for m in models if any(field.column == COLUMN for field in m._meta.local_concrete_fields))
    return sorted(holding, key=lambda model: model._meta.db_table)


def guard_all(using: str = "default", **_signal) -> None:
    """Lay the trigger on tables that have none; as the owner, after every migration."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regproc('public.rotation_refuse_retired') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return  # our own migration comes later
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user")
        owned = {name for (name,) in cursor.fetchall()}
        cursor.execute(FRESH)
        for model in holders():
            if model._meta.db_table in owned:
                cursor.execute(_triggers(model._meta.db_table))


def _triggers(table: str) -> str:
    return f"""
        CREATE OR REPLACE TRIGGER rotation_fresh AFTER INSERT ON public.{table} REFERENCING NEW TABLE AS fresh
            FOR EACH STATEMENT EXECUTE FUNCTION public.rotation_refuse_retired_fresh();
        CREATE OR REPLACE TRIGGER rotation_rewrapped BEFORE UPDATE OF {COLUMN} ON public.{table}
            FOR EACH ROW WHEN (OLD.{COLUMN} IS DISTINCT FROM NEW.{COLUMN})
            EXECUTE FUNCTION public.rotation_refuse_retired();
        ALTER TABLE public.{table} ENABLE ALWAYS TRIGGER rotation_fresh;
        ALTER TABLE public.{table} ENABLE ALWAYS TRIGGER rotation_rewrapped;
    """


def may_rewrap(table: str) -> str:
    """SQL: a table that only grows lets the wrapped key of a row change, and nothing else of it."""
    return f"""
        CREATE OR REPLACE FUNCTION {table}_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                IF to_jsonb(NEW) - '{COLUMN}' = to_jsonb(OLD) - '{COLUMN}' THEN RETURN NEW; END IF;
            END IF;
            RAISE EXCEPTION '{table} is insert-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
        END $$;
        {for_each_role(table, f"GRANT UPDATE ({COLUMN}) ON {table} TO %I")}
    """
