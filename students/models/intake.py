from django.conf import settings
from django.db import models
from django.db.models import Q

from schools.models import Division, School

from .child import Student


class DuplicateSearch(models.Model):
    """新生查重：谁在何日查过哪名学生、查到什么；只增不改，姓名号码加密，列表只见掩码"""

    class Outcome(models.TextChoices):
        NOBODY = "nobody", "未查到"
        NAMESAKE = "namesake", "有同名同生日"
        FOUND = "found", "已有学籍"

    school = models.ForeignKey(School, models.PROTECT, related_name="+", verbose_name="学校")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="查询人")
    legal_date = models.DateField("日期（法定）")
    made_at = models.DateTimeField("时间", auto_now_add=True)
    wrapped_key = models.BinaryField("加密密钥", editable=False)
    sealed = models.BinaryField("查询内容密文", editable=False)
    masked_name = models.CharField("姓名（掩码）", max_length=60)
    number_tail = models.CharField("证件号末四位", max_length=4, blank=True)
    grade = models.PositiveSmallIntegerField("拟入年级")
    outcome = models.CharField("结果", max_length=10, choices=Outcome)
    found = models.ForeignKey(
        Student, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="查到的学生"
    )
    said = models.CharField("告知内容", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "新生查重"
        ordering = ["-pk"]
        default_permissions = ["view"]
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=["nobody", "namesake", "found"]), name="search_outcome"),
            models.CheckConstraint(condition=Q(grade__range=(1, 9)), name="search_grade"),
        ]

    def __str__(self):
        return f"{self.masked_name} {self.get_outcome_display()}"


class Application(models.Model):
    """入学登记：待注册学生的居住社区、学区外理由、缓学批准和监护人签字"""

    class Ground(models.TextChoices):
        PLACED = "placed", "教育局统筹"
        INVESTOR = "investor", "招商引资"

    student = models.OneToOneField(Student, models.PROTECT, related_name="application", verbose_name="学生")
    search = models.OneToOneField(
        DuplicateSearch, models.PROTECT, null=True, blank=True, related_name="application", verbose_name="查重"
    )
    grade = models.PositiveSmallIntegerField("拟入年级", null=True, blank=True)
    community = models.ForeignKey(
        Division,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="居住地村（社区）",
        db_index=False,
    )
    workplace = models.ForeignKey(
        Division,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="父母工作地村（社区）",
        db_index=False,
    )
    ground = models.CharField("学区外入学理由", max_length=10, choices=Ground, blank=True)
    ground_note = models.CharField("理由凭据", max_length=120, blank=True)
    deferral_number = models.CharField("缓学批准文号", max_length=60, blank=True)
    exception_reason = models.CharField("特批理由", max_length=200, blank=True)
    newcomer_reason = models.CharField("此前没有学籍的原因", max_length=200, blank=True)
    namesake_note = models.CharField("不是同一人的依据", max_length=200, blank=True)
    signed_on = models.DateField("监护人签字日期", null=True, blank=True)
    signer = models.CharField("签字的监护人", max_length=60, blank=True)
    signer_relation = models.CharField("与学生关系", max_length=2, blank=True)
    signature_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="签字登记人",
        db_index=False,
    )

    class Meta:
        verbose_name = verbose_name_plural = "入学登记"
        constraints = [
            models.CheckConstraint(condition=Q(ground__in=["", "placed", "investor"]), name="application_ground"),
            models.CheckConstraint(condition=Q(grade=None) | Q(grade__range=(1, 9)), name="application_grade"),
            models.CheckConstraint(
                condition=Q(signed_on=None, signer="", signature_by=None)
                | Q(signed_on__isnull=False, signature_by__isnull=False) & ~Q(signer=""),
                name="application_signature_whole",
            ),
        ]
        # Of the few that name one: tens of thousands of an import do not.
        indexes = [
            models.Index(fields=[name], name=f"application_{name}", condition=Q(**{f"{name}__isnull": False}))
            for name in ("community", "workplace", "signature_by")
        ]

    def __str__(self):
        return f"{self.student}入学登记"


class FiledScan(models.Model):
    """永久保存的登记原件：监护人签字的学生基本信息表、户口簿学生本人页"""

    class Paper(models.TextChoices):
        BASICS = "basics", "学生基本信息表（监护人签字）"
        HOUSEHOLD = "household", "居民户口簿学生本人页"

    application = models.ForeignKey(Application, models.PROTECT, related_name="scans", verbose_name="入学登记")
    paper = models.CharField("原件", max_length=10, choices=Paper)
    name = models.CharField("存储名", max_length=80, unique=True)
    sha256 = models.CharField("散列", max_length=64)
    preview_name = models.CharField("预览存储名", max_length=80, blank=True)
    preview_sha256 = models.CharField("预览散列", max_length=64, blank=True)
    mime = models.CharField("类型", max_length=20)
    size = models.PositiveIntegerField("字节数")
    kept_for_ever = models.BooleanField("永久保存", default=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人")
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "登记原件"
        ordering = ["pk"]
        default_permissions = ["view"]
        constraints = [
            models.CheckConstraint(condition=Q(paper__in=["basics", "household"]), name="filed_paper"),
            models.CheckConstraint(condition=Q(kept_for_ever=True), name="filed_for_ever"),
        ]

    def __str__(self):
        return f"{self.application} {self.get_paper_display()}"
