"""第十一条第二款: a school is merged or closed in one act; children, classes, seats, open cases and offices go over.

Edge case 60: the archives are re-homed, the history keeps the former name and code, and a code is never used again.
"""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Appointment
from accounts.policies import may
from accounts.roles import Role
from approvals.errors import NotYourHand, Refused, RulesBroken
from approvals.filings import pending_for, record_filing
from approvals.models import Case, CeimsFiling
from approvals.services import buttons_for, open_case, perform
from jianping_xueji.vault import new_child_key
from law import clock
from law.models import Term
from schools.models import FormerName, School, SchoolClass, SeatGrant, Seats
from students.changes import start_change
from students.journal import snapshot
from students.models import Enrolment, Overflow, Placement, Registration, Student
from suspensions.models import Suspension
from tests import invariants
from tests.changes import again, decided, drafted, undone
from tests.county import LEGAL_DAY, class_of, hand_for, make_school, papers_in_order, seats_of, staff_member, walk
from tests.crowd import crowd
from transfers.closing_services import start_closing
from transfers.models import ClosingEntry, Inclusion, SchoolClosing
from transfers.services import start_transfer

GIVEN = {"manner": "merged", "document": "建政发〔2026〕12号", "closes_on": LEGAL_DAY}
ILL = {"ground_note": "骨折", "until": date(2027, 6, 30)}
EVERYBODY = [
    (Role.REGISTRAR, "lead"),
    (Role.HEADMASTER, "lead"),
    (Role.BUREAU_CLERK, "bureau"),
    (Role.BUREAU_CHECKER, "bureau"),
    (Role.BUREAU_LEADER, "bureau"),
    (Role.AUDITOR, "bureau"),
    (Role.DATA_ADMIN, "bureau"),
]
WAY = [
    ("submit", Role.BUREAU_CLERK),
    ("pass_on", Role.BUREAU_CHECKER),
    ("approve", Role.BUREAU_LEADER),
]
ALSO = {Role.BUREAU_CHECKER: {Role.BUREAU_LEADER}}


def closing_of(school, receiving, **given):
    """A draft with its papers checked, by the bureau's clerk."""
    clerk = staff_member(Role.BUREAU_CLERK, school.bureau)
    case = start_closing(school, by=clerk, receiving=receiving, **GIVEN | given)
    papers_in_order(case, clerk)
    return case


@pytest.fixture
def case(no1, no2):
    return closing_of(no1, no2)


def broken_rules(refused):
    return {finding.rule.code for finding in refused.value.verdict.broken}


# ── the effect ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_child_lives_at_the_receiving_school_from_that_day(case, no1, no2, child_at):
    children = [child_at(no1, grade=grade) for grade in (1, 3, 3, 6)]
    ill = decided(drafted(Suspension, child_at(no1, grade=4), **ILL)).child
    case = decided(case)
    assert case.state == "done"
    for child in [*children, ill]:
        assert again(child).school == no2
        living = Enrolment.objects.living().get(student=child)
        assert (living.school, living.during.lower, living.came_how) == (no2, LEGAL_DAY, "学校撤并")
        left = Enrolment.objects.filter(student=child, school=no1).last()
        assert (left.left_how, left.went_to, left.during.upper) == ("学校撤并", no2.name, LEGAL_DAY)
    assert again(ill).status == "suspended"
    assert not Placement.objects.filter(enrolment__student=ill, ends=None).exists(), "who sat nowhere sits nowhere"
    assert set(case.subjects.values_list("child", "blocking")) == {(c.pk, False) for c in [*children, ill]}
    assert case.steps.get(action="approve").particulars == {
        "children": "5",
        "guests": "0",
        "classes": "6",
        "open_cases": "0",
    }
    assert invariants.broken() == []


def test_a_class_stays_together_under_the_next_free_number(case, no1, no2, child_at):
    two = [child_at(no1, grade=3) for _ in range(2)]
    SchoolClass.objects.create(school=no1, stage="primary", cohort=2024, number=2, kind="special")
    decided(case)
    new = no2.classes.get(stage="primary", cohort=2024, number=2)
    assert {p.enrolment.student_id for p in new.placements.filter(ends=None)} == {c.pk for c in two}
    assert no2.classes.get(cohort=2024, number=3).kind == "special", "the kind of a class is kept"
    assert set(no1.classes.values_list("closed_on", flat=True)) == {LEGAL_DAY}


