"""第九条's one month, child by child: what an archive must hold by now, what is missing, by when, who owes it.

Seven parts, each made of one or more items. A newcomer of the present term owes the first two parts and the
vaccination certificate within a month of entry, and goes on owing them from that day until they are there; everybody
else owes the results of the term that is over within a month of the new term's first day. One statement answers for a
class, a school or the county.
"""

from dataclasses import dataclass
from datetime import date

from django.db import connection

from jianping_xueji import audit
from law import clock, parameters
from law.workdays import Calendar
from students.exporting.wanting import REQUIRED
from students.intake.years import months_after
from students.models import FamilyMember, Student

from .kin import MERGED, kin_of
from .kinds import PARTS, REGISTRAR_KEEPS, SHORT
from .periods import Moment


@dataclass(frozen=True)
class Item:
    """One thing an archive must hold: the part it belongs to and what people call it."""

    code: str
    part: int
    label: str


ITEMS = (
    Item("basics", 1, "基础信息必填项"),
    Item("proofs", 2, "证明材料"),
    Item("marks", 3, "学业成绩"),
    Item("growth", 3, "体育艺术与社会实践"),
    Item("fitness", 4, "体质健康测试"),
    Item("checkup", 4, "健康体检"),
    Item("vaccination", 4, "预防接种查验"),
    Item("awards", 5, "获奖或“无”"),
    Item("aids", 6, "资助或“无”"),
    Item("evaluation", 7, "综合素质评价"),
)
# Of a newcomer's first term nothing else can exist yet.
OF_NEWCOMERS = ("basics", "proofs", "vaccination")
# Whoever entered before the term in which this system began has an archive on paper: nothing is owed for that time.
BEGAN = """coalesce((SELECT max(t.starts) FROM law_term t
    WHERE t.starts <= (SELECT min(k.opened_on) FROM approvals_case k)), %(term_starts)s)"""


def _filled(model, table: str, fields) -> str:
    """Every compulsory column is filled, as SQL over constants of our own."""
    tests = []
    for field in fields:
        column = model._meta.get_field(field.own_name)
        blank = column.get_internal_type() in ("CharField", "TextField")
        tests.append(f"{table}.{column.column} <> ''" if blank else f"{table}.{column.column} IS NOT NULL")
    return " AND ".join(tests)


_CHILD = _filled(Student, "child", [field for field in REQUIRED if not field.member])
_MEMBER = _filled(FamilyMember, "member", [field for field in REQUIRED if field.member == 1])

SQL = f"""
WITH {MERGED}, here AS (
    SELECT child.id, child.slug, child.name, child.name_pinyin, enrolment.school_id,
           place.school_class_id AS class_id, lower(enrolment.during) AS entered,
           lower(enrolment.during) >= %(term_starts)s AS newcomer,
           {_CHILD} AND EXISTS (
               SELECT 1 FROM students_familymember member
                WHERE member.student_id = child.id AND member.position_in_form = 1 AND {_MEMBER}
           ) AS basics
      FROM students_student child
      JOIN students_enrolment enrolment
        ON enrolment.student_id = child.id AND NOT enrolment.voided AND upper_inf(enrolment.during)
      LEFT JOIN students_placement place ON place.enrolment_id = enrolment.id AND place.ends IS NULL
     WHERE child.status = 'enrolled' AND enrolment.school_id = ANY(%(schools)s)
       AND (%(class)s::bigint IS NULL OR place.school_class_id = %(class)s)
       AND (%(child)s::bigint IS NULL OR child.id = %(child)s)
       AND (%(long_here)s OR lower(enrolment.during) >= {BEGAN})
), held AS (
    SELECT id AS record_id, id AS child_id FROM here
    UNION SELECT merged.id, here.id FROM merged JOIN here ON here.id = merged.into_id
), said AS (
    SELECT held.child_id,
           bool_or(entry.kind = 'proof') AS proof, bool_or(entry.kind = 'marks') AS marks,
           bool_or(entry.kind = 'growth') AS growth, bool_or(entry.kind = 'fitness') AS fitness,
           bool_or(entry.kind = 'checkup') AS checkup, bool_or(entry.kind = 'vaccination') AS vaccination,
           bool_or(entry.part = 5) AS awards, bool_or(entry.part = 6) AS aids,
           bool_or(entry.kind = 'evaluation') AS evaluation
      FROM archives_entry entry
      JOIN held ON held.record_id = entry.child_id
     WHERE NOT entry.void
       AND (entry.kind IN ('proof', 'vaccination') OR (entry.year = %(year)s AND entry.term IN (0, %(term)s)))
       AND NOT EXISTS (SELECT 1 FROM archives_entry later WHERE later.replaces_id = entry.id)
     GROUP BY held.child_id
), shown AS (
    SELECT application.student_id AS child_id FROM students_filedscan scan
      JOIN students_application application ON application.id = scan.application_id
    UNION
    SELECT subject.child_id FROM approvals_casesubject subject
      JOIN approvals_material material ON material.case_id = subject.case_id
     WHERE material.state IN ('handed', 'checked')
), items AS (
    SELECT here.*, coalesce(said.proof, false) OR shown.child_id IS NOT NULL AS proofs,
           {
    ", ".join(
        f"{'' if item.code in OF_NEWCOMERS else 'here.newcomer OR '}coalesce(said.{item.code}, false) AS {item.code}"
        for item in ITEMS
        if item.code not in ("basics", "proofs")
    )
}
      FROM here LEFT JOIN said ON said.child_id = here.id LEFT JOIN shown ON shown.child_id = here.id
), told AS (
    SELECT items.*, entered >= {BEGAN} AND NOT ({" AND ".join(OF_NEWCOMERS)}) AS unopened, {
    ", ".join(" AND ".join(item.code for item in ITEMS if item.part == part) + f" AS part{part}" for part in PARTS)
}
      FROM items
), parts AS (
    SELECT told.*, CASE WHEN unopened THEN entered ELSE greatest(entered, %(term_starts)s) END AS since FROM told
)
"""  # noqa: S608 — names of our own columns only

