"""The events behind the three questions, for whoever may ask them."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django import forms
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.models import Appointment, User
from accounts.policies import school_ids_where
from jianping_xueji.audit.models import Event
from schools.models import Bureau
from students.models import Student

from .words import ending, page_called

NAMES_SHOWN = 3
KINDS = [("", "不限"), *Event.Kind.choices]
FILES = (Event.Kind.EXPORT, Event.Kind.PRINT)


class TrailFilter(forms.Form):
    """Narrows a list of events; kept in the address, an impossible value is ignored."""

    q = forms.CharField(
        label="何人（姓名或用户名）",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    kind = forms.ChoiceField(label="做了什么", choices=KINDS, required=False)
    first = forms.DateField(label="从", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label="到", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, data, *, people: bool = True, kinds: Iterable[str] = ()):
        super().__init__(data)
        if not people:
            del self.fields["q"]
        if kinds:
            self.fields["kind"].choices = [("", "不限"), *((kind, Event.Kind(kind).label) for kind in kinds)]
        self.is_valid()

    def narrow(self, events: QuerySet[Event]) -> QuerySet[Event]:
        given = self.cleaned_data
        if words := given.get("q", "").strip():
            people = User.objects.filter(Q(name__contains=words) | Q(username__startswith=words))
            events = events.filter(Q(actor__in=people.values("pk")) | Q(account__startswith=words))
        if given.get("kind"):
            events = events.filter(kind=given["kind"])
        if given.get("first"):
            events = events.filter(at__gte=midnight(given["first"]))
        if given.get("last"):
            events = events.filter(at__lt=midnight(given["last"], after=1))
        return events


def midnight(day, after: int = 0) -> datetime:
    """The first moment of a day, or of one so many days later, as the office's clocks show it."""
    try:
        return timezone.make_aware(datetime.combine(day + timedelta(days=after), time.min))
    except OverflowError:
        return timezone.now()


def about_child(child: Student) -> QuerySet[Event]:
    """Everything that brought this child's data to somebody, or changed it; to be listed by `turn`.

    Listed by the number itself, the planner would rather walk backwards over everybody's events until a page is full.
    """
    return Event.objects.filter(children__contains=[child.pk]).annotate(turn=F("id") + 0)


def files_with(child: Student) -> QuerySet[Event]:
    """Files and papers that hold this child and left the house."""
    return about_child(child).filter(kind__in=FILES)


def people_of(user: User) -> QuerySet[User]:
    """Whose trail an auditor reads: everybody who serves, or served, at the audited schools and their bureau."""
    schools = school_ids_where(user, "audit_school")
    bureaus = Bureau.objects.filter(school__in=schools)
    served = Appointment.objects.filter(Q(school__in=schools) | Q(bureau__in=bureaus))
    return User.objects.filter(pk__in=served.values("user"))


def presented(events: Iterable[Event], user: User) -> list[Event]:
    """The events with names: of who did it, of what, of the children in sight; three questions for a page."""
    events = list(events)
    actors = {event.actor for event in events if event.actor}
    people = User.objects.in_bulk(actors)
    linked = set(people_of(user).filter(pk__in=actors).values_list("pk", flat=True)) | {user.pk}
    named = {pk for event in events for pk in (event.children or [])[:NAMES_SHOWN]}
    seen = Student.objects.visible_to(user).filter(pk__in=named).values_list("pk", "name", "slug")
    children = {pk: (name, slug) for pk, name, slug in seen}
    for event in events:
        person = people.get(event.actor)
        event.who = person.name or person.username if person else event.account or "系统"
        event.linked = event.actor in linked
        event.page = page_called(event)
        event.word, event.tone = ending(event)
        named = (event.children or [])[:NAMES_SHOWN]
        event.named = [children[pk] for pk in named if pk in children]
        event.many = len(event.children or [])
    return events
