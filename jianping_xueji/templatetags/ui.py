"""Template tags of the front-end kit: the atoms and frames every page is made of.

Registered as template builtins, so no page has to load them. Data-heavy parts
(desk line, rule list …) are plain includes under ``templates/components/``.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django import template
from django.http import QueryDict
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html

from law.school_time import grade_name

register = template.Library()

WEEKDAYS = "一二三四五六日"
SOON_WORKDAYS = 2  # from here on a deadline is drawn in amber
TONE_ICONS = {
    "done": "check-disc",
    "now": "disc",
    "wait": "ring",
    "refused": "cross-disc",
    "soon": "triangle",
    "idle": "dash",
}
STRIP_DAYS = 21
STRIP_LEAD = 8  # days shown before the first possible date when it is far away


# -- words ------------------------------------------------------------------


@register.filter
def cn_date(value: date | None) -> str:
    """2026年9月15日（周二）; empty for no date."""
    if not value:
        return ""
    return f"{value.year}年{value.month}月{value.day}日（周{WEEKDAYS[value.weekday()]}）"


@register.filter
def cn_day(value: date | None) -> str:
    """9月15日, for places where the year goes without saying."""
    return f"{value.month}月{value.day}日" if value else ""


@register.filter
def cn_grade(value: int | None) -> str:
    """三年级; "—" for what is no grade."""
    return grade_name(value)


@register.filter
def is_telling(chart: dict) -> bool:
    """Whether drawing it says more than its table: two places or more, and something in one of them."""
    figures = [value for line in chart["series"] for value in line["values"]] if chart else []
    return any(figures) and len(chart["labels"]) > 1


@register.filter
def weekday(value: date | None) -> str:
    """One character: 一 … 日."""
    return WEEKDAYS[value.weekday()] if value else ""


# -- atoms ------------------------------------------------------------------


@register.simple_tag
def icon(name: str) -> str:
    """One drawing of the sprite; always decorative, the word stands beside it."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
def status(word: str, tone: str = "idle") -> str:
    """A state as word, shape and colour. Tones: done now wait refused soon idle."""
    if tone not in TONE_ICONS:
        tone = "idle"
    return format_html('<span class="status is-{}">{}{}</span>', tone, icon(TONE_ICONS[tone]), word)


@register.simple_tag
def deadline(due: date | None, left: int | None, confirmed: bool = True) -> str:
    """Working days to a due date, in words; 暂估 when the holiday table is not final.

    ``left`` counts working days still open: negative means overdue.
    """
    if left is None:
        return format_html('<span class="deadline is-idle">{}</span>', "未起算")
    return format_html(
        '<span class="deadline is-{}" title="{}">{}{}{}</span>',
        _deadline_tone(left),
        f"截止 {cn_date(due)}" if due else "",
        icon("triangle" if left <= SOON_WORKDAYS else "clock"),
        _deadline_words(left),
        "" if confirmed else format_html('<span class="estimate" title="{}">暂估</span>', "节假日安排公布前为估算"),
    )


def _deadline_tone(left: int) -> str:
    if left < 0:
        return "refused"
    return "soon" if left <= SOON_WORKDAYS else "idle"


def _deadline_words(left: int) -> str:
    if left < 0:
        return f"超期{-left}个工作日"
    return f"还剩{left}个工作日" if left else "今天到期"


@register.simple_tag
def crumb(label: str, url: str = "") -> str:
    """One place of the breadcrumb; without address it is the page itself."""
    if url:
        return format_html('<li><a href="{}">{}</a></li>', url, label)
    return format_html('<li aria-current="page">{}</li>', label)


# -- frames round a piece of template -----------------------------------------


@register.simple_block_tag
def sheet(content: str, heading: str = "", note: str = "", flush: bool = False, id: str = "") -> str:
    """A white sheet with a heading; ``flush`` lets a table touch its edges."""
    return render_to_string(
        "components/sheet.html",
        {"content": content, "heading": heading, "note": note, "flush": flush, "id": id},
    )


@register.simple_block_tag
def notice(content: str, tone: str = "info", heading: str = "") -> str:
    """A notice on the page. Tones: info done soon refused."""
    return render_to_string("components/notice.html", {"content": content, "tone": tone, "heading": heading})


