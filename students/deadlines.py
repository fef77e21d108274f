"""Deadlines of the record and of the school year (第六、九、十三至十五条)."""

from datetime import date

from django.db.models import (
    Case,
    DateField,
    Exists,
    F,
    Func,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, ExtractYear

from approvals.deadlines import desk
from law import articles, parameters
from law.deadline import Deadline, Subject, Unit, declare
from law.models import Term
from law.school_time import LAST_GRADE, LAST_PRIMARY_GRADE, first_day, school_year_of
from schools.models import Stage

from . import freeze
from .freezing_lists import open_corrections, without_card
from .intake.overflow import AT_SCHOOL
from .intake.years import ASKED_FROM
from .models import Campaign, CampaignEntry, Correction, Placement, RegistrationEntry, Student
from .year.calendar import graduation_days, turn_of
from .year.graduation import Graduation


class MakeDate(Func):
    """A date of three numbers."""

    function = "make_date"
    output_field = DateField()


def opening_of(year) -> Coalesce:
    """入学之日 of a school year that stands in a column: the published first day, else 1 September."""
    published = Term.objects.filter(year=OuterRef(year), number=1).values("starts")[:1]
    return Coalesce(Subquery(published), MakeDate(F(year), Value(9), Value(1)))


def unregistered(day: date) -> QuerySet[RegistrationEntry]:
    """Children of open batches: newcomers of grade one from the first day of school, others from the batch's."""
    opened = F("registration__opened_on")
    early = Case(When(registration__opened_on__month__lt=ASKED_FROM, then=1), default=0, output_field=IntegerField())
    entering = Q(school_class__stage=Stage.PRIMARY, school_class__cohort=F("entered_year"))
    of_grade_one = entering | Q(school_class=None, student__application__grade=1)
    return (
        RegistrationEntry.objects.filter(registration__closed_on=None)
        .annotate(
            entered_year=Cast(ExtractYear(opened) - early, IntegerField()),
            grade_one=Case(When(of_grade_one, then=F("entered_year")), output_field=IntegerField()),
            entered=Coalesce(opening_of("grade_one"), opened),
        )
        .values_list("student", "registration__lead_school", "entered", "registration__opened_on")
    )


# The last grade of a stage, of a place whose year and class say so.
LAST_GRADES = Q(school_class__stage=Stage.PRIMARY, school_class__cohort=F("year") - LAST_PRIMARY_GRADE + 1) | Q(
    school_class__stage=Stage.JUNIOR, school_class__cohort=F("year") - (LAST_GRADE - LAST_PRIMARY_GRADE) + 1
)


def sitting(**which) -> QuerySet[Placement]:
    """Present places of children in class."""
    return Placement.objects.filter(
        ends=None,
        enrolment__voided=False,
        enrolment__during__upper_inf=True,
        enrolment__student__status=Student.Status.ENROLLED,
        **which,
    )


def of_schools(places: QuerySet[Placement], begins: date, ends: date) -> QuerySet:
    """school, school, first and last day in the calendar year after the oldest school year of these places."""
    by_school = places.order_by().values("enrolment__school").annotate(ended=Min("year") + 1)
    days = (MakeDate(F("ended"), Value(each.month), Value(each.day)) for each in (begins, ends))
    found = by_school.annotate(subject=F("enrolment__school"), starts=next(days), due=next(days))
    return found.values_list("enrolment__school", "subject", "starts", "due")


def not_promoted(day: date) -> QuerySet:
    """Schools with children who sit in a class of a year before, though the class has a next grade."""
    year = school_year_of(day)
    behind = sitting(year__lt=year, school_class__closed_on=None).exclude(LAST_GRADES)
    return of_schools(behind, turn_of(year - 1), parameters.on(day).yearly("promotion.last_day", year))


def not_graduated(day: date) -> QuerySet:
    """Schools with a last grade in class and no decided graduation of it, from the first day of graduating on."""
    first, last = graduation_days(day.year - 1, parameters.on(day))
    summer = day.year if day >= first else day.year - 1
    grade = Case(
        When(school_class__stage=Stage.PRIMARY, then=LAST_PRIMARY_GRADE),
        default=LAST_GRADE,
        output_field=IntegerField(),
    )
    decided = Graduation.objects.filter(
        lead_school=OuterRef("enrolment__school"), year=OuterRef("year"), grade=OuterRef("finishing"), state="done"
    )
    leaving = sitting(year__lt=summer).filter(LAST_GRADES).annotate(finishing=grade)
    return of_schools(leaving.filter(~Exists(decided)), first, last)


def unconfirmed(day: date) -> QuerySet[CampaignEntry]:
    """Schools with children whose volatile fields nobody has taken over in the running campaign."""
    latest = Campaign.objects.filter(bureau=OuterRef("bureau"), opened_on__lte=day).order_by("-year", "-term")
    running = Campaign.objects.filter(pk=Subquery(latest.values("pk")[:1]))
    waiting = CampaignEntry.objects.filter(campaign__in=running).exclude(state=CampaignEntry.State.ACCEPTED).listed()
    found = waiting.annotate(subject=F("school"))
    return found.values_list("subject", "school", "campaign__opened_on", "campaign__due_on").distinct()


def second_term(year: int) -> date:
    published = Term.objects.filter(year=year, number=2).values_list("starts", flat=True).first()
    return published or date(year + 1, 3, 1)


def without_id_card(day: date) -> QuerySet[Student]:
    """Grade nine without a resident's card, until spring term begins."""
    year = school_year_of(day)
    opened = Term.objects.filter(year=year, number=1).values_list("starts", flat=True).first() or first_day(year)
    nine = Student.objects.filter(freeze.in_grade_nine(day), status=Student.Status.ENROLLED)
    found = without_card(nine).annotate(
        subject=F("pk"),
        starts=Value(opened),
        due=Value(date.fromordinal(second_term(year).toordinal() - 1)),
    )
    return found.values_list("subject", "school", "starts", "due")


def before_freeze(day: date) -> QuerySet[Correction] | None:
    """Corrections of grade nine that must be decided before the freeze begins."""
    span = freeze.ahead(day)
    if span is None:
        return None
    children = Student.objects.filter(freeze.in_grade_nine(day)).values("pk")
    return (
        open_corrections()
        .filter(subjects__child__in=children)
        .annotate(
            subject=F("pk"),
            school=F("lead_school"),
            starts=F("opened_on"),
            due=Value(date.fromordinal(span[0].toordinal() - 1)),
        )
    )


declare(
    Deadline(
        code="registration.month",
        article=articles.REGISTER_IN_A_MONTH,
        title="新生注册学籍",
        unit=Unit.MONTHS,
        length="intake.register_months",
        start="入学之日",
        subject=Subject.CHILD,
        right="make_change",
        tells=("known",),
        found=unregistered,
        same_daily=True,
        met="""SELECT max(k.closed_on) FROM students_registrationentry e
            JOIN approvals_case k ON k.id = e.registration_id WHERE e.student_id = c.subject""",
        remedy="请采集信息、由监护人签字确认，提交教育局核办",
        url="students:list",
        remind=(10, 3, 0),
    ),
    desk(
        "registration.bureau_desk",
        "学籍注册核办",
        Q(kind="registration", desk_right__in=["bureau_make", "bureau_check"]),
        article=articles.REGISTER_IN_A_MONTH,
        right="bureau_make",
        start="报教育局之日",
    ),
    desk("overflow.taken_in", "统筹新生接收", Q(kind="overflow", desk_stage=AT_SCHOOL), article=articles.CATCHMENT),
    Deadline(
        code="year.promotion",
        article=articles.PROMOTION,
        title="升级",
        unit=Unit.FIXED,
        start="新学年开始之日",
        subject=Subject.SCHOOL,
        right="bureau_make",
        tells=("due",),
        found=not_promoted,
        remedy="请由教育局确认升级；例外学生逐名处理后补办",
        url="students:year",
    ),
    Deadline(
        code="year.graduation",
        article=articles.GRADUATION,
        title="毕业操作",
        unit=Unit.FIXED,
        start="毕业操作起始日",
        subject=Subject.SCHOOL,
        right="make_change",
        tells=("due",),
        found=not_graduated,
        remedy="请提交毕业名单并审核；有在办业务的先办结，休学等学生不列入",
        url="students:year",
        remind=(15, 3, 0),
    ),
    Deadline(
        code="campaign.term",
        article=articles.VOLATILE_FIELDS,
        title="动态信息维护",
        unit=Unit.FIXED,
        start="教育局布置之日",
        subject=Subject.SCHOOL,
        right="make_change",
        tells=("due",),
        found=unconfirmed,
        met="""SELECT max(e.accepted_on) FROM students_campaignentry e
            JOIN students_campaign g ON g.id = e.campaign_id AND g.opened_on = c.starts_on
            WHERE e.school_id = c.subject""",
        remedy="请班主任逐名确认、学籍管理员接受本校学生的动态信息",
        url="students:campaign",
        remind=(7, 1, 0),
    ),
    Deadline(
        code="exam.id_card",
        article=articles.EXAM_FREEZE,
        title="九年级学生居民身份证",
        unit=Unit.FIXED,
        start="秋季开学之日",
        subject=Subject.CHILD,
        right="make_change",
        tells=("due",),
        found=without_id_card,
        remedy="请督促监护人在春季开学前办理居民身份证，凭证办理信息变更",
        url="students:freeze",
        remind=(60, 30, 7),
    ),
    Deadline(
        code="exam.before_freeze",
        article=articles.EXAM_FREEZE,
        title="冻结期前办结关键信息变更",
        unit=Unit.FIXED,
        start="申请之日",
        subject=Subject.CASE,
        right="make_change",
        tells=("due",),
        found=before_freeze,
        met="SELECT k.closed_on FROM approvals_case k WHERE k.id = c.subject",
        remedy="请在冻结期开始前办结或撤回；冻结期内九年级关键信息不能变更",
        url="approvals:case",
        remind=(14, 7, 3, 0),
    ),
)
