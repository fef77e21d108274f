"""From a school's workbook to registered children: planned, confirmed, signed by four hands (第六条)."""

from datetime import date

import pytest

from accounts.roles import Role
from approvals.errors import NotYourHand, Refused, RulesBroken
from schools.models import SeatGrant
from students.importing.cells import CLEAR
from students.models import Enrolment, FamilyMember, ImportFile, Registration, Student
from tests.county import class_of, seats_of
from tests.importing import digest_of_records, imported, plan_of, previewed, registered, walk_batch
from tests.workbooks import id_number, pupil, workbook


@pytest.mark.parametrize("version", ["v1", "v2", "export"])
def test_a_workbook_becomes_registered_children(no1, version):
    before = seats_of(no1, 3)
    case = imported(workbook([pupil(n) for n in range(12)], version=version), no1).registration

    assert (case.state, case.entries.count(), case.subjects.filter(blocking=True).count()) == ("filled", 12, 12)
    assert set(Student.objects.values_list("status", flat=True)) == {"pending"}
    assert not Enrolment.objects.exists() and seats_of(no1, 3) == before

    case = walk_batch(case)
    children = Student.objects.order_by("pk")
    assert {(c.status, c.school_id) for c in children} == {("enrolled", no1.pk)}
    assert all(c.registry_number.letter == "L" and c.id_number.plain().startswith("211399") for c in children)
    living = Enrolment.objects.living()
    began = {(e.came_by_id, e.during.lower) for e in living}
    assert began == {(case.pk, date(2024, 9, 1))} and living.count() == 12  # the month of entry
    assert seats_of(no1, 3).used == before.used + 12
    assert {e.placements.get().school_class for e in living} == {class_of(no1, 3)}
    assert not case.subjects.filter(blocking=True).exists()


def test_every_field_of_the_template_arrives(no1):
    imported(workbook([pupil(3, talents="书法", member2__name="李梅", member2__relation="母亲")], version="v2"), no1)
    child = Student.objects.get()
    assert (child.name_initials[0], child.sex, child.birth_date) == ("w", "1", date(2017, 9, 5))
    assert (child.ethnicity, child.nationality, child.household_division) == ("01", "CHN", "211322102000")
    assert (child.only_child, child.had_preschool, child.talents, float(child.school_distance)) == (
        False, True, "书法", 1.5,
    )  # fmt: skip
    assert [(m.name, m.relation, m.is_guardian) for m in child.family.all()] == [
        ("张建国", "51", True), ("李梅", "52", None),
    ]  # fmt: skip


def test_a_guardians_number_is_sealed(no1):
    number = id_number(date(1985, 5, 5), 33)
    imported(workbook([pupil(1, member1__id_number=number, member1__id_type="居民身份证")]), no1)
    member = FamilyMember.objects.get()
    assert member.id_tail == number[-4:] and number.encode() not in bytes(member.id_cipher)
    assert plan_of(workbook([pupil(1, member1__id_number=number)]), no1).counts["unchanged"] == 1
    other = id_number(date(1985, 5, 6), 33)
    assert plan_of(workbook([pupil(1, member1__id_number=other)]), no1).counts["update"] == 1


@pytest.mark.parametrize("stage", ["hand_in", "register"])
def test_a_second_upload_changes_nothing(no1, stage):
    data = workbook([pupil(n) for n in range(9)])
    walk_batch(imported(data, no1).registration, until=stage)
    before = digest_of_records()

    again = imported(data, no1)
    assert {k: again.counts[k] for k in ("rows", "create", "update", "unchanged", "error")} == {
        "rows": 9, "create": 0, "update": 0, "unchanged": 9, "error": 0,
    }  # fmt: skip
    assert again.registration is None and digest_of_records() == before


def test_what_was_confirmed_once_cannot_be_committed_twice(no1):
    file, parsed = previewed(workbook([pupil(1)]), no1)
    from students.importing import service

    service.commit(file, parsed, by=file.uploaded_by)
    with pytest.raises(Refused, match="已提交"):
        service.commit(file, parsed, by=file.uploaded_by)


