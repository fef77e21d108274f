"""去向调查（第三十一条）: what a school learned of a leaver whose place the record cannot know; only ever added to."""

from django.db import models, transaction
from django.db.models import Q

from accounts.policies import powers_behind
from approvals.errors import NotYourHand, Refused
from law import articles, clock
from schools.models import Division, School
from students.models import Student

from ..models.absence import Visit


class Outcome(models.TextChoices):
    OUTSIDE = "outside", "已在县外初中就读"
    DEFERRED = "deferred", "经批准暂缓入学"
    COMING = "coming", "将到县内初中报到"
    UNWILLING = "unwilling", "在家，未入学"
    UNKNOWN = "unknown", "去向不明"


# What settles where a child is, once it is proven; everything else leaves the blank open.
SETTLING = (Outcome.OUTSIDE, Outcome.DEFERRED)


class LeaverInquiry(models.Model):
    """去向调查：一次走访查明一名毕业生去了哪里、凭什么；只增不改，以最后一次为准"""

    visit = models.OneToOneField(Visit, models.PROTECT, related_name="inquiry", verbose_name="走访记录")
    year = models.PositiveSmallIntegerField("学年（起始年）")
    school = models.ForeignKey(School, models.PROTECT, related_name="+", verbose_name="调查学校")
    outcome = models.CharField("调查结果", max_length=9, choices=Outcome)
    place = models.CharField("就读学校或批准机关", max_length=60, blank=True)
    division = models.CharField("所在区划", max_length=6, blank=True)
    proof = models.CharField("凭据", max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "去向调查"
        ordering = ["pk"]
        default_permissions = ["view"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["outside", "deferred", "coming", "unwilling", "unknown"]),
                name="inquiry_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=["outside", "deferred"]) | ~Q(place="") & ~Q(proof=""), name="inquiry_proven"
            ),
            models.CheckConstraint(condition=~Q(outcome="outside") | ~Q(division=""), name="inquiry_outside_where"),
        ]

    def __str__(self):
        return f"{self.visit} {self.get_outcome_display()}"


@transaction.atomic
def record_inquiry(child: Student, *, by, school: School, year: int, visit: dict, **found) -> LeaverInquiry:
    """Write down one inquiry: a visit, which counts as 劝返 too, and what it found. Raises NotYourHand, Refused."""
    if not powers_behind(by, "make_change", school.pk):
        raise NotYourHand(f"毕业生去向由毕业小学和对应初中的学籍管理员登记（{articles.LEAVERS}）。")
    if visit["on"] > clock.today():
        raise Refused(f"走访日期不能晚于今日（{articles.LEAVERS}）。")
    refuse_unproven(school, **found)
    made = Visit.objects.create(child=child, by=by, **visit)
    return LeaverInquiry.objects.create(visit=made, year=year, school=school, **found)


def refuse_unproven(school: School, *, outcome: str, place: str = "", division: str = "", proof: str = "") -> None:
    """A finding that settles the child says where and by what proof. Raises Refused."""
    told = []
    if outcome in SETTLING and not place.strip():
        told.append(f"“{Outcome(outcome).label}”须写明就读学校或批准机关（{articles.LEAVERS}）。")
    if outcome in SETTLING and not proof.strip():
        told.append(
            f"“{Outcome(outcome).label}”须写明凭据，如：全国系统学籍截图、在读证明、批准文号（{articles.LEAVERS}）。"
        )
    if outcome == Outcome.OUTSIDE:
        told += faults_of(division, school)
    if told:
        raise Refused(*told)


def faults_of(division: str, school: School) -> list[str]:
    """What is wrong with the place of a school that is said to lie outside the county."""
    if division[:6] == school.bureau.division_id[:6]:
        return ["该校在本县：请由该初中在“七年级招生入学”中接收，接收后去向自动登记（第六条第三款）。"]
    if not Division.objects.filter(code=f"{division[:2]}0000").exists():
        return [f"区划代码“{division}”不存在，请填写就读学校所在地的六位代码，如 150429 宁城县（第三十一条）。"]
    return []
