"""What the pages of the register draw: who is registrar where, trained until when, with how much on the desk."""

from collections import Counter, defaultdict
from datetime import timedelta

from django.db.models import Count, Max
from django.urls import reverse

from accounts.models import Appointment, Deputy
from accounts.policies import may
from accounts.roles import Role
from approvals.models import Case
from approvals.presenting import desk_line, verdict_of
from approvals.rules import judge
from law import clock, parameters
from students.change_pages import in_words
from students.intake.years import months_after

from .case import REPORT, RegistrarChange
from .forms import RegisterFilter
from .rules import RULES
from .services import DESK_RIGHTS, open_tasks

SOON = timedelta(days=90)
WORDS = {
    "vacant": ("空缺", "refused"),
    "old": ("培训过期", "soon"),
    "soon": ("即将到期", "soon"),
    "good": ("在岗", "done"),
}
SAID = ("why", "starts_on", "trained_on", "certificate", "post", "reason")


def register(chosen: RegisterFilter) -> dict:
    """One row a registrar in office, and one for every school without; eight questions for any number of schools."""
    today = clock.today()
    schools = {school.pk: school for school in chosen.schools()}
    live = Appointment.objects.live(today).filter(role=Role.REGISTRAR, school__in=schools, user__is_active=True)
    months, by_school = parameters.on(today)["training.months"], defaultdict(list)
    for each in live.select_related("user").order_by("school__code", "starts"):
        by_school[each.school_id].append(each)
    deputies = dict(Deputy.objects.live(today).filter(appointment__in=live).values_list("appointment", "user__name"))
    tasks = tasks_of(schools)
    ended = dict(
        Appointment.objects.filter(role=Role.REGISTRAR, school__in=schools, ends__lte=today)
        .values_list("school")
        .annotate(last=Max("ends"))
        .order_by()
    )
    reported = RegistrarChange.objects.filter(school__in=schools, appointed__isnull=False).order_by("pk")
    changes = {case.appointed_id: case for case in reported}
    rows = []
    for pk, school in schools.items():
        for each in by_school[pk] or [None]:
            until = months_after(each.trained_on, months) if each else None
            state = state_of(until, today)
            rows.append(
                {
                    "school": school,
                    "registrar": each,
                    "until": until,
                    "state": state,
                    "word": WORDS[state][0],
                    "tone": WORDS[state][1],
                    "deputy": deputies.get(each.pk, "") if each else "",
                    "tasks": tasks[pk],
                    "since": ended.get(pk),
                    "case": changes.get(each.pk) if each else None,
                }
            )
    counted = Counter(row["state"] for row in rows)
    return {"rows": narrowed(rows, chosen), "figures": figures_of(counted), "chart": chart_of(counted)}


def tasks_of(schools) -> Counter:
    rows = Case.objects.open().filter(desk_school__in=schools, desk_right__in=DESK_RIGHTS).order_by()
    return Counter(dict(rows.values_list("desk_school").annotate(number=Count("pk"))))


def state_of(until, today) -> str:
    if until is None:
        return "vacant"
    return "old" if until < today else "soon" if until <= today + SOON else "good"


def narrowed(rows: list[dict], chosen: RegisterFilter) -> list[dict]:
    """Rows that fit the words and the state; those that need something first."""
    said, state = chosen.words, chosen.cleaned_data.get("state")

    def fits(row) -> bool:
        name = row["registrar"].user.name if row["registrar"] else ""
        named = said in row["school"].name or said in row["school"].short_name or said in name
        return (not said or named) and (not state or row["state"] == state)

    order = list(WORDS)
    return sorted(filter(fits, rows), key=lambda row: (order.index(row["state"]), row["school"].code))


def figures_of(counted: Counter) -> list[dict]:
    url = reverse("supervision:registrars")
    return [
        {
            "label": word,
            "value": counted[state],
            "url": f"{url}?state={state}",
            "tone": tone if counted[state] else "idle",
        }
        for state, (word, tone) in WORDS.items()
    ]


def chart_of(counted: Counter) -> dict:
    url = reverse("supervision:registrars")
    return {
        "kind": "bar",
        "unit": "人（校）",
        "labels": [word for word, _ in WORDS.values()],
        "series": [
            {
                "label": "学籍管理员",
                "values": [counted[state] for state in WORDS],
                "urls": [f"{url}?state={state}" for state in WORDS],
            }
        ],
    }


def page_of(case: RegistrarChange, user) -> dict:
    """Context of `supervision/registrar_change.html`."""
    keeps = case.state == case.State.DRAFT and may(user, "sign_change", case.lead_school_id)
    facts = [
        {"label": "学籍管理员", "value": f"{case.person.name}（{case.person.username}）"},
        {"label": "接替", "value": case.predecessor.user.name if case.predecessor else ""},
        *({"label": case._meta.get_field(name).verbose_name, "value": in_words(case, name)} for name in SAID),
    ]
    school, bureau = case.lead_school.short_name, str(case.lead_school.bureau)
    limit = parameters.on(case.accepted_on or clock.today())["approval.stage_workdays"]
    return {
        "desks": desk_line(case, [(REPORT, school), ("教育局", bureau)], limit),
        "desks_note": "校长报送，教育局经办、审核两人签字",
        "facts": [each for each in facts if each["value"]],
        "tasks": case.handed_over if not case.is_open else open_tasks(case.school),
        "handed": not case.is_open,
        **(verdict_of(judge(RULES, case.facts)) if case.is_open else {}),
        "draft_url": reverse("supervision:registrar_draft", args=[case.number]) if keeps else "",
        "prints": [{"form": "handover_of_office", "label": "交接清单"}] if case.state == case.State.DONE else [],
    }
