"""自选栏目: the columns a person asks for, of the children on whose records it works (第三十七条).

Numbers stay stars but for the last four, telephones and addresses are cut short, whatever is ticked: a file in full
that is not the school's own national workbook or book needs the bureau's written approval.
"""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from accounts.policies import school_ids_where
from approvals.errors import NotYourHand, Refused
from jianping_xueji.vault import mask, mask_phone
from law import articles, clock

from ..dictionary.fields import FIELDS, Field, by_attribute
from ..models.child import FamilyMember, Student
from ..models.traces import Look
from . import workbook
from .cells import Rows, class_names, text_of
from .services import WORKERS, File, mark_of

# Our own columns, before those of the national dictionary.
OWN = {"school": "学校", "status": "学籍状态"}
NOT_OFFERED = ("school_code", "photo", "name_pinyin", "continuation_id", "grade", "homepage", "email")
OFFERED: tuple[Field, ...] = tuple(field for field in FIELDS if field.attribute not in NOT_OFFERED)
LABELS = OWN | {field.attribute: field.label for field in OFFERED}
USUAL = ("class_number", "name", "sex", "birth_date", "registry_number", "status")
ADDRESSES = ("home_address", "mail_address", "family_address")
ADDRESS_SHOWN = 6
PHONES = ("phone",)
NOT_YOURS = f"学生信息由学校学籍管理员或教育局经办人员导出（{articles.WRITTEN_APPROVAL}）。"


def groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """Columns to tick by the groups of the 学生基本信息表: (group, [(attribute, label)])."""
    found: dict[str, list[tuple[str, str]]] = {"学校与状态": list(OWN.items())}
    for field in OFFERED:
        found.setdefault(field.group, []).append((field.attribute, field.label))
    return list(found.items())


def in_hand(children: QuerySet[Student], user: User) -> QuerySet[Student]:
    """Those of the children whose record lies at a school for which the user works."""
    schools = {pk for right in WORKERS for pk in school_ids_where(user, right)}
    if not schools:
        raise NotYourHand(NOT_YOURS)
    return children.filter(school__in=schools)


class MaskedRows(Rows):
    """Rows in which no number is opened, and telephones and addresses are cut short."""

    def __init__(self, children: Iterable[Student]):
        children = list(children)
        super().__init__(children, None, class_names(children))

    def cell(self, child: Student, family: dict[int, FamilyMember], attribute: str) -> str:
        if attribute == "school":
            return child.school.name
        if attribute == "status":
            return child.get_status_display()
        if attribute in ("id_number", "registry_number"):
            number = getattr(child, attribute)
            return number.masked if number else ""
        if attribute == "class_number":
            return self.places.get(child.pk, "")
        field = by_attribute(attribute)
        owner = family.get(field.member) if field.member else child
        return masked_text(field, owner) if owner else ""


def masked_text(field: Field, owner: Student | FamilyMember) -> str:
    """One value of a child or family member as it may leave without an approval."""
    if field.confidential:
        return mask(owner.id_tail)
    value = getattr(owner, field.own_name)
    if field.own_name in PHONES:
        return mask_phone(value)
    if field.own_name in ADDRESSES:
        return value[:ADDRESS_SHOWN] + "＊" * (len(value) > ADDRESS_SHOWN)
    return text_of(field, value)


@transaction.atomic
def selection_file(children: QuerySet[Student], columns: list[str], *, by: User, words: str, purpose: str) -> File:
    """A workbook of the chosen columns in the order of the form. `words`: whom the filters describe, for the trace.

    Raises NotYourHand, and Refused without purpose, columns or children, or for more than one workbook should hold.
    """
    found = in_hand(children, by).select_related("school").prefetch_related("numbers", "family")
    rows = list(found.order_by("school__code", "name_pinyin", "pk")[: workbook.MOST_ROWS + 1])
    refuse_unfit(rows, columns, words, purpose)
    heads = [LABELS[name] for name in columns]
    content = workbook.written("学生名单", heads, MaskedRows(rows).of(columns), mark=mark_of(by, purpose))
    keep_trace(rows, columns, by, words, purpose)
    return File(f"学生名单 {clock.today():%Y%m%d}.xlsx", content, len(rows))


def refuse_unfit(rows: list[Student], columns: list[str], words: str, purpose: str) -> None:
    if not purpose.strip():
        raise Refused(f"请写明导出用途，随文件留痕（{articles.WRITTEN_APPROVAL}）。")
    if not columns:
        raise Refused("请至少勾选一栏。")
    if not rows:
        raise Refused(f"“{words}”中没有学生，没有导出文件。请改选范围。")
    if len(rows) > workbook.MOST_ROWS:
        raise Refused(f"超过{workbook.MOST_ROWS}名学生，请按学校、年级或班级分开导出。")


def keep_trace(rows: list[Student], columns: list[str], by: User, words: str, purpose: str) -> None:
    """One look per file, for the school when all children are of one and the person works there."""
    schools = {child.school_id for child in rows}
    own = school_ids_where(by, "make_change") & schools if len(schools) == 1 else set()
    reason = f"导出自选栏目（{words}，{len(rows)}名，{len(columns)}栏，号码电话住址已遮挡）：{purpose.strip()}"
    Look.objects.create(
        kind=Look.Kind.FILE, school_id=next(iter(own), None), user=by,
        reason=reason[: Look._meta.get_field("reason").max_length], legal_date=clock.today(), student=None,
    )  # fmt: skip
