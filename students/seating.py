"""Seats as the pages show them: who sits where, what is held for cases, how close each class is to its limits."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, Sum
from django.urls import reverse

from approvals.models import Case, SeatHold
from law import clock, parameters
from law.articles import NO_FALSE_RECORD
from law.school_time import grade_name
from schools.models import School, SchoolClass, Seats, Stage

from .filters import present_classes
from .models import Placement


@dataclass(frozen=True)
class Limits:
    """Standard size per stage (above it a warning) and the cap at which a class is closed (第八条)."""

    standard: dict[str, int]
    cap: int

    def __str__(self):
        return (
            f"标准班额小学{self.standard[Stage.PRIMARY]}人、初中{self.standard[Stage.JUNIOR]}人，超过即提示；"
            f"每班{self.cap}人为最大班额，达到即不再编入（{NO_FALSE_RECORD}）。"
        )


def limits_on(day: date) -> Limits:
    p = parameters.on(day)
    return Limits({Stage.PRIMARY: p["class.warn_primary"], Stage.JUNIOR: p["class.warn_junior"]}, p["class.cap"])


def state_of(heads: int, each: SchoolClass, limits: Limits) -> tuple[str, str]:
    """(word, tone) of a class of this size; who is taught at home sits in no class (第七条)."""
    if each.at_home:
        return "不计班额", "idle"
    if heads > limits.cap:
        return f"超最大班额{heads - limits.cap}人", "refused"
    if heads == limits.cap:
        return "已达最大班额", "refused"
    if heads > limits.standard[each.stage]:
        return f"超标准班额{heads - limits.standard[each.stage]}人", "soon"
    return "正常", "done"


def heads_per_class(**where) -> Counter:
    """class id → children who sit there now."""
    rows = Placement.objects.filter(ends=None, enrolment__voided=False, **where)
    return Counter(dict(rows.values("school_class").annotate(n=Count("pk")).values_list("school_class", "n")))


def grades_of(school: School, year: int) -> list[dict]:
    """The school's grades with their classes, each with a bar; five queries whatever their number."""
    limits, heads = limits_on(clock.today()), heads_per_class(school_class__school=school)
    ledger = {(row.grade, row.school_class_id): row for row in Seats.objects.filter(school=school, year=year)}
    by_grade: dict[int, list[SchoolClass]] = defaultdict(list)
    for each in present_classes(year).filter(school=school).order_by("number"):
        by_grade[each.grade_in(year)].append(each)
    grades = sorted(set(by_grade) | {grade for grade, _ in ledger})
    return [
        {
            "name": grade_name(grade),
            "bar": bar(
                f"{grade_name(grade)}合计",
                ledger.get((grade, None)),
                sum(heads[c.pk] for c in by_grade[grade] if not c.at_home),
            ),
            "at_home": sum(heads[c.pk] for c in by_grade[grade] if c.at_home),
            "classes": [class_row(c, ledger.get((grade, c.pk)), heads[c.pk], year, limits) for c in by_grade[grade]],
        }
        for grade in grades
    ]


def class_row(each: SchoolClass, row: Seats | None, heads: int, year: int, limits: Limits) -> dict:
    url = reverse("students:class", args=[each.pk])
    word, tone = state_of(heads, each, limits)
    kind = "" if each.kind == SchoolClass.Kind.ORDINARY else f"（{each.get_kind_display()}）"
    name = each.name_in(year) + kind
    return {"pk": each.pk, "name": name, "url": url, "bar": bar(name, row, heads, url), "word": word, "tone": tone}


def class_bar(each: SchoolClass, year: int, heads: int) -> dict:
    """The bar of one class."""
    row = Seats.objects.filter(school_class=each, year=year).first()
    return bar(each.name_in(year), row, heads)


def bar(label: str, row: Seats | None, heads: int, url: str = "") -> dict:
    """A line of the ledger for `components/seat_bar.html`; `used` are the children who really sit there."""
    if row is None:
        return {"label": label, "url": url, "capacity": heads, "used": heads, "reserved": 0, "granted": 0, "free": 0}
    return {
        "label": label,
        "url": url,
        "capacity": row.capacity + row.granted,
        "used": heads,
        "reserved": row.reserved,
        "granted": row.granted,
        "free": max(row.free_seats, 0),
        "ledger_differs": row.used != heads,
    }


def holds_in(school: School, year: int, user, school_class: SchoolClass | None = None) -> list[SeatHold]:
    """Seats that open cases hold in the school (or one class), where the user may see the case."""
    holds = SeatHold.objects.filter(seats__school=school, seats__year=year, ended_on=None)
    holds = holds.filter(seats__school_class=school_class) if school_class else holds.filter(seats__school_class=None)
    holds = holds.filter(case__in=Case.objects.visible_to(user))
    return list(holds.select_related("case", "seats__school_class", "seats__school").order_by("held_on", "pk"))


def _sums() -> dict:
    return {name: Sum(name, default=0) for name in ("capacity", "granted", "used", "reserved")}


def _free(sums: dict) -> int:
    return max(sums["capacity"] + sums["granted"] - sums["used"] - sums["reserved"], 0)


def county_rows(schools: set[int], year: int) -> list[dict]:
    """One row per school: seats, children, and how many classes are above the standard or at the cap."""
    limits = limits_on(clock.today())
    heads = heads_per_class(school_class__school__in=schools)
    sums = {
        row["school"]: row
        for row in Seats.objects.filter(school__in=schools, year=year, school_class=None)
        .values("school")
        .annotate(**_sums())
    }
    classes: dict[int, list[SchoolClass]] = defaultdict(list)
    for each in present_classes(year).filter(school__in=schools):
        classes[each.school_id].append(each)
    return [
        _school_row(school, sums.get(school.pk, {}), classes[school.pk], heads, limits)
        for school in School.objects.filter(pk__in=schools, closed_on=None)
    ]


def _school_row(school: School, sums: dict, classes: list[SchoolClass], heads: Counter, limits: Limits) -> dict:
    tones = [state_of(heads[c.pk], c, limits)[1] for c in classes]
    return {
        "school": school,
        "url": f"{reverse('students:classes')}?school={school.pk}",
        "classes": len(classes),
        "heads": sum(heads[c.pk] for c in classes),
        "at_home": sum(heads[c.pk] for c in classes if c.at_home),
        "capacity": sums.get("capacity", 0) + sums.get("granted", 0),
        "reserved": sums.get("reserved", 0),
        "granted": sums.get("granted", 0),
        "free": _free(sums) if sums else 0,
        "large": tones.count("soon"),
        "full": tones.count("refused"),
    }


def county_chart(schools: set[int], year: int) -> dict:
    """Seats of the county per grade: used, held, free."""
    rows = Seats.objects.filter(Q(school_class=None), school__in=schools, year=year)
    grades = list(rows.values("grade").annotate(**_sums()).order_by("grade"))
    listed = [f"{reverse('students:list')}?grade={row['grade']}" for row in grades]
    return {
        "kind": "bar",
        "unit": "个",
        "labels": [grade_name(row["grade"]) for row in grades],
        "series": [
            {"label": "在籍", "values": [row["used"] for row in grades], "urls": listed},
            {"label": "预留", "values": [row["reserved"] for row in grades]},
            {"label": "空余", "values": [_free(row) for row in grades]},
        ],
    }
