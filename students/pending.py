"""Children who are known but do not live at a school of the county yet: taken in for one case, gone with it."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction

from approvals.errors import Refused
from jianping_xueji import vault
from law import clock
from schools.models import School

from . import idnumber
from .enrolments import sealed_number
from .importing.names import clean_name
from .lookup import keep_trace
from .models.child import NumberKind, Student, StudentNumber
from .models.enrolment import Enrolment
from .problems.claims import claimed
from .registry_number import is_well_formed
from .search import by_number
from .spelling import initials_of, pinyin_of

# A child in one of these states lives nowhere in the county; its own record is taken up again (第七、二十四条).
AWAY = (Student.Status.MOVED_AWAY, Student.Status.REJECTED, Student.Status.DELETED)


@dataclass(frozen=True)
class Origin:
    """Where the child comes from when the school is not one of ours."""

    division: str
    school_name: str
    school_code: str = ""
    class_name: str = ""


def checked_numbers(basics: dict) -> dict:
    """ID number and 学籍号 as stored. Raises Refused with every fault found (第八条)."""
    number = idnumber.normalise(basics["id_number"])
    told = [p.message for p in idnumber.check(number, basics["id_type"], today=clock.today()) if p.level == "error"]
    said = (idnumber.birth_of(number), idnumber.sex_of(number))
    if not told and basics["id_type"] == idnumber.RESIDENT and said != (basics["birth_date"], basics["sex"]):
        told.append("身份证件号与填写的出生日期或性别不符，请对照户口簿核对（第八条）。")
    registry = idnumber.normalise(basics.get("registry_number", ""))
    if registry and not is_well_formed(registry):
        told.append("学籍号应为 G、J 或 L 加 18 位，请照原学校打印的学生基本信息表填写，不清楚的可以留空。")
    if told:
        raise Refused(*told)
    return {"id_number": number, "registry_number": registry}


def recognise(*, school: School, by, id_number: str, registry_number: str = "", name: str, **_) -> Student | None:
    """The child the county already knows by one of these numbers and this name, away now; None for a stranger.

    Call it outside a transaction: the look is kept, found or not, refused or not (第三十七条). Raises Refused when the
    child lives in the county, or when somebody else holds a number; then no school is named.
    """
    numbers = [n for n in (id_number, registry_number) if n]
    known = [c for number in numbers for c in by_number(number).select_related("school").order_by("pk")]
    if not known:
        return None
    same = [c for c in known if c.name == clean_name(name)]
    keep_trace(same[0] if same else None, school, by, "为办理县外转入核对号码")
    if len(same) < len(known):
        for other in (c for c in known if c not in same and c.id_number):
            claimed(other, name=clean_name(name), by=school)
        raise Refused("该号码在本县登记在另一姓名之下，请对照户口簿核对姓名和号码；仍不符的报教育局核查（第八条）。")
    living = [c for c in same if c.status not in AWAY]
    if living and living[0].status == Student.Status.LEAVER:
        raise Refused(f"{name}是{living[0].school.name}的毕业生，请在“七年级招生入学”的名单中接收（第六条第三款）。")
    if living:
        raise Refused(f"{name}在{living[0].school.name}建有学籍，一人一籍，请按县内转学办理（第七条、第八条）。")
    return next((c for c in same if c.status == Student.Status.MOVED_AWAY), None)


@transaction.atomic
def take_in(
    *, school: School, id_number: str, registry_number: str = "", name: str, known: Student | None = None, **basics
) -> Student:
    """A child from outside the county, pending at the receiving school; `known` takes up its old record again."""
    name = clean_name(name)
    if known:
        Student.objects.filter(pk=known.pk).update(school=school, status=Student.Status.PENDING)
        child = Student.objects.get(pk=known.pk)
    else:
        spelled = {"name_pinyin": pinyin_of(name), "name_initials": initials_of(name)}
        child = Student.objects.create(school=school, wrapped_key=vault.new_child_key(), name=name, **spelled, **basics)
    give_numbers(child, {NumberKind.ID: id_number, NumberKind.REGISTRY: registry_number})
    return child


def give_numbers(child: Student, numbers: dict[str, str]) -> None:
    """Write the numbers the child does not hold yet. Raises Refused when somebody took one in the same moment."""
    held = set(child.numbers.filter(until=None).values_list("kind", flat=True))
    rows = [sealed_number(child, k, n, clock.today()) for k, n in numbers.items() if n and k not in held]
    try:
        with transaction.atomic():
            StudentNumber.objects.bulk_create(rows)
    except IntegrityError as error:
        raise Refused("该号码刚刚由他人登记，请刷新后查询该生（第八条）。") from error


def drop_pending(child: Student) -> None:
    """The case that took this child in has ended without a record: who lived here before is away again, as before.

    A child never enrolled leaves the list, and the numbers are free for the next attempt.
    """
    pending = Student.objects.filter(pk=child.pk, status=Student.Status.PENDING)
    if Enrolment.objects.filter(student=child).exists():
        pending.update(status=Student.Status.MOVED_AWAY)
    elif pending.update(status=Student.Status.REJECTED):
        StudentNumber.objects.filter(student=child, until=None).update(until=clock.today())
