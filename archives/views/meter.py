"""第九条's meter: the county, a school, a class."""

from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from accounts.policies import may, powers_of
from law import articles, clock
from law.school_time import school_year_of
from schools.models import School, SchoolClass
from students.campaigns import may_confirm as may_keep
from students.sight import class_in_sight

from .. import meter
from ..forms import MeterWords
from ..kinds import PARTS, SHORT
from ..periods import owed_period
from ..presenting import SHOWN, chart_of, class_rows, parts_chart, people_of, school_rows, sheets_of, sums

ARTICLE = articles.ARCHIVE


def about() -> dict:
    """What every page of the meter says: the article, the term owed, the short names of the parts."""
    return {"article": ARTICLE, "owed": owed_period(), "short": SHORT, "parts": PARTS}


@require_GET
def county(request):
    """All schools in sight with one statement; whoever sees one school or class is led there."""
    powers = powers_of(request.user)
    schools = powers.schools("view_school")
    if not schools and powers.class_ids:
        return redirect("archives:school_class", min(powers.class_ids))
    if len(schools) == 1:
        return redirect("archives:school", min(schools))
    chosen = MeterWords(request.GET, label="学校")
    rows = chosen.narrow(school_rows(schools))
    context = about() | {
        "filter": chosen,
        "rows": rows,
        "total": sums(rows) if rows else None,
        "chart": chart_of(rows),
        "parts_chart": parts_chart(rows),
    }
    return render(request, "archives/county.html", context)


@require_GET
def school(request, pk):
    """One school's classes, and its children who sit in none."""
    powers = powers_of(request.user)
    found = get_object_or_404(School.objects.filter(pk__in=powers.schools("view_school")), pk=pk)
    chosen = MeterWords(request.GET, label="班级")
    everything = class_rows(found)
    rows = chosen.narrow(everything)
    unseated = [row for row in meter.children_of([found.pk]) if not row["class_id"]] if has_unseated(everything) else []
    context = about() | {
        "school": found,
        "filter": chosen,
        "rows": rows,
        "total": sums(rows) if rows else None,
        "chart": chart_of(rows),
        "parts_chart": parts_chart(rows),
        "without_class": unseated[:SHOWN],
        "one_of_many": len(powers.schools("view_school")) > 1,
        "keeps": may(request.user, "make_change", found),
    }
    return render(request, "archives/school.html", context)


def has_unseated(rows: list[dict]) -> bool:
    return any(row["url"] == "#without-class" for row in rows)


@require_GET
def school_class(request, pk):
    """One class, a row a child: seven parts, what is missing, by when, who owes it."""
    found = class_in_sight(request.user, pk)
    powers = powers_of(request.user)
    chosen = MeterWords(request.GET, label="姓名")
    rows = narrowed(meter.children_of([found.school_id], class_id=found.pk), chosen)
    teacher, registrar = people_of(found.school_id, found.pk)
    context = about() | {
        "school_class": found,
        "name": found.name_in(school_year_of(clock.today())),
        "filter": chosen,
        "rows": rows,
        "teacher": teacher,
        "registrar": registrar,
        "sheets": sheets_of(found, owed_period()),
        "sees_school": bool(powers.on("view_school", found.school_id)),
        "keeps": may_keep(request.user, found.school_id, found.pk),
        "others": SchoolClass.objects.filter(pk__in=powers.class_ids - {found.pk}),
    }
    return render(request, "archives/class.html", context)


def narrowed(rows: list[dict], chosen: MeterWords) -> list[dict]:
    """Children whose name has the words, complete or not as asked."""
    fitting = [row for row in rows if chosen.words in row["name"]]
    tests = {
        "done": lambda row: not row["missing"],
        "open": lambda row: row["missing"],
        "late": lambda row: row["missing"] and row["left"] < 0,
    }
    return [row for row in fitting if chosen.chosen not in tests or tests[chosen.chosen](row)]
