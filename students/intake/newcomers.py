"""What the moves of intake do to one child of a batch: enter, amend, take out, seat, sign for, set apart.

The only writers of a pending child that was typed on the page. Called by the moves of `Registration`, inside the door.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from approvals.errors import Refused
from approvals.models import CaseSubject
from jianping_xueji import vault
from law import articles, clock
from law.school_time import grade_name
from schools.models import SchoolClass

from .. import pending
from ..models.child import FAMILY_ID_AAD, FamilyMember, Student
from ..models.intake import Application, DuplicateSearch
from . import years
from .duplicates import Asked, Outcome, look


@dataclass(frozen=True)
class Newcomer:
    """Everything typed about one child: its own columns, its family by place in the form, its application."""

    basics: dict = field(default_factory=dict)
    family: dict[int, dict] = field(default_factory=dict)
    written: dict = field(default_factory=dict)


def enter(case, search: DuplicateSearch, newcomer: Newcomer) -> Student:
    """A pending child of the batch. Raises Refused when somebody registered it since it was searched for."""
    asked = Asked.of(search)
    again = look(asked, case.lead_school)
    if again.outcome == Outcome.FOUND:
        raise Refused(again.said)
    if again.outcome == Outcome.NAMESAKE and not newcomer.written.get("namesake_note"):
        raise Refused(again.said)
    child = pending.take_in(
        school=case.lead_school,
        name=asked.name,
        sex=asked.sex,
        birth_date=asked.birth_date,
        id_type=asked.id_type,
        id_number=asked.id_number,
        entered_month=f"{entry_month(case, search.grade):%Y%m}",
        **newcomer.basics,
    )
    keep_family(child, newcomer.family)
    CaseSubject.objects.create(case_id=case.pk, child=child, blocking=True)
    case.entries.create(student=child)
    Application.objects.create(student=child, search=search, grade=search.grade, **newcomer.written)
    return child


def entry_month(case, grade: int) -> date:
    """Grade one enters with the school year, whoever comes later enters now."""
    return date(case.intake_year, 9, 1) if grade == 1 else clock.today()


def amend(case, child: Student, newcomer: Newcomer) -> None:
    """Write a pending child's columns anew; name, birth, sex and number stay what was searched for."""
    entry_of(case, child)
    if newcomer.basics:
        Student.objects.filter(pk=child.pk, status=Student.Status.PENDING).update(**newcomer.basics)
    keep_family(child, newcomer.family)
    Application.objects.update_or_create(student=child, defaults=newcomer.written)


def keep_family(child: Student, family: Mapping[int, dict]) -> None:
    """Guardians by their place in the form; an ID number arrives in the clear and is sealed here."""
    for place, given in family.items():
        given = dict(given)
        number = given.pop("id_number", None)
        if number is not None:
            given["id_cipher"] = vault.seal(bytes(child.wrapped_key), number, FAMILY_ID_AAD) if number else None
            given["id_tail"] = vault.tail(number) if number else ""
        FamilyMember.objects.update_or_create(student=child, position_in_form=place, defaults=given)


def entry_of(case, child: Student):
    """The child's line in this batch. Raises Refused when it is not there any more."""
    entry = case.entries.filter(student=child).select_related("student").first()
    if entry is None:
        raise Refused(f"{child.name}已不在本批，请刷新后查看（{articles.REGISTER_COLLECT}）。")
    return entry


def take_out(case, child: Student) -> None:
    """The child leaves the batch without a record; its number is free for the next attempt."""
    leave_batch(case, child)
    pending.drop_pending(child)


def leave_batch(case, child: Student) -> None:
    """No line and no open change in this batch any more; the steps of the batch remember that there was one."""
    entry_of(case, child).delete()
    CaseSubject.objects.filter(case_id=case.pk, child=child).update(blocking=False)


def join_batch(case, child: Student) -> None:
    """A pending child comes to stand in this batch, without a class yet."""
    CaseSubject.objects.update_or_create(case_id=case.pk, child=child, defaults={"blocking": True})
    case.entries.create(student=child)


