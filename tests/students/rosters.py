"""Rosters of children of school age for stories: workbooks as police send them, and children put on the roster."""

import io
from datetime import date

from openpyxl import Workbook

from accounts.roles import Role
from schools.catchments import COMMUNITY
from schools.models import Catchment, Division, Stage
from students.models import RosterChild
from students.roster import taking
from students.roster.deferrals import start_deferral
from students.roster.matching import result_of
from tests.county import id_number, papers_in_order, staff_member

YEAR = 2026
HEADS = (
    "姓名",
    "性别",
    "出生日期",
    "身份证件号",
    "户籍地址",
    "现住址",
    "村（社区）代码",
    "监护人",
    "联系电话",
    "备注",
)
BORN = date(2020, 3, 2)  # six years old in the autumn of 2026
VILLAGE = "211322101201"
DEFERRED = {
    "ground_note": "先天性心脏病术后",
    "hospital": "县医院",
    "certified_on": date(2026, 9, 10),
    "guardian": "样例父",
}


def village(code: str = VILLAGE, name: str = "样例村") -> Division:
    found, _ = Division.objects.get_or_create(
        code=code, defaults={"name": name, "kind": COMMUNITY, "parent_id": code[:9]}
    )
    return found


def catchment(school, code: str = VILLAGE, year: int = YEAR) -> Catchment:
    """The children of this village go to this school."""
    return Catchment.objects.create(
        community=village(code), school=school, year=year, stage=Stage.PRIMARY, document="建教发〔2026〕9号"
    )


def row(name="样例童", sequence=1, *, birth=BORN, sex="1", number=None, community=VILLAGE, **cells) -> tuple:
    """A faultless line; `number=""` for a child without one, other cells by name."""
    number = id_number(birth, sequence, sex) if number is None else number
    given = {
        "name": name,
        "sex": {"1": "男", "2": "女"}[sex],
        "birth": f"{birth:%Y%m%d}",
        "number": number,
        "household": "样例乡样例村1组",
        "residence": "样例乡样例村1组",
        "community": community,
        "guardian": "样例父",
        "phone": "13900000000",
        "remark": "",
    }
    return tuple((given | cells).values())


def workbook_of(*rows, heads=HEADS) -> bytes:
    book, out = Workbook(), io.BytesIO()
    page = book.active
    page.title = "适龄儿童"
    for each in (heads, *rows):
        page.append(each)
    book.save(out)
    return out.getvalue()


def listed(bureau, *rows, year: int = YEAR) -> list[RosterChild]:
    """These lines on the roster, read and confirmed by the bureau's clerk."""
    village()
    clerk = staff_member(Role.BUREAU_CLERK, bureau)
    file = taking.take_in(workbook_of(*rows), "名册.xlsx", year, by=clerk)
    assert not file.counts["bad"], file.findings
    taking.confirm(file, by=clerk)
    return list(RosterChild.objects.filter(bureau=bureau, year=year).order_by("pk"))


def put_on_roster(bureau, *lines: tuple, year: int = YEAR) -> list[RosterChild]:
    """(name, sequence) pairs without a workbook, so that many may be listed quickly."""
    from students.roster.sheet import Line

    village()
    file = taking.RosterFile(bureau=bureau, year=year)
    before = set(RosterChild.objects.values_list("pk", flat=True))
    taking.add(
        [
            Line(n, name, "1", BORN, id_number(BORN, sequence, "1"), "样例村", "样例村", VILLAGE, "样例父", "139", "")
            for n, (name, sequence) in enumerate(lines, 2)
        ],
        file,
    )
    return list(RosterChild.objects.exclude(pk__in=before).order_by("pk"))


def now(child: RosterChild) -> RosterChild:
    """The child with its result and owner as they are at this moment."""
    return result_of(child)


def deferral_of(child: RosterChild, **given):
    """A draft by the bureau's clerk, papers checked."""
    clerk = staff_member(Role.BUREAU_CLERK, child.bureau)
    case = start_deferral(child, by=clerk, **DEFERRED | given)
    papers_in_order(case, clerk)
    return case
