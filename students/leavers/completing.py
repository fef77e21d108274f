"""核实完善 (第六条第三款): what of the record the junior school still has to verify or complete, child by child.

Nothing is corrected here: an empty field goes by 信息变更, a volatile one by the term's 动态信息维护.
"""

from dataclasses import dataclass, field

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from law import clock
from law.school_time import school_year_of
from schools.models import School, SchoolClass, cohort_of

from ..dictionary.fields import FIELDS, KEY, SYSTEM, VOLATILE
from ..models.campaign import CampaignEntry
from ..models.child import FamilyMember, NumberKind, Student
from ..models.enrolment import Enrolment, Placement
from .taking_over import GRADE

COLUMNS = {each.name for each in Student._meta.concrete_fields}
OWN = [f for f in FIELDS if f.required == "Y" and not f.member and f.route != SYSTEM and f.attribute in COLUMNS]
WANTED = [f for f in OWN if f.route != VOLATILE and f.attribute != "birth_date"]  # nobody is without a birthday
REFRESHED = [f for f in OWN if f.route == VOLATILE]


@dataclass
class Line:
    """One child: what is empty, what still dates from primary school, which proofs to collect."""

    child: Student
    empty: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    proofs: list[str] = field(default_factory=list)

    @property
    def done(self) -> bool:
        return not self.empty and not self.stale


def is_empty(name: str) -> Q:
    """The column says nothing."""
    column = Student._meta.get_field(name)
    return Q(**{f"{name}__isnull": True}) if column.null else Q(**{f"{name}__exact": ""})


def seated_in(classes) -> QuerySet[Student]:
    seats = Placement.objects.filter(school_class__in=classes, ends=None, enrolment__voided=False)
    return Student.objects.filter(pk__in=seats.values("enrolment__student"))


def verified() -> Exists:
    """A 动态信息维护 has confirmed the child's volatile fields since it came to this school."""
    living = Enrolment.objects.living().filter(student=OuterRef("child"))
    since = living.filter(during__startswith__lte=OuterRef("confirmed_on"))
    entries = CampaignEntry.objects.filter(child=OuterRef("pk"), state=CampaignEntry.State.ACCEPTED)
    return Exists(entries.filter(Exists(since)))


def progress(school: School) -> list[dict]:
    """Per class of grade seven: children, and how many of them are complete; two statements."""
    year = school_year_of(clock.today())
    stage, cohort = cohort_of(GRADE, year)
    classes = list(school.classes.filter(stage=stage, cohort=cohort, closed_on=None).order_by("number"))
    gaps = Q(pk__in=[])
    for each in WANTED:
        gaps |= is_empty(each.attribute)
    guardian = FamilyMember.objects.filter(student=OuterRef("pk"), is_guardian=True)
    named = seated_in(classes).annotate(verified=verified(), guarded=Exists(guardian))
    seat = F("enrolments__placements__school_class")
    here = named.filter(enrolments__placements__ends=None, enrolments__placements__school_class__in=classes)
    rows = here.values(seat=seat).annotate(
        all=Count("pk", distinct=True), done=Count("pk", filter=~gaps & Q(verified=True, guarded=True), distinct=True)
    )
    counted = {row["seat"]: row for row in rows}
    return [progress_row(each, counted.get(each.pk, {}), year) for each in classes]


def progress_row(each: SchoolClass, row: dict, year: int) -> dict:
    total, done = row.get("all", 0), row.get("done", 0)
    share = 100 * done // total if total else 0
    return {
        "pk": each.pk,
        "name": each.name_in(year),
        "total": total,
        "done": done,
        "left": total - done,
        "share": share,
    }


def lines_of(school_class: SchoolClass) -> list[Line]:
    """Every child of a class with what is still open; a fixed number of queries."""
    children = seated_in([school_class]).annotate(verified=verified()).prefetch_related("numbers", "family")
    return [line_of(child) for child in children.order_by("name_pinyin", "id")]


def line_of(child: Student) -> Line:
    empty = [f.label for f in WANTED if getattr(child, f.attribute) in (None, "")]
    members = list(child.family.all())
    if not any(member.is_guardian for member in members):
        empty.append("监护人")
    stale = [] if child.verified else [f.label for f in REFRESHED]
    return Line(child, empty, stale, proofs_of(child, empty))


def proofs_of(child: Student, empty: list[str]) -> list[str]:
    """What the family is asked to bring, by what the record says."""
    number = child.number(NumberKind.ID)
    key = {f.label for f in FIELDS if f.route == KEY}
    wanted = ["户口簿"] if key & set(empty) or "户口所在地行政区划" in empty or not number else []
    wanted += ["居民身份证"] if number is None or not child.id_validity else []
    wanted += ["残疾人证或诊断证明"] if child.disability not in ("", "0", "00") else []
    wanted += ["居住证明、务工证明"] if child.migrant_child else []
    return wanted
