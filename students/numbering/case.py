"""第六条：学籍号编发与变更——全国系统下发的号码成批登记，教育局经办、审核，可以原样撤销."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, models, transaction
from django.db.models import Q

from approvals.errors import Refused
from approvals.models import Case
from approvals.rules import rule
from approvals.ways import way
from law import articles, clock
from students.changes import RecordChange
from students.importing.child_lists import truly_held
from students.models.child import NumberKind, Student, StudentNumber
from students.naming import named

from .judging import STEPS, letters_of

SHOWN = 50


@dataclass(frozen=True)
class NumberingFacts:
    """What stands between a batch of new numbers and the register, and whom it concerns."""

    on: date
    rows: int = 0
    answered_on: date | None = None
    off_step: str = ""
    taken: str = ""
    missing_papers: str = ""
    unchecked_papers: str = ""

    def at(self, day):
        return None


@rule(
    "没有要编发学籍号的学生",
    articles.REGISTER_IN_A_MONTH,
    remedy="学籍号由教育局在“学籍号编发”中凭全国系统的编发结果成批办理",
    kept="编发名单不为空",
)
def somebody_is_numbered(f):
    return f.rows > 0


@rule(
    "全国系统下发日期{f.answered_on}晚于今日",
    articles.REGISTER_IN_A_MONTH,
    remedy="请核对下发日期",
    kept="全国系统已经下发",
)
def answered_already(f):
    return f.answered_on is None or f.answered_on <= f.on


@rule(
    "{f.off_step}的学籍号已有变动，不能再按本件变更（只能由 L 变为 G 或 J、由 J 变为 G）",
    articles.REGISTER_IN_A_MONTH,
    remedy="请退回，撤回本件后重新上传编发结果",
    kept="号码的变更次序正确",
)
def steps_are_lawful(f):
    return not f.off_step


@rule(
    "拟给{f.taken}的学籍号现由或曾由另一名学生持有",
    articles.ONE_CHILD_ONE_RECORD,
    remedy="请在全国系统查明号码属于谁，撤回本件后重新上传",
    kept="新号码没有其他学生持有过",
)
def numbers_are_free(f):
    return not f.taken


class Numbering(
    RecordChange,
    way(
        articles.REGISTER_IN_A_MONTH,
        decide="准予编发",
        done="已编发",
        rules=(somebody_is_numbered, answered_already, steps_are_lawful, numbers_are_free),
        school=False,
    ),
):
    """第六条：凭全国系统的编发结果，成批登记学籍号；原号停用，仍可查到"""

    kind_code = "numbering"
    prefix = "号"
    FACTS = NumberingFacts
    FROM_CHILD = False
    HAPPENED = "answered_on"
    TEMPLATE = "students/numbering_case.html"

    answered_on = models.DateField("全国系统下发日期")
    file_name = models.CharField("编发结果文件", max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "学籍号编发"

    @classmethod
    def facts_for(cls, child, on, *, case=None, basics=None, **given):
        """Of one child alone: nobody is numbered from the page of a child."""
        return NumberingFacts(on)

    def build_facts(self, day):
        rows = list(self.rows.select_related("child").order_by("pk"))
        letters = letters_of([r.child_id for r in rows]) if self.is_open else {}
        off_step = [r.child.name for r in rows if self.is_open and r.letter not in STEPS[letters.get(r.child_id, "")]]
        holders = holders_of(rows)
        others = [r.child.name for r in rows if holders[bytes(r.index)] - {r.child_id}]
        return NumberingFacts(day, len(rows), self.answered_on, named(off_step), named(others))

    def change_record(self):
        """Old numbers end and the new ones begin today, all children at once."""
        today, rows = clock.today(), list(self.rows.order_by("child_id"))
        old = StudentNumber.objects.filter(student__in=[r.child_id for r in rows], kind=NumberKind.REGISTRY, until=None)
        try:
            with transaction.atomic():
                old.update(until=today)
                StudentNumber.objects.bulk_create([row.number(today) for row in rows], batch_size=1000)
        except IntegrityError as error:
            raise Refused("有号码刚刚由其他学生登记，本次没有编发，请刷新后核对（第八条）。") from error

    def particulars_of(self, action, given):
        count = {"count": str(self.rows.count())} if action == "approve" else {}
        return super().particulars_of(action, given) | count

    def page(self, user):
        from .presenting import page_of

        return page_of(self, user)


def holders_of(rows) -> dict[bytes, set[int]]:
    """Who holds or ever held each of these numbers."""
    found: dict[bytes, set[int]] = defaultdict(set)
    numbers = truly_held(kind=NumberKind.REGISTRY, index__in=[bytes(row.index) for row in rows])
    for index, child in numbers.values_list("index", "student"):
        found[bytes(index)].add(child)
    return found


class NumberingRow(models.Model):
    """编发明细：一名学生的新学籍号，密文存放；只增不改"""

    case = models.ForeignKey(Numbering, models.PROTECT, related_name="rows", verbose_name="案件")
    child = models.ForeignKey(Student, models.PROTECT, related_name="numbering_rows", verbose_name="学生")
    cipher = models.BinaryField("密文")
    index = models.BinaryField("查找散列", max_length=32)
    tail = models.CharField("末四位", max_length=4)
    letter = models.CharField("学籍号类别", max_length=1)
    sheet_row = models.PositiveIntegerField("表内行号")

    class Meta:
        verbose_name = verbose_name_plural = "编发明细"
        ordering = ["pk"]
        default_permissions = ["view"]
        constraints = [
            models.UniqueConstraint(fields=["case", "child"], name="numbering_child_once"),
            models.UniqueConstraint(fields=["case", "index"], name="numbering_number_once"),
            models.CheckConstraint(condition=Q(letter__in=["G", "J"]), name="numbering_letter"),
        ]

    def __str__(self):
        return f"{self.case} {self.child}"

    @property
    def masked(self) -> str:
        return f"{self.letter}{'*' * 14}{self.tail}"

    @classmethod
    def sealed(cls, case: Case, child: Student, number: StudentNumber, sheet_row: int) -> "NumberingRow":
        """An unsaved row that carries a sealed number."""
        kept = {name: getattr(number, name) for name in ("cipher", "index", "tail", "letter")}
        return cls(case=case, child=child, sheet_row=sheet_row, **kept)

    def number(self, on: date) -> StudentNumber:
        """The number itself, unsaved: it was sealed under the child's key for exactly this place."""
        kept = {name: getattr(self, name) for name in ("cipher", "index", "tail", "letter")}
        return StudentNumber(student_id=self.child_id, kind=NumberKind.REGISTRY, since=on, **kept)
