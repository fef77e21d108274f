"""The sheet on which a complaint is registered, and the filters of the list."""

from django import forms
from django.db.models import Q

from accounts.policies import powers_of, school_ids_where
from approvals.models import Case
from schools.models import School
from students.change_forms import DraftForm, field_for
from students.filters import SchoolChoice
from students.models import Student
from students.search import by_number, looks_like_number

from ..listed import CasesInSight
from .case import SEES_WHO, Complaint
from .words import Matter

FEW = 3


class ComplaintForm(DraftForm):
    """Who complains about which school, of what; child and case are named by what people have in hand."""

    school = SchoolChoice(School.objects.none(), label="被投诉学校", empty_label="请选择学校")
    child = forms.CharField(
        label="涉及的学生", max_length=60, required=False, help_text="姓名、学籍号或身份证件号；不涉及具体学生的留空。"
    )
    about = forms.CharField(
        label="涉及的业务编号", max_length=20, required=False, help_text="如转2026000123；没有的留空。"
    )
    phone = forms.CharField(label="联系电话", max_length=30, required=False, help_text="加密保存，查看留痕。")
    original = forms.CharField(
        label="原投诉件编号", max_length=20, required=False, help_text="对已办结的答复不服、再次投诉的填写。"
    )

    class Meta:
        model = Complaint
        fields = Complaint.DRAFT
        formfield_callback = field_for

    field_order = [
        "school", "child", "about", "received_on", "channel", "complainant", "relation", "phone", "confidential",
        "matter", "content", "demand", "original", "order_text",
    ]  # fmt: skip

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        ids = school_ids_where(user, "bureau_make")
        self.fields["school"].queryset = School.objects.filter(pk__in=ids).order_by("code")
        if self.instance.pk:
            del self.fields["school"]
            self.fields["phone"].help_text = "加密保存；不改动的留空。"

    def clean_child(self):
        said = self.cleaned_data["child"].strip()
        if not said:
            return None
        named = self.instance.child if self.instance.pk else None
        if named and said == named.name:
            return named
        seen = Student.objects.visible_to(self.user)
        found = seen.filter(pk__in=by_number(said).values("pk")) if looks_like_number(said) else seen.filter(name=said)
        school = self.cleaned_data.get("school") or getattr(self.instance, "lead_school", None)
        found = found.select_related("school")
        here = list(found.filter(school=school)[:FEW]) if school else []
        every = here or list(found[:FEW])
        if len(every) == 1:
            return every[0]
        raise forms.ValidationError(
            f"有{len(every)}名以上学生叫“{said}”，请填写学籍号或身份证件号。"
            if every
            else f"没有找到“{said}”，请填写全名、学籍号或身份证件号；不涉及具体学生的留空。"
        )

    def clean_about(self):
        return self._case_named("about", Case)

    def clean_original(self):
        return self._case_named("original", Complaint)

    def _case_named(self, name: str, kind):
        number = self.cleaned_data[name].strip()
        found = kind.objects.visible_to(self.user).filter(number=number).first() if number else None
        if number and found is None:
            raise forms.ValidationError(f"没有编号为“{number}”的业务，请核对。")
        return found

    @property
    def asked(self) -> dict:
        """What the services take: columns, the child, the number."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "school"}
        return given | {"about_case": given.pop("about"), "follows": given.pop("original")}


class ComplaintFilter(CasesInSight):
    """Narrows the list; kept in the address."""

    WORDS = "编号、学生或投诉人"
    matter = forms.ChoiceField(label="事项", choices=[("", "不限"), *Matter.choices], required=False)
    field_order = ["q", "scope", "school", "matter", "lateness"]

    def in_sight(self):
        """The complaints of schools in sight, and where the user is at the bureau also by who complained."""
        return Complaint.objects.visible_to(self.user)

    def narrow(self):
        matter = self.cleaned_data.get("matter")
        return super().narrow().filter(Q(matter=matter) if matter else Q())

    def worded(self) -> Q:
        powers = powers_of(self.user)
        known = set().union(*(powers.schools(right) for right in SEES_WHO))
        of_child = Complaint.objects.filter(subjects__child__name__contains=self.words).values("pk")
        named = Q(lead_school__among=known) | Q(confidential=False)
        return Q(number__contains=self.words) | Q(pk__in=of_child) | Q(complainant__contains=self.words) & named
