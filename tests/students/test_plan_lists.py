"""The plan of many schools as one list: looked at first, then a draft each; the list comes back marked."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from accounts.roles import Role
from students.models import IntakePlan, ReturnedList
from students.plans.sheet import judge_plans, read_plans
from tests.old_workbooks import book as old_book
from tests.old_workbooks import compound, sheet
from tests.workbooks import saved

HEAD = ("学校标识码", "年级", "班数", "每班人数")
PAGE, CONFIRM = "students:plan_list", "students:plan_list_confirm"


@pytest.fixture
def clerk(client, staff, bureau):
    user = staff(Role.BUREAU_CLERK, bureau)
    client.force_login(user)
    return user


def listed(*rows) -> bytes:
    book = Workbook()
    for row in [("二〇二六年招生计划",), HEAD, *rows]:
        book.active.append(list(row))
    return saved(book)


def sent(client, data, name="计划.xlsx"):
    given = {"year": 2026, "document": "建教发〔2026〕15号", "workbook": SimpleUploadedFile(name, data)}
    return client.post(reverse(PAGE), given)


def test_a_draft_for_each_school(client, clerk, no1, no2):
    seen = sent(client, listed((no1.code, "一年级", 2, 45), (no2.code, "1", 1, 50)))
    assert seen.status_code == 200 and "编报这 2 所学校的草稿" in seen.content.decode()
    assert not IntakePlan.objects.exists()
    answer = client.post(reverse(CONFIRM), {"token": seen.context["token"]})
    assert answer.status_code == 302
    drafts = {plan.lead_school: plan for plan in IntakePlan.objects.all()}
    assert {plan.state for plan in drafts.values()} == {"draft"} and drafts[no1].document == "建教发〔2026〕15号"
    assert list(drafts[no2].lines.values_list("grade", "classes", "size")) == [(1, 1, 50)]
    # Sent again: both schools have a plan under way, and nothing is begun twice.
    again = client.post(reverse(CONFIRM), {"token": seen.context["token"]})
    assert again.status_code == 422 and IntakePlan.objects.count() == 2


def test_what_is_wrong_is_said_by_row_and_the_list_comes_back_marked(client, clerk, no1, no2):
    rows = [(no1.code, "一年级", 2, 60), (no2.code, "大班", 1, 45), ("9999999999", "一年级", 1, 45)]
    seen = sent(client, listed(*rows))
    words = " ".join(seen.context["sentences"])
    assert "第 3 行" in words and "60人" in words and "第 4 行 B 列“年级”（“大班”）" in words
    assert "第 5 行 A 列“学校标识码”" in words and "本县没有这所学校" in words
    assert "没有可以编报的学校" in seen.content.decode()
    copy = load_workbook(io.BytesIO(client.get(seen.context["marked_url"]).content))
    page = copy.worksheets[0]
    assert page["B4"].fill.fgColor.rgb == "FFFFE566" and page["E2"].value == "错误说明" and "看不懂" in page["E4"].value
    assert copy.sheetnames[-1] == "核对结果"


def test_a_cell_that_cannot_be_read_is_told_once(client, clerk, no1):
    seen = sent(client, listed((no1.code, "一年级", "两个", "四十五"), (no1.code, "二年级", "", 45)))
    places = [(finding.row, finding.column) for finding in seen.context["judged"].findings]
    assert places == [(3, "C"), (3, "D"), (4, "C")]


def test_a_grade_named_twice_is_told_with_the_first_row(client, clerk, no1):
    seen = sent(client, listed((no1.code, "一年级", 2, 45), (no1.code, "1", 3, 40)))
    (finding,) = seen.context["judged"].findings
    assert (finding.row, finding.column) == (4, "B") and "与第 3 行重复" in finding.message
    assert not seen.context["judged"].plans


def test_one_line_that_cannot_be_read_holds_its_whole_school_back(client, clerk, no1, no2):
    """Half a plan would close the classes of the other half."""
    rows = [(no1.code, "一年级", 2, 45), (no1.code, "二年级", "两个", 45), (no2.code, "一年级", 1, 45)]
    judged = sent(client, listed(*rows)).context["judged"]
    assert list(judged.plans) == [no2] and [finding.row for finding in judged.findings] == [4]


@pytest.mark.parametrize(("classes", "size", "column"), [(60, 100, None), (61, 45, "C"), (2, 0, "D"), (2, 101, "D")])
def test_numbers_that_no_school_has(clerk, bureau, no1, classes, size, column):
    """Read as a list; whether the law allows sixty classes of a hundred is another question."""
    found = judge_plans(read_plans(listed((no1.code, "一年级", classes, size))), bureau, 2026).findings
    assert [each.column for each in found if "应为" in each.message] == [column] * (column is not None)


def test_many_schools_ask_no_more_than_few(clerk, bureau, no1, no2, no3, django_assert_num_queries):
    few, many = ([(school.code, "一年级", 1, 45), (school.code, "二年级", 1, 45)] for school in (no1, no2))
    many = [*few, *many, (no3.code, "一年级", 1, 45)]
    with CaptureQueriesContext(connection) as of_few:
        assert judge_plans(read_plans(listed(*few)), bureau, 2026).lines == 2
    with django_assert_num_queries(len(of_few)):
        assert judge_plans(read_plans(listed(*many)), bureau, 2026).lines == 5


def test_an_old_workbook_will_do(client, clerk, no1):
    data = compound(old_book({"计划": sheet([HEAD, (no1.code, "一年级", 2, 45)])}))
    assert sent(client, data, "计划.xls").context["judged"].lines == 1


def test_the_returned_list_is_the_senders_own_and_the_last_one_only(client, clerk, staff, bureau, no1):
    first = sent(client, listed((no1.code, "大班", 1, 45))).context["marked_url"]
    second = sent(client, listed((no1.code, "小班", 1, 45))).context["marked_url"]
    assert client.get(first).status_code == 404 and client.get(second).status_code == 200
    assert ReturnedList.objects.count() == 1
    client.force_login(staff(Role.BUREAU_CLERK, bureau, "另一位"))
    assert client.get(second).status_code == 404


def test_only_the_clerk(client, staff, no1, bureau):
    for role, place in ((Role.REGISTRAR, no1), (Role.BUREAU_CHECKER, bureau)):
        client.force_login(staff(role, place))
        assert client.get(reverse(PAGE)).status_code == 403
        assert client.post(reverse(CONFIRM), {"token": "x"}).status_code == 403


def test_a_token_of_somebody_else_is_refused(client, clerk, staff, bureau, no1):
    token = sent(client, listed((no1.code, "一年级", 2, 45))).context["token"]
    client.force_login(staff(Role.BUREAU_CLERK, bureau, "另一位"))
    assert client.post(reverse(CONFIRM), {"token": token}).status_code == 422
    assert not IntakePlan.objects.exists()
