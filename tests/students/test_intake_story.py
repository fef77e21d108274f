"""新生入学 from the counter to the registered child: searched, entered, signed, seated, approved (第四至八条)."""

from datetime import date

import pytest

from accounts.roles import Role
from approvals.errors import NotYourHand, Refused, RulesBroken, TooLate
from approvals.services import perform
from jianping_xueji import vault
from law import clock
from schools.models import SchoolClass, Seats
from students import enrolments
from students.intake import batches, duplicates, filing, overflows
from students.models import Application, DuplicateSearch, FiledScan, Registration, Student
from tests.changes import hand_of
from tests.county import class_of, id_number, seats_of
from tests.crowd import crowd
from tests.house.sites import photo
from tests.importing import walk_batch
from tests.students.intake import asked, child_of, entered, mapped, newcomer, ready, registrar, searched
from tests.students.specimens_classes import another_class


def many(school, count, **more):
    """So many newcomers in the school's batch."""
    for number in range(count):
        case = entered(school, asked(f"新苗{chr(0x4E00 + number)}", sequence=420 + number), **more)
    return case


def test_a_newcomer_becomes_a_registered_child(no1):
    """Entered by page, signed, seated, checked, approved; an L number until CEIMS answers (第六条)."""
    home = mapped(no1)
    case = entered(no1, place=home)
    child = child_of(case)
    assert (case.state, child.status, child.entered_month) == ("filled", "pending", "202609")
    assert child.family.get().name == "苗父" and child.application.community == home

    case = walk_batch(ready(case))
    child = Student.objects.get(pk=child.pk)
    assert (case.state, child.status, child.school) == ("done", "enrolled", no1)
    assert child.registry_number.letter == "L" and child.id_number.plain().startswith("211399")
    living = child.enrolments.living().get()
    assert (living.during.lower, living.placements.get().school_class) == (date(2026, 9, 1), class_of(no1, 1))
    assert seats_of(no1, 1).used == 1


def test_the_open_batch_of_the_year_takes_the_next_child_too(no1):
    first, second = entered(no1), entered(no1, asked("新苗乙", sequence=402))
    assert first.pk == second.pk and second.entries.count() == 2 and second.title == "2026年秋季新生"
    perform(ready(second), "hand_in", by=registrar(no1))
    third = entered(no1, asked("新苗丙", sequence=403))
    assert third.pk != first.pk and third.title.endswith("第2批）")


def test_a_child_of_another_school_is_named_with_its_school_and_not_entered(no1, no2, child_at):
    living = child_at(no2, name="新苗甲", grade=1)
    who = asked("新苗甲", living.birth_date, number=living.id_number.plain())
    search = searched(no1, who)
    assert search.outcome == "found" and "第二小学" in search.said and "转学" in search.said
    with pytest.raises(Refused, match="转学"):
        batches.register_newcomer(search, newcomer(), by=registrar(no1))
    assert not Registration.objects.exists()


def test_a_former_number_still_means_the_child(no1, no2, child_at):
    """第六、八条: found by any number ever held."""
    living = child_at(no2, name="新苗甲", grade=1)
    old = living.id_number.plain()
    living.numbers.filter(kind="id").update(until=date(2026, 9, 10))
    new = id_number(living.birth_date, 444, "1")
    enrolments.sealed_number(living, "id", new, date(2026, 9, 10)).save()
    assert searched(no1, asked("新苗甲", living.birth_date, number=old)).found == living
    assert searched(no1, asked("新苗甲", living.birth_date, number=new)).found == living


def test_another_name_under_the_number_is_no_transfer_and_names_no_school(no1, no2, child_at):
    living = child_at(no2, name="新苗甲", grade=1)
    search = searched(no1, asked("别人", living.birth_date, number=living.id_number.plain()))
    assert search.outcome == "found" and "另一姓名" in search.said and "第二小学" not in search.said


def test_a_namesake_without_a_number_needs_a_written_confirmation(no1, no2, child_at):
    twin = child_at(no2, name="新苗甲", grade=1)
    twin.numbers.filter(kind="id").update(until=date(2026, 9, 10))
    search = searched(no1, asked("新苗甲", twin.birth_date, sequence=345))
    assert search.outcome == "namesake" and "第二小学" in search.said
    with pytest.raises(Refused, match="不是同一人"):
        batches.register_newcomer(search, newcomer(), by=registrar(no1))
    case = batches.register_newcomer(search, newcomer(namesake_note="户口簿不同，父母姓名不同"), by=registrar(no1))
    assert child_of(case).application.namesake_note


