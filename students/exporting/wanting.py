"""问题清单 of a school: who waits for a formal number, who has a 问题学籍, whose compulsory fields are empty."""

from collections.abc import Iterator

from law import articles
from schools.models import School

from ..dictionary.fields import FIELDS
from ..filters import ON_ROLL
from ..models.child import Student, StudentNumber
from ..models.problem import Problem
from ..numbering.presenting import waiting_numbers
from ..problems.presenting import REMEDIES
from ..record import ELSEWHERE
from .cells import class_names

HEADS = ["班级", "姓名", "性别", "学籍号（末四位）", "学籍状态", "问题", "依据", "怎样办"]
WIDTHS = (14, 14, 6, 18, 10, 48, 14, 60)
REQUIRED = [
    field
    for field in FIELDS
    if field.required == "Y" and field.attribute not in (*ELSEWHERE, "class_number", "grade", "id_number")
]
LETTERS = {
    "L": ("学籍号还是 L 开头的临时号", "在全国系统申请学籍号；编发后由教育局登记编发结果"),
    "J": ("学籍号是 J 开头（无身份证件）", "催办居民身份证或户口登记，取得后办理基础信息变更，再申请正式学籍号"),
}
Line = tuple[Student, str, str, str]


def children_of(school: School):
    """Children on the roll with what their lines need."""
    found = Student.objects.filter(school=school, status__in=ON_ROLL).prefetch_related("numbers", "family")
    return found.order_by("name_pinyin", "pk")


def counts_of(school: School) -> dict[str, int]:
    """How many wait and how many findings are open, without opening a record."""
    waiting = StudentNumber.objects.filter(waiting_numbers("student__"), student__school=school)
    letters = list(waiting.values_list("letter", flat=True))
    problems = Problem.objects.filter(state=Problem.State.OPEN, child__school=school)
    return {
        "children": Student.objects.filter(school=school, status__in=ON_ROLL).count(),
        "temporary": letters.count("L"),
        "without_id": letters.count("J"),
        "problems": problems.count(),
    }


def lines_of(school: School) -> Iterator[list[str]]:
    """The sheet: one line per child and problem, class by class."""
    children = list(children_of(school))
    places = class_names(children)
    told = [*waiting(children), *findings(school, children), *gaps(children)]
    told.sort(key=lambda line: (places.get(line[0].pk, "～"), line[0].name_pinyin, line[0].pk))
    for child, what, article, remedy in told:
        number = child.registry_number
        yield [
            places.get(child.pk, "未编班"),
            child.name,
            child.sex_name,
            f"{number.letter}…{number.tail}" if number else "没有",
            child.get_status_display(),
            what,
            article,
            remedy,
        ]


def waiting(children: list[Student]) -> Iterator[Line]:
    for child in children:
        number = child.registry_number
        if number and number.letter in LETTERS:
            what, remedy = LETTERS[number.letter]
            yield child, what, str(articles.REGISTER_IN_A_MONTH), remedy
        elif number is None:
            yield child, "没有学籍号", str(articles.REGISTER_IN_A_MONTH), "核对学生是否已经注册学籍"


def findings(school: School, children: list[Student]) -> Iterator[Line]:
    known = {child.pk: child for child in children}
    open_ones = Problem.objects.filter(state=Problem.State.OPEN, child__school=school)
    for problem in open_ones.order_by("pk"):
        if child := known.get(problem.child_id):
            ways = "；或".join(f"{name}：{words}" for _, name, words, _ in REMEDIES[problem.what])
            yield child, f"问题学籍：{problem.get_what_display()}", str(articles.NO_FALSE_RECORD), ways


def gaps(children: list[Student]) -> Iterator[Line]:
    for child in children:
        if missing := missing_of(child):
            remedy = "向家长补采，按学生基本信息表签字确认；动态信息在“动态信息维护”中补，其余办理基础信息变更"
            yield child, f"必填项为空：{'、'.join(missing)}", str(articles.REGISTER_COLLECT), remedy


def missing_of(child: Student) -> list[str]:
    """Labels of compulsory fields that are empty; of a second family member nothing is asked when there is none."""
    family = {member.position_in_form: member for member in child.family.all()}
    found = []
    for field in REQUIRED:
        owner = family.get(field.member) if field.member else child
        if owner is None and field.member == 2:
            continue
        value = getattr(owner, field.own_name if field.member else field.attribute, None) if owner else None
        if value in (None, ""):
            found.append(field.label)
    return found
