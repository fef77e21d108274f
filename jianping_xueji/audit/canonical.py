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
# A page after a number; a seal may hold the marks of ten thousand events.
EVENTS = f"SELECT e.id, {LINE} FROM audit_event e WHERE e.id > %s ORDER BY e.id LIMIT 5000"
# Height, previous, time, members, number, hash, marks.
SEALS = """SELECT height, json_build_array(height, previous, extract(epoch FROM at)::text, members, number, hash,
    encode(marks, 'hex'))::text FROM audit_seal WHERE height > %s ORDER BY height LIMIT 20"""
