"""The one text of an event that is hashed: a JSON array of every column in a fixed order.

The database's own function seals with it; the export writes it out again from the columns, so that a function somebody
has replaced since does not vouch for itself.
"""

COLUMNS = (
    "e.id",
    "extract(epoch FROM e.at)::text",
    "e.kind",
    "e.actor",
    "e.account",
    "e.address",
    "e.request::text",
    "e.view",
    "e.about::text",
    "e.words::text",
    "e.result",
    "e.reason",
    "e.children::text",
    "e.number",
    "e.touched::text",
    "e.db_role",
    "e.program",
)
LINE = f"json_build_array({', '.join(COLUMNS)})::text"
EVENTS = f"SELECT {LINE} FROM audit_event e ORDER BY e.id"
# Height, previous, time, members, number, hash, marks.
SEALS = """SELECT json_build_array(height, previous, extract(epoch FROM at)::text, members, number, hash,
    encode(marks, 'hex'))::text FROM audit_seal ORDER BY height"""
