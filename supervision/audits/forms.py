"""The sheet of an audit as it is open now, and the filter of the round."""

from django import forms
from django.db.models import Q

from law import clock
from law.school_time import school_year_name, school_year_of
from students.filters import SearchWords

from ..orders.breaches import Breach
from .case import TermAudit
from .services import WRITES

EMPTY = [("", "请选择")]
STATES = [("", "不限"), ("open", "在办"), ("done", "核查完毕"), ("school", "待学校说明")]


class AuditSheet(forms.Form):
    """One line a row of the sheet, only of what is open in the present state."""

    def __init__(self, data, *, case: TermAudit):
        super().__init__(data)
        self.case = case
        self.of_samples, self.of_findings = WRITES.get(case.state, ((), ()))
        self.samples = list(case.samples.select_related("child")) if self.of_samples else []
        self.findings = list(case.findings.all()) if self.of_findings else []
        for row in self.samples:
            self._offer("s", row, self.of_samples)
        for row in self.findings:
            self._offer("f", row, self.of_findings)
        if self.of_samples:
            self._offer_another()

    def _offer(self, stem: str, row, columns) -> None:
        for name in columns:
            column = row._meta.get_field(name)
            label = f"{row.child.name if stem == 's' else row.title}：{column.verbose_name}"
            if column.choices:
                field = forms.ChoiceField(label=label, choices=EMPTY + list(column.choices), required=False)
            else:
                field = forms.CharField(label=label, max_length=column.max_length, required=False)
            field.initial = getattr(row, name)
            self.fields[f"{stem}{row.pk}_{name}"] = field

    def _offer_another(self) -> None:
        self.fields["new_breach"] = forms.ChoiceField(label="情形", choices=EMPTY + Breach.choices, required=False)
        self.fields["new_title"] = forms.CharField(label="现场发现的问题", max_length=120, required=False)
        self.fields["new_number"] = forms.IntegerField(label="数量", min_value=1, max_value=99999, required=False)

    def clean(self):
        given = super().clean()
        if bool(given.get("new_title")) != bool(given.get("new_breach")):
            self.add_error("new_title", "现场发现的问题须同时写明问题和所属情形。")
        for row in self.findings:
            if given.get(f"f{row.pk}_answer") and "words" in self.of_findings and not given.get(f"f{row.pk}_words"):
                self.add_error(f"f{row.pk}_words", f"“{row.title}”选定了说明种类，请写明做了什么或者为什么。")
        return given

    def _columns(self, stem: str, rows, columns) -> dict:
        return {row.pk: {name: self.cleaned_data[f"{stem}{row.pk}_{name}"] for name in columns} for row in rows}

    @property
    def asked(self) -> dict:
        """What `services.fill_in` takes."""
        added = None
        if self.cleaned_data.get("new_title"):
            names = {"breach": "new_breach", "title": "new_title", "number": "new_number"}
            added = {name: self.cleaned_data[field] or 1 for name, field in names.items()}
        return {
            "samples": self._columns("s", self.samples, self.of_samples),
            "findings": self._columns("f", self.findings, self.of_findings),
            "added": added,
        }

    def lines(self) -> list[dict]:
        """Rows with their bound fields, as the page draws them."""
        drawn = []
        for stem, rows, columns in (("s", self.samples, self.of_samples), ("f", self.findings, self.of_findings)):
            drawn += [{"row": row, "fields": [self[f"{stem}{row.pk}_{name}"] for name in columns]} for row in rows]
        return drawn

    def another(self) -> list:
        return [self[name] for name in self.fields if name.startswith("new_")]


class RoundFilter(forms.Form):
    """Which term's round, and which schools of it; an impossible value is ignored."""

    q = SearchWords("学校或编号")
    term = forms.ChoiceField(label="学期", required=False)
    state = forms.ChoiceField(label="状态", choices=STATES, required=False)

    def __init__(self, data, *, user, opening):
        super().__init__(data)
        self.user, self.opening = user, opening
        year = school_year_of(clock.today())
        terms = [(y, n) for y in (year, year - 1, year - 2) for n in (2, 1) if (y, n) <= (opening.year, opening.term)]
        names = {1: "第一学期", 2: "第二学期"}
        self.fields["term"].choices = [(f"{y}-{n}", f"{school_year_name(y)}{names[n]}") for y, n in terms]
        self.is_valid()

    @property
    def chosen(self) -> tuple[int, int]:
        said = self.cleaned_data.get("term") or f"{self.opening.year}-{self.opening.term}"
        year, term = said.split("-")
        return int(year), int(term)

    @property
    def is_present(self) -> bool:
        return self.chosen == (self.opening.year, self.opening.term)

    def narrow(self):
        """The audits of the term in sight that fit."""
        year, term = self.chosen
        found = TermAudit.objects.visible_to(self.user).filter(year=year, term=term, counts=True)
        said, state = self.cleaned_data.get("q", "").strip(), self.cleaned_data.get("state")
        if said:
            found = found.filter(Q(number__contains=said) | Q(school__name__contains=said))
        wanted = {
            "open": Q(closed_on=None),
            "done": Q(state=TermAudit.State.DONE),
            "school": Q(desk_stage=TermAudit.DESKS[TermAudit.State.ANSWER].stage),
        }
        return found.filter(wanted.get(state, Q()))