def test_seats_come_along_by_numbered_grants_and_the_old_ledger_is_empty(case, no1, no2, child_at):
    for _ in range(3):
        child_at(no1, grade=3)
    child_at(no2, grade=3)
    Seats.objects.filter(school=no1, grade=3).exclude(school_class=None).update(capacity=2, granted=1)
    case = decided(case)
    new = Seats.objects.get(school_class=no2.classes.get(cohort=2024, number=2))
    assert (new.capacity, new.granted, new.used) == (2, 1, 3), "above its capacity by a grant, never oversold"
    assert (seats_of(no2, 3).capacity, seats_of(no2, 3).granted, seats_of(no2, 3).used) == (55, 3, 4)
    assert not Seats.objects.filter(school=no1, used__gt=0).exists()
    grants = SeatGrant.objects.filter(case_number=case.number)
    assert {grant.article for grant in grants} == {"第十一条第二款"} and grants.count() == 7
    assert invariants.broken() == []


def test_an_open_case_goes_on_at_the_receiving_school(case, no1, no2, child_at):
    child = child_at(no1, grade=3)
    ill = decided(drafted(Suspension, child, **ILL), until="submit")
    case = decided(case)
    ill = Suspension.objects.get(pk=ill.pk)
    assert (ill.lead_school, ill.desk_school, ill.state) == (no2, no2, "school_check")
    registrar = staff_member(Role.REGISTRAR, no2)
    assert Case.objects.visible_to(registrar).filter(pk=ill.pk).exists(), "its page is in sight of the new school"
    ill = perform(ill, "vouch", by=staff_member(Role.HEADMASTER, no2))
    ill = perform(ill, "propose", by=hand_for(ill, Role.BUREAU_CLERK, "bureau"))
    perform(ill, "approve", by=hand_for(ill, Role.BUREAU_CHECKER, "bureau"))
    assert again(child).status == "suspended" and invariants.broken() == []


def test_a_transfer_out_is_released_by_the_receiving_school(case, no1, no2, no3, child_at):
    child = child_at(no1, grade=3)
    registrar = staff_member(Role.REGISTRAR, no3)
    away = start_transfer(child, no3, by=registrar, ground="T4", grade=3, to_class=class_of(no3, 3))
    decided(case)
    away.refresh_from_db()
    assert (away.lead_school, away.peer_school, away.desk_school) == (no3, no2, no3)


def test_the_school_its_offices_and_its_name(case, no1, no2):
    head, registrar = staff_member(Role.HEADMASTER, no1), staff_member(Role.REGISTRAR, no1)
    decided(case)
    no1.refresh_from_db()
    assert no1.closed_on == LEGAL_DAY
    assert set(Appointment.objects.filter(school=no1).values_list("ends", flat=True)) == {LEGAL_DAY}
    assert not may(type(head).objects.get(pk=head.pk), "check_change", no1)
    former = FormerName.objects.get()
    assert (former.name, former.code, former.until, former.successor) == (no1.name, no1.code, LEGAL_DAY, no2)
    with pytest.raises(NotYourHand):
        open_case(Registration, by=registrar, lead=no1, children=[], state="draft", title="秋季新生")


def test_whoever_signed_on_the_closing_day_held_the_office_to_its_end(case, no1, child_at):
    decided(drafted(Suspension, child_at(no1), **ILL))
    decided(case)
    ends = dict(Appointment.objects.filter(school=no1).values_list("role", "ends"))
    assert set(ends.values()) == {LEGAL_DAY + timedelta(days=1)} and invariants.broken() == []


def test_a_code_is_never_used_again(case, no1, bureau):
    """Edge case 60: the row of a closed school stays, so its code and name are taken for ever."""
    decided(case)
    for code, name in [(no1.code, "新校"), ("2121000999", no1.name)]:
        with pytest.raises(IntegrityError), transaction.atomic():
            School.objects.create(
                code=code, name=name, short_name="新", kind="primary", bureau=bureau, division_id="211322101"
            )


