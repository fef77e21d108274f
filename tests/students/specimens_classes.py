"""Drafts of 分班, 调班, 招生计划, 开班 and 撤班, and the children and classes their stories need."""

from datetime import date

from accounts.roles import Role
from approvals.services import perform
from jianping_xueji import vault
from law import clock, parameters
from law.school_time import school_year_of
from schools import seats
from schools.models import SchoolClass, cohort_of
from students import enrolments
from students.classing.class_change import start_class_change
from students.classing.services import start_placing
from students.models import ClassMove, HomeMove, Student
from students.plans.services import propose_plan, start_plan
from students.spelling import initials_of, pinyin_of
from tests.changes import drafted, specimen
from tests.county import id_number, staff_member

DOCUMENT = "建教发〔2026〕15号"


def another_class(school, grade, kind=SchoolClass.Kind.ORDINARY) -> SchoolClass:
    """One more class of a grade, in the ledger of an unplanned year as the school's other classes are."""
    year, cap = school_year_of(clock.today()), parameters.on(clock.today())["class.cap"]
    stage, cohort = cohort_of(grade, year)
    number = school.classes.filter(stage=stage, cohort=cohort).count() + 1
    made = SchoolClass.objects.create(school=school, stage=stage, cohort=cohort, number=number, kind=kind)
    seats.ensure_rows(school.pk, year, cap)
    if kind != SchoolClass.Kind.HOME_TEACHING:
        row = school.seats_set.get(year=year, grade=grade, school_class=None)
        row.capacity += cap
        row.save()
    return made


def newcomers(school, number, *, grade=1, sequence=500, **traits) -> list[Student]:
    """Children on the roll who entered this September and sit in no class yet."""
    today = clock.today()
    year = school_year_of(today)
    _, cohort = cohort_of(grade, year)
    made = []
    named = traits.pop("name", None)
    for n in range(number):
        sex, name = "12"[n % 2], named or f"新生{n:03d}"
        birth = date(year - 6 - (grade - 1), 1 + n % 8, 1 + n % 27)
        child = Student.objects.create(
            school=school,
            wrapped_key=vault.new_child_key(),
            status=Student.Status.ENROLLED,
            name=name,
            name_pinyin=pinyin_of(name),
            name_initials=initials_of(name),
            sex=sex,
            birth_date=birth,
            id_type="1",
            entered_month=f"{cohort}09",
            **traits,
        )
        enrolments.sealed_number(child, "id", id_number(birth, sequence % 490 + n, sex), today).save()
        made.append(child)
    enrolments.begin([(child, None) for child in made], school=school, on=date(year, 9, 1), how="建籍")
    enrolments.issue_temporary_numbers(made, on=date(year, 9, 1), area="211399")
    return made


def drafted_plan(school, lines, year=2026, document=DOCUMENT):
    return start_plan(
        school, by=staff_member(Role.BUREAU_CLERK, school.bureau), year=year, lines=lines, document=document
    )


def proposed_plan(school, lines, year=2027, reason="学区内适龄儿童130人"):
    """A school's own proposal, still with its registrar."""
    return propose_plan(school, by=staff_member(Role.REGISTRAR, school), year=year, lines=lines, reason=reason)


def signed_proposal(school, lines, **more):
    """A proposal signed by the headmaster, on the desk of the bureau's clerk."""
    case = perform(proposed_plan(school, lines, **more), "hand_in", by=staff_member(Role.REGISTRAR, school))
    return perform(case, "sign_proposal", by=staff_member(Role.HEADMASTER, school))


def drafted_class_change(school, **given):
    return start_class_change(school, by=staff_member(Role.REGISTRAR, school), reason="生源增加", **given)


def drafted_placing(school, grade=1, seed=7):
    return start_placing(school, grade, by=staff_member(Role.REGISTRAR, school), seed=seed)


@specimen("placing")
def placing(county):
    if county.no1.classes.filter(cohort=school_year_of(clock.today())).count() < 2:
        another_class(county.no1, 1)
    newcomers(county.no1, 6, sequence=10 + Student.objects.filter(name__startswith="新生").count())
    return drafted_placing(county.no1)


@specimen("class_move")
def class_move(county):
    child = county.child_at(county.no1, grade=3)
    return drafted(ClassMove, child, to_class=another_class(county.no1, 3), reason="行动不便，须在一层就读")


def drafted_home_move(child, grade=3, to_class=None, **more):
    """From the child's class into the one of its grade taught at home, opened for it."""
    to_class = to_class or another_class(child.school, grade, SchoolClass.Kind.HOME_TEACHING)
    return drafted(HomeMove, child, to_class=to_class, reason="重度肢体残疾，不能到校", **more)


@specimen("home_move")
def home_move(county):
    return drafted_home_move(county.child_at(county.no1, grade=3))
