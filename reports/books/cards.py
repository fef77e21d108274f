"""学籍卡: two sides per child and stage — who it is and how its record changed; results and remarks, year by year."""

from law import clock
from law.school_time import LAST_GRADE, LAST_PRIMARY_GRADE, school_year_of
from schools.models import School, SchoolClass, Stage
from students.dictionary.codes import table
from students.models import Certificate, Enrolment, Placement, Student

from ..contact import in_full, place_name
from ..rosters import Column, destinations_of, papers_of
from ..wording import day, guardians_of, month
from .movements import decided_about
from .reading import Line, Reading, Scope
from .results import SUBJECTS, results_of, years_of

COLUMNS = (
    Column("order", "序号", 12), Column("name", "姓名", 40), Column("sex", "性别", 12), Column("ethnicity", "民族", 20),
    Column("birth_date", "出生日期", 30), Column("registry_number", "全国学籍号", 46),
    Column("id_number", "证件号码", 46), Column("entered", "入学年月", 28), Column("status", "学籍状态", 28),
)  # fmt: skip
FAMILY_ROWS = 3
YEARS_OF = {Stage.PRIMARY: LAST_PRIMARY_GRADE, Stage.JUNIOR: LAST_GRADE - LAST_PRIMARY_GRADE}
LEFT = ("转出", "学校撤并", "离校", "死亡")


def registry_card(about: None) -> dict:
    """The blank card, of a primary school."""
    return {"cards": [grids(Stage.PRIMARY)], "decision": "空白表"}


def card_of_child(child: Student, school_class: SchoolClass) -> dict:
    """The card of one child of a class, as the class print asks for it."""
    (card,) = cards_of([child], school_class.school, stages={child.pk: school_class.stage})
    sits_in = school_class.name_in(school_year_of(clock.today()))
    named = {"class": sits_in, "leaves_in": leaving_year(school_class)}
    return {"cards": [card | named], "decision": card["status"]}


def belonging(scope: Scope):
    """Places of the year in this school's classes, of children whose record was here within these days."""
    return Placement.objects.filter(
        school_class__school=scope.school,
        year=scope.year,
        enrolment__school=scope.school,
        enrolment__voided=False,
        enrolment__during__startswith__lte=scope.until,
    )


def count(scope: Scope) -> int:
    """How many cards the book holds, without reading them."""
    return belonging(scope).order_by().values("enrolment__student").distinct().count()


def read(scope: Scope) -> Reading:
    """A card per child who sat here in the year, class by class."""
    last, children = seated(scope, "numbers", "family")
    stages = {pk: place.school_class.stage for pk, place in last.items()}
    return bound_up(scope, last, cards_of(list(children.values()), scope.school, stages=stages), children)


def glance(scope: Scope) -> Reading:
    """The lines for the screen: who has a card, without what only the paper shows."""
    last, children = seated(scope, "numbers")
    return bound_up(scope, last, [face_of(child) for child in children.values()], children)


def seated(scope: Scope, *related: str) -> tuple[dict[int, Placement], dict[int, Student]]:
    """The last place of every child of the book, and the children in the order of the book."""
    places = belonging(scope).order_by("starts", "pk").select_related("school_class", "enrolment")
    last = {place.enrolment.student_id: place for place in places}
    found = Student.objects.filter(pk__in=last).select_related("school").prefetch_related(*related).in_bulk()
    order = sorted(last, key=lambda pk: (class_key(last[pk].school_class), found[pk].name_pinyin, pk))
    return last, {pk: found[pk] for pk in order}


def bound_up(scope: Scope, last: dict[int, Placement], cards: list[dict], children: dict[int, Student]) -> Reading:
    """The cards as lines, numbered class by class."""
    reading, counted = Reading([]), {}
    for pk, card in zip(children, cards, strict=True):
        section = last[pk].school_class.name_in(scope.year)
        counted[section] = counted.get(section, 0) + 1
        cells = card | {
            "order": str(counted[section]),
            "class": section,
            "leaves_in": leaving_year(last[pk].school_class),
        }
        reading.lines.append(Line(str(pk), pk, cells, section))
    return reading


def leaving_year(school_class: SchoolClass) -> str:
    """The 届 of a class: the year in whose July it finishes its stage."""
    return str(school_class.cohort + YEARS_OF[school_class.stage])


def class_key(school_class: SchoolClass) -> tuple:
    return (school_class.stage != Stage.PRIMARY, -school_class.cohort, school_class.number)


