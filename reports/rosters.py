"""新生花名册 and 毕业生花名册 of one class (第十条): A4 landscape, 续表 from the second page on."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import Appointment
from accounts.roles import Role
from approvals.models import CaseSubject
from law import clock
from law.school_time import LAST_GRADE, LAST_PRIMARY_GRADE, grade_name, school_year_of
from schools.models import SchoolClass
from students.dictionary.codes import table
from students.models import Certificate, Enrolment, Graduation, Placement, Student

from .contact import in_full, place_name
from .errors import NotPrintable
from .paging import ROWS_A_PAGE, cuts
from .subject import Sheet
from .wording import guardians_of, month

PAPERS = {Certificate.Kind.GRADUATION: "毕业", Certificate.Kind.COMPLETION: "修业期满"}


@dataclass(frozen=True)
class Column:
    """A column of a roster: key of the row's value, heading, width in millimetres."""

    key: str
    label: str
    width: int


NUMBER, NAME, SEX = Column("order", "序号", 7), Column("name", "姓名", 22), Column("sex", "性别", 7)
PERSON = (NAME, SEX, Column("ethnicity", "民族", 11), Column("birth_date", "出生日期", 17))
REGISTRY, IDENTITY = Column("registry_number", "学籍号", 32), Column("id_number", "身份证件号", 30)
NEWCOMERS = (
    NUMBER, REGISTRY, *PERSON, IDENTITY, Column("household", "户籍所在地", 24), Column("address", "现住址", 35),
    Column("guardian", "监护人", 18), Column("relation", "关系", 10), Column("phone", "联系电话", 20),
    Column("entry", "入学方式", 13), Column("lodging", "就读方式", 8), Column("remark", "备注", 9),
)  # fmt: skip
GRADUATES = (
    NUMBER, REGISTRY, *PERSON, IDENTITY, Column("entered", "入学年月", 16), Column("left", "毕业年月", 16),
    Column("passed", "毕业/修业", 14), Column("certificate", "证书编号", 35), Column("went_to", "去向（升入学校）", 27),
    Column("signature", "领取人签字", 18), Column("remark", "备注", 11),
)  # fmt: skip


# The city seals the certificates of a roster on one day (第三十二条).
SEALED = {"seal_line": "验印日期：＿＿＿＿年＿＿月＿＿日"}


def newcomers_roster(about: None) -> dict:
    return blank("新生花名册", NEWCOMERS)


def graduates_roster(about: None) -> dict:
    return blank("毕业生花名册", GRADUATES) | SEALED


def blank(title: str, columns: tuple[Column, ...]) -> dict:
    return content_of(title, columns, [{"order": str(n)} for n in range(1, ROWS_A_PAGE + 1)]) | {"decision": "空白表"}


def content_of(title: str, columns: Iterable[Column], rows: list[dict]) -> dict:
    """Rows cut into pages; every page is a table of its own with its heading."""
    columns = list(columns)
    pages = [rows[cut] for cut in cuts(rows, columns)]
    return {
        "title": title,
        "heads": [{"label": column.label, "width": str(column.width)} for column in columns],
        "pages": [[[row.get(column.key, "") for column in columns] for row in page] for page in pages],
    }


def newcomers_of(school_class: SchoolClass) -> Sheet:
    """The roster of a class in its year of entry. Raises NotPrintable for an older class, or an empty one."""
    year = school_year_of(clock.today())
    if school_class.cohort != year:
        raise NotPrintable(f"{school_class}不是本学年的新生班；新生花名册在入学当学年打印（第十条）。")
    places = Placement.objects.filter(school_class=school_class, ends=None, enrolment__voided=False)
    children = children_in(places)
    rows = [newcomer_row(number, child) for number, child in enumerate(children, 1)]
    return sheet("新生花名册", NEWCOMERS, school_class, school_class.name_in(year), children, rows)


