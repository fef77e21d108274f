"""特教学校与普通学校之间就读（第二十五条）: the record stays or goes along; the child is counted once, seen at both."""

import pytest
from django.db import connection
from django.urls import reverse

from accounts.roles import Role
from approvals.errors import RulesBroken
from approvals.services import perform
from schools.models import School, Seats
from schools.seats import NoSeat
from students.changes import keep_change, start_change
from students.journal import snapshot
from students.models import Enrolment, Student
from suspensions.absence import suspected, write_marks
from suspensions.models import Suspension
from suspensions.models.resumption import Resumption
from tests.changes import again, decided, drafted, undone
from tests.county import LEGAL_DAY, class_of, hand_for, make_school, seats_of
from tests.invariants import broken
from tests.suspensions.specimens import ONE_YEAR
from transfers.models import Inclusion, InclusionEnd
from transfers.models.inclusion import Ending, Record


@pytest.fixture
def special(bureau):
    return make_school(bureau, 51, "特殊教育学校", School.Kind.SPECIAL)


@pytest.fixture
def child(child_at, special):
    """A child of the special school, as edge case 57 begins."""
    return child_at(special, grade=3)


@pytest.fixture
def included(child, no1):
    """随班就读 at the first school, the record still at the special school."""
    decided(drafted(Inclusion, child, to_class=class_of(no1, 3)))
    return again(child)


def living(child) -> Enrolment:
    return Enrolment.objects.living().get(student=child)


def sits_in(child):
    return living(child).placements.get(ends=None).school_class


def broken_by(kind, child, by, **given) -> set[str]:
    with pytest.raises(RulesBroken) as refusal:
        start_change(kind, child, by=by, **given)
    return {finding.rule.code for finding in refusal.value.verdict.broken}


def fill(school_class):
    """Leave no seat in the class."""
    row = Seats.objects.get(school_class=school_class)
    Seats.objects.filter(pk=row.pk).update(capacity=row.used, granted=0)


def leave(school_class, seats):
    row = Seats.objects.get(school_class=school_class)
    Seats.objects.filter(pk=row.pk).update(capacity=row.used + seats, granted=0)


def test_the_record_stays_and_the_child_is_counted_once(included, special, no1):
    """edge case 57"""
    there = living(included)
    assert (included.school, there.school, there.attends) == (special, special, no1)
    assert sits_in(included) == class_of(no1, 3)
    assert (seats_of(special, 3).used, seats_of(no1, 3).used) == (0, 1)
    assert Enrolment.objects.living().filter(student=included).count() == 1
    assert broken() == []


def test_both_schools_see_the_child_and_a_third_does_not(included, special, no1, no3, staff):
    """edge case 57"""
    for school, seen in ((special, True), (no1, True), (no3, False)):
        mine = Student.objects.visible_to(staff(Role.REGISTRAR, school))
        assert mine.filter(pk=included.pk).exists() == seen, school


def test_a_record_that_never_went_elsewhere_is_seen_by_its_school_alone(child, no1, staff):
    assert not Student.objects.visible_to(staff(Role.REGISTRAR, no1)).filter(pk=child.pk).exists()


def test_the_class_there_shows_the_child_with_a_mark(included, no1, special, client, staff):
    client.force_login(staff(Role.REGISTRAR, no1))
    page = client.get(reverse("students:class", args=[class_of(no1, 3).pk])).content.decode()
    assert included.name in page and "随班就读，学籍在特殊教育学校" in page
    assert client.get(included.get_absolute_url()).status_code == 200
    client.force_login(staff(Role.REGISTRAR, special))
    assert "第一小学三年级1班（随班就读）" in client.get(reverse("students:list")).content.decode()


def test_the_record_may_go_along(child, special, no1):
    decided(drafted(Inclusion, child, to_class=class_of(no1, 3), record=Record.FOLLOWS))
    child = again(child)
    assert (child.school, living(child).school, living(child).attends) == (no1, no1, None)
    assert (seats_of(special, 3).used, seats_of(no1, 3).used) == (0, 1)
    assert broken() == []


def test_windows_and_grounds_of_transfer_do_not_apply(child, no1, legal_day):
    """第二十五条 is no transfer: November is no month for one inside the county."""
    from datetime import date

    from law import clock

    with clock.at(date(2026, 11, 16)):
        decided(drafted(Inclusion, child, to_class=class_of(no1, 3), record=Record.FOLLOWS))
        assert again(child).school == no1


def test_an_ordinary_child_goes_to_the_special_school(child_at, no1, special):
    child = child_at(no1, grade=5)
    decided(drafted(Inclusion, child, to_class=class_of(special, 5)))
    assert (living(child).school, living(child).attends) == (no1, special)


@pytest.mark.parametrize("record", Record)
def test_undone_it_is_as_it_was(child, special, no1, record):
    before = snapshot([child.pk])
    case = undone(decided(drafted(Inclusion, child, to_class=class_of(no1, 3), record=record)))
    after = snapshot([child.pk])
    assert {key: after[key] for key in before} == before
    assert (seats_of(special, 3).used, seats_of(no1, 3).used) == (1, 0)
    assert case.state == "undone" and broken() == []


def test_two_ordinary_schools_are_a_transfer(child_at, no1, no2, staff):
    by = staff(Role.REGISTRAR, no1)
    assert broken_by(Inclusion, child_at(no1, grade=3), by, to_class=class_of(no2, 3)) == {"one_school_is_special"}


