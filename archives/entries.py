"""The one door to entries of the archive: add, correct with a reason, make void with a reason. Nothing is overwritten.

Whoever keeps the archive of a child is the teacher of its present class or the registrar of its school. Every act locks
the children in ascending order and then looks at what stands; the second of two writers finds the first one's entry.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import QuerySet

from accounts.policies import Powers
from approvals.errors import NotYourHand, Refused
from approvals.services import lock_children
from law import articles, clock
from schools.models import School, SchoolClass
from students.campaigns import looks_after
from students.campaigns import may_confirm as may_keep
from students.models import Enrolment, Student

from .kinds import KINDS, NOTHING, Kind, Values
from .models import Entry, Mark
from .periods import Period

NOT_YOURS = f"学籍档案由本班班主任或本校学籍管理员登记（{articles.ARCHIVE}）。"
NAMED = 8


@dataclass
class Plan:
    """What given values would do: new entries, corrections of standing ones, and what is there already."""

    fresh: list[tuple[Student, Values]] = field(default_factory=list)
    changed: list[tuple[Student, Values, Entry]] = field(default_factory=list)
    same: int = 0


def detail_of(kind: Kind) -> str:
    """The name under which an entry carries its detail; "" where it has none of its own table."""
    return kind.model._meta.model_name if kind.model else ""


def with_details(entries: QuerySet[Entry]) -> QuerySet[Entry]:
    """Entries with everything they say, in two queries."""
    tables = [detail_of(kind) for kind in KINDS.values() if kind.model]
    return entries.select_related(*tables, "school", "by").prefetch_related("marks")


def values_of(entry: Entry) -> Values:
    """What an entry says, by column; None for what was left empty."""
    kind = KINDS[entry.kind]
    if kind.code == "marks":
        return {mark.subject: mark.mark for mark in entry.marks.all()}
    detail = getattr(entry, detail_of(kind), None) if kind.model else None
    return {column.key: none_of(getattr(detail, column.key)) for column in kind.columns} if detail else {}


def none_of(value):
    return None if value == "" else value


def seats_now(children: Iterable[int]) -> dict[int, tuple[int, int | None]]:
    """child → (school of the record, present class) of children on the roll."""
    rows = Enrolment.objects.living().filter(student__in=list(children))
    found = rows.filter(placements__ends=None).values_list("student", "school", "placements__school_class")
    seated = {child: (school, place) for child, school, place in found}
    return {child: (school, None) for child, school in rows.values_list("student", "school")} | seated


def keeps(user, child: Student) -> bool:
    """Whether this person keeps the archive of this child today."""
    school, place = seats_now([child.pk]).get(child.pk, (child.school_id, None))
    return may_keep(user, school, place)


def children_in(school_class: SchoolClass) -> QuerySet[Student]:
    """Who sits in the class now with the record at its school, in the order of the list.

    A guest of 随班就读 has its archive at the school of the record.
    """
    here = {"ends": None, "enrolment__voided": False, "enrolment__school": school_class.school_id}
    seated = school_class.placements.filter(**here).values("enrolment__student")
    return Student.objects.filter(pk__in=seated).order_by("name_pinyin", "id")


def slot_of(kind: Kind, period: Period, number: int = 0) -> str:
    """Where an entry stands among those of a child; of each slot one version holds."""
    when = "" if kind.period == "once" else f".{period.year}.{kind.term_of(period.term)}"
    return f"{kind.code}{when}" + (f".{number}" if number else "")


def newest_of(children: Iterable[int], kind: Kind, period: Period) -> dict[int, list[Entry]]:
    """child → last versions of this kind and period, void ones among them."""
    entries = Entry.objects.newest().filter(child__in=list(children), kind=kind.code)
    if kind.period != "once":
        entries = entries.filter(year=period.year, term=kind.term_of(period.term))
    found = defaultdict(list)
    for entry in with_details(entries).order_by("pk"):
        found[entry.child_id].append(entry)
    return found


def standing_of(children: Iterable[int], kind: Kind, period: Period) -> dict[int, list[Entry]]:
    """child → what holds of this kind and period."""
    found = newest_of(children, kind, period)
    return {child: [entry for entry in entries if not entry.void] for child, entries in found.items()}


def in_the_way(child: Student, kind: Kind, period: Period) -> Entry | None:
    """The entry that leaves nothing to enter: the only one there can be; of a “无”, whatever there is after all."""
    if kind.many:
        return None
    others = [KINDS[code] for code, said in NOTHING.items() if said == kind.code]
    found = (standing_of([child.pk], each, period).get(child.pk) for each in (kind, *others))
    return next((entries[-1] for entries in found if entries), None)


def plan_of(kind: Kind, period: Period, lines: Iterable[tuple[Student, Values]], standing: dict) -> Plan:
    """Every child's values held against what stands. A kind of which a child has many is only ever added to."""
    plan, said = Plan(), defaultdict(list)
    for child, values in lines:
        there = standing.get(child.pk, [])
        known = [*(values_of(entry) for entry in there), *said[child.pk]]
        said[child.pk].append(values)
        if any(alike(kind, each, values) for each in known):
            plan.same += 1
        elif there and not kind.many:
            plan.changed.append((child, values, there[-1]))
        else:
            plan.fresh.append((child, values))
    return plan


