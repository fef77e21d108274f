"""A child's page, and the one act on it: looking at a full number, with a reason."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.policies import may
from accounts.roles import WORKS_ON_RECORDS
from approvals.errors import NotYourHand, Refused
from approvals.presenting import with_days

from ..filters import ON_ROLL
from ..life import events_of, life_of
from ..lookup import reveal
from ..models import NumberKind, Student
from ..presenting import tone_of
from ..record import family_of, groups_of

LOOKS_SHOWN = 20
SEE_LOOKS = ("audit_school", "check_change", "fix_data")


def visible_child(request, slug: str) -> Student:
    """The child with school, numbers and family, or 404 for whoever has no part in it."""
    children = Student.objects.visible_to(request.user).select_related("school__bureau", "merged_into__school")
    return get_object_or_404(children.prefetch_related("numbers", "family"), slug=slug)


@require_GET
def child(request, slug):
    found = visible_child(request, slug)
    life = life_of(found, request.user)
    found.place, found.open_case, found.tone = life.place, life.open_case, tone_of(found)
    if found.open_case:
        with_days([found.open_case])
    sees_looks = any(may(request.user, right, found.school_id) for right in SEE_LOOKS)
    context = {
        "child": found,
        "lead": lead_of(found),
        "numbers": number_rows(found, may(request.user, "view_school", found.school_id)),
        "acts": acts_for(found, request.user),
        "on_roll": ON_ROLL,
        "merged": record_line(found.merged_into, request.user) if found.merged_into_id else None,
        "absorbed": [record_line(record, request.user) for record in life.absorbed],
        "groups": groups_of(found),
        "family": family_of(found),
        "events": events_of(found, life),
        "looks": found.looks.select_related("user", "school")[:LOOKS_SHOWN] if sees_looks else None,
    }
    return render(request, "students/child.html", context)


def record_line(record: Student, user) -> dict:
    """The other record of a merge; its name and address only for whoever may see it."""
    seen = may(user, "view_school", record.school_id)
    return {
        "name": record.name if seen else "",
        "school": record.school.name,
        "url": record.get_absolute_url() if seen else "",
    }


def lead_of(child: Student) -> str:
    """Who and where, in a line: sex, school, class, masked 学籍号."""
    number = f"学籍号 {child.registry_number.masked}" if child.registry_number else ""
    return " · ".join(filter(None, [child.sex_name, child.school.name, str(child.place or ""), number]))


def number_rows(child: Student, may_look: bool) -> list[dict]:
    """Every number the child holds or held, masked; the present ones with the address that shows them in full."""
    return [
        {
            "key": number.pk,
            "label": NumberKind(number.kind).label,
            "masked": number.masked,
            "since": number.since,
            "until": number.until,
            "reveal_url": reverse("students:number", args=[child.slug, number.kind])
            if may_look and number.until is None
            else "",
        }
        for number in sorted(child.numbers.all(), key=lambda n: (n.until is not None, n.kind))
    ]


def acts_for(child: Student, user) -> list[dict]:
    """The way to everything that may be done about this child, for whoever works on records."""
    if not any(may(user, right, child.school_id) for right in WORKS_ON_RECORDS):
        return []
    url = reverse("students:changes", args=[child.slug])
    hint = "休学、复学、信息变更等各项业务，逐项核对条件与最早可办日期；转学由转入学校发起。"
    log = reverse("dropout:child", args=[child.slug])
    return [
        {"label": "能办什么", "url": url, "allowed": True, "tone": "primary", "reason": hint},
        {"label": "考勤与劝返", "url": log, "allowed": True, "tone": "plain", "reason": "点名、劝返和辍学劝返的建立。"},
    ]


@require_POST
@never_cache
def number(request, slug, kind):
    """The full number as plain text, once the reason is written down."""
    found = visible_child(request, slug)
    if kind not in NumberKind.values:
        raise Http404(kind)
    try:
        text, status = reveal(found, kind, by=request.user, reason=request.POST.get("reason", "")), 200
    except NotYourHand as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except Refused as refusal:
        text, status = str(refusal), 422
    return HttpResponse(text, content_type="text/plain; charset=utf-8", status=status)
