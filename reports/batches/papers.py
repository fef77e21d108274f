"""One paper of a batch: a child, a case, a child of a case, or a certificate; and what its form says of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction

from approvals.models import Case
from approvals.services import lock
from law import clock
from law.school_time import school_year_of
from schools.models import School, SchoolClass
from students.filters import placed
from students.models import Certificate, Placement, Student

from ..errors import PrintRefused
from ..fonts import check_texts
from ..forms import Form
from ..overprint.models import Printer

# Of whom a paper is: {"child": 7}, {"case": 5}, {"case": 5, "child": 7} or {"paper": 3, "printer": 1}.
Item = dict[str, int]


@dataclass(frozen=True)
class Paper:
    """The content of one paper, and whom and what its print is about."""

    content: dict
    school_ids: frozenset[int]
    case: Case | None = None
    about: dict = field(default_factory=dict)

    @property
    def child(self) -> Student | None:
        return self.about.get("child")


def papers_of(form: Form, items: list[Item]) -> Iterable[Paper | PrintRefused]:
    """The papers in their order, or why there is none; what is read for all is read at once."""
    seated = Seated.of(item["child"] for item in items if "case" not in item and "child" in item)
    for item in items:
        try:
            yield paper_of(form, item, seated)
        except PrintRefused as refusal:
            yield refusal


@transaction.atomic
def paper_of(form: Form, item: Item, seated: "Seated") -> Paper:
    """Read under the lock of the case, so that a paper never shows half of somebody's signature."""
    if "paper" in item:
        paper = of_certificate(form, item)
    elif "case" in item:
        paper = of_case(form, item)
    else:
        paper = of_child(form, seated.children[item["child"]], seated)
    check_texts(paper.content, child=paper.child.name if paper.child else "")
    return paper


def of_certificate(form: Form, item: Item) -> Paper:
    found = Certificate.objects.select_related("student", "school__bureau").prefetch_related("student__numbers")
    printers = Printer.objects.filter(pk=item["printer"]) if item.get("printer") else ()
    sheet = form.of_paper(found.get(pk=item["paper"]), *printers)
    about = {"school": sheet.school, "subject": sheet.subject, "child": sheet.child}
    return Paper(sheet.content, frozenset(sheet.schools), about=about)


def of_case(form: Form, item: Item) -> Paper:
    case = lock(Case.objects.get(pk=item["case"]))
    child = Student.objects.get(pk=item["child"]) if "child" in item else None
    content = form.data(case, child) if form.each_child else form.data(case)
    schools = frozenset(pk for pk in (case.lead_school_id, case.peer_school_id) if pk)
    return Paper(content, schools, case, {"child": child or case.child})


def of_child(form: Form, child: Student, seated: "Seated") -> Paper:
    place = seated.classes.get(child.pk)
    content = form.of_child(child, place)
    name = place.name_in(seated.year) if place else "不在班级"
    about = {"school": child.school, "subject": f"{child.school.name}{name}", "child": child}
    return Paper(content, frozenset({child.school_id}), about=about)


@dataclass(frozen=True)
class Seated:
    """Children with the classes they sit in now."""

    children: dict[int, Student]
    classes: dict
    year: int

    @classmethod
    def of(cls, ids: Iterable[int]) -> "Seated":
        ids = list(ids)
        children = Student.objects.filter(pk__in=ids).select_related("school__bureau")
        places = Placement.objects.filter(enrolment__student__in=ids, ends=None, enrolment__voided=False)
        rows = places.select_related("school_class__school__bureau", "enrolment")
        return cls(
            {child.pk: child for child in children.prefetch_related("numbers", "family")},
            {place.enrolment.student_id: place.school_class for place in rows},
            school_year_of(clock.today()),
        )


def schools_open_to(form: Form, powers) -> set[int]:
    """Where the form may be printed by these powers."""
    return set().union(*(powers.schools(right) for right in form.rights))


def power_over(form: Form, powers, school: School | int | None):
    """The power by which the form is printed for a school, None without one."""
    return next((power for right in form.rights for power in powers.on(right, school)), None)


def children_of(school_class: SchoolClass) -> list[Item]:
    """Whose record is at the school of the class and who sit in it now, by name.

    Children who only attend the class are left out: their record is kept, and checked, at another school (第二十五条).
    """
    found = Student.objects.filter(school=school_class.school_id, pk__in=placed(school_class=school_class))
    return [{"child": pk} for pk in found.order_by("name_pinyin", "pk").values_list("pk", flat=True)]
