"""第十五条：升级——一年一次，全县各校一次写入，谁升、谁不升、为什么，怎样原样撤销."""

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from approvals.errors import NotYourHand, Refused
from approvals.services import perform
from jianping_xueji import jobs
from jianping_xueji.jobs import tasks
from jianping_xueji.room import ROOM
from law import articles, clock
from law.models import Parameter
from schools.models import SeatGrant, Seats
from students import journal, places
from students.models import Placement, Promotion, Student
from students.year import rolls, services
from students.year.services import confirm_run, dry_run, exceptions, submit_run, take_back_run, withdraw_run
from suspensions.models import Dropout, Resumption, Suspension
from tests import invariants
from tests.changes import again, decided, drafted
from tests.county import another_county, class_of, make_school, staff_member
from tests.students.specimens_classes import another_class
from tests.students.year_lists import graduated

AUGUST, TURN = date(2027, 8, 10), date(2027, 9, 1)
ILL = {"ground_note": "骨折", "until": date(2027, 8, 31)}


def clerk(bureau):
    return staff_member(Role.BUREAU_CLERK, bureau)


def checker(bureau):
    return staff_member(Role.BUREAU_CHECKER, bureau)


def leader(bureau):
    return staff_member(Role.BUREAU_LEADER, bureau)


def submitted(bureau, *, on=AUGUST):
    with clock.at(on):
        return submit_run(bureau, 2026, by=clerk(bureau))


def worked(job):
    """What a worker does with the bell."""
    tasks.run(job.pk)
    job.refresh_from_db()
    return job


def promoted(bureau, *, on=TURN):
    run = submitted(bureau)
    with clock.at(on):
        job = worked(confirm_run(run, by=checker(bureau)))
        assert job.state == "done", job.error
    run.refresh_from_db()
    return run


def place_of(child):
    return Placement.objects.get(enrolment__student=child, ends=None)


def living(ids):
    """The record as it counts: rows that came to be and were ended on the spot are history only."""
    return {
        key: row
        for key, (_, row) in journal.snapshot(ids).items()
        if not (key[0] == "placement" and row["ends"] == row["starts"])
    }


# ── what happens ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_everybody_in_a_class_moves_up_with_the_class(bureau, no1, no2, child_at):
    children = [child_at(no1, grade=grade) for grade in (1, 3, 3, 5)] + [child_at(no2, grade=2)]
    before = {child.pk: place_of(child) for child in children}
    run = promoted(bureau)
    assert run.state == "done" and run.figures["promoted"] == 5
    for child in children:
        old, new = before[child.pk], place_of(child)
        old.refresh_from_db()
        assert (old.ends, new.starts, new.year) == (TURN, TURN, 2027)
        assert (new.school_class, new.grade) == (old.school_class, old.grade + 1)
    case = Promotion.objects.get(lead_school=no1)
    assert set(case.subjects.values_list("child", "blocking")) == {(c.pk, False) for c in children[:4]}
    assert [(s.action, s.actor, s.happened_on, s.acted_on) for s in case.steps.all()] == [
        ("submit", clerk(bureau), AUGUST, TURN),
        ("approve", checker(bureau), TURN, TURN),
    ]
    assert case.steps.last().particulars == {"promoted": "4"}
    with clock.at(TURN):
        assert invariants.broken() == []


def test_the_last_grades_do_not_move_up_and_graduates_are_gone(bureau, no1, child_at):
    graduate, forgotten = child_at(no1, grade=6), child_at(no1, grade=6, name="样例留")
    Student.objects.filter(pk=forgotten.pk).update(problem="证件号重复")
    graduated(no1)
    promoted(bureau)
    assert again(graduate).status == "leaver"
    assert place_of(forgotten).year == 2026
    (named,) = exceptions(bureau, 2026)
    assert (named.name, named.fate) == ("样例留", "graduating")