def graduates_of(school_class: SchoolClass) -> Sheet:
    """The roster of a class that has left, once its graduation is decided. Raises NotPrintable before."""
    primary = school_class.stage == "primary"
    grade, years = (
        (LAST_PRIMARY_GRADE, LAST_PRIMARY_GRADE) if primary else (LAST_GRADE, LAST_GRADE - LAST_PRIMARY_GRADE)
    )
    left = school_class.cohort + years
    decided = Graduation.objects.filter(lead_school=school_class.school_id, year=left - 1, grade=grade, state="done")
    sat_here = Placement.objects.filter(school_class=school_class, year=left - 1, enrolment__voided=False)
    places = sat_here.filter(enrolment__student__in=CaseSubject.objects.filter(case__in=decided).values("child"))
    children = children_in(places)
    papers, went = papers_of(children), destinations_of(children, school_class.school_id)
    rows = [
        graduate_row(number, child, f"{left}年7月", papers.get(child.pk))
        | {"passed": passed(primary, papers.get(child.pk)), "went_to": went.get(child.pk, "")}
        for number, child in enumerate(children, 1)
    ]
    name = f"{left}届{grade_name(grade)}{school_class.number}班"
    return sheet("毕业生花名册", GRADUATES, school_class, name, children, rows, **SEALED)


def children_in(places) -> list[Student]:
    found = Student.objects.filter(pk__in=places.values("enrolment__student"))
    return list(found.prefetch_related("numbers", "family").order_by("name_pinyin", "pk"))


def papers_of(children: list[Student]) -> dict[int, Certificate]:
    return {paper.student_id: paper for paper in Certificate.objects.standing().filter(student__in=children)}


def destinations_of(children: list[Student], school: int) -> dict[int, str]:
    """Where the record went after this school, as far as it is known."""
    later = Enrolment.objects.filter(student__in=children, voided=False).exclude(school=school).select_related("school")
    return {enrolment.student_id: enrolment.school.name for enrolment in later.order_by("during")}


def sheet(
    title: str, columns, school_class: SchoolClass, name: str, children: list, rows: list[dict], **feet: str
) -> Sheet:
    """The paper of one class with its head and feet."""
    if not rows:
        wanting = "还没有办结毕业的学生" if title == "毕业生花名册" else "没有学生"
        raise NotPrintable(f"{school_class.school}{name}{wanting}，没有打印《{title}》（第十条）。")
    school = school_class.school
    boys = sum(child.sex == "1" for child in children)
    content = content_of(title, columns, rows) | {
        "school": school.name,
        "class": name,
        "teacher": teacher_of(school_class),
        "boys": str(boys),
        "girls": str(len(children) - boys),
        "heads_all": str(len(children)),
        "bureau": str(school.bureau),
        "decision": f"{len(children)}名学生",
        **feet,
    }
    return Sheet(content, (school.pk,), f"{school.name}{name}", school=school, children=children)


def teacher_of(school_class: SchoolClass) -> str:
    """The class teacher in office today."""
    held = Appointment.objects.live(clock.today()).filter(role=Role.CLASS_TEACHER, school_class=school_class)
    first = held.select_related("user").first()
    return (first.user.name or "") if first else ""


def person_row(number: int, child: Student) -> dict:
    return {
        "order": str(number),
        "registry_number": in_full(child.registry_number),
        "name": child.name,
        "sex": child.sex_name,
        "ethnicity": table("mz").name_of(child.ethnicity),
        "birth_date": f"{child.birth_date:%Y-%m-%d}",
        "id_number": in_full(child.id_number),
    }


def newcomer_row(number: int, child: Student) -> dict:
    guardian = next(iter(guardians_of(child)), None)
    return person_row(number, child) | {
        "household": place_name(child.household_division),
        "address": child.home_address or child.family_address,
        "guardian": guardian.name if guardian else "",
        "relation": (guardian.relation_note or table("jtgx").name_of(guardian.relation)) if guardian else "",
        "phone": (guardian.phone if guardian else "") or child.phone,
        "entry": table("rxfs").name_of(child.entry_mode),
        "lodging": table("jdfs").name_of(child.lodging),
    }


def graduate_row(number: int, child: Student, left: str, paper: Certificate | None) -> dict:
    return person_row(number, child) | {
        "entered": month(child.entered_month),
        "left": left,
        "certificate": paper.number if paper else "",
    }


def passed(primary: bool, paper: Certificate | None) -> str:
    if primary:
        return "小学毕业"
    return PAPERS[paper.kind] if paper else ""
