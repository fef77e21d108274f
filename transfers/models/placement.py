"""第二十条：县外转入学生和进城务工人员子女申请选派学校，主管局长签字，开具入学通知书，学校安排就学."""

from dataclasses import dataclass
from datetime import date

from django import forms
from django.db import connection, models
from django.db.models import Q

from approvals.desks import Desk, Signature
from approvals.errors import Refused
from approvals.moves import move
from approvals.rules import rule
from approvals.ways import BUREAU_DESKS, LEADER_DESK, REGISTRAR, way
from approvals.ways import DONE as PLACED
from jianping_xueji.forms import day_input
from jianping_xueji.vault.columns import ADDRESS, PHONE
from jianping_xueji.vault.fields import SealedText
from law import articles, clock, parameters, workdays
from law.school_time import grade_name
from schools.models import Division, School

from .. import holds
from ..facts import free_seats_at

ISSUED, AT_SCHOOL = "issued", "学校安置"
GRADES = [(grade, grade_name(grade)) for grade in range(1, 10)]
NOTICE_WORD = "建教入字"
NOTICE_SERIES = 20_2024  # the lock under which the next number of the series is found
ASKED = (
    "child_name",
    "sex",
    "birth_date",
    "guardian_name",
    "phone",
    "ground",
    "grade",
    "present_school",
    "residence",
    "residence_division",
    "residence_proof",
)


class Ground(models.TextChoices):
    """Who may ask to be placed, under the reason the transfer into the county will name."""

    OUTSIDE = "T1", "县外转入"
    MIGRANT = "T3", "进城务工人员子女"


@dataclass(frozen=True)
class PlacementFacts:
    """选派学校要看的事实：学校设不设该年级，有没有空余学位，住址在不在本县."""

    on: date
    school: str
    grade_name: str
    teaches: bool
    free_seats: int
    lives_here: bool
    missing_papers: str = ""
    unchecked_papers: str = ""

    def at(self, day: date) -> None:
        """No waiting makes a seat."""
        return None


@rule(
    "{f.school}不设{f.grade_name}，或者已经撤销",
    articles.PLACEMENT,
    remedy="请从设有该年级的学校中选派",
    kept="学校设有该年级",
)
def school_teaches_the_grade(f):
    return f.teaches


@rule(
    "{f.school}{f.grade_name}没有空余学位，不得接收",
    articles.NO_SEAT_NO_TRANSFER,
    remedy="请按就近原则改派有空余学位的学校",
    kept="学校该年级有空余学位",
)
def school_has_a_seat(f):
    return f.free_seats > 0


@rule(
    "实际居住地不在本县",
    articles.PLACEMENT,
    remedy="请核对居住情况，选派学校只按在本县的实际居住地办理",
    kept="实际居住地在本县",
)
def family_lives_here(f):
    return f.lives_here


