"""学籍信息变更申请表 and 一致性核对单, blank, asked for and decided."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.roles import Role
from approvals.services import perform
from law import clock
from law.models import Window
from reports.correction_forms import correction_form
from students.change_pages import prints_of
from students.corrections import CORRECTED
from students.models import Correction, Look, Student
from tests.changes import decided, drafted
from tests.county import hand_for, id_number, staff_member
from tests.reports.conftest import keep, pages_of
from tests.reports.texts import text_of

FORMS = ("correction_form", "consistency_sheet")


@pytest.fixture
def child(child_at, no1, family):
    child = family(child_at(no1, grade=3, name="张三"))
    Student.objects.filter(pk=child.pk).update(ethnicity="02", home_address="建平县叶柏寿街道幸福小区3号楼")
    return Student.objects.get(pk=child.pk)


@pytest.fixture
def case(child):
    number = id_number(child.birth_date, 444, child.sex)
    changes = {"name": "张𬭼", "ethnicity": "01", "id_number": number}
    return drafted(Correction, child, reason_note="户口簿已更名并换号", changes=changes)


def test_the_form_tells_every_item_before_and_after(printed, case):
    old, new = case.child.id_number, case.given()["changes"]["id_number"]
    case = decided(case)
    pdf = printed("correction_form", case).pdf
    keep("correction_form-filled", pdf)
    text = text_of(pdf)
    assert pages_of(pdf) == 1
    for said in ("张三", "张𬭼", "蒙古族", "汉族", new, old.plain(), "户口簿已更名并换号"):
        assert said in text
    assert hand_for(case, Role.HEADMASTER, "lead").name in text


def test_the_form_tells_what_was_asked_whatever_has_been_decided_since(case):
    """The head and the column 变更前 before the signatures, after them, after another change, and after its undoing."""
    asked = correction_form(case)
    told = {"name": "张三", "ethnicity": "蒙古族", "id_number": case.child.id_number.plain()}
    assert asked["child"].items() >= told.items()
    assert [item["before"] for item in asked["items"]] == ["张三", "蒙古族", told["id_number"]]
    case = decided(case)
    assert same_of(case) == same(asked)
    with clock.at(date(2027, 9, 15)):
        assert same_of(case) == same(asked) and asked["class"] == "三年级1班"
    again = {"name": "张四", "id_number": id_number(case.child.birth_date, 446, case.child.sex)}
    second = decided(drafted(Correction, Student.objects.get(pk=case.child.pk), reason_note="又更名", changes=again))
    assert same_of(case) == same(asked)
    renamed = correction_form(second)
    assert renamed["child"]["name"] == "张𬭼"
    assert renamed["items"][1]["before"] == asked["items"][2]["after"] == renamed["child"]["id_number"]
    undone = perform(second, "undo", by=hand_for(second, Role.BUREAU_LEADER, "bureau"), opinion="申请有误")
    assert same_of(case) == same(asked) and same_of(undone) == same(renamed)


def same_of(case):
    return same(correction_form(Correction.objects.get(pk=case.pk)))


def same(form):
    return form["child"], form["items"], form["class"]


def test_a_refused_wish_keeps_the_name_it_was_about(case):
    refused = perform(case, "submit", by=hand_for(case, Role.REGISTRAR, "lead"))
    refused = perform(refused, "refuse", by=hand_for(case, Role.HEADMASTER, "lead"), opinion="与户口簿不符")
    asked, child = same_of(refused), Student.objects.get(pk=case.child.pk)
    decided(drafted(Correction, child, reason_note="户口簿已更名", changes={"name": "张四"}))
    assert same_of(refused) == asked and asked[0]["name"] == "张三"


def test_whoever_may_not_see_the_case_gets_no_number(client, staff, case, no3):
    client.force_login(staff(Role.REGISTRAR, no3))
    assert client.post(reverse("reports:print", args=["correction_form", case.number])).status_code == 404
    assert not Look.objects.exists()


def test_before_the_signatures_nobody_has_signed(printed, case):
    text = text_of(printed("correction_form", case).pdf)
    assert hand_for(case, Role.HEADMASTER, "lead").name not in text and "中考报名" not in text


def test_an_announced_freeze_stands_on_the_form(printed, case):
    Window.objects.create(kind="exam_freeze", starts=date(2027, 4, 1), ends=date(2027, 8, 15), document="通知")
    text = text_of(printed("correction_form", case).pdf)
    assert "2027年4月1日至2027年8月15日" in text and "第十四条" in text


def test_the_sheet_prints_the_record_and_leaves_the_rest_to_the_pen(printed, case):
    pdf = printed("consistency_sheet", case).pdf
    keep("consistency_sheet-filled", pdf)
    text = text_of(pdf)
    assert pages_of(pdf) == 1
    for said in ("张三", case.child.id_number.plain(), "居民身份证", "监护人签字"):
        assert said in text
    assert case.given()["changes"]["id_number"] not in text


@pytest.mark.parametrize("form", FORMS)
def test_blank(printed, bureau, no1, form):
    pdf = printed(form, by=staff_member(Role.REGISTRAR, no1)).pdf
    keep(f"{form}-blank", pdf)
    assert pages_of(pdf) == 1 and "签字" in text_of(pdf)


def test_a_change_of_everything_still_prints(printed, child):
    """As many pages as it takes; nothing is cut off."""
    texts = [f.attribute for f in CORRECTED if f.type == "text"]
    changes = {name: "长" * 20 for name in texts}
    case = drafted(Correction, child, reason_note="长" * 200, changes=changes)
    text = text_of(printed("correction_form", case).pdf)
    assert text.count("长" * 20) >= len(changes)


def test_full_numbers_on_paper_leave_a_look(printed, case):
    printed("correction_form", case)
    assert set(Look.objects.values_list("kind", flat=True)) == {"id", "registry"}


def test_what_the_page_offers_exists(printed, case):
    for code, _ in prints_of(case):
        printed(code, case)
    perform(case, "submit", by=hand_for(case, Role.REGISTRAR, "lead"))
