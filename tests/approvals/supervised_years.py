"""What the offices, the bureau's desks and chapter 4 add to the county's years, and when the law wants each of it done.

By hand like the table it is part of: counted on a wall calendar, by none of the code it tests.
"""

from datetime import date, timedelta

from accounts.appointments import appoint, dismiss
from accounts.models import Appointment, User
from accounts.roles import Role
from approvals.services import perform
from law import clock
from schools.models import Division, School, SchoolClass, Seats, Stage
from students.enrolments import open_ledger
from students.intake import overflows
from students.leavers.assigning import keep_assignment, open_assignment
from students.models import Registration
from students.pending import take_in
from supervision.audits.services import begin_round
from tests.approvals.lines import on
from tests.changes import decided
from tests.county import class_of, id_number, papers_in_order, staff_member, walk
from tests.importing import walk_batch
from tests.students.intake import asked, child_of, community, entered, mapped, ready
from tests.supervision import auditing, complaining, ordering
from tests.suspensions import pairs
from tests.transfers.placing import PLACED
from transfers.placements import start_placement
from transfers.services import Origin, start_transfer

CLERK, CHECKER, LEADER = Role.BUREAU_CLERK, Role.BUREAU_CHECKER, Role.BUREAU_LEADER
SPARE = "211322103001"


# complaints, orders, audits


def complains(c, name: str, received: date):
    c.call(name, complaining.complained(c.no2, received_on=received))


def goes_on(c, name: str, *actions: str):
    """The steps of a complaint, an order or a batch, each by the right hands."""
    ways = {"complaint": complaining.UNTIL_TOLD, "order": ordering.ORDER_WAY}
    known = {action: (role, side, given) for action, role, side, given in ways[c.called[name].kind]}
    for action in actions:
        role, side, given = known[action]
        c.act(name, action, role, side, **given)


def told(c, name: str, action: str, **more):
    c.act(name, action, CLERK, "bureau", told_on=clock.today(), told_how="电话", **more)


def upholds(c, name: str):
    c.act(name, "uphold", LEADER, "bureau", opinion="处理意见正确")


def is_audited(c, name: str):
    (case,) = begin_round(by=staff_member(CLERK, c.bureau), schools=[c.no1])
    c.call(name, case)


def roll_is_called(c, name: str):
    case = c.called[name]
    c.call(name, auditing.acted(auditing.roll_called(case, [case.samples.first().child]), "submit", "issue"))


def answers(c, name: str):
    c.call(name, auditing.acted(auditing.answered(c.called[name]), "answer", "vouch"))


def is_judged(c, name: str):
    c.call(name, auditing.acted(auditing.judged(c.called[name]), "judge_findings", "close"))


def is_ordered(c, name: str):
    c.call(name, ordering.ordered(c.no2))
    goes_on(c, name, "submit")


# offices


def helps_out(c, name: str, ends: date):
    """A deputy head of the second school whose office has its end from the beginning."""
    user = User.objects.create(username=name, name="代理副校长")
    office = appoint(user, Role.DEPUTY_HEAD, c.no2, starts=date(2026, 9, 1))
    Appointment.objects.filter(pk=office.pk).update(ends=ends)
    c.call(name, office)


def registrar_goes(c, school: str):
    dismiss(Appointment.objects.get(school=getattr(c, school), role=Role.REGISTRAR), on=clock.today())


def registrar_comes(c, name: str, school: str):
    user = User.objects.create(username=name, name="新管理员")
    c.call(name, appoint(user, Role.REGISTRAR, getattr(c, school), starts=clock.today(), trained_on=date(2027, 4, 10)))


# newcomers and leavers


def opens_grade_one(school: School):
    SchoolClass.objects.create(school=school, stage=Stage.PRIMARY, cohort=2026, number=1)
    open_ledger(school, 2026, 55)


def is_passed_on(c, name: str):
    """A newcomer of the second school's catchment, which is full: the first school is named to take it."""
    opens_grade_one(c.no1)
    opens_grade_one(c.no2)
    place = mapped(c.no2, community("样例村", SPARE, "211322103"))
    Seats.objects.filter(school=c.no2, year=2026, grade=1).update(capacity=0)
    batch = entered(c.no2, asked("新苗统", birth=date(2020, 4, 6), sequence=431), place)
    c.call(f"{name}-child", child_of(batch))
    by = staff_member(Role.REGISTRAR, c.no2)
    case = overflows.report_full(c.called[f"{name}-child"], by=by, reason="一年级学位已满")
    case = overflows.name_school(case, c.no1, by=staff_member(CLERK, c.bureau))
    c.call(name, case)
    for action, role in (("submit", CLERK), ("pass_on", CHECKER), ("approve", LEADER)):
        c.act(name, action, role, "bureau")


