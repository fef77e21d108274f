from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from law.school_time import LAST_GRADE, LAST_PRIMARY_GRADE, grade_name, school_year_name


class Division(models.Model):
    """行政区划：六位县级及以上，九位乡镇街道，十二位村（社区）"""

    code = models.CharField("区划代码", max_length=12, primary_key=True)
    name = models.CharField("名称", max_length=60)
    kind = models.CharField("类别", max_length=10)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name="上级")

    class Meta:
        verbose_name = verbose_name_plural = "行政区划"
        ordering = ["code"]

    def __str__(self):
        return self.name


class Bureau(models.Model):
    """教育行政部门"""

    name = models.CharField("名称", max_length=60, unique=True)
    division = models.ForeignKey(Division, models.PROTECT, verbose_name="行政区划")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name="上级")

    class Meta:
        verbose_name = verbose_name_plural = "教育行政部门"

    def __str__(self):
        return self.name


class Stage(models.TextChoices):
    PRIMARY = "primary", "小学"
    JUNIOR = "junior", "初中"


class School(models.Model):
    """学校"""

    class Kind(models.TextChoices):
        PRIMARY = "primary", "小学"
        JUNIOR = "junior", "初级中学"
        NINE_YEAR = "nine_year", "九年一贯制学校"
        SPECIAL = "special", "特殊教育学校"

    code = models.CharField(
        "学校标识码", max_length=10, unique=True, validators=[RegexValidator(r"^\d{10}$", "学校标识码为十位数字")]
    )
    name = models.CharField("校名", max_length=60, unique=True)
    short_name = models.CharField("简称", max_length=20)
    kind = models.CharField("办学类型", max_length=10, choices=Kind)
    county_direct = models.BooleanField("县直学校", default=False)
    private = models.BooleanField("民办学校", default=False)
    bureau = models.ForeignKey(Bureau, models.PROTECT, verbose_name="主管部门")
    division = models.ForeignKey(Division, models.PROTECT, verbose_name="所在乡镇街道")
    closed_on = models.DateField("撤销日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "学校"
        ordering = ["code"]
        default_permissions = []
        permissions = [
            ("view_school", "查看本校学籍"),
            ("teach_class", "担任班主任"),
            ("make_change", "学校经办"),
            ("check_change", "学校审核"),
            ("sign_change", "校长签署"),
            ("bureau_make", "教育局经办"),
            ("bureau_check", "教育局审核"),
            ("bureau_sign", "主管局长签批"),
            ("audit_school", "审计查阅"),
            ("fix_data", "数据订正"),
        ]

    def __str__(self):
        return self.short_name

    @property
    def grades(self) -> range:
        """Grades taught here: 1–6, 7–9 or 1–9."""
        first = LAST_PRIMARY_GRADE + 1 if self.kind == self.Kind.JUNIOR else 1
        last = LAST_PRIMARY_GRADE if self.kind == self.Kind.PRIMARY else 9
        return range(first, last + 1)


class FormerName(models.Model):
    """原校名：撤并学校的校名和标识码，自何日起由哪所学校承接；标识码永不再用"""

    school = models.ForeignKey(School, models.PROTECT, related_name="former_names", verbose_name="原学校")
    name = models.CharField("校名", max_length=60)
    code = models.CharField("学校标识码", max_length=10)
    until = models.DateField("停用日期")
    successor = models.ForeignKey(School, models.PROTECT, related_name="+", verbose_name="承接学校")
    revoked = models.BooleanField("已随撤并撤销", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "原校名"
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=Q(revoked=False), name="former_code_once"),
            models.CheckConstraint(condition=~Q(school=F("successor")), name="former_name_of_another"),
        ]

    def __str__(self):
        return f"{self.name}（{self.code}）"


class SchoolUserPermission(UserObjectPermissionBase):
    """guardian's per-user table: present because guardian asks for it; rights go to groups only."""

    content_object = models.ForeignKey(School, models.CASCADE)


class SchoolGroupPermission(GroupObjectPermissionBase):
    """A right of a group (one per school or bureau and role) on one school."""

    content_object = models.ForeignKey(School, models.CASCADE)


