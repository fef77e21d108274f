"""One ordinary draft of 招生入学, and the people of its stories: a primary school, its junior school, leavers."""

from datetime import date

from accounts.roles import Role
from schools.models import School
from students.leavers.intake import classes_of, open_intake
from tests.changes import specimen
from tests.county import make_school, staff_member
from tests.leavers import leaver_maker

FIRST = date(2026, 9, 1)


def junior_school(bureau, number=61, name="叶柏寿中学", **more) -> School:
    """The junior school of the township in which the first primary school lies."""
    found = School.objects.filter(name=f"建平县{name}").first()
    return found or make_school(bureau, number, name, School.Kind.JUNIOR, **more)


def drafted_intake(junior, children, begins_on=FIRST):
    """Opened by the junior school's registrar with one click: all children into its first class of grade seven."""
    seated = {child.pk: classes_of(junior)[0] for child in children}
    return open_intake(junior, seated, by=staff_member(Role.REGISTRAR, junior), begins_on=begins_on)


@specimen("grade7_intake")
def grade7_intake(county):
    leaver = leaver_maker(county.child_at)
    children = [leaver(county.no1, name="样例升甲"), leaver(county.no1, name="样例升乙")]
    return drafted_intake(junior_school(county.bureau), children)
