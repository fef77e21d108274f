"""Exports of the national system, made from the register itself and then told otherwise, row by row."""

from datetime import date

from accounts.roles import Role
from students.agreement import services
from students.agreement.models import Difference
from students.dictionary.fields import layout
from students.exporting.cells import Rows, class_names
from students.exporting.workbook import written
from students.models import Student
from tests.county import staff_member

# The template's columns and the 学籍号, which the national system adds to what it gives out.
HEADS = [header for header, _ in layout("v1")] + ["学籍号"]
COLUMNS = [attribute for _, attribute in layout("v1")] + ["registry_number"]


def lines_of(*schools) -> list[dict[str, str]]:
    """What CEIMS would say of these schools if it agreed: one dict per child, by attribute."""
    found = []
    for school in schools:
        children = Student.objects.filter(school=school).exclude(status="pending").order_by("pk")
        children = list(children.prefetch_related("numbers", "family"))
        rows = Rows(children, school, class_names(children)).of(COLUMNS)
        found += [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    return found


def workbook_of(lines) -> bytes:
    return written("学生信息", HEADS, ([line.get(name, "") for name in COLUMNS] for line in lines), mark="样例")


def agreed(lines, *, school=None, bureau=None, as_of=date(2026, 9, 15)):
    """The file compared, as the job would."""
    by = staff_member(Role.REGISTRAR, school) if school else staff_member(Role.BUREAU_CLERK, bureau)
    data = lines if isinstance(lines, bytes) else workbook_of(lines)
    file = services.take_in(data, "全国系统导出.xlsx", by=by, as_of=as_of, school=school)
    return services.carry_out(file, services.read(file))


def said(**which) -> set[tuple]:
    """The standing differences: child, kind, field, ours, theirs."""
    found = Difference.objects.standing().filter(**which)
    return {(d.name, d.what, d.field, d.ours, d.theirs) for d in found}


__all__ = ["agreed", "lines_of", "said", "workbook_of"]
