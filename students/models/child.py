import os

import pghistory
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Func, Q, Value
from django.urls import reverse
from django.utils.crypto import get_random_string

from accounts.policies import powers_of
from jianping_xueji import audit
from jianping_xueji.vault import open_
from jianping_xueji.vault.columns import ADDRESS, HEALTH, PHONE
from jianping_xueji.vault.fields import SealedText
from schools.models import School


def new_slug() -> str:
    """An address for a child's page that says nothing about the child."""
    return get_random_string(12, "abcdefghjkmnpqrstuvwxyz23456789")


# Bytes that would make some letters likelier than others are left out.
_SLUG_LETTERS = b"abcdefghjkmnpqrstuvwxyz23456789"
_FAIR = len(_SLUG_LETTERS) * (256 // len(_SLUG_LETTERS))
_LETTER_OF = bytes(_SLUG_LETTERS[byte % len(_SLUG_LETTERS)] for byte in range(256))


def new_slugs(count: int) -> list[str]:
    """Many addresses with one look into the source of chance."""
    letters = b""
    while len(letters) < 12 * count:
        letters += os.urandom(14 * count).translate(_LETTER_OF, bytes(range(_FAIR, 256)))
    return [letters[12 * n : 12 * n + 12].decode() for n in range(count)]


def _untended(to, label: str, **more) -> models.ForeignKey:
    """What a row of history names beside the child it is about: nobody looks history up by it."""
    return models.ForeignKey(
        to,
        models.DO_NOTHING,
        verbose_name=label,
        related_name="+",
        related_query_name="+",
        db_constraint=False,
        db_index=False,
        **more,
    )


class StudentQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Children whose record is at, or who attend (第二十五条), a school the user may see; a teacher's own class."""
        powers = powers_of(user)
        schools = powers.schools("view_school")
        mine = Q(school__among=schools)
        if schools:
            mine |= Q(pk__among=ArraySubquery(self.model.objects.attending(schools).values("pk")))
        if powers.class_ids:
            mine |= Q(
                pk__in=self.model.objects.filter(
                    enrolments__placements__school_class__in=powers.class_ids,
                    enrolments__placements__ends=None,
                    enrolments__voided=False,
                ).values("pk")
            )
        return self.filter(mine)

    def attending(self, schools):
        """Children who sit at one of these schools while their record is at another."""
        return self.filter(
            enrolments__attends__among=schools, enrolments__voided=False, enrolments__during__upper_inf=True
        )


@pghistory.track(
    exclude=["wrapped_key"],
    append_only=True,
    level=pghistory.Statement,
    attrs={
        "school": _untended(School, "学籍学校"),
        "merged_into": _untended("students.Student", "并入的学籍", null=True, blank=True),
    },
)
class Student(models.Model):
    """学生：一人一籍，栏目依学生基本信息表；年级由班级推出，不在此存"""

    class Status(models.TextChoices):
        PENDING = "pending", "待核"
        ENROLLED = "enrolled", "在读"
        SUSPENDED = "suspended", "休学"
        DROPPED_OUT = "dropped_out", "辍学"
        MOVED_AWAY = "moved_away", "转出"
        LEAVER = "leaver", "小学毕业待升学"
        GRADUATED = "graduated", "毕业"
        COMPLETED = "completed", "修业期满"
        DECEASED = "deceased", "死亡"
        ABROAD = "abroad", "出境就读"
        IN_CUSTODY = "in_custody", "专门教育"
        REJECTED = "rejected", "未予注册"
        LEFT = "left", "丧失学习能力离校"
        MERGED = "merged", "已并入另一学籍"
        DELETED = "deleted", "已删除"

    slug = models.CharField("页面地址", max_length=12, default=new_slug, editable=False)
    wrapped_key = models.BinaryField("加密密钥", editable=False)
    # By school: student_school_list; the few that were merged: student_absorbed. The history needs neither.
    school = models.ForeignKey(School, models.PROTECT, verbose_name="学籍学校", related_name="children", db_index=False)
    status = models.CharField("学籍状态", max_length=12, choices=Status, default=Status.PENDING)
    problem = models.CharField("问题学籍", max_length=40, blank=True)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="absorbed",
        verbose_name="并入的学籍",
        db_index=False,
    )

    name = models.CharField("姓名", max_length=60)
    name_pinyin = models.CharField("姓名拼音", max_length=120, blank=True)
    name_initials = models.CharField("拼音首字母", max_length=30, blank=True)
    sex = models.CharField("性别", max_length=1)
    birth_date = models.DateField("出生日期")
    id_type = models.CharField("身份证件类型", max_length=1)
    ethnicity = models.CharField("民族", max_length=2, blank=True)
    birth_division = models.CharField("出生地行政区划代码", max_length=12, blank=True)
    native_place = models.CharField("籍贯", max_length=40, blank=True)
    nationality = models.CharField("国籍/地区", max_length=3, blank=True)
    overseas_status = models.CharField("港澳台侨外", max_length=2, blank=True)
    health = SealedText("健康状况", max_length=2, blank=True, family=HEALTH)
    political_status = models.CharField("政治面貌", max_length=2, blank=True)
    former_name = models.CharField("曾用名", max_length=60, blank=True)
    id_validity = models.CharField("身份证件有效期", max_length=21, blank=True)
    blood_type = models.CharField("血型", max_length=1, blank=True)
    talents = models.CharField("特长", max_length=60, blank=True)

    household_kind = models.CharField("户口性质", max_length=1, blank=True)
    household_division = models.CharField("户口所在地行政区划", max_length=12, blank=True)
    home_address = SealedText("现住址", max_length=180, blank=True, family=ADDRESS)
    mail_address = SealedText("通信地址", max_length=180, blank=True, family=ADDRESS)
    family_address = SealedText("家庭地址", max_length=180, blank=True, family=ADDRESS)
    phone = SealedText("联系电话", max_length=30, blank=True, family=PHONE)
    postcode = models.CharField("邮政编码", max_length=6, blank=True)
    email = models.CharField("电子信箱", max_length=40, blank=True)
    homepage = models.CharField("主页地址", max_length=60, blank=True)

    entered_month = models.CharField("入学年月", max_length=6, blank=True)
    entry_mode = models.CharField("入学方式", max_length=2, blank=True)
    lodging = models.CharField("就读方式", max_length=1, blank=True)
    source = models.CharField("学生来源", max_length=1, blank=True)
    local_number = models.CharField("学籍辅号", max_length=30, blank=True)
    class_seat_number = models.CharField("班内学号", max_length=10, blank=True)
    continuation_id = models.CharField("学籍接续标识", max_length=32, blank=True)

    only_child = models.BooleanField("是否独生子女", null=True, blank=True)
    had_preschool = models.BooleanField("是否受过学前教育", null=True, blank=True)
    left_behind = models.CharField("是否留守儿童", max_length=1, blank=True)
    migrant_child = models.BooleanField("是否进城务工人员随迁子女", null=True, blank=True)
    orphan = models.BooleanField("是否孤儿", null=True, blank=True)
    martyr_child = models.BooleanField("是否烈士或优抚子女", null=True, blank=True)
    needs_aid = models.BooleanField("是否需要申请资助", null=True, blank=True)
    boarding_subsidy = models.BooleanField("是否享受一补", null=True, blank=True)
    inclusive_education = models.CharField("随班就读", max_length=1, blank=True)
    disability = SealedText("残疾类型", max_length=2, blank=True, family=HEALTH)
    purchased_place = models.BooleanField("是否由政府购买学位", null=True, blank=True)
    school_distance = models.DecimalField("上下学距离（公里）", max_digits=5, decimal_places=1, null=True, blank=True)
    commute_mode = models.CharField("上下学交通方式", max_length=1, blank=True)
    needs_school_bus = models.BooleanField("是否需要乘坐校车", null=True, blank=True)

    objects = StudentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "学生"
        default_permissions = ["view", "change"]
        constraints = [
            # As a constraint, not `unique=True`: nobody looks for the beginning of an address.
            models.UniqueConstraint(fields=["slug"], name="student_slug"),
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "pending",
                        "enrolled",
                        "suspended",
                        "dropped_out",
                        "moved_away",
                        "leaver",
                        "graduated",
                        "completed",
                        "deceased",
                        "abroad",
                        "in_custody",
                        "rejected",
                        "left",
                        "merged",
                        "deleted",
                    ]
                ),
                name="student_status",
            ),
            models.CheckConstraint(condition=Q(sex__in=["1", "2"]), name="student_sex"),
            models.CheckConstraint(
                condition=Q(status="merged", merged_into__isnull=False) | Q(merged_into=None) & ~Q(status="merged"),
                name="student_merged_into",
            ),
        ]
        indexes = [
            models.Index(fields=["school", "name_pinyin", "id"], name="student_school_list"),
            models.Index(
                fields=["name_pinyin", "id"], name="student_list", opclasses=["varchar_pattern_ops", "int8_ops"]
            ),
            models.Index(fields=["name_initials"], name="student_initials", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["birth_date", "sex"], name="student_birth"),
            models.Index(fields=["merged_into"], name="student_absorbed", condition=Q(merged_into__isnull=False)),
            GinIndex(
                Func("name", Value(None, output_field=models.TextField()), function="string_to_array"),
                name="student_name_characters",
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("students:child", args=[self.slug])

    @classmethod
    def from_db(cls, *row, **more):
        """Whose data a request has loaded, it has seen: the audit writes it down."""
        child = super().from_db(*row, **more)
        audit.saw(child.pk)
        return child

    @property
    def sex_name(self) -> str:
        return {"1": "男", "2": "女"}.get(self.sex, "")

    def number(self, kind: str) -> "StudentNumber | None":
        """The current number of a kind; uses a prefetched `numbers` when there is one."""
        return next((n for n in self.numbers.all() if n.kind == kind and n.until is None), None)

    @property
    def id_number(self) -> "StudentNumber | None":
        return self.number(NumberKind.ID)

    @property
    def registry_number(self) -> "StudentNumber | None":
        return self.number(NumberKind.REGISTRY)


class NumberKind(models.TextChoices):
    ID = "id", "身份证件号"
    REGISTRY = "registry", "学籍号"


class StudentNumber(models.Model):
    """号码：身份证件号与学籍号，现用的和曾用的；密文存放，按散列查找，只见末四位"""

    student = models.ForeignKey(Student, models.PROTECT, related_name="numbers", verbose_name="学生")
    kind = models.CharField("种类", max_length=8, choices=NumberKind)
    cipher = models.BinaryField("密文")
    index = models.BinaryField("查找散列", max_length=32)
    tail = models.CharField("末四位", max_length=4)
    letter = models.CharField("学籍号类别", max_length=1, blank=True)
    since = models.DateField("启用日期")
    until = models.DateField("停用日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "号码"
        ordering = ["kind", "since"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "index"], condition=Q(until=None), name="number_held_by_one_child"),
            models.UniqueConstraint(fields=["student", "kind"], condition=Q(until=None), name="one_current_number"),
            models.CheckConstraint(condition=Q(letter__in=["", "G", "J", "L"]), name="registry_letter"),
        ]
        indexes = [models.Index(fields=["index"], name="number_lookup")]

    def __str__(self):
        return f"{self.get_kind_display()} 末四位{self.tail}"

    @property
    def masked(self) -> str:
        """All but the last four as asterisks; a 学籍号 keeps its letter, which is no secret."""
        return f"{self.letter}{'*' * 14}{self.tail}"

    def plain(self) -> str:
        """The full number. Callers log the look (第三十七条)."""
        return open_(bytes(self.student.wrapped_key), bytes(self.cipher), number_aad(self.kind))


def number_aad(kind: str) -> str:
    """What a sealed number is bound to, so that a cipher pasted into another column cannot be opened."""
    return f"student.{kind}"


# What the sealed ID number of a family member is bound to; the key is the child's.
FAMILY_ID_AAD = "family.id"


@pghistory.track(append_only=True, level=pghistory.Statement, attrs={"student": _untended(Student, "学生")})
class FamilyMember(models.Model):
    """家庭成员或监护人"""

    # family_position finds them by child.
    student = models.ForeignKey(Student, models.PROTECT, related_name="family", verbose_name="学生", db_index=False)
    position_in_form = models.PositiveSmallIntegerField("表内序号", choices=[(1, "一"), (2, "二")])
    name = models.CharField("姓名", max_length=60)
    relation = models.CharField("关系", max_length=2, blank=True)
    relation_note = models.CharField("关系说明", max_length=20, blank=True)
    home_address = SealedText("现住址", max_length=180, blank=True, family=ADDRESS)
    household_division = models.CharField("户口所在地行政区划", max_length=12, blank=True)
    phone = SealedText("联系电话", max_length=30, blank=True, family=PHONE)
    is_guardian = models.BooleanField("是否监护人", null=True, blank=True)
    id_type = models.CharField("身份证件类型", max_length=1, blank=True)
    id_cipher = models.BinaryField("身份证件号密文", null=True, blank=True, editable=False)
    id_tail = models.CharField("身份证件号末四位", max_length=4, blank=True)
    ethnicity = models.CharField("民族", max_length=2, blank=True)
    workplace = models.CharField("工作单位", max_length=60, blank=True)
    position = models.CharField("职务", max_length=40, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "家庭成员"
        ordering = ["position_in_form"]
        default_permissions = ["view", "change"]
        constraints = [models.UniqueConstraint(fields=["student", "position_in_form"], name="family_position")]

    def __str__(self):
        return self.name
