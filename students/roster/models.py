"""适龄儿童名册：公安、村（社区）提供的一个学年的适龄儿童，逐人有去向、有责任单位；不是学籍."""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.policies import powers_of
from jianping_xueji import vault
from jianping_xueji.vault.columns import ADDRESS, PHONE
from jianping_xueji.vault.fields import SealedText
from law.school_time import school_year_name
from schools.models import Bureau, Division, School

from ..importing.upload import SealedUpload
from ..models.child import Student, new_slug

NUMBER_AAD = "roster.number"


class Settled(models.TextChoices):
    """What ends the search for a child that is in no school of the county."""

    ELSEWHERE = "elsewhere", "在外县就读"
    MOVED = "moved", "迁出"
    DECEASED = "deceased", "死亡"


def bureaus_of(user) -> set[int]:
    """The bureaus the user serves today."""
    return {power.appointment.bureau_id for power in powers_of(user).appointments} - {None}


class RosterChildQuerySet(models.QuerySet):
    def with_owner(self):
        """`owner_id`: the school the bureau assigned, else the first of the catchment by code; None: the bureau."""
        return self.annotate(owner_id=F("standing__owner"))

    def visible_to(self, user):
        """The bureau sees its roster, a school the children for whom it answers; a class teacher none."""
        schools = powers_of(user).schools("view_school")
        mine = Q(bureau__in=bureaus_of(user))
        return self.with_owner().filter(mine | Q(owner_id__in=schools))


@pghistory.track(exclude=["wrapped_key", "number_cipher"], append_only=True, level=pghistory.Statement)
class RosterChild(models.Model):
    """适龄儿童：名册上的一名儿童，一个学年一行；有证件号的按证件号认，没有的按姓名、性别、出生日期认"""

    slug = models.CharField("页面地址", max_length=12, unique=True, default=new_slug, editable=False)
    wrapped_key = models.BinaryField("加密密钥", editable=False)
    bureau = models.ForeignKey(Bureau, models.PROTECT, related_name="+", verbose_name="主管部门")
    year = models.PositiveSmallIntegerField("入学年（学年起始年）")
    name = models.CharField("姓名", max_length=60)
    name_pinyin = models.CharField("姓名拼音", max_length=120, blank=True)
    name_initials = models.CharField("拼音首字母", max_length=30, blank=True)
    sex = models.CharField("性别", max_length=1)
    birth_date = models.DateField("出生日期")
    number_cipher = models.BinaryField("身份证件号密文", null=True, editable=False)
    index = models.BinaryField("查找散列", max_length=32, null=True, editable=False)
    tail = models.CharField("末四位", max_length=4, blank=True)
    household_address = SealedText("户籍地址", max_length=180, blank=True, family=ADDRESS)
    residence = SealedText("现住址", max_length=180, blank=True, family=ADDRESS)
    community = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="村（社区）"
    )
    guardian = models.CharField("监护人", max_length=60, blank=True)
    phone = SealedText("联系电话", max_length=30, blank=True, family=PHONE)
    remark = models.CharField("备注", max_length=200, blank=True)
    student = models.ForeignKey(
        Student, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="经确认的学籍"
    )
    assigned = models.ForeignKey(
        School, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="指定的责任学校"
    )
    settled = models.CharField("去向", max_length=9, choices=Settled, blank=True)
    settled_note = models.CharField("去向说明及凭据", max_length=200, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="报告人"
    )
    settled_on = models.DateField("报告日期", null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="核实人"
    )
    accepted_on = models.DateField("核实日期", null=True, blank=True)

    objects = RosterChildQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "适龄儿童"
        ordering = ["year", "name_pinyin", "pk"]
        default_permissions = ["view"]
        constraints = [
            models.UniqueConstraint(
                fields=["bureau", "year", "index"], condition=Q(index__isnull=False), name="roster_number_once"
            ),
            models.UniqueConstraint(
                fields=["bureau", "year", "name", "sex", "birth_date"],
                condition=Q(index=None),
                name="roster_nameless_number_once",
            ),
            models.CheckConstraint(condition=Q(sex__in=["1", "2"]), name="roster_sex"),
            models.CheckConstraint(condition=Q(settled__in=["", *Settled.values]), name="roster_settled"),
            models.CheckConstraint(
                condition=Q(index=None, number_cipher=None, tail="")
                | Q(index__isnull=False, number_cipher__isnull=False) & ~Q(tail=""),
                name="roster_number_whole",
            ),
            models.CheckConstraint(
                condition=Q(settled="", settled_by=None, settled_on=None, accepted_by=None, accepted_on=None)
                | ~Q(settled="")
                & ~Q(settled_note="")
                & Q(settled_by__isnull=False, settled_on__isnull=False)
                & (Q(accepted_by=None, accepted_on=None) | Q(accepted_by__isnull=False, accepted_on__isnull=False)),
                name="roster_settled_whole",
            ),
            models.CheckConstraint(
                condition=Q(accepted_by=None) | ~Q(accepted_by=F("settled_by")), name="roster_two_people"
            ),
        ]
        indexes = [
            models.Index(fields=["bureau", "year", "name_pinyin", "id"], name="roster_list"),
            models.Index(fields=["index"], name="roster_lookup"),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("students:roster_child", args=[self.slug])

    @property
    def sex_name(self) -> str:
        return {"1": "男", "2": "女"}[self.sex]

    @property
    def masked(self) -> str:
        """The ID number behind asterisks; "" when the list had none."""
        return f"{'*' * 14}{self.tail}" if self.tail else ""

    @property
    def year_name(self) -> str:
        return school_year_name(self.year)

    def hold(self, number: str) -> None:
        """Seal an ID number into this row, whose key exists already."""
        self.number_cipher = vault.seal(bytes(self.wrapped_key), number, NUMBER_AAD)
        self.index, self.tail = vault.index(number, "id"), vault.tail(number)


class RosterEntry(models.Model):
    """查访与认定：何日由谁走访、结果如何，去向由谁报告、谁核实；只增不改"""

    class Kind(models.TextChoices):
        HOME = "home", "上门走访"
        PHONE = "phone", "电话"
        OTHER = "other", "其他方式联系"
        SETTLE = "settle", "报告去向"
        ACCEPT = "accept", "核实去向"
        BACK = "back", "退回去向"
        SAME = "same", "认定为同一人"
        DIFFERENT = "different", "认定不是同一人"
        ASSIGN = "assign", "指定责任学校"

    CONTACTS = (Kind.HOME, Kind.PHONE, Kind.OTHER)

    child = models.ForeignKey(RosterChild, models.PROTECT, related_name="entries", verbose_name="适龄儿童")
    kind = models.CharField("事项", max_length=9, choices=Kind)
    on = models.DateField("日期")
    who = models.CharField("办理人员", max_length=60)
    result = models.CharField("结果", max_length=200)
    student = models.ForeignKey(Student, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="学籍")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    entered_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "查访与认定"
        ordering = ["-on", "-pk"]
        default_permissions = ["view"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=["home", "phone", "other", "settle", "accept", "back", "same", "different", "assign"]
                ),
                name="roster_entry_kind",
            ),
            models.CheckConstraint(condition=~Q(who="") & ~Q(result=""), name="roster_entry_whole"),
            models.CheckConstraint(
                condition=~Q(kind__in=["same", "different"]) | Q(student__isnull=False), name="roster_entry_names_whom"
            ),
        ]

    def __str__(self):
        return f"{self.child} {self.get_kind_display()} {self.on}"


