"""开学未到名单: one sheet a class and term; whoever has not come is listed, and without leave the four weeks begin."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from accounts.roles import Role
from approvals.errors import NotYourHand, Refused
from law import clock
from schools.models import SchoolClass
from students.models import Student
from suspensions import arrivals
from suspensions.absence import run_of
from suspensions.models import AbsenceEntry, Arrival
from tests.county import LEGAL_DAY, class_of, staff_member
from transfers.services import start_transfer

# No roll is called: nothing behind the report would turn anybody away.
SATURDAY = date(2026, 9, 12)
CAME, AWAY = ("came", ""), ("absent", "电话无人接听")


@pytest.fixture
def room(no1):
    return class_of(no1, 3)


@pytest.fixture
def child(no1, child_at):
    return child_at(no1, grade=3, name="样例未")


@pytest.fixture
def other(no1, child_at):
    return child_at(no1, grade=3, name="样例到")


@pytest.fixture
def teacher(no1, room, staff):
    person = staff(Role.CLASS_TEACHER, no1, name="李老师")
    person.appointments.update(school_class=room)
    return person


@pytest.fixture
def registrar(no1, staff):
    return staff(Role.REGISTRAR, no1)


def missing(*, on=LEGAL_DAY) -> set[str]:
    with clock.at(on):
        rows = arrivals.not_come(Student.objects.all(), arrivals.present_opening())
        return {row.child.name for row in rows}


def test_one_sheet_says_who_has_come_and_who_has_not(room, child, other, teacher):
    assert arrivals.report(room, {child.pk: AWAY, other.pk: CAME}, by=teacher) == 2
    assert missing() == {"样例未"}
    row = Arrival.objects.get(child=child)
    assert (row.year, row.term, row.reason, row.day, row.by) == (2026, 1, "电话无人接听", LEGAL_DAY, teacher)
    assert arrivals.report(room, {child.pk: AWAY, other.pk: CAME}, by=teacher) == 0, "the same again writes nothing"


def test_without_leave_the_log_counts_from_the_first_school_day(room, child, teacher):
    """第三十条: the one counter of four weeks, not a second one."""
    arrivals.report(room, {child.pk: AWAY}, by=teacher)
    run = run_of(child)
    assert (run.first, run.last) == (date(2026, 9, 1), LEGAL_DAY)


@pytest.mark.parametrize("mark", ["sick", "leave"])
def test_with_leave_the_child_is_listed_and_no_truant(room, child, teacher, mark):
    arrivals.report(room, {child.pk: (mark, "水痘")}, by=teacher)
    assert missing() == {"样例未"} and run_of(child) is None
    assert AbsenceEntry.objects.get(child=child).mark == mark


def test_come_after_all_the_list_and_the_run_end_and_the_old_mark_stays(room, child, teacher, registrar):
    arrivals.report(room, {child.pk: AWAY}, by=teacher)
    with clock.at(date(2026, 9, 16)):
        arrivals.report(room, {child.pk: CAME}, by=registrar)
        assert run_of(child) is None
    assert missing(on=date(2026, 9, 16)) == set()
    rows = Arrival.objects.filter(child=child).order_by("pk").values_list("mark", "replaced")
    assert list(rows) == [("absent", True), ("came", False)]


def test_a_child_seen_in_class_since_is_on_the_list_no_more(room, child, teacher):
    from suspensions.absence import log_day

    arrivals.report(room, {child.pk: AWAY}, by=teacher)
    with clock.at(date(2026, 9, 16)):
        log_day(room, date(2026, 9, 16), {child.pk: "present"}, by=teacher)
    assert missing(on=date(2026, 9, 16)) == set()


def test_a_child_between_two_schools_is_nobodys_absentee(room, child, other, teacher, no2, staff):
    arrivals.report(room, {child.pk: AWAY, other.pk: CAME}, by=teacher)
    start_transfer(child, no2, by=staff(Role.REGISTRAR, no2), ground="T4", grade=3, to_class=class_of(no2, 3))
    assert missing() == set()
    opening = arrivals.present_opening()
    row = next(r for r in arrivals.progress([room.school_id], opening) if r["pk"] == room.pk)
    assert (row["expected"], row["absent"], row["left"]) == (1, 0, 0)
    assert arrivals.report(room, {child.pk: CAME}, by=teacher) == 0, "nothing is asked about it"


def test_a_reason_is_needed_and_nothing_is_half_written(room, child, other, teacher):
    with pytest.raises(Refused):
        arrivals.report(room, {child.pk: ("absent", ""), other.pk: CAME}, by=teacher)
    assert not Arrival.objects.exists() and not AbsenceEntry.objects.exists()


def test_another_classs_teacher_another_school_and_the_headmaster_are_refused(room, child, no1, no2, staff):
    stranger = staff(Role.CLASS_TEACHER, no1, name="王老师")
    stranger.appointments.update(school_class=class_of(no1, 4))
    for person in (stranger, staff(Role.REGISTRAR, no2), staff(Role.HEADMASTER, no1)):
        for day in (LEGAL_DAY, SATURDAY):
            with clock.at(day), pytest.raises(NotYourHand):
                arrivals.report(room, {child.pk: AWAY}, by=person)
    assert not Arrival.objects.exists()


@pytest.mark.parametrize(("day", "lawful"), [(date(2026, 8, 31), False), (date(2026, 9, 1), True)])
def test_not_before_the_term_begins(room, child, teacher, day, lawful):
    with clock.at(day):
        if lawful:
            assert arrivals.report(room, {child.pk: AWAY}, by=teacher) == 1
            assert AbsenceEntry.objects.get().day == day
            return
        with pytest.raises(Refused):
            arrivals.report(room, {child.pk: AWAY}, by=teacher)


def test_a_new_term_begins_with_an_empty_sheet(room, child, teacher):
    arrivals.report(room, {child.pk: AWAY}, by=teacher)
    with clock.at(date(2027, 3, 3)):
        assert not arrivals.standing(arrivals.present_opening()).exists()
        assert arrivals.report(room, {child.pk: CAME}, by=teacher) == 1
    assert Arrival.objects.filter(replaced=False).count() == 2


def test_a_class_taught_at_home_has_no_arrivals(room, child, teacher):
    SchoolClass.objects.filter(pk=room.pk).update(kind="home")
    room.refresh_from_db()
    with pytest.raises(Refused):
        arrivals.report(room, {child.pk: AWAY}, by=teacher)
    assert room.pk not in {row["pk"] for row in arrivals.progress([room.school_id], arrivals.present_opening())}


@pytest.mark.parametrize(
    "statement", ["DELETE FROM suspensions_arrival", "UPDATE suspensions_arrival SET mark = 'came'"]
)
def test_what_was_said_is_never_rewritten(room, child, teacher, statement):
    arrivals.report(room, {child.pk: AWAY}, by=teacher)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_progress_of_the_county_class_by_class(room, child, other, teacher, no2, child_at):
    child_at(no2, grade=3)
    arrivals.report(room, {child.pk: AWAY, other.pk: CAME}, by=teacher)
    rows = arrivals.progress([room.school_id, no2.pk], arrivals.present_opening())
    totals = {row["school"].pk: row for row in arrivals.per_school(rows)}
    assert (totals[room.school_id]["done"], totals[room.school_id]["absent"]) == (6, 1)
    assert (totals[no2.pk]["classes"], totals[no2.pk]["done"]) == (6, 5), "classes without children have nothing to say"


def test_who_comes_later_is_told_as_not_yet_reported(room, child, teacher, child_at, no1):
    arrivals.report(room, {child.pk: CAME}, by=teacher)
    child_at(no1, grade=3, name="样例后")
    row = next(r for r in arrivals.progress([no1.pk], arrivals.present_opening()) if r["pk"] == room.pk)
    assert (row["reported"], row["left"]) == (True, 1)


def test_the_teacher_writes_the_whole_class_with_one_post(client, room, child, other, teacher, no1):
    client.force_login(teacher)
    assert client.get(reverse("dropout:arrivals")).url == reverse("dropout:arrival_sheet", args=[room.pk])
    url = reverse("dropout:arrival_sheet", args=[room.pk])
    page = client.get(url).content.decode()
    assert page.count('value="came"') == 2 and page.count("checked") == 2, "everybody has come unless said otherwise"
    body = {f"m{child.pk}": "absent", f"r{child.pk}": "", f"m{other.pk}": "came", f"r{other.pk}": ""}
    refused = client.post(url, body)
    assert refused.status_code == 422 and "请写明原因" in refused.content.decode()
    assert client.post(url, body | {f"r{child.pk}": "随父母外出"}).status_code == 302
    assert missing() == {"样例未"}
    assert client.get(reverse("dropout:arrival_sheet", args=[class_of(no1, 4).pk])).status_code == 404


def test_registrar_and_bureau_see_who_has_not_come(client, room, child, other, teacher, registrar, bureau, no2):
    arrivals.report(room, {child.pk: AWAY, other.pk: CAME}, by=teacher)
    url = reverse("dropout:arrivals")
    for person in (registrar, staff_member(Role.BUREAU_CLERK, bureau)):
        client.force_login(person)
        page = client.get(url).content.decode()
        assert "样例未" in page and "电话无人接听" in page and "14天" in page
    client.force_login(staff_member(Role.REGISTRAR, no2))
    assert "样例未" not in client.get(url).content.decode()
    client.force_login(staff_member(Role.BUREAU_CLERK, bureau))
    assert "样例未" not in client.get(f"{url}?school={no2.pk}").content.decode()
