"""SQL that migrations lay under the models: tables that only grow, and states that only a kind's own list may hold."""

from django.db.migrations import RunSQL

from jianping_xueji.audit.guards import insert_only

__all__ = ["insert_only", "states_of"]

# The states of a kind made by `approvals.ways.way`, as its migration lays them down.
_ENDS = ["done", "refused", "withdrawn", "undone"]
DECIDED_BY_SCHOOL = ["draft", "school_check", *_ENDS]
DECIDED_BY_SCHOOL_AND_BUREAU = ["draft", "school_check", "bureau", "bureau_check", *_ENDS]
DECIDED_BY_LEADER_TOO = [*DECIDED_BY_SCHOOL_AND_BUREAU, "leader"]
DECIDED_BY_BUREAU = ["draft", "bureau_check", *_ENDS]
DECIDED_BY_BUREAU_AND_LEADER = [*DECIDED_BY_BUREAU, "leader"]


def states_of(kind: str, states: list[str]) -> RunSQL:
    """A case of this kind is in one of these states, whoever writes the row."""
    listed = ", ".join(f"'{state}'" for state in states)
    return RunSQL(
        f"""ALTER TABLE approvals_case ADD CONSTRAINT case_states_of_{kind}
            CHECK (kind <> '{kind}' OR state IN ({listed}))""",
        f"ALTER TABLE approvals_case DROP CONSTRAINT case_states_of_{kind}",
    )