def test_nobody_opens_business_at_a_closed_school(case, no1, no2, child_at):
    decided(case)
    no1.refresh_from_db()
    Appointment.objects.filter(school=no1).update(ends=None)
    with pytest.raises(Refused, match="撤并"):
        open_case(Registration, by=staff_member(Role.REGISTRAR, no1), lead=no1, children=[], state="draft", title="x")


@pytest.fixture
def special(bureau):
    return make_school(bureau, 51, "特殊教育学校", School.Kind.SPECIAL)


def sits_at(child):
    """The school of the record, the school attended, and the class in which the child sits."""
    living = Enrolment.objects.living().get(student=child)
    place = living.placements.filter(ends=None).select_related("school_class").first()
    return living.school, living.attends, place and place.school_class


def test_a_guest_goes_along_with_its_class_and_its_record_stays(case, no1, no2, special, child_at):
    """第二十五条: whose record is at the special school attends the receiving school from that day."""
    child = child_at(special, grade=3)
    decided(drafted(Inclusion, child, to_class=class_of(no1, 3)))
    before = counting(snapshot([child.pk]))
    case = decided(case)
    assert sits_at(child) == (special, no2, no2.classes.get(cohort=2024, number=2))
    assert case.steps.get(action="approve").particulars["guests"] == "1"
    seen = Student.objects.visible_to(staff_member(Role.REGISTRAR, no2))
    assert seen.filter(pk=child.pk).exists() and invariants.broken() == []
    undone(case)
    assert counting(snapshot([child.pk])) == before and sits_at(child)[1:] == (no1, class_of(no1, 3))
    assert invariants.broken() == []


def test_a_child_that_attends_a_third_school_keeps_its_chair_there(case, no1, no2, special, child_at):
    child = child_at(no1, grade=3)
    decided(drafted(Inclusion, child, to_class=class_of(special, 3)))
    case = decided(case)
    assert sits_at(child) == (no2, special, class_of(special, 3)) and invariants.broken() == []
    undone(case)
    assert sits_at(child) == (no1, special, class_of(special, 3)) and invariants.broken() == []


def test_a_guest_whose_record_is_at_the_receiving_school_is_home(no1, special, child_at):
    child = child_at(special, grade=3)
    decided(drafted(Inclusion, child, to_class=class_of(no1, 3)))
    case = decided(closing_of(no1, special))
    assert sits_at(child) == (special, None, special.classes.get(cohort=2024, number=2))
    undone(case)
    assert sits_at(child) == (special, no1, class_of(no1, 3)) and invariants.broken() == []


def test_a_guests_own_business_at_the_school_of_its_record_does_not_stand_in_the_way_back(case, no1, special, child_at):
    child = child_at(special, grade=3)
    decided(drafted(Inclusion, child, to_class=class_of(no1, 3)))
    drafted(Suspension, again(child), **ILL)
    undone(decided(case))
    assert sits_at(child) == (special, no1, class_of(no1, 3)) and invariants.broken() == []


# ── acts still to be filed in the national system ────────────────────────────────────────────────────────────────────


def filing_of(child, school):
    """A suspension decided and not yet filed, on the desk of the school."""
    ill = decided(drafted(Suspension, child, **ILL))
    ill.filings.update(school=school, right="make_change")
    return ill.filings.get()


def test_an_act_not_yet_filed_lies_on_the_desk_of_the_receiving_school(client, case, no1, no2, no3, child_at):
    filing = filing_of(child_at(no1, grade=4), no1)
    submitted = filing_of(child_at(no1, grade=4), no1)
    record_filing(submitted, by=staff_member(Role.REGISTRAR, no1), filed_on=LEGAL_DAY)
    case = decided(case)
    registrar = staff_member(Role.REGISTRAR, no2)
    assert set(pending_for(registrar)) == {filing, submitted}
    client.force_login(registrar)
    for address in ("/filings/", f"/filings/{filing.pk}/", filing.case.get_absolute_url()):
        assert client.get(address).status_code == 200, address
    client.force_login(staff_member(Role.REGISTRAR, no3))
    for address in (f"/filings/{filing.pk}/", filing.case.get_absolute_url()):
        assert client.get(address).status_code == 404, address


