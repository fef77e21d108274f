"""The board as the page draws it: figures on top, a line a unit, a line a deadline, the worst units as bars."""

from django import forms
from django.urls import reverse
from django.utils.http import urlencode

from accounts.policies import school_ids_where
from schools.models import School
from students.filters import SchoolChoice

from .standing import by_desk, by_unit

BARS = 15


def rows_at(**asked) -> str:
    """The address of the rows behind a figure."""
    return f"{reverse('supervision:deadlines')}?{urlencode(asked)}"


def board_page(user) -> dict:
    """Two questions for the figures, one for the names."""
    units, desks = by_unit(user), by_desk(user)
    for line in units:
        asked = {"school": line["key"]} if line["school"] else {"side": "bureau"}
        line["url"], line["open_url"] = rows_at(state="overdue", **asked), rows_at(**asked)
        line["school_url"] = rows_at(state="overdue", **asked | {"side": "school"})
        line["bureau_url"] = rows_at(state="overdue", **asked | {"side": "bureau"})
    for line in desks:
        line["url"] = rows_at(state="overdue", rule=line["deadline"])
        line["soon_url"], line["open_url"] = (
            rows_at(state="soon", rule=line["deadline"]),
            rows_at(rule=line["deadline"]),
        )
    worst = [line for line in units if line["late"]][:BARS]
    return {"units": units, "desks": desks, "figures": figures(desks), "chart": bars(worst) if worst else None}


def figures(desks: list[dict]) -> list[dict]:
    total = {name: sum(line[name] for line in desks) for name in ("open", "soon", "late")}
    return [
        {"label": "已超期", "value": total["late"], "url": rows_at(state="overdue"), "tone": "refused"},
        {"label": "三日内到期", "value": total["soon"], "url": rows_at(state="soon"), "tone": "soon"},
        {"label": "在办期限", "value": total["open"], "url": rows_at()},
        {"label": "我承办的", "value": "查看", "url": rows_at(whose="mine")},
    ]


def bars(worst: list[dict]) -> dict:
    return {
        "kind": "bar",
        "unit": "件",
        "labels": [line["name"] for line in worst],
        "series": [
            {"label": label, "values": [line[name] for line in worst], "urls": [line[url] for line in worst]}
            for label, name, url in (
                ("学校承办超期", "late_at_school", "school_url"),
                ("教育局承办超期", "late_at_bureau", "bureau_url"),
            )
        ],
    }


class TrendFilter(forms.Form):
    """One school, or all in sight."""

    school = SchoolChoice(School.objects.none(), label="学校", required=False, empty_label="不限")

    def __init__(self, data, *, user):
        super().__init__(data)
        schools = school_ids_where(user, "view_school")
        self.fields["school"].queryset = School.objects.filter(pk__in=schools)
        if len(schools) < 2:
            del self.fields["school"]
        self.is_valid()
        self.school = self.cleaned_data.get("school")
