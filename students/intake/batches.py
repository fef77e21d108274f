"""Services of intake: a school's open batch of the year, and every act on a child of it, through the one door."""

from dataclasses import replace
from datetime import date

from django.db import transaction

from approvals.errors import Refused, RulesBroken
from approvals.rules import judge
from approvals.services import open_case, perform
from law import articles, clock, parameters
from law.school_time import grade_name
from schools.models import School

from ..classing import balance, seating
from ..classing.ledger import classes_in, dealt_over
from ..importing.service import lock_imports
from ..models import Application, DuplicateSearch, Registration, Student
from ..roster.deferrals import approval_of
from . import years
from .duplicates import Asked
from .facts import Frame, written_down
from .newcomers import Newcomer
from .rules import OF_A_CHILD

FILLED = Registration.State.FILLED


def open_batch(school: School, *, by, fresh: bool = False) -> Registration:
    """The school's batch of this year that still lies with the registrar, or (`fresh`) a new one beside it."""
    year = years.intake_year(clock.today())
    ours = Registration.objects.filter(lead_school=school, intake_year=year).order_by("pk")
    still = None if fresh else ours.filter(state=FILLED).last()
    if still:
        return still
    count = ours.count()
    title = f"{year}年秋季新生" + (f"（第{count + 1}批）" if count else "")
    return open_case(Registration, by=by, lead=school, children=[], state=FILLED, title=title, intake_year=year)


def facts_of_newcomer(school: School, asked: Asked, grade: int, newcomer: Newcomer, *, searched: bool = True):
    """What the rules look at before anything is written."""
    applied = Application(**newcomer.written)
    frame = Frame.of(school, clock.today(), [applied.community_id, applied.workplace_id])
    return frame.facts(
        name=asked.name,
        birth=asked.birth_date,
        grade=grade,
        migrant=bool(newcomer.basics.get("migrant_child")),
        searched=searched,
        **written_down(applied),
    )


def refuse_unlawful(facts) -> None:
    """Raises RulesBroken with every reason for which no signature could register this child."""
    verdict = judge(OF_A_CHILD, facts)
    if verdict.broken:
        raise RulesBroken(verdict)


def register_newcomer(search: DuplicateSearch, newcomer: Newcomer, *, by) -> Registration:
    """Enter a child that was searched for into the school's open batch.

    Raises Refused when it was found (then or since) or when the search was used before, RulesBroken, NotYourHand.
    """
    if search.outcome == DuplicateSearch.Outcome.FOUND:
        raise Refused(search.said)
    newcomer = citing_deferral(newcomer, Asked.of(search))
    refuse_unlawful(facts_of_newcomer(search.school, Asked.of(search), search.grade, newcomer))
    with transaction.atomic():
        lock_imports()
        if Application.objects.filter(search=search).exists():
            raise Refused(f"这次查重已经用于登记，请重新查重（{articles.NO_FALSE_RECORD}）。")
        case = open_batch(search.school, by=by)
        name = Asked.of(search).name
        return perform(case, "enter", by=by, search=search, newcomer=newcomer, opinion=name)


def citing_deferral(newcomer: Newcomer, asked: Asked) -> Newcomer:
    """A 缓学 the bureau has granted is cited by itself; an approval that was typed stands."""
    if newcomer.written.get("deferral_number") or not asked.id_number:
        return newcomer
    granted = approval_of(asked.id_number, years.intake_year(clock.today()))
    return replace(newcomer, written=newcomer.written | {"deferral_number": granted}) if granted else newcomer


def amend(child: Student, newcomer: Newcomer, *, by) -> Registration:
    """Correct what was typed about a pending child. Raises TooLate when the batch has left the school."""
    applied = child.application
    asked = Asked(child.name, child.sex, child.birth_date, child.id_type)
    refuse_unlawful(facts_of_newcomer(child.school, asked, applied.grade or 1, newcomer))
    return perform(batch_of(child), "amend", by=by, child=child, newcomer=newcomer, opinion=child.name)


def take_out(child: Student, *, by, reason: str) -> Registration:
    """Take one child out of its batch. Raises Refused without a reason, TooLate when the batch has left the school."""
    if not reason.strip():
        raise Refused(f"移出本批须写明理由（{articles.REGISTER_COLLECT}）。")
    return perform(batch_of(child), "take_out", by=by, child=child, opinion=f"{child.name}：{reason.strip()}")


def batch_of(child: Student) -> Registration:
    """The batch in which a pending child stands. Raises Refused when there is none."""
    found = Registration.objects.filter(entries__student=child, closed_on=None).first()
    if found is None:
        raise Refused(f"{child.name}不在待注册的批次中，请刷新后查看（{articles.REGISTER_COLLECT}）。")
    return found


def seat(case: Registration, places: dict[int, int | None], *, by) -> Registration:
    """Put children into classes by hand."""
    return perform(case, "seat", by=by, places=places, opinion=f"{len(places)}名")


def seat_evenly(case: Registration, *, by) -> int:
    """Deal the children without a class to the classes of their grade; the seed is the case, so that it can be redrawn.

    Raises Refused when there are no classes or too few seats. Returns how many children were seated.
    """
    waiting = list(case.entries.filter(school_class=None).select_related("student__application"))
    places: dict[int, int | None] = {}
    for grade in sorted({entry.student.application.grade or 1 for entry in waiting}):
        children = [seating.newcomer(e.student) for e in waiting if (e.student.application.grade or 1) == grade]
        try:
            places |= balance.propose(children, rooms_of(case, grade), seed=case.pk)
        except balance.TooFewSeats as short:
            raise Refused(
                f"{grade_name(grade)}各班空余学位还差{short.short}个，不能全部编班（{articles.NO_FALSE_RECORD}）。"
                "请先请教育局调整招生计划，学区内学生学位已满的报教育局统筹。"
            ) from short
    if not places:
        raise Refused(f"本批学生都已编班（{articles.REGISTER_COLLECT}）。")
    perform(case, "seat", by=by, places=places, opinion=f"均衡编班{len(places)}名")
    return len(places)


def rooms_of(case: Registration, grade: int) -> list[balance.Room]:
    """The classes dealt to, with the seats nobody holds, and who of this batch sits there."""
    year = case.intake_year or years.intake_year(clock.today())
    classes = dealt_over(classes_in(case.lead_school_id, grade, year))
    here = {each.pk: [] for each in classes}
    for entry in case.entries.filter(school_class__in=here).select_related("student"):
        here[entry.school_class_id].append(seating.newcomer(entry.student))
    cap = parameters.on(clock.today())["class.cap"]
    free = dict.fromkeys(here, cap) | seating.free_seats(case.lead_school_id, grade, year)
    return seating.rooms_in(classes, {pk: free[pk] - len(here[pk]) for pk in here}, here)


def sign_for(case: Registration, children: list[int], *, by, signed_on: date, signer="", relation="") -> Registration:
    """Record that guardians have signed; without a name each child's own first guardian."""
    said = f"{len(children)}名，{signed_on:%Y-%m-%d}签字"
    given = {"children": children, "signed_on": signed_on, "signer": signer, "relation": relation}
    return perform(case, "sign_for", by=by, opinion=said, **given)


@transaction.atomic
def set_unsigned_apart(case: Registration, *, by) -> Registration:
    """Children whose guardians have not signed wait in a new batch, which is returned; the others can be handed in."""
    new = open_batch(case.lead_school, by=by, fresh=True)
    perform(case, "set_apart", by=by, to_case=new, opinion=f"另立{new.number}")
    return new
