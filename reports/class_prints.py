"""A form for every child of a class at once: one file, a page a child, each page a print with its own number."""

import hashlib
from collections.abc import Callable, Sequence

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.policies import Powers
from law import clock
from law.school_time import school_year_of
from schools.models import SchoolClass
from students.models import Look, Student

from .errors import MissingGlyph, NotPrintable
from .fonts import check_texts, require_fonts
from .forms import Form
from .models import Print
from .rendering import render
from .services import Printed, frame_of, looks_at, new_record

MOST = 80


@transaction.atomic
def print_class(form: Form, school_class: SchoolClass, *, by, address_of: Callable[[str], str]) -> Printed:
    """The file for the class and its first print. Raises PermissionDenied, NotPrintable, MissingGlyph …: nothing kept.

    Children who only attend the class are left out: their record is kept, and checked, at another school (第二十五条).
    """
    powers = Powers.of(by)
    power = next((p for right in form.rights for p in powers.on(right, school_class.school_id)), None)
    if power is None:
        raise PermissionDenied(f"您没有打印《{form.title}》的权限。")
    require_fonts()
    children = children_of(school_class, form)
    contents = [form.of_child(child, school_class) for child in children]
    refuse_missing_glyphs(children, contents)
    name = school_class.name_in(school_year_of(clock.today()))
    about = {"school": school_class.school, "subject": f"{school_class.school.name}{name}"}
    prints = [new_record(form, None, c, by, child=child, **about) for child, c in zip(children, contents, strict=True)]
    pdf = render(form, *(frame_of(record, c, address_of) for record, c in zip(prints, contents, strict=True)))
    register(prints, pdf)
    looks = [look for record in prints for look in looks_at(form, record, [record.child], power)]
    Look.objects.bulk_create(looks)
    return Printed(prints[0], pdf)


def children_of(school_class: SchoolClass, form: Form) -> list[Student]:
    """Whose record is at the school of the class and who sit in it now, by name."""
    places = school_class.placements.filter(ends=None, enrolment__voided=False)
    found = Student.objects.filter(school=school_class.school_id, pk__in=places.values("enrolment__student"))
    children = list(found.prefetch_related("numbers").order_by("name_pinyin", "pk")[: MOST + 1])
    if not children:
        raise NotPrintable(f"本班没有学生，没有《{form.title}》可打印。")
    if len(children) > MOST:
        raise NotPrintable(f"本班超过{MOST}名学生，不能一次打印，请先核对分班。")
    return children


def refuse_missing_glyphs(children: Sequence[Student], contents: Sequence[dict]) -> None:
    """Every name that cannot be drawn, all told at once."""
    sentences = []
    for child, content in zip(children, contents, strict=True):
        try:
            check_texts(content, child=child.name)
        except MissingGlyph as missing:
            sentences += missing.sentences
    if sentences:
        raise MissingGlyph(sentences)


def register(prints: list[Print], pdf: bytes) -> None:
    """The rows of one file; former prints of the same form about the same children are no longer current."""
    digest = hashlib.sha256(pdf).hexdigest()
    for record in prints:
        record.pdf_sha256 = digest
    Print.objects.bulk_create(prints)
    later = {record.child_id: record for record in prints}
    former = Print.objects.standing().filter(form=prints[0].form, case=None, child__in=later, pk__lt=prints[0].pk)
    overtaken = [row for row in former if row.content_digest != later[row.child_id].content_digest]
    for row in overtaken:
        row.superseded_by = later[row.child_id]
    Print.objects.bulk_update(overtaken, ["superseded_by"])