def cards_of(children: list[Student], school: School, *, stages: dict[int, str]) -> list[dict]:
    """The cards of these children at one school, in their order; the same questions for any number."""
    ids = [child.pk for child in children]
    lives: dict[int, list[Enrolment]] = {}
    for life in Enrolment.objects.filter(student__in=ids, school=school, voided=False).order_by("during"):
        lives.setdefault(life.student_id, []).append(life)
    cases, papers = decided_about(ids), papers_of(children)
    went, named, results = destinations_of(children, school.pk), {}, results_of(ids)
    return [
        card_of(child, school, stages[child.pk], named)
        | {"years": years_of(stages[child.pk], results.get(child.pk))}
        | history_of(lives.get(child.pk, []), cases.get(child.pk, []))
        | leaving_of(papers.get(child.pk), went.get(child.pk, ""))
        for child in children
    ]


def grids(stage: str) -> dict:
    """The empty grids of a stage: results and remarks by grade and term, the family."""
    return heads_of(stage) | {"years": years_of(stage), "family": [{}] * FAMILY_ROWS}


def heads_of(stage: str) -> dict:
    """The subjects of a stage."""
    return {"stage": stage, "subjects": list(SUBJECTS[stage].values())}


def whole(cells: dict) -> dict:
    """A kept card with every grid: one closed before results came from the archive has empty ones."""
    return cells if "years" in cells else cells | {"years": years_of(cells["stage"])}


def face_of(child: Student) -> dict:
    """What the list of cards says of a child."""
    return {
        "name": child.name,
        "sex": child.sex_name,
        "ethnicity": table("mz").name_of(child.ethnicity),
        "id_number": in_full(child.id_number),
        "birth_date": f"{child.birth_date:%Y-%m-%d}",
        "registry_number": in_full(child.registry_number),
        "entered": month(child.entered_month),
        "status": child.get_status_display(),
    }


def card_of(child: Student, school: School, stage: str, named: dict[str, str]) -> dict:
    """Who the child is; `named` remembers the divisions looked up already."""
    if child.household_division not in named:
        named[child.household_division] = place_name(child.household_division)
    return (
        face_of(child)
        | heads_of(stage)
        | {
            "school": school.name,
            "native_place": child.native_place,
            "id_type": table("sfzjlx").name_of(child.id_type),
            "local_number": child.local_number,
            "health": table("jkzk").name_of(child.health),
            "household": named[child.household_division],
            "address": child.home_address or child.family_address,
            "family": family_of(child),
        }
    )


def family_of(child: Student) -> list[dict]:
    rows = [
        {
            "relation": member.relation_note or table("jtgx").name_of(member.relation),
            "name": member.name,
            "workplace": member.workplace,
            "phone": member.phone,
        }
        for member in guardians_of(child)
    ]
    return [*rows, *[{}] * (FAMILY_ROWS - len(rows))]


def history_of(lives: list[Enrolment], cases: list) -> dict:
    """学籍变更情况: how the child came and left, and the decided changes of its record here, by day."""
    came, left = (lives[0] if lives else None), (lives[-1] if lives else None)
    moved_in = came and came.came_how in ("转入", "转回", "学校撤并")
    gone = left and left.left_how in LEFT
    changes = [case for case in cases if case.closed_on and case.kind in CHANGES]
    changes.sort(key=lambda case: (case.closed_on, case.pk))
    told = {name: [words_of(case) for case in changes if case.kind in kinds] for name, kinds in ROWS.items()}
    return {name: "；".join(words) for name, words in told.items()} | {
        "joined": day(came.during.lower) if came else "",
        "moved_in": f"{day(came.during.lower)}由{came.came_from or '外校'}{came.came_how}" if moved_in else "",
        "moved_out": f"{day(left.during.upper)}{left.left_how}{left.went_to}" if gone else "",
    }


# Rows of the card and the kinds they tell of.
ROWS = {
    "suspended": ("suspension", "extension"),
    "resumed": ("resumption",),
    "dropped": ("dropout", "return_to_school"),
    "others": (
        "correction", "abroad", "home_from_abroad", "custody", "release", "inclusion", "home_move", "incapacity",
        "death", "merge",
    ),
}  # fmt: skip
CHANGES = frozenset(kind for kinds in ROWS.values() for kind in kinds)


def words_of(case) -> str:
    """A change in one phrase: its day, its name, its ground, its number."""
    ground = getattr(case, "get_ground_display", None) or getattr(case, "get_why_display", None)
    on = next((value for name in ("starts_on", "back_on", "returned_on") if (value := getattr(case, name, None))), None)
    return f"{day(on or case.closed_on)}{case.kind_name}{f'（{ground()}）' if ground else ''}{case.number}"


def leaving_of(paper: Certificate | None, went: str) -> dict:
    """毕业日期及证书编号, 毕业后去向."""
    graduated = f"{paper.year + 1}年7月　{paper.get_kind_display()}{paper.number}" if paper else ""
    return {"graduated": graduated, "went_to": went}