@register.simple_block_tag(takes_context=True)
def confirm(context, content: str, id: str, heading: str, act: str, url: str = "", **options) -> str:
    """A <dialog> asking before an act; opened by any element with data-open=id.

    Options: reason (label of a compulsory reason), password (label; asks to sign
    in again), tone ("danger"), hidden (dict of hidden fields).
    """
    return render_to_string(
        "components/confirm.html",
        {"content": content, "id": id, "heading": heading, "act": act, "url": url, **options},
        request=context.get("request"),
    )


@register.simple_block_tag(takes_context=True)
def filters(context, content: str, form=None, target: str = "list") -> str:
    """A GET filter bar which swaps the element ``#target`` and keeps the address.

    The view answers with the whole page: htmx cuts the target out of it.
    """
    request = context.get("request")
    return render_to_string(
        "components/filters.html",
        {
            "content": content,
            "form": form,
            "target": target,
            "path": request.path if request else "",
            "sort": request.GET.get("sort", "") if request else "",
            "chips": list(_chips(form, _query(context))) if form is not None else [],
        },
    )


@register.simple_block_tag(takes_context=True)
def table(context, content: str, columns: str, caption: str, count: int | None = None, **options) -> str:
    """A list: sticky head, sort links, exact count, an empty state, keyset pager.

    ``columns`` is "姓名:name, 性别, 用时:days:num" — label, sort key, flags (num,
    narrow). The content is the rows: <tr data-href="…"> opens on click and Enter.
    Options: empty, empty_text, empty_url, empty_label, page (count, previous,
    next), noun, id, stack (cards on a phone), wide (scrolls in its own frame), sort.
    """
    query = _query(context)
    current = query.get("sort", options.get("sort", ""))
    return render_to_string(
        "components/table.html",
        {
            "rows": content.strip(),
            "columns": [Column.read(part, query, current) for part in columns.split(",")],
            "caption": caption,
            "count": count,
            "noun": "条",
            "id": "list",
            **options,
        },
        request=context.get("request"),
    )


@dataclass
class Column:
    """A column head; ``url`` sorts by it, ``direction`` is what aria-sort says."""

    label: str
    url: str = ""
    direction: str = ""
    flags: str = ""

    @classmethod
    def read(cls, part: str, query: QueryDict, current: str) -> "Column":
        label, key, flags, *_ = [*part.strip().split(":"), "", ""]
        if not key:
            return cls(label, flags=flags)
        direction = {key: "ascending", f"-{key}": "descending"}.get(current, "")
        wanted = f"-{key}" if direction == "ascending" else key
        return cls(label, _address(query, sort=wanted), direction, flags)


@register.simple_tag(takes_context=True)
def cursor(context, **changes) -> str:
    """The same list from another cursor: ``{% cursor after=page.next %}``."""
    return _address(_query(context), **changes)


def _query(context) -> QueryDict:
    request = context.get("request")
    return request.GET if request else QueryDict()


def _address(query: QueryDict, **changes) -> str:
    """The query string with changes; a cursor never survives another order or filter."""
    fresh = query.copy()
    for name in ("after", "before"):
        fresh.pop(name, None)
    for name, value in changes.items():
        fresh.pop(name, None)
        if value:
            fresh[name] = value
    return f"?{fresh.urlencode()}"


def _chips(form, query: QueryDict):
    """What is filtered now, each with the address that lifts it."""
    if not form.is_bound:
        return
    for field in form.visible_fields():
        if value := form.data.get(field.name):
            yield {
                "label": field.label,
                "value": _chosen(form, field, value),
                "url": _address(query, **{field.name: None}),
            }


def _chosen(form, field, value) -> str:
    cleaned = getattr(form, "cleaned_data", {}).get(field.name)
    if hasattr(cleaned, "_meta"):  # a model instance names itself
        return str(cleaned)
    choices = getattr(field.field, "choices", None) or []
    return {str(key): label for key, label in choices}.get(str(value), value)


# -- the calendar strip ---------------------------------------------------------


@register.inclusion_tag("components/calendar_strip.html")
def calendar_strip(first: date, today: date) -> dict:
    """Three weeks of days: not yet, the first possible day, possible from then."""
    far = (first - today).days >= STRIP_DAYS - 3
    start = first - timedelta(STRIP_LEAD) if far else today
    days = [start + timedelta(n) for n in range(STRIP_DAYS)]
    return {
        "first": first,
        "far": far,
        "days": [
            {
                "date": day,
                "state": "first" if day == first else "closed" if day < first else "open",
                "rest": day.weekday() >= 5,
                "today": day == today,
            }
            for day in days
        ],
    }
