"""新生名册 by workbook: the same rules as on the page (第四、六、八条)."""

from datetime import date

import pytest

from approvals.errors import RulesBroken
from approvals.services import perform
from students.models import Application
from tests.importing import imported, plan_of, walk_batch
from tests.students.intake import mapped, registrar
from tests.workbooks import id_number, pupil, workbook


def first_grader(number=1, birth=date(2020, 3, 5), **changes):
    given = {"class_number": "2026级1班", "entered_month": "202609", "birth_date": f"{birth:%Y%m%d}"}
    return pupil(number, **given | {"id_number": id_number(birth, 2 * number + 1), "sex": "男"} | changes)


@pytest.mark.parametrize(("birth", "errors"), [(date(2020, 8, 31), 0), (date(2020, 9, 1), 1)])
def test_a_row_born_after_the_cut_off_is_an_error(no1, birth, errors):
    plan = plan_of(workbook([first_grader(birth=birth)]), no1)
    assert plan.counts["error"] == errors and len(plan.creates) == 1 - errors
    if errors:
        (finding,) = [each for each in plan.errors if each.code == "too_young"]
        assert "第四条" in finding.message and "2027年秋季" in finding.remedy


def test_an_over_age_row_is_told_and_needs_its_number_or_a_reason_in_the_batch(no1):
    data = workbook([first_grader(birth=date(2019, 5, 5))])
    assert [each.code for each in plan_of(data, no1).warnings] == ["over_age"]
    case = imported(data, no1).registration
    with pytest.raises(RulesBroken, match="特批事项尚未写明理由"):
        walk_batch(case)
    Application.objects.update(deferral_number="建教缓〔2025〕3号")
    assert walk_batch(case).state == "done"


def test_the_address_of_a_row_finds_its_community_and_its_catchment(no1, no2):
    home = mapped(no2)
    data = workbook([first_grader(home_address="建平县叶柏寿街道样例社区3号楼")])
    (said,) = plan_of(data, no1).warnings
    assert said.code == "outside_catchment" and "第二小学" in said.message
    case = imported(data, no1).registration
    assert Application.objects.get().community == home
    assert case.facts.words["in_catchment_or_grounded"]


def test_imported_children_wait_for_the_signature_like_the_others(no1):
    case = imported(workbook([first_grader(n) for n in range(1, 4)]), no1).registration
    assert Application.objects.filter(signed_on=None).count() == 3
    with pytest.raises(RulesBroken, match="待签"):
        perform(case, "hand_in", by=registrar(no1))


def test_a_former_number_in_a_row_means_the_child_that_held_it(no1, no2, child_at):
    from students import enrolments

    child = child_at(no2, grade=1, name="新苗甲")
    old = child.id_number.plain()
    child.numbers.filter(kind="id").update(until=date(2026, 9, 10))
    enrolments.sealed_number(child, "id", id_number(child.birth_date, 499), date(2026, 9, 10)).save()
    row = first_grader(name="新苗甲", birth=child.birth_date, id_number=old)
    plan = plan_of(workbook([row]), no1)
    assert [each.code for each in plan.errors] == ["at_other_school"] and "转学" in plan.errors[0].remedy
