"""The one door: every change of a record, of one child or of hundreds, passes `perform()`.

Lock children, then the case, then (inside the effect) seats, each in ascending id, so that two acts can never wait for
each other; check the hand, then the rules; move; sign. All in one READ COMMITTED transaction.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, partial

from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, QuerySet

from accounts.models import User
from accounts.policies import Power, appointments_behind, powers_behind, powers_of
from jianping_xueji.prepared import Prepared, insert, insert_all, require_transaction
from law import clock, parameters, workdays
from schools.models import School

from .desks import Desk, Hand, Signature
from .errors import ChildBusy, NotYourHand, Refused, RulesBroken, TooLate, whose_turn
from .models import Case, CaseSubject, CeimsFiling, Step
from .moves import Move, signature_of
from .rules import judge
from .signing import signed

# Who makes does not check. A move that is no signature stands against none.
OTHER = {Signature.MAKE: Signature.CHECK.value, Signature.CHECK: Signature.MAKE.value, Signature.NONE: "none"}


def lock(case: Case) -> Case:
    """Lock the children of a case, then the case, and return it fresh as its concrete kind."""
    _children_of.rows(case=case.pk)
    (fresh,) = _locked(case.model).objects(case=case.pk)
    return fresh


def _rows_of_children(ids: Iterable[int] | QuerySet) -> QuerySet:
    """The query that locks the rows of these children in ascending id, once its answer is read."""
    student = apps.get_model("students", "Student")
    return student.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk", flat=True)


def lock_children(ids: Iterable[int] | QuerySet) -> None:
    """Lock the rows of these children, ascending."""
    if isinstance(ids, QuerySet):
        list(_rows_of_children(ids))
        return
    require_transaction()
    with connection.cursor() as cursor:
        # Thousands of ids are one value here, and no object is made of the rows.
        cursor.execute(
            "SELECT id FROM students_student WHERE id = ANY(%s::bigint[]) ORDER BY id FOR UPDATE", [list(ids)]
        )


@Prepared
def _children_of(case: int):
    return _rows_of_children(CaseSubject.objects.filter(case_id=case).values("child_id"))


@cache
def _locked(model: type[Case]) -> Prepared:
    """One case of a kind, locked in both its tables: a row joined without a lock is seen as it was before the wait."""

    def query(case: int):
        return model.objects.select_for_update(of=("self", "case_ptr")).filter(pk=case)

    return Prepared(query)


def open_transition(case: Case, action: str):
    """The transition `action` as it stands in the present state. Raises TooLate when the case has moved on."""
    for candidate in case.get_all_state_transitions():
        if candidate.name == action and candidate.source in (case.state, "*"):
            return candidate
    raise TooLate(case, case.steps.select_related("actor").last())


def powers_for(case: Case, described: Move, ask: Callable[[str, int | None], list[Power]]) -> list[Power]:
    """The powers by which a person may make this move; empty when none. `ask` knows the powers behind a right."""
    hand = case.hand_of(described)
    return ask(hand.right, case.school_id_on(hand.side)) if hand else []


def other_signature(case: Case, described: Move) -> dict:
    """The signature that must not come from the same person (two people, G6), as columns of Step."""
    desk = case.desk_of(case.state)
    other = OTHER[signature_of(desk, described)]
    return {"case": case.pk, "stage": desk.stage if desk else "", "round": case.round, "signature": other}


def has_made(case: Case, described: Move, by: User) -> bool:
    """True when `by` already gave the other signature of this desk in this round."""
    return Step.objects.filter(actor=by, **other_signature(case, described)).exists()


@Prepared
def _behind_and_signed(
    user: int, day: date, right: str, school: int, case: int, stage: str, round: int, signature: str
):
    """The appointments behind a right, each knowing whether the person has given the other signature."""
    given = Step.objects.filter(actor=user, case=case, stage=stage, round=round, signature=signature)
    return appointments_behind.build(user, day, right, school).annotate(has_signed=Exists(given))


def permit(case: Case, described: Move, by: User) -> Power:
    """The power by which `by` acts, looked up afresh. Raises NotYourHand."""
    found = powers_for(
        case, described, partial(powers_behind, by, ask=_behind_and_signed, **other_signature(case, described))
    )
    return entitled(case, described, found, has_signed=bool(found) and found[0].appointment.has_signed)


def entitled(case: Case, described: Move, found: list[Power], *, has_signed: bool) -> Power:
    """The first of the powers found; refused without one, or when its holder gave the other signature. NotYourHand."""
    if not found:
        raise NotYourHand(f"“{described.label}”不属于您的职权（{described.article}）。{whose_turn(case)}")
    if has_signed:
        raise NotYourHand(f"您已在本环节签署，经办与审核须为两人（{described.article}），请由另一人办理。")
    return found[0]


def lock_draft(case: Case, *, by: User, what: str = "内容") -> Case:
    """Lock a case whose draft (`what` it is, in words) is written anew. Raises Refused once handed in, NotYourHand."""
    case = lock(case)
    action = case.HANDED_IN_BY.get(case.state)
    if not action:
        raise Refused(
            f"{case.number}已提交，现为“{case.state_name}”，{what}不能再改；需要更正请先退回（{case.ARTICLE}）。"
        )
    permit(case, open_transition(case, action).custom["move"], by)
    return case


def check(case: Case, candidate) -> None:
    """Hold all rules of the move at once. Raises RulesBroken with every breach."""
    if candidate.conditions:
        verdict = judge(candidate.conditions, case.facts)
        if verdict.broken:
            raise RulesBroken(verdict)


def require_opinion(described: Move, opinion: str) -> None:
    """Sending back, refusing, withdrawing and excepting are signed with their reason (做好解释工作). Raises Refused."""
    if described.opinion_required and not opinion.strip():
        raise Refused(f"“{described.label}”须写明理由（{described.article}）。")


def put_on_desk(case: Case) -> None:
    """After a move: whose desk, since when, until when; a closed case leaves every desk."""
    desk, today = case.desk_of(case.state), clock.today()
    if case.state in case.CLOSED:
        case.closed_on = case.closed_on or today
    stage = desk.stage if desk else ""
    # The two signatures of a stage share one clock; a maker's desk without one (a draft) does not lend it its silence.
    if stage != case.desk_stage or not desk or bool(case.clock_of(desk)[1]) != bool(case.due_on):
        start_clock(case, desk, today)
    case.desk_stage = stage
    case.desk_right = desk.hand.right if desk else ""
    case.desk_school_id = case.school_id_on(desk.hand.side) if desk else None


def start_clock(case: Case, desk: Desk | None, today) -> None:
    """A case arrives at a new stage: its working days begin tomorrow."""
    case.arrived_on = today if desk else None
    set_due(case, desk)


def set_due(case: Case, desk: Desk | None) -> None:
    """Until when the desk has time: counted from arrival, or from the day the law names for this kind."""
    case.due_on, case.due_confirmed, case.clock_from, case.clock_days = None, True, None, None
    start, parameter = case.clock_of(desk) if desk else (None, None)
    if start and parameter:
        case.clock_from, case.clock_days = start, parameters.on(clock.today())[parameter]
        due = workdays.add(start, case.clock_days)
        case.due_on, case.due_confirmed = due.day, due.confirmed


def open_filing(case: Case, step: Step, described: Move, desk: Desk | None) -> None:
    """The decided act must be repeated in the national system: it stays on the maker's desk until it is.

    An act that undoes needs doing there only when something was filed before; what was not filed yet need not be.
    """
    if not described.in_ceims or not case.files_in_ceims(desk):
        return
    if described.undoes:
        done = case.filings.exclude(filed_on=None).exists()
        case.filings.filter(filed_on=None).update(needless=True)
        if not done:
            return
    hand = described.hand or desk.hand
    right = "bureau_make" if hand.right.startswith("bureau") else "make_change"
    filing = CeimsFiling(
        case_id=case.pk,
        step=step,
        act=described.in_ceims,
        school_id=case.school_id_on(hand.side),
        right=right,
        decided_on=step.acted_on,
    )
    insert(filing)


@transaction.atomic
def perform(case: Case, action: str, *, by: User, opinion: str = "", happened_on=None, **particulars) -> Case:
    """Make one move of a case: lock, permit, check, move, sign.

    `particulars` are the fields the move declares. Raises TooLate, NotYourHand, RulesBroken, or what the effect raises
    (NoSeat); whatever is raised, nothing has happened.
    """
    case = lock(case)
    candidate = open_transition(case, action)
    power = permit(case, candidate.custom["move"], by)
    given = {"opinion": opinion, "happened_on": happened_on, "particulars": particulars}
    with parameters.read_once():
        return make_move(case, candidate, by=by, power=power, **given)


@dataclass(frozen=True)
class Made:
    """A move whose effect is written, and whose case, signature and filing are still to be."""

    case: Case
    before: dict
    step: Step
    described: Move
    desk: Desk | None


def make_move(
    case: Case, candidate, *, by: User, power: Power, opinion: str, happened_on=None, particulars: dict
) -> Case:
    """The permitted half of `perform`: check, move, sign; the case is locked."""
    given = {"opinion": opinion, "happened_on": happened_on, "particulars": particulars}
    made = moved(case, candidate, by=by, power=power, **given)
    set_free([case])
    case.write_changes(made.before)
    insert(made.step)
    open_filing(case, made.step, made.described, made.desk)
    return case


def set_free(cases: Iterable[Case]) -> None:
    """The children of the cases that are closed now may have another change."""
    if closed := [case.pk for case in cases if case.state in case.CLOSED]:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE approvals_casesubject SET blocking = false WHERE case_id = ANY(%s::bigint[]) AND blocking",
                [closed],
            )


def moved(case: Case, candidate, *, by: User, power: Power, opinion: str, happened_on=None, particulars: dict) -> Made:
    """Check and move: what becomes of the case is known then, and written by whoever asked."""
    before = case.stored_values()
    described: Move = candidate.custom["move"]
    action = candidate.name
    check(case, candidate)
    require_opinion(described, opinion)
    desk, source = case.desk_of(case.state), case.state
    arrived_on, due_on = case.arrived_on, case.due_on
    case.acting, case.acting_power = by, power
    getattr(case, action)(**{"opinion": opinion, **particulars})
    put_on_desk(case)
    step = signed(
        case,
        described,
        action=action,
        source=source,
        by=by,
        power=power,
        desk=desk,
        opinion=opinion,
        happened_on=happened_on or case.day_of(particulars),
        arrived_on=arrived_on,
        due_on=due_on,
        particulars=case.particulars_of(action, particulars),
    )
    return Made(case, before, step, described, desk)


def next_numbers(prefix: str, count: int) -> list[tuple[int, str]]:
    """Primary keys and the case numbers made from them: one series for all kinds, 转2026000123."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('approvals_case', 'id')) FROM generate_series(1, %s)", [count]
        )
        keys = sorted(pk for (pk,) in cursor.fetchall())
    return [(pk, f"{prefix}{clock.today().year}{pk:06d}") for pk in keys]