class SchoolClass(models.Model):
    """班级：按届建立，年级由届别与学年推出"""

    class Kind(models.TextChoices):
        ORDINARY = "ordinary", "普通班"
        SPECIAL = "special", "特教班"
        HOME_TEACHING = "home", "送教上门"

    school = models.ForeignKey(School, models.PROTECT, verbose_name="学校", related_name="classes")
    stage = models.CharField("学段", max_length=8, choices=Stage)
    cohort = models.PositiveSmallIntegerField("届（入学年）")
    number = models.PositiveSmallIntegerField("班序")
    kind = models.CharField("班级类型", max_length=10, choices=Kind, default=Kind.ORDINARY)
    closed_on = models.DateField("撤班日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "班级"
        ordering = ["school", "stage", "-cohort", "number"]
        constraints = [
            models.UniqueConstraint(fields=["school", "stage", "cohort", "number"], name="class_once"),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="class_stage"),
        ]

    def __str__(self):
        return f"{self.cohort}级{self.number}班"

    @property
    def at_home(self) -> bool:
        """送教上门: its children are on the roll, but in no class size and on no seat of the grade."""
        return self.kind == self.Kind.HOME_TEACHING

    def grade_in(self, year: int) -> int | None:
        """Grade of this class in the school year that begins in `year`; None before it began or after it ended."""
        before = LAST_PRIMARY_GRADE if self.stage == Stage.JUNIOR else 0
        last = LAST_GRADE if self.stage == Stage.JUNIOR else LAST_PRIMARY_GRADE
        grade = year - self.cohort + 1 + before
        return grade if before < grade <= last else None

    def choice_in(self, year: int) -> str:
        """The name in a list to choose from: whoever picks a class must see when it is no ordinary one."""
        ordinary = self.kind == self.Kind.ORDINARY
        return self.name_in(year) if ordinary else f"{self.name_in(year)}（{self.get_kind_display()}）"

    def name_in(self, year: int) -> str:
        """What people call it: 三年级2班."""
        return f"{grade_name(self.grade_in(year))}{self.number}班"


def cohort_of(grade: int, year: int) -> tuple[str, int]:
    """(stage, cohort) of the classes that are in `grade` in school year `year`."""
    if grade > LAST_PRIMARY_GRADE:
        return Stage.JUNIOR, year - (grade - LAST_PRIMARY_GRADE) + 1
    return Stage.PRIMARY, year - grade + 1


class Catchment(models.Model):
    """学区：某学年一个村（社区）由哪所学校接收；一个村可划给几所学校"""

    community = models.ForeignKey(Division, models.PROTECT, related_name="catchments", verbose_name="村（社区）")
    school = models.ForeignKey(School, models.PROTECT, related_name="catchments", verbose_name="学校")
    year = models.PositiveSmallIntegerField("学年（起始年）")
    stage = models.CharField("学段", max_length=8, choices=Stage)
    document = models.CharField("依据文件", max_length=120)

    class Meta:
        verbose_name = verbose_name_plural = "学区"
        ordering = ["year", "stage", "community", "school"]
        constraints = [
            models.UniqueConstraint(fields=["year", "stage", "community", "school"], name="catchment_once"),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="catchment_stage"),
        ]

    def __str__(self):
        return f"{self.year} {self.community} → {self.school}"


class SeatsQuerySet(models.QuerySet):
    def of_grade(self, school, year, grade):
        return self.filter(school=school, year=year, grade=grade, school_class=None)

    def with_free(self):
        return self.annotate(free=F("capacity") + F("granted") - F("used") - F("reserved"))


class Seats(models.Model):
    """学位：每校每学年每年级一行，每班一行；已用与预留之和不超过学位数"""

    school = models.ForeignKey(School, models.PROTECT, verbose_name="学校")
    year = models.PositiveSmallIntegerField("学年（起始年）")
    grade = models.PositiveSmallIntegerField("年级")
    school_class = models.ForeignKey(SchoolClass, models.PROTECT, null=True, blank=True, verbose_name="班级")
    capacity = models.PositiveIntegerField("学位数")
    granted = models.PositiveIntegerField("依法增加", default=0)
    used = models.PositiveIntegerField("已用", default=0)
    reserved = models.PositiveIntegerField("预留", default=0)

    objects = SeatsQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "学位"
        ordering = ["school", "year", "grade", "school_class"]
        constraints = [
            models.CheckConstraint(
                condition=Q(used__lte=F("capacity") + F("granted") - F("reserved")), name="seats_never_oversold"
            ),
            models.UniqueConstraint(
                fields=["school", "year", "grade", "school_class"], nulls_distinct=False, name="seats_once"
            ),
            models.CheckConstraint(condition=Q(grade__range=(1, 9)), name="seats_grade"),
        ]

    def __str__(self):
        return f"{self.school} {self.year} {grade_name(self.grade)} {self.school_class or ''}".strip()

    @property
    def in_words(self) -> str:
        """黑水镇小学2026—2027学年一年级, with its class where the row is one's."""
        which = f"（{self.school_class}）" if self.school_class else ""
        return f"{self.school}{school_year_name(self.year)}{grade_name(self.grade)}{which}"

    @property
    def free_seats(self) -> int:
        return self.capacity + self.granted - self.used - self.reserved


class SeatGrant(models.Model):
    """依法超班额的编号记录：复学、归来、合并、统筹，或原有班级超额的登记"""

    seats = models.ForeignKey(Seats, models.PROTECT, related_name="grants", verbose_name="学位")
    number = models.CharField("编号", max_length=20, unique=True)
    count = models.PositiveIntegerField("增加数")
    article = models.CharField("依据", max_length=40)
    reason = models.CharField("事由", max_length=200)
    case_number = models.CharField("案件编号", max_length=20, blank=True)
    granted_on = models.DateField("日期")
    revoked = models.BooleanField("已随案件撤销", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "超额登记"

    def __str__(self):
        return f"{self.number} +{self.count}"
