"""Who stands where when a school year ends: every child of some schools, with what becomes of it and why.

One statement for counts, one for a list, whatever the number of children. `fate` is the first thing that holds.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import connection

from jianping_xueji import audit
from jianping_xueji.prepared import planned_once
from law.school_time import LAST_GRADE, grade_name

from ..models.child import Student

_FROM = """
FROM students_enrolment e
JOIN students_student s ON s.id = e.student_id
LEFT JOIN students_placement p ON p.enrolment_id = e.id AND p.ends IS NULL
LEFT JOIN LATERAL (
    SELECT q.school_class_id FROM students_placement q
    WHERE p.id IS NULL AND q.enrolment_id = e.id AND q.ends IS DISTINCT FROM q.starts
    ORDER BY q.ends DESC, q.id DESC LIMIT 1) last ON true
LEFT JOIN schools_schoolclass c ON c.id = coalesce(p.school_class_id, last.school_class_id)
LEFT JOIN approvals_casesubject b ON b.child_id = s.id AND b.blocking AND b.case_id <> %(case)s
LEFT JOIN approvals_case k ON k.id = b.case_id
"""
_HERE = "WHERE NOT e.voided AND upper_inf(e.during) AND e.school_id = ANY(%(schools)s)"
_ROLL = f"{_FROM} {_HERE}"
# The grade of the child's class in the school year, and whether the class has none after it.
_GRADE = "(%(year)s - c.cohort + CASE c.stage WHEN 'junior' THEN 7 ELSE 1 END)"
_LAST = "CASE c.stage WHEN 'junior' THEN 9 ELSE 6 END"
_SITS = "p.id IS NOT NULL"
# Those of one school who sit in a class of a last grade: from the few classes of that grade, at this school and at
# those its children attend (第二十五条), to who sits there. Arrays keep the planner at them: left to itself it takes a
# grade for two classes, of all the county, and would read every child who leaves this year to find those of one school.
_FINISHING = f"""finishing AS MATERIALIZED (
    SELECT c.id FROM schools_schoolclass c WHERE c.school_id = ANY(ARRAY(
        SELECT unnest(%(schools)s::bigint[]) UNION SELECT e.attends_id FROM students_enrolment e
        {_HERE} AND e.attends_id IS NOT NULL))
    AND {_GRADE} = {_LAST} AND {_GRADE} = %(grade)s),
seated AS MATERIALIZED (
    SELECT e.student_id, q.id FROM students_placement q JOIN students_enrolment e ON e.id = q.enrolment_id
    {_HERE} AND q.school_class_id = ANY(ARRAY(SELECT id FROM finishing)) AND q.ends IS NULL)"""
_SEATED = """JOIN students_student s ON s.id = {of}
LEFT JOIN seated p ON p.student_id = s.id
LEFT JOIN approvals_casesubject b ON b.child_id = s.id AND b.blocking AND b.case_id <> %(case)s"""

PROMOTES = f"""CASE
    WHEN s.status = 'leaver' THEN 'leaver'
    WHEN s.status NOT IN ('enrolled', 'dropped_out') THEN s.status
    WHEN s.status = 'dropped_out' AND NOT ({_SITS} AND %(dropouts)s) THEN s.status
    WHEN NOT ({_SITS}) THEN 'no_class'
    WHEN p.year > %(year)s THEN 'already'
    WHEN p.year < %(year)s THEN 'behind'
    WHEN {_GRADE} = {_LAST} THEN 'graduating'
    WHEN {_GRADE} NOT BETWEEN CASE c.stage WHEN 'junior' THEN 7 ELSE 1 END AND {_LAST} THEN 'no_next_grade'
    WHEN c.closed_on IS NOT NULL THEN 'class_closed'
    ELSE 'advances' END"""


def passed(child: str) -> str:
    """Whether the county's last signed assessment of the year says passed, of the row `child` of students, as SQL."""
    return f"""(SELECT r.passed FROM students_assessmentrow r JOIN approvals_case a ON a.id = r.case_id
        JOIN students_assessment d ON d.case_ptr_id = a.id
        WHERE r.child_id = {child}.id AND a.state = 'done' AND d.year = %(year)s ORDER BY r.id DESC LIMIT 1)"""