def test_undone_an_act_not_yet_confirmed_goes_back_and_a_confirmed_one_stays(case, no1, no2, child_at):
    waits, done = (filing_of(child_at(no1, grade=4), no1) for _ in range(2))
    case = decided(case)
    answer = {"filed_on": LEGAL_DAY, "confirmed_on": LEGAL_DAY, "result": "核办通过"}
    record_filing(done, by=staff_member(Role.REGISTRAR, no2), **answer)
    undone(case)
    schools = dict(CeimsFiling.objects.filter(pk__in=[waits.pk, done.pk]).values_list("pk", "school"))
    assert schools == {waits.pk: no1.pk, done.pk: no2.pk}


def test_an_act_that_came_up_meanwhile_goes_back_with_its_case(case, no1, no2, no3, child_at):
    registrar = staff_member(Role.REGISTRAR, no3)
    away = start_transfer(child_at(no1), no3, by=registrar, ground="T4", grade=3, to_class=class_of(no3, 3))
    papers_in_order(away, registrar)
    walk(away, until="approve_entry")
    case = decided(case)
    away = type(away).objects.get(pk=away.pk)
    for action, role in [("propose_release", Role.REGISTRAR), ("release", Role.HEADMASTER)]:
        away = perform(away, action, by=staff_member(role, no2))
    assert away.filings.get(act="转出学校：转学核办").school == no2
    undone(case)
    assert away.filings.get(act="转出学校：转学核办").school == no1 and invariants.broken() == []


# ── in numbers ───────────────────────────────────────────────────────────────────────────────────────────────────────


def statements_of(school, receiving, child_at, heads) -> list[int]:
    for _ in range(heads):
        child_at(school, grade=3)
    case = decided(closing_of(school, receiving), until="pass_on")
    leader = hand_for(case, Role.BUREAU_LEADER, "bureau")
    counts = []
    for action, opinion in [("approve", ""), ("undo", "批文撤回")]:
        with CaptureQueriesContext(connection) as asked:
            case = perform(case, action, by=leader, opinion=opinion)
        counts.append(len(asked))
    assert set(again(child).school_id for child in Student.objects.filter(school=school)) == {school.pk}
    return counts


def test_the_number_of_statements_does_not_grow_with_the_children(bureau, child_at):
    """Neither on the way there nor on the way back."""
    small, large, receiving, other = (make_school(bureau, n, f"第{n}小学") for n in (31, 32, 33, 34))
    assert statements_of(small, receiving, child_at, 5) == statements_of(large, other, child_at, 40)
    assert invariants.broken() == []


# ── the rules ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("shift", "lawful"), [(-1, False), (0, True), (1, True)])
def test_the_day_is_not_in_the_past(no1, no2, shift, lawful):
    given = {"closes_on": LEGAL_DAY + timedelta(days=shift)}
    if lawful:
        assert closing_of(no1, no2, **given).state == "draft"
        return
    with pytest.raises(RulesBroken) as refused:
        closing_of(no1, no2, **given)
    assert broken_rules(refused) == {"not_in_the_past"}


@pytest.mark.parametrize(("shift", "lawful"), [(-1, False), (0, True), (1, True)])
def test_the_leader_signs_when_the_day_has_come(no1, no2, shift, lawful):
    day = LEGAL_DAY + timedelta(days=10)
    case = decided(closing_of(no1, no2, closes_on=day), until="pass_on")
    with clock.at(day + timedelta(days=shift)):
        leader = hand_for(case, Role.BUREAU_LEADER, "bureau")
        if lawful:
            assert perform(case, "approve", by=leader).lead_school.pk == no1.pk
            return
        with pytest.raises(RulesBroken) as refused:
            perform(case, "approve", by=leader)
    assert broken_rules(refused) == {"its_day_has_come"}


def test_the_receiving_school_can_take_them(no1, no2, bureau):
    junior = make_school(bureau, 41, "第一中学", School.Kind.JUNIOR)
    closed = make_school(bureau, 42, "旧校")
    School.objects.filter(pk=closed.pk).update(closed_on=date(2025, 8, 31))
    closed.refresh_from_db()
    for receiving, code in [
        (junior, "receiver_teaches_the_grades"),
        (closed, "receiver_is_open"),
        (no1, "receiver_is_another"),
    ]:
        with pytest.raises(RulesBroken) as refused:
            closing_of(no1, receiving)
        assert broken_rules(refused) == {code}
    with pytest.raises(RulesBroken) as refused:
        closing_of(no1, no2, document="  ")
    assert broken_rules(refused) == {"approval_is_named"}


