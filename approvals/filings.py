"""已批未录, 已录未核: an act decided here must be done in the national system, and its answer kept."""

from datetime import date

from django.db import transaction

from accounts.policies import powers_behind, powers_of
from law.articles import CHANGES_IN_TIME

from .errors import NotYourHand, Refused
from .models import Case, CeimsFiling
from .moves import Move
from .signing import sign

RECORDED = Move("登记系统办理", CHANGES_IN_TIME, signs=False)
FILING_RIGHTS = ("make_change", "bureau_make")


def pending_for(user):
    """Filings that wait for this user: decided and not yet entered, or entered and not yet confirmed."""
    powers = powers_of(user)
    rows = CeimsFiling.objects.filter(confirmed_on=None).none()
    for right in FILING_RIGHTS:
        rows |= CeimsFiling.objects.filter(
            confirmed_on=None, needless=False, right=right, school__among=powers.schools(right)
        )
    return rows.select_related("case", "school", "step").order_by("filed_on", "decided_on", "pk")


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
