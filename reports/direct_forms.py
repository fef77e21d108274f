"""县直中小学学生转入审核表 and 域外企业家…子女安排就学登记审核表: the papers of a 县直 school (第十七条第（一）项)."""

from approvals.models import Case, Material
from schools.models import Seats
from transfers.desks import PREREVIEW_BUREAU, PREREVIEW_SCHOOL
from transfers.grounds import Ground
from transfers.materials import (
    APPLICATION,
    BASICS_FORM,
    CONTACT_FORM,
    HOUSEHOLD_BOOK,
    INVESTOR_FORM,
    INVESTOR_HOUSEHOLD,
    LICENCE,
    NEARNESS,
    NO_PROPERTY,
    PROPERTY,
    RESIDENCE,
    TALENT_CONTRACT,
    WITNESSES,
)

from .contact import IN_HAND, child_of, guardian_row, move_of
from .decisions import blank_blocks, opinion_blocks
from .errors import NotPrintable
from .suspension_forms import ticks
from .wording import day, guardians_of

# Who looks first at these two desks, as the form says it
MAKERS = ("初审人", "复核人")
REVIEWS = {PREREVIEW_SCHOOL: ("学校初审意见", "校　长"), PREREVIEW_BUREAU: ("县教育局复核意见", "负责人")}
PROPERTY_OWNED, INVESTED, NO_HOUSE, SPECIAL = "property", "investor", "migrant", "special"
SORTS = {
    PROPERTY_OWNED: "房产（一般）",
    INVESTED: "招商引资",
    NO_HOUSE: "工作调动、务工随迁（无房）",
    SPECIAL: "特殊原因",
}
PAPERS = (
    ("共同", (CONTACT_FORM, BASICS_FORM, HOUSEHOLD_BOOK, RESIDENCE)),
    ("房产", (PROPERTY,)),
    ("招商引资", (INVESTOR_FORM, LICENCE, INVESTOR_HOUSEHOLD, TALENT_CONTRACT)),
    ("无房随迁", (NO_PROPERTY, NEARNESS)),
    ("特殊原因", (APPLICATION, WITNESSES)),
)
KEPT_AS_ORIGINALS = (CONTACT_FORM, BASICS_FORM, INVESTOR_FORM, NO_PROPERTY, APPLICATION, WITNESSES)
APPLICANTS = {"investor": "域外企业家", "expert": "高级专业技术人才", "manager": "高级管理人才"}
INVESTOR_PAPERS = (LICENCE, INVESTOR_HOUSEHOLD, TALENT_CONTRACT)
# Which departments seal this form is the bureau's to say: their names are written in by hand.
SEALS = (
    "企业意见",
    "有关部门意见（部门名称：　　　　　　　　）",
    "有关部门意见（部门名称：　　　　　　　　）",
    "县教育局意见",
)


def direct_form(case: Case | None) -> dict:
    """What the school looks at before it takes a child in: papers, seats, and the headmaster's word; blank for None."""
    if case is None:
        papers, desks = paper_groups({}), reviewed(blank_blocks(REVIEWS))
        return {"sorts": ticks(SORTS, ""), "papers": papers, "desks": desks, "decision": "空白表"}
    if not case.lead_school.county_direct:
        raise NotPrintable(f"{case.lead_school.name}不是县直学校，不用填《县直中小学学生转入审核表》（第十七条）。")
    return applied(case) | {
        "sorts": ticks(SORTS, sort_of(case)),
        "papers": paper_groups(states_of(case)),
        "seats": seats_of(case),
        "desks": reviewed(opinion_blocks(case, REVIEWS)),
        "started_on": day(case.accepted_on),
        "ended_on": day(case.closed_on) if case.state in case.SUCCESS else "",
        "decision": case.state_name,
    }


def reviewed(blocks: list[dict]) -> list[dict]:
    return [block | {"made": maker} for block, maker in zip(blocks, MAKERS, strict=True)]


def applied(case: Case) -> dict:
    """Whom both forms are about."""
    return {
        "case_number": case.number,
        "filled_on": day(case.accepted_on or case.opened_on),
        "child": child_of(case.child),
        "move": move_of(case),
        "guardians": [guardian_row(member) for member in guardians_of(case.child)],
    }


def sort_of(case: Case) -> str:
    """Which of the four sorts of 转入 the case's ground makes it."""
    if case.ground == Ground.INVESTOR:
        return INVESTED
    if case.ground == Ground.OTHER:
        return SPECIAL
    return NO_HOUSE if case.ground in (Ground.PARENT_JOB, Ground.MIGRANT) and not case.has_property else PROPERTY_OWNED


def states_of(case: Case) -> dict[str, str]:
    return dict(case.materials.filter(required=True).values_list("code", "state"))


def paper_groups(states: dict[str, str]) -> list[dict]:
    """All papers by sort; ticked what has been handed in, and, once it was held against the original, 原件、复印件."""
    return [{"name": name, "papers": [seen(paper, states) for paper in papers]} for name, papers in PAPERS]


def seen(paper, states: dict[str, str]) -> dict:
    """A line of 材料初审. Of a paper made for this case the original stays with the school: there is no copy."""
    checked = states.get(paper.code) == Material.State.CHECKED
    (line,) = listed((paper,), states)
    return line | {"original": checked, "copied": checked and paper not in KEPT_AS_ORIGINALS}


def listed(papers, states: dict[str, str]) -> list[dict]:
    return [{"ticked": states.get(paper.code) in IN_HAND, "label": paper.label} for paper in papers]


def seats_of(case: Case) -> dict:
    """The class (or, before one is chosen, the grade) the child would sit in, as the ledger of seats has it."""
    grades = Seats.objects.filter(school=case.lead_school, grade=case.grade)
    row = grades.filter(school_class=case.to_class).order_by("-year").first()
    if row is None:
        return {}
    classes = grades.filter(year=row.year).exclude(school_class=None).count()
    return {
        "classes": str(classes),
        "heads": str(row.used),
        "capacity": str(row.capacity + row.granted),
        "free": str(max(row.free_seats, 0)),
    }


def investor_form(case: Case | None) -> dict:
    """Who brings investment or skill, whose child is to be placed where; blank for None."""
    blocks = [{"caption": caption, "chief": "负责人"} for caption in SEALS]
    if case is None:
        papers = listed(INVESTOR_PAPERS, {})
        return {"sorts": ticks(APPLICANTS, ""), "papers": papers, "desks": blocks, "decision": "空白表"}
    if case.ground != Ground.INVESTOR:
        raise NotPrintable(f"{case.number}的转学理由不是招商引资企业家（人才）子女随迁，不用填本表（第十七条）。")
    return applied(case) | {
        "sorts": ticks(APPLICANTS, "" if case.is_talent else "investor"),
        "papers": listed(INVESTOR_PAPERS, states_of(case)),
        "desks": blocks,
        "decision": case.state_name,
    }
