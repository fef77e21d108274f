"""The board of what is overdue: its figures are those of brute force, whatever the day, and each opens its rows."""

import random
from datetime import date, timedelta

import pytest
from django.urls import reverse

from accounts.roles import Role
from approvals.countdown.engine import check_all
from approvals.countdown.models import Countdown
from approvals.countdown.owed import AT_BUREAU
from approvals.services import perform
from law import clock
from law.workdays import Calendar
from schools.models import School
from supervision.overdue.standing import by_desk, by_unit
from supervision.overdue.trend import charts, trend
from tests.county import make_school
from tests.house.questions import FEW, MANY, questions
from tests.supervision.clocks import bureau_row, row

pytestmark = pytest.mark.django_db
TODAY = date(2026, 9, 15)


@pytest.fixture
def clerk(bureau, no1, staff):
    return staff(Role.BUREAU_CLERK, bureau)


def brute_force(day):
    """Unit → (open, overdue, at school, at the bureau, soon), row by row."""
    found = {}
    for one in Countdown.objects.all():
        if one.opened_on > day or (one.closed_on and one.closed_on <= day):
            continue
        late, at_bureau = one.due_on < day, one.desk_right in AT_BUREAU
        soon = day <= one.due_on <= day + timedelta(days=3)
        old = found.setdefault(one.school_id, [0, 0, 0, 0, 0])
        found[one.school_id] = [
            a + b for a, b in zip(old, [1, late, late and not at_bureau, late and at_bureau, soon], strict=True)
        ]
    return found


def test_the_board_is_what_brute_force_counts(bureau, staff):
    seed = random.Random(20260915)
    schools = [make_school(bureau, 50 + n, f"督办{n}小学") for n in range(6)]
    for _ in range(300):
        due = TODAY + timedelta(days=seed.randint(-40, 40))
        closed = due + timedelta(days=seed.randint(-5, 30)) if seed.random() < 0.4 else None
        more = {"due": due, "closed_on": closed, "deadline": seed.choice(["ceims.entered", "ceims.confirmed"])}
        right = seed.choice(["make_change", "check_change", "bureau_make", "bureau_sign"])
        school = seed.choice([*schools, None])
        bureau_row(bureau, right=right, **more) if school is None else row(school, right=right, **more)
    clerk = staff(Role.BUREAU_CLERK, bureau)
    for day in (TODAY - timedelta(days=20), TODAY, TODAY + timedelta(days=25)):
        with clock.at(day):
            lines = by_unit(clerk)
            names = ("open", "late", "late_at_school", "late_at_bureau", "soon")
            assert {line["school"]: [line[name] for name in names] for line in lines} == brute_force(day)
            assert sum(line["open"] for line in by_desk(clerk)) == sum(line["open"] for line in lines)
            for line in lines:
                if line["late"]:
                    assert line["late_by"] == Calendar.between(line["oldest"], day).count(line["oldest"], day)


@pytest.mark.parametrize(("days", "late"), [(-1, 0), (0, 0), (1, 1)])
def test_a_row_is_overdue_from_the_day_after_its_last(clerk, no1, days, late):
    row(no1, due=TODAY)
    with clock.at(TODAY + timedelta(days=days)):
        assert by_unit(clerk)[0]["late"] == late


def test_a_school_sees_its_own_rows_and_nobody_elses(client, staff, no1, no2, bureau):
    row(no1), row(no2), bureau_row(bureau)
    client.force_login(staff(Role.REGISTRAR, no1))
    for name in ("supervision:board", "supervision:deadlines"):
        page = client.get(reverse(name)).content.decode()
        assert "第一小学" in page and "第二小学" not in page
    assert client.get(reverse("supervision:deadlines")).context["count"] == 1
    client.force_login(staff(Role.BUREAU_CLERK, bureau))
    assert client.get(reverse("supervision:deadlines")).context["count"] == 3


