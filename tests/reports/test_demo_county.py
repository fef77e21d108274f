"""The demo county is the same on every machine, agrees with itself, and shows every stage of a transfer."""

from collections import Counter

import pytest
from django.core.management import call_command

from accounts.models import User
from approvals.models import SeatHold
from reports.seeding import DEMO_PASSWORD, SEED_YEAR, county
from reports.seeding.names import RARE_NAMES
from reports.seeding.staff import STORY_LOGINS
from schools.models import School, Seats
from students import idnumber
from students.models import Enrolment, IntakePlan, Placement, Registration, Student, StudentNumber
from supervision.models import Complaint, ExportRequest, Rectification, RegistrarChange, TermAudit
from transfers.desks import State
from transfers.models import Transfer

pytestmark = pytest.mark.django_db
# A complaint lies on each desk of its straight way.
OPEN_COMPLAINTS = {
    "draft", "order_check", "verify", "verify_check", "opinion", "opinion_check", "act", "act_check", "answer", "done",
}  # fmt: skip


def figures():
    return [model.objects.count() for model in (School, User, Student, StudentNumber, Enrolment, Placement, Transfer)]


def counted_seats() -> Counter:
    """Children by school and grade, and by class, from the placements of living enrolments."""
    counted: Counter = Counter()
    rows = Placement.objects.filter(ends=None, year=SEED_YEAR, enrolment__in=Enrolment.objects.living()).select_related(
        "school_class"
    )
    for row in rows:
        each = row.school_class
        counted[each.school_id, each.grade_in(SEED_YEAR), None] += 1
        counted[each.school_id, each.grade_in(SEED_YEAR), each.pk] += 1
    return counted


def assert_ledger_is_true():
    counted, held = counted_seats(), Counter(SeatHold.objects.filter(ended_on=None).values_list("seats_id", flat=True))
    rows = list(Seats.objects.filter(year=SEED_YEAR))
    for row in rows:
        assert row.used == counted.pop((row.school_id, row.grade, row.school_class_id), 0), row
        assert row.reserved == held[row.pk], row
    assert not counted


def assert_numbers_are_right_and_nobodys():
    children = set()
    for number in StudentNumber.objects.filter(kind="id").select_related("student"):
        plain, child = number.plain(), number.student
        assert plain.startswith("211399")
        assert not [p for p in idnumber.check(plain, "1", today=county.SEED_DAY) if p.level == idnumber.ERROR]
        assert (idnumber.birth_of(plain), idnumber.sex_of(plain)) == (child.birth_date, child.sex)
        children.add(child.pk)
    assert children == set(Student.objects.values_list("pk", flat=True))


def test_the_demo_county(capsys):
    """Loaded once, asked many things: the load is what costs time."""
    county.seed_demo()
    before = figures()
    assert 2300 <= Student.objects.count() <= 2700 and School.objects.count() == 24
    assert School.objects.filter(county_direct=True).count() == 4

    call_command("seed_county")
    assert figures() == before and "未作任何改动" in capsys.readouterr().out

    assert_ledger_is_true()
    assert_numbers_are_right_and_nobodys()
    assert any(r.school_class_id is None and r.free_seats == 0 for r in Seats.objects.filter(year=SEED_YEAR))
    assert set(Transfer.objects.values_list("state", flat=True)) == set(State)
    assert set(Registration.objects.values_list("state", flat=True)) == {"filled", "bureau"}
    assert set(IntakePlan.objects.values_list("state", flat=True)) == {"proposal", "headmaster", "draft"}
    assert set(Complaint.objects.values_list("state", flat=True)) >= OPEN_COMPLAINTS
    assert {"correct", "done"} <= set(Rectification.objects.values_list("state", flat=True))
    assert {"draft", "answer", "done"} <= set(TermAudit.objects.values_list("state", flat=True))
    assert RegistrarChange.objects.filter(state="done").exists() and RegistrarChange.objects.open().exists()
    assert ExportRequest.objects.filter(decisions=None).exists()
    assert set(Placement.objects.filter(ends=None).values_list("year", flat=True)) == {SEED_YEAR}
    for name, sex in RARE_NAMES:
        assert Student.objects.filter(name=name, sex=sex).exists()
    for login in STORY_LOGINS:
        assert User.objects.get(username=login).appointments.exists()
    assert User.objects.get(username="jyj_clerk1").check_password(DEMO_PASSWORD)

    call_command("demo_accounts")
    assert capsys.readouterr().out.splitlines()[1].startswith("学籍管理员")


def test_a_county_of_any_size(db):
    call_command("seed_county", students=3_000, schools=9, verbosity=0)
    assert (Student.objects.count(), School.objects.count()) == (3_000, 9)
    assert Enrolment.objects.living().count() == Placement.objects.count() == 3_000
    assert_ledger_is_true()