ONE_BY_ONE = SQL + "SELECT * FROM parts ORDER BY name_pinyin, id"
COUNTED = SQL + (
    "SELECT school_id, class_id, since, count(*) AS children,"
    + ",".join(f"count(*) FILTER (WHERE part{part}) AS part{part}" for part in PARTS)
    + f", count(*) FILTER (WHERE {' AND '.join(f'part{part}' for part in PARTS)}) AS complete"
    + " FROM parts GROUP BY school_id, class_id, since"
)  # noqa: S608


@dataclass(frozen=True)
class Clock:
    """Until when what is owed since a day must be there; a rest day carries it to the next working day."""

    today: date
    months: int
    calendar: Calendar

    @classmethod
    def now(cls, since: set[date]) -> "Clock":
        today = clock.today()
        first = min(since | {today})
        return cls(
            today,
            parameters.on(today)["archive.months"],
            Calendar.between(first, date(today.year + 1, 12, 31)),
        )

    def due(self, since: date) -> date:
        return self.calendar.roll_forward(months_after(since, self.months)).day

    def left(self, since: date) -> int:
        """Working days left, negative when overdue."""
        return self.calendar.count(self.today, self.due(since))


def given_for(schools, moment: Moment) -> dict:
    """The parameters of the statements above, for every class and child of these schools."""
    return {
        "schools": list(schools),
        "class": None,
        "child": None,
        "long_here": True,
        "term_starts": moment.opening.starts,
        "year": moment.owed.year,
        "term": moment.owed.term,
    }


def rows_of(
    statement: str, moment: Moment, schools, class_id: int | None = None, child_id: int | None = None
) -> list[dict]:
    """The rows of one of the two statements above."""
    given = given_for(schools, moment) | {"class": class_id, "child": child_id}
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        heads = [column.name for column in cursor.description]
        return [dict(zip(heads, row, strict=True)) for row in cursor.fetchall()]


def children_of(
    schools, class_id: int | None = None, child_id: int | None = None, moment: Moment | None = None
) -> list[dict]:
    """One row a child: seven parts, what is missing in words, the due day and the working days left."""
    rows = rows_of(ONE_BY_ONE, moment or Moment.now(), schools, class_id, child_id)
    audit.saw(*(row["id"] for row in rows))
    limit = Clock.now({row["since"] for row in rows})
    dues = {since: (limit.due(since), limit.left(since)) for since in {row["since"] for row in rows}}
    for row in rows:
        row["parts"] = [(part, SHORT[part], row[f"part{part}"]) for part in PARTS]
        row["missing"] = [item for item in ITEMS if not row[item.code]]
        row["done"] = sum(held for _, _, held in row["parts"])
        row["due"], row["left"] = dues[row["since"]]
    return rows


def counted(schools, moment: Moment | None = None) -> list[dict]:
    """Counts by school, class and day owed since, in one statement; with the due day of each."""
    rows = rows_of(COUNTED, moment or Moment.now(), schools)
    limit = Clock.now({row["since"] for row in rows})
    dues = {since: (limit.due(since), limit.left(since)) for since in {row["since"] for row in rows}}
    for row in rows:
        row["due"], row["left"] = dues[row["since"]]
        row["overdue"] = row["children"] - row["complete"] if row["left"] < 0 else 0
    return rows


def owner_of(part: int, teacher: str, registrar: str) -> str:
    """Who owes a part: the registrar the record and its proofs, the class teacher what is made in class."""
    return registrar if part in REGISTRAR_KEEPS or not teacher else teacher


HELD = """
SELECT entry.child_id, array_agg(DISTINCT entry.part ORDER BY entry.part)
  FROM archives_entry entry
 WHERE entry.child_id = ANY(%(children)s) AND NOT entry.void
   AND NOT EXISTS (SELECT 1 FROM archives_entry later WHERE later.replaces_id = entry.id)
 GROUP BY entry.child_id
"""


def electronic_parts(rows: list[dict]) -> dict[int, list[int]]:
    """child id → parts of which anything at all is in the system (第十条); `rows` are those of `children_of`."""
    kin, held = kin_of(row["id"] for row in rows), {}
    with connection.cursor() as cursor:
        cursor.execute(HELD, {"children": list(kin)})
        for record, parts in cursor.fetchall():
            held.setdefault(kin[record], set()).update(parts)
    return {row["id"]: sorted({1} | ({2} if row["proofs"] else set()) | held.get(row["id"], set())) for row in rows}