def test_a_class_teacher_is_told_whose_page_it_is(client, staff, no1):
    client.force_login(staff(Role.CLASS_TEACHER, no1))
    for name in ("board", "deadlines", "trend"):
        assert client.get(reverse(f"supervision:{name}")).status_code == 403


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", 4),
        ("state=overdue", 2),
        ("state=soon", 1),
        ("state=running", 2),
        ("rule=ceims.confirmed", 1),
        ("side=bureau", 1),
        ("side=school", 3),
        ("whose=mine", 1),
        ("state=nonsense&school=99999999", 4),
    ],
)
def test_the_list_is_narrowed_by_its_address(client, clerk, no1, asked, found):
    row(no1), row(no1, due=TODAY), row(no1, due=TODAY + timedelta(days=6), deadline="ceims.confirmed")
    row(no1, right="bureau_make")
    client.force_login(clerk)
    page = client.get(f"{reverse('supervision:deadlines')}?{asked}")
    assert page.context["count"] == found


def test_every_figure_opens_as_many_rows_as_it_says(client, clerk, no1, no2, bureau):
    row(no1), row(no1, right="bureau_check"), row(no2), bureau_row(bureau)
    client.force_login(clerk)
    page = client.get(reverse("supervision:board"))
    for line in page.context["units"]:
        if line["school"]:
            for number, url in (("late", "url"), ("late_at_school", "school_url"), ("late_at_bureau", "bureau_url")):
                assert client.get(line[url]).context["count"] == line[number]
    for line in page.context["desks"]:
        assert client.get(line["url"]).context["count"] == line["late"]


def test_a_row_says_what_to_do_and_where(client, staff, transfer, no2):
    registrar = staff(Role.REGISTRAR, no2)
    perform(transfer, "submit", by=registrar)
    check_all(clock.today())
    client.force_login(registrar)
    page = client.get(reverse("supervision:deadlines")).content.decode()
    assert transfer.number in page and transfer.get_absolute_url() in page
    assert "还剩10个工作日" in page


@pytest.mark.parametrize("name", ["supervision:board", "supervision:deadlines", "supervision:trend"])
def test_more_rows_ask_no_more_questions(client, clerk, bureau, child_at, no1, name):
    def add(number):
        for n in range(number):
            school = make_school(bureau, 200 + School.objects.count(), f"问{School.objects.count()}小学")
            row(school, about="child", subject=child_at(no1, name=f"问题{n}").pk)
            row(school)
            bureau_row(bureau)

    client.force_login(clerk)
    add(FEW)
    few = questions(client, reverse(name))
    add(MANY - FEW)
    many = questions(client, reverse(name))
    assert len(many) == len(few) <= 15, "\n".join(many)


def test_the_figure_over_time_is_counted_from_the_signatures(transfer, staff, no2, clerk):
    with clock.at(date(2026, 9, 16)):
        perform(transfer, "submit", by=staff(Role.REGISTRAR, no2))
    with clock.at(date(2026, 9, 23)):
        # five working days: 17, 18, 20 (made up), 21, 22, 23 are six
        perform(transfer, "vouch", by=staff(Role.HEADMASTER, no2))
    with clock.at(date(2026, 10, 12)):
        done = trend(clerk)
        (stage,) = done
        one = done[stage][date(2026, 9, 1)]
        assert (one.median, one.share, one.all) == (6, 100, 1)
        drawn = charts(clerk)
        assert drawn["share"]["labels"][-1] == "2026-10" and drawn["share"]["series"][0]["values"][-2:] == [100, None]


def test_the_workbench_lists_what_the_regulation_gives_its_person(client, staff, no1, no2):
    row(no1), row(no1, due=TODAY + timedelta(days=1)), row(no2), row(no1, right="bureau_make")
    client.force_login(staff(Role.REGISTRAR, no1))
    page = client.get(reverse("approvals:workbench"))
    (group,) = page.context["limits"]
    assert (group.number, group.left, group.due) == (2, -1, date(2026, 9, 14))
    assert "超期1个工作日" in page.content.decode()
    assert client.get(reverse("supervision:deadlines") + "?whose=mine").context["count"] == 2
    client.force_login(staff(Role.HEADMASTER, no1))
    assert client.get(reverse("approvals:workbench")).context["limits"] == []
