"""What the page 全国系统 asks: which school, which children, which version of the template, and what for."""

from django import forms

from schools.models import School

from ..filters import OneSchool, StudentFilter
from ..models.registration import Registration
from . import selection
from .services import PURPOSE_LENGTH, VERSIONS, WHICH, WORKERS

CLOSED_WITHOUT_CHILDREN = ("refused", "withdrawn", "settled")
RECENT = 20


class BatchChoice(forms.ModelChoiceField):
    """Batches by number and title."""

    def label_from_instance(self, batch):
        return f"{batch.number} {batch.title}（{batch.state_name}）"


class SchoolForm(OneSchool):
    """On whose file for the national system the person works."""

    RIGHTS = WORKERS
    WHICH = {"closed_on": None}


class ExportForm(forms.Form):
    which = forms.ChoiceField(label="导出范围", choices=WHICH, required=False)
    batch = BatchChoice(
        Registration.objects.none(),
        label="或只导出一个注册批次",
        required=False,
        empty_label="不按批次",
        help_text="选了批次，上面的范围不起作用。",
    )
    version = forms.ChoiceField(label="全国系统模板", choices=VERSIONS)
    purpose = forms.CharField(
        label="用途", max_length=PURPOSE_LENGTH, help_text="如：秋季新生申请学籍号。写在文件每页的页眉页脚，并留痕。"
    )

    def __init__(self, *args, school: School, **kwargs):
        super().__init__(*args, **kwargs)
        batches = Registration.objects.filter(lead_school=school).exclude(state__in=CLOSED_WITHOUT_CHILDREN)
        self.fields["batch"].queryset = batches.order_by("-pk")

    def clean_which(self):
        return self.cleaned_data["which"] or WHICH[0][0]


class ScopeFilter(StudentFilter):
    """Whose rows the selection holds; no box for words, since a number must not stand in an address."""

    q = None

    @property
    def words(self) -> str:
        return ""

    @property
    def said(self) -> str:
        """The scope in words, for the page and the trace."""
        chosen = self.cleaned_data
        parts = [str(chosen[name]) for name in ("school", "school_class") if chosen.get(name)]
        for name in ("grade", "status"):
            if chosen.get(name) and not (name == "grade" and chosen.get("school_class")):
                parts.append(dict(self.fields[name].choices)[chosen[name]])
        return "·".join(parts) or "全部在籍学生"


class SelectionForm(forms.Form):
    columns = forms.MultipleChoiceField(
        label="栏目",
        choices=selection.groups,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "tick-columns"}),
        initial=list(selection.USUAL),
        error_messages={"required": "请至少勾选一栏。"},
    )
    purpose = forms.CharField(
        label="用途", max_length=PURPOSE_LENGTH, help_text="如：班主任核对名单。写在文件每页的页眉页脚，并留痕。"
    )

    def clean_columns(self) -> list[str]:
        """In the order of the form, whatever order they were sent in."""
        chosen = set(self.cleaned_data["columns"])
        return [name for name in selection.LABELS if name in chosen]