def test_each_child_left_behind_is_named_with_its_reason(bureau, no1, no2, child_at):
    ill = child_at(no1, grade=3, name="样例病")
    decided(drafted(Suspension, ill, **ILL))
    nowhere = child_at(no1, grade=3, name="样例无班")
    Placement.objects.filter(enrolment__student=nowhere).update(ends=date(2027, 5, 1))
    Seats.objects.filter(school=no1, grade=3).update(used=0)
    busy = child_at(no1, grade=2, name="样例在办")
    case = drafted(Suspension, busy, **ILL)
    closed = child_at(no2, grade=4, name="样例撤班")
    no2.classes.filter(cohort=2023).update(closed_on=date(2027, 7, 1))
    child_at(no2, grade=6, name="样例六")
    named = {each.name: (each.fate, each.case_number) for each in exceptions(bureau, 2026)}
    assert named == {
        "样例病": ("suspended", ""),
        "样例无班": ("no_class", ""),
        "样例在办": ("open_case", case.number),
        "样例撤班": ("class_closed", ""),
        "样例六": ("graduating", ""),
    }
    assert all(each.reason and (each.remedy or each.fate == "suspended") for each in exceptions(bureau, 2026))
    promoted(bureau)
    assert place_of(busy).year == 2027, "an open case does not keep a child in its grade"
    assert place_of(closed).year == 2026 and not Placement.objects.filter(enrolment__student=ill, ends=None).exists()


def test_a_dropout_moves_with_its_cohort_and_keeps_its_record(bureau, no1, child_at):
    """Edge case 44: the record stays, the grade follows the cohort, no place is made for a child who does not come."""
    gone = child_at(no1, grade=3)
    Placement.objects.filter(enrolment__student=gone).update(ends=date(2027, 3, 1))
    Student.objects.filter(pk=gone.pk).update(status="dropped_out")
    promoted(bureau)
    (named,) = exceptions(bureau, 2026)
    assert (named.fate, again(gone).status) == ("dropped_out", "dropped_out")
    with clock.at(TURN):
        assert Dropout.facts_for(gone, TURN).grade == 4


@pytest.mark.parametrize("advances", [True, False])
def test_whether_a_dropout_in_a_class_advances_is_the_countys_parameter(bureau, no1, child_at, advances):
    gone = child_at(no1, grade=3)
    Student.objects.filter(pk=gone.pk).update(status="dropped_out")
    Parameter.objects.create(
        code="promotion.dropout_advances", value=advances, starts=date(2024, 3, 1), level="县", document="文"
    )
    promoted(bureau)
    assert place_of(gone).year == (2027 if advances else 2026)


def test_who_came_or_left_since_the_dry_run_is_seen_afresh(bureau, no1, child_at):
    stays, leaves = child_at(no1, grade=3), child_at(no1, grade=3)
    run = submitted(bureau)
    comes = child_at(no1, grade=4)
    Placement.objects.filter(enrolment__student=leaves).update(ends=date(2027, 8, 20))
    Seats.objects.filter(school=no1, grade=3).update(used=1)
    with clock.at(TURN):
        worked(confirm_run(run, by=checker(bureau)))
    run.refresh_from_db()
    assert (run.figures["dry_run"]["advances"], run.figures["promoted"]) == (2, 2)
    assert {place_of(stays).year, place_of(comes).year} == {2027}
    assert not Placement.objects.filter(enrolment__student=leaves, year=2027).exists()


def test_who_sits_in_the_new_year_already_is_left_alone(bureau, no1, child_at):
    with clock.at(TURN):
        newcomer = child_at(no1, grade=3)
    promoted(bureau, on=TURN + timedelta(days=4))
    assert Placement.objects.filter(enrolment__student=newcomer).count() == 1