def takes(c, name: str):
    c.call(name, perform(c.called[name], "take", by=staff_member(Role.REGISTRAR, c.no1)))


def batch_is_handed_in(c, name: str, of: str):
    case = Registration.objects.get(entries__student=c.called[of])
    c.call(name, walk_batch(ready(case), until="vouch"))


def leaves(c, name: str):
    c.call(name, c.leaver_at(c.no2, name="样例离"))


def is_traced(c, name: str):
    pairs.inquired(c.called[name], c.no2, **pairs.OUTSIDE)


def is_assigned(c, name: str):
    """The bureau names the junior school of a leaver nobody is near to."""
    case = open_assignment(c.called[name].school, by=staff_member(CLERK, c.bureau))
    row = case.rows.get(child=c.called[name])
    keep_assignment(case, {row.pk: c.junior.pk}, by=staff_member(CLERK, c.bureau))
    decided(case)


def sheet_is_opened(c, name: str, primary: str):
    c.call(name, pairs.drafted_sheet(getattr(c, primary), c.junior))


def sheet_is_signed(c, name: str):
    c.call(name, pairs.signed(c.called[name]))


# families from outside


def asks_for_a_school(c, name: str):
    given = PLACED | {"residence_division": Division.objects.get(code="211322101")}
    c.call(name, start_placement(c.no1, by=staff_member(CLERK, c.bureau), **given))
    for action, role in (("submit", CLERK), ("pass_on", CHECKER), ("approve", LEADER)):
        c.act(name, action, role, "bureau")


def is_placed(c, name: str):
    by = staff_member(Role.REGISTRAR, c.no1)
    c.call(name, perform(c.called[name], "place", by=by, placed_on=clock.today()))


def comes_from_outside(c, name: str):
    birth = date(2018, 3, 2)
    child = take_in(
        school=c.no2, id_number=id_number(birth, 301, "2"), name="样例远", sex="2", birth_date=birth, id_type="1"
    )
    by = staff_member(Role.REGISTRAR, c.no2)
    origin = Origin("150429", "宁城县实验小学", "2115000001", "三年级2班")
    given = {"ground": "T1", "grade": 3, "household_moved": True, "origin": origin}
    case = start_transfer(child, c.no2, by=by, to_class=class_of(c.no2, 3), **given)
    papers_in_order(case, by)
    c.call(f"{name}-child", child)
    c.call(name, walk(case, until="accept_child"))


def outside_signed(c, name: str, first: str, second: str):
    """What the school or the bureau outside decided three days ago, written down by two people of ours."""
    said = {"outside_unit": "宁城县实验小学", "outside_person": "样例丙", "outside_evidence": "盖章联系表"}
    c.act(name, first, CLERK, "bureau", outside_day=clock.today() - timedelta(days=3), **said)
    c.act(name, second, CHECKER, "bureau")


def asks_with_poor_papers(c, name: str):
    by = staff_member(Role.REGISTRAR, c.no2)
    child = c.child(f"{name}-child")
    case = start_transfer(child, c.no2, by=by, ground="T4", grade=3, to_class=class_of(c.no2, 3))
    papers_in_order(case, by)
    c.call(name, walk(case, until="propose_entry"))
    c.act(name, "send_back", CHECKER, "bureau", opinion="居住证明不清晰")


