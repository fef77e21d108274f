"""Triggers on every table people's work is kept in: each changing statement leaves a note, and the notes of one
transaction become one event at its end. Raw SQL, bulk statements, commands and the admin are seen like any page; a
change whose event cannot be written does not happen.
"""

from django.apps import apps
from django.db import connections
from django.db.models import Field, Model

# Not people's work, or its shadow: sessions and rights of the framework, the queue, histories that triggers write
# themselves, rows that follow from others every night, and the audit's own.
UNWATCHED_APPS = {"sessions", "contenttypes", "auth", "migrations", "pghistory", "audit", "jobs"}
UNWATCHED_TABLES = {"accounts_attempt", "approvals_countdown", "supervision_reminder", "django_admin_log"}
# A statement over more rows is noted with its number of rows alone.
FEW_ROWS, FEW_CHILDREN = 50, 2000
# Rows that never change: an event vouches for these columns of theirs, whatever columns come later.
VOUCHED = {
    "approvals_step": "id case_id action source target stage signature actor_id opinion article acted_on canonical",
    "students_look": "id kind student_id school_id user_id reason legal_date",
    "students_datafix": "id model object_id reason before after by_id legal_date",
}
CHILD_COLUMNS = ("student", "child")
OPERATIONS = {"INSERT": "fresh", "UPDATE": "fresh", "DELETE": "gone"}
# A signature is about the children of its case, looked up case by case.
OF_A_CASE = f"""(SELECT array_agg(DISTINCT c.child_id) FROM {{rows}} n CROSS JOIN LATERAL (
    SELECT s.child_id FROM public.approvals_casesubject s WHERE s.case_id = n.case_id LIMIT {FEW_CHILDREN}) c)"""
# The plan of a note is kept for a session, and that of a first signature would read all subjects for want of many.
SETTINGS = {"approvals_step": " SET enable_seqscan = off"}


def watched() -> list[type[Model]]:
    """Models whose tables are watched."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed
        and not model._meta.proxy
        and model._meta.app_label not in UNWATCHED_APPS
        and model._meta.db_table not in UNWATCHED_TABLES
        and not _is_history(model)
    ]


def _is_history(model: type[Model]) -> bool:
    return any(field.name == "pgh_obj" for field in model._meta.get_fields())


def watch_all(using: str = "default", **_signal) -> None:
    """Lay the triggers on tables that have none or an older one; as the owner, after every migration."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regclass('public.audit_bell')")
        if cursor.fetchone()[0] is None:
            return  # the audit's own migrations come later
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user")
        owned = {name for (name,) in cursor.fetchall()}
        for model in watched():
            if model._meta.db_table in owned:
                cursor.execute(statements_for(model))


def statements_for(model: type[Model]) -> str:
    """The function and the three triggers of one table."""
    table = model._meta.db_table
    branches = {rows: _note(model, rows) for rows in OPERATIONS.values()}
    triggers = "".join(
        f"""CREATE OR REPLACE TRIGGER audit_{operation.lower()} AFTER {operation} ON public.{table}
            REFERENCING {"OLD" if rows == "gone" else "NEW"} TABLE AS {rows}
            FOR EACH STATEMENT EXECUTE FUNCTION public.audit_note_{rows}_{table}();
            ALTER TABLE public.{table} ENABLE ALWAYS TRIGGER audit_{operation.lower()};"""
        for operation, rows in OPERATIONS.items()
    )
    functions = "".join(
        f"""CREATE OR REPLACE FUNCTION public.audit_note_{rows}_{table}() RETURNS trigger
            LANGUAGE plpgsql SECURITY DEFINER{SETTINGS.get(table, "")} AS $$
            DECLARE many integer := (SELECT count(*) FROM {rows});
            BEGIN IF many > 0 THEN {note}; END IF; RETURN NULL; END $$;"""
        for rows, note in branches.items()
    )
    return functions + triggers


def _note(model: type[Model], rows: str) -> str:
    """Each part is a question of its own, so that what is left out of a large statement's note is not even asked."""
    key, children = model._meta.pk.column, _children(model, rows)
    number = f"(SELECT array_agg(n.{key}::text ORDER BY n.{key}::text) FROM {rows} n)"
    digest = f"(SELECT {digest_of(model._meta.db_table, key)} FROM {rows} n)"
    return f"""INSERT INTO public.audit_bell (xid, place, did, number, ids, digest, children)
        VALUES (pg_current_xact_id(), '{model._meta.db_table}', lower(TG_OP), many,
            CASE WHEN many <= {FEW_ROWS} THEN {number} END, CASE WHEN many <= {FEW_ROWS} THEN {digest} END,
            {children})"""


def digest_of(table: str, key: str) -> str:
    """The digest of the rows `n` of a table, as SQL."""
    columns = VOUCHED.get(table)
    row = f"jsonb_build_array({', '.join(f'n.{column}' for column in columns.split())})" if columns else "n"
    return f"sha256(convert_to(string_agg({row}::text, E'\\n' ORDER BY n.{key}::text), 'UTF8'))"


def _children(model: type[Model], rows: str) -> str:
    table = model._meta.db_table
    if table == "approvals_step":
        return OF_A_CASE.format(rows=rows)
    if table == "students_student":
        column = "id"
    else:
        column = next((field.column for field in model._meta.local_fields if _names_a_child(field)), "")
    if not column:
        return "NULL"
    each = f"(SELECT array_agg(DISTINCT n.{column}) FROM {rows} n WHERE n.{column} IS NOT NULL)"
    return f"CASE WHEN many <= {FEW_CHILDREN} THEN {each} END"


def _names_a_child(field: Field) -> bool:
    related = getattr(field, "related_model", None)
    return bool(related) and field.name in CHILD_COLUMNS and related._meta.label_lower == "students.student"