def alike(kind: Kind, old: Values, new: Values) -> bool:
    return all(old.get(column.key) == new.get(column.key) for column in kind.columns)


@transaction.atomic
def keep(
    kind: Kind,
    period: Period,
    lines: list[tuple[Student, Values]],
    *,
    school: School | int,
    by,
    reason: str = "",
    seen: dict[int, int] | None = None,
) -> Plan:
    """Write values of children of one school. Returns what was done.

    `seen`: child → the version the person looked at. Raises NotYourHand unless the person keeps the archive of all of
    them; Refused when something that stands would be changed without a reason or unseen, or a child has left the
    school.
    """
    school_id = getattr(school, "pk", school)
    lock_children([child.pk for child, _ in lines])
    refuse_strangers([child for child, _ in lines], school_id, by)
    newest = newest_of([child.pk for child, _ in lines], kind, period)
    standing = {pk: [entry for entry in entries if not entry.void] for pk, entries in newest.items()}
    plan = plan_of(kind, period, lines, standing)
    if seen is not None:
        refuse_unseen(kind, plan, seen)
    if plan.changed and not reason.strip():
        raise Refused(unreasoned(kind, plan))
    maker = Maker(kind, period, school_id, by)
    taken = Counter({pk: len(entries) for pk, entries in newest.items()})
    made = []
    for child, values in plan.fresh:
        taken[child.pk] += 1
        made.append(maker.fresh(child, values, newest.get(child.pk, []), number=taken[child.pk]))
    maker.write(made)
    maker.write([maker.after(entry, values, reason.strip()) for _, values, entry in plan.changed])
    if plan.fresh:
        lift_nothing(kind, period, [child.pk for child, _ in plan.fresh], maker)
    return plan


def named(names: list[str]) -> str:
    """张小禾、李小雨; of many the first ones and how many they are."""
    more = f"等{len(names)}名学生" if len(names) > NAMED else ""
    return "、".join(names[:NAMED]) + more


def unreasoned(kind: Kind, plan: Plan) -> str:
    names = named([child.name for child, _, _ in plan.changed])
    return f"{names}的{kind.label}与已登记的不同。已登记的不能改写，请写明更正原因，系统另存新的一版。"


def refuse_unseen(kind: Kind, plan: Plan, seen: dict[int, int]) -> None:
    """Nothing is changed that was entered after the person looked."""
    moved = [child.name for child, _, old in plan.changed if seen.get(child.pk) != old.pk]
    if moved:
        raise Refused(f"{named(moved)}的{kind.label}刚刚由他人登记过，请核对现行内容后再保存。")