MAKER = Role.REGISTRAR
LIFE = [
    on("2026-08-31", is_passed_on, "overflow-1"),
    on("2026-09-01", leaves, "leaver-4"),
    on("2026-09-08", takes, "overflow-1"),
    on("2026-09-10", is_traced, "leaver-4"),
    on("2026-09-14", batch_is_handed_in, "batch-1", of="newcomer-1"),
    on("2026-09-15", helps_out, "deputy", ends=date(2027, 1, 12)),
    on("2026-09-16", asks_for_a_school, "placed-1"),
    on("2026-09-16", comes_from_outside, "far-1"),
    on("2026-09-17", "two_sign", "far-1", ("propose_entry", CLERK, "bureau"), ("approve_entry", CHECKER, "bureau")),
    on("2026-09-21", asks_with_poor_papers, "move-3"),
    on("2026-09-21", is_assigned, "leaver-1"),
    on("2026-09-21", sheet_is_opened, "sheet-1", "no1"),
    on("2026-09-22", is_placed, "placed-1"),
    on("2026-09-24", outside_signed, "far-1", "propose_release", "release"),
    on("2026-09-24", "two_sign", "batch-1", ("propose", CLERK, "bureau"), ("register", CHECKER, "bureau")),
    on("2026-10-10", "act", "move-3", "resubmit", MAKER, "lead"),
    on("2026-10-10", "act", "move-3", "withdraw", MAKER, "lead", opinion="家长改变主意"),
    on("2026-10-12", outside_signed, "far-1", "propose_clearance", "complete"),
    on("2026-10-12", sheet_is_opened, "sheet-2", "no2"),
    on("2026-10-20", sheet_is_signed, "sheet-2"),
    on("2026-10-20", "act", "far-1", "call_file", MAKER, "lead", file_came_on=date(2026, 10, 19)),
    on("2026-10-28", "act", "far-1", "report", MAKER, "lead", arrived_at_school_on=date(2026, 10, 27)),
    on("2026-11-02", complains, "complaint-1", date(2026, 11, 2)),
    on("2026-11-04", goes_on, "complaint-1", "submit", "issue"),
    on("2026-11-09", is_ordered, "order-1"),
    on("2026-11-10", goes_on, "complaint-1", "verify", "feed_back"),
    on("2026-11-12", goes_on, "order-1", "pass_on"),
    on("2026-11-16", is_audited, "audit-1"),
    on("2026-11-17", goes_on, "complaint-1", "propose", "supervise"),
    on("2026-11-18", goes_on, "order-1", "issue"),
    on("2026-11-20", roll_is_called, "audit-1"),
    on("2026-11-26", goes_on, "complaint-1", "carry_out", "report_done"),
    on("2026-12-01", told, "complaint-1", "appeal", opinion="家长认为未办"),
    on("2026-12-02", answers, "audit-1"),
    on("2026-12-07", goes_on, "order-1", "answer", "vouch"),
    on("2026-12-08", upholds, "complaint-1"),
    on("2026-12-09", is_judged, "audit-1"),
    on("2026-12-10", told, "complaint-1", "tell"),
    on("2026-12-14", goes_on, "order-1", "verify", "close"),
    on("2027-02-04", complains, "complaint-2", date(2027, 2, 3)),
    on("2027-05-10", registrar_goes, "junior"),
    on("2027-05-20", registrar_comes, "successor", "junior"),
]

