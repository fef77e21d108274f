"""A child's record as the paper form lays it out: groups in its order, codes as names, numbers masked."""

from datetime import date

from .dictionary import fields
from .dictionary.codes import table
from .dictionary.divisions import words_of
from .models import FamilyMember, Student

# Read from elsewhere than a column of the child: the place of enrolment, sealed numbers, files.
ELSEWHERE = ("school_code", "photo", "continuation_id")


def groups_of(child: Student) -> list[dict]:
    """The form's groups, each {heading, facts}, for `components/facts.html`; family members are not among them."""
    grouped: dict[str, list[tuple]] = {}
    for field in fields.FIELDS:
        if not field.member and field.attribute not in ELSEWHERE:
            grouped.setdefault(field.group, []).append((_paper_order(field), _fact(field, _own_value(child, field))))
    return [
        {"heading": heading.removeprefix("学生"), "facts": [fact for _, fact in sorted(rows, key=lambda r: r[0])]}
        for heading, rows in grouped.items()
    ]


def family_of(child: Student) -> list[dict]:
    """Family members in the form's order, each {heading, facts}."""
    return [
        {
            "heading": f"成员{member.get_position_in_form_display()}　{member.name}",
            "facts": [_member_fact(member, field) for field in _member_fields(member.position_in_form)],
        }
        for member in child.family.all()
    ]


def _paper_order(field) -> tuple[int, str]:
    return (int(field.paper_no) if field.paper_no else 999, field.field_id)


def _member_fields(position: int) -> list:
    return sorted((f for f in fields.FIELDS if f.member == position), key=_paper_order)


def _own_value(child: Student, field) -> str:
    if field.attribute in ("id_number", "registry_number"):
        number = getattr(child, field.attribute)
        return number.masked if number else ""
    if field.attribute == "class_number":
        place = getattr(child, "place", None)
        return str(place.school_class) if place else ""
    if field.attribute == "grade":
        place = getattr(child, "place", None)
        return table("nj").name_of(f"{place.grade:02}") or place.name if place else ""
    return in_words(field, getattr(child, field.attribute))


def _member_fact(member: FamilyMember, field) -> dict:
    label = field.label.removeprefix(f"成员{member.position_in_form}")
    if field.own_name == "id_number":
        value = f"{'*' * 14}{member.id_tail}" if member.id_tail else ""
    else:
        value = in_words(field, getattr(member, field.own_name))
    return {"label": label, "value": value, "missing": field.required == "Y" and not value}


def _fact(field, value: str) -> dict:
    return {"label": field.label, "value": value, "missing": field.required == "Y" and not value}


def in_words(field, value) -> str:
    """A stored value as people write it: 是/否, the name of a code, a place, a date."""
    if value in (None, ""):
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return f"{value:%Y年%-m月%-d日}"
    said = WORDS.get(field.type)
    return said(field, value) if said else str(value)


def _code(field, value: str) -> str:
    return table(field.code_table).name_of(value) or f"{value}（代码表中没有）"


def _month(_field, value: str) -> str:
    return f"{value[:4]}年{int(value[4:6])}月" if len(value) == 6 and value.isdecimal() else value


WORDS = {
    "code": _code,
    "division": lambda _field, value: words_of(value) or value,
    "month": _month,
    "validity": lambda _field, value: value.replace("/", "至"),
    "distance": lambda _field, value: f"{value}公里",
}