def refuse_strangers(children: list[Student], school_id: int, by) -> None:
    seats, powers = seats_now([child.pk for child in children]), Powers.of(by)
    for child in children:
        school, place = seats.get(child.pk, (None, None))
        if school != school_id:
            raise Refused(f"{child.name}已不在本校，本次没有登记。请刷新名单后再办。")
        if not looks_after(powers, school, place):
            raise NotYourHand(NOT_YOURS)


@dataclass
class Maker:
    """Makes rows of one kind and period for one school by one person."""

    kind: Kind
    period: Period
    school_id: int
    by: object

    def entry(self, child_id: int, slot: str, **more) -> Entry:
        return Entry(
            child_id=child_id,
            school_id=self.school_id,
            part=self.kind.part,
            kind=self.kind.code,
            slot=slot,
            by=self.by,
            entered_on=clock.today(),
            **{"year": self.period.year, "term": self.kind.term_of(self.period.term)} | more,
        )

    def fresh(self, child: Student, values: Values, newest: list[Entry], number: int = 1) -> tuple[Entry, Values]:
        """A first version; after a void one the next version of its slot, so that the void stays in sight.

        `number` is the how-manieth of its kind and period, where a child may have several.
        """
        if newest and not self.kind.many:
            return self.after(newest[-1], values, f"{self.kind.undone}后重新登记")
        slot = slot_of(self.kind, self.period, number if self.kind.many else 0)
        return self.entry(child.pk, slot), values

    def after(self, old: Entry, values: Values, reason: str, **more) -> tuple[Entry, Values]:
        given = {"version": old.version + 1, "replaces": old, "reason": reason, "year": old.year, "term": old.term}
        return self.entry(old.child_id, old.slot, **given, **more), values

    def write(self, made: list[tuple[Entry, Values]]) -> list[Entry]:
        """Entries and what they say, in three statements for any number."""
        entries = Entry.objects.bulk_create([entry for entry, _ in made])
        told = [(entry, values) for entry, values in made if not entry.void]
        if self.kind.code == "marks":
            Mark.objects.bulk_create(
                [
                    Mark(entry=entry, subject=key, mark=value)
                    for entry, values in told
                    for key, value in values.items()
                    if value is not None
                ]
            )
        elif self.kind.model:
            self.kind.model.objects.bulk_create([self.detail(entry, values) for entry, values in told])
        return entries

    def make_void(self, standing: list[Entry], reason: str) -> list[Entry]:
        return self.write([self.after(entry, {}, reason, void=True) for entry in standing])

    def detail(self, entry: Entry, values: Values):
        model = self.kind.model
        given = self.kind.finished({column.key: values.get(column.key) for column in self.kind.columns})
        columns = {
            key: "" if value is None and not model._meta.get_field(key).null else value for key, value in given.items()
        }
        return model(entry=entry, **columns)


def lift_nothing(kind: Kind, period: Period, children: list[int], maker: Maker) -> None:
    """What was said to be nothing is void once there is something."""
    if nothing := KINDS.get(NOTHING.get(kind.code, "")):
        said = standing_of(children, nothing, period)
        other = Maker(nothing, period, maker.school_id, maker.by)
        other.make_void([entry for entries in said.values() for entry in entries], f"登记了{kind.label}")


@transaction.atomic
def declare_nothing(kind: Kind, period: Period, children: list[Student], *, school: School | int, by) -> int:
    """“本学期无获奖”: said of all of these who have nothing of the kind. Returns of how many."""
    ids = [child.pk for child in children]
    lock_children(ids)
    have = {pk for pk, entries in standing_of(ids, kind, period).items() if entries}
    nothing = KINDS[NOTHING[kind.code]]
    said = {pk for pk, entries in standing_of(ids, nothing, period).items() if entries}
    left = [(child, {}) for child in children if child.pk not in have | said]
    if left:
        keep(nothing, period, left, school=school, by=by)
    return len(left)


