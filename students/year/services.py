"""Opening a graduation, and the steps of a promotion run: submitted, confirmed and undone for all schools at once."""

from collections.abc import Iterable
from functools import partial

from django.db import connection, transaction
from django.urls import reverse

from accounts.policies import powers_of, school_ids_where
from approvals.bureaus import bureau_behind
from approvals.common_rules import of_level
from approvals.errors import NotYourHand, Refused, RulesBroken
from approvals.rules import Level, judge
from approvals.services import open_case
from approvals.together import open_together, perform_together
from jianping_xueji import jobs
from law import clock, parameters
from law.school_time import grade_name, school_year_name
from schools.models import Bureau, School

from . import rolls
from .calendar import ending_year, finishing_grades, graduation_days, turn_of
from .graduation import RULES, Graduation, GraduationFacts
from .promotion import Promotion, PromotionRun

MAKES, CHECKS, SIGNS = "bureau_make", "bureau_check", "bureau_sign"
SAID = 200  # exceptions named in a dry run that is kept


def start_graduation(school: School, grade: int, *, by, year: int | None = None) -> Graduation:
    """Open the list of everybody in this grade who can graduate now. Raises Refused, RulesBroken, NotYourHand.

    What is read here is only a proposal: the door locks the children, and each signature looks at them again.
    """
    year = ending_year(clock.today()) if year is None else year
    if grade not in finishing_grades(school):
        raise Refused(f"{school}没有{grade_name(grade)}毕业年级（第十五条）。")
    ids = rolls.graduates(year, school.pk, grade)
    facts = GraduationFacts(clock.today(), grade, *graduation_days(year), children=len(ids))
    verdict = judge(of_level(RULES, Level.HARD), facts)
    if verdict.broken:
        raise RulesBroken(verdict)
    return open_case(Graduation, by=by, lead=school, children=ids, state=Graduation.State.DRAFT, year=year, grade=grade)


def bureau_of(user, *rights: str) -> Bureau:
    """The bureau for which this person acts. Raises NotYourHand."""
    return bureau_behind(powers_of(user), *rights, refusal="升级由教育局经办、审核人员办理（第十五条）。")


def dry_run(bureau: Bureau, year: int) -> dict:
    """What the promotion would do today: nothing is written. Counts by school and grade, and what becomes of each."""
    dropouts = parameters.on(clock.today())["promotion.dropout_advances"]
    return summed(rolls.promotion_counts(year, schools_of(bureau), dropouts=dropouts))


def summed(groups: list[tuple]) -> dict:
    """The groups of a dry run, and how many children meet which fate."""
    fates: dict[str, int] = {}
    for _, _, fate, children, _ in groups:
        fates[fate] = fates.get(fate, 0) + children
    busy = sum(busy for _, _, fate, _, busy in groups if fate == "advances")
    return {"groups": groups, "fates": fates, "busy": busy}


def exceptions(bureau: Bureau, year: int, *, limit: int = SAID, schools: Iterable[int] | None = None):
    """The children who do not move up, and those who do with an open case, one by one."""
    dropouts = parameters.on(clock.today())["promotion.dropout_advances"]
    ids = schools_of(bureau) if schools is None else schools
    return rolls.left_out_of_promotion(year, ids, dropouts=dropouts, limit=limit)


@transaction.atomic
def submit_run(bureau: Bureau, year: int, *, by) -> PromotionRun:
    """The maker's hand on a promotion: the dry run is kept as it stood. Raises NotYourHand, Refused."""
    if bureau_of(by, MAKES) != bureau:
        raise NotYourHand("升级由本教育局的经办人员提交（第十五条）。")
    today = clock.today()
    opens = parameters.on(today).yearly("promotion.first_day", year + 1)
    if today < opens:
        raise Refused(f"{school_year_name(year)}的升级自{opens:%Y年%-m月%-d日}起经办，现在只能预演（第十五条）。")
    Bureau.objects.select_for_update().get(pk=bureau.pk)
    if earlier := living_run(bureau, year):
        raise Refused(f"{earlier}已提交，现为“{earlier.get_state_display()}”，一个学年只升级一次（第十五条）。")
    figures = {"dry_run": dry_run(bureau, year)["fates"]}
    return PromotionRun.objects.create(bureau=bureau, year=year, made_by=by, made_on=today, figures=figures)


def living_run(bureau: Bureau, year: int) -> PromotionRun | None:
    """The run of a year that is submitted or done."""
    living = (PromotionRun.State.SUBMITTED, PromotionRun.State.DONE)
    return PromotionRun.objects.filter(bureau=bureau, year=year, state__in=living).first()


@transaction.atomic
def withdraw_run(run: PromotionRun, *, by) -> PromotionRun:
    """Before it is confirmed the bureau's maker may take a run back. Raises NotYourHand, Refused."""
    run = locked(run, PromotionRun.State.SUBMITTED, by, MAKES)
    refuse_at_work(run)
    run.state = PromotionRun.State.WITHDRAWN
    run.save(update_fields=["state"])
    return run