def test_namesakes_with_two_numbers_are_two_people(no1, no2, child_at):
    other = child_at(no2, name="新苗甲", grade=1)
    search = searched(no1, asked("新苗甲", other.birth_date, sequence=346))
    assert search.outcome == "nobody" and "证件号不同" in search.said


def test_a_stranger_searches_and_enters_nothing(no1, no2, staff):
    search = searched(no1)
    for stranger in (registrar(no2), staff(Role.HEADMASTER, no1), staff(Role.BUREAU_CLERK, no1.bureau)):
        with pytest.raises(NotYourHand):
            duplicates.search(asked(), no1, 1, stranger)
        with pytest.raises(NotYourHand):
            batches.register_newcomer(search, newcomer(), by=stranger)
    assert DuplicateSearch.objects.count() == 1 and not Student.objects.exists()


def test_one_search_enters_one_child(no1):
    search = searched(no1)
    batches.register_newcomer(search, newcomer(), by=registrar(no1))
    with pytest.raises(Refused, match="已登记|已经用于"):
        batches.register_newcomer(search, newcomer(), by=registrar(no1))
    assert Student.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", [None, ""])
def test_two_clerks_of_two_schools_enter_the_same_child_at_once(no1, no2, number):
    """With a number or without: one of them is told, one child is there (I1)."""
    who = asked(number=number, id_type="Z" if number == "" else "1")
    searches = [searched(school, who) for school in (no1, no2) for _ in range(2)]
    people = [registrar(search.school) for search in searches]

    def act(search, by):
        def run():
            with clock.at(date(2026, 9, 15)):
                batches.register_newcomer(search, newcomer(), by=by)

        return run

    said = crowd([act(*pair) for pair in zip(searches, people, strict=True)])
    assert said == {"done": 1, "Refused": 3}
    assert Student.objects.filter(status="pending").count() == 1 and Application.objects.count() == 1


# --- 待签 -------------------------------------------------------------------------------------------------------------


def test_without_the_signature_a_batch_is_not_handed_in_and_the_child_is_named(no1):
    case = many(no1, 2)
    seated = {pk: class_of(no1, 1).pk for pk in case.entries.values_list("student", flat=True)}
    batches.seat(case, seated, by=registrar(no1))
    signed, unsigned = Student.objects.order_by("pk")
    batches.sign_for(case, [signed.pk], by=registrar(no1), signed_on=clock.today(), signer="苗母", relation="52")
    with pytest.raises(RulesBroken, match=f"{unsigned.name}待签") as refused:
        perform(case, "hand_in", by=registrar(no1))
    assert signed.name not in str(refused.value)


def test_the_unsigned_move_into_a_batch_of_their_own(no1):
    case = many(no1, 3)
    ready(case)
    late = child_of(case)
    Application.objects.filter(student=late).update(signed_on=None, signer="", signature_by=None)
    new = batches.set_unsigned_apart(case, by=registrar(no1))
    assert list(new.entries.values_list("student", flat=True)) == [late.pk] and case.entries.count() == 2
    assert late.case_subjects.get(blocking=True).case_id == new.pk
    assert walk_batch(case).state == "done" and Student.objects.get(pk=late.pk).status == "pending"
    assert case.steps.filter(action="set_apart", actor=registrar(no1)).exists()


def test_who_signed_is_kept_and_is_the_first_guardian_unless_named(no1):
    case = many(no1, 2)
    children = list(case.entries.values_list("student", flat=True))
    batches.sign_for(case, children, by=registrar(no1), signed_on=date(2026, 9, 14))
    kept = Application.objects.values_list("signed_on", "signer", "signer_relation", "signature_by")
    assert set(kept) == {(date(2026, 9, 14), "苗父", "51", registrar(no1).pk)}
    with pytest.raises(Refused, match="不能晚于今日"):
        batches.sign_for(case, children, by=registrar(no1), signed_on=date(2026, 9, 16))


def test_the_signed_form_and_the_household_page_are_filed_for_ever(no1, no2):
    application = child_of(entered(no1)).application
    scan = filing.file_scan(application, "basics", photo(), "签字表.jpg", by=registrar(no1))
    assert scan.kept_for_ever and filing.content_of(scan)
    filing.file_scan(application, "household", photo(), "户口簿.jpg", by=registrar(no1))
    with pytest.raises(NotYourHand):
        filing.file_scan(application, "basics", photo(), "表.jpg", by=registrar(no2))
    assert FiledScan.objects.count() == 2


