"""档案记录的内容：每一种一张表，一行属于一条记录；数值的范围由数据库守着."""

from django.db import models
from django.db.models import Q

from .entry import Entry

MARK = r"^([0-9]{1,3}(\.[0-9])?|优秀|良好|合格|待合格|缺考|免修)$"
SUBJECTS = {
    "ethics": "道德与法治",
    "chinese": "语文",
    "maths": "数学",
    "english": "外语",
    "science": "科学",
    "physics": "物理",
    "chemistry": "化学",
    "biology": "生物学",
    "history": "历史",
    "geography": "地理",
    "it": "信息科技",
    "pe": "体育与健康",
    "music": "音乐",
    "art": "美术",
    "labour": "劳动",
}


class Grade(models.TextChoices):
    """等第"""

    EXCELLENT = "A", "优秀"
    GOOD = "B", "良好"
    PASSED = "C", "合格"
    FAILED = "D", "待合格"


class Level(models.TextChoices):
    """获奖级别（JY/T 1001 级别代码）"""

    SCHOOL = "60", "校级"
    TOWNSHIP = "53", "乡镇级"
    COUNTY = "43", "县级"
    CITY = "33", "市级"
    PROVINCE = "23", "省级"
    NATION = "10", "国家级"


class AidKind(models.TextChoices):
    """资助种类"""

    BOARDER = "boarder", "寄宿生生活补助"
    DAY = "day", "非寄宿生生活补助"
    MEALS = "meals", "营养改善计划"
    WAIVER = "waiver", "减免费用"
    SOCIAL = "social", "社会捐助"
    OTHER = "other", "其他"


def span_of(name: str, low, high) -> Q:
    return Q(**{name: None}) | Q(**{f"{name}__range": (low, high)})


class Detail(models.Model):
    entry = models.OneToOneField(
        Entry, models.PROTECT, primary_key=True, related_name="%(model_name)s", verbose_name="档案记录"
    )

    class Meta:
        abstract = True
        default_permissions = ()

    def __str__(self):
        return str(self.entry)


class ProofPaper(Detail):
    """证明材料：案件和登记原件之外的户籍证明、申请等"""

    title = models.CharField("材料名称", max_length=80)
    issuer = models.CharField("出具单位", max_length=80, blank=True)
    issued_on = models.DateField("出具日期", null=True, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta(Detail.Meta):
        verbose_name = verbose_name_plural = "证明材料"
        constraints = [models.CheckConstraint(condition=~Q(title=""), name="proof_paper_titled")]


class Mark(models.Model):
    """学业成绩：一份学期成绩中一门学科的分数或等级"""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="marks", verbose_name="档案记录")
    subject = models.CharField("学科", max_length=10, choices=list(SUBJECTS.items()))
    mark = models.CharField("成绩", max_length=6)

    class Meta:
        verbose_name = verbose_name_plural = "学业成绩"
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["entry", "subject"], name="mark_once"),
            models.CheckConstraint(condition=Q(subject__in=list(SUBJECTS)), name="mark_subject"),
            models.CheckConstraint(condition=Q(mark__regex=MARK), name="mark_shape"),
        ]

    def __str__(self):
        return f"{self.get_subject_display()} {self.mark}"


class Growth(Detail):
    """综合素质发展：一学期的体育运动技能、艺术特长、社区服务与社会实践"""

    sport = models.CharField("体育运动技能", max_length=80, blank=True)
    art_skill = models.CharField("艺术特长", max_length=80, blank=True)
    service = models.CharField("社区服务", max_length=80, blank=True)
    service_hours = models.DecimalField("服务时数", max_digits=4, decimal_places=1, null=True, blank=True)
    practice = models.CharField("社会实践", max_length=80, blank=True)
    practice_days = models.DecimalField("实践天数", max_digits=3, decimal_places=1, null=True, blank=True)

    class Meta(Detail.Meta):
        verbose_name = verbose_name_plural = "素质发展"
        constraints = [
            models.CheckConstraint(condition=span_of("service_hours", 0, 500), name="growth_hours"),
            models.CheckConstraint(condition=span_of("practice_days", 0, 60), name="growth_days"),
            models.CheckConstraint(condition=~Q(sport="", art_skill="", service="", practice=""), name="growth_said"),
        ]


