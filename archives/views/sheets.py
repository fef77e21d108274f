"""One class, one kind, one term: the sheet a class teacher fills in, and the paper column the registrar ticks."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.policies import may, powers_of
from approvals.trying import tried
from law import articles, clock
from law.school_time import school_year_of
from students.campaigns import looks_after
from students.sight import class_in_sight

from .. import cross_checking, entries
from ..forms import PeriodForm, ReasonForm
from ..grid import Grid, key_of
from ..kinds import NOTHING, PARTS, SHEETS, SHORT
from ..presenting import in_a_line, tabs_of

NOT_TAUGHT = "这个学期本班还没有开班，没有可登记的内容。请在上方换一个学期。"


@require_http_methods(["GET", "POST"])
def sheet(request, pk, kind):
    """Every child of the class with the boxes of one kind; what was typed stays until it is right."""
    found = class_in_sight(request.user, pk)
    if kind not in SHEETS:
        raise Http404(kind)
    chosen, asked = SHEETS[kind], PeriodForm(request.POST or request.GET)
    writes = looks_after(powers_of(request.user), found.school_id, found.pk)
    if request.method == "POST" and not writes:
        raise PermissionDenied(entries.NOT_YOURS)
    period = asked.moment.period_for(chosen, asked.period)
    grid = grid_of(found, chosen, period, request.POST if request.method == "POST" else None)
    refusal = []
    if request.method == "POST":
        done, refusal = taken(request, found, chosen, period, grid)
        if done:
            return redirect(f"{reverse('archives:sheet', args=[pk, kind])}?term={asked.period.code}")
    context = context_of(request, found, chosen, asked, grid)
    context |= {"when": period.name_for(chosen), "writes": writes, "refusal": refusal}
    context["boxes"] = writes or not chosen.many  # what a child has several of is read in its own column
    return render(request, "archives/sheet.html", context, status=422 if refusal else 200)


def grid_of(school_class, kind, period, data) -> Grid:
    """The boxes of the class; none for a term in which the class did not exist yet."""
    grade = school_class.grade_in(period.year)
    children = list(entries.children_in(school_class)) if grade or kind.period == "once" else []
    ids = [child.pk for child in children]
    grid = Grid(kind, children, entries.standing_of(ids, kind, period), grade=grade, data=data)
    said = entries.standing_of(ids, SHEETS_NOTHING[kind.code], period) if kind.code in NOTHING else {}
    for row in grid.rows:
        row.said_nothing = next(iter(said.get(row.child.pk, ())), None)
        row.back = bool(row.said_nothing and data) and f"back-{row.child.pk}" in data
        row.lines = [(entry, in_a_line(entry)) for entry in row.held]
    return grid


SHEETS_NOTHING = {code: entries.KINDS[nothing] for code, nothing in NOTHING.items()}


def context_of(request, found, kind, asked, grid) -> dict:
    return {
        "school_class": found,
        "name": found.name_in(school_year_of(clock.today())),
        "kind": kind,
        "period_form": asked,
        "period": asked.period,
        "grid": grid,
        "nothing": SHEETS_NOTHING.get(kind.code),
        "not_taught": "" if grid.rows or grid.grade else NOT_TAUGHT,
        "takes_back": any(row.said_nothing for row in grid.rows),
        "tabs": tabs_of(found, asked.period, kind),
        "reason": request.POST.get("reason", "")[:200],
        "sees_school": bool(powers_of(request.user).on("view_school", found.school_id)),
    }


def taken(request, found, kind, period, grid) -> tuple[bool, list[dict]]:
    """(True, []) when everything sent was written, else what stands against it."""
    if grid.errors:
        return False, grid.errors
    reason = ReasonForm(request.POST)
    words = reason.cleaned_data["reason"] if reason.is_valid() else ""
    given = {"school": found.school_id, "by": request.user, "reason": words, "seen": grid.seen}
    given |= {"silent": silent_in(kind, grid, request.POST), "back": taken_back_in(grid, request.POST)}
    done, refusal = tried(entries.keep_sheet, kind, period, grid.lines, **given)
    if refusal:
        asks = not words and (given["back"] or not kind.many)
        return False, [row | {"url": "#reason"} for row in refusal] if asks else refusal
    messages.success(request, said_of(kind, *done))
    if grid.departed:
        messages.warning(request, f"有{grid.departed}名学生在您填写期间离开了本班，这几行没有登记。")
    return True, []


def silent_in(kind, grid, data) -> list:
    """The children of whom it is said that there was nothing: those ticked, or with one button all the rest."""
    if kind.code not in NOTHING:
        return []
    if data.get("act") != "rest":
        return grid.nothings
    return [row.child for row in grid.rows if row.sent and not row.back]


def taken_back_in(grid, data) -> dict[int, int]:
    """child → the statement its row had been drawn with, of those ticked to be taken back."""
    return {row.child.pk: key_of(data[f"back-{row.child.pk}"]) for row in grid.rows if row.back}


def said_of(kind, plan, silent: int, taken_back: int) -> str:
    nothing = SHEETS_NOTHING[kind.code].label if kind.code in NOTHING else ""
    parts = [
        f"新登记{len(plan.fresh)}条" if plan.fresh else "",
        f"更正{len(plan.changed)}条" if plan.changed else "",
        f"登记“{nothing}”{silent}名" if silent else "",
        f"撤回“{nothing}”{taken_back}名" if taken_back else "",
    ]
    told = "，".join(filter(None, parts))
    return f"已保存：{told}。" if told else "没有改动。"


@require_http_methods(["GET", "POST"])
def cross_check(request, pk):
    """电子纸质核对: the paper column of one class for one term."""
    found = class_in_sight(request.user, pk)
    asked = PeriodForm(request.POST or request.GET, present=True)
    writes = may(request.user, "make_change", found.school_id)
    if request.method == "POST" and not writes:
        raise PermissionDenied("电子与纸质档案由本校学籍管理员核对（第十条）。")
    rows, refusal = cross_checking.list_of(found, asked.period, asked.moment), []
    if request.method == "POST":
        ticks, seen = ticked(rows, request.POST), seen_in(rows, request.POST)
        done, refusal = tried(cross_checking.record, found, asked.period, ticks, by=request.user, seen=seen)
        if not refusal:
            tell = messages.warning if done.differing else messages.success
            tell(request, told_of(done, [row for row in rows if row["id"] not in ticks]))
            return redirect(f"{reverse('archives:cross_check', args=[pk])}?term={asked.period.code}")
        keep_ticks(rows, request.POST)
    checked = [row["check"] for row in rows if row["check"]]
    context = {
        "school_class": found,
        "name": found.name_in(school_year_of(clock.today())),
        "period_form": asked,
        "period": asked.period,
        "rows": rows,
        "short": SHORT,
        "writes": writes,
        "refusal": refusal,
        "article": articles.ARCHIVE_AGREES,
        "checked": len(checked),
        "left": len(rows) - len(checked),
        "last": max(checked, key=lambda check: check.checked_on, default=None),
        "sees_school": bool(powers_of(request.user).on("view_school", found.school_id)),
        "differing": [row for row in rows if row["differs"]],
    }
    return render(request, "archives/cross_check.html", context, status=422 if refusal else 200)


def ticked(rows, data) -> dict[int, list[int]]:
    """child id → parts on paper, of the children whose file was looked at: whoever has no tick at all was not."""
    parts = {row["id"]: [part for part in PARTS if f"{row['id']}-{part}" in data] for row in rows}
    return {pk: held for pk, held in parts.items() if held or f"{pk}-looked" in data}


def seen_in(rows, data) -> dict[int, list[int] | None]:
    """child id → the parts its row was drawn with; a row whose page said nothing of it is taken as it stands."""
    names = {row["id"]: data.get(f"{row['id']}-seen", row["seen"]) for row in rows}
    return {pk: cross_checking.seen_from(said) for pk, said in names.items()}


def keep_ticks(rows, data) -> None:
    """What was ticked stays on the page that was refused; a row somebody else checked meanwhile shows how it stands."""
    for row in rows:
        if data.get(f"{row['id']}-seen", row["seen"]) == row["seen"]:
            row["looked"] = f"{row['id']}-looked" in data
            row["pairs"] = [(label, here, name in data, name) for label, here, _, name in row["pairs"]]


def told_of(done: cross_checking.Recorded, unticked: list[dict]) -> str:
    checked = sum(bool(row["check"]) for row in unticked)
    never = len(unticked) - checked
    agree = f"{done.differing}名不一致" if done.differing else "全部一致"
    parts = [
        f"已登记{done.written}名学生的核对结果：{agree}。" if done.written else "没有改动。",
        f"{done.same}名与以前核对的相同，核对人和日期不变。" if done.same else "",
        f"{checked}名核对过的没有打勾，仍按原来的结果。" if checked else "",
        f"其余{never}名没有打勾，没有登记。" if never else "",
    ]
    return "".join(parts)