def test_records_that_move_after_the_preview_are_shown_again(no1):
    from students.importing import service

    first, parsed = previewed(workbook([pupil(1)]), no1)
    second, parsed_too = previewed(workbook([pupil(1)]), no1)
    service.commit(first, parsed, by=first.uploaded_by)
    before = digest_of_records()
    with pytest.raises(service.PlanChanged) as changed:
        service.commit(second, parsed_too, by=second.uploaded_by)
    assert changed.value.plan.counts["unchanged"] == 1 and digest_of_records() == before


def test_errors_stop_everything_unless_the_good_rows_are_chosen(no1):
    data = workbook([pupil(1), pupil(2, sex="不详"), pupil(3)])
    before = digest_of_records()
    with pytest.raises(Refused, match="1 行有误"):
        imported(data, no1)
    assert digest_of_records() == before
    assert imported(data, no1, only_good=True).registration.entries.count() == 2


def test_warnings_are_looked_at_first(no1):
    data = workbook([pupil(1, phone="12345")])
    with pytest.raises(Refused, match="提示"):
        imported(data, no1, accept_warnings=False)
    assert imported(data, no1).registration.entries.count() == 1


def test_only_the_schools_own_registrar_imports(no1, no2, staff):
    for stranger in (staff(Role.REGISTRAR, no2), staff(Role.HEADMASTER, no1), staff(Role.BUREAU_CLERK, no1.bureau)):
        with pytest.raises(NotYourHand):
            previewed(workbook([pupil(1)]), no1, by=stranger)
    assert not ImportFile.objects.exists()


def test_a_class_larger_before_is_recorded_as_it_is(no1):
    """第八条: an older class above the cap is written down with a numbered grant, never cut."""
    case = registered(workbook([pupil(n) for n in range(58)]), no1)
    row = seats_of(no1, 3)
    assert (row.used, row.granted) == (58, 3)
    assert {(g.count, g.case_number) for g in SeatGrant.objects.all()} == {(3, case.number)}


def test_an_entering_class_may_not_overflow(no1):
    newcomers = [pupil(n, class_number="2026级1班", entered_month="202609") for n in range(56)]
    case = imported(workbook(newcomers), no1).registration
    with pytest.raises(RulesBroken, match="第八条"):
        walk_batch(case)
    assert Registration.objects.get().state == "filled"


def test_a_withdrawn_batch_frees_its_children(no1):
    from approvals.services import perform

    data = workbook([pupil(n, registry_number=None) for n in range(3)])
    file = imported(data, no1)
    perform(file.registration, "withdraw", by=file.uploaded_by, opinion="重新采集")
    assert set(Student.objects.values_list("status", flat=True)) == {"rejected"}
    assert imported(data, no1).counts["create"] == 3


def test_a_batch_without_new_children_is_settled_at_once(no1):
    registered(workbook([pupil(n) for n in range(3)]), no1)
    file = imported(workbook([pupil(0, phone="13911111111"), pupil(1), pupil(2)]), no1)
    assert (file.registration.state, file.counts["update"], file.counts["unchanged"]) == ("settled", 1, 2)
    assert not file.registration.is_open
    assert sorted(Student.objects.values_list("phone", flat=True))[-1] == "13911111111"


def test_a_batch_with_new_children_cannot_be_settled(no1):
    from approvals.services import perform

    file = imported(workbook([pupil(1)]), no1)
    with pytest.raises(RulesBroken, match="第六条"):
        perform(file.registration, "settle", by=file.uploaded_by)


def test_history_keeps_what_an_update_replaced(no1):
    registered(workbook([pupil(1)]), no1)
    imported(workbook([pupil(1, home_address="叶柏寿街道1号", talents=CLEAR)]), no1)
    events = Student.objects.get().events.order_by("pgh_id").values_list("home_address", flat=True)
    assert list(events)[0] == "建平镇和平村1组" and list(events)[-1] == "叶柏寿街道1号"