# --- a batch while it lies with the school ----------------------------------------------------------------------------


def test_one_child_is_taken_out_with_a_reason_and_may_come_again(no1):
    case = many(no1, 2)
    child = child_of(case)
    with pytest.raises(Refused, match="理由"):
        batches.take_out(child, by=registrar(no1), reason=" ")
    batches.take_out(child, by=registrar(no1), reason="随父母去外县入学")
    assert Student.objects.get(pk=child.pk).status == "rejected" and case.entries.count() == 1
    assert not child.case_subjects.filter(blocking=True).exists()
    assert entered(no1, asked(child.name, sequence=421)).entries.count() == 2


def test_after_handing_in_nothing_is_changed_any_more(no1):
    case = ready(entered(no1))
    child = child_of(case)
    perform(case, "hand_in", by=registrar(no1))
    for late in (
        lambda: batches.amend(child, newcomer(), by=registrar(no1)),
        lambda: batches.take_out(child, by=registrar(no1), reason="误录"),
        lambda: batches.sign_for(case, [child.pk], by=registrar(no1), signed_on=clock.today()),
    ):
        with pytest.raises(TooLate):
            late()


def test_a_first_grader_is_not_put_into_grade_two(no1):
    case = entered(no1)
    with pytest.raises(Refused, match="同年级"):
        batches.seat(case, {child_of(case).pk: class_of(no1, 2).pk}, by=registrar(no1))


def test_a_class_of_another_school_is_refused(no1, no2):
    case = entered(no1)
    with pytest.raises(Refused, match="现有班级"):
        batches.seat(case, {child_of(case).pk: class_of(no2, 1).pk}, by=registrar(no1))


def test_children_are_dealt_evenly_to_the_classes(no1):
    SchoolClass.objects.create(school=no1, stage="primary", cohort=2026, number=2)
    case = many(no1, 6)
    assert batches.seat_evenly(case, by=registrar(no1)) == 6
    heads = [case.entries.filter(school_class=each).count() for each in no1.classes.filter(cohort=2026)]
    assert heads == [3, 3]
    with pytest.raises(Refused, match="都已编班"):
        batches.seat_evenly(case, by=registrar(no1))


# --- full ------------------------------------------------------------------------------------------------------------


def narrow(school, seats, per_class=None):
    """The plan of grade one has so many seats, the class as well."""
    rows = Seats.objects.filter(school=school, year=2026, grade=1)
    rows.filter(school_class=None).update(capacity=seats)
    rows.exclude(school_class=None).update(capacity=per_class or seats)


def test_a_full_class_is_refused_with_its_numbers(no1):
    narrow(no1, 5, per_class=1)
    with pytest.raises(RulesBroken, match="一年级1班（拟编2人，空余1）"):
        walk_batch(ready(many(no1, 2)))


def test_a_full_plan_is_refused_with_its_numbers(no1):
    narrow(no1, 1, per_class=5)
    with pytest.raises(RulesBroken, match="登记2人，招生计划空余1"):
        walk_batch(ready(many(no1, 2)))


@pytest.fixture
def overflowing(no1, no2):
    """Two children of the catchment, one seat; the second child is reported to the bureau."""
    narrow(no1, 1)
    many(no1, 2, place=mapped(no1))
    child = child_of(Registration.objects.get())
    return overflows.report_full(child, by=registrar(no1), reason="一年级学位已满")


def test_a_full_school_reports_a_child_of_its_catchment_and_another_takes_it(overflowing, no1, no2):
    """第四条: nobody of the catchment is refused: the bureau names a school, the leader signs, that school takes."""
    child = overflowing.child
    clerk = hand_of(Role.BUREAU_CLERK, no1.bureau)
    with pytest.raises(RulesBroken, match="还没有指定接收学校"):
        perform(overflowing, "submit", by=clerk)
    case = overflows.name_school(overflowing, no2, by=clerk)
    perform(case, "submit", by=clerk)
    perform(case, "pass_on", by=hand_of(Role.BUREAU_CHECKER, no1.bureau))
    case = perform(case, "approve", by=hand_of(Role.BUREAU_LEADER, no1.bureau))
    assert (case.state, case.desk_school, seats_of(no2, 1).reserved) == ("issued", no2, 1)
    with pytest.raises(NotYourHand):
        perform(case, "take", by=registrar(no1))
    case = perform(case, "take", by=registrar(no2))
    child = Student.objects.get(pk=child.pk)
    assert (case.state, child.school, child.status) == ("done", no2, "pending")
    batch = batches.batch_of(child)
    assert batch.lead_school == no2 and seats_of(no2, 1).reserved == 0
    assert walk_batch(ready(batch)).state == "done"
    assert Student.objects.get(pk=child.pk).status == "enrolled"


