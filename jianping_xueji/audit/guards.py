"""SQL that migrations lay under tables that only grow.

The triggers are ENABLE ALWAYS, so that no session setting walks past them, and the application role keeps SELECT and
INSERT only. A superuser can still drop a trigger: that is what the sealed chain and its anchor are for.
"""

from django.db.migrations import RunSQL


def for_each_role(table: str, statement: str) -> str:
    """SQL: the statement, its %I a name, for every role with a right on the table, the owner apart."""
    return f"""
        DO $$ DECLARE grantee name; BEGIN
            FOR grantee IN SELECT DISTINCT g.grantee FROM information_schema.role_table_grants g
                WHERE g.table_name = '{table}' AND g.grantee NOT IN (current_user, 'PUBLIC')
            LOOP
                EXECUTE format('{statement}', grantee);
            END LOOP;
        END $$;
    """


def insert_only(table: str) -> RunSQL:
    """Refuse update, delete and truncate of a table, for every role and session."""
    return RunSQL(
        f"""
        CREATE FUNCTION {table}_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '{table} is insert-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
        END $$;
        CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION {table}_only_grows();
        CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION {table}_only_grows();
        ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_change;
        ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_truncate;
        {for_each_role(table, f"REVOKE UPDATE, DELETE, TRUNCATE, TRIGGER, REFERENCES ON {table} FROM %I")}
        REVOKE UPDATE, DELETE, TRUNCATE, TRIGGER ON {table} FROM PUBLIC;
        """,
        f"""
        DROP TRIGGER {table}_no_change ON {table};
        DROP TRIGGER {table}_no_truncate ON {table};
        DROP FUNCTION {table}_only_grows();
        """,
    )
