"""班级人籍核查表 (第三十五条) and 送教上门登记表 of a child (第七条): who is there, who is taught at home."""

from law import clock
from law.school_time import first_day, school_year_name, school_year_of
from schools.models import SchoolClass
from students import home_teaching
from students.models import HomeLesson, Placement, Student

from .certificate_forms import letter_of
from .contact import place_name
from .errors import NotPrintable
from .rosters import NAME, NUMBER, REGISTRY, SEX, Column, blank, children_in, person_row, sheet
from .subject import Sheet
from .wording import day, guardians_of

ROLL = (
    NUMBER, NAME, SEX, Column("birth_date", "出生日期", 19), REGISTRY, Column("status", "学籍状态", 18),
    Column("present", "在校", 12), Column("absent", "不在校", 12), Column("why", "不在校原因、去向", 60),
    Column("asked", "联系情况（日期、对象）", 46), Column("remark", "备注", 18),
)  # fmt: skip
ROLL_TITLE = "班级人籍核查表"
ROLL_FOOT = [
    "应到____人　实到____人　不在校____人", "核查人：", "班主任：", "校长（学校盖章）：", "　　　年　　月　　日",
]  # fmt: skip
BLANK_VISITS = 11


def roll_check(about: None) -> dict:
    return blank(ROLL_TITLE, ROLL) | {"foot": ROLL_FOOT}


def roll_check_of(school_class: SchoolClass) -> Sheet:
    """Everybody whose record is at the class's school and who sits in it, to be ticked on the spot, once a term."""
    here = {"ends": None, "enrolment__voided": False, "enrolment__school": school_class.school_id}
    children = children_in(Placement.objects.filter(school_class=school_class, **here))
    rows = [
        person_row(n, child) | {"status": child.get_status_display(), "present": "□", "absent": "□"}
        for n, child in enumerate(children, 1)
    ]
    name = school_class.name_in(school_year_of(clock.today()))
    found = sheet(ROLL_TITLE, ROLL, school_class, name, children, rows)
    found.content["foot"] = ROLL_FOOT
    return found


def home_lessons(about: None) -> dict:
    return {"rows": [{}] * BLANK_VISITS, "decision": "空白表"}


def home_lessons_of(child: Student) -> Sheet:
    """The lessons of this school year of a child taught at home. Raises NotPrintable for another child."""
    served = home_teaching.served(Student.objects.filter(pk=child.pk)).first()
    if served is None:
        raise NotPrintable(f"{child.name}不在送教上门的班级，没有送教上门登记表（第七条）。")
    room = SchoolClass.objects.select_related("school").get(pk=served.room_id)
    year = school_year_of(clock.today())
    lessons = HomeLesson.objects.filter(child=child, on__gte=first_day(year)).order_by("on", "pk")
    guardian = next(iter(guardians_of(child)), None)
    content = letter_of(child, child.school) | {
        "year": school_year_name(year),
        "serves": room.school.name,
        "class": room.name_in(year),
        "address": child.home_address or child.family_address or place_name(child.household_division),
        "guardian": guardian.name if guardian else "",
        "phone": (guardian.phone if guardian else "") or child.phone,
        "rows": [{"on": day(each.on), "who": each.who, "what": each.what} for each in lessons],
        "visits": str(len(lessons)),
        "decision": f"{len(lessons)}次送教",
    }
    subject = f"送教上门登记表，{child.school.name}，{school_year_name(year)}"
    return Sheet(content, (child.school_id,), subject, school=child.school, children=(child,), child=child)


def home_lessons_of_child(child: Student, school_class: SchoolClass) -> dict:
    """The same for a child of a class that is printed as a whole."""
    return home_lessons_of(child).content