@pytest.mark.parametrize("grade", [2, 4])
def test_only_the_own_grade(child, special, no1, staff, grade):
    by = staff(Role.REGISTRAR, special)
    assert broken_by(Inclusion, child, by, to_class=class_of(no1, grade)) == {"class_of_the_own_grade"}


def test_without_a_seat_there_is_no_draft_and_with_the_last_one_there_is(child, special, no1, staff):
    by, to_class = staff(Role.REGISTRAR, special), class_of(no1, 3)
    leave(to_class, 0)
    assert broken_by(Inclusion, child, by, to_class=to_class) == {"seat_is_free"}
    leave(to_class, 1)
    assert decided(drafted(Inclusion, child, to_class=to_class)).state == "done"


def test_the_last_seat_gone_meanwhile_stops_the_decision(child, no1):
    case = decided(drafted(Inclusion, child, to_class=class_of(no1, 3)), until="propose")
    fill(class_of(no1, 3))
    with pytest.raises((RulesBroken, NoSeat)):
        perform(case, "approve", by=hand_for(case, Role.BUREAU_CHECKER, "bureau"))
    assert living(child).attends is None


def test_a_suspended_child_comes_back_first(child, special, no1, staff):
    decided(drafted(Suspension, child, **ONE_YEAR))
    found = broken_by(Inclusion, again(child), staff(Role.REGISTRAR, special), to_class=class_of(no1, 3))
    assert found == {"status_fits"}


def test_nobody_attends_two_schools(included, special, no2, staff):
    by = staff(Role.REGISTRAR, special)
    assert broken_by(Inclusion, included, by, to_class=class_of(no2, 3)) == {"not_attending_elsewhere"}


def test_another_class_in_the_draft_brings_another_school_to_the_case(child, special, no1, no2, staff):
    case = drafted(Inclusion, child, to_class=class_of(no1, 3))
    case = keep_change(case, by=staff(Role.REGISTRAR, special), to_class=class_of(no2, 3), record=Record.STAYS)
    assert (case.peer_school, case.to_school) == (no2, no2)


def test_the_form_offers_the_own_grade_in_schools_of_the_other_kind(child, special, no1, no2, client, staff):
    client.force_login(staff(Role.REGISTRAR, special))
    page = client.get(reverse("students:change_new", args=[child.slug, "inclusion"])).content.decode()
    assert "第一小学 三年级1班" in page and "第二小学 三年级1班" in page
    assert "四年级1班" not in page and "特殊教育学校 三年级1班" not in page


def test_it_ends_with_the_child_back(included, special, no1):
    decided(drafted(InclusionEnd, included, ending=Ending.RETURNS, to_class=class_of(special, 3)))
    there = living(included)
    assert (there.school, there.attends, sits_in(included)) == (special, None, class_of(special, 3))
    assert (seats_of(special, 3).used, seats_of(no1, 3).used) == (1, 0)
    assert broken() == []


def test_it_ends_with_the_record_following(included, special, no1):
    """The child keeps its chair, even the last one of the class."""
    leave(class_of(no1, 3), 0)
    decided(drafted(InclusionEnd, included, ending=Ending.FOLLOWS))
    child = again(included)
    assert (child.school, living(child).attends, sits_in(child)) == (no1, None, class_of(no1, 3))
    assert (seats_of(special, 3).used, seats_of(no1, 3).used) == (0, 1)
    assert broken() == []


@pytest.mark.parametrize("ending", Ending)
def test_an_ending_undone_the_child_attends_there_again(included, special, no1, ending):
    before = snapshot([included.pk])
    back = class_of(special, 3) if ending == Ending.RETURNS else None
    undone(decided(drafted(InclusionEnd, included, ending=ending, to_class=back)))
    after = snapshot([included.pk])
    assert {key: after[key] for key in before} == before
    assert living(included).attends == no1 and broken() == []


def test_only_who_attends_elsewhere_ends_it_and_a_class_is_chosen(child, included, special, no1, no3, child_at, staff):
    by = staff(Role.REGISTRAR, special)
    other = child_at(special, grade=3)
    given = {"ending": Ending.RETURNS, "to_class": class_of(special, 3)}
    assert broken_by(InclusionEnd, other, by, **given) == {"attends_elsewhere"}
    assert broken_by(InclusionEnd, included, by, ending=Ending.RETURNS) == {"class_is_chosen"}
    wrong = {"ending": Ending.RETURNS, "to_class": class_of(no3, 3)}
    assert broken_by(InclusionEnd, included, by, **wrong) == {"class_is_open_there"}


def test_back_from_a_suspension_the_child_sits_where_its_record_is(included, special):
    """复学 is into the school of the record: with it 随班就读 is over, until it is decided anew."""
    decided(drafted(Suspension, included, **ONE_YEAR))
    assert broken() == []
    decided(drafted(Resumption, again(included), back_on=LEGAL_DAY, to_class=class_of(special, 3)))
    assert living(included).attends is None and broken() == []


def test_absence_is_counted_where_the_child_attends(included, special, no1, staff):
    from datetime import timedelta

    days = [LEGAL_DAY - timedelta(days=n) for n in range(15)]
    for day in days:
        write_marks([(included.pk, class_of(no1, 3).pk, "truant")], day, staff(Role.REGISTRAR, no1))
    found = suspected(Student.objects.filter(pk=included.pk), besides=[included.pk])
    assert found[included.pk].days == 15


def test_the_invariant_sees_a_child_in_a_class_of_another_school(included):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE students_enrolment SET attends_id = NULL WHERE student_id = %s", [included.pk])
    assert any("sits at another school" in sentence for sentence in broken())
