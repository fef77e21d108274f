"""What is known of two records that may be one child's, and making one of them."""

from jianping_xueji import vault
from jianping_xueji.prepared import Prepared
from law import clock

from .. import enrolments, places
from ..models.child import NumberKind, Student, StudentNumber
from ..models.enrolment import Enrolment
from ..models.problem import Problem
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
    current = {n.kind: n for n in StudentNumber.objects.filter(student=gone, until=None).select_related("student")}
    has = set(StudentNumber.objects.filter(student=kept, until=None).values_list("kind", flat=True))
    StudentNumber.objects.filter(pk__in=[n.pk for n in current.values()]).update(until=today)
    wanted = [kind for kind in NumberKind.values if kind in current and kind not in has]
    StudentNumber.objects.bulk_create(
        [enrolments.sealed_number(kept, kind, current[kind].plain(), today) for kind in wanted]
    )


def found_under(number: str):
    """The records under which a number stands or stood, as they are stored."""
    indexes = [vault.index(number, kind) for kind in NumberKind.values]
    return Student.objects.filter(pk__in=StudentNumber.objects.filter(index__in=indexes).values("student"))
