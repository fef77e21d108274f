"""修业证明, the list by which certificates are handed out, and 在籍证明, 休学证明 (第三十二条; requirements §5)."""

from approvals.models import Case
from jianping_xueji.vault import mask_name
from law import clock
from law.school_time import school_year_name
from schools.models import School, SchoolClass
from students.change_pages import place_name as class_of
from students.filters import ON_ROLL
from students.models import Certificate, Student

from .contact import in_full
from .errors import NotPrintable
from .rosters import NAME, NUMBER, SEX, Column, content_of
from .subject import Sheet
from .suspension_forms import last_day_of
from .wording import day, month

COLLECTION = (
    NUMBER, NAME, SEX, Column("birth_date", "出生日期", 20), Column("registry", "学籍号（末四位）", 24),
    Column("kind", "证书种类", 20), Column("number", "证书编号", 44), Column("sealed_on", "验印日期", 24),
    Column("issued_on", "发证日期", 24), Column("collected_by", "领取人签字", 34),
    Column("collected_on", "领取日期", 24), Column("remark", "备注", 10),
)  # fmt: skip
BLANK_ROWS = 20


def collection_list(about: None) -> dict:
    rows = [{"order": str(n)} for n in range(1, BLANK_ROWS + 1)]
    return content_of("毕业证书发放清单（领取签字表）", COLLECTION, rows) | {"decision": "空白表"}


def collection_of(school: School, year: int) -> Sheet:
    """The papers of one school and year; who has collected is printed, who has not signs. Raises NotPrintable."""
    papers = Certificate.objects.standing().filter(school=school, year=year).exclude(number="")
    papers = papers.select_related("student").prefetch_related("student__numbers")
    rows = [collection_row(n, p) for n, p in enumerate(papers.order_by("kind", "number", "student__name_pinyin"), 1)]
    if not rows:
        raise NotPrintable(
            f"{school}{school_year_name(year)}还没有编了号的证书；毕业办结并导入证书编号后再打印（第三十二条）。"
        )
    boys = sum(row["sex"] == "男" for row in rows)
    content = content_of("毕业证书发放清单（领取签字表）", COLLECTION, rows) | {
        "school": school.name,
        "class": school_year_name(year),
        "teacher": "",
        "boys": str(boys),
        "girls": str(len(rows) - boys),
        "heads_all": str(len(rows)),
        "bureau": str(school.bureau),
        "decision": f"{len(rows)}份证书",
    }
    return Sheet(content, (school.pk,), f"{school.name}{school_year_name(year)}", school=school)


def collection_row(number: int, paper: Certificate) -> dict:
    child = paper.student
    held = child.registry_number
    return {
        "order": str(number),
        "name": child.name,
        "sex": child.sex_name,
        "birth_date": f"{child.birth_date:%Y-%m-%d}",
        "registry": f"{held.letter}…{held.tail}" if held else "",
        "kind": paper.get_kind_display(),
        "number": paper.number,
        "sealed_on": f"{paper.sealed_on:%Y-%m-%d}" if paper.sealed_on else "",
        "issued_on": f"{paper.issued_on:%Y-%m-%d}" if paper.issued_on else "",
        "collected_by": f"{paper.collected_by}（已领）" if paper.collected_on else "",
        "collected_on": f"{paper.collected_on:%Y-%m-%d}" if paper.collected_on else "",
    }


def completion_certificate(about: None) -> dict:
    return {"decision": "空白表"}


def completion_of(paper: Certificate) -> Sheet:
    """修业证明 of a child that was not passed. Raises NotPrintable for another paper, or a void one."""
    if paper.kind != Certificate.Kind.COMPLETION or paper.voided or not paper.number:
        raise NotPrintable("只有有效的修业证明由本系统打印；毕业证书由市教育局统一印制（第三十二条）。")
    content = letter_of(paper.student, paper.school) | {
        "proof_number": paper.number,
        "entered": month(paper.student.entered_month),
        "left": f"{paper.year + 1}年7月",
        "issued_on": day(paper.issued_on),
        "decision": f"修业证明{paper.number}",
    }
    subject = f"修业证明{paper.number}，{mask_name(paper.student.name)}"
    return Sheet(
        content, (paper.school_id,), subject, school=paper.school, children=(paper.student,), child=paper.student
    )


def enrolment_proof(about: None) -> dict:
    return {"decision": "空白表"}


def enrolment_of(child: Student) -> Sheet:
    """在籍证明 of a child on the roll: where its record is and how it stands today. Raises NotPrintable."""
    if child.status not in ON_ROLL:
        raise NotPrintable(f"{child.name}现为“{child.get_status_display()}”，不在籍，不能出具在籍证明（第七条）。")
    content = letter_of(child, child.school) | {
        "class": class_of(child),
        "entered": month(child.entered_month),
        "status": child.get_status_display(),
        "issued_on": day(clock.today()),
        "decision": f"{day(clock.today())}在籍，{child.get_status_display()}",
    }
    subject = f"在籍证明，{mask_name(child.name)}，{child.school.name}"
    return Sheet(content, (child.school_id,), subject, school=child.school, children=(child,), child=child)


def enrolment_of_child(child: Student, school_class: SchoolClass) -> dict:
    """The same for a child of a class that is printed as a whole."""
    return enrolment_of(child).content


def suspension_proof(case: Case | None) -> dict:
    """休学证明 of a decided suspension. Raises NotPrintable before."""
    if case is None:
        return {"decision": "空白表"}
    if case.state not in case.SUCCESS:
        raise NotPrintable(f"{case.number}尚未准予休学（或已撤销），不能出具休学证明（第二十一条）。")
    return letter_of(case.child, case.lead_school) | {
        "proof_number": case.number,
        "class": class_of(case.child),
        "from_day": day(case.starts_on),
        "until": day(last_day_of(case)),
        "issued_on": day(case.closed_on),
        "decision": case.state_name,
    }


def letter_of(child: Student, school: School) -> dict:
    """What every letter about a child says of it."""
    return {
        "name": child.name,
        "sex": child.sex_name,
        "birth_date": day(child.birth_date),
        "id_number": in_full(child.id_number),
        "registry_number": in_full(child.registry_number),
        "school": school.name,
        "bureau": str(school.bureau),
    }