def refuse_busy(children: list[int]) -> None:
    """Raise ChildBusy naming the open case and its desk when one of the children has one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM approvals_casesubject WHERE child_id = ANY(%s::bigint[]) AND blocking", [list(children)]
        )
        busy = cursor.fetchall()
    if busy:
        subjects = CaseSubject.objects.filter(pk__in=[pk for (pk,) in busy])
        subjects = subjects.select_related("case__lead_school", "case__desk_school__bureau")
        raise ChildBusy(*dict.fromkeys(busy_sentence(subject.case) for subject in subjects))


def refuse_second(kind: type, children: list[int]) -> None:
    """Raise ChildBusy when such a case is open already; the children's locks make the look safe."""
    open_one = CaseSubject.objects.filter(child_id__in=children, case__kind=kind.kind_code, case__closed_on=None)
    if sentences := [busy_sentence(s.case) for s in open_one.select_related("case__lead_school", "case__desk_school")]:
        raise ChildBusy(*sentences)


def busy_sentence(case: Case) -> str:
    desk = f"{case.desk_holder or case.lead_school}“{case.desk_stage or case.state_name}”"
    return f"该生有在办业务：{case.kind_name}{case.number}，现在{desk}。须待其办结或撤回后再申请（第二十四条）。"


@transaction.atomic
def open_case(
    kind: type,
    *,
    by: User,
    lead: School,
    children: Iterable,
    peer: School | None = None,
    hand: Hand | None = None,
    **fields,
) -> Case:
    """Open a case about these children (or ids of children), the first of them its `child`.

    `hand` is by whom it is opened, where a kind has another beginning than its `OPENER`'s.
    Raises NotYourHand, Refused at a closed school, or ChildBusy when a child already has an open change.
    """
    hand = hand or kind.OPENER
    refuse_to_open(kind, lead, powers_behind(by, hand.right, lead.pk), hand)
    ids = [getattr(child, "pk", child) for child in children]
    lock_children(ids)
    refuse_second(kind, ids) if kind.PRECEDES else refuse_busy(ids)
    (numbered,) = next_numbers(kind.prefix, 1)
    case = drawn_up(kind, numbered, opened_by=by, lead_school=lead, peer_school=peer, **fields)
    write_new([case])
    try:
        # What fails here ends the whole transaction of this door: no savepoint of its own, and no question after it.
        name_subjects(case, ids, blocking=not kind.PRECEDES)
    except IntegrityError as error:
        raise ChildBusy("该生刚刚由他人发起了另一件变动，请刷新后查看（第二十四条）。") from error
    return case


