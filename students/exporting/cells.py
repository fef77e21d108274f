"""From a stored value to the text the national template wants; reading it again gives the same value."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from jianping_xueji.vault import open_
from schools.models import School

from ..dictionary import codes
from ..dictionary.fields import Field, by_attribute
from ..models.child import FAMILY_ID_AAD, FamilyMember, Student
from ..models.enrolment import Placement
from ..models.registration import Registration

RELATIONS = "jtgx"


def text_of(field: Field, value) -> str:
    """Codes by the template's names, days as eight digits (two with a dash between), 是/否, all else as it stands."""
    if value in (None, ""):
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return f"{value:%Y%m%d}"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if field.type == "validity":
        return value.replace("-", "").replace("/", "-")
    if field.code_table == RELATIONS:
        return codes.template_relation(value)
    return codes.table(field.code_table).name_of(value) if field.code_table else str(value)


class Rows:
    """Children of one school as rows of a layout: numbers in full, four queries however many they are."""

    def __init__(self, children: Iterable[Student], school: School, places: dict[int, str]):
        self.children, self.school, self.places = list(children), school, places

    def of(self, columns: Iterable[str]):
        """A list of texts per child, one for every attribute of `columns` ("" for a hidden column)."""
        columns = list(columns)
        for child in self.children:
            family = {member.position_in_form: member for member in child.family.all()}
            yield [self.cell(child, family, attribute) for attribute in columns]

    def cell(self, child: Student, family: dict[int, FamilyMember], attribute: str) -> str:
        if not attribute:
            return ""
        if attribute == "school_code":
            return self.school.code
        if attribute == "class_number":
            return self.places.get(child.pk, "")
        if attribute in ("id_number", "registry_number"):
            number = getattr(child, attribute)
            return number.plain() if number else ""
        field = by_attribute(attribute)
        if field.member:
            member = family.get(field.member)
            return member_text(child, member, field) if member else ""
        return text_of(field, getattr(child, attribute))


def member_text(child: Student, member: FamilyMember, field: Field) -> str:
    if field.own_name != "id_number":
        return text_of(field, getattr(member, field.own_name))
    sealed = member.id_cipher
    return open_(bytes(child.wrapped_key), bytes(sealed), FAMILY_ID_AAD) if sealed else ""


def class_names(children: Iterable[Student], batch: Registration | None = None) -> dict[int, str]:
    """child id → 2024级1班, the class it sits in, or the one a batch that is not decided yet names for it."""
    ids = [child.pk for child in children]
    if batch:
        entries = batch.entries.filter(student__in=ids).select_related("school_class")
        return {entry.student_id: str(entry.school_class) for entry in entries}
    sitting = Placement.objects.filter(enrolment__student__in=ids, ends=None, enrolment__voided=False)
    rows = sitting.select_related("enrolment", "school_class")
    return {row.enrolment.student_id: str(row.school_class) for row in rows}
