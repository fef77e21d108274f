"""第九条's meter: the county, a school, a class."""

from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from accounts.policies import may, powers_of
from law import articles, clock
from law.school_time import school_year_of
from schools.models import School, SchoolClass
from students.campaigns import looks_after
from students.sight import class_in_sight

from .. import meter
from ..forms import MeterWords
from ..kinds import PARTS, SHORT
from ..periods import Moment
from ..presenting import (
    ELSEWHERE,
    SHOWN,
    UNSEATED,
    chart_of,
    class_rows,
    parts_chart,
    people_of,
    school_rows,
    sheets_of,
    sums,
)

ARTICLE = articles.ARCHIVE


def about(moment: Moment) -> dict:
    """What every page of the meter says: the article, the term owed, the short names of the parts."""
    return {"article": ARTICLE, "owed": moment.owed, "short": SHORT, "parts": PARTS}


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
    moment = Moment.now()
    rows = chosen.narrow(school_rows(schools, moment))
    context = about(moment) | {
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
    moment = Moment.now()
    everything = class_rows(found, moment)
    rows = chosen.narrow(everything)
    context = about(moment) | {
        "school": found,
        "filter": chosen,
        "rows": rows,
        "total": sums(rows) if rows else None,
        "chart": chart_of(rows),
        "parts_chart": parts_chart(rows),
        "listed": listed_here(found, everything, moment),
        "one_of_many": powers.sees_many_schools,
        "keeps": may(request.user, "make_change", found),
    }
    return render(request, "archives/school.html", context)


def listed_here(school: School, rows: list[dict], moment: Moment) -> list[dict]:
    """The children who sit in no class of the school, list by list; they are read only where there are any."""
    urls = {row["url"] for row in rows} & {ELSEWHERE, UNSEATED}
    children = meter.children_of([school.pk], moment=moment) if urls else []
    own = set(SchoolClass.objects.filter(school=school).values_list("pk", flat=True)) if ELSEWHERE in urls else set()
    lists = {
        ELSEWHERE: ("在他校随班就读的学生", lambda place: place and place not in own),
        UNSEATED: ("没有编班的学生", lambda place: not place),
    }
    return [
        {"id": url[1:], "title": title, "rows": [row for row in children if fits(row["class_id"])][:SHOWN]}
        for url, (title, fits) in lists.items()
        if url in urls
    ]


@require_GET
def school_class(request, pk):
    """One class, a row a child: seven parts, what is missing, by when, who owes it."""
    found = class_in_sight(request.user, pk)
    powers = powers_of(request.user)
    chosen = MeterWords(request.GET, label="姓名")
    moment = Moment.now()
    rows = narrowed(meter.children_of([found.school_id], class_id=found.pk, moment=moment), chosen)
    teacher, registrar = people_of(found.school_id, found.pk)
    context = about(moment) | {
        "school_class": found,
        "name": found.name_in(school_year_of(clock.today())),
        "filter": chosen,
        "rows": rows,
        "teacher": teacher,
        "registrar": registrar,
        "sheets": sheets_of(found, moment.owed),
        "sees_school": bool(powers.on("view_school", found.school_id)),
        "keeps": looks_after(powers, found.school_id, found.pk),
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
