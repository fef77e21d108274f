"""A workbook meets the records of the county: whom a row means, and what it may change (第七、八、十二、二十四条)."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from students.importing.cells import CLEAR
from students.models import FamilyMember, Student
from tests.importing import digest_of_records, imported, plan_of, registered, walk_batch
from tests.workbooks import id_number, pupil, workbook


def codes(findings):
    return sorted({each.code for each in findings})


def with_registry_numbers(*pupils):
    """A regional copy of the template with a column 学籍号 at the end."""

    def add_column(page):
        column = page.max_column + 1
        for row, cell in enumerate(["学籍号", *(each.get("registry_number") for each in pupils)], 1):
            page.cell(row, column).value = cell

    return workbook(pupils, edit=add_column)


@pytest.fixture
def known(no1):
    """Three children who live at no1."""
    registered(workbook([pupil(n) for n in range(3)]), no1)
    return Student.objects.order_by("pk").first()


def rows_of_no2(*pupils):
    return workbook([{**cells, "school_code": "2121000002"} for cells in pupils])


def test_24_a_child_of_another_school_is_never_moved_by_import(known, no1, no2):
    before = digest_of_records()
    plan = plan_of(rows_of_no2(pupil(0)), no2)
    assert plan.counts["error"] == 1 and plan.changes_nothing
    (said,) = plan.errors
    assert said.code == "at_other_school"
    assert "该生已在建平县第一小学建立学籍。请办理转学（第七条、第十九条第一款）" in said.text
    assert digest_of_records() == before


def test_24_without_numbers_the_child_is_known_by_name_sex_and_birth(known, no2):
    row = pupil(0, id_type="其他", id_number=None, member1__id_number=id_number(date(1985, 1, 1), 5))
    assert codes(plan_of(rows_of_no2(row), no2).errors) == ["at_other_school"]


def test_24_a_child_that_moved_away_continues_its_record(known, no1):
    Student.objects.filter(pk=known.pk).update(status="moved_away")
    (said,) = plan_of(workbook([pupil(0)]), no1).errors
    assert said.code == "record_elsewhere" and "第二十四条" in said.text


@pytest.mark.parametrize("status", ["graduated", "completed", "deceased"])
def test_24_a_record_that_ended_is_not_begun_again(known, no1, status):
    Student.objects.filter(pk=known.pk).update(status=status)
    (said,) = plan_of(workbook([pupil(0)]), no1).errors
    assert said.code == "record_ended"


def test_24_a_child_waiting_at_another_school_is_refused(no1, no2):
    imported(workbook([pupil(0)]), no1)
    (said,) = plan_of(rows_of_no2(pupil(0)), no2).errors
    assert said.code == "pending_elsewhere" and "建平县第一小学正在为该生办理学籍注册" in said.text


def test_24_a_waiting_batch_may_be_put_right_until_somebody_signs(no1):
    case = imported(workbook([pupil(0)]), no1).registration
    changed = workbook([pupil(0, phone="13922222222")])
    assert plan_of(workbook([pupil(0)]), no1).counts["unchanged"] == 1
    assert plan_of(changed, no1).counts["update"] == 1
    walk_batch(case, until="hand_in")
    (said,) = plan_of(changed, no1).errors
    assert said.code == "batch_signed" and case.number in said.text


def test_24_a_namesake_with_another_number_is_a_word_of_warning(known, no1):
    twin = pupil(0, id_number=id_number(date(2017, 9, 2), 9))
    plan = plan_of(workbook([twin]), no1)
    assert (plan.counts["create"], codes(plan.warnings)) == (1, ["namesake_in_county"])


def test_24_a_number_held_before_still_means_its_child(known, no1):
    """A corrected ID number: the old workbook does not make a second child."""
    known.numbers.filter(kind="id").update(until=date(2026, 9, 15))
    plan = plan_of(workbook([pupil(0)]), no1)
    assert (plan.counts["create"], codes(plan.warnings)) == (0, ["key_change"])


def test_24_numbers_of_two_children_in_one_row(known, no1):
    other = Student.objects.order_by("pk").last()
    row = pupil(0, registry_number=other.registry_number.plain())
    assert codes(plan_of(with_registry_numbers(row), no1).errors) == ["numbers_of_two"]


def test_24_two_rows_for_one_child(known, no1):
    by_registry = pupil(7, registry_number=known.registry_number.plain())
    plan = plan_of(with_registry_numbers(pupil(0), by_registry), no1)
    assert codes(plan.errors) == ["child_twice"] and plan.counts["error"] == 1


KEYS = {
    "name": "王改名", "ethnicity": "蒙古族", "sex": "女", "id_type": "护照",
}  # fmt: skip


@pytest.mark.parametrize("attribute", ["name", "ethnicity"])
def test_25_key_fields_go_to_a_correction_and_the_rest_is_applied(known, no1, attribute):
    plan = plan_of(workbook([pupil(0, phone="13933333333", **{attribute: KEYS[attribute]})]), no1)
    assert codes(plan.warnings) == ["key_change"] and "请走基础信息变更（第十二条）" in plan.warnings[0].text
    assert [c.field.attribute for c in plan.updates[0].changes] == ["phone"]
    imported(workbook([pupil(0, phone="13933333333", **{attribute: KEYS[attribute]})]), no1)
    now = Student.objects.get(pk=known.pk)
    assert now.phone == "13933333333" and getattr(now, attribute) == getattr(known, attribute)


def test_25_another_id_number_is_found_by_the_registry_number(known, no1):
    typed = id_number(date(2017, 9, 2), 21)
    row = pupil(0, id_number=typed, registry_number=known.registry_number.plain())
    plan = plan_of(with_registry_numbers(row), no1)
    (said,) = plan.warnings
    assert said.code == "key_change" and typed not in said.text and typed[-4:] in said.text
    assert plan.changes_nothing


def test_26_a_blank_cell_changes_nothing(known, no1):
    row = {name: None for name in pupil(0)} | {"id_number": pupil(0)["id_number"], "class_number": "2024级1班"}
    plan = plan_of(workbook([row]), no1)
    assert (plan.counts["unchanged"], plan.errors) == (1, [])


def test_26_a_new_child_needs_its_required_fields(no1):
    assert "required" in codes(plan_of(workbook([pupil(0, phone=None)]), no1).errors)


def test_26_clearing_needs_the_word(known, no1):
    imported(workbook([pupil(0, talents="书法")]), no1)
    assert Student.objects.get(pk=known.pk).talents == "书法"
    imported(workbook([pupil(0, talents=CLEAR, school_distance=CLEAR)]), no1)
    now = Student.objects.get(pk=known.pk)
    assert (now.talents, now.school_distance) == ("", None)


def test_26_a_required_field_cannot_be_cleared(known, no1):
    plan = plan_of(workbook([pupil(0, phone=CLEAR), pupil(9, name=CLEAR)]), no1)
    assert codes(plan.errors) == ["cannot_clear"] and plan.counts["error"] == 2


def test_a_family_member_arrives_later(known, no1):
    imported(workbook([pupil(0, member2__name="李梅", member2__relation="母亲", member1__phone="13944444444")]), no1)
    assert list(FamilyMember.objects.filter(student=known).values_list("name", "phone")) == [
        ("张建国", "13944444444"), ("李梅", ""),
    ]  # fmt: skip


def test_a_family_member_without_a_name_is_an_error(known, no1):
    plan = plan_of(workbook([pupil(0, member2__phone="13955555555"), pupil(1, member2__is_guardian="否")]), no1)
    assert codes(plan.errors) == ["member_unnamed"] and plan.counts["unchanged"] == 1


def test_28_another_class_is_not_a_reshuffle(known, no1):
    from schools.models import SchoolClass

    SchoolClass.objects.create(school=no1, stage="primary", cohort=2024, number=2)
    plan = plan_of(workbook([pupil(0, class_number="2024级2班")]), no1)
    assert codes(plan.warnings) == ["class_differs"] and plan.changes_nothing


def test_1_a_number_typed_as_a_number_is_never_repaired(no1):
    row = pupil(0, id_number=float(pupil(0)["id_number"][:17] + "0"))
    plan = plan_of(workbook([row, pupil(1)]), no1)
    assert codes(plan.errors) == ["number_cell_rounded"] and plan.counts["create"] == 1
    imported(workbook([row, pupil(1)]), no1, only_good=True)
    assert Student.objects.count() == 1


def test_differences_show_words_and_hide_numbers(known, no1):
    number = id_number(date(1985, 5, 5), 33)
    plan = plan_of(workbook([pupil(0, lodging="住校", orphan="是", member1__id_number=number)]), no1)
    shown = {each["label"]: (each["old"], each["new"]) for each in plan.differences()[0]["changes"]}
    assert shown["是否孤儿"] == ("否", "是") and shown["就读方式"][0] == "走读"
    assert shown["成员1身份证件号"] == ("", "*" * 14 + number[-4:])


@pytest.mark.parametrize("alive", [False, True])
def test_the_number_of_queries_does_not_grow_with_the_rows(no1, alive):
    if alive:
        registered(workbook([pupil(n, class_number="2024级1班") for n in range(200)]), no1)
    counts = []
    for rows in (10, 200):
        with CaptureQueriesContext(connection) as queries:
            plan_of(workbook([pupil(n) for n in range(rows)]), no1)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 14  # one of them asks what the school has said of its columns


def test_the_number_of_queries_of_a_commit_does_not_grow_either(no1):
    imported(workbook([pupil(900)]), no1)  # content types and people are looked up once
    counts = []
    for rows, first in ((10, 0), (200, 500)):
        with CaptureQueriesContext(connection) as queries:
            imported(workbook([pupil(first + n) for n in range(rows)]), no1)
        counts.append(len(queries))
    assert counts[0] == counts[1]