def test_an_open_batch_is_named(case, no1):
    registrar = staff_member(Role.REGISTRAR, no1)
    batch = open_case(Registration, by=registrar, lead=no1, children=[], state="draft", title="秋季新生")
    with pytest.raises(RulesBroken, match=batch.number) as refused:
        decided(case)
    assert broken_rules(refused) == {"no_open_batch"}


@pytest.mark.parametrize("side", ["lead", "peer"])
def test_a_newcomer_the_bureau_is_placing_is_named(case, no1, no3, side):
    """新生统筹 that the closing school reported, or that was sent to it, ends first."""
    school, peer = (no1, None) if side == "lead" else (no3, no1)
    given = {"wrapped_key": new_child_key(), "sex": "1", "birth_date": date(2020, 3, 3), "id_type": "Z"}
    child = Student.objects.create(school=school, name="样例统", **given)
    registrar = staff_member(Role.REGISTRAR, school)
    sides = {"lead": school, "peer": peer, "children": [child], "state": "draft", "year": 2026, "reported": "已满"}
    overflow = open_case(Overflow, by=registrar, **sides)
    with pytest.raises(RulesBroken, match=overflow.number) as refused:
        decided(case)
    assert "no_open_batch" in broken_rules(refused)


def test_a_child_on_its_way_in_is_named(case, no1, no3, child_at):
    registrar = staff_member(Role.REGISTRAR, no1)
    into = start_transfer(child_at(no3), no1, by=registrar, ground="T4", grade=3, to_class=class_of(no1, 3))
    with pytest.raises(RulesBroken, match=into.number) as refused:
        decided(case)
    assert broken_rules(refused) == {"nobody_is_coming"}


def test_a_transfer_between_the_two_is_named(case, no1, no2, child_at):
    registrar = staff_member(Role.REGISTRAR, no2)
    between = start_transfer(child_at(no1), no2, by=registrar, ground="T4", grade=3, to_class=class_of(no2, 3))
    with pytest.raises(RulesBroken, match=between.number) as refused:
        decided(case)
    assert broken_rules(refused) == {"nobody_moves_between"}


def test_a_school_is_closed_once_and_receives_nobody_meanwhile(case, no1, no2, no3):
    for school, receiving in [(no1, no3), (no2, no3), (no3, no1)]:
        with pytest.raises(RulesBroken, match=case.number) as refused:
            closing_of(school, receiving)
        assert broken_rules(refused) == {"no_other_closing"}


# ── hands ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_only_the_right_hand_signs_each_desk(case, no2, no3):
    for action, role in WAY:
        strangers = [staff_member(r, place) for r in (Role.REGISTRAR, Role.HEADMASTER) for place in (no2, no3)]
        wrong = [hand_for(case, r, s) for r, s in EVERYBODY if r != role and r not in ALSO.get(role, ())]
        before = case.steps.count()
        for person in [*strangers, *wrong]:
            assert action not in {button.name for button in buttons_for(case, person)}
            with pytest.raises(NotYourHand):
                perform(case, action, by=person)
        assert case.steps.count() == before
        case = perform(case, action, by=hand_for(case, role, "bureau"))
    for role, side in EVERYBODY:
        names = {button.name for button in buttons_for(case, hand_for(case, role, side))}
        assert names == ({"undo"} if role == Role.BUREAU_LEADER else set())


def test_the_other_school_sees_it_once_handed_in(case, no1, no2, no3):
    def sees(school):
        return Case.objects.visible_to(staff_member(Role.HEADMASTER, school)).filter(pk=case.pk).exists()

    assert (sees(no1), sees(no2), sees(no3)) == (True, False, False)
    decided(case, until="submit")
    assert (sees(no2), sees(no3)) == (True, False)


