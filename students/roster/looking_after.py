"""The acts about one roster child: a visit, what became of it, who it is, who answers for it. Each leaves an entry."""

from datetime import date

from django.db import transaction

from accounts.policies import Powers
from approvals.errors import NotYourHand, Refused
from law import articles, clock
from schools.models import School

from .matching import OPEN, Result, result_of
from .models import RosterChild, RosterEntry

Kind = RosterEntry.Kind


def _at_bureau(user, child: RosterChild, *rights: str) -> bool:
    """Serves the bureau of this roster with one of these rights."""
    held = Powers.of(user).held
    return any(
        power.appointment.bureau_id == child.bureau_id
        for right in rights
        for powers in held.get(right, {}).values()
        for power in powers
    )


def may_look_after(user, child: RosterChild) -> bool:
    """The registrar of the school that answers for the child, or the bureau's clerk. `child` carries its owner."""
    mine = child.owner_id and Powers.of(user).on("make_change", child.owner_id)
    return bool(mine) or _at_bureau(user, child, "bureau_make")


def may_accept(user, child: RosterChild) -> bool:
    """The bureau accepts what was reported; never whoever reported it."""
    return child.settled_by_id != user.pk and _at_bureau(user, child, "bureau_make", "bureau_check")


def may_assign(user, child: RosterChild) -> bool:
    return _at_bureau(user, child, "bureau_make")


def _locked(child: RosterChild) -> RosterChild:
    """The row under lock, with its results and owner as they are now."""
    RosterChild.objects.select_for_update().get(pk=child.pk)
    return result_of(child)


def _permit(child: RosterChild, by) -> None:
    if not may_look_after(by, child):
        raise NotYourHand("查访与去向由责任学校的学籍管理员或教育局经办人员登记。")


def _refuse_to_come(on: date) -> None:
    if on > clock.today():
        raise Refused(f"日期不能晚于今日（{articles.CATCHMENT}）。")


def _write(child: RosterChild, kind: str, result: str, by, *, on=None, who: str = "", student=None) -> RosterEntry:
    return RosterEntry.objects.create(
        child=child, kind=kind, on=on or clock.today(), who=who or by.name, result=result, student_id=student, by=by
    )


@transaction.atomic
def log(child: RosterChild, *, by, kind: str, on: date, who: str, result: str) -> RosterEntry:
    """Write down a visit or call. Raises NotYourHand, Refused."""
    child = _locked(child)
    _permit(child, by)
    _refuse_to_come(on)
    if kind not in RosterEntry.CONTACTS:
        raise Refused("请选择联系方式。")
    return _write(child, kind, result, by, on=on, who=who)


@transaction.atomic
def settle(child: RosterChild, *, by, settled: str, note: str) -> RosterEntry:
    """Report what became of the child, with the proof; it counts once the bureau has accepted it."""
    child = _locked(child)
    _permit(child, by)
    if not note.strip():
        raise Refused("请写明去向说明及凭据（名称、编号，原件已核对）。")
    if child.result not in OPEN:
        raise Refused(f"{child.name}现为“{Result(child.result).label}”，不用再报告去向。")
    if child.settled:
        raise Refused(f"{child.name}的去向“{child.get_settled_display()}”已报告，正等教育局核实；有误的请教育局退回。")
    rows = RosterChild.objects.filter(pk=child.pk)
    rows.update(settled=settled, settled_note=note.strip(), settled_by=by, settled_on=clock.today())
    child.settled = settled
    return _write(child, Kind.SETTLE, f"{child.get_settled_display()}：{note.strip()}"[:200], by)


@transaction.atomic
def accept(child: RosterChild, *, by) -> RosterEntry:
    """The bureau has checked the proof: the child leaves the list."""
    child = _locked(child)
    if not may_accept(by, child):
        raise NotYourHand("去向由教育局核实，报告与核实须为两人。")
    if not child.settled or child.accepted_on:
        raise Refused("没有等待核实的去向，请刷新后查看。")
    RosterChild.objects.filter(pk=child.pk).update(accepted_by=by, accepted_on=clock.today())
    return _write(child, Kind.ACCEPT, child.get_settled_display(), by)


@transaction.atomic
def send_back(child: RosterChild, *, by, reason: str) -> RosterEntry:
    """The report does not hold, or holds no longer: the child is looked for again."""
    child = _locked(child)
    if not _at_bureau(by, child, "bureau_make", "bureau_check"):
        raise NotYourHand("去向由教育局核实或退回。")
    if not child.settled:
        raise Refused("没有可以退回的去向，请刷新后查看。")
    if not reason.strip():
        raise Refused("请写明退回原因。")
    nobody = {"settled_by": None, "settled_on": None, "accepted_by": None, "accepted_on": None}
    RosterChild.objects.filter(pk=child.pk).update(settled="", settled_note="", **nobody)
    return _write(child, Kind.BACK, reason.strip(), by)


@transaction.atomic
def identify(child: RosterChild, *, by, same: bool) -> RosterEntry:
    """Somebody has looked: the record of the same name, sex and birth is this child's, or is not."""
    child = _locked(child)
    _permit(child, by)
    if child.record_id or not child.alike_id:
        raise Refused("没有待认定的学籍，请刷新后查看。")
    alike = child.alike_id
    if same:
        RosterChild.objects.filter(pk=child.pk).update(student=alike)
        return _write(child, Kind.SAME, "与同名、同性别、同日出生的学籍为同一人", by, student=alike)
    return _write(child, Kind.DIFFERENT, "与同名、同性别、同日出生的学籍不是同一人", by, student=alike)


@transaction.atomic
def assign(child: RosterChild, *, by, school: School) -> RosterEntry:
    """The bureau names the school that answers for the child."""
    child = _locked(child)
    if not may_assign(by, child):
        raise NotYourHand("责任学校由教育局经办人员指定。")
    if school.bureau_id != child.bureau_id or school.closed_on:
        raise Refused("请从本县现有的学校中选择。")
    RosterChild.objects.filter(pk=child.pk).update(assigned=school)
    return _write(child, Kind.ASSIGN, school.name, by)
