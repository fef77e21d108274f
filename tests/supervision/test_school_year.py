"""学年日历: every window and limit of a school year on its day, counted by hand for 2026-2027."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.roles import Role
from law import clock
from law.models import Parameter, Window
from supervision.calendar.presenting import names_of
from supervision.calendar.school_year import Grid, Mark, SchoolYear

pytestmark = pytest.mark.django_db

# title → (first day, last day), from the regulation and the county's terms of 2026-2027
BY_HAND = {
    ("第一学期", date(2026, 9, 1), date(2027, 1, 20)),
    ("第二学期", date(2027, 3, 1), date(2027, 7, 12)),
    ("县内、市内跨县转学受理", date(2026, 9, 1), date(2026, 9, 30)),
    ("县内、市内跨县转学受理", date(2027, 3, 1), date(2027, 3, 31)),
    ("九年级县域内转学最后受理日", date(2026, 9, 30), date(2026, 9, 30)),
    ("全国暑期停止受理新的转学", date(2027, 7, 15), date(2027, 8, 14)),
    ("中考报名至录取结束（冻结期）", date(2027, 4, 1), date(2027, 7, 31)),
    # one month from 1 September ends inside National Day, twenty days on Monday 21 September
    ("一年级新生注册学籍", date(2026, 9, 1), date(2026, 10, 8)),
    ("新生学籍档案建立", date(2026, 9, 1), date(2026, 10, 8)),
    ("七年级接续学籍", date(2026, 9, 1), date(2026, 9, 21)),
    ("九年级学生取得居民身份证", date(2027, 2, 28), date(2027, 2, 28)),
    ("小初对接逐人核对", date(2026, 9, 1), date(2026, 9, 30)),
    ("毕业操作", date(2027, 6, 1), date(2027, 7, 30)),
    ("升级操作", date(2027, 8, 1), date(2027, 9, 10)),
    ("登记下一年放假安排", date(2026, 12, 10), date(2026, 12, 10)),
    ("小学入学年龄计算截止", date(2027, 8, 31), date(2027, 8, 31)),
    ("学校申报下一学年起始年级招生计划", date(2026, 9, 1), date(2027, 8, 31)),
    ("随迁子女辍学档案转交户籍地", date(2027, 1, 20), date(2027, 1, 20)),
    ("随迁子女辍学档案转交户籍地", date(2027, 7, 12), date(2027, 7, 12)),
    ("动态信息维护", date(2026, 9, 1), date(2027, 1, 20)),
    ("动态信息维护", date(2027, 3, 1), date(2027, 7, 12)),
    ("学籍核查", date(2026, 9, 1), date(2027, 1, 20)),
    ("学籍核查", date(2027, 3, 1), date(2027, 7, 12)),
}


@pytest.fixture
def freeze(db):
    return Window.objects.create(
        kind=Window.Kind.EXAM_FREEZE, starts=date(2027, 4, 1), ends=date(2027, 7, 31), document="朝教发〔2027〕3号"
    )


def test_every_window_and_limit_of_the_year(freeze):
    entries = SchoolYear.of(2026).entries()
    assert {(entry.title, entry.starts, entry.ends) for entry in entries} == BY_HAND
    assert all(str(entry.article) for entry in entries)


def test_a_number_changed_for_next_year_moves_next_years_day_only(freeze):
    Parameter.objects.create(
        code="graduation.last_day", value="07-20", starts=date(2027, 1, 1), level="县", document="建教发〔2027〕1号"
    )
    ends = {year: next(e.ends for e in SchoolYear.of(year).entries() if e.title == "毕业操作") for year in (2025, 2026)}
    assert ends == {2025: date(2026, 7, 30), 2026: date(2027, 7, 20)}


def test_the_grid_shows_each_day_as_it_is(freeze):
    school_year = SchoolYear.of(2026)
    months = Grid(school_year, school_year.entries(), names_of(2026), date(2026, 9, 15)).months()
    days = {day.date: day for month in months for week in month.weeks for day in week if day}
    assert len(days) == 365 and len(months) == 12
    kinds = {
        date(2026, 9, 20): "shift",
        date(2026, 9, 25): "feast",
        date(2026, 9, 19): "rest",
        date(2026, 9, 21): "work",
    }
    assert {day: days[day].kind for day in kinds} == kinds
    assert days[date(2026, 9, 15)].today and not days[date(2026, 9, 16)].today
    for day, shut in (
        (date(2027, 7, 14), False),
        (date(2027, 8, 1), True),
        (date(2027, 8, 14), True),
        (date(2027, 8, 15), False),
    ):
        assert (Mark.SHUT in days[day].marks) == (shut or day <= date(2027, 7, 31))
    assert Mark.LIMIT in days[date(2026, 10, 8)].marks
    assert [month.confirmed for month in months] == [True] * 4 + [False] * 8


@pytest.mark.parametrize("role", [Role.CLASS_TEACHER, Role.REGISTRAR])
def test_the_page_is_for_everybody_and_marks_the_guess(role, no1, staff, client, freeze):
    client.force_login(staff(role, no1))
    page = client.get(reverse("supervision:year")).content.decode()
    assert "2026—2027学年日历" in page and "暂估" in page and "一年级新生注册学籍" in page
    assert client.get(reverse("supervision:year") + "?year=9999").status_code == 200
    assert "2025—2026学年日历" in client.get(reverse("supervision:year") + "?year=2025").content.decode()


def test_the_page_asks_few_questions(no1, staff, client, django_assert_max_num_queries):
    client.force_login(staff(Role.REGISTRAR, no1))
    with django_assert_max_num_queries(15):
        client.get(reverse("supervision:year"))


def test_the_list_says_how_long_there_is(no1, staff, client):
    client.force_login(staff(Role.REGISTRAR, no1))
    with clock.at(date(2026, 9, 29)):
        assert "还剩1个工作日" in client.get(reverse("supervision:year")).content.decode()
    with clock.at(date(2026, 9, 30)):
        assert "今天到期" in client.get(reverse("supervision:year")).content.decode()
