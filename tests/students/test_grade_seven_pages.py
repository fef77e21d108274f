"""The pages of 七年级招生入学: who sees whom, one click a class, what was typed stays, what is still open."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.roles import Role
from schools.models import SchoolClass, Seats
from students.leavers import completing
from students.models import Campaign, CampaignEntry, FamilyMember, Grade7Intake, Student
from tests.changes import decided
from tests.county import class_of
from tests.leavers import leaver_maker
from tests.students.specimens_classes import another_class
from tests.students.specimens_intake import FIRST, drafted_intake, junior_school
from tests.students.test_intake import outsider

PAGE = "students:intake"


@pytest.fixture
def leaver(child_at):
    return leaver_maker(child_at)


@pytest.fixture
def junior(bureau):
    return junior_school(bureau)


@pytest.fixture
def desk(client, staff, junior):
    client.force_login(staff(Role.REGISTRAR, junior))
    return client


def text(answer) -> str:
    return answer.content.decode()


def test_the_junior_school_sees_its_leavers_and_nobody_else_s(desk, leaver, no1, no2):
    leaver(no1, name="样例来甲")
    leaver(no2, name="样例去乙")
    page = text(desk.get(reverse(PAGE)))
    assert "样例来甲" in page and "样例去乙" not in page
    assert "2026年9月21日（还剩6天）" in page


def test_one_click_takes_the_ticked_over_into_the_class(desk, leaver, junior, no1):
    first, second = leaver(no1), leaver(no1, name="样例乙")
    given = {"children": [first.slug], "to_class": class_of(junior, 7).pk, "begins_on": "2026-09-01"}
    answer = desk.post(reverse(PAGE), given)
    case = Grade7Intake.objects.get()
    assert answer.url == case.get_absolute_url()
    assert [row.child for row in case.rows.all()] == [first]
    page = text(desk.get(reverse(PAGE)))
    assert "在办业务，未办结" in page and second.name in page


def test_without_a_class_the_children_are_dealt_evenly(desk, leaver, junior, no1):
    SchoolClass.objects.create(school=junior, stage="junior", cohort=2026, number=2)
    Seats.objects.filter(school=junior).delete()
    children = [leaver(no1, name=f"样例{n}") for n in range(4)]
    desk.post(reverse(PAGE), {"children": [c.slug for c in children], "to_class": "", "begins_on": "2026-09-01"})
    numbers = Grade7Intake.objects.get().rows.values_list("school_class__number", flat=True)
    assert sorted(numbers) == [1, 1, 2, 2]


def test_a_refusal_keeps_what_was_ticked(desk, leaver, junior, no1):
    first, second = leaver(no1), leaver(no1, name="样例乙")
    given = {"children": [second.slug], "to_class": class_of(junior, 7).pk, "begins_on": "2026-08-31"}
    answer = desk.post(reverse(PAGE), given)
    assert answer.status_code == 422 and not Grade7Intake.objects.exists()
    page = text(answer)
    assert "入学日期" in page and "第六条第三款" in page
    assert f'value="{second.slug}" aria-label="接收样例乙" checked' in page
    assert f'value="{first.slug}" aria-label="接收样例甲" checked' not in page


@pytest.mark.parametrize("given", [{"children": ["nobodyatall1"]}, {"begins_on": "gestern"}, {"to_class": "x"}, {}])
def test_whatever_is_sent_is_answered(desk, leaver, no1, given):
    leaver(no1)
    assert desk.post(reverse(PAGE), {"begins_on": "2026-09-01", **given}).status_code == 422


def test_too_few_seats_are_told_in_words(desk, leaver, junior, no1):
    children = [leaver(no1), leaver(no1, name="样例乙")]
    Seats.objects.filter(school_class=class_of(junior, 7)).update(capacity=1)
    answer = desk.post(reverse(PAGE), {"children": [c.slug for c in children], "begins_on": "2026-09-01"})
    assert answer.status_code == 422 and "合计少1个" in text(answer)


def test_a_primary_school_takes_nobody_over(client, staff, no1):
    client.force_login(staff(Role.REGISTRAR, no1))
    assert "您的学校不设七年级" in text(client.get(reverse(PAGE)))
    assert client.post(reverse(PAGE)).status_code == 403


def test_the_bureau_chooses_a_school_and_only_looks(client, staff, bureau, junior, leaver, no1):
    other = junior_school(bureau, 62, "朱碌科中学", division="211322103")
    child = leaver(no1)
    client.force_login(staff(Role.BUREAU_CLERK, bureau))
    assert other.name in text(client.get(reverse(PAGE)))
    address = f"{reverse(PAGE)}?school={junior.pk}"
    page = text(client.get(address))
    assert child.name in page and "接收勾选的学生" not in page
    assert client.post(address, {"children": [child.slug]}).status_code == 403


@pytest.mark.parametrize("wanted", ["0", "x", "99999999999999999999"])
def test_an_unknown_school_is_not_found(desk, wanted):
    assert desk.get(f"{reverse(PAGE)}?school={wanted}").status_code == 404


def test_a_newcomer_from_outside_by_the_form(desk, junior):
    more = {"from_division": "150429", "from_school_name": "宁城县实验小学", "begins_on": "2026-09-01"}
    given = outsider() | more | {"to_class": class_of(junior, 7).pk}
    answer = desk.post(reverse("students:intake_outside"), given)
    assert answer.url.startswith(Grade7Intake.objects.get().get_absolute_url())
    again = desk.post(reverse("students:intake_outside"), given)
    assert again.status_code == 422 and "一人一籍" in text(again)
    assert "宁城县实验小学" in text(again)


# ── 核实完善 ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def completed(child):
    """Everything the form asks for is there, and this term's campaign has confirmed the volatile part."""
    columns = {}
    for each in completing.WANTED:
        column = Student._meta.get_field(each.attribute)
        columns[each.attribute] = {"BooleanField": False}.get(column.get_internal_type(), "1")
    Student.objects.filter(pk=child.pk).update(**{k: v for k, v in columns.items() if not getattr(child, k)})
    FamilyMember.objects.create(student=child, position_in_form=1, name="样例父", is_guardian=True)