# column → digits, places, lowest and highest believable value.
MEASURES = {
    "height": (4, 1, 80, 220),
    "weight": (4, 1, 10, 200),
    "vital_capacity": (5, 0, 200, 9999),
    "run_50": (3, 1, 5, 30),
    "sit_reach": (3, 1, -30, 45),
    "rope": (3, 0, 0, 400),
    "sit_ups": (3, 0, 0, 150),
    "shuttle": (4, 0, 40, 400),
    "jump": (3, 0, 30, 350),
    "pull_ups": (3, 0, 0, 60),
    "long_run": (4, 0, 120, 1200),
    "total": (4, 1, 0, 120),
}
# The grade of a total, as the national standard has it.
GRADED = {Grade.EXCELLENT: (90, 121), Grade.GOOD: (80, 90), Grade.PASSED: (60, 80), Grade.FAILED: (0, 60)}


def _graded() -> Q:
    found = Q(total=None, grade="")
    for grade, (low, above) in GRADED.items():
        found |= Q(grade=grade.value, total__gte=low, total__lt=above)
    return found


class FitnessTest(Detail):
    """体质健康测试：国家学生体质健康标准，一学年一次；成绩以整数或一位小数计，时间以秒计"""

    tested_on = models.DateField("测试日期", null=True, blank=True)
    exempt = models.CharField("免予执行原因", max_length=80, blank=True)
    height = models.DecimalField("身高（厘米）", max_digits=4, decimal_places=1, null=True, blank=True)
    weight = models.DecimalField("体重（千克）", max_digits=4, decimal_places=1, null=True, blank=True)
    vital_capacity = models.PositiveIntegerField("肺活量（毫升）", null=True, blank=True)
    run_50 = models.DecimalField("50米跑（秒）", max_digits=3, decimal_places=1, null=True, blank=True)
    sit_reach = models.DecimalField("坐位体前屈（厘米）", max_digits=3, decimal_places=1, null=True, blank=True)
    rope = models.PositiveSmallIntegerField("1分钟跳绳（次）", null=True, blank=True)
    sit_ups = models.PositiveSmallIntegerField("1分钟仰卧起坐（次）", null=True, blank=True)
    shuttle = models.PositiveSmallIntegerField("50米×8往返跑", null=True, blank=True)
    jump = models.PositiveSmallIntegerField("立定跳远（厘米）", null=True, blank=True)
    pull_ups = models.PositiveSmallIntegerField("引体向上（次）", null=True, blank=True)
    long_run = models.PositiveSmallIntegerField("1000米或800米跑", null=True, blank=True)
    total = models.DecimalField("总分", max_digits=4, decimal_places=1, null=True, blank=True)
    grade = models.CharField("等级", max_length=1, choices=Grade, blank=True)

    class Meta(Detail.Meta):
        verbose_name = verbose_name_plural = "体质健康测试"
        constraints = [
            *(
                models.CheckConstraint(condition=span_of(name, low, high), name=f"fitness_{name}")
                for name, (_, _, low, high) in MEASURES.items()
            ),
            models.CheckConstraint(condition=_graded(), name="fitness_graded"),
            models.CheckConstraint(
                condition=Q(total__isnull=False, exempt="") | Q(total=None) & ~Q(exempt=""), name="fitness_or_exempt"
            ),
        ]