def seat(case, places: Mapping[int, int | None]) -> None:
    """Put children (by id) into classes (by id), or out of any; nobody is put into another grade than applied for."""
    found = SchoolClass.objects.filter(school_id=case.lead_school_id, closed_on=None, pk__in=set(places.values()))
    classes = {each.pk: each for each in found}
    if {pk for pk in places.values() if pk} - classes.keys():
        raise Refused(f"所选班级不是{case.lead_school}的现有班级，请重新选择（{articles.NO_FALSE_RECORD}）。")
    year = case.intake_year or years.intake_year(clock.today())
    entries = list(case.entries.filter(student__in=places).select_related("student__application"))
    for entry in entries:
        to_class, applied = classes.get(places[entry.student_id]), getattr(entry.student, "application", None)
        refuse_home_without_need(entry.student, to_class)
        if to_class and applied and applied.grade not in (None, to_class.grade_in(year)):
            raise Refused(
                f"{entry.student.name}登记的是{grade_name(applied.grade)}，不能编入{to_class.name_in(year)}，"
                f"请选择同年级的班级（{articles.SAME_GRADE}）。"
            )
        entry.school_class = to_class
    case.entries.model.objects.bulk_update(entries, ["school_class"], batch_size=500)


def refuse_home_without_need(child: Student, to_class: SchoolClass | None) -> None:
    """Taught at home a child counts in no class size: only one with a disability on record is. Raises Refused."""
    if to_class and to_class.at_home and child.disability in ("", "0", "00"):
        raise Refused(
            f"{child.name}没有登记残疾类型，不能编入送教上门班（{articles.ONE_CHILD_ONE_RECORD}）。"
            "请先凭残疾人证在登记表中更正残疾类型，或者编入普通班。"
        )


def sign_for(case, children: Iterable[int], *, signed_on: date, signer: str, relation: str, by) -> int:
    """The guardians of these children have signed the form (第六条第二款). Returns how many.

    Without a name each child's first guardian is meant: many forms come back on one evening.
    """
    rows = Application.objects.filter(student__registration_entry__registration=case.pk, student__in=list(children))
    rows = list(rows.select_related("student"))
    family = first_guardians([row.student_id for row in rows]) if not signer else {}
    unknown = [row.student.name for row in rows if not signer and row.student_id not in family]
    if unknown:
        raise Refused(f"{'、'.join(unknown[:10])}没有登记监护人，请先补填监护人（{articles.REGISTER_COLLECT}）。")
    for row in rows:
        name, kin = (signer, relation) if signer else family[row.student_id]
        row.signed_on, row.signer, row.signer_relation, row.signature_by = signed_on, name, kin, by
    columns = ["signed_on", "signer", "signer_relation", "signature_by"]
    Application.objects.bulk_update(rows, columns, batch_size=500)
    return len(rows)


def first_guardians(children: list[int]) -> dict[int, tuple[str, str]]:
    """child id → name and relation of the first guardian, else of the first family member."""
    rows = FamilyMember.objects.filter(student__in=children).order_by("-position_in_form")
    found: dict[int, tuple[str, str]] = {}
    for wanted in (False, True):
        found |= {m.student_id: (m.name, m.relation) for m in rows if bool(m.is_guardian) == wanted}
    return found


def set_apart(case, to_case) -> int:
    """Children whose guardians have not signed move into another batch of the same school. Returns how many."""
    unsigned = list(case.entries.filter(student__application__signed_on=None).values_list("student", flat=True))
    CaseSubject.objects.filter(case_id=case.pk, child__in=unsigned).update(blocking=False)
    CaseSubject.objects.bulk_create([CaseSubject(case_id=to_case.pk, child_id=pk) for pk in unsigned])
    case.entries.filter(student__in=unsigned).update(registration=to_case)
    return len(unsigned)
