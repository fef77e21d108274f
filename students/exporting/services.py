"""Files a school takes out as its own work (第三十七条): by whom, which children, and the trace each file leaves."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from accounts.policies import may, powers_of
from approvals.errors import NotYourHand, Refused
from law import articles, clock
from schools.models import School

from ..filters import ON_ROLL
from ..models.child import Student, StudentNumber
from ..models.registration import Registration
from ..models.traces import Look
from ..numbering.presenting import waiting_numbers
from . import wanting, workbook
from .cells import Rows, class_names

WORKERS = ("make_change", "bureau_make")
PURPOSE_LENGTH = 60
VERSIONS = (("v1", "一版（71 列）"), ("v2", "二版（73 列）"))
WHICH = (("waiting", "尚无正式学籍号的学生"), ("all", "全部在籍学生"))


@dataclass(frozen=True)
class File:
    """A finished workbook and the name under which it is handed out."""

    name: str
    content: bytes
    rows: int


def permit(user: User, school: School) -> None:
    """Whoever works on the records of this school, at the school or at its bureau. Raises NotYourHand."""
    if not any(may(user, right, school) for right in WORKERS):
        raise NotYourHand(f"全国系统工作簿由{school}学籍管理员或教育局经办人员导出（{articles.WRITTEN_APPROVAL}）。")


def chosen(school: School, which: str, batch: Registration | None) -> QuerySet[Student]:
    """The children asked for, in the order of the list; of a batch those who are still this school's."""
    found = Student.objects.filter(school=school, status__in=[*ON_ROLL, Student.Status.PENDING])
    if batch:
        found = found.filter(registration_entry__registration=batch)
    else:
        found = found.exclude(status=Student.Status.PENDING)
        if which == "waiting":
            held = StudentNumber.objects.filter(waiting_numbers("student__"), student__school=school)
            found = found.filter(pk__in=held.values("student"))
    return found.prefetch_related("numbers", "family").order_by("name_pinyin", "pk")


@transaction.atomic
def ceims_file(
    school: School, *, by: User, which: str, version: str, purpose: str, batch: Registration | None = None
) -> File:
    """The national template filled with a school's children, numbers in full; the file is a look of its own.

    Raises NotYourHand, Refused when there is nobody or no purpose.
    """
    permit(by, school)
    children = list(chosen(school, which, batch)[: workbook.MOST_ROWS + 1])
    words = f"注册批次{batch.number}" if batch else dict(WHICH)[which]
    refuse_unfit(children, words, purpose)
    rows = Rows(children, school, class_names(children, batch))
    columns = [attribute for _, attribute in workbook.layout(version)]
    content = workbook.template_workbook(version, rows.of(columns), mark=mark_of(by, purpose))
    keep_trace(school, by, f"导出全国系统工作簿（{words}，{len(children)}名）：{purpose.strip()}")
    return File(f"全国系统导入 {school.short_name} {clock.today():%Y%m%d}.xlsx", content, len(children))


@transaction.atomic
def problem_file(school: School, *, by: User) -> File:
    """问题清单 of a school, numbers by their last four. Raises NotYourHand."""
    permit(by, school)
    lines = list(wanting.lines_of(school))
    mark = mark_of(by, "学籍问题清单")
    content = workbook.written("问题清单", wanting.HEADS, lines, mark=mark, widths=wanting.WIDTHS)
    keep_trace(school, by, f"导出问题清单（{len(lines)}条）")
    return File(f"问题清单 {school.short_name} {clock.today():%Y%m%d}.xlsx", content, len(lines))


def refuse_unfit(children: list, words: str, purpose: str) -> None:
    if not purpose.strip():
        raise Refused(f"请写明导出用途，随文件留痕（{articles.WRITTEN_APPROVAL}）。")
    if not children:
        raise Refused(f"“{words}”中没有学生，没有导出文件。请改选导出范围。")
    if len(children) > workbook.MOST_ROWS:
        raise Refused(f"超过{workbook.MOST_ROWS}名学生，全国系统一次不能导入，请按注册批次分开导出。")


def mark_of(by: User, purpose: str) -> str:
    """Who, when, what for: on every page of the file."""
    return f"{by.name or by.username} {clock.today():%Y年%-m月%-d日}导出，用途：{purpose.strip()}；含个人信息，不得外传"


def keep_trace(school: School, by: User, reason: str) -> None:
    """One look per file; from which school, None for an officer of the bureau."""
    powers = powers_of(by)
    behind = next((power for right in WORKERS for power in powers.on(right, school.pk)), None)
    acting = behind.appointment.school if behind else None
    length = Look._meta.get_field("reason").max_length
    words = f"{school}：{reason}" if acting is None else reason
    Look.objects.create(
        kind=Look.Kind.FILE, school=acting, user=by, reason=words[:length], legal_date=clock.today(), student=None
    )
