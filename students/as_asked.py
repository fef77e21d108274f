"""A child as its record stood when a change was asked for (第十二条): a form does not follow what came after."""

from approvals.models import Case
from law.school_time import school_year_of

from .corrections import typed
from .dictionary.fields import by_attribute
from .models.child import NumberKind, Student, StudentNumber
from .models.enrolment import Placement
from .models.record_change import TAKEN_BACK, RecordEntry


def child_as_asked(case: Case, attributes: tuple[str, ...]) -> Student:
    """The child of a case with these of its columns as they stood before the case and whatever was decided since.

    Changes of one child follow each other: whatever a case with a later number changed, it changed afterwards.
    """
    child = Student.objects.get(pk=case.child.pk)
    for entry in since(case, "student"):
        for name in set(attributes) & entry.before.keys():
            setattr(child, name, typed(by_attribute(name), entry.before[name]))
    return child


def number_as_asked(case: Case) -> StudentNumber | None:
    """The ID number the child held then: the one that the earliest later decision ended, or the one it still holds."""
    ended = [entry.row for entry in since(case, "number")]
    numbers = StudentNumber.objects.filter(student=case.child, kind=NumberKind.ID).select_related("student")
    earliest = {row: order for order, row in enumerate(ended)}
    found = max(numbers.filter(pk__in=ended), key=lambda number: earliest[number.pk], default=None)
    return found or numbers.filter(until=None).first()


def class_as_asked(case: Case) -> str:
    """The class in which the child sat when the case was begun, by its name of that school year."""
    places = Placement.objects.filter(enrolment__student=case.child, enrolment__voided=False)
    place = places.filter(starts__lte=case.opened_on).order_by("-starts", "-pk").select_related("school_class").first()
    return place.school_class.name_in(school_year_of(case.opened_on)) if place else ""


def since(case: Case, table: str) -> list[RecordEntry]:
    """What this case and later ones changed in the child's rows of a table and stands, the latest first."""
    entries = RecordEntry.objects.filter(child=case.child, table=table, case__gte=case.pk).exclude(before=None)
    return list(entries.exclude(case__state__in=TAKEN_BACK).order_by("-pk"))
