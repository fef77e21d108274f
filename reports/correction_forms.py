"""学籍信息变更申请表 and 一致性核对单: the papers of correcting a record (第十二条、第十四条)."""

from approvals.models import Case
from approvals.ways import BUREAU, LEADER, SCHOOL
from law import clock
from law.school_time import LAST_GRADE, school_year_of
from schools.models import SchoolClass
from students import corrections, freeze
from students.as_asked import child_as_asked, class_as_asked, number_as_asked
from students.change_pages import place_name
from students.dictionary.codes import table
from students.dictionary.fields import by_attribute
from students.models import Correction, CorrectionItem, Student
from students.models.correction import Ground

from .contact import child_of, in_full
from .decisions import blank_blocks, opinion_blocks
from .errors import NotPrintable
from .suspension_forms import head_of, ticks
from .wording import day

DESKS = {SCHOOL: ("学校核准意见", "校　长"), BUREAU: ("县级学籍主管部门核准意见", "负责人")}
LEADER_DESK = {LEADER: ("主管局长意见", "主管局长")}
# What the head of the form says of the child
OF_THE_HEAD = ("name", "sex", "ethnicity", "birth_date", "home_address", "family_address")
BLANK_ROWS = 6
USUAL_PAPERS = ("《居民户口簿》复印件", "公安机关变更证明", "一致性核对单（学校录入差错）", "其他证明文件")
FREEZE_WARNING = "中考报名至普通高中录取结束期间，禁止变更九年级学生姓名、性别、出生日期、民族、身份证件等关键信息"


def correction_form(case: Case | None) -> dict:
    """What is to be changed, item by item, for guardian, school and bureau to sign."""
    if case is None:
        return {
            "grounds": ticks(dict(Ground.choices), ""),
            "items": [{}] * BLANK_ROWS,
            "papers": [{"ticked": False, "label": label} for label in USUAL_PAPERS],
            "desks": blank_blocks(DESKS),
            "warning": FREEZE_WARNING,
            "decision": "空白表",
        }
    desks = DESKS | (LEADER_DESK if case.exception_reason else {})
    return head_of(case) | {
        "child": asked_of(case),
        "class": class_as_asked(case),
        "grounds": ticks(dict(Ground.choices), case.ground),
        "reason": case.reason_note,
        "exception": case.exception_reason,
        "items": [item_row(item, case) for item in case.items.all()],
        "desks": opinion_blocks(case, desks),
        "warning": warning_of(case),
    }


def asked_of(case: Correction) -> dict:
    """The child as it stood when the change was asked for: a decided one does not put the new name over the old."""
    return child_of(child_as_asked(case, OF_THE_HEAD)) | {"id_number": in_full(number_as_asked(case))}


def item_row(item: CorrectionItem, case: Correction) -> dict:
    """On paper both numbers stand in full, to be held against the originals; the print leaves a look (第三十七条)."""
    label, before, after = corrections.words_of_item(item)
    if item.field == corrections.NUMBER:
        before, after = in_full(number_as_asked(case)), corrections.wanted(item, case.child)
    return {"label": label, "before": before, "after": after}


def warning_of(case: Correction) -> str:
    """The banner of the freeze, while one runs or has been announced."""
    spans = freeze.windows_from(clock.today())
    return f"{FREEZE_WARNING}（{day(spans[0][0])}至{day(spans[0][1])}）" if spans else ""


def consistency_sheet(case: Case | None) -> dict:
    """户口簿 = 身份证 = 学籍, by pen and signature; the column of the record is printed."""
    if case is None:
        return {"rows": [{"label": label} for label in key_labels()], "decision": "空白表"}
    return sheet_of(case.child, case.lead_school.name, place_name(case.child)) | {
        "case_number": case.number,
        "decision": case.state_name,
    }


def consistency_of_child(child: Student, school_class: SchoolClass) -> dict:
    """The sheet of a child of grade nine without any correction being asked for: what every family checks and signs."""
    year = school_year_of(clock.today())
    if school_class.grade_in(year) != LAST_GRADE:
        raise NotPrintable("一致性核对单按班打印只用于九年级（第十四条）；其他年级在基本信息变更的业务中打印。")
    return sheet_of(child, school_class.school.name, school_class.name_in(year)) | {"decision": "供监护人核对签字"}


def sheet_of(child: Student, school: str, class_name: str) -> dict:
    """What both print: the column of the record, the other two left to the pen."""
    values = [
        child.name,
        child.sex_name,
        day(child.birth_date),
        table("mz").name_of(child.ethnicity),
        table("sfzjlx").name_of(child.id_type),
        in_full(child.id_number),
    ]
    return {
        "child": {"registry_number": in_full(child.registry_number)},
        "school": school,
        "class": class_name,
        "printed_on": day(clock.today()),
        "rows": [{"label": label, "value": value} for label, value in zip(key_labels(), values, strict=True)],
    }


def key_labels() -> list[str]:
    return [by_attribute(name).label for name in freeze.KEY_FIELDS]