# What keeps a child from graduating, in this order, and the fate it makes; one list, so that a count, a name and the
# rule of a signature cannot differ.
_HINDRANCES = {
    "b.id IS NOT NULL": "CASE k.kind WHEN 'graduation' THEN 'in_hand' ELSE 'open_case' END",
    "s.status <> 'enrolled'": "s.status",
    f"NOT ({_SITS})": "'no_class'",
    "s.problem <> ''": "'problem'",
}
_RESULT_MISSES = f"{passed('s')} IS NULL"
GRADUATES = f"""CASE {" ".join(f"WHEN {met} THEN {fate}" for met, fate in _HINDRANCES.items())}
    WHEN {_GRADE} = {LAST_GRADE} AND {_RESULT_MISSES} THEN 'no_result'
    ELSE 'graduates' END"""


def fit(grade: int) -> str:
    """Whether a child of `_SEATED` graduates from this grade, as SQL: asked of whom nobody wants to know more."""
    met = [*_HINDRANCES, *([_RESULT_MISSES] if grade == LAST_GRADE else [])]
    return f"({' OR '.join(met)}) IS NOT TRUE"


# fate → what it is called, and what to do about it.
WORDS = {
    "advances": ("升级", ""),
    "graduates": ("可以毕业", ""),
    "in_hand": ("已列入在办的毕业名单", "待学校审核"),
    "leaver": ("小学毕业待升学", "由初中建籍时接收"),
    "already": ("已在新学年编班", "不必再办"),
    "no_class": ("在读但没有班级", "请先编入班级，再补办"),
    "behind": ("班级停留在更早的学年", "请核对编班记录，由教育局订正后补办"),
    "graduating": ("毕业年级，尚未毕业", "请先办理毕业；不能毕业的按毕业名单所列原因处理"),
    "no_next_grade": ("班级没有下一年级", "请核对班级的届别，编入正确的班级后补办"),
    "class_closed": ("班级已撤销", "请编入现有班级后补办"),
    "open_case": ("有在办业务", "待其办结或撤回；长期无人办理的由教育局“终止”"),
    "problem": ("有问题学籍", "请先在“问题学籍”中处理"),
    "no_result": ("没有综合考核结果", "请教育局导入综合考核结果"),
    "suspended": ("休学", "保留原年级，复学时编班"),
    "dropped_out": ("辍学", "保留学籍，返校时编班"),
    "abroad": ("出境就读", "保留学籍，回来时编班"),
    "in_custody": ("专门教育", "回校时编班"),
    "pending": ("待核", "待建籍办结"),
}


@dataclass(frozen=True)
class Standing:
    """One child on the roll."""

    child: int
    slug: str
    name: str
    school: str
    class_name: str
    fate: str
    case_number: str = ""
    desk: str = ""
    stage: str = ""

    @property
    def reason(self) -> str:
        return words_of(self.fate)[0]

    @property
    def remedy(self) -> str:
        return words_of(self.fate)[1]


def words_of(fate: str) -> tuple[str, str]:
    return WORDS.get(fate) or (dict(Student.Status.choices).get(fate, fate), "请核对学籍状态")


def _ask(statement: str, params: dict, through: Callable | None = None) -> list[tuple]:
    with (through or connection.cursor)() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall()


def _params(year: int, schools: Iterable[int], **more) -> dict:
    return {"year": year, "schools": list(schools), "dropouts": True, "case": 0, **more}


def promotion_counts(year: int, schools: Iterable[int], *, dropouts: bool) -> list[tuple[int, int, str, int, int]]:
    """(school, grade or 0, fate, children, of them with an open case) of every group on the roll."""
    # Counted over a closed subquery: a fate is worked out once a child, not at every comparison of a sort.
    statement = f"""SELECT school, grade, fate, count(*), count(busy) FROM (
            SELECT e.school_id AS school, coalesce({_GRADE}, 0) AS grade, {PROMOTES} AS fate, k.id AS busy
            {_ROLL} OFFSET 0) child
        GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"""
    return _ask(statement, _params(year, schools, dropouts=dropouts))


