"""From the answer sheet to the case: the dry run, what was seen sealed for the confirmation, and the opening."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict
from datetime import date

from django.db import transaction

from accounts.policies import powers_of
from approvals.bureaus import bureau_behind
from approvals.errors import Refused
from approvals.services import lock_children, open_case
from jianping_xueji import vault
from law import clock

from ..enrolments import sealed_number
from ..importing.listing import ListSheet
from ..models.child import NumberKind
from .case import Numbering, NumberingRow
from .judging import Judged, judge_sheet
from .sheet import ANSWERS, Line

STALE = "核对结果已失效，请重新上传编发结果。"
NOT_THE_CLERK = "学籍号由教育局经办人员编发。"
MOVED = "核对之后学籍有了变动，没有建立业务。请看下面的最新核对结果，再确认一次。"


def token_of(sheet: ListSheet, judged: Judged, *, by, answered_on: date, file_name: str) -> str:
    """What the dry run showed, sealed for this person: nothing is stored before it is confirmed."""
    key = vault.new_child_key()
    seen = {
        "name": sheet.name,
        "letters": sheet.letters,
        "lines": [asdict(line) for line, _ in judged.good],
        "answered_on": answered_on.isoformat(),
        "file_name": file_name,
    }
    cipher = vault.seal(key, json.dumps(seen, ensure_ascii=False), _aad(by))
    return ".".join(urlsafe_b64encode(part).decode() for part in (bytes(key), bytes(cipher)))


def opened(token: str, by) -> tuple[ListSheet, date, str]:
    """The good lines of a dry run, as they were sealed. Raises Refused for any other text."""
    try:
        key, cipher = (urlsafe_b64decode(part) for part in token.split("."))
        seen = json.loads(vault.open_(key, cipher, _aad(by)))
    except (ValueError, vault.VaultError) as error:
        raise Refused(STALE) from error
    sheet = ListSheet(ANSWERS, seen["name"], seen["letters"], [Line(**line) for line in seen["lines"]])
    return sheet, date.fromisoformat(seen["answered_on"]), seen["file_name"]


def _aad(by) -> str:
    """A dry run belongs to one person and one day."""
    return f"numbering.{by.pk}.{clock.today()}"


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
