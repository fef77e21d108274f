"""第十七条: the 转学联系表, blank for the counter and filled from the case, always one sheet of A4."""

import pytest

from accounts.roles import Role
from approvals.services import perform
from reports.glyphs import fonts_in
from students.models import Look, Student
from tests.county import hand_for, walk
from tests.reports.conftest import keep, pages_of
from tests.reports.texts import text_of

EVERYTHING = {
    "ethnicity": "02",
    "household_kind": "1",
    "household_division": "211322001000",
    "home_address": "建平县叶柏寿街道幸福小区3号楼2单元501室",
    "phone": "13900000000",
    "entered_month": "202409",
}
RARE = ("㛃䶮", "赵𬭼", "钱𠅤", "其其格·娜仁")


def test_blank_form_is_one_page_with_its_captions(printed, no1, staff):
    pdf = printed("transfer_contact", by=staff(Role.REGISTRAR, no1)).pdf
    keep("contact-blank", pdf)
    text = text_of(pdf)
    assert pages_of(pdf) == 1
    for words in ("义务教育阶段学生转学联系表", "转入学校意见", "转出地教育行政部门意见", "（盖章）", "学生签字"):
        assert words in text


def test_filled_form_carries_whole_numbers_and_all_signatures(printed, transfer, family):
    child = family(transfer.child)
    Student.objects.filter(pk=child.pk).update(**EVERYTHING)
    case = walk(transfer)
    result = printed("transfer_contact", case)
    keep("contact-filled", result.pdf)
    text = text_of(result.pdf)
    assert pages_of(result.pdf) == 1
    child = Student.objects.get(pk=child.pk)
    for number in (
        child.id_number.plain(),
        child.registry_number.plain(),
        case.lead_school.code,
        case.from_school_code,
    ):
        assert number in text
    for action, role, side in (("apply", Role.REGISTRAR, "lead"), ("release", Role.HEADMASTER, "peer")):
        assert hand_for(case, role, side).name in text, action
    for said in ("蒙古族", "农业户口", "叶柏寿街道", EVERYTHING["home_address"], "2024年9月", "母亲"):
        assert said in text
    assert result.record.short_code in text and result.record.number in text


def test_whole_numbers_on_paper_leave_looks_in_the_log(printed, transfer):
    result = printed("transfer_contact", transfer)
    looks = Look.objects.filter(student=transfer.child)
    assert sorted(looks.values_list("kind", flat=True)) == ["id", "registry"]
    assert result.record.number in looks.first().reason


def test_unsigned_cells_stay_blank(printed, transfer):
    content = text_of(printed("transfer_contact", transfer).pdf)
    for role, side in ((Role.HEADMASTER, "lead"), (Role.BUREAU_CHECKER, "bureau"), (Role.HEADMASTER, "peer")):
        assert hand_for(transfer, role, side).name not in content


def test_longest_data_still_fit_on_one_page(printed, transfer, family):
    child = family(transfer.child, names=("阿不都热合曼·买买提依明江·吾布力卡斯木", "欧阳上官慕容司徒"))
    long = "辽宁省朝阳市建平县叶柏寿街道人民路与红山大街交会处幸福家园小区二期" * 5
    Student.objects.filter(pk=child.pk).update(home_address=long[:180], phone="13800000000、0421-7800000转801")
    for member in child.family.all():
        member.workplace, member.phone = long[:60], "13800000000、0421-7800000转801"
        member.save()
    transfer.ground_note = long[:200]
    transfer.save()
    case = perform(transfer, "submit", by=hand_for(transfer, Role.REGISTRAR, "lead"))
    for action, role, side in (("vouch", Role.HEADMASTER, "lead"), ("review", Role.BUREAU_CLERK, "bureau")):
        case = perform(case, action, by=hand_for(case, role, side))
    case = perform(case, "pass_review", by=hand_for(case, Role.BUREAU_CHECKER, "bureau"))
    case = perform(case, "apply", by=hand_for(case, Role.REGISTRAR, "lead"))
    case = perform(case, "accept_child", by=hand_for(case, Role.HEADMASTER, "lead"), opinion=long[:180] * 2)
    pdf = printed("transfer_contact", case).pdf
    keep("contact-long", pdf)
    assert pages_of(pdf) == 1
    assert long[:180] in text_of(pdf)


def test_a_desk_outside_the_county_shows_its_own_unit(printed, transfer_from_outside, legal_day):
    case = walk_outside(transfer_from_outside, legal_day)
    pdf = printed("transfer_contact", case).pdf
    keep("contact-outside", pdf)
    text = text_of(pdf)
    assert "宁城县实验小学教务处" in text and "传真件第3号" in text and "孙外联" in text


def walk_outside(case, day):
    """Up to the sending bureau's desk, entered by the county's clerk and checker."""
    case = walk(case, until="approve_entry")
    outside = {
        "outside_unit": "宁城县实验小学教务处",
        "outside_person": "孙外联",
        "outside_day": day,
        "outside_evidence": "传真件第3号",
    }
    case = perform(case, "propose_release", by=hand_for(case, Role.BUREAU_CLERK, "bureau"), **outside)
    return perform(case, "release", by=hand_for(case, Role.BUREAU_CHECKER, "bureau"))


@pytest.mark.parametrize("name", RARE)
def test_rare_names_have_real_glyphs_of_one_allowed_font(printed, transfer, name):
    Student.objects.filter(pk=transfer.child.pk).update(name=name)
    pdf = printed("transfer_contact", transfer).pdf  # a box or a foreign font would have raised
    assert name in text_of(pdf)
    assert all("CJK-SC" in used.name for used in fonts_in(pdf))
