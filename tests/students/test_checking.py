"""批量核查: every line lands in its tab, masked by right, logged, in as many questions as for one line."""

import io
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook, load_workbook

from accounts.roles import Role
from approvals.errors import NotYourHand, Refused
from students.checking.looking import check
from students.checking.sheet import MOST, Line, pasted, uploaded
from students.idnumber import check_character
from students.models import CheckRun, Look, Student, StudentNumber
from tests.county import id_number
from tests.workbooks import saved


def of_county(county, birth=date(2018, 5, 6), order=1):
    body = f"{county}{birth:%Y%m%d}{order:03d}"
    return body + check_character(body)


def result(text, by, purpose="核对名单"):
    return check(pasted(text), purpose=purpose, by=by).lines


def tabs(lines):
    return [line["tab"] for line in lines]


def test_every_state_has_its_tab(child_at, no1, bureau, staff):
    states = ["enrolled", "suspended", "dropped_out", "moved_away", "graduated"]
    children = [child_at(no1, name=f"样例{n}") for n in range(5)]
    for child, status in zip(children, states, strict=True):
        Student.objects.filter(pk=child.pk).update(status=status)
    lines = [child.id_number.plain() for child in children]
    lines += [of_county("110101"), of_county("211322"), "211399201803010000", "12345", "G123"]
    found = result("\n".join(lines), staff(Role.BUREAU_CLERK, bureau))
    assert tabs(found) == [
        "here", "suspended", "dropped_out", "moved_away", "other", "elsewhere", "nobody", "wrong", "wrong", "wrong",
    ]  # fmt: skip
    run = CheckRun.objects.get()
    assert run.counts["wrong"] == 3 and run.counts["here"] == 1


def test_numbers_of_every_kind_and_age_find_their_child(child_at, no1, bureau, staff):
    child = child_at(no1)
    registry, old = child.registry_number.plain(), child.id_number.plain()
    StudentNumber.objects.filter(student=child, kind="id").update(until=date(2026, 9, 1))
    found = result(f"{registry}\n{old}\n {old.lower()} \n{child.name}，{old}", staff(Role.BUREAU_CLERK, bureau))
    assert tabs(found) == ["here"] * 4
    assert [line["said"] for line in found] == ["", "", "与第2行重复", ""]


def test_a_school_sees_its_own_in_full_and_of_others_the_state_only(child_at, no1, no2, staff):
    own, other = child_at(no1, name="样例甲"), child_at(no2, name="样例乙")
    text = f"{own.id_number.plain()}\n{other.id_number.plain()}\n样例乙 {other.id_number.plain()}\n样例乙"
    text += f"\n样例丙 {other.id_number.plain()}"
    mine, hidden, named, by_name, wrong = result(text, staff(Role.REGISTRAR, no1))
    assert (mine["name"], mine["school"], mine["slug"]) == ("样例甲", no1.short_name, own.slug)
    assert (hidden["tab"], hidden["name"], hidden["school"], hidden["slug"]) == ("here", "样＊＊", "他校", "")
    assert (named["name"], named["school"], named["slug"]) == ("样例乙", no2.short_name, "")
    assert by_name["tab"] == "nobody" and "本校没有这个姓名" in by_name["said"]
    assert (wrong["school"], wrong["said"]) == ("他校", "号码登记在另一姓名名下")
    kept = str(CheckRun.objects.get().lines)
    assert other.id_number.plain() not in kept and own.id_number.plain() not in kept


def test_a_name_of_several_children_shows_them_all_to_the_bureau(child_at, no1, no2, bureau, staff):
    child_at(no1, name="样例甲"), child_at(no2, name="样例甲")
    found = result("样例甲", staff(Role.BUREAU_CLERK, bureau))
    assert [line["school"] for line in found] == [no1.short_name, no2.short_name]
    assert found[0]["said"] == "同名2人，请写上号码确认"


