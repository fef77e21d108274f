"""From the answer sheet to the case: the dry run, what was seen sealed for the confirmation, and the opening."""

from datetime import date

from django.db import transaction

from accounts.policies import powers_of
from approvals.bureaus import bureau_behind
from approvals.errors import Refused
from approvals.services import lock_children, open_case
from law import clock

from ..enrolments import sealed_number
from ..importing.child_lists import Judged
from ..importing.listing import ListSheet
from ..importing.sealed import seal, unseal
from ..models.child import NumberKind
from .case import Numbering, NumberingRow
from .judging import judge_sheet
from .sheet import ANSWERS, Line

PURPOSE = "numbering"
NOT_THE_CLERK = "学籍号由教育局经办人员编发。"
MOVED = "核对之后学籍有了变动，没有建立业务。请看下面的最新核对结果，再确认一次。"


def token_of(sheet: ListSheet, judged: Judged, *, by, answered_on: date, file_name: str) -> str:
    """The good lines of a dry run, sealed for this person and day."""
    good = ListSheet(ANSWERS, sheet.name, sheet.letters, [line for line, _ in judged.good])
    seen = {"sheet": good.kept(), "answered_on": answered_on.isoformat(), "file_name": file_name}
    return seal(seen, purpose=PURPOSE, by=by)


def opened(token: str, by) -> tuple[ListSheet, date, str]:
    """The good lines of a dry run, as they were sealed. Raises Refused for any other text."""
    seen = unseal(token, purpose=PURPOSE, by=by)
    sheet = ListSheet.restored(ANSWERS, seen["sheet"])
    return sheet, date.fromisoformat(seen["answered_on"]), seen["file_name"]


class Moved(Refused):
    """The register is no longer as the dry run saw it; `judged` is how it looks now."""

    def __init__(self, judged: Judged):
        super().__init__(MOVED)
        self.judged = judged


@transaction.atomic
def open_numbering(sheet: ListSheet, *, by, answered_on: date, file_name: str = "") -> Numbering:
    """Open the case about all children of this sheet, every line of which must hold.

    Raises Moved when a line no longer does, Refused when there is none, NotYourHand, ChildBusy.
    """
    bureau = bureau_behind(powers_of(by), "bureau_make", refusal=NOT_THE_CLERK)
    first = judge_sheet(sheet, bureau.pk)
    lock_children({child.pk for _, child in first.good})
    judged = judge_sheet(sheet, bureau.pk)
    if judged.findings:
        raise Moved(judged)
    if not judged.good:
        raise Refused("没有可以编发的行。")
    if answered_on > clock.today():
        raise Refused("全国系统下发日期不能晚于今日。")
    children = [child for _, child in judged.good]
    case = open_case(
        Numbering,
        by=by,
        lead=children[0].school,
        children=children,
        state=Numbering.State.DRAFT,
        answered_on=answered_on,
        file_name=file_name[-120:],
    )
    rows = [NumberingRow.sealed(case, child, _number(child, line), line.row) for line, child in judged.good]
    NumberingRow.objects.bulk_create(rows, batch_size=1000)
    return case


def _number(child, line: Line):
    return sealed_number(child, NumberKind.REGISTRY, line.new_number, clock.today())
