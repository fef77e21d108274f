"""Pages of the balance: table, children behind a figure, workbook, print; each for whoever sees the school."""

import io
from datetime import date

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.roles import Role
from reports.models import Print
from suspensions.models import Suspension
from tests.changes import decided, drafted
from tests.county import staff_member
from tests.reports.conftest import keep, pages_of
from tests.reports.texts import text_of

SPAN = "first=2026-09-15&last=2026-10-15"


@pytest.fixture
def school(no1, child_at):
    for name in ("样例甲", "样例乙"):
        child_at(no1, grade=3, name=name)
    decided(drafted(Suspension, child_at(no1, grade=5, name="样例休"), ground_note="骨折", until=date(2027, 6, 30)))
    return no1


@pytest.fixture
def enter(client, staff):
    def sign_in(role, place):
        client.force_login(staff(role, place))
        return client

    return sign_in


def test_every_figure_opens_its_children(enter, school):
    client = enter(Role.REGISTRAR, school)
    answer = client.get(f"{reverse('reports:balance')}?{SPAN}")
    assert answer.status_code == 200
    chairs = answer.context["books"][1]
    assert chairs["sentence"] == "期初3 ＋ 增加0 － 减少1 ＝ 2" and chairs["balances"]
    (left,) = [row for row in chairs["rows"] if row["label"] == "休学"]
    behind = client.get(left["cells"][0]["url"]).content.decode()
    assert "样例休" in behind and "样例甲" not in behind and "在校生数：减少（休学）" in behind
    for book in answer.context["books"]:
        for row in book["rows"]:
            for cell in row["cells"]:
                if cell["url"]:
                    assert client.get(cell["url"]).context["count"] == cell["value"], (row["label"], cell)


@pytest.mark.parametrize("days", ["first=2026-10-15&last=2026-09-15", "first=yesterday&last=", "first=0001-01-01"])
def test_impossible_days_are_said_and_the_school_year_is_shown(enter, school, days):
    answer = enter(Role.REGISTRAR, school).get(f"{reverse('reports:balance')}?{days}")
    page = answer.content.decode()
    assert answer.status_code == 200 and "起止日期不对" in page and "2026年9月1日至2026年9月15日" in page


@pytest.mark.parametrize("figure", ["", "book=none&side=in", "book=chairs&side=out&cohort=x", "check=nothing"])
def test_a_figure_nobody_knows_is_not_found(enter, school, figure):
    client = enter(Role.REGISTRAR, school)
    assert client.get(f"{reverse('reports:balance_children')}?{figure}").status_code == 404


def test_a_school_sees_its_own_figures_and_the_bureau_all(enter, school, no2, bureau, child_at):
    child_at(no2, grade=3, name="样例邻")
    client = enter(Role.REGISTRAR, school)
    own = client.get(f"{reverse('reports:balance')}?{SPAN}&school={no2.pk}")
    assert own.context["books"][0]["rows"][0]["cells"][0]["value"] == 3, "another school cannot be chosen"
    client = enter(Role.BUREAU_CLERK, bureau)
    county = client.get(f"{reverse('reports:balance')}?{SPAN}")
    assert county.context["books"][0]["rows"][0]["cells"][0]["value"] == 4
    one = client.get(f"{reverse('reports:balance')}?{SPAN}&school={no2.pk}")
    assert one.context["books"][0]["rows"][0]["cells"][0]["value"] == 1


def test_a_teacher_has_no_part_in_it(enter, school):
    client = enter(Role.CLASS_TEACHER, school)
    for name in ("balance", "balance_children", "balance_workbook"):
        assert client.get(reverse(f"reports:{name}")).status_code == 403
    assert client.post(reverse("reports:balance_print")).status_code == 403


def test_the_workbook_holds_text_and_no_formula(enter, school):
    answer = enter(Role.REGISTRAR, school).get(f"{reverse('reports:balance_workbook')}?{SPAN}")
    book = load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["学籍数", "在校生数"]
    page = book["在校生数"]
    assert page["A1"].value == "建平县第一小学学生变动平衡表（在校生数）"
    cells = {row[0].value: row[1].value for row in page.iter_rows(min_row=5)}
    assert (cells["期初"], cells["休学"], cells["期末"]) == ("3", "1", "2")
    assert {cell.data_type for row in page.iter_rows() for cell in row if cell.value is not None} == {"s"}


def test_the_print_is_numbered_proved_and_overtaken_by_a_later_one(enter, school):
    client = enter(Role.REGISTRAR, school)
    asked = {"first": "2026-09-15", "last": "2026-10-15"}
    answer = client.post(reverse("reports:balance_print"), asked)
    assert answer["Content-Type"] == "application/pdf"
    keep("balance_sheet-filled", answer.content)
    record = Print.objects.get()
    said = "".join(text_of(answer.content).split())
    for words in (
        "学生变动平衡表（学籍数）",
        "学生变动平衡表（在校生数）",
        "休学",
        "期末",
        record.number,
        "建平县第一小学",
    ):
        assert words in said, words
    assert (record.case, record.child, record.school, pages_of(answer.content)) == (None, None, school, 2)
    proof = client.get(reverse("reports:verify", args=[record.token])).content.decode()
    assert "建平县第一小学，2026年9月15日至2026年10月15日" in proof and "有效" in proof
    client.post(reverse("reports:balance_print"), asked)
    record.refresh_from_db()
    assert record.superseded_by is None, "the same figures again overtake nothing"


def test_a_stranger_prints_only_his_own_school(enter, school, no3):
    client = enter(Role.REGISTRAR, no3)
    client.post(reverse("reports:balance_print"), {"school": school.pk})
    assert Print.objects.get().school == no3


def test_the_blank_table(printed, school):
    result = printed("balance_sheet", by=staff_member(Role.REGISTRAR, school))
    keep("balance_sheet-blank", result.pdf)
    assert pages_of(result.pdf) == 2 and result.record.blank