class SchoolPlacement(
    way(
        articles.PLACEMENT,
        decide="同意选派，开具入学通知书",
        done="已安置",
        rules=(school_teaches_the_grade, school_has_a_seat, family_lives_here),
        school=False,
        leader=True,
        after=[(ISSUED, "待报到安置")],
    )
):
    """第二十条：教育局按实际居住情况就近选派学校，预留学位；学校凭入学通知书安排就学"""

    kind_code = "placement"
    prefix = "派"
    TEMPLATE = "transfers/placement.html"
    STAGES = ("教育局", "主管局长", AT_SCHOOL)
    # The notice names a school and a grade; the class is the school's.
    to_class = None
    DESKS = {
        **BUREAU_DESKS,
        **LEADER_DESK,
        ISSUED: Desk(AT_SCHOOL, Signature.NONE, REGISTRAR, "placement.days"),
    }
    PARTICULARS = {
        "placed_on": lambda: forms.DateField(label="学生报到日期", widget=day_input(), initial=clock.today),
    }

    child_name = models.CharField("学生姓名", max_length=60)
    sex = models.CharField("性别", max_length=1, choices=[("1", "男"), ("2", "女")])
    birth_date = models.DateField("出生日期")
    guardian_name = models.CharField("监护人", max_length=60)
    phone = SealedText("联系电话", max_length=30, family=PHONE)
    ground = models.CharField("申请事由", max_length=2, choices=Ground, default=Ground.OUTSIDE)
    grade = models.PositiveSmallIntegerField("年级", choices=GRADES)
    present_school = models.CharField("现就读学校", max_length=60)
    residence = SealedText("实际居住地址", max_length=120, family=ADDRESS)
    residence_division = models.ForeignKey(
        Division, models.PROTECT, related_name="+", verbose_name="居住地所在乡镇街道"
    )
    residence_proof = models.CharField(
        "居住情况凭据", max_length=120, help_text="如：居住证、房产证、租房合同及其编号，经办人已核对原件。"
    )
    notice_number = models.CharField("入学通知书编号", max_length=20, unique=True, null=True, blank=True)
    issued_on = models.DateField("开具日期", null=True, blank=True)
    valid_until = models.DateField("有效期至", null=True, blank=True)
    placed_on = models.DateField("报到日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "选派学校"
        constraints = [
            models.CheckConstraint(condition=Q(ground__in=Ground.values), name="placement_ground"),
            models.CheckConstraint(condition=Q(grade__range=(1, 9)), name="placement_grade"),
            models.CheckConstraint(condition=Q(sex__in=["1", "2"]), name="placement_sex"),
            models.CheckConstraint(
                condition=Q(notice_number=None, issued_on=None, valid_until=None)
                | Q(notice_number__isnull=False, issued_on__isnull=False, valid_until__gte=models.F("issued_on")),
                name="placement_notice_whole",
            ),
        ]

    @classmethod
    def facts_for(cls, school: School, day: date, *, grade: int, residence_division: Division, **_) -> PlacementFacts:
        teaches = grade in school.grades and school.closed_on is None
        return PlacementFacts(
            on=day,
            school=school.short_name,
            grade_name=grade_name(grade),
            teaches=teaches,
            free_seats=free_seats_at(school, grade, day) if teaches else 0,
            lives_here=residence_division.code[:6] == school.bureau.division_id[:6],
        )

    def build_facts(self, day):
        grade = holds.present_grade(self) or self.grade
        return self.facts_for(self.lead_school, day, grade=grade, residence_division=self.residence_division)

    @property
    def grade_known_on(self) -> date:
        """The day of which the grade is said: of the arrival, of the notice, or of 受理."""
        return self.closed_on or self.issued_on or self.accepted_on or clock.today()

    @property
    def told_to_transfer(self) -> dict:
        """What the form of a transfer from outside asks for and the placement knows."""
        return {
            "name": self.child_name,
            "sex": self.sex,
            "birth_date": self.birth_date,
            "phone": self.phone,
            "home_address": self.residence,
            "from_school_name": self.present_school,
        }

    def page(self, user):
        from ..placements import page_of

        return page_of(self, user)

    def take_effect(self):
        """The leader has signed: a seat is held, the notice numbered; the school has until `valid_until`."""
        today = clock.today()
        holds.hold_seat(self)
        self.grade = holds.present_grade(self)
        self.notice_number, self.issued_on = next_notice_number(today.year), today
        self.valid_until = workdays.add(today, parameters.on(today)["placement.days"]).day

    def undo_effect(self):
        """The child has been placed and no seat is held any more: only the notice ends, its number stays used."""

    def let_go(self):
        holds.end_holds(self, used=False)

    def day_of(self, particulars):
        return particulars.get("placed_on")

    @move(
        "登记安置",
        source=ISSUED,
        target=PLACED,
        article=articles.PLACEMENT,
        fields=["placed_on"],
        signs=False,
    )
    def place(self, placed_on=None, **_):
        """The only act of the school: it has no move to refuse. The seat goes to the transfer that follows.

        After 1 September it is a seat of the new year, in the grade the child is in now. Raises NoSeat.
        """
        if placed_on is None or not self.issued_on <= placed_on <= clock.today():
            raise Refused(
                f"报到日期须在入学通知书开具之日（{self.issued_on:%Y年%-m月%-d日}）至今日之间（{articles.PLACEMENT}）。"
            )
        holds.renew_hold(self)
        self.placed_on, self.grade = placed_on, holds.present_grade(self)
        holds.end_holds(self, used=False)


def next_notice_number(year: int) -> str:
    """建教入字〔2026〕1号, numbered like the letters of the bureau: a series without gaps, one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NOTICE_SERIES])
    head = f"{NOTICE_WORD}〔{year}〕"
    issued = SchoolPlacement.objects.filter(notice_number__startswith=head).values_list("notice_number", flat=True)
    last = max((int(number.removeprefix(head).removesuffix("号")) for number in issued), default=0)
    return f"{head}{last + 1}号"