def test_a_school_with_seats_or_a_child_from_elsewhere_is_not_reported(no1, no2):
    case = entered(no1, place=mapped(no1))
    with pytest.raises(Refused, match="还有空余学位"):
        overflows.report_full(child_of(case), by=registrar(no1), reason="x")
    narrow(no1, 0)
    overflows.report_full(child_of(case), by=registrar(no1), reason="x")
    other = entered(no1, asked("新苗乙", sequence=477))
    with pytest.raises(Refused, match="不在本校学区"):
        overflows.report_full(child_of(other, "新苗乙"), by=registrar(no1), reason="x")


def test_a_report_that_is_withdrawn_brings_the_child_back(overflowing, no1):
    child = overflowing.child
    assert Registration.objects.get().entries.count() == 1
    perform(overflowing, "withdraw", by=hand_of(Role.BUREAU_CLERK, no1.bureau), opinion="已增加班级")
    assert batches.batch_of(child).lead_school == no1 and Registration.objects.get().entries.count() == 2


def test_the_leader_undoes_a_placement_before_the_school_has_handed_in(overflowing, no1, no2):
    clerk, child = hand_of(Role.BUREAU_CLERK, no1.bureau), overflowing.child
    case = overflows.name_school(overflowing, no2, by=clerk)
    perform(case, "submit", by=clerk)
    perform(case, "pass_on", by=hand_of(Role.BUREAU_CHECKER, no1.bureau))
    leader = hand_of(Role.BUREAU_LEADER, no1.bureau)
    perform(case, "approve", by=leader)
    perform(case, "take", by=registrar(no2))
    perform(case, "undo", by=leader, opinion="原学校增加了班级")
    back = Student.objects.get(pk=child.pk)
    assert back.school == no1 and batches.batch_of(back).lead_school == no1


# --- upper grades ----------------------------------------------------------------------------------------------------


def test_a_newcomer_of_an_upper_grade_is_searched_for_and_explained(no1):
    """Edge 39: no direct registration."""
    who = asked(birth=date(2018, 3, 5))
    with pytest.raises(RulesBroken, match="先查重并写明"):
        batches.register_newcomer(searched(no1, who, grade=3), newcomer(), by=registrar(no1))
    search = searched(no1, who, grade=3)
    case = batches.register_newcomer(search, newcomer(newcomer_reason="此前随父母在境外，未入学"), by=registrar(no1))
    assert walk_batch(ready(case, grade=3)).state == "done"
    child = child_of(case)
    assert child.status == "enrolled" and child.application.search.by == registrar(no1)
    assert child.entered_month == "202609"


def test_the_log_of_searches_only_grows(no1, db):
    from django.db import DatabaseError, transaction

    search = searched(no1)
    with pytest.raises(DatabaseError), transaction.atomic():
        DuplicateSearch.objects.filter(pk=search.pk).update(outcome="found")
    sealed = bytes(search.sealed)
    assert "新苗甲".encode() not in sealed and asked().id_number.encode() not in sealed
    assert duplicates.Asked.of(search) == asked() and search.number_tail == vault.tail(asked().id_number)


def test_nobody_is_put_into_a_class_taught_at_home_without_need(no1):
    """第七条: such a child counts in no class size, so that the class is no way around the cap."""
    at_home = another_class(no1, 1, kind="home")
    case = entered(no1)
    child = child_of(case)
    with pytest.raises(Refused, match="没有登记残疾类型.*第七条"):
        batches.seat(case, {child.pk: at_home.pk}, by=registrar(no1))
    Student.objects.filter(pk=child.pk).update(disability="3")
    batches.seat(case, {child.pk: at_home.pk}, by=registrar(no1))
    assert case.entries.get().school_class == at_home
