"""One ordinary draft of each kind of this app."""

from students.models import Correction
from tests.changes import drafted, specimen
from tests.county import id_number

RENAMED = {"reason_note": "户口簿已更名", "changes": {"name": "张叁", "ethnicity": "02"}}


@specimen("correction")
def correction(county):
    """A name, a people and a number at once."""
    child = county.child_at(county.no1, grade=3, name="张三")
    changes = RENAMED["changes"] | {"id_number": id_number(child.birth_date, 444, child.sex)}
    return drafted(Correction, child, reason_note="户口簿已更名", changes=changes)
