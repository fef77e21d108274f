"""Prints that are about a class, a school or a list instead of a case: the same registry, number, code and proof."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.policies import Powers
from students.models import Look

from .fonts import check_texts, require_fonts
from .forms import Form
from .services import Printed, laid_out, looks_at, new_record
from .subject import Sheet


@transaction.atomic
def print_sheet(form: Form, sheet: Sheet, *, by, address_of: Callable[[str], str]) -> Printed:
    """Print a form about `sheet`. Raises PermissionDenied, NotPrintable, MissingGlyph …: nothing is kept."""
    powers = Powers.of(by)
    if not sheet.schools or not all(any(powers.on(right, school) for right in form.rights) for school in sheet.schools):
        raise PermissionDenied(f"您没有打印《{form.title}》的权限。")
    require_fonts()
    check_texts(sheet.content, child=sheet.child.name if sheet.child else "")
    record = new_record(form, None, sheet.content, by, school=sheet.school, subject=sheet.subject, child=sheet.child)
    printed = laid_out(form, record, sheet.content, address_of)
    log_looks(form, sheet, printed, powers)
    return printed


def log_looks(form: Form, sheet: Sheet, printed: Printed, powers: Powers) -> None:
    """Numbers printed in full are looks at every child on the sheet (第三十七条)."""
    power = next((power for right in form.rights for power in powers.on(right, sheet.schools[0])), None)
    Look.objects.bulk_create(looks_at(form, printed.record, sheet.children, power))