def test_a_class_above_its_seats_goes_on_by_a_numbered_grant(bureau, no1, child_at):
    """Edge case 17: a class that was larger before is no reason to lose a child."""
    for _ in range(3):
        child_at(no1, grade=3)
    Parameter.objects.create(code="class.cap", value=2, starts=TURN, level="县", document="文")
    promoted(bureau)
    rows = Seats.objects.filter(school=no1, year=2027, grade=4)
    assert {(row.capacity, row.granted, row.used) for row in rows} == {(2, 1, 3)}
    case = Promotion.objects.get(lead_school=no1)
    grants = SeatGrant.objects.filter(case_number=case.number)
    assert grants.count() == 2 and {g.article for g in grants} == {"第八条"}
    with clock.at(TURN):
        assert invariants.broken() == []


def test_a_child_back_from_suspension_joins_its_own_cohort_or_one_lower(bureau, no1, child_at):
    """Edge case 49: suspended in grade 3, back after the promotion: grade 4 or 3, no other."""
    children = [child_at(no1, grade=3) for _ in range(4)]
    with clock.at(date(2027, 3, 1)):
        for child in children:
            decided(drafted(Suspension, child, ground_note="骨折", starts_on=date(2027, 3, 1), until=date(2027, 9, 30)))
    promoted(bureau)
    with clock.at(date(2027, 9, 10)):
        for child, grade in zip(children, (2, 3, 4, 5), strict=True):
            given = {"back_on": clock.today(), "to_class": class_of(no1, grade)}
            if grade in (3, 4):
                decided(drafted(Resumption, again(child), **given))
                assert (place_of(child).year, place_of(child).grade) == (2027, grade)
            else:
                with pytest.raises(Refused):
                    drafted(Resumption, again(child), **given)
        assert invariants.broken() == []


# ── once, and back ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_second_run_of_the_year_changes_nothing_and_says_so(bureau, no1, child_at):
    child = child_at(no1, grade=3)
    run = promoted(bureau)
    before = journal.snapshot([child.pk])
    with clock.at(TURN):
        with pytest.raises(Refused, match="一个学年只升级一次"):
            submit_run(bureau, 2026, by=clerk(bureau))
        with pytest.raises(Refused, match="没有再次办理"):
            confirm_run(run, by=checker(bureau))
        assert dry_run(bureau, 2026)["fates"] == {"already": 1}
    assert journal.snapshot([child.pk]) == before


def test_the_leader_takes_everything_back_exactly(bureau, no1, no2, child_at):
    children = [child_at(school, grade=grade) for school in (no1, no2) for grade in (1, 3, 5)]
    ids = [child.pk for child in children]
    before = living(ids)
    run = promoted(bureau)
    assert living(ids) != before
    with clock.at(TURN + timedelta(days=1)):
        job = worked(take_back_run(run, by=leader(bureau), opinion="提前办理有误"))
        assert job.state == "done", job.error
        run.refresh_from_db()
        assert (run.state, living(ids)) == ("undone", before)
        assert invariants.broken() == []
        assert set(Promotion.objects.values_list("state", flat=True)) == {"undone"}
    again_ = promoted(bureau, on=TURN + timedelta(days=2))
    assert again_.figures["promoted"] == 6 and place_of(children[0]).year == 2027


def test_a_later_act_stands_in_the_way_of_the_undo(bureau, no1, child_at):
    child = child_at(no1, grade=3, name="样例后动")
    run = promoted(bureau)
    with clock.at(TURN + timedelta(days=9)):
        decided(drafted(Suspension, again(child), ground_note="骨折", until=date(2028, 6, 30)))
        job = worked(take_back_run(run, by=leader(bureau), opinion="有误"))
    run.refresh_from_db()
    assert (job.state, run.state) == ("failed", "done") and "样例后动" in job.error
    assert Promotion.objects.get(lead_school=no1).state == "done"


def test_a_later_act_stands_in_the_way_though_its_traces_are_gone(bureau, no1, child_at):
    """The place was given up by a suspension and looks open again, as promotion left it."""
    child = child_at(no1, grade=3)
    run = promoted(bureau)
    with clock.at(TURN + timedelta(days=9)):
        decided(drafted(Suspension, again(child), ground_note="骨折", until=date(2028, 6, 30)))
        Placement.objects.filter(enrolment__student=child, year=2027).update(ends=None)
        job = worked(take_back_run(run, by=leader(bureau), opinion="有误"))
    assert job.state == "failed" and "又有变动" in job.error