def test_every_check_and_every_child_found_leave_a_trace(child_at, no1, no2, staff):
    own, other = child_at(no1), child_at(no2)
    by = staff(Role.REGISTRAR, no1)
    result(f"{own.id_number.plain()}\n{other.id_number.plain()}\n查无", by)
    looks = Look.objects.filter(kind="check").order_by("pk")
    assert [(look.student, look.school, look.user) for look in looks] == [
        (None, no1, by),
        (own, no1, by),
        (other, no1, by),
    ]
    assert looks[0].reason == "批量核查3行，查到2名：核对名单"


def test_five_thousand_lines_and_not_one_more(bureau, no1, staff):
    clerk = staff(Role.BUREAU_CLERK, bureau)
    numbers = [Line(n, id_number=id_number(date(2018, 1, 1 + n % 28), n % 400, "1")) for n in range(1, MOST + 2)]
    with pytest.raises(Refused, match="最多5000行"):
        check(numbers, purpose="核对", by=clerk)
    assert sum(check(numbers[:-1], purpose="核对", by=clerk).counts.values()) == MOST


def test_many_lines_ask_as_many_questions_as_few(child_at, no1, bureau, staff):
    clerk = staff(Role.BUREAU_CLERK, bureau)
    children = [child_at(no1, name=f"样例{n}") for n in range(12)]

    lines = [child.id_number.plain() for child in children]

    def asked(some):
        with CaptureQueriesContext(connection) as questions:
            check(pasted("\n".join(some)), purpose="核对", by=clerk)
        return len(questions)

    asked(lines[:1])  # whatever is learnt once is known from here on
    assert asked(lines[:2]) == asked(lines) <= 15


@pytest.mark.parametrize("role", [Role.HEADMASTER, Role.CLASS_TEACHER, Role.BUREAU_CHECKER])
def test_others_are_refused(no1, bureau, staff, role):
    with pytest.raises(NotYourHand):
        check(pasted("样例甲"), purpose="核对", by=staff(role, bureau if role == Role.BUREAU_CHECKER else no1))


def test_no_list_and_no_purpose_are_told(bureau, no1, staff):
    clerk = staff(Role.BUREAU_CLERK, bureau)
    with pytest.raises(Refused, match="名单是空的"):
        check(pasted(" \n \n"), purpose="核对", by=clerk)
    with pytest.raises(Refused, match="用途"):
        check(pasted("样例甲"), purpose=" ", by=clerk)


def test_a_workbook_with_a_number_cell_is_a_wrong_number(child_at, no1, bureau, staff):
    child, book = child_at(no1), Workbook()
    for row in (
        ["姓名", "身份证号"],
        [child.name, child.id_number.plain()],
        ["样例乙", 2.11399201803e17],
        [None, None],
    ):
        book.active.append(row)
    found = check(uploaded(saved(book)), purpose="核对", by=staff(Role.BUREAU_CLERK, bureau)).lines
    assert tabs(found) == ["here", "wrong"] and "以数字或日期格式存放" in found[1]["said"]


def test_the_pages_show_the_tabs_and_the_workbook_is_as_masked(client, child_at, no1, no2, staff):
    other = child_at(no2, name="样例乙")
    client.force_login(staff(Role.REGISTRAR, no1))
    number = other.id_number.plain()
    page = client.post("/checks/", {"listed": f"{number}\n211399201803010000", "purpose": "核对名单"}, follow=True)
    assert page.status_code == 200 and "号码错误" in page.content.decode() and number not in page.content.decode()
    run = CheckRun.objects.get()
    only = client.get(f"/checks/{run.pk}/?tab=wrong").content.decode()
    assert "共 <b>1</b> 行" in only and "样＊＊" not in only
    file = load_workbook(io.BytesIO(client.post(f"/checks/{run.pk}/workbook/").content)).active
    rows = [list(row) for row in file.iter_rows(values_only=True)]
    assert rows[1][3:6] == ["样＊＊", "在读", "他校"] and number not in str(rows)
    assert Look.objects.filter(kind="file").get().reason == "导出批量核查结果（2行）：核对名单"
    client.force_login(staff(Role.REGISTRAR, no2))
    assert client.get(f"/checks/{run.pk}/").status_code == 404
    assert client.post("/checks/", {"listed": "", "purpose": ""}).status_code == 422