class RosterFile(SealedUpload):
    """名册文件：教育局收到的一份适龄儿童名册，原件与核对结果都加密留存"""

    class State(models.TextChoices):
        WAITING = "waiting", "待确认"
        TAKEN = "taken", "已入册"
        DISCARDED = "discarded", "已放弃"

    FILE_PLACE, REPORT_PLACE = "roster.file", "roster.report"

    bureau = models.ForeignKey(Bureau, models.PROTECT, related_name="+", verbose_name="主管部门")
    year = models.PositiveSmallIntegerField("入学年（学年起始年）")
    state = models.CharField("状态", max_length=9, choices=State, default=State.WAITING)

    class Meta:
        verbose_name = verbose_name_plural = "名册文件"
        ordering = ["-pk"]
        default_permissions = ["view"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["waiting", "taken", "discarded"]), name="roster_file_state")
        ]

    def get_absolute_url(self):
        return reverse("students:roster_file", args=[self.pk])


class RosterStanding(models.Model):
    """适龄儿童现况：学籍、疑似学籍、缓学、责任学校，由数据库视图逐行现查，不存储"""

    child = models.OneToOneField(
        RosterChild, models.DO_NOTHING, primary_key=True, related_name="standing", verbose_name="适龄儿童"
    )
    record = models.BigIntegerField("学籍", null=True)
    record_status = models.CharField("学籍状态", max_length=12)
    record_bureau = models.BigIntegerField("学籍所在主管部门", null=True)
    alike = models.BigIntegerField("疑似的学籍", null=True)
    deferral = models.CharField("缓学批准文号", max_length=20)
    owner = models.BigIntegerField("责任学校", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "适龄儿童现况"
        db_table = "students_rosterstanding"
        managed = False
        default_permissions = ()

    def __str__(self):
        return str(self.child)