# Rule, subject, first day, last day, done on; as in the table this one is added to.
DUE = [
    # 1–4, 7–11, 14 September
    ("overflow.taken_in", "overflow-1", "2026-08-31", "2026-09-14", "2026-09-08"),
    # one month after 1 September ends on National Day
    ("registration.month", "overflow-1-child", "2026-09-01", "2026-10-08", "2026-09-24"),
    # 15–18, Sunday 20 worked, 21–24, holiday to 27, 28
    ("registration.bureau_desk", "batch-1", "2026-09-14", "2026-09-28", "2026-09-24"),
    ("leavers.taken_over", "leaver-4", "2026-09-01", "2026-09-21", "2026-09-11"),
    ("leavers.reconciled", "no2", "2026-09-01", "2026-09-30", "2026-09-11"),
    ("leavers.signed", "sheet-1", "2026-09-21", "2026-09-30", None),
    # drawn up after the last day: due at once
    ("leavers.signed", "sheet-2", "2026-10-12", "2026-10-12", "2026-10-20"),
    # 17 18, Sunday 20, 21–24, 28–30 September
    ("placement.taken_in", "placed-1", "2026-09-16", "2026-09-30", "2026-09-22"),
    ("transfer.to_bureau", "far-1", "2026-09-16", "2026-09-30", "2026-09-17"),
    # 18, Sunday 20, 21–24, 28–30 September, holiday to 7, 8 October
    ("transfer.outside", "far-1", "2026-09-17", "2026-10-08", "2026-09-24"),
    # 28–30 September, 8 9, Saturday 10 worked, 12–15 October
    ("transfer.outside", "far-1", "2026-09-24", "2026-10-15", "2026-10-12"),
    # 13–16, 19–23, 26 October
    ("transfer.file_call", "far-1", "2026-10-12", "2026-10-26", "2026-10-20"),
    ("transfer.arrival", "far-1", "2026-10-20", "2026-10-30", "2026-10-27"),
    # 22–24, 28–30 September, 8 9 10, 12 October
    ("transfer.supplement", "move-3", "2026-09-21", "2026-10-12", "2026-10-10"),
    ("archive.opened", "newcomer-1", "2026-09-01", "2026-10-08", None),
    ("archive.opened", "overflow-1-child", "2026-09-01", "2026-10-08", None),
    # the file is called over on 20 October: a month after that is a Friday
    ("archive.opened", "far-1-child", "2026-10-20", "2026-11-20", None),
    # 28–30 September, 8 9 October
    ("ceims.entered", "filing of batch-1", "2026-09-24", "2026-10-09", None),
    # 17 18, Sunday 20, 21 22; 18, 20, 21–23 September; 21–23, 26 27 October
    ("ceims.entered", "filing of far-1", "2026-09-16", "2026-09-22", None),
    ("ceims.entered", "filing of far-1", "2026-09-17", "2026-09-23", None),
    ("ceims.entered", "filing of far-1", "2026-10-20", "2026-10-27", None),
    # 22–24, 28 29 September; withdrawn, there is nothing to enter
    ("ceims.entered", "filing of move-3", "2026-09-21", "2026-09-29", "2026-10-11"),
    # the last day in office is the day before the first without it
    ("office.ends", "deputy", "2026-09-01", "2027-01-11", "2027-01-12"),
    # 11–14, 17–21, 24 May
    ("office.vacant", "junior", "2027-05-10", "2027-05-24", "2027-05-21"),
    # three years after the training
    ("office.training", "successor", "2027-04-10", "2030-04-10", None),
    # three days: 3 4 5; then five: 5 6, 9–11; 11–13, 16 17; 18–20, 23 24 November
    ("complaint.order", "complaint-1", "2026-11-02", "2026-11-05", "2026-11-04"),
    ("complaint.verify", "complaint-1", "2026-11-04", "2026-11-11", "2026-11-10"),
    ("complaint.opinion", "complaint-1", "2026-11-10", "2026-11-17", "2026-11-17"),
    ("complaint.act", "complaint-1", "2026-11-17", "2026-11-24", "2026-11-26"),
    # 27 30 November, 1 December; 2–4, 7 8; 9–11
    ("complaint.answer", "complaint-1", "2026-11-26", "2026-12-01", "2026-12-01"),
    ("complaint.review", "complaint-1", "2026-12-01", "2026-12-08", "2026-12-08"),
    ("complaint.answer", "complaint-1", "2026-12-08", "2026-12-11", "2026-12-10"),
    # from the day it came: 4, holiday and a week-end to 14, 15 16 February
    ("complaint.order", "complaint-2", "2027-02-03", "2027-02-16", None),
    # 10–13, 16–20, 23; 13, 16–20, 23–26 November
    ("case.bureau_desk", "order-1", "2026-11-09", "2026-11-23", "2026-11-12"),
    ("case.leader_desk", "order-1", "2026-11-12", "2026-11-26", "2026-11-18"),
    # fifteen: 19 20, 23–27, 30 November, 1–4, 7–9 December
    ("order.correct", "order-1", "2026-11-18", "2026-12-09", "2026-12-07"),
    # 8–11, 14–18, 21 December
    ("case.bureau_desk", "order-1", "2026-12-07", "2026-12-21", "2026-12-14"),
    # 23–27, 30 November, 1–4 December
    ("audit.answer", "audit-1", "2026-11-20", "2026-12-04", "2026-12-02"),
    # 3 4, 7–11, 14–16 December
    ("case.bureau_desk", "audit-1", "2026-12-02", "2026-12-16", "2026-12-09"),
]
# An audit a term and school: the term in which the first case was opened, and every one after it.
TERMS = [
    ("2026-03-01", "2026-07-12"),
    ("2026-09-01", "2027-01-20"),
    ("2027-03-01", "2027-07-12"),
    ("2027-09-01", "2028-01-20"),
    ("2028-03-01", "2028-07-12"),
    ("2028-09-01", "2029-01-20"),
]
AUDITED = {("no1", "2026-09-01"): "2026-12-09"}
DUE += [
    ("audit.term", school, starts, ends, AUDITED.get((school, starts)))
    for school in ("no1", "no2", "junior")
    for starts, ends in TERMS
]
# While nobody has announced 2027: Monday to Friday.
GUESSED = {
    # 4 5, 8 February
    ("complaint.order", "complaint-2"): "2027-02-08",
}
FIXED = {"office.ends", "leavers.signed", "audit.term"}