class CheckUp(Detail):
    """健康体检：一学年一次"""

    checked_on = models.DateField("体检日期")
    institution = models.CharField("体检机构", max_length=80, blank=True)
    vision_left = models.DecimalField("左眼裸眼视力", max_digits=2, decimal_places=1, null=True, blank=True)
    vision_right = models.DecimalField("右眼裸眼视力", max_digits=2, decimal_places=1, null=True, blank=True)
    caries = models.PositiveSmallIntegerField("龋齿（颗）", null=True, blank=True)
    conclusion = models.CharField("体检结论", max_length=120)

    class Meta(Detail.Meta):
        verbose_name = verbose_name_plural = "健康体检"
        constraints = [
            models.CheckConstraint(condition=span_of("vision_left", 3, 5.3), name="checkup_left"),
            models.CheckConstraint(condition=span_of("vision_right", 3, 5.3), name="checkup_right"),
            models.CheckConstraint(condition=span_of("caries", 0, 32), name="checkup_caries"),
            models.CheckConstraint(condition=~Q(conclusion=""), name="checkup_concluded"),
        ]


class Vaccination(Detail):
    """预防接种：入学时查验接种证的结果"""

    seen_on = models.DateField("查验日期")
    complete = models.BooleanField("已按程序接种")
    missing = models.CharField("需补种的疫苗", max_length=120, blank=True)

    class Meta(Detail.Meta):
        verbose_name = verbose_name_plural = "预防接种查验"
        constraints = [
            models.CheckConstraint(
                condition=Q(complete=True, missing="") | Q(complete=False) & ~Q(missing=""), name="vaccination_whole"
            ),
        ]


class Award(Detail):
    """获奖"""

    title = models.CharField("奖项名称", max_length=80)
    level = models.CharField("级别", max_length=2, choices=Level)
    issuer = models.CharField("颁发单位", max_length=80)
    awarded_on = models.DateField("获奖日期")

    class Meta(Detail.Meta):
        verbose_name = verbose_name_plural = "获奖"
        constraints = [
            models.CheckConstraint(condition=Q(level__in=Level.values), name="award_level"),
            models.CheckConstraint(condition=~Q(title="") & ~Q(issuer=""), name="award_said"),
        ]


class Aid(Detail):
    """享受资助"""

    aid_kind = models.CharField("资助种类", max_length=8, choices=AidKind)
    amount = models.DecimalField("金额（元）", max_digits=8, decimal_places=2)
    granted_on = models.DateField("发放日期")
    note = models.CharField("说明", max_length=120, blank=True)

    class Meta(Detail.Meta):
        verbose_name = verbose_name_plural = "享受资助"
        constraints = [
            models.CheckConstraint(condition=Q(aid_kind__in=AidKind.values), name="aid_kind"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="aid_amount"),
            models.CheckConstraint(condition=~Q(aid_kind="other") | ~Q(note=""), name="aid_other_said"),
        ]


RATINGS = ("morals", "learning", "health", "arts", "society")


class Evaluation(Detail):
    """综合素质评价：一学期五个方面的等第、班主任评语、学业与体育结论"""

    morals = models.CharField("思想品德", max_length=1, choices=Grade)
    learning = models.CharField("学业水平", max_length=1, choices=Grade)
    health = models.CharField("身心健康", max_length=1, choices=Grade)
    arts = models.CharField("艺术素养", max_length=1, choices=Grade)
    society = models.CharField("社会实践", max_length=1, choices=Grade)
    academic = models.CharField("学业结论", max_length=60, blank=True)
    physical = models.CharField("体育结论", max_length=60, blank=True)
    comment = models.CharField("班主任评语", max_length=300)

    class Meta(Detail.Meta):
        verbose_name = verbose_name_plural = "综合素质评价"
        constraints = [
            *(
                models.CheckConstraint(condition=Q(**{f"{name}__in": Grade.values}), name=f"evaluation_{name}")
                for name in RATINGS
            ),
            models.CheckConstraint(condition=~Q(comment=""), name="evaluation_said"),
        ]