@transaction.atomic
def declare_nothing_of(nothing: Kind, period: Period, child: Student, *, by) -> None:
    """“本学期无获奖” of one child, also of one that sits in no class of its school. Raises Refused when it has some."""
    kind = next(KINDS[code] for code, said in NOTHING.items() if said == nothing.code)
    if not declare_nothing(kind, period, [child], school=child.school_id, by=by):
        raise Refused(f"{child.name}这一期已登记过{kind.label}，或已登记“{nothing.label}”，不用再登记。")


@transaction.atomic
def keep_sheet(
    kind: Kind,
    period: Period,
    lines: list[tuple[Student, Values]],
    *,
    silent: list[Student],
    back: dict[int, int],
    reason: str,
    seen: dict[int, int],
    **hand,
) -> tuple[Plan, int, int]:
    """A sheet of a class, all of it or nothing: what was taken back, what was entered, of whom there is nothing.

    `hand` is the school and the person. Returns the plan, of how many nothing was said, of how many it was taken back.
    """
    lock_children({child.pk for child, _ in lines} | {child.pk for child in silent} | back.keys())
    taken_back = take_back_nothing(kind, period, back, reason, **hand) if back else 0
    plan = keep(kind, period, lines, reason=reason, seen=seen, **hand)
    said = declare_nothing(kind, period, silent, **hand) if silent else 0
    return plan, said, taken_back


@transaction.atomic
def correct(entry: Entry, values: Values, reason: str, *, by) -> Entry:
    """A further version of one entry. Raises Refused without a reason, or when it was replaced meanwhile."""
    kind, period = locked_kind(entry, by, reason)
    if alike(kind, values_of(entry), values):
        raise Refused("内容与已登记的相同，没有需要更正的。")
    maker = Maker(kind, period, entry.child.school_id, by)
    return maker.write([maker.after(entry, values, reason.strip())])[0]


@transaction.atomic
def make_void(entry: Entry, reason: str, *, by) -> Entry:
    """The entry no longer counts; it stays readable with the reason."""
    kind, period = locked_kind(entry, by, reason)
    return Maker(kind, period, entry.child.school_id, by).make_void([entry], reason.strip())[0]


@transaction.atomic
def take_back_nothing(
    kind: Kind, period: Period, seen: dict[int, int], reason: str, *, school: School | int, by
) -> int:
    """“本学期无获奖” was said wrongly of these: child → the version the person saw. Each is made void as any entry is.

    Returns of how many. Raises NotYourHand, or Refused without a reason or when one of them holds no longer.
    """
    school_id, children = getattr(school, "pk", school), list(Student.objects.filter(pk__in=seen).order_by("pk"))
    lock_children(list(seen))
    refuse_strangers(children, school_id, by)
    refuse_unreasoned(reason)
    nothing = KINDS[NOTHING[kind.code]]
    standing = {child: entries[-1] for child, entries in standing_of(seen, nothing, period).items() if entries}
    moved = [child.name for child in children if child.pk not in standing or standing[child.pk].pk != seen[child.pk]]
    if moved:
        raise Refused(f"{named(moved)}的“{nothing.label}”已被他人撤回，请看现在的内容。")
    return len(Maker(nothing, period, school_id, by).make_void(list(standing.values()), reason.strip()))


def locked_kind(entry: Entry, by, reason: str) -> tuple[Kind, Period]:
    """The child locked, the person permitted, the entry still the one that holds."""
    lock_children([entry.child_id])
    if not keeps(by, entry.child):
        raise NotYourHand(NOT_YOURS)
    refuse_unreasoned(reason)
    if entry.void or Entry.objects.filter(replaces=entry).exists():
        raise Refused("这条记录已被他人更正或作废，请看最新的一版。")
    return KINDS[entry.kind], Period(entry.year, entry.term)


def refuse_unreasoned(reason: str) -> None:
    """Nothing that stands is corrected or made void without a reason."""
    if not reason.strip():
        raise Refused("请写明更正、作废或撤回的原因。")
    if len(reason.strip()) > Entry._meta.get_field("reason").max_length:
        raise Refused("原因不超过200字，请写简要。")
