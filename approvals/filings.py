"""已批未录, 已录未核: an act decided here must be done in the national system, and its answer kept."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction

from accounts.policies import powers_behind, powers_of
from law import clock, parameters
from law.articles import CHANGES_IN_TIME
from law.workdays import LONGEST_LOOK, Calendar

from .errors import NotYourHand, Refused
from .models import Case, CeimsFiling
from .moves import Move
from .signing import sign

RECORDED = Move("登记系统办理", CHANGES_IN_TIME, signs=False)
FILING_RIGHTS = ("make_change", "bureau_make")
# Entered already? → the parameter of the days for what comes next.
FILING_CLOCKS = {False: "ceims.enter_workdays", True: "ceims.confirm_workdays"}


def pending_for(user):
    """Filings that wait for this user: decided and not yet entered, or entered and not yet confirmed."""
    powers = powers_of(user)
    rows = CeimsFiling.objects.filter(confirmed_on=None).none()
    for right in FILING_RIGHTS:
        rows |= CeimsFiling.objects.filter(
            confirmed_on=None, needless=False, right=right, school__among=powers.schools(right)
        )
    return rows.select_related("case", "school", "step").order_by("filed_on", "decided_on", "pk")


def with_countdown(filings: Iterable[CeimsFiling]) -> list[CeimsFiling]:
    """The same filings, each with `due`, `sure` and the working days `left` of its present step; three questions.

    What is not entered counts from the decision, what is not confirmed from the day it was entered (第二十四条).
    """
    filings, today = list(filings), clock.today()
    if not filings:
        return filings
    numbers = {entered: parameters.spans(code) for entered, code in FILING_CLOCKS.items()}
    start_of = {each.pk: each.filed_on or each.decided_on for each in filings}
    last = max(today, *start_of.values()) + timedelta(days=2 * 60 + LONGEST_LOOK)
    calendar = Calendar.between(min(today, *start_of.values()), last)
    for each in filings:
        start = start_of[each.pk]
        number = next(value for first, end, value in numbers[bool(each.filed_on)] if first <= start < end)
        due = calendar.add(start, number)
        each.due, each.sure, each.left = due.day, due.confirmed, calendar.count(today, due.day)
    return filings


@transaction.atomic
def record_filing(
    filing: CeimsFiling, *, by, filed_on: date, confirmed_on: date | None = None, result: str = ""
) -> CeimsFiling:
    """Write down the day and the outcome of an act in CEIMS, signed as a step of its case.

    Raises NotYourHand, or Refused when the day lies before the decision (第二十四条) or the answer is in already.
    """
    case = Case.objects.select_for_update().get(pk=filing.case_id)
    filing = CeimsFiling.objects.select_for_update().select_related("school").get(pk=filing.pk)
    powers = powers_behind(by, filing.right, filing.school_id)
    if not powers:
        raise NotYourHand(f"“{filing.act}”由{filing.school}的经办人员在学籍系统内办理并登记。")
    if filing.confirmed_on:
        raise Refused(f"“{filing.act}”已登记系统结果“{filing.result}”，不能重复登记。")
    if filed_on < filing.decided_on:
        raise Refused(f"系统办理日不能早于本县决定日{filing.decided_on:%Y年%-m月%-d日}，请核对（第二十四条）。")
    filing.filed_on, filing.filed_by, filing.confirmed_on, filing.result = filed_on, by, confirmed_on, result
    filing.save()
    particulars = {"act": filing.act, "filed_on": filed_on, "confirmed_on": confirmed_on, "result": result}
    sign(
        case,
        RECORDED,
        action="record_filing",
        source=case.state,
        by=by,
        power=powers[0],
        happened_on=filed_on,
        particulars={name: str(value) for name, value in particulars.items() if value},
    )
    return filing
