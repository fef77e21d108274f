"""The same rows into the same tables by django-import-export, as its documentation has it.

A ModelResource with a widget for codes, days and truth values; what does not stand in the child's own columns is
written by its hook after each row. It is spared what slows it down most: no diffs, no full_clean, no dry run, no
preview. Its bulk mode cannot be used: a child's number, family and place in the case need the child's key.
"""

import io

from import_export import fields, resources, widgets
from import_export.instance_loaders import BaseInstanceLoader
from watching import Laps

from approvals.models import CaseSubject
from approvals.services import open_case
from jianping_xueji import vault
from law import clock
from students.dictionary import codes
from students.dictionary.fields import FIELDS, layout
from students.importing.records import MEMBER_CELLS, MEMBERS, OWN_FIELDS
from students.models import FamilyMember, NumberKind, Registration, RegistrationEntry, Student, StudentNumber
from students.models.child import number_aad
from students.spelling import initials_of, pinyin_of

HEADERS = {attribute: header for header, attribute in layout("v1") if attribute}
FIELD_OF = {field.attribute: field for field in FIELDS}


class CodeWidget(widgets.Widget):
    """A name from the code table as its code."""

    def __init__(self, table: str):
        super().__init__()
        self.table = codes.table(table)

    def clean(self, value, row=None, **kwargs):
        return self.table.resolve(value) if value else ""


class YesNoWidget(widgets.Widget):
    def clean(self, value, row=None, **kwargs):
        return {"是": True, "否": False}.get(value)


class BlankText(widgets.CharWidget):
    def clean(self, value, row=None, **kwargs):
        return super().clean(value, row, **kwargs) or ""


def widget_of(field) -> widgets.Widget:
    if field.code_table:
        return CodeWidget(field.code_table)
    by_type = {"bool": YesNoWidget, "distance": widgets.DecimalWidget}
    if field.type == "date":
        return widgets.DateWidget("%Y%m%d")
    return by_type.get(field.type, BlankText)()


class ByNumber(BaseInstanceLoader):
    """The child that holds the row's ID number."""

    def get_instance(self, row):
        index = vault.index(row[HEADERS["id_number"]], NumberKind.ID)
        held = StudentNumber.objects.filter(index=index, until=None).select_related("student").first()
        return held.student if held else None


def resource_of(case, classes: dict[str, int]) -> resources.ModelResource:
    """The resource for one school's file and its registration case."""

    class Meta:
        model = Student
        instance_loader_class = ByNumber
        import_id_fields = ()
        fields = tuple(field.attribute for field in OWN_FIELDS if field.attribute in HEADERS)
        skip_diff, skip_unchanged, report_skipped = True, False, False

    def before_save_instance(self, child, row, **kwargs):
        if not child.pk:
            child.school, child.wrapped_key = case.lead_school, vault.new_child_key()
            child.name_pinyin, child.name_initials = pinyin_of(child.name), initials_of(child.name)

    def after_save_instance(self, child, row, **kwargs):
        number = row[HEADERS["id_number"]]
        StudentNumber.objects.create(
            student=child, kind=NumberKind.ID, cipher=vault.seal(child.wrapped_key, number, number_aad(NumberKind.ID)),
            index=vault.index(number, NumberKind.ID), tail=vault.tail(number), letter="", since=clock.today(),
        )  # fmt: skip
        for member in MEMBERS:
            if row[HEADERS[f"member{member}.name"]]:
                FamilyMember.objects.create(student=child, position_in_form=member, **member_values(row, member))
        CaseSubject.objects.create(case=case, child=child)
        RegistrationEntry.objects.create(
            registration=case, student=child, school_class_id=classes[row[HEADERS["class_number"]]],
            sheet_row=kwargs["row_number"],
        )  # fmt: skip

    def after_import(self, dataset, result, **kwargs):
        """Setting the sequence anew is the owner's, not the application's."""

    body = {
        attribute: fields.Field(attribute, HEADERS[attribute], widget=widget_of(FIELD_OF[attribute]))
        for attribute in Meta.fields
    }
    hooks = (before_save_instance, after_save_instance, after_import)
    body |= {"Meta": Meta} | {each.__name__: each for each in hooks}
    return type("ChildResource", (resources.ModelResource,), body)()


def member_values(row, member: int) -> dict:
    return {
        column: widget_of(FIELD_OF[attribute]).clean(row[HEADERS[attribute]]) or blank
        for attribute, column, blank in MEMBER_CELLS[member]
    }


def imported_by_peer(data: bytes, school) -> tuple[float, float, int]:
    """Seconds from the file to the committed rows, by the clock and of the processors, and how many there are."""
    import tablib
    from django.db import connection, transaction
    from python_calamine import CalamineWorkbook

    from accounts.roles import Role
    from tests.county import staff_member

    by = staff_member(Role.REGISTRAR, school)
    lap = Laps(connection.connection.info.backend_pid)
    head, *rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    with transaction.atomic():
        case = open_case(Registration, by=by, lead=school, children=[], title="对照", state=Registration.State.DRAFT)
        resource = resource_of(case, {str(each): each.pk for each in school.classes.all()})
        result = resource.import_data(tablib.Dataset(*map(tuple, rows), headers=head), raise_errors=True)
    assert result.totals["new"] == len(rows)
    return (*lap(), case.entries.count())
