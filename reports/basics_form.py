"""学生基本信息表: the 72 items of a child as the guardian checks and signs them (第六条第二款)."""

from approvals.models import Case
from jianping_xueji import vault
from law import clock
from law.school_time import grade_name, school_year_of
from schools.models import SchoolClass
from students.dictionary.fields import FIELDS, Field
from students.models import Student
from students.models.child import FAMILY_ID_AAD
from students.record import in_words

from .contact import in_full, place_name
from .errors import NotPrintable
from .wording import day

# The two sides of the leaf: bands with their rows of item numbers, left and right (0: none); what stands twice takes
# both rows. The child is in front; the way to school, the family and the signatures are overleaf.
FRONT = (
    ("学生个人基础信息", ((1, 8), (2, 9), (3, 10), (4, 11), (5, 12), (6, 13), (7, 13))),
    ("学生个人辅助信息", ((14, 17), (15, 18), (16, 19))),
    ("学生学籍基本信息", ((20, 24), (21, 25), (22, 26), (23, 27))),
    ("学生个人联系信息", ((28, 32), (29, 33), (30, 34), (31, 0))),
    ("学生个人扩展信息", ((35, 41), (36, 42), (37, 43), (38, 44), (39, 45), (40, 0))),
)
OVERLEAF = (
    ("学生上下学交通方式", ((46, 48), (47, 0))),
    ("学生家庭成员或监护人信息一", ((49, 55), (50, 56), (51, 57), (52, 58), (53, 59), (54, 60))),
    ("学生家庭成员或监护人信息二", ((61, 67), (62, 68), (63, 69), (64, 70), (65, 71), (66, 72))),
)
ITEMS: dict[int, Field] = {int(field.paper_no): field for field in FIELDS if field.paper_no}
# On the paper the grade must be filled in, which the record takes from the class.
MUST_ON_PAPER = {22}
# People write places and classes where the record has codes of them; a distance names its unit; the longest label of
# all is broken between its words.
ON_PAPER = {
    4: "出生地", 17: "户口所在地", 23: "班级", 38: "是否进城务工人员\n随迁子女", 46: "上下学距离（公里）",
    55: "户口所在地", 67: "户口所在地",
}  # fmt: skip
PHOTO = 13
MOST_AT_ONCE = 120


def basics_form(case: Case | None, child: Student | None = None) -> dict:
    """The form of one child of a batch, of everybody in it, or blank."""
    if case is None:
        return {"sheets": [sheet_of({}, "", "")], "decision": "空白表"}
    children = children_of(case, child)
    school = case.lead_school
    return {
        "case_number": case.number,
        "sheets": [sheet_of(values_of(each), school.name, school.code) for each in children],
        "decision": case.state_name,
    }


def basics_of_child(child: Student, school_class: SchoolClass | None) -> dict:
    """The form of a child on the roll as its record stands today: for the family to check, or sealed for a transfer."""
    child.seat, child.year = school_class, school_year_of(clock.today())
    sheet = sheet_of(values_of(child), child.school.name, child.school.code)
    return {"sheets": [sheet], "decision": f"{day(clock.today())}所载"}


def children_of(case: Case, child: Student | None = None) -> list[Student]:
    """The children of a batch by class and place in it, with all that the form shows; one child when it is named."""
    entries = case.entries.select_related("student", "school_class").prefetch_related("student__family")
    if child is not None:
        entries = entries.filter(student=child)
    if not entries:
        raise NotPrintable(f"{case.number}中没有该生，请刷新名册后再打印（第六条第二款）。")
    if len(entries) > MOST_AT_ONCE:
        raise NotPrintable(f"{case.number}有{len(entries)}名学生，一次至多打印{MOST_AT_ONCE}名，请逐名打印。")
    for entry in entries:
        entry.student.seat, entry.student.year = entry.school_class, case.intake_year or case.opened_on.year
    return [entry.student for entry in entries]


def sheet_of(values: dict[int, str], school: str, code: str) -> dict:
    """One child's form: a leaf of two sides with bands of rows, each row with a left and a right item."""
    front, overleaf = ([band_of(*band, values) for band in bands] for bands in (FRONT, OVERLEAF))
    return {"school": school, "code": code, "name": values.get(1, ""), "front": front, "overleaf": overleaf}


def band_of(title: str, rows: tuple, values: dict[int, str]) -> dict:
    return {"title": title, "rows": [row_of(rows, at, values) for at in range(len(rows))]}


def row_of(rows: tuple, at: int, values: dict[int, str]) -> list[dict]:
    """The items that begin in a row; one that also stands in the row above has its cell there."""
    left, right = rows[at]
    first = item_of(left, values) | ({"beside_photo": True} if right == PHOTO else {})
    down = sum(right == other for _, other in rows) if right else 1
    if right and at and rows[at - 1][1] == right:
        return [first]
    return [first, item_of(right, values) | {"down": down}]


def item_of(number: int, values: dict[int, str]) -> dict:
    if not number:
        return {"number": "", "label": "", "value": ""}
    field = ITEMS[number]
    label = field.label.removeprefix(f"成员{field.member}") if field.member else field.label
    must = field.required == "Y" or number in MUST_ON_PAPER
    return {
        "number": str(number),
        "label": ON_PAPER.get(number, label),
        "must": must,
        "value": values.get(number, ""),
    }


def values_of(child: Student) -> dict[int, str]:
    """Item number → what the record says, in words."""
    family = {member.position_in_form: member for member in child.family.all()}
    return {number: value_of(field, child, family) for number, field in ITEMS.items()}


def value_of(field: Field, child: Student, family: dict) -> str:
    if field.member:
        member = family.get(field.member)
        if member is None:
            return ""
        if field.own_name == "id_number":
            return opened(child, member)
        return words_of(field, getattr(member, field.own_name))
    own = OF_THE_RECORD.get(field.attribute)
    return own(child) if own else words_of(field, getattr(child, field.attribute))


def opened(child: Student, member) -> str:
    """A guardian's number in full: the guardian signs for it."""
    return vault.open_(bytes(child.wrapped_key), bytes(member.id_cipher), FAMILY_ID_AAD) if member.id_cipher else ""


# What is no column of the child.
OF_THE_RECORD = {
    "id_number": lambda child: in_full(child.id_number),
    "grade": lambda child: grade_name(child.seat.grade_in(child.year)) if child.seat else "",
    "class_number": lambda child: child.seat.name_in(child.year) if child.seat else "",
    "photo": lambda child: "",
}


def words_of(field: Field, value) -> str:
    """A stored value as people write it; the unit of a distance stands beside its box."""
    if field.type == "distance":
        return "" if value is None else str(value)
    return place_name(value) if field.type == "division" else in_words(field, value)
