"""Forms of the archive: one entry of one child, a reason, a term, the filters of the lists."""

from django import forms

from students.campaign_forms import Words
from students.importing.opening import FORMATS
from students.importing.workbook_field import WorkbookField
from students.models import Student

from .columns import Column
from .kinds import KINDS, SHEETS, Kind, Sitting
from .periods import Moment
from .reading import LIMITS


class TypedField(forms.Field):
    """One column as a form field: read by the column itself."""

    def __init__(self, column: Column):
        super().__init__(label=column.label, required=column.required, help_text=column.help, widget=column.widget())
        self.column = column

    def to_python(self, value):
        found, verdict = self.column.read(value, self.column.label)
        if verdict:
            raise forms.ValidationError(f"{verdict.message}。{verdict.remedy}。")
        return found


class EntryForm(forms.Form):
    """What one entry says. `values` are what stands, when it is corrected."""

    def __init__(self, data=None, *, kind: Kind, child: Student, grade: int | None, values=None):
        self.kind, self.sitting = kind, Sitting(grade, child.sex)
        columns = kind.columns_for(grade)
        super().__init__(data, initial={column.key: column.typed((values or {}).get(column.key)) for column in columns})
        for column in columns:
            self.fields[column.key] = TypedField(column)

    def clean(self):
        given = super().clean()
        if not self.errors:
            for key, message, remedy in self.kind.objections_to(given, self.sitting):
                self.add_error(key if key in self.fields else None, f"{message}。{remedy}。")
        return given

    @property
    def values(self) -> dict:
        return {column.key: self.cleaned_data.get(column.key) for column in self.kind.columns}


class ReasonForm(forms.Form):
    reason = forms.CharField(label="原因", max_length=200)


class PeriodForm(forms.Form):
    """The term a page speaks of, kept in the address; anything unknown is the one whose results are owed."""

    term = forms.ChoiceField(label="学期", required=False)

    def __init__(self, data, *, present: bool = False):
        self.moment = Moment.now()
        self.period = self.moment.period_of(data.get("term", self.moment.present.code if present else ""))
        super().__init__({"term": self.period.code})
        self.fields["term"].choices = self.moment.choices


class MeterWords(Words):
    """Words and whether the archives of a row are all complete."""

    CHOICES = [("", "不限"), ("open", "未齐"), ("done", "已齐"), ("late", "有超期")]
    LABEL = "情况"

    def narrow(self, rows: list[dict]) -> list[dict]:
        if self.chosen == "late":
            return [row for row in rows if self.words in row["name"] and row["overdue"]]
        return super().narrow(rows)


class WorkbookForm(forms.Form):
    """An upload: what it holds, of which term, and why anything standing would be changed."""

    kind = forms.ChoiceField(label="内容", choices=[(code, kind.label) for code, kind in SHEETS.items()])
    term = forms.ChoiceField(label="学期")
    workbook = WorkbookField(
        LIMITS, label=f"工作簿（{FORMATS}）", help_text="用本页下载的模板填写；学生代码、姓名不要改。"
    )
    reason = forms.CharField(
        label="更正原因", max_length=200, required=False, help_text="改动已登记的内容要写；也可以看过核对结果再写"
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.moment = Moment.now()
        self.fields["term"].choices = self.moment.choices
        self.fields["term"].initial = self.moment.owed.code

    @property
    def chosen(self) -> tuple[Kind, object]:
        kind = KINDS[self.cleaned_data["kind"]]
        return kind, self.moment.period_for(kind, self.moment.period_of(self.cleaned_data["term"]))
