"""休学复学申请表 and 学籍注销审批表, filled from every kind that asks for them; the notices for every change."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

import tests.all_specimens  # noqa: F401
from accounts.roles import Role
from approvals.services import perform
from reports.errors import NotPrintable
from reports.forms import FORMS
from reports.suspension_forms import deregistration_form
from students.change_pages import prints_of
from students.models import Student
from suspensions.models import Death, Incapacity, Resumption, Suspension
from tests.changes import SPECIMENS, County, decided, drafted
from tests.county import class_of, hand_for
from tests.reports.conftest import keep, pages_of
from tests.reports.texts import text_of
from tests.suspensions.specimens import DIED, ONE_YEAR, suspended

EVERYTHING = {"ethnicity": "02", "home_address": "建平县叶柏寿街道幸福小区3号楼", "entered_month": "202409"}
ON_SUSPENSION_FORM = ("suspension", "extension", "resumption")


@pytest.fixture
def county(bureau, no1, no2, no3, child_at, staff):
    return County(bureau, no1, no2, no3, child_at, staff)


@pytest.fixture
def filled(county, family):
    """A decided case of a kind about a child whose record is complete."""

    def make(kind):
        case = SPECIMENS[kind](county)
        Student.objects.filter(pk=family(case.child).pk).update(**EVERYTHING)
        return decided(case)

    return make


@pytest.mark.parametrize("kind", ON_SUSPENSION_FORM)
def test_one_form_for_suspending_extending_and_coming_back(printed, filled, kind):
    case = filled(kind)
    pdf = printed("suspension_form", case).pdf
    keep(f"suspension_form-{kind}", pdf)
    text = text_of(pdf)
    assert pages_of(pdf) == 1
    for said in (case.child.id_number.plain(), "蒙古族", "2026年9月15日", hand_for(case, Role.HEADMASTER, "lead").name):
        assert said in text
    assert ("2027年9月14日" in text) and ("2028年9月14日" in text) == (kind == "extension")


def test_the_recovery_is_on_the_form_of_coming_back(printed, county):
    child = suspended(county)
    given = {"back_on": date(2026, 9, 15), "to_class": class_of(county.no1, 2), "health_note": "已康复，可参加体育课"}
    text = text_of(printed("suspension_form", drafted(Resumption, child, **given)).pdf)
    assert "已康复" in text and "二年级" in text and "康复证明" in text


def test_the_form_of_death_carries_its_three_days(printed, filled):
    case = filled("death")
    pdf = printed("deregistration_form", case).pdf
    keep("deregistration_form-death", pdf)
    text = text_of(pdf)
    assert pages_of(pdf) == 1
    assert all(f"2026年9月{day}日" in text for day in (10, 11, 14))
    assert "主管局长意见" not in text


def test_the_form_of_incapacity_carries_the_leader(printed, filled):
    case = filled("incapacity")
    pdf = printed("deregistration_form", case).pdf
    keep("deregistration_form-incapacity", pdf)
    text = text_of(pdf)
    assert pages_of(pdf) == 1
    assert "重度脑损伤" in text and hand_for(case, Role.BUREAU_LEADER, "bureau").name in text


def test_before_the_signatures_the_cells_are_empty(printed, county):
    case = drafted(Incapacity, county.child_at(county.no1), condition="重度脑损伤")
    text = text_of(printed("deregistration_form", case).pdf)
    assert not any(hand_for(case, role, side).name in text for role, side in SIGNERS)


SIGNERS = [(Role.HEADMASTER, "lead"), (Role.BUREAU_CHECKER, "bureau"), (Role.BUREAU_LEADER, "bureau")]


def test_the_longest_data_fit_on_one_page(printed, county, family):
    child = family(county.child_at(county.no1), names=("阿不都热合曼·买买提依明江·吾布力卡斯木", "欧阳上官慕容司徒"))
    Student.objects.filter(pk=child.pk).update(home_address="幸福家园小区二期" * 20)
    for kind, given in ((Suspension, ONE_YEAR | {"ground_note": "病" * 200}), (Incapacity, {"condition": "重" * 200})):
        case = drafted(kind, child, **given)
        case = perform(case, "submit", by=hand_for(case, Role.REGISTRAR, "lead"))
        case = perform(case, "vouch", by=hand_for(case, Role.HEADMASTER, "lead"), opinion="情况属实，" * 40)
        assert pages_of(printed(kind.PRINTS[0][0], case).pdf) == 1
        perform(case, "withdraw", by=hand_for(case, Role.REGISTRAR, "lead"), opinion="另行申请")


def test_a_form_of_another_kind_is_refused(printed, county):
    with pytest.raises(NotPrintable):
        printed("suspension_form", drafted(Death, county.child_at(county.no1), **DIED))


@pytest.mark.parametrize("kind", sorted(SPECIMENS))
def test_every_change_has_its_notices_in_every_state(printed, county, kind):
    """What the page offers can be printed, from the draft to the decision."""
    case = SPECIMENS[kind](county)
    assert "one_time_notice" in dict(prints_of(case))
    seen = [*prints_of(case)]
    text = text_of(printed("one_time_notice", case).pdf)
    assert case.kind_name in text and "转入地教育行政部门" not in text
    clerk = "lead" if case.OPENER.right == "make_change" else "bureau"
    by = hand_for(case, Role.REGISTRAR if clerk == "lead" else Role.BUREAU_CLERK, clerk)
    case = perform(case, "submit", by=by)
    seen += prints_of(case)
    assert case.kind_name in text_of(printed("acceptance_receipt", case).pdf)
    checker = (Role.HEADMASTER, "lead") if clerk == "lead" else (Role.BUREAU_CHECKER, "bureau")
    listed = {"refusal_ground": "data_differs"} if "refusal_ground" in fields_of(case, "refuse") else {}
    case = perform(case, "refuse", by=hand_for(case, *checker), opinion="证明材料与申请不符", **listed)
    seen += prints_of(case)
    text = text_of(printed("refusal_notice", case).pdf)
    refused = case.steps.filter(action="refuse").get()
    assert "证明材料与申请不符" in text and refused.article in text and "拒收" not in text
    assert {code for code, _ in seen} <= set(FORMS)


def fields_of(case, action) -> tuple:
    """What the form of a move asks for."""
    return next(t.custom["move"].fields for t in case.get_all_state_transitions() if t.name == action)


def test_an_unlawful_draft_may_be_answered_with_its_reasons(printed, county):
    case = drafted(Suspension, county.child_at(county.no1), **ONE_YEAR)
    Student.objects.filter(pk=case.child.pk).update(problem="身份证号重复")
    case = type(case).objects.get(pk=case.pk)
    assert "refusal_notice" in dict(prints_of(case))
    pdf = printed("refusal_notice", case).pdf
    keep("refusal_notice-suspension", pdf)
    assert "问题学籍" in text_of(pdf)


def test_the_cause_of_death_is_told_as_the_school_chose_it(printed, filled):
    case = filled("death")
    assert "交通事故致死" in text_of(printed("deregistration_form", case).pdf)


def test_a_cause_the_register_does_not_know_is_not_kept(county):
    case = SPECIMENS["death"](county)
    with pytest.raises(IntegrityError), transaction.atomic():
        Death.objects.filter(pk=case.pk).update(cause="10")  # 疾病 of a suspension
    Death.objects.filter(pk=case.pk).update(cause="")
    assert deregistration_form(Death.objects.get(pk=case.pk))["cause"] == ""