@pytest.mark.parametrize("act", ["withdraw", "refuse"])
def test_withdrawn_or_refused_it_changes_nothing(case, no1, child_at, act):
    child = child_at(no1)
    before = snapshot([child.pk])
    role = Role.BUREAU_CLERK if act == "withdraw" else Role.BUREAU_CHECKER
    case = perform(case, "submit", by=hand_for(case, Role.BUREAU_CLERK, "bureau"))
    perform(case, act, by=hand_for(case, role, "bureau"), opinion="批文撤回")
    assert snapshot([child.pk]) == before and not ClosingEntry.objects.exists()
    assert invariants.broken() == []


# ── pages ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_clerk_types_the_draft_and_the_page_counts_what_goes_over(client, no1, no2, no3, child_at):
    child_at(no1, grade=3)
    client.force_login(staff_member(Role.BUREAU_CLERK, no1.bureau))
    typed = {"school": no1.pk, "receiving": no1.pk, **GIVEN}
    refused = client.post("/closings/new/", typed)
    assert refused.status_code == 422 and "接收学校不能是撤并学校本身" in refused.content.decode()
    answer = client.post("/closings/new/", typed | {"receiving": no2.pk})
    case = SchoolClosing.objects.get()
    assert answer.status_code == 302 and answer.url.startswith(case.get_absolute_url())
    page = client.get(case.get_absolute_url()).content.decode()
    assert "1 名" in page and "6 个" in page and "0 件" in page and "移交清单" in page
    kept = client.post(f"/closings/{case.number}/draft/", {"receiving": no3.pk, **GIVEN, "document": "建教发3号"})
    case.refresh_from_db()
    assert (kept.status_code, case.receiving, case.document) == (302, no3, "建教发3号")


def test_scans_of_a_closing_are_sealed_with_its_own_key(case, no1, child_at):
    from approvals.materials import hand_in_paper, key_of
    from tests.house.sites import photo

    child = child_at(no1)
    clerk = staff_member(Role.BUREAU_CLERK, no1.bureau)
    scan = hand_in_paper(case.materials.get(code="closing_approval"), by=clerk, data=photo()).scans.get()
    assert key_of(scan.material) == bytes(case.wrapped_key) != bytes(child.wrapped_key)


def test_the_receiving_school_opens_the_page_after_the_decision(client, case, no2, no3, child_at, no1):
    child_at(no1)
    case = decided(case)
    for school, status in [(no2, 200), (no3, 404)]:
        client.force_login(staff_member(Role.REGISTRAR, school))
        assert client.get(case.get_absolute_url()).status_code == status


# ── the way back ─────────────────────────────────────────────────────────────────────────────────────────────────────


def counting(rows):
    """Rows that count: what came to be and was undone stays in the history."""
    return {
        key: row
        for key, (_, row) in rows.items()
        if not row.get("voided") and not ("ends" in row and row["ends"] == row.get("starts"))
    }


def test_undone_everything_is_as_it_was(case, no1, no2, child_at):
    children = [child_at(no1, grade=grade) for grade in (1, 3, 3)]
    ill = decided(drafted(Suspension, child_at(no1, grade=4), **ILL), until="submit")
    staff_member(Role.HEADMASTER, no2)
    ids = [child.pk for child in children]
    before = counting(snapshot(ids))
    ledger = list(Seats.objects.filter(school__in=[no1, no2], school_class=None).order_by("pk").values())
    places = list(Appointment.objects.order_by("pk").values("pk", "ends"))
    case = decided(case)
    case = undone(case)
    assert case.state == "undone"
    assert counting(snapshot(ids)) == before
    assert list(Seats.objects.filter(pk__in=[row["id"] for row in ledger]).order_by("pk").values()) == ledger
    assert [row for row in Appointment.objects.order_by("pk").values("pk", "ends") if row in places] == places
    ill = Suspension.objects.get(pk=ill.pk)
    assert (ill.lead_school, ill.desk_school) == (no1, no1)
    no1.refresh_from_db()
    assert no1.closed_on is None and not no1.classes.exclude(closed_on=None).exists()
    assert not no2.classes.filter(closed_on=None, number__gt=1).exists()
    assert not FormerName.objects.filter(revoked=False).exists()
    assert invariants.broken() == []


