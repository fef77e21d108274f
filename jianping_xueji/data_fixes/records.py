"""Records of children and schools in the admin: what may be corrected, what can only be looked at."""

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.utils.html import format_html_join

from accounts.appointments import grant_new_school
from approvals.models import Case, CeimsFiling, Step
from schools.models import Bureau, Division, School, SchoolClass, SeatGrant, Seats
from students import freeze
from students.dictionary.codes import table
from students.dictionary.fields import by_attribute
from students.models import DataFix, Enrolment, FamilyMember, Look, Placement, Student, StudentNumber
from students.spelling import initials_of, pinyin_of

from .reasoned import ReadOnlyAdmin, ReasonedAdmin, ReasonedForm, difference
from .scope import administrators_of, bureaus_of, schools_of, within
from .site import site

# Written by cases and the enrolment service only.
STATE_OF_RECORD = ("school", "status", "name_pinyin", "name_initials")


class CodedForm(ReasonedForm):
    """Coded columns as choices of their table; a stored code the table lacks stays choosable and is marked."""

    prefix_of_fields = ""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in list(self.fields):
            if code_table := coded(f"{self.prefix_of_fields}{name}"):
                self.fields[name] = self._choice(name, code_table)

    def _choice(self, name: str, code_table):
        old, held = self.fields[name], getattr(self.instance, name, "")
        choices = [("", "（未填）"), *((code.code, code.name) for code in code_table.codes.values())]
        if held and held not in code_table.codes:
            choices.append((held, f"{held}（代码表中没有）"))
        return forms.ChoiceField(choices=choices, label=old.label, required=old.required)


class ChildForm(CodedForm):
    """The record of a child; in a freeze the key fields of grade nine stand here as everywhere (第十四条)."""

    def clean(self):
        cleaned = super().clean()
        touched = [name for name in self.changed_data if name in freeze.KEY_FIELDS]
        if touched and (span := freeze.binds(self.instance)):
            for name in touched:
                self.add_error(
                    name, f"中考冻结期至{span[1]:%Y年%-m月%-d日}，九年级学生的关键信息不能变更（第十四条）。"
                )
        return cleaned


class FamilyForm(CodedForm):
    prefix_of_fields = "member1."


def coded(attribute: str):
    """The code table of a field of the record, or None."""
    try:
        field = by_attribute(attribute)
    except KeyError:
        return None
    return table(field.code_table) if field.type == "code" else None


@admin.register(Student, site=site)
class StudentAdmin(ReasonedAdmin):
    form = ChildForm
    list_display = ["name", "sex_name", "birth_date", "school", "status"]
    list_filter = ["status"]
    list_select_related = ["school"]
    search_fields = ["name", "name_pinyin", "slug"]
    readonly_fields = [*STATE_OF_RECORD, "numbers_masked"]
    ordering = ["name_pinyin", "id"]

    def get_queryset(self, request):
        return within(request, super().get_queryset(request), "school")

    @admin.display(description="号码（末四位）")
    def numbers_masked(self, child):
        return format_html_join("", "<div>{} {}</div>", ((n.get_kind_display(), n.masked) for n in child.numbers.all()))

    def store(self, obj, form, changed, change):
        if "name" in changed:
            obj.name_pinyin, obj.name_initials = pinyin_of(obj.name), initials_of(obj.name)
            changed = [*changed, "name_pinyin", "name_initials"]
        with freeze.declared():
            super().store(obj, form, changed, change)


@admin.register(FamilyMember, site=site)
class FamilyMemberAdmin(ReasonedAdmin):
    form = FamilyForm
    list_display = ["name", "relation", "student"]
    list_select_related = ["student"]
    search_fields = ["name", "student__name"]
    readonly_fields = ["student", "position_in_form", "id_type", "id_tail"]

    def get_queryset(self, request):
        return within(request, super().get_queryset(request), "student__school")


@admin.register(School, site=site)
class SchoolAdmin(ReasonedAdmin):
    can_add = True
    list_display = ["code", "name", "kind", "county_direct", "closed_on"]
    list_filter = ["kind", "county_direct"]
    search_fields = ["code", "name"]
    autocomplete_fields = ["division"]

    def get_queryset(self, request):
        return within(request, super().get_queryset(request), "pk")

    def get_readonly_fields(self, request, obj=None):
        return ["bureau"] if obj else []

    def store(self, obj, form, changed, change):
        super().store(obj, form, changed, change)
        if not change:
            grant_new_school(obj)


