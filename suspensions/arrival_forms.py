"""The sheet of a class at the beginning of a term: one answer for every child, a reason for whoever has not come."""

from django import forms

from .models.arrival import Coming

REASON = 100


class ArrivalForm(forms.Form):
    def __init__(self, *args, children, before, **kwargs):
        super().__init__(*args, **kwargs)
        self.children = list(children)
        for child in self.due:
            known = before.get(child.pk)
            self.fields[f"m{child.pk}"] = forms.ChoiceField(
                label=child.name,
                choices=Coming.choices,
                widget=forms.RadioSelect,
                initial=known.mark if known else Coming.CAME,
            )
            self.fields[f"r{child.pk}"] = forms.CharField(
                label=f"{child.name}未到原因",
                required=False,
                max_length=REASON,
                initial=known.reason if known else "",
                widget=forms.TextInput(attrs={"aria-label": f"{child.name}未到原因", "placeholder": "未到的写明原因"}),
            )

    @property
    def due(self) -> list:
        return [child for child in self.children if not child.moving]

    def clean(self):
        given = super().clean()
        for child in self.due:
            mark, reason = given.get(f"m{child.pk}"), (given.get(f"r{child.pk}") or "").strip()
            if mark and mark != Coming.CAME and not reason:
                self.add_error(f"r{child.pk}", f"{child.name}没有到校，请写明原因。")
        return given

    def rows(self):
        return [
            {"child": child}
            if child.moving
            else {"child": child, "field": self[f"m{child.pk}"], "reason": self[f"r{child.pk}"]}
            for child in self.children
        ]

    @property
    def marks(self) -> dict[int, tuple[str, str]]:
        """child → (mark, reason); whoever has come needs none."""
        found = {}
        for child in self.due:
            mark = self.cleaned_data[f"m{child.pk}"]
            reason = "" if mark == Coming.CAME else self.cleaned_data[f"r{child.pk}"].strip()
            found[child.pk] = (mark, reason)
        return found