@transaction.atomic
def confirm_run(run: PromotionRun, *, by) -> jobs.Job:
    """The checker's hand: the work that writes all schools is started. Raises NotYourHand, Refused."""
    refuse_at_work(confirmable(run, by))
    return started(run, "year.promote", {"run": run.pk}, by)


@transaction.atomic
def take_back_run(run: PromotionRun, *, by, opinion: str) -> jobs.Job:
    """The leader's correction: the work is started. Raises NotYourHand, Refused."""
    run = locked(run, PromotionRun.State.DONE, by, SIGNS)
    if not opinion.strip():
        raise Refused("撤销升级须写明理由（第三十八条）。")
    refuse_at_work(run)
    return started(run, "year.undo", {"run": run.pk, "opinion": opinion}, by)


def started(run: PromotionRun, kind: str, arguments: dict, by) -> jobs.Job:
    job = jobs.start(kind, arguments | {"url": reverse("students:year")}, by=by)
    PromotionRun.objects.filter(pk=run.pk).update(job=job)
    return job


def refuse_at_work(run: PromotionRun) -> None:
    """One piece of work at a time. Raises Refused."""
    if run.job and not run.job.finished:
        raise Refused(f"{run}正在后台办理，请等它结束。")


def locked(run: PromotionRun, state: str, by, right: str) -> PromotionRun:
    """The run, locked, in the expected state and in the right hand. Raises NotYourHand, Refused."""
    run = PromotionRun.objects.select_for_update(of=("self",)).select_related("bureau", "job", "made_by").get(pk=run.pk)
    if not Bureau.objects.filter(pk=run.bureau_id, school__in=school_ids_where(by, right)).exists():
        raise NotYourHand("您没有办理升级的这一职权（第十五条）。")
    if run.state != state:
        raise Refused(f"{run}现为“{run.get_state_display()}”，没有再次办理，学籍没有变动。")
    return run


def confirmable(run: PromotionRun, by) -> PromotionRun:
    run = locked(run, PromotionRun.State.SUBMITTED, by, CHECKS)
    if run.made_by == by:
        raise NotYourHand("您是本批次的经办人，经办与审核须为两人，请由另一人确认。")
    if clock.today() < turn_of(run.year):
        raise Refused(
            f"新学年从{turn_of(run.year):%Y年%-m月%-d日}开始，升级自该日起确认；此前可以预演、经办（第十五条）。"
        )
    return run


def lock_rolls(schools: list[int]) -> None:
    """Lock every child who lives at these schools, ascending, without bringing their rows here."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FROM (SELECT s.id FROM students_student s WHERE s.id IN (
                   SELECT e.student_id FROM students_enrolment e
                   WHERE e.school_id = ANY(%s) AND NOT e.voided AND upper_inf(e.during))
               ORDER BY s.id FOR UPDATE) locked""",
            [schools],
        )


def promote_all(run: PromotionRun, *, by, progress=lambda phase, done, total: None) -> dict:
    """Every school of the bureau, each by a case of its own; the caller's transaction is all or nothing.

    Children who came or left since the dry run are seen as they are now. Raises NotYourHand, Refused, Cancelled.
    """
    run = confirmable(run, by)
    schools = list(School.objects.filter(pk__in=schools_of(run.bureau)).order_by("pk"))
    lock_rolls([school.pk for school in schools])
    promoted = sum(case.promoted for case in promote_schools(run, schools, by, partial(progress, "升级")))
    run.state = PromotionRun.State.DONE
    run.figures |= {"promoted": promoted, "schools": len(schools), "done_on": clock.today()}
    run.save(update_fields=["state", "figures"])
    return run.figures


def promote_schools(run: PromotionRun, schools: list[School], by, progress) -> list[Promotion]:
    """The two signatures of the bureau on each school's case: the maker's of his day, the checker's of today."""
    cases = open_together(Promotion, by=run.made_by, leads=schools, state=Promotion.State.DRAFT, run=run)
    cases = perform_together(cases, "submit", by=run.made_by, happened_on=run.made_on)
    return perform_together(cases, "approve", by=by, progress=progress)


def undo_all(run: PromotionRun, *, by, opinion: str, progress=lambda phase, done, total: None) -> dict:
    """Every case of the run undone in one transaction. Raises Refused when a later act stands in the way."""
    run = locked(run, PromotionRun.State.DONE, by, SIGNS)
    run.state = PromotionRun.State.UNDONE
    run.figures |= {"undone_on": clock.today(), "undone_by": by.name, "reason": opinion}
    run.save(update_fields=["state", "figures"])
    cases = list(Promotion.objects.filter(run=run, state=Promotion.State.DONE).order_by("pk"))
    lock_rolls(schools_of(run.bureau))
    perform_together(cases, "undo", by=by, opinion=opinion, progress=partial(progress, "撤销"))
    return run.figures


def schools_of(bureau: Bureau) -> list[int]:
    return list(School.objects.filter(bureau=bureau, closed_on=None).order_by("pk").values_list("pk", flat=True))