def test_one_school_alone_is_not_taken_back(bureau, no1, child_at):
    child_at(no1, grade=3)
    promoted(bureau)
    with clock.at(TURN), pytest.raises(Refused, match="整体撤销"):
        perform(Promotion.objects.get(lead_school=no1), "undo", by=leader(bureau), opinion="有误")


@pytest.mark.parametrize(("shift", "lawful"), [(-1, False), (0, True), (1, True)])
def test_it_is_written_when_the_new_year_has_begun(bureau, no1, child_at, shift, lawful):
    child, run = child_at(no1, grade=3), submitted(bureau)
    with clock.at(TURN + timedelta(days=shift)):
        if lawful:
            assert worked(confirm_run(run, by=checker(bureau))).state == "done"
        else:
            with pytest.raises(Refused, match="2027年9月1日开始"):
                confirm_run(run, by=checker(bureau))
    assert place_of(child).year == (2027 if lawful else 2026)


@pytest.mark.parametrize(("day", "lawful"), [(date(2027, 7, 31), False), (date(2027, 8, 1), True)])
def test_it_is_made_from_august_on(bureau, no1, day, lawful):
    if lawful:
        assert submitted(bureau, on=day).state == "submitted"
    else:
        with pytest.raises(Refused, match="2027年8月1日起经办"):
            submitted(bureau, on=day)


# ── hands ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_two_people_of_the_bureau_and_nobody_else(bureau, no1, child_at):
    child_at(no1, grade=3)
    with clock.at(TURN):
        for role, place in [(Role.REGISTRAR, no1), (Role.AUDITOR, bureau), (Role.BUREAU_CLERK, another_county())]:
            with pytest.raises(NotYourHand):
                submit_run(bureau, 2026, by=staff_member(role, place))
        run = submit_run(bureau, 2026, by=clerk(bureau))
        for person in (clerk(bureau), staff_member(Role.HEADMASTER, no1), staff_member(Role.AUDITOR, bureau)):
            with pytest.raises(NotYourHand):
                confirm_run(run, by=person)
        worked(confirm_run(run, by=checker(bureau)))
        for person in (clerk(bureau), staff_member(Role.HEADMASTER, no1)):
            with pytest.raises(NotYourHand):
                take_back_run(run, by=person, opinion="有误")
        with pytest.raises(Refused, match="理由"):
            take_back_run(run, by=leader(bureau), opinion=" ")


def test_who_holds_both_offices_does_not_confirm_its_own(bureau, no1, child_at):
    child_at(no1, grade=3)
    run = submitted(bureau)
    type(run).objects.filter(pk=run.pk).update(made_by=checker(bureau))
    with clock.at(TURN), pytest.raises(NotYourHand, match="两人"):
        confirm_run(run, by=checker(bureau))


def test_a_withdrawn_run_makes_room_for_another(bureau, no1, child_at):
    child_at(no1, grade=3)
    run = submitted(bureau)
    withdraw_run(run, by=clerk(bureau))
    assert promoted(bureau).figures["promoted"] == 1


def test_a_run_given_up_changes_nothing(bureau, no1, no2, child_at, monkeypatch):
    child, run = child_at(no1, grade=3), submitted(bureau)
    with clock.at(TURN):
        job = confirm_run(run, by=checker(bureau))
        moved = services.perform_together

        def halfway(cases, action, **given):
            if action == "approve":
                jobs.cancel(job)
            return moved(cases, action, **given)

        monkeypatch.setattr(services, "perform_together", halfway)
        assert worked(job).state == "cancelled"
    run.refresh_from_db()
    assert (run.state, place_of(child).year, Promotion.objects.count()) == ("submitted", 2026, 0)