def name_subjects(case: Case, children: list[int], *, blocking: bool) -> None:
    """Write the subjects of a new case in the order given, in one statement however many they are."""
    if children:
        with connection.cursor() as cursor:
            cursor.execute(
                """INSERT INTO approvals_casesubject (case_id, child_id, blocking)
                   SELECT %s, child, %s FROM unnest(%s::bigint[]) WITH ORDINALITY AS named (child, nth) ORDER BY nth""",
                [case.pk, blocking, children],
            )


def refuse_to_open(kind: type, lead: School, powers: list[Power], hand: Hand) -> None:
    """Raise NotYourHand without a power to make such a case here, Refused at a closed school."""
    if not powers:
        raise NotYourHand(f"您在{lead}没有办理“{kind._meta.verbose_name}”的经办职权。")
    if lead.closed_on and hand.right == "make_change":
        raise Refused(f"{lead}已于{lead.closed_on:%Y年%-m月%-d日}撤并，请由接收学校办理（第十一条第二款）。")


def drawn_up(kind: type, numbered: tuple[int, str], **fields) -> Case:
    """A new case on its first desk, not written yet."""
    pk, number = numbered
    case = kind(pk=pk, number=number, kind=kind.kind_code, opened_on=clock.today(), **fields)
    put_on_desk(case)
    return case


def write_new(cases: list[Case]) -> None:
    """Insert new cases of one kind, with the keys they were drawn up with: spine and own columns, a statement each."""
    for case in cases:
        case.id = case.pk  # the key of the spine, which `save()` would copy
    columns = [field.attname for field in Case._meta.concrete_fields]
    insert_all([Case(**{name: getattr(case, name) for name in columns}) for case in cases], keyed=True)
    insert_all(cases, keyed=True)


def buttons_for(case: Case, user: User) -> list:
    """The transitions this user may make now, in the order the kind declares them."""
    ask = powers_of(user).on
    return [
        candidate
        for candidate in case.get_all_state_transitions()
        if candidate.source == case.state
        and candidate.custom["move"].by_hand
        and powers_for(case, candidate.custom["move"], ask)
        and not has_made(case, candidate.custom["move"], user)
    ]
