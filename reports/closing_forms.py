"""移交清单 of a school that is merged or closed (第十一条第二款): its children by class, with masked numbers."""

from collections import defaultdict

from approvals.models import Case, CaseSubject
from law.school_time import school_year_of
from students.models import Enrolment, NumberKind, Placement, RecordEntry

from .wording import day


def handover_list(case: Case | None) -> dict:
    """Values of the list: as it stands today, or as it was handed over; blank for None."""
    if case is None:
        return {"classes": [{"rows": [{}] * 10}], "decision": "空白表"}
    living = enrolments_of(case)
    classes = by_class(case, living)
    return {
        "case_number": case.number,
        "closing": case.lead_school.name,
        "code": case.lead_school.code,
        "receiving": case.receiving.name,
        "bureau": str(case.lead_school.bureau),
        "manner": case.get_manner_display(),
        "document": case.document,
        "closes_on": day(case.closes_on),
        "handed_on": day(case.closed_on) if case.state in case.SUCCESS else "",
        "classes": classes,
        "heads": sum(len(each["rows"]) for each in classes),
        "decision": case.state_name,
    }


def enrolments_of(case: Case):
    """The enrolments that go over, or went over by this case."""
    here = Enrolment.objects.filter(school=case.lead_school)
    here = here.filter(left_by=case.pk) if case.state in case.SUCCESS else here.living()
    return here.select_related("student").prefetch_related("student__numbers").order_by("student__name_pinyin", "pk")


def by_class(case: Case, living) -> list[dict]:
    """Classes in their order, each with its children; who sits in no class comes last."""
    enrolments = list(living)
    places = Placement.objects.filter(enrolment__in=[each.pk for each in enrolments]).select_related("school_class")
    if case.state in case.SUCCESS:
        ended = RecordEntry.objects.filter(case_id=case.pk, table="placement").exclude(before=None)
        places = places.filter(pk__in=list(ended.values_list("row", flat=True)))
    else:
        places = places.filter(ends=None)
    sits = {place.enrolment_id: place.school_class for place in places}
    business, year = business_of(case, enrolments), school_year_of(case.closed_on or case.closes_on)
    groups = defaultdict(list)
    for each in enrolments:
        groups[sits.get(each.pk)].append(row_of(each, business))
    ordered = sorted(groups.items(), key=lambda group: place_in_order(group[0]))
    return [
        {"name": each.name_in(year) if each else "不在班级（休学、辍学、出境等）", "rows": rows}
        for each, rows in ordered
    ]


def place_in_order(school_class) -> tuple:
    """Lower grades first, whoever sits nowhere at the end."""
    if school_class is None:
        return (1, "", 0, 0)
    return (0, school_class.stage == "junior", -school_class.cohort, school_class.number)


def business_of(case: Case, enrolments) -> dict[int, str]:
    """Open business of these children, by child: its number."""
    ids = [each.student_id for each in enrolments]
    open_ones = CaseSubject.objects.filter(child__in=ids, blocking=True).select_related("case")
    return {subject.child_id: f"{subject.case.kind_name}{subject.case.number}" for subject in open_ones}


def row_of(enrolment: Enrolment, business: dict[int, str]) -> dict:
    child = enrolment.student
    held = [n for n in child.numbers.all() if n.until is None and n.kind == NumberKind.REGISTRY]
    return {
        "name": child.name,
        "sex": {"1": "男", "2": "女"}.get(child.sex, ""),
        "registry": shortened(held[0]) if held else "",
        "id": shortened(child.id_number) if child.id_number else "",
        "status": child.get_status_display(),
        "business": business.get(child.pk, ""),
    }


def shortened(number) -> str:
    """The last four of a number, and the letter of a 学籍号: what two schools compare line by line."""
    return f"{number.letter}****{number.tail}"
