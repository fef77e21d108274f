from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.policies import school_ids_where
from approvals.models import Case
from archives.models.copies import kept_by
from jianping_xueji.vault import mask_name
from schools.models import School
from students.models import Student

from .batches.models import Batch, BatchPart
from .forms import FORMS
from .overprint.models import Printer

__all__ = ["Batch", "BatchPart", "Print", "Printer"]


class PrintQuerySet(models.QuerySet):
    def standing(self):
        """Prints that no later print and no withdrawal has overtaken."""
        return self.filter(superseded_by=None, withdrawn_on=None)

    def visible_to(self, user):
        """One's own prints, those of cases in sight, and the sheets of the schools the user may see, or that they
        took over.
        """
        sheets = Q(case=None) & kept_by("school", school_ids_where(user, "view_school"))
        return self.filter(Q(printed_by=user) | Q(case__in=Case.objects.visible_to(user)) | sheets)

    def of_school(self, school):
        """Prints that this school answers for, or that are about a case with it on the other side."""
        return self.filter(Q(school=school) | Q(case__lead_school=school) | Q(case__peer_school=school))

    def stand(self, standing: "Print.Standing"):
        """Prints whose `standing` is this one."""
        void = Q(withdrawn_on__isnull=False) | undone()
        if standing == Print.Standing.WITHDRAWN:
            return self.filter(void)
        return self.exclude(void).filter(superseded_by__isnull=standing == Print.Standing.VALID)


def undone() -> Q:
    """Prints about a case that has since been undone; what `Print.standing` says of one of them."""
    found = Q()
    for states in {form.void_in for form in FORMS.values()}:
        codes = [form.code for form in FORMS.values() if form.void_in == states]
        found |= Q(form__in=codes, case__state__in=states)
    return found & ~Q(case__state=F("state_when_printed"))


class Print(models.Model):
    """打印登记：每印一张有一行，凭随机地址核验真伪；只可被替代或作废，不可改删"""

    class Standing(models.TextChoices):
        VALID = "valid", "有效"
        SUPERSEDED = "superseded", "已被新件替代"
        WITHDRAWN = "withdrawn", "已作废"

    number = models.CharField("流水号", max_length=20, unique=True)
    token = models.CharField("核验地址", max_length=22, unique=True)
    form = models.CharField("表格", max_length=40)
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="prints", verbose_name="案件")
    child = models.ForeignKey(
        Student, models.PROTECT, null=True, blank=True, related_name="prints", verbose_name="学生"
    )
    school = models.ForeignKey(
        School, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="学校（名册、统计表）"
    )
    subject = models.CharField("名册或统计表的范围", max_length=200, blank=True)
    blank = models.BooleanField("空表", default=False)
    short_code = models.CharField("校验码", max_length=9)
    content_digest = models.CharField("内容散列（带密钥）", max_length=64)
    pdf_sha256 = models.CharField("文件散列", max_length=64)
    printed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="打印人")
    printed_at = models.DateTimeField("打印时间")
    legal_date = models.DateField("打印日期（法定）")
    state_when_printed = models.CharField("打印时状态", max_length=30, blank=True)
    decision = models.CharField("打印时办理结果", max_length=100, blank=True)
    superseded_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="supersedes", verbose_name="被何件替代"
    )
    withdrawn_on = models.DateField("作废日期", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="作废人"
    )
    withdrawn_why = models.CharField("作废理由", max_length=200, blank=True)

    objects = PrintQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "打印登记"
        ordering = ["-pk"]
        default_permissions = ["view"]
        constraints = [
            models.CheckConstraint(
                condition=Q(blank=True, case=None, child=None, subject="")
                | Q(blank=False, case__isnull=False, subject="")
                | Q(blank=False, case=None) & ~Q(subject=""),
                name="print_filled_has_case",
            ),
            models.CheckConstraint(
                condition=Q(superseded_by=None) | Q(superseded_by__gt=F("id")), name="print_superseded_by_later"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on=None, withdrawn_by=None, withdrawn_why="")
                | Q(withdrawn_on__isnull=False) & ~Q(withdrawn_why=""),
                name="print_void_for_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["case", "form"], name="print_of_case"),
            models.Index(fields=["form", "subject"], condition=~Q(subject=""), name="print_of_sheet"),
        ]

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return reverse("reports:one_print", args=[self.number])

    @property
    def verify_url(self) -> str:
        """The path of the genuineness page, open to whoever holds the paper."""
        return reverse("reports:verify", args=[self.token])

    @property
    def title(self) -> str:
        """The name of the form, as printed on top of it."""
        return FORMS[self.form].title

    @property
    def about(self) -> str:
        """What the paper is about, for those who may see it."""
        if self.blank:
            return "空白表"
        return self.child.name if self.child else self.subject or self.case.kind_name

    @property
    def tone(self) -> str:
        return {"valid": "done", "superseded": "idle", "withdrawn": "refused"}[self.standing]

    @property
    def standing(self) -> "Print.Standing":
        """Whether the paper may still be relied on. A case that has since been undone voids its papers."""
        if self.withdrawn_on or self._case_was_undone():
            return self.Standing.WITHDRAWN
        return self.Standing.SUPERSEDED if self.superseded_by_id else self.Standing.VALID

    def _case_was_undone(self) -> bool:
        if self.case is None or self.case.state == self.state_when_printed:
            return False
        return self.case.state in FORMS[self.form].void_in

    @property
    def masked_name(self) -> str:
        return mask_name(self.child.name if self.child else self._introduced_name())

    def _introduced_name(self) -> str:
        """Of a case about somebody who is no child of the register."""
        case = self.case and self.case.model.objects.filter(pk=self.case_id).first()
        return case.introduced().get("name", "") if case else ""


# Closed books stand beside their kinds and need the models above.
from .books.models import Book, BookClosing, BookFile, BookPart, BookRow  # noqa: E402 isort: skip

__all__ = ["Book", "BookClosing", "BookFile", "BookPart", "BookRow", "Print", "PrintQuerySet"]
