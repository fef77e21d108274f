"""第二十五条：特教学校与普通学校之间就读，学籍转入新学校或保留在原学校；以及结束随班就读."""

from dataclasses import dataclass

from django.db import models
from django.db.models import Q

from approvals.materials import Paper
from approvals.rules import rule
from approvals.ways import way
from law import articles, clock
from law.school_time import grade_name, school_year_of
from schools.models import School, SchoolClass, cohort_of
from students import enrolments, places
from students.change_forms import ChangeForm, ChoiceOfClasses
from students.changes import RecordChange
from students.models import Enrolment, Student
from students.standing import Standing, last_place, no_open_case, no_problem_record, status_is

ON_A_FREE_SEAT = {"article": articles.INCLUSION, "reason": "特教学校与普通学校之间就读", "above_cap": False}


class Record(models.TextChoices):
    STAYS = "stays", "学籍保留在原学校"
    FOLLOWS = "follows", "学籍转入就读学校"


class Ending(models.TextChoices):
    RETURNS = "returns", "回到学籍所在学校就读"
    FOLLOWS = "follows", "学籍转入现就读学校"


@dataclass(frozen=True)
class InclusionFacts(Standing):
    """随班就读要看的事实：两所学校的类型，编入的班级及其学位，现在是否已在他校就读."""

    attends: str = ""
    from_special: bool = False
    to_special: bool | None = None
    class_missing: bool = False
    class_is_theirs: bool = True
    class_grade: int | None = None
    free_seats: int | None = None

    @property
    def class_grade_name(self) -> str:
        return grade_name(self.class_grade)


enrolled = status_is(
    Student.Status.ENROLLED, article=articles.INCLUSION, remedy="休学、辍学的学生请先复学或返校，再办理本项"
)


@rule(
    "学生已在{f.attends}随班就读，学籍在原学校",
    articles.INCLUSION,
    remedy="请先办理“结束随班就读”",
    kept="学生现在学籍所在学校就读",
)
def not_attending_elsewhere(f):
    return not f.attends


@rule(
    "两所学校类型相同：本项只适用于特殊教育学校与普通学校之间就读",
    articles.INCLUSION,
    remedy="普通学校之间请办理转学（第十六条）",
    kept="一所是特殊教育学校，一所是普通学校",
)
def one_school_is_special(f):
    return f.to_special is None or f.to_special != f.from_special


@rule(
    "所选班级现为{f.class_grade_name}，学生应在{f.grade_name}",
    articles.INCLUSION,
    remedy="请选择学生所在年级的班级",
    kept="编入学生所在年级",
)
def class_of_the_own_grade(f):
    return f.class_grade is None or f.class_grade == f.grade


@rule(
    "所选年级、班级没有空余学位，不得接收",
    articles.NO_SEAT_NO_TRANSFER,
    remedy="请另选有空余学位的班级或学校，由教育局就近统筹安排（第十九条、第二十条）",
    kept="所选年级、班级有空余学位",
)
def seat_is_free(f):
    return f.free_seats is None or f.free_seats > 0


@rule(
    "学生没有在学籍学校以外随班就读",
    articles.INCLUSION,
    remedy="只有学籍保留在原学校、现在另一学校就读的学生办理本项",
    kept="学生现在{f.attends}随班就读",
)
def attends_elsewhere(f):
    return bool(f.attends)


@rule(
    "回到学籍所在学校须选择编入的班级",
    articles.INCLUSION,
    remedy="请在本校现有班级中选择",
    kept="编入的班级已明确",
)
def class_is_chosen(f):
    return not f.class_missing


@rule(
    "所选班级不是可以编入的现有班级",
    articles.CHANGES_IN_TIME,
    remedy="请重新选择现有班级",
    kept="编入现有班级",
)
def class_is_open_there(f):
    return f.class_is_theirs


def attended_by(child: Student) -> School | None:
    """The school at which the child sits while its record is at another."""
    living = Enrolment.objects.living().filter(student=child).select_related("attends").first()
    return living.attends if living else None


def facts_of_class(to_class: SchoolClass | None, *, theirs: bool) -> dict:
    """Grade and seats of the class chosen; what is not chosen yet stands in nobody's way."""
    if to_class is None:
        return {}
    year = school_year_of(clock.today())
    rows = places.ledger_rows(to_class, year)
    return {
        "class_is_theirs": theirs and to_class.closed_on is None,
        "class_grade": to_class.grade_in(year),
        "free_seats": min((row.free_seats for row in rows), default=None),
    }


class ClassElsewhere(ChoiceOfClasses):
    def label_from_instance(self, school_class):
        return f"{school_class.school} {super().label_from_instance(school_class)}"


