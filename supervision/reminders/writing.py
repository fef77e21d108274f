"""Who is told what on one day: the owner of a limit, then the headmaster, then the bureau; one reminder a person.

The days on which a row is reminded, escalated and reported are written by the nightly check and counted from the facts.
So a night that was missed is made up by the next, and a night that runs twice says nothing twice.
"""

from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum

from django.db import transaction
from django.db.models import Count, Max, Min, Q

from accounts.models import Appointment, Deputy
from approvals.countdown.owed import AT_BUREAU, open_on
from law import parameters
from law.deadline import declared
from schools.models import SchoolGroupPermission

from ..models import Reminder


class Level(StrEnum):
    """Why somebody is told: it is theirs to do, or to see that it is done."""

    OWNER = "owner", "请您办理"
    HEAD = "head", "请您督促本单位办理"
    BUREAU = "bureau", "学校超期，请教育局督办"

    def __new__(cls, value, label):
        member = str.__new__(cls, value)
        member._value_, member.label = value, label
        return member


# From which day a row concerns a level.
FROM = {Level.OWNER: "reminded_on", Level.HEAD: "escalated_on", Level.BUREAU: "reported_on"}


@dataclass(frozen=True)
class Pile:
    """Rows of one deadline, school (or bureau) and right that concern a level on a day."""

    level: Level
    rule: str
    school: int | None
    bureau: int
    right: str
    number: int
    late: int
    due: date
    newest: date


def piles_on(day: date) -> list[Pile]:
    """Every pile of a day, three questions; as many rows as there are schools and deadlines, not children."""
    return [pile for level in Level for pile in _piles(level, day)]


def _piles(level: Level, day: date) -> list[Pile]:
    since = FROM[level]
    rows = open_on(day).filter(**{f"{since}__lte": day}, deadline__in=list(declared())).order_by()
    groups = rows.values_list("deadline", "school", "bureau", "desk_right").annotate(
        number=Count("pk"), late=Count("pk", filter=Q(due_on__lt=day)), due=Min("due_on"), newest=Max(since)
    )
    return [Pile(level, *group) for group in groups]


@dataclass
class Line:
    """What a person reads of one deadline at one level, over all schools."""

    level: str
    rule: str
    number: int = 0
    late: int = 0
    schools: int = 0
    due: date = date.max
    newest: date = date.min

    def add(self, pile: Pile) -> None:
        self.number, self.late, self.schools = self.number + pile.number, self.late + pile.late, self.schools + 1
        self.due, self.newest = min(self.due, pile.due), max(self.newest, pile.newest)

    def kept(self) -> dict:
        """As it is stored: days as text, in the order they are read."""
        return asdict(self) | {"due": self.due.isoformat(), "newest": self.newest.isoformat()}


@dataclass(frozen=True)
class Office:
    """What one person holds today: rights on schools, the bureaus served."""

    rights: dict[str, set[int]]
    bureaus: set[int]

    def concerns(self, pile: Pile) -> bool:
        """Whether this pile is this person's at its level."""
        at_bureau = pile.right in AT_BUREAU
        if pile.level == Level.OWNER:
            return self.holds(pile.right, pile)
        if pile.level == Level.HEAD:
            return self.holds("bureau_sign" if at_bureau else "sign_change", pile)
        return not at_bureau and self.holds("bureau_check", pile)

    def holds(self, right: str, pile: Pile) -> bool:
        if pile.school is None:
            return pile.bureau in self.bureaus and right in self.rights
        return pile.school in self.rights.get(right, ())


def offices_on(day: date) -> dict[int, Office]:
    """user → office, of everybody who serves or deputises on a day and has an account; three questions."""
    serving: dict[int, list[Appointment]] = defaultdict(list)
    live = {each.pk: each for each in Appointment.objects.live(day).filter(user__is_active=True)}
    for each in live.values():
        serving[each.user_id].append(each)
    for user, appointment in Deputy.objects.live(day).filter(user__is_active=True).values_list("user", "appointment"):
        serving[user] += [live[appointment]] if appointment in live else []
    granted: dict[int, list[tuple[str, int]]] = defaultdict(list)
    grants = SchoolGroupPermission.objects.filter(group__in={each.group_id for each in live.values()})
    for group, right, school in grants.values_list("group", "permission__codename", "content_object"):
        granted[group].append((right, school))
    return {user: _office(appointments, granted) for user, appointments in serving.items()}


def _office(appointments: list[Appointment], granted: dict[int, list[tuple[str, int]]]) -> Office:
    rights: dict[str, set[int]] = defaultdict(set)
    for appointment in appointments:
        for right, school in granted[appointment.group_id]:
            rights[right].add(school)
    return Office(dict(rights), {each.bureau_id for each in appointments} - {None})


def lines_for(office: Office, piles: list[Pile]) -> list[Line]:
    """What concerns a person, the first level that fits each pile only: nobody is told to chase their own work."""
    owned = {_key(pile) for pile in piles if pile.level == Level.OWNER and office.concerns(pile)}
    lines: dict[tuple[str, str], Line] = {}
    for pile in piles:
        if not office.concerns(pile) or (pile.level != Level.OWNER and _key(pile) in owned):
            continue
        lines.setdefault((pile.level, pile.rule), Line(pile.level.value, pile.rule)).add(pile)
    order = list(Level)
    return sorted(lines.values(), key=lambda line: (order.index(line.level), line.due, line.rule))


def _key(pile: Pile) -> tuple:
    return pile.rule, pile.school, pile.bureau, pile.right


def has_news(lines: list[Line], last: date | None, day: date, weekday: int) -> bool:
    """Something this person has not been told yet; or it is the weekday on which lateness is said again."""
    if any(last is None or line.newest > last for line in lines):
        return True
    return day.isoweekday() == weekday and any(line.late for line in lines)


@transaction.atomic
def write_reminders(day: date) -> int:
    """Write the reminders of a day; how many people get one. Said twice, it writes nothing more."""
    piles, told = piles_on(day), last_told(day)
    weekday = parameters.on(day)["reminder.weekday"]
    reminders = []
    for user, office in offices_on(day).items():
        lines = lines_for(office, piles)
        if lines and has_news(lines, told.get(user), day, weekday):
            reminders.append(Reminder(user_id=user, on=day, lines=[line.kept() for line in lines]))
    before = Reminder.objects.filter(on=day).count()
    Reminder.objects.bulk_create(reminders, ignore_conflicts=True)
    return Reminder.objects.filter(on=day).count() - before


def last_told(day: date) -> dict[int, date]:
    """user → the last day before this one on which they were told."""
    rows = Reminder.objects.filter(on__lt=day).order_by().values_list("user").annotate(last=Max("on"))
    return dict(rows)
