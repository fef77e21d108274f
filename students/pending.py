"""Children who are known but do not live at a school of the county yet: taken in for one case, gone with it."""

from django.db import IntegrityError, transaction

from approvals.errors import Refused
from jianping_xueji import vault
from law import clock
from schools.models import School

from .enrolments import sealed_number
from .models.child import NumberKind, Student, StudentNumber
from .search import by_number
from .spelling import initials_of, pinyin_of


@transaction.atomic
def take_in(*, school: School, id_number: str, registry_number: str = "", name: str, **basics) -> Student:
    """A child from outside the county, pending at the receiving school.

    Raises Refused when the county knows the child.
    """
    for number in filter(None, [id_number, registry_number]):
        for known in by_number(number).exclude(status__in=[Student.Status.REJECTED, Student.Status.MOVED_AWAY]):
            raise Refused(
                f"该号码已在{known.school.name}建有学籍，一人一籍，请由转入学校按县内转学办理（第七条、第八条）。"
            )
    child = Student.objects.create(
        school=school,
        wrapped_key=vault.new_child_key(),
        name=name,
        name_pinyin=pinyin_of(name),
        name_initials=initials_of(name),
        **basics,
    )
    numbers = [(NumberKind.ID, id_number), (NumberKind.REGISTRY, registry_number)]
    try:
        with transaction.atomic():
            StudentNumber.objects.bulk_create(
                [sealed_number(child, kind, number, clock.today()) for kind, number in numbers if number]
            )
    except IntegrityError as error:
        raise Refused("该号码刚刚由他人登记，请刷新后查询该生（第八条）。") from error
    return child


def drop_pending(child: Student) -> None:
    """The case that took this child in has ended without a record: the numbers are free for the next attempt."""
    dropped = Student.objects.filter(pk=child.pk, status=Student.Status.PENDING).update(status=Student.Status.REJECTED)
    if dropped:
        StudentNumber.objects.filter(student=child, until=None).update(until=clock.today())