def graduation_counts(year: int, schools: Iterable[int]) -> list[tuple[int, int, str, int]]:
    """(school, grade, fate, children) of the finishing grades."""
    statement = f"""SELECT e.school_id, {_GRADE}, {GRADUATES} AS fate, count(*) {_ROLL} AND {_GRADE} = {_LAST}
        AND s.status <> 'leaver' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"""
    return _ask(statement, _params(year, schools))


def left_out_of_promotion(year: int, schools: Iterable[int], *, dropouts: bool, limit: int) -> list[Standing]:
    """The exceptions: everybody who does not move up, and why; and those who do with an open case."""
    fate = f"CASE WHEN ({PROMOTES}) = 'advances' THEN 'open_case' ELSE {PROMOTES} END"
    where = f"""AND (({PROMOTES}) NOT IN ('advances', 'already', 'leaver')
        OR ({PROMOTES}) = 'advances' AND k.id IS NOT NULL)"""
    return _standings(fate, where, _params(year, schools, dropouts=dropouts, limit=limit))


def left_out_of_graduation(year: int, schools: Iterable[int], *, grade: int | None, limit: int) -> list[Standing]:
    """The children of the finishing grade who cannot graduate now, and why."""
    where = f"""AND {_GRADE} = {_LAST} AND (%(grade)s::int IS NULL OR {_GRADE} = %(grade)s)
        AND s.status <> 'leaver' AND ({GRADUATES}) NOT IN ('graduates', 'in_hand')"""
    return _standings(GRADUATES, where, _params(year, schools, grade=grade, limit=limit))


def graduates(year: int, school: int, grade: int) -> list[int]:
    """Ids of the children who can graduate now."""
    statement = f"""SELECT id FROM (WITH {_FINISHING}
        SELECT s.id FROM seated {_SEATED.format(of="seated.student_id")} WHERE {fit(grade)}) able ORDER BY id"""
    return [pk for (pk,) in _ask(statement, _params(year, [school], grade=grade), planned_once)]


def _standings(fate: str, where: str, params: dict) -> list[Standing]:
    statement = f"""SELECT s.id, s.slug, s.name, h.short_name, {_GRADE}, c.number, {fate}, k.number, k.desk_stage,
            d.short_name, k.desk_right
        {_FROM} JOIN schools_school h ON h.id = e.school_id
            LEFT JOIN schools_school d ON d.id = k.desk_school_id {_HERE} {where}
        ORDER BY h.code, 5, 6, s.name_pinyin, s.id LIMIT %(limit)s"""
    rows = _ask(statement, params)
    audit.saw(*(row[0] for row in rows))
    return [_standing(*row) for row in rows]


def _standing(child, slug, name, school, grade, number, fate, case, stage, desk, right) -> Standing:
    called = f"{grade_name(grade)}{number}班" if grade and grade_name(grade) != "—" else ""
    holder = "教育局" if (right or "").startswith("bureau") else desk or ""
    return Standing(child, slug, name, school, called, fate, case or "", holder, stage or "")


def unfit_names(year: int, school: int, grade: int, case: int, *, limit: int) -> tuple[int, list[str]]:
    """How many are on a running list, and the names of those who could not be put on it now.

    The case is not in its own way.
    """
    statement = f"""SELECT * FROM (WITH listed AS MATERIALIZED (
            SELECT child_id AS id FROM approvals_casesubject WHERE case_id = %(case)s),
        {_FINISHING}
        SELECT count(*), coalesce((array_agg(s.name ORDER BY s.id) FILTER (WHERE NOT {fit(grade)}))[:%(limit)s], '{{}}')
        FROM listed {_SEATED.format(of="listed.id")}) told"""
    (found,) = _ask(statement, _params(year, [school], grade=grade, case=case, limit=limit), planned_once)
    return found


# The places of those who move up, whose they are and by which case, for a statement that binds year, dropouts, schools
# and, in the same order, their cases.
MOVING_UP = f"""SELECT p.id, s.id AS child, own.case_id
    FROM unnest(%(schools)s::bigint[], %(cases)s::bigint[]) AS own (school, case_id)
    JOIN students_enrolment e ON e.school_id = own.school
    JOIN students_student s ON s.id = e.student_id
    JOIN students_placement p ON p.enrolment_id = e.id AND p.ends IS NULL
    JOIN schools_schoolclass c ON c.id = p.school_class_id
    {_HERE} AND ({PROMOTES}) = 'advances'"""
