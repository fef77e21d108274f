"""Changes of the record lived at the screens: from 能办什么 through draft and papers to the deciding signature."""

from datetime import date

import pytest
from playwright.sync_api import expect

from accounts.roles import Role
from approvals.models import Case
from law import clock
from students.models import Student
from suspensions.absence import SchoolDays, days_of, write_marks
from suspensions.models import Mark
from tests.browser.acts import press_all, print_out, sign
from tests.changes import way_of
from tests.county import class_of
from tests.students.specimens_problems import found_pair

AUTUMN = date(2026, 10, 20)


@pytest.fixture
def desks(window_of, bureau, no1):
    """desks(role): the window of the person in this role, opened when it is first needed."""
    windows = {}

    def window(role):
        place = bureau if role.startswith("bureau") else no1
        if role not in windows:
            windows[role] = window_of(role, place)
        return windows[role]

    return window


def label_of(case, action: str) -> str:
    """What the button of a move says."""
    return next(t.custom["move"].label for t in case.get_all_state_transitions() if t.name == action)


def begin(page, child, business: str, heading: str = "可以办理") -> None:
    """From the child's page over 能办什么 to the draft."""
    page.goto(child.get_absolute_url())
    page.get_by_role("link", name="能办什么").click()
    expect(page.get_by_role("heading", name=heading)).to_be_visible()
    page.get_by_role("link", name=f"办理{business}", exact=True).click()


def keep_draft(page, child) -> Case:
    """Save the draft, tick off every paper; the case as its own kind."""
    page.get_by_role("button", name="保存草稿，去收材料").click()
    expect(page.get_by_text("已建立草稿。请按清单收取材料、核对后提交。")).to_be_visible()
    press_all(page, "纸质已收")
    press_all(page, "核对无误")
    spine = Case.objects.filter(subjects__child=child, closed_on=None).latest("pk")
    return spine.model.objects.get(pk=spine.pk)


def sign_all(desks, case) -> None:
    """Every desk signs at its own window, two people at each; then the case is decided."""
    for action, role, _ in way_of(case):
        sign(desks(role), case, label_of(case, action))
    case.refresh_from_db()
    assert case.state == "done"


def status_of(child) -> str:
    return Student.objects.get(pk=child.pk).status