@admin.register(Division, site=site)
class DivisionAdmin(ReasonedAdmin):
    can_add = True
    list_display = ["code", "name", "kind", "parent"]
    list_select_related = ["parent"]
    search_fields = ["code", "name"]
    autocomplete_fields = ["parent"]

    def get_readonly_fields(self, request, obj=None):
        return ["code"] if obj else []


@admin.register(Seats, site=site)
class SeatsAdmin(ReasonedAdmin):
    """Seats by plan may be corrected; what is used, held or granted follows from cases."""

    list_display = ["school", "year", "grade", "school_class", "capacity", "granted", "used", "reserved"]
    list_filter = ["year", "grade"]
    list_select_related = ["school", "school_class"]
    search_fields = ["school__name"]
    readonly_fields = ["school", "year", "grade", "school_class", "granted", "used", "reserved"]

    def get_queryset(self, request):
        return within(request, super().get_queryset(request), "school")


@admin.register(Bureau, site=site)
class BureauAdmin(ReadOnlyAdmin):
    def get_queryset(self, request):
        return super().get_queryset(request).filter(pk__in=bureaus_of(request.user))


@admin.register(SchoolClass, site=site)
class SchoolClassAdmin(ReadOnlyAdmin):
    list_select_related = ["school"]

    def get_queryset(self, request):
        return within(request, super().get_queryset(request), "school")


@admin.register(SeatGrant, site=site)
class SeatGrantAdmin(ReadOnlyAdmin):
    def get_queryset(self, request):
        return within(request, super().get_queryset(request), "seats__school")


@admin.register(StudentNumber, site=site)
class StudentNumberAdmin(ReadOnlyAdmin):
    """Ciphers and indexes stay out of sight."""

    fields = ["student", "kind", "masked", "since", "until"]
    list_display = ["student", "kind", "masked", "since", "until"]
    list_select_related = ["student"]
    search_fields = ["student__name", "tail"]

    def get_queryset(self, request):
        return within(request, super().get_queryset(request), "student__school")


@admin.register(Enrolment, site=site)
class EnrolmentAdmin(ReadOnlyAdmin):
    list_display = ["student", "school", "during", "came_how", "left_how", "voided"]
    list_select_related = ["student", "school"]
    search_fields = ["student__name"]

    def get_queryset(self, request):
        return within(request, super().get_queryset(request), "school")


@admin.register(Placement, site=site)
class PlacementAdmin(ReadOnlyAdmin):
    list_display = ["enrolment", "school_class", "year", "starts", "ends"]
    list_select_related = ["enrolment__student", "enrolment__school", "school_class"]

    def get_queryset(self, request):
        return within(request, super().get_queryset(request), "enrolment__school")


@admin.register(Case, site=site)
class CaseAdmin(ReadOnlyAdmin):
    list_display = ["number", "kind", "state", "lead_school", "peer_school", "opened_on", "closed_on"]
    list_select_related = ["lead_school", "peer_school"]
    search_fields = ["number"]

    def get_queryset(self, request):
        return within(request, super().get_queryset(request), "lead_school")


@admin.register(Step, CeimsFiling, site=site)
class SignedAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "case"]
    exclude = ["canonical"]
    list_select_related = ["case"]

    def get_queryset(self, request):
        return within(request, super().get_queryset(request), "case__lead_school")


@admin.register(Look, site=site)
class LookAdmin(ReadOnlyAdmin):
    list_display = ["legal_date", "user", "kind", "student", "reason"]
    list_select_related = ["user", "student"]

    def get_queryset(self, request):
        """Looks at our children, whoever looked; a search that found nobody belongs to the school that asked."""
        ours = schools_of(request.user)
        at_ours = Q(student__school__in=ours) | Q(student=None, school__in=ours)
        return super().get_queryset(request).filter(at_ours)


@admin.register(DataFix, site=site)
class DataFixAdmin(ReadOnlyAdmin):
    list_display = ["legal_date", "model_name", "object_name", "reason", "by"]
    fields = ["legal_date", "model_name", "object_name", "reason", "told", "by", "fixed_at"]
    list_select_related = ["by"]
    search_fields = ["object_name", "reason"]

    def get_queryset(self, request):
        return super().get_queryset(request).filter(by__in=administrators_of(request.user))

    @admin.display(description="改前 → 改后")
    def told(self, fix):
        return difference(fix)
