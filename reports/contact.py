"""义务教育阶段学生转学联系表: the paper that child and guardians sign and the four desks seal (第十七条)."""

from approvals.models import Case, Step
from approvals.presenting import signature_of_step, stage_steps
from law.school_time import grade_name, school_year_of
from schools.models import Division
from students.dictionary.codes import table
from students.dictionary.divisions import words_of
from students.models import Student, StudentNumber
from transfers.desks import FROM_BUREAU, FROM_SCHOOL, TO_BUREAU, TO_SCHOOL
from transfers.grounds import Ground
from transfers.materials import CONTACT_FORM

from .wording import day, guardians_of, month

# stage → caption of its block and the title of its second signer
BLOCKS = {
    TO_SCHOOL: ("转入学校意见", "校　长"),
    TO_BUREAU: ("转入地教育行政部门意见", "负责人"),
    FROM_SCHOOL: ("转出学校意见", "校　长"),
    FROM_BUREAU: ("转出地教育行政部门意见", "负责人"),
}
USUAL_PAPERS = ("居民户口簿", "实际常住地居住证明", "学生基本信息表（转出学校盖章）", "其他证明")
IN_HAND = ("handed", "checked")
# What an opinion block holds beside its seal; a desk outside the county must also say who, where, by what.
OPINION_SHOWN = 66
OUTSIDE_SHOWN = 24


def contact_form(case: Case | None) -> dict:
    """Values of the filled form of one transfer, or of the blank form (None)."""
    if case is None:
        return blank_form()
    return {
        "case_number": case.number,
        "filled_on": day(case.accepted_on or case.opened_on),
        "child": child_of(case.child),
        "move": move_of(case),
        "guardians": [guardian_row(member) for member in guardians_of(case.child)],
        "grounds": [{"ticked": g.value == case.ground, "label": g.label} for g in Ground],
        "other_note" if case.ground == Ground.OTHER else "ground_note": case.ground_note,
        "papers": papers_of(case),
        "desks": [desk_of(case, stage) for stage in BLOCKS],
        "calls_file": case.calls_file,
        "decision": case.state_name,
    }


def blank_form() -> dict:
    return {
        "grounds": [{"ticked": False, "label": g.label} for g in Ground],
        "papers": [{"ticked": False, "label": label} for label in USUAL_PAPERS],
        "desks": [{"caption": caption, "chief": chief} for caption, chief in BLOCKS.values()],
        "decision": "空白表",
    }


def child_of(child: Student) -> dict:
    return {
        "name": child.name,
        "sex": child.sex_name,
        "ethnicity": table("mz").name_of(child.ethnicity),
        "birth_date": day(child.birth_date),
        "id_number": in_full(child.id_number),
        "registry_number": in_full(child.registry_number),
        "household_kind": table("hkxz").name_of(child.household_kind),
        "household": place_name(child.household_division),
        "address": child.home_address or child.family_address,
        "phone": child.phone,
    }


def in_full(number: StudentNumber | None) -> str:
    """The form asks for the whole number; the print's own row and a look in the log answer for it."""
    return number.plain() if number else ""


def place_name(code: str) -> str:
    """A division in words; a code nobody can name stays a code, to be completed by hand."""
    if not code:
        return ""
    if known := words_of(code):
        return known
    named = Division.objects.filter(code=code.rstrip("0").ljust(6, "0")).first()
    return named.name if named else code


def move_of(case: Case) -> dict:
    """From which school, class and grade to which."""
    child, target = case.child, case.to_class
    return {
        "from_school": case.from_school_name,
        "from_place": place_name(case.from_division[:6]),
        "from_code": case.from_school_code,
        "from_class": case.from_class or grade_name(case.grade),
        "entered_month": month(child.entered_month),
        "to_school": case.lead_school.name,
        "to_place": place_name(case.lead_school.division_id[:6]),
        "to_code": case.lead_school.code,
        "to_class": target.name_in(school_year_of(case.opened_on)) if target else grade_name(case.grade),
        "scope": case.scope,
    }


def guardian_row(member) -> dict:
    return {
        "name": member.name,
        "relation": member.relation_note or table("jtgx").name_of(member.relation),
        "workplace": member.workplace,
        "phone": member.phone,
    }


def papers_of(case: Case) -> list[dict]:
    """The checklist of this case; ticked what has been handed in."""
    papers = case.materials.filter(required=True).exclude(code=CONTACT_FORM.code)
    return [{"ticked": paper.state in IN_HAND, "label": paper.label} for paper in papers]


def desk_of(case: Case, stage: str) -> dict:
    """One opinion block from the signed steps of its desk; what is not signed stays empty for the pen."""
    signed = {step.signature: step for step in stage_steps(case).get(stage, [])}
    maker, checker = signed.get("make"), signed.get("check")
    outside = maker.particulars if maker and maker.particulars.get("outside_unit") else None
    caption, chief = BLOCKS[stage]
    shown = OUTSIDE_SHOWN if outside else OPINION_SHOWN
    block = {"caption": caption, "chief": chief, "opinion": opinion_of(checker, shown) if checker else ""}
    if outside:
        return block | outside_desk(outside, maker, checker, entered_at=str(case.lead_school.bureau))
    return block | {
        "maker": signer(maker) if maker else ("—" if checker else ""),
        "made_on": day(maker.acted_on) if maker else "",
        "checker": signer(checker) if checker else "",
        "signed_on": day(checker.acted_on) if checker else "",
    }


def outside_desk(record: dict, maker: Step, checker: Step | None, *, entered_at: str) -> dict:
    """A desk beyond the county: its unit, person, day and evidence, and who entered them here."""
    entered = entered_at + "、".join(signer(step) for step in (maker, checker) if step)
    proof = shortened(f"{record['outside_unit']}，凭据：{record.get('outside_evidence', '')}", OUTSIDE_SHOWN)
    return {
        "maker": record.get("outside_person", ""),
        "signed_on": day(record.get("outside_day")) if checker else "",
        "recorded": f"{proof}（{entered}登记）",
    }


def signer(step: Step) -> str:
    return signature_of_step(step)["name"]


def opinion_of(step: Step, shown: int = OPINION_SHOWN) -> str:
    """What was decided and, when something was written, the words."""
    return shortened(f"{step.label}：{step.opinion}" if step.opinion else f"{step.label}。", shown)


def shortened(text: str, shown: int = OPINION_SHOWN) -> str:
    """As much of a text as its block holds, said to be no more than that; the whole text stays in the case."""
    return text if len(text) <= shown else text[:shown] + "……（全文见案卷）"