def test_the_number_of_statements_does_not_grow_with_the_children(bureau, no1, no2, child_at):
    def statements(heads):
        for _ in range(heads):
            child_at(no1, grade=3)
        run = submitted(bureau)
        with clock.at(TURN), CaptureQueriesContext(connection) as asked:
            services.promote_all(run, by=checker(bureau))
        with clock.at(TURN):
            services.undo_all(run, by=leader(bureau), opinion="再来")
        return len(asked)

    statements(1)
    assert statements(2) == statements(20)


def test_a_county_moves_up_with_memory_for_whole_tables(bureau, no1, child_at):
    def memory():
        with connection.cursor() as cursor:
            cursor.execute("SHOW work_mem")
            return cursor.fetchone()[0]

    child_at(no1, grade=3)
    run, before = submitted(bureau), memory()
    with clock.at(TURN), transaction.atomic():
        services.promote_all(run, by=checker(bureau))
        assert memory() == ROOM != before


def test_the_number_of_statements_does_not_grow_with_the_schools(bureau, no1, no2, child_at):
    def statements():
        run = submitted(bureau)
        with clock.at(TURN), CaptureQueriesContext(connection) as asked:
            services.promote_all(run, by=checker(bureau))
        with clock.at(TURN):
            services.undo_all(run, by=leader(bureau), opinion="再来")
        return len(asked)

    child_at(no1, grade=3)
    statements()
    before = statements()
    for number in range(80, 85):
        child_at(make_school(bureau, number, f"样例{number}校"), grade=3)
    statements()
    assert statements() == before


def test_signatures_given_together_are_each_vouched_for_and_name_their_children(bureau, no1, no2, child_at):
    """What the audit keeps of a signature does not depend on how many were written at once."""
    from django.db import connection

    from approvals.models import Step
    from jianping_xueji.audit.models import Event

    children = {child_at(no1, grade=3).pk, child_at(no2, grade=4).pk}
    promoted(bureau)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS audit_ring IMMEDIATE")
        cursor.execute("SET CONSTRAINTS audit_ring DEFERRED")
    changes = [(e, touch) for e in Event.objects.filter(kind="change") for touch in e.touched]
    of_steps = [(e, touch) for e, touch in changes if touch["table"] == "approvals_step"]
    assert {int(pk) for _, touch in of_steps for pk in touch.get("ids", ())} == set(
        Step.objects.values_list("pk", flat=True)
    )
    assert all(touch["sha256"] for _, touch in of_steps)
    assert children <= {child for e, _ in of_steps for child in e.children}


def test_counts_are_told_by_school_and_grade(bureau, no1, no2, child_at):
    child_at(no1, grade=3), child_at(no1, grade=3), child_at(no2, grade=1)
    groups = rolls.promotion_counts(2026, [no1.pk, no2.pk], dropouts=True)
    assert groups == [(no1.pk, 3, "advances", 2, 0), (no2.pk, 1, "advances", 1, 0)]
    assert make_school(bureau, 77, "空校").pk not in {school for school, *_ in groups}


def test_a_class_taught_at_home_moves_up_without_a_seat_of_the_grade(bureau, no1, child_at):
    """第七条: on the roll, in no class size: the new ledger counts them in the line of their class alone."""
    at_home = another_class(no1, 3, kind="home")
    seated, visited = child_at(no1, grade=3), child_at(no1, grade=3, name="样例送")
    places.leave_class([visited], on=clock.today())
    case = type("Case", (), {"number": "样2026000001"})
    given = {"article": articles.ONE_CHILD_ONE_RECORD, "reason": "送教上门"}
    places.sit_down(visited, at_home, on=clock.today(), case=case, **given)
    promoted(bureau)
    rows = Seats.objects.filter(school=no1, year=2027, grade=4)
    used = {row.school_class_id: row.used for row in rows}
    assert used == {None: 1, place_of(seated).school_class_id: 1, at_home.pk: 1}
    with clock.at(TURN):
        assert invariants.broken() == []
