"""SQL that migrations lay under the models: tables that only grow, and states that only a kind's own list may hold.

The triggers are ENABLE ALWAYS, so that no session setting walks past them, and the application role keeps SELECT and
INSERT only. A superuser can still drop a trigger: that is what the sealed chain and its anchor are for.
"""

from django.db.migrations import RunSQL

# The states of a kind made by `approvals.ways.way`, as its migration lays them down.
_ENDS = ["done", "refused", "withdrawn", "undone"]
DECIDED_BY_SCHOOL = ["draft", "school_check", *_ENDS]
DECIDED_BY_SCHOOL_AND_BUREAU = ["draft", "school_check", "bureau", "bureau_check", *_ENDS]
DECIDED_BY_LEADER_TOO = [*DECIDED_BY_SCHOOL_AND_BUREAU, "leader"]
DECIDED_BY_BUREAU = ["draft", "bureau_check", *_ENDS]
DECIDED_BY_BUREAU_AND_LEADER = [*DECIDED_BY_BUREAU, "leader"]


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
        DO $$ DECLARE grantee name; BEGIN
            FOR grantee IN SELECT DISTINCT g.grantee FROM information_schema.role_table_grants g
                WHERE g.table_name = '{table}' AND g.grantee NOT IN (current_user, 'PUBLIC')
            LOOP
                EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE, TRIGGER, REFERENCES ON {table} FROM %I', grantee);
            END LOOP;
        END $$;
        REVOKE UPDATE, DELETE, TRUNCATE, TRIGGER ON {table} FROM PUBLIC;
        """,
        f"""
        DROP TRIGGER {table}_no_change ON {table};
        DROP TRIGGER {table}_no_truncate ON {table};
        DROP FUNCTION {table}_only_grows();
        """,
    )


def states_of(kind: str, states: list[str]) -> RunSQL:
    """A case of this kind is in one of these states, whoever writes the row."""
    listed = ", ".join(f"'{state}'" for state in states)
    return RunSQL(
        f"""ALTER TABLE approvals_case ADD CONSTRAINT case_states_of_{kind}
            CHECK (kind <> '{kind}' OR state IN ({listed}))""",
        f"ALTER TABLE approvals_case DROP CONSTRAINT case_states_of_{kind}",
    )
