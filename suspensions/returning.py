"""Coming back into a class: which class it may be, asked alike of every way back (第二十三、二十六、二十九条)."""

from dataclasses import dataclass
from datetime import date

from approvals.rules import rule
from law import articles
from law.articles import Article
from law.school_time import LAST_GRADE, LAST_PRIMARY_GRADE, grade_name, school_year_of
from schools.models import School, SchoolClass
from students.models import Student
from students.standing import Standing, last_class

LAST_OF_STAGE = {"primary": LAST_PRIMARY_GRADE, "junior": LAST_GRADE}


@dataclass(frozen=True)
class ReturnFacts(Standing):
    """复课要看的事实：哪天回、编入哪个班、原班级现在几年级."""

    back_on: date | None = None
    away_since: date | None = None
    own_stage: str = ""
    own_grade: int | None = None
    to_stage: str = ""
    to_grade: int | None = None
    class_chosen: bool = False
    class_is_ours: bool = True
    free_seats: int | None = None

    @property
    def fitting_grades(self) -> list[int]:
        """The grade of the child's own cohort and one lower; the last of the stage when the cohort has moved on."""
        if self.own_grade is None:
            return []
        last = LAST_OF_STAGE[self.own_stage]
        return sorted({min(self.own_grade, last), max(min(self.own_grade - 1, last), 1)}, reverse=True)

    @property
    def fitting_words(self) -> str:
        return "或".join(grade_name(grade) for grade in self.fitting_grades)


def facts_of_return(child: Student, on: date, given: dict, school: School, away_since: date | None = None) -> dict:
    """The own facts of a return; what the draft does not say yet stands in nobody's way."""
    back_on, to_class = given.get("back_on"), given.get("to_class")
    year = school_year_of(max(back_on or on, on))
    facts = {"back_on": back_on, "away_since": away_since}
    if own := last_class(child):
        facts |= {"own_stage": own.stage, "own_grade": cohort_grade(own, year)}
    if to_class:
        facts |= facts_of_class(to_class, school, year)
    return facts


def facts_of_class(to_class: SchoolClass, school: School, year: int) -> dict:
    from students.places import ledger_rows

    rows = ledger_rows(to_class, year)
    return {
        "class_chosen": True,
        "class_is_ours": to_class.school_id == school.pk and to_class.closed_on is None,
        "to_stage": to_class.stage,
        "to_grade": to_class.grade_in(year),
        "free_seats": min((row.free_seats for row in rows), default=None),
    }


def cohort_grade(school_class: SchoolClass, year: int) -> int:
    """The grade of a cohort in a school year, counted on beyond the end of its stage."""
    return year - school_class.cohort + 1 + (LAST_PRIMARY_GRADE if school_class.stage == "junior" else 0)


def rules_of_return(article: Article) -> tuple:
    """The day and the class of a return, under the article of the kind."""

    @rule(
        "返校日{f.back_on:%Y年%-m月%-d日}早于离校日{f.away_since:%Y年%-m月%-d日}",
        article,
        remedy="请核对返校日期",
        kept="返校日不早于离校日",
    )
    def comes_back_after_leaving(f):
        return not (f.back_on and f.away_since) or f.back_on >= f.away_since

    @rule(
        "所选班级不是本校现有班级",
        articles.CHANGES_IN_TIME,
        remedy="请在学籍所在学校的现有班级中选择",
        kept="编入学籍所在学校的现有班级",
    )
    def class_of_the_own_school(f):
        return f.class_is_ours

    @rule(
        "原班级同届学生现应编入{f.fitting_words}，所选班级不符",
        article,
        remedy="请选择原届所在年级或低一年级的班级",
        kept="编入原届所在年级或低一年级",
    )
    def own_grade_or_one_lower(f):
        if not f.class_chosen or f.own_grade is None:
            return True
        return f.to_stage == f.own_stage and f.to_grade in f.fitting_grades

    return comes_back_after_leaving, class_of_the_own_school, own_grade_or_one_lower
