"""Books, slips and covers filled in: what happened to several children, closed, handed over, packed."""

import hashlib
from collections.abc import Callable
from datetime import date

from accounts.roles import Role
from archives.custody import owed, services
from archives.entries import keep
from archives.evidence.collecting import files_of, scope_of
from archives.evidence.services import ask
from archives.kinds import KINDS
from archives.periods import Period
from law import clock
from reports import roll_forms
from reports.books import frozen
from reports.books.kinds import BOOKS
from reports.books.paper import papers_of
from reports.books.periods import period_of
from reports.custody_forms import slip_of
from reports.evidence.cover import cover_of
from reports.evidence.prints import prints_of
from reports.subject import Sheet
from schools.models import School, SchoolClass, cohort_of
from students.home_teaching import log_lesson
from students.models import Placement
from tests.archives.specimens import EVALUATION, MARKS, filled
from tests.changes import County
from tests.county import class_of, staff_member
from tests.reports.books import closed

SITE = "https://xueji.example.gov.cn"
Filling = Callable[..., School]


def with_results(child, note: str) -> None:
    """Marks and remarks of five terms in the child's archive."""
    by = staff_member(Role.REGISTRAR, child.school)
    for year, term in ((2024, 1), (2024, 2), (2025, 1), (2025, 2), (2026, 1)):
        remark = EVALUATION | {"comment": (EVALUATION["comment"] + note)[:300]}
        for kind, values in (("marks", MARKS), ("evaluation", remark)):
            given = {"school": child.school, "by": by}
            keep(KINDS[kind], Period(year, term), [(child, filled(kind, values))], **given)


def book(kind: str, fill: Filling, *, paper: str = "", year: int = 2026, term: int = 1):
    """A closed book of the school that `fill` has given lines; or one paper of it, by the code of its form."""

    def make(county: County, words) -> Sheet:
        school = fill(county, words)
        part = closed(school, kind, year=year, term=term, until=period_of(year, term).last)
        reading, _ = frozen.reading_of(part)
        wanted = paper or BOOKS[kind].form
        papers = papers_of(part.what, frozen.scope_of(part), reading, part)
        content = next(content for form, content, _ in papers if form == wanted)
        return Sheet(content, (school.pk,), f"{part.number}", school=school)

    return make


def roll(fill: Filling):
    """班级人籍核查表 of the class of grade one."""
    return lambda county, words: roll_forms.roll_check_of(class_of(fill(county, words), 1))


def at_home(dressed):
    """A child that a teacher has visited twice."""

    def make(county: County, words) -> Sheet:
        stage, cohort = cohort_of(3, 2026)
        given = {"stage": stage, "cohort": cohort, "number": 90, "kind": SchoolClass.Kind.HOME_TEACHING}
        room = SchoolClass.objects.create(school=county.no1, **given)
        child = dressed(county.child_at(county.no1, grade=3), words)
        Placement.objects.filter(enrolment__student=child).update(school_class=room)
        by = staff_member(Role.REGISTRAR, county.no1)
        for day in (1, 15):
            log_lesson(child, by=by, on=date(2026, 9, day), who="李老师", what=words.note[:200])
        return roll_forms.home_lessons_of(child)

    return make


def slip(moved):
    """The paper file of a child that has moved goes after it."""

    def make(county: County, words) -> Sheet:
        case = moved(county, words, until="complete")
        by = staff_member(Role.REGISTRAR, case.peer_school)
        given = {"way": "courier", "carrier": "XA123456789CN", "given_on": clock.today()}
        handover = services.give([owed.owed().get(left_by=case.pk)], by=by, note=words.note[:100], **given)
        return slip_of(handover, f"{SITE}/custody/scanned/", case.peer_school_id)

    return make


def cover(moved):
    """The pack about a child that has moved, ordered by the school it came to."""

    def make(county: County, words) -> Sheet:
        case = moved(county, words, until="complete")
        by = staff_member(Role.REGISTRAR, case.lead_school)
        pack = ask(by=by, purpose=words.note[:100], site=SITE, child=type(case.child).objects.get(pk=case.child.pk))
        scope = scope_of(pack)
        files = [
            {"path": each.path, "sha256": hashlib.sha256(each.content).hexdigest(), **each.about}
            for each in files_of(scope, pack)
        ]
        return cover_of(pack, scope, files, prints_of(scope))

    return make
