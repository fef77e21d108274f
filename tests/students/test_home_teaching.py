"""送教上门（第七条）: registered at the school that comes to the home, in no class size, each visit written down."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts.roles import Role
from approvals.errors import NotYourHand, Refused
from law import articles
from schools import seats
from schools.models import SchoolClass, Seats, cohort_of
from students import enrolments, places
from students.home_teaching import log_lesson, served, with_lessons
from students.models import HomeLesson, Placement, Student
from students.seating import county_rows, grades_of
from tests.county import LEGAL_DAY, class_of, seats_of
from tests.invariants import broken

YEAR = 2026
LESSON = {"on": LEGAL_DAY, "who": "李老师", "what": "识字卡片、手指操"}


@pytest.fixture
def at_home(no1):
    """The class of grade three that is taught at home."""
    stage, cohort = cohort_of(3, YEAR)
    return SchoolClass.objects.create(school=no1, stage=stage, cohort=cohort, number=90, kind="home")


@pytest.fixture
def child(child_at, no1, at_home):
    """A child of grade three that a teacher visits."""
    found = child_at(no1, grade=3, name="样例送")
    places.leave_class([found], on=LEGAL_DAY)
    # ids and seats as any move of a child between classes makes them
    case = type("Case", (), {"number": "样2026000001"})
    given = {"article": articles.ONE_CHILD_ONE_RECORD, "reason": "送教上门"}
    places.sit_down(found, at_home, on=LEGAL_DAY, case=case, **given)
    return found


@pytest.fixture
def registrar(staff, no1):
    return staff(Role.REGISTRAR, no1)


def test_on_the_roll_and_in_no_class_size(child, child_at, no1, at_home):
    """edge case 56: counted among the registered, on no seat of the grade, in no size of a class."""
    child_at(no1, grade=3)
    grade = next(g for g in grades_of(no1, YEAR) if g["name"] == "三年级")
    (county,) = county_rows({no1.pk}, YEAR)
    assert (grade["bar"]["used"], grade["at_home"], seats_of(no1, 3).used) == (1, 1, 1)
    assert (county["heads"], county["at_home"], county["full"], county["large"]) == (2, 1, 0, 0)
    row = next(c for c in grade["classes"] if c["pk"] == at_home.pk)
    assert (row["word"], row["bar"]["used"]) == ("不计班额", 1)
    assert Student.objects.get(pk=child.pk).status == "enrolled" and broken() == []


def test_a_full_grade_takes_a_child_taught_at_home_and_sells_no_seat_for_it(child_at, no1, at_home):
    other = child_at(no1, grade=3)
    Seats.objects.of_grade(no1, YEAR, 3).update(capacity=1)
    seats.ensure_rows(no1.pk, YEAR, 55)
    assert [row.school_class_id for row in seats.rows_for(no1.pk, YEAR, 3, at_home)] == [at_home.pk]
    seats.occupy(seats.rows_for(no1.pk, YEAR, 3, at_home))
    assert seats_of(no1, 3).free_seats == 0 and other.status == "enrolled"
    with pytest.raises(seats.NoSeat):
        seats.occupy(seats.rows_for(no1.pk, YEAR, 3, class_of(no1, 3)))


def test_a_ledger_opened_later_leaves_them_out(child, no1):
    Seats.objects.filter(school=no1).delete()
    enrolments.open_ledger(no1, YEAR, 55)
    row = seats_of(no1, 3)
    assert (row.used, row.capacity, row.granted) == (0, 55, 0) and broken() == []


def test_back_in_a_class_the_child_takes_a_seat(child, no1):
    places.leave_class([child], on=date(2026, 9, 16))
    case = type("Case", (), {"number": "样2026000002"})
    given = {"article": articles.ONE_CHILD_ONE_RECORD, "reason": "能够到校"}
    places.sit_down(child, class_of(no1, 3), on=date(2026, 9, 16), case=case, **given)
    assert seats_of(no1, 3).used == 1 and broken() == []


def test_each_visit_is_written_down_and_never_rewritten(child, registrar):
    log_lesson(child, by=registrar, **LESSON)
    log_lesson(child, by=registrar, **LESSON | {"on": date(2026, 6, 1)})
    (found,) = with_lessons(served(Student.objects.all()))
    assert (found.lessons, found.last_lesson) == (1, LEGAL_DAY), "June was another term"
    with pytest.raises(DatabaseError), transaction.atomic():
        HomeLesson.objects.update(what="未送教")


@pytest.mark.parametrize(("day", "lawful"), [(LEGAL_DAY, True), (date(2026, 9, 16), False)])
def test_not_for_a_day_to_come(child, registrar, day, lawful):
    if lawful:
        assert log_lesson(child, by=registrar, **LESSON | {"on": day}).on == day
        return
    with pytest.raises(Refused):
        log_lesson(child, by=registrar, **LESSON | {"on": day})


def test_only_for_children_taught_at_home(child_at, no1, registrar):
    with pytest.raises(Refused):
        log_lesson(child_at(no1, grade=3), by=registrar, **LESSON)


def test_only_by_the_school_that_serves_or_the_teacher_of_the_class(child, at_home, no1, no2, staff):
    teacher, stranger = (staff(Role.CLASS_TEACHER, no1, name=name) for name in ("李老师", "王老师"))
    teacher.appointments.update(school_class=at_home)
    stranger.appointments.update(school_class=class_of(no1, 3))
    assert log_lesson(child, by=teacher, **LESSON).by == teacher
    for person in (stranger, staff(Role.REGISTRAR, no2), staff(Role.HEADMASTER, no1)):
        with pytest.raises(NotYourHand):
            log_lesson(child, by=person, **LESSON)
    assert HomeLesson.objects.count() == 1


def test_the_list_the_log_and_the_class_page(client, child, child_at, no1, no2, at_home, registrar, staff):
    child_at(no1, grade=3, name="样例在校")
    client.force_login(registrar)
    page = client.get(reverse("students:home_teaching")).content.decode()
    assert "样例送" in page and "样例在校" not in page and "还没有送教" in page
    url = reverse("students:home_lessons", args=[child.slug])
    assert client.post(url, LESSON | {"on": "2026-09-16"}).status_code == 422
    assert client.post(url, LESSON | {"on": "2026-09-15"}).status_code == 302
    assert "识字卡片" in client.get(url).content.decode()
    assert "不计班额" in client.get(reverse("students:class", args=[at_home.pk])).content.decode()
    assert "另有送教上门 1 人" in client.get(reverse("students:classes")).content.decode()
    client.force_login(staff(Role.REGISTRAR, no2))
    assert client.get(url).status_code == 404
    assert "样例送" not in client.get(reverse("students:home_teaching")).content.decode()
    client.force_login(staff(Role.HEADMASTER, no1))
    assert client.post(url, LESSON).status_code == 403


def test_the_place_is_one_of_its_own(child, at_home):
    assert Placement.objects.get(enrolment__student=child, ends=None).school_class == at_home
