"""What is known of two records that may be one child's, and making one of them."""

from jianping_xueji import vault
from jianping_xueji.prepared import Prepared
from law import clock

from .. import enrolments, freeze, places
from ..models.child import NumberKind, Student, StudentNumber
from ..models.enrolment import Enrolment
from ..models.problem import Problem
from ..models.record_change import RecordEntry
from . import findings


@Prepared
def _in_common(one: int, two: int):
    mine = StudentNumber.objects.filter(student=one).values("index")
    return StudentNumber.objects.filter(student=two, index__in=mine).order_by().values_list("pk")[:1]


@Prepared
def _living(one: int, two: int):
    living = Enrolment.objects.living().filter(student__in=[one, two])
    return living.order_by().values_list("student", "school__short_name")


def shared_numbers(one: Student, two: Student) -> bool:
    """Both hold or held one and the same number."""
    return bool(_in_common.rows(one=one.pk, two=two.pk))


def living_at(one: Student, two: Student) -> tuple[str, str]:
    """The schools where these children's enrolments live now; "" for one that lives nowhere."""
    schools = dict(_living.rows(one=one.pk, two=two.pk))
    return schools.get(one.pk, ""), schools.get(two.pk, "")


def numbers_to_add(gone: Student, kept: Student) -> list[str]:
    """The kinds of number that the record which stays lacks and the other holds."""
    held = StudentNumber.objects.filter(student__in=[gone, kept], until=None).values_list("student", "kind")
    has = {kind for child, kind in held if child == kept.pk}
    return [kind for kind in NumberKind.values if (gone.pk, kind) in held and kind not in has]


def facts_of_freeze(kept: Student, gone: Student) -> dict:
    """What 第十四条 looks at: today, the freezes ahead, and whether a grade-nine record would be given an ID number."""
    today = clock.today()
    return {
        "today": today,
        "windows": freeze.windows_from(today),
        "kept_in_nine": Student.objects.filter(freeze.in_grade_nine(today), pk=kept.pk).exists(),
        "number_to_add": NumberKind.ID in numbers_to_add(gone, kept),
    }


def took_number(case) -> bool:
    """The record that stayed was given an ID number by this case."""
    made = RecordEntry.objects.filter(case_id=case.pk, child=case.kept, table="number", before__isnull=True)
    return StudentNumber.objects.filter(pk__in=made.values("row"), kind=NumberKind.ID).exists()


def absorb(gone: Student, kept: Student, case) -> None:
    """The record `gone` ends and points to `kept`, which receives the numbers it lacks; nothing is moved or erased."""
    today = clock.today()
    left = enrolments.end([gone], on=today, case=case, how="合并", went_to=str(kept.school))
    places.give_up_seats(left, today)
    _hand_over_numbers(gone, kept, today)
    Student.objects.filter(pk=gone.pk).update(status=Student.Status.MERGED, merged_into=kept)
    pair = Problem.objects.about(gone).open()
    findings.settle(pair.filter(child__in=[gone, kept]), case, Problem.State.ENDED)


def _hand_over_numbers(gone: Student, kept: Student, today) -> None:
    """Numbers of the ended record become history; one the survivor lacks is sealed anew under its own key."""
    wanted = numbers_to_add(gone, kept)
    current = {n.kind: n for n in StudentNumber.objects.filter(student=gone, until=None).select_related("student")}
    StudentNumber.objects.filter(pk__in=[n.pk for n in current.values()]).update(until=today)
    StudentNumber.objects.bulk_create(
        [enrolments.sealed_number(kept, kind, current[kind].plain(), today) for kind in wanted]
    )


def found_under(number: str):
    """The records under which a number stands or stood, as they are stored."""
    indexes = [vault.index(number, kind) for kind in NumberKind.values]
    return Student.objects.filter(pk__in=StudentNumber.objects.filter(index__in=indexes).values("student"))
