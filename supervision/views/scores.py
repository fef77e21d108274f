"""The yearly score of the schools (第三十三条)."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.policies import powers_of, school_ids_where
from approvals.bureaus import bureau_behind
from approvals.errors import NotYourHand, Refused
from law import clock
from law.school_time import school_year_name, school_year_of
from schools.models import School
from students.filters import SearchWords

from ..scores import signing
from ..scores.measuring import TITLES, scores_of
from .overdue import sees_schools

KEPT = 3  # school years one can look back


class ScoreFilter(forms.Form):
    """Which school year, which schools; an impossible value is ignored."""

    q = SearchWords("学校")
    year = forms.TypedChoiceField(label="学年", coerce=int, required=False)

    def __init__(self, data):
        super().__init__(data)
        now = school_year_of(clock.today())
        self.now = now
        self.years = range(now, now - KEPT, -1)
        self.fields["year"].choices = [(year, school_year_name(year)) for year in self.years]
        self.is_valid()

    @property
    def year_chosen(self) -> int:
        return self.cleaned_data.get("year") or self.now


@require_GET
def scores(request):
    """Every school in sight with its points, measure by measure; each figure leads to what is behind it."""
    sees_schools(request)
    chosen = ScoreFilter(request.GET)
    said, year = chosen.cleaned_data.get("q", "").strip(), chosen.year_chosen
    ids = school_ids_where(request.user, "view_school")
    sheet = signing.sheet_for(ids, year)
    schools = School.objects.filter(pk__in=ids).in_bulk()
    found = signing.scores_on(sheet) if sheet else scores_of([s.pk for s in schools.values() if not s.closed_on], year)
    rows = [row for row in placed(found, schools) if said in row["school"].name]
    context = {
        "filter": chosen,
        "rows": rows,
        "year": year,
        "year_name": school_year_name(year),
        "columns": columns_of(found),
        "chart": chart_of(rows),
        "sheet": sheet,
        "to_sign": not sheet and signing.is_over(year) and powers_of(request.user).schools(signing.RIGHT),
    }
    return render(request, "supervision/scores.html", context)


@require_POST
def sign(request, year):
    """The leader signs the result of a year that is over."""
    sees_schools(request)
    try:
        bureau = bureau_behind(powers_of(request.user), signing.RIGHT, refusal="年度考核结果由教育局主管领导签定。")
    except NotYourHand as stranger:
        raise PermissionDenied(str(stranger)) from stranger
    if year not in ScoreFilter({}).years:
        raise Http404("没有这一学年")
    try:
        messages.success(request, f"{signing.sign(bureau, year, by=request.user)}已签定。")
    except (NotYourHand, Refused) as refusal:
        messages.error(request, str(refusal))
    return redirect(f"{reverse('supervision:scores')}?year={year}")


def placed(found, schools: dict[int, School]) -> list[dict]:
    """Every school in sight with its place among them; equal totals share a place."""
    totals = [score.total for score in found]
    return [
        {
            "place": totals.index(score.total) + 1,
            "school": schools[score.school],
            "score": score,
            "cells": list(score.figures.values()),
        }
        for score in found
        if score.school in schools
    ]


def columns_of(found) -> str:
    """The head of the table, each measure with its full points."""
    full = {code: figure.full for code, figure in found[0].figures.items()} if found else {}
    heads = [f"{title}（{full.get(code, 0)}分）::num" for code, title in TITLES.items()]
    return ", ".join(["名次::num", "学校", "总分::num", *heads])


def chart_of(rows) -> dict | None:
    if not rows:
        return None
    series = [
        {"label": title, "values": [row["score"].figures[code].points for row in rows]}
        for code, title in TITLES.items()
    ]
    return {"kind": "bar", "unit": "分", "labels": [row["school"].short_name for row in rows], "series": series}
