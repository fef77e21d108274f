"""What the pages of the roster draw: figures, where the children without a school are, one child and its entries."""

from collections import Counter

from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse

from jianping_xueji.vault import mask_phone
from schools.models import School

from ..models.child import Student
from .matching import OPEN, TONES, Result
from .models import RosterChild, RosterEntry

GLANCE = 300
NO_TOWNSHIP = "未登记村（社区）"


def tally_of(found: QuerySet[RosterChild]) -> list[dict]:
    """Children per owner, township and result, with those whose whereabouts wait to be accepted; one question."""
    waiting = Count("pk", filter=~Q(settled="") & Q(accepted_on=None))
    rows = found.order_by().values("owner_id", "result", township=F("community__parent__name"))
    return list(rows.annotate(all=Count("pk"), reported=waiting))


def figures_of(tally: list[dict], address: str) -> list[dict]:
    """How many children are where, each number leading to its list."""
    counts = Counter()
    for row in tally:
        counts[row["result"]] += row["all"]
    return [
        {
            "label": result.label,
            "value": counts[result],
            "url": f"{address}&result={result.value}",
            "tone": TONES.get(result, "idle") if result in OPEN else "",
        }
        for result in Result
        if counts[result] or result == Result.DUE
    ]


def places_of(tally: list[dict], schools: dict[int, School]) -> list[dict]:
    """Per township and owner: on the roster, looked for, reported and not yet accepted."""
    places: dict[tuple, dict] = {}
    for row in tally:
        owner, township = schools.get(row["owner_id"]), row["township"] or NO_TOWNSHIP
        place = places.setdefault(
            (township == NO_TOWNSHIP, township, owner.code if owner else ""),
            {"township": township, "school": owner, "name": str(owner or "教育局"), "all": 0, "due": 0, "reported": 0},
        )
        place["all"] += row["all"]
        place["due"] += row["all"] if row["result"] in OPEN else 0
        place["reported"] += row["reported"]
    return [places[key] for key in sorted(places)]


def chart_of(rows: list[dict]) -> dict:
    """Children without a school per township."""
    totals: dict[str, int] = {}
    for row in rows:
        totals[row["township"]] = totals.get(row["township"], 0) + row["due"]
    return {
        "kind": "bar",
        "unit": "人",
        "labels": list(totals),
        "series": [{"label": "应入未入和待认定", "values": list(totals.values())}],
    }


def owners_of(rows) -> dict[int, School]:
    """The schools that answer for these children or rows of a tally."""
    return School.objects.in_bulk({row["owner_id"] if isinstance(row, dict) else row.owner_id for row in rows} - {None})


def with_words(children: list[RosterChild], schools: dict[int, School]) -> list[RosterChild]:
    """The same children, each carrying what the list says of it; two questions."""
    records = Student.objects.select_related("school").defer("wrapped_key")
    records = records.in_bulk({child.record_id for child in children} - {None})
    visits = RosterEntry.objects.filter(child__in=children, kind__in=RosterEntry.CONTACTS)
    counted = dict(visits.order_by().values_list("child").annotate(Count("pk")))
    for child in children:
        child.owner = schools.get(child.owner_id)
        child.record = records.get(child.record_id)
        child.word, child.tone = Result(child.result).label, TONES.get(child.result, "idle")
        child.visits = counted.get(child.pk, 0)
        child.is_open = child.result in OPEN
        child.waits = bool(child.settled) and not child.accepted_on
    return children


def facts_of(child: RosterChild, *, in_full: bool) -> list[dict]:
    """The row of the list as label and words; the phone in full only for whoever has to call (第三十七条)."""
    community = child.community.name if child.community else ""
    return [
        {"label": "性别", "value": child.sex_name},
        {"label": "出生日期", "value": f"{child.birth_date:%Y年%-m月%-d日}"},
        {"label": "身份证件号", "value": child.masked or "名册中没有证件号"},
        {"label": "户籍地址", "value": child.household_address},
        {"label": "现住址", "value": child.residence},
        {"label": "村（社区）", "value": community},
        {"label": "监护人", "value": child.guardian},
        {"label": "联系电话", "value": child.phone if in_full else mask_phone(child.phone)},
        {"label": "备注", "value": child.remark},
        {"label": "责任单位", "value": child.owner.name if child.owner else f"{child.bureau}（尚未指定学校）"},
    ]


def record_row(student: Student | None, user) -> dict | None:
    """A record as the page names it: where and in what state; the way there only for whoever may see it."""
    if student is None:
        return None
    seen = Student.objects.visible_to(user).filter(pk=student.pk).exists()
    return {
        "school": student.school.name,
        "word": student.get_status_display(),
        "url": student.get_absolute_url() if seen else "",
    }


def deferral_of(child: RosterChild, user) -> dict:
    """The deferral of the child and year, if one is open or stands, and the way to begin one."""
    case = child.deferrals.filter(counts=True).first()
    return {
        "deferral_case": case,
        "deferral_url": "" if case else reverse("students:deferral_new", args=[child.slug]),
    }