class InclusionForm(ChangeForm):
    """Classes of the child's grade in the schools of the other type."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to_class"] = ClassElsewhere(
            self.classes_elsewhere(), label="就读学校和班级", empty_label="请选择学校和班级"
        )

    def classes_elsewhere(self):
        place, year = last_place(self.child), school_year_of(clock.today())
        grade = place.school_class.grade_in(year) if place else None
        if grade is None:
            return SchoolClass.objects.none()
        stage, cohort = cohort_of(grade, year)
        found = SchoolClass.objects.filter(stage=stage, cohort=cohort, closed_on=None, school__closed_on=None)
        found = found.filter(school__bureau=self.school.bureau_id).select_related("school")
        special = Q(school__kind=School.Kind.SPECIAL)
        return found.filter(~special if self.school.kind == School.Kind.SPECIAL else special)


def move_record(case, child: Student, to_class: SchoolClass) -> None:
    """The record goes where the child sits: ended here and begun there on one day, on a free seat (第十九条)."""
    today, school = clock.today(), to_class.school
    left = enrolments.end([child], on=today, case=case, how="转出", went_to=school.name)
    places.give_up_seats(left, today)
    places.take_seat(to_class, on=today, case_number=case.number, **ON_A_FREE_SEAT)
    came = {"how": "转入", "came_from": case.lead_school.name}
    enrolments.begin([(child, to_class)], school=school, on=today, case=case, **came)


def move_chair(case, child: Student, to_class: SchoolClass) -> None:
    """The child sits in another class from today, on a free seat; its record stays (第二十五条)."""
    today = clock.today()
    places.leave_class([child], on=today)
    places.sit_down(child, to_class, on=today, case=case, **ON_A_FREE_SEAT)


class Inclusion(
    RecordChange,
    way(
        articles.INCLUSION,
        decide="准予就读",
        done="已准予就读",
        rules=(
            enrolled,
            no_open_case,
            no_problem_record,
            not_attending_elsewhere,
            one_school_is_special,
            class_is_open_there,
            class_of_the_own_grade,
            seat_is_free,
        ),
        in_ceims="随班就读登记（学籍转入的办理转学）",
    ),
):
    """第二十五条：特教学校与普通学校之间就读，学籍可以保留在原学校，也可以转入"""

    kind_code = "inclusion"
    prefix = "随"
    FACTS = InclusionFacts
    FORM = InclusionForm
    DRAFT = ("to_class", "record")

    to_class = models.ForeignKey(SchoolClass, models.PROTECT, related_name="+", verbose_name="编入班级")
    record = models.CharField("学籍", max_length=8, choices=Record, default=Record.STAYS)

    class Meta:
        verbose_name = verbose_name_plural = "特教与普通学校之间就读"
        constraints = [models.CheckConstraint(condition=Q(record__in=Record.values), name="inclusion_record")]

    @classmethod
    def own_facts(cls, child, on, given):
        to_class, attends = given.get("to_class"), attended_by(child)
        facts = {"attends": str(attends or ""), "from_special": child.school.kind == School.Kind.SPECIAL}
        if to_class:
            facts["to_special"] = to_class.school.kind == School.Kind.SPECIAL
        return facts | facts_of_class(to_class, theirs=True)

    @classmethod
    def peer_for(cls, child, given):
        return given["to_class"].school if given.get("to_class") else None

    @property
    def to_school(self) -> School:
        """The school the child will attend."""
        return self.to_class.school

    def papers(self):
        return [
            Paper("request", "监护人书面申请（写明学籍保留或转入）", articles.INCLUSION),
            Paper("assessment", "残疾人证，或残疾人教育专家委员会（医院）的评估意见", articles.INCLUSION),
        ]

    def change_record(self):
        (move_record if self.record == Record.FOLLOWS else move_chair)(self, self.child, self.to_class)


class InclusionEnd(
    RecordChange,
    way(
        articles.INCLUSION,
        decide="准予结束",
        done="已结束随班就读",
        rules=(
            enrolled,
            no_open_case,
            no_problem_record,
            attends_elsewhere,
            class_is_chosen,
            class_is_open_there,
            class_of_the_own_grade,
            seat_is_free,
        ),
        in_ceims="取消随班就读登记（学籍转入的办理转学）",
    ),
):
    """第二十五条：结束随班就读——回到学籍所在学校，或者学籍转入现就读学校"""

    kind_code = "inclusion_end"
    prefix = "随"
    FACTS = InclusionFacts
    DRAFT = ("ending", "to_class")
    VARIANTS = ({"ending": Ending.RETURNS}, {"ending": Ending.FOLLOWS})

    ending = models.CharField("怎样结束", max_length=8, choices=Ending, default=Ending.RETURNS)
    to_class = models.ForeignKey(
        SchoolClass,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="回校编入班级",
        help_text="学籍转入现就读学校的不填，仍在现在的班级。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "结束随班就读"
        constraints = [
            models.CheckConstraint(
                condition=Q(ending="returns", to_class__isnull=False) | Q(ending="follows", to_class=None),
                name="inclusion_end_class",
            )
        ]

    @classmethod
    def own_facts(cls, child, on, given):
        attends, to_class = attended_by(child), given.get("to_class")
        facts = {"attends": str(attends or "")}
        if given.get("ending") == Ending.RETURNS:
            facts["class_missing"] = to_class is None
        elif to_class:
            facts["class_is_theirs"] = False
            return facts
        return facts | facts_of_class(to_class, theirs=bool(to_class) and to_class.school_id == child.school_id)

    @classmethod
    def peer_for(cls, child, given):
        return attended_by(child)

    def papers(self):
        return [Paper("request", "监护人书面申请", articles.INCLUSION)]

    def change_record(self):
        if self.ending == Ending.FOLLOWS:
            return move_record(self, self.child, last_place(self.child).school_class)
        return move_chair(self, self.child, self.to_class)