def confirmed(child, campaign, staff, junior, on):
    hands = {"confirmed_by": staff(Role.CLASS_TEACHER, junior), "accepted_by": staff(Role.REGISTRAR, junior)}
    days = {"confirmed_on": on, "accepted_on": on}
    entry = {"campaign": campaign, "child": child, "school": junior, "state": "accepted"}
    CampaignEntry.objects.create(**entry, **hands, **days)


@pytest.mark.parametrize(("on", "done"), [(date(2026, 8, 31), 0), (date(2026, 9, 1), 1), (date(2026, 9, 2), 1)])
def test_what_was_confirmed_since_the_intake_counts(leaver, junior, no1, staff, bureau, on, done):
    whole, bare = leaver(no1), leaver(no1, name="样例乙")
    decided(drafted_intake(junior, [whole, bare]))
    completed(Student.objects.get(pk=whole.pk))
    clerk = staff(Role.BUREAU_CLERK, bureau)
    days = {"opened_on": FIRST, "due_on": date(2026, 10, 15)}
    campaign = Campaign.objects.create(bureau=bureau, year=2026, term=1, opened_by=clerk, **days)
    confirmed(whole, campaign, staff, junior, on)
    (row,) = completing.progress(junior)
    assert (row["total"], row["done"]) == (2, done)
    lines = {line.child.name: line for line in completing.lines_of(class_of(junior, 7))}
    assert lines["样例甲"].done == bool(done) and not lines["样例乙"].done
    assert {"民族", "监护人"} <= set(lines["样例乙"].empty) and "联系电话" in lines["样例乙"].stale
    assert "户口簿" in lines["样例乙"].proofs


def test_the_pages_of_completion(desk, leaver, junior, no1):
    decided(drafted_intake(junior, [leaver(no1)]))
    assert "七年级1班" in text(desk.get(reverse("students:intake_completion")))
    page = text(desk.get(reverse("students:intake_completion_class", args=[class_of(junior, 7).pk])))
    assert "样例甲" in page and "还有 1 名学生没有完善" in page


def test_a_class_that_is_no_ordinary_one_says_so_where_it_is_chosen(desk, leaver, junior, no1):
    another_class(junior, 7, kind="home")
    leaver(no1)
    page = text(desk.get(reverse(PAGE)))
    assert "七年级2班（送教上门）" in page and "七年级1班（空余" in page
