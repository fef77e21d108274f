"""Reporting a registrar, and changing hands: the former office ends, the new one begins, open tasks are listed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.db import IntegrityError, transaction

from accounts.appointments import appoint, dismiss, retrain
from accounts.models import Appointment, User
from accounts.offices import AppointmentRefused, Office, refuse_clash
from accounts.roles import Role
from approvals.common_rules import of_level
from approvals.errors import Refused, RulesBroken
from approvals.materials import lay_out
from approvals.models import Case
from approvals.rules import Level, judge
from approvals.services import lock_draft, open_case
from jianping_xueji import vault
from law import clock, parameters
from schools.models import School
from students.intake.years import months_after

from .case import LAW, RegistrarChange
from .rules import RULES, ChangeFacts

Why = RegistrarChange.Why
DESK_RIGHTS = ("make_change",)


def registrars_of(school: School, day: date):
    """The registrars in office at a school on a day, trained as the law demands."""
    return Appointment.objects.live(day).filter(school=school, role=Role.REGISTRAR).select_related("user")


def facts_for(
    school: School, person: User, day: date, *, why: str, starts_on, trained_on, certificate: str, predecessor=None
) -> ChangeFacts:
    """The facts of a report, made or intended."""
    renews = why == Why.RENEWAL
    return ChangeFacts(
        on=day,
        trained_on=trained_on,
        starts_on=starts_on,
        trained_until=months_after(trained_on, parameters.on(day)["training.months"]) if trained_on else None,
        certificate=certificate or "",
        renews=renews,
        serves=registrars_of(school, day).filter(user=person).exists(),
        clash="" if renews else clash_of(person, school, max(starts_on, day)),
        follows_nobody=why == Why.SHIFT and predecessor is None,
        served_months=months_between(predecessor.starts, day) if predecessor else None,
    )


def clash_of(person: User, school: School, starts: date) -> str:
    """Why the person may not hold the office beside others, in words."""
    try:
        refuse_clash(person, Office(Role.REGISTRAR, school, starts))
    except AppointmentRefused as refusal:
        return str(refusal).rstrip("。")
    return ""


def months_between(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)


def refuse_unlawful(school: School, person: User, given: dict, predecessor) -> None:
    """A report that no signature could pass is not begun. Raises RulesBroken."""
    said = {name: given[name] for name in ("why", "starts_on", "trained_on", "certificate")}
    facts = facts_for(school, person, clock.today(), predecessor=predecessor, **said)
    verdict = judge(of_level(RULES, Level.HARD), facts)
    if verdict.broken:
        raise RulesBroken(verdict)


@transaction.atomic
def report(school: School, person: User, *, by, predecessor: Appointment | None = None, **given) -> RegistrarChange:
    """The headmaster's report. Raises RulesBroken, NotYourHand, Refused for a second report of the same person."""
    refuse_unlawful(school, person, given, predecessor)
    with one_report_of(person):
        case = open_case(
            RegistrarChange,
            by=by,
            lead=school,
            children=[],
            state=RegistrarChange.State.DRAFT,
            school=school,
            person=person,
            predecessor=predecessor,
            wrapped_key=vault.new_child_key(),
            **given,
        )
    lay_out(case, case.papers())
    return case


@transaction.atomic
def keep(case: RegistrarChange, person: User, *, by, predecessor: Appointment | None = None, **given):
    """Write the draft anew. Raises Refused once handed in, NotYourHand, RulesBroken."""
    case = lock_draft(case, by=by)
    refuse_unlawful(case.school, person, given, predecessor)
    case.person, case.predecessor = person, predecessor
    for name, value in given.items():
        setattr(case, name, value)
    with one_report_of(person):
        case.save()
    return case


@contextmanager
def one_report_of(person: User) -> Iterator[None]:
    """The database lets one report of a person stand at a school: Refused says so."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise Refused(f"{person}的报送正在办理，请在原件上修改或者先撤回（{LAW}）。") from error


def change_hands(case: RegistrarChange) -> None:
    """The effect of the approval. Desks belong to the office, so what lies open passes with it; it is written down."""
    try:
        if case.why == Why.RENEWAL:
            mine = registrars_of(case.school, clock.today()).filter(user=case.person).first()
            case.appointed = retrain(mine, trained_on=case.trained_on)
            return
        case.handed_over = open_tasks(case.school)
        case.appointed = appoint(
            case.person,
            Role.REGISTRAR,
            case.school,
            starts=case.acts_from,
            trained_on=case.trained_on,
            basis=f"{case.number} {case.certificate}",
            by=case.acting,
        )
        if case.predecessor and (case.predecessor.ends is None or case.predecessor.ends > case.acts_from):
            dismiss(case.predecessor, on=max(case.acts_from, case.predecessor.starts))
    except AppointmentRefused as refusal:
        raise Refused(str(refusal)) from refusal


def open_tasks(school: School) -> list[dict]:
    """What lies on the registrar's desks of the school, the first due first."""
    rows = Case.objects.open().filter(desk_school=school, desk_right__in=DESK_RIGHTS).order_by("due_on", "pk")
    return [
        {
            "number": row.number,
            "kind": row.kind_name,
            "stage": row.desk_stage or row.state_name,
            "due": row.due_on.isoformat() if row.due_on else "",
        }
        for row in rows
    ]
