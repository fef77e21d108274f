"""Closed books: the book, its numbered parts, their lines and file. Everything here only grows."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.policies import powers_of
from jianping_xueji.audit.showing import ShowsAChild
from jianping_xueji.vault import new_child_key
from schools.models import School
from students.models import Student

from .keeping import keeper_of, successors
from .kinds import BOOKS, Kind
from .periods import Period, period_of


class Book(models.Model):
    """簿册：一所学校一个学期（学年）的一种簿册；学校撤并后仍是原校的簿册，由接收学校保管"""

    school = models.ForeignKey(School, models.PROTECT, related_name="books", verbose_name="学校")
    kind = models.CharField("种类", max_length=10, choices=Kind)
    year = models.PositiveSmallIntegerField("学年（起始年）")
    term = models.PositiveSmallIntegerField("学期")

    class Meta:
        verbose_name = verbose_name_plural = "簿册"
        ordering = ["year", "term", "kind"]
        default_permissions = ["view"]
        constraints = [
            models.UniqueConstraint(fields=["school", "kind", "year", "term"], name="book_once"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="book_kind"),
            models.CheckConstraint(condition=Q(term__in=[1, 2]), name="book_term"),
        ]

    def __str__(self):
        return f"{self.school}{self.period.name}{self.get_kind_display()}"

    @property
    def what(self):
        """The kind with its columns and its reader."""
        return BOOKS[self.kind]

    @property
    def period(self) -> Period:
        return period_of(self.year, self.term)


class PartQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Books on the shelves of the schools in sight, those of schools they took over included."""
        seen, taken_over = powers_of(user).schools("view_school"), successors()
        former = [pk for pk in taken_over if keeper_of(pk, taken_over) in seen]
        return self.filter(school__among=[*(pk for pk in seen if pk not in taken_over), *former])


class BookPart(models.Model):
    """结册：本册（0）与其后的更正页（1起），一次结册一个编号；内容加密存放，只增不改"""

    book = models.ForeignKey(Book, models.PROTECT, related_name="parts", verbose_name="簿册")
    amendment = models.PositiveSmallIntegerField("更正页号（本册为0）")
    school = models.ForeignKey(School, models.PROTECT, related_name="+", verbose_name="学校")
    kind = models.CharField("种类", max_length=10, choices=Kind)
    year = models.PositiveSmallIntegerField("学年（起始年）")
    serial = models.PositiveSmallIntegerField("顺序号")
    number = models.CharField("编号", max_length=30, unique=True)
    school_name = models.CharField("结册时校名", max_length=60)
    case = models.OneToOneField("reports.BookClosing", models.PROTECT, related_name="part", verbose_name="结册业务")
    first = models.DateField("起日")
    until = models.DateField("止日（含）")
    heads = models.JSONField("班主任等", default=dict)
    figures = models.JSONField("合计", default=dict)
    ends = models.JSONField("期末在册学生", default=dict)
    lines_count = models.PositiveIntegerField("行数")
    reason = models.CharField("更正理由", max_length=200, blank=True)
    digest = models.CharField("内容摘要（带密钥）", max_length=64)
    wrapped_key = models.BinaryField("加密密钥", editable=False, default=new_child_key)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="结册人")
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="校长")
    closed_on = models.DateField("结册日期")
    closed_at = models.DateTimeField("结册时间")

    objects = PartQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "结册"
        ordering = ["pk"]
        default_permissions = ["view"]
        constraints = [
            models.UniqueConstraint(fields=["book", "amendment"], name="book_part_once"),
            models.UniqueConstraint(fields=["school", "kind", "year", "serial"], name="book_serial_once"),
            models.CheckConstraint(condition=Q(until__gte=F("first")), name="book_part_days"),
            models.CheckConstraint(condition=~Q(made_by=F("checked_by")), name="book_part_two_people"),
            models.CheckConstraint(
                condition=Q(amendment=0, reason="") | Q(amendment__gt=0) & ~Q(reason=""), name="book_why"
            ),
        ]

    def __str__(self):
        return self.number

    @property
    def what(self):
        return BOOKS[self.kind]

    @property
    def title(self) -> str:
        return f"{self.what.title}（更正页第{self.amendment}号）" if self.amendment else self.what.title


class BookRow(ShowsAChild, models.Model):
    """簿册行：一行一名学生（一次变动），内容以簿册密钥加密；只增不改"""

    SHOWN = "child_id"

    part = models.ForeignKey(BookPart, models.PROTECT, related_name="rows", verbose_name="结册")
    position = models.PositiveIntegerField("行号")
    key = models.CharField("行标识", max_length=60)
    act = models.CharField("更正类别", max_length=6, blank=True)
    child = models.ForeignKey(
        Student, models.PROTECT, null=True, blank=True, related_name="book_rows", verbose_name="学生"
    )
    section = models.CharField("班级", max_length=40, blank=True)
    cells = models.BinaryField("内容（密文）")

    class Meta:
        verbose_name = verbose_name_plural = "簿册行"
        ordering = ["part", "position"]
        default_permissions = ["view"]
        constraints = [
            models.UniqueConstraint(fields=["part", "position"], name="book_row_once"),
            models.CheckConstraint(condition=Q(act__in=["", "add", "strike", "amend"]), name="book_row_act"),
        ]

    def __str__(self):
        return f"{self.part} {self.position}"


class BookFile(models.Model):
    """簿册文件：印好的簿册存一份，以后每次打印都是这同一个文件；随机名、加密存放，散列在此；只增不改"""

    part = models.OneToOneField(
        BookPart,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="file",
        verbose_name="结册（未结册的大件打印为空）",
    )
    record = models.OneToOneField("reports.Print", models.PROTECT, related_name="+", verbose_name="打印登记")
    wrapped_key = models.BinaryField("加密密钥", editable=False)
    name = models.CharField("存储名", max_length=80, unique=True)
    sha256 = models.CharField("散列", max_length=64)
    size = models.PositiveIntegerField("字节数")
    pages = models.PositiveIntegerField("页数")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="打印人")
    made_at = models.DateTimeField("生成时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "簿册文件"
        ordering = ["pk"]
        default_permissions = ["view"]

    def __str__(self):
        return self.sha256[:12]


# The case that closes a book stands beside its rules and needs the models above.
from .case import BookClosing  # noqa: E402 isort: skip

__all__ = ["Book", "BookClosing", "BookFile", "BookPart", "BookRow"]