def test_a_suspension_from_the_question_to_the_printed_form(desks, windows, child_at, no1):
    child, page = child_at(no1, grade=3, name="张小禾"), desks(Role.REGISTRAR)
    begin(page, child, "休学")
    page.get_by_label("原因说明").fill("肺炎，医嘱长期休养")
    page.get_by_label("休学期满日").fill("2028-09-14")
    page.get_by_role("button", name="保存草稿，去收材料").click()
    expect(page.get_by_role("alert")).to_contain_text("第二十二条")
    expect(page.get_by_label("原因说明")).to_have_value("肺炎，医嘱长期休养")
    page.get_by_label("休学期满日").fill("2027-09-14")
    case = keep_draft(page, child)
    sign_all(desks, case)
    page.goto(case.get_absolute_url())
    printed = print_out(page, "休学复学申请表")
    assert (printed["status"], printed["type"], printed["head"]) == (200, "application/pdf", "%PDF-")
    page.goto("/suspensions/due/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert status_of(child) == "suspended"
    windows.expect_no_complaints("status of 422")


@pytest.fixture
def truant(child_at, no1, staff, settings):
    """In October: a child whose class teacher marked it away on every school day since the second week."""
    settings.LEGAL_DATE = AUTUMN
    child, by = child_at(no1, grade=3, name="李远"), staff(Role.REGISTRAR, no1)
    known, place = SchoolDays.between(date(2026, 9, 8), AUTUMN), class_of(no1, 3)
    for day in days_of(date(2026, 9, 8), AUTUMN):
        if known.has_lessons(day) and day < AUTUMN:
            write_marks([(child.pk, place.pk, Mark.TRUANT)], day, by)
    with clock.at(AUTUMN):
        yield child


def test_a_truant_is_visited_listed_as_dropped_out_and_comes_back(desks, windows, truant, no1):
    page = desks(Role.REGISTRAR)
    page.goto(f"/dropout/sheets/{class_of(no1, 3).pk}/")
    page.get_by_role("row", name="李远").get_by_label("旷课").check()
    page.get_by_role("button", name="登记全班点名").click()
    expect(page.get_by_text("点名已登记，写入1人。")).to_be_visible()
    page.goto("/dropout/")
    suspected = page.get_by_role("row", name="李远")
    expect(suspected).to_contain_text("疑似辍学")
    suspected.get_by_role("link", name="0次").click()
    for number in (1, 2, 3):
        visit(page, number)
    page.get_by_role("link", name="按辍学建立劝返").click()
    page.get_by_label("报送乡镇日期").fill("2026-10-19")
    page.get_by_label("乡镇签收人").fill("王文书")
    page.get_by_label("乡镇回执编号").fill("叶政收〔2026〕18号")
    sign_all(desks, keep_draft(page, truant))
    assert status_of(truant) == "dropped_out"
    begin(page, truant, "返校")
    page.get_by_label("返校班级").select_option(str(class_of(no1, 3).pk))
    sign_all(desks, keep_draft(page, truant))
    assert status_of(truant) == "enrolled"
    windows.expect_no_complaints()


def visit(page, number: int) -> None:
    page.get_by_label("劝返人员").fill("班主任李老师")
    page.get_by_label("见到何人").fill("祖父")
    page.get_by_label("结果").fill("外出未归，答应月底回来")
    page.get_by_role("button", name="登记劝返").click()
    expect(page.locator("#visit-rows tbody tr")).to_have_count(number)


def test_a_death_ends_the_record_and_leaves_every_list(desks, windows, child_at, no1):
    child, page = child_at(no1, grade=3, name="王安"), desks(Role.REGISTRAR)
    begin(page, child, "死亡注销")
    page.get_by_label("死亡日期").fill("2026-09-10")
    page.get_by_label("学校获知日期").fill("2026-09-11")
    page.get_by_label("取得证明日期").fill("2026-09-14")
    sign_all(desks, keep_draft(page, child))
    page.goto("/students/")
    expect(page.locator("#list")).not_to_contain_text("王安")
    page.goto(child.get_absolute_url())
    expect(page.get_by_role("heading", level=1)).to_contain_text("王安")
    assert status_of(child) == "deceased"
    windows.expect_no_complaints()


def test_a_corrected_name_with_its_before_and_after(desks, windows, child_at, no1):
    child, page = child_at(no1, grade=3, name="张三"), desks(Role.REGISTRAR)
    begin(page, child, "基本信息变更")
    page.get_by_label("姓名", exact=True).fill("张叁")
    page.get_by_label("原因说明").fill("户口簿已更名")
    case = keep_draft(page, child)
    expect(page.get_by_text("张三 → 张叁")).to_be_visible()
    sign_all(desks, case)
    page.goto(child.get_absolute_url())
    expect(page.get_by_role("heading", level=1)).to_contain_text("张叁")
    expect(page.get_by_text("张三").first).to_be_visible()
    windows.expect_no_complaints()


def test_two_records_of_one_child_become_one(desks, windows, child_at, no1, no2):
    gone, kept, _ = found_pair(child_at, no2, no1)
    page = desks(Role.BUREAU_CLERK)
    page.goto("/problems/")
    page.get_by_role("link", name="为样例同（第一小学）办理合并").click()
    expect(page.get_by_label("另一份学籍", exact=True)).to_have_value(gone.slug)
    page.get_by_label("学生实际就读的学校").select_option(str(no1.pk))
    page.get_by_label("情况说明").fill("户口簿、两校证明一致，系同一人")
    sign_all(desks, keep_draft(page, kept))
    page.goto(gone.get_absolute_url())
    expect(page.get_by_text("这份学籍已并入")).to_be_visible()
    assert Student.objects.get(pk=kept.pk).id_number.plain().startswith("211399")
    windows.expect_no_complaints()