def test_a_case_that_went_on_meanwhile_goes_back_with_its_child(case, no1, no2, child_at):
    ill = decided(drafted(Suspension, child_at(no1, grade=4), **ILL), until="submit")
    case = decided(case)
    perform(Suspension.objects.get(pk=ill.pk), "vouch", by=staff_member(Role.HEADMASTER, no2))
    undone(case)
    ill = Suspension.objects.get(pk=ill.pk)
    assert (ill.lead_school, ill.desk_school, ill.state) == (no1, no1, "bureau")
    assert invariants.broken() == []


def test_after_a_later_change_it_stands(case, no1, no2, child_at):
    child = child_at(no1, grade=3)
    case = decided(case)
    ill = drafted(Suspension, again(child), **ILL)
    with pytest.raises(Refused, match=ill.number):
        undone(case)
    decided(ill)
    with pytest.raises(Refused, match="又有变动"):
        undone(case)
    assert invariants.broken() == []


def test_another_child_in_a_class_that_came_over_keeps_it_there(case, no1, no2, no3, child_at):
    case = decided(case)
    into = no2.classes.get(cohort=2024, number=2)
    registrar = staff_member(Role.REGISTRAR, no2)
    transfer = start_transfer(child_at(no3), no2, by=registrar, ground="T4", grade=3, to_class=into)
    papers_in_order(transfer, registrar)
    walk(transfer, until="pass_review")
    with pytest.raises(Refused, match="1名|2名"):
        undone(case)


@pytest.mark.parametrize(("shift", "lawful"), [(-1, True), (0, False), (1, False)])
def test_it_can_be_undone_until_the_next_term_begins(case, no1, child_at, shift, lawful):
    child, begins = child_at(no1), date(2027, 2, 22)
    Term.objects.update_or_create(year=2026, number=2, defaults={"starts": begins, "ends": date(2027, 7, 10)})
    case = decided(case)
    with clock.at(begins + timedelta(days=shift)):
        if lawful:
            undone(case)
            assert again(child).school == no1
            return
        with pytest.raises(Refused, match="第十一条第二款"):
            undone(case)


def test_the_record_of_a_closing_only_grows(case):
    decided(case)
    with pytest.raises(DatabaseError), transaction.atomic():
        ClosingEntry.objects.update(row=0)


# ── at the same moment ───────────────────────────────────────────────────────────────────────────────────────────────


def on_the_day(act):
    def run():
        with clock.at(LEGAL_DAY):
            act()

    return run


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["closing", "child"])
def test_a_childs_case_is_approved_at_the_same_moment(no1, no2, child_at, first):
    children = [child_at(no1, grade=3) for _ in range(6)]
    ill = [decided(drafted(Suspension, child, **ILL), until="propose") for child in children]
    case = decided(closing_of(no1, no2), until="pass_on")
    leader, checker = (hand_for(case, r, "bureau") for r in (Role.BUREAU_LEADER, Role.BUREAU_CHECKER))
    close = on_the_day(lambda: perform(case, "approve", by=leader))
    others = [on_the_day(lambda each=each: perform(each, "approve", by=checker)) for each in ill]
    outcome = crowd([close, *others] if first == "closing" else [*others, close])
    assert outcome == {"done": 7}
    assert {again(child).school_id for child in children} == {no2.pk}
    assert set(Student.objects.filter(school=no2).values_list("status", flat=True)) == {"suspended"}
    assert invariants.broken() == []


@pytest.mark.django_db(transaction=True)
def test_a_draft_begun_at_the_same_moment_belongs_to_one_school(no1, no2, child_at):
    child = child_at(no1, grade=3)
    case = decided(closing_of(no1, no2), until="pass_on")
    leader, registrar = hand_for(case, Role.BUREAU_LEADER, "bureau"), staff_member(Role.REGISTRAR, no1)
    outcome = crowd(
        [
            on_the_day(lambda: perform(case, "approve", by=leader)),
            on_the_day(lambda: start_change(Suspension, child, by=registrar, **ILL)),
        ]
    )
    assert outcome["done"] in (1, 2) and again(child).school == no2
    assert all(each.lead_school == no2 for each in Case.objects.open())
    assert invariants.broken() == []
