"""动态信息维护 (第十三条): the one door to its ordinary acts, which are no case.

The class teacher confirms or proposes, the school's registrar accepts; only then does the child's row change. Every
act locks in ascending child id, children before entries, and looks again at what it has locked: whoever comes second
changes nothing and is told so.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.db.models import QuerySet

from accounts.policies import Powers
from approvals.errors import NotYourHand, Refused
from law import clock
from law.models import Term
from law.school_time import is_second_term, school_year_of
from schools.models import Bureau, SchoolClass

from .dictionary import fields
from .models.campaign import Campaign, CampaignEntry
from .models.child import Student
from .record import in_words

SHORT = {
    "left_behind": "留守儿童",
    "migrant_child": "随迁子女",
    "home_address": "现住址",
    "phone": "联系电话",
    "household_division": "户口所在地",
}
ATTRIBUTES = tuple(SHORT)
FIELDS = {field.attribute: field for field in fields.FIELDS if field.attribute in ATTRIBUTES}
State = CampaignEntry.State

# Children who came since the last opening get an entry; whoever has one keeps it as it is.
OPENING = """
INSERT INTO students_campaignentry (campaign_id, child_id, school_id, school_class_id, state, changes, returned_for)
SELECT %s, enrolment.student_id, enrolment.school_id, place.school_class_id, 'waiting', '{}'::jsonb, ''
  FROM students_enrolment enrolment
  JOIN schools_school school ON school.id = enrolment.school_id AND school.bureau_id = %s
  LEFT JOIN students_placement place ON place.enrolment_id = enrolment.id AND place.ends IS NULL
 WHERE NOT enrolment.voided AND upper_inf(enrolment.during)
 ORDER BY enrolment.student_id
ON CONFLICT (campaign_id, child_id, school_id) DO NOTHING
"""


@dataclass(frozen=True)
class Outcome:
    """What an act on a whole class did: how many entries, and why the others were left."""

    done: int = 0
    own: int = 0
    stale: int = 0


def present_term(day: date) -> tuple[int, int]:
    """(year, term) of the last term that has begun, by the announced first days, else by the calendar."""
    begun = Term.objects.filter(starts__lte=day, year=school_year_of(day)).order_by("-starts").first()
    return (begun.year, begun.number) if begun else (school_year_of(day), 2 if is_second_term(day) else 1)


def present_campaign(bureau: Bureau | int | None) -> Campaign | None:
    """The latest campaign of a bureau; those of former terms are closed by it."""
    return Campaign.objects.filter(bureau=bureau).first() if bureau else None


def may_open(user, bureau: Bureau) -> bool:
    held = Powers.of(user).held.get("bureau_make", {})
    return any(power.appointment.bureau_id == bureau.pk for powers in held.values() for power in powers)


def may_accept(user, school_id: int) -> bool:
    return bool(Powers.of(user).on("make_change", school_id))


def may_confirm(user, school_id: int, class_id: int | None) -> bool:
    """The teacher of this very class, or the registrar of the school in the teacher's place."""
    return looks_after(Powers.of(user), school_id, class_id)


def looks_after(powers: Powers, school_id: int, class_id: int | None) -> bool:
    """`may_confirm` for whoever knows the powers already, as a page does."""
    taught = {power.appointment.school_class_id for power in powers.on("teach_class", school_id)} - {None}
    return bool(powers.on("make_change", school_id)) or class_id in taught


@transaction.atomic
def open_campaign(bureau: Bureau, due_on: date | None = None, *, by) -> tuple[Campaign, int]:
    """Open the campaign of the present term, or add those who came since; returns it and the entries made."""
    if not may_open(by, bureau):
        raise NotYourHand("动态信息维护由教育局经办人员布置。")
    today = clock.today()
    year, term = present_term(today)
    campaign = Campaign.objects.filter(bureau=bureau, year=year, term=term).first()
    if campaign is None:
        if due_on is None or due_on < today:
            raise Refused("完成期限不能早于今日。")
        given = {"opened_on": today, "due_on": due_on, "opened_by": by}
        campaign, _ = Campaign.objects.get_or_create(bureau=bureau, year=year, term=term, defaults=given)
    with connection.cursor() as cursor:
        cursor.execute(OPENING, [campaign.pk, bureau.pk])
        return campaign, cursor.rowcount


def entries_of(campaign: Campaign, school_class: SchoolClass) -> QuerySet[CampaignEntry]:
    """The sheet of a class: children who sit there now."""
    listed = CampaignEntry.objects.listed().filter(campaign=campaign, school=school_class.school_id)
    return listed.seated_in([school_class.pk])


def present_class_of(entry: CampaignEntry) -> int | None:
    """The class in which the child sits now."""
    seated = entry.child.enrolments.living().filter(placements__ends=None)
    return seated.values_list("placements__school_class", flat=True).first()


def locked(entries: QuerySet[CampaignEntry]) -> list[CampaignEntry]:
    return list(entries.select_for_update(of=("self",)).select_related("campaign").order_by("child_id"))


def lock_children(ids: Iterable[int]) -> dict[int, Student]:
    return {child.pk: child for child in Student.objects.filter(pk__in=ids).order_by("pk").select_for_update()}


def lock_one(entry: CampaignEntry) -> CampaignEntry:
    """Child and entry as they are now. Refused when the child has left or the campaign is over."""
    children = lock_children([entry.child_id])
    found = locked(CampaignEntry.objects.listed().filter(pk=entry.pk))
    if not found:
        raise Refused("该生已不在本校，不再列入本次维护，本次操作未生效。")
    refuse_closed(found[0].campaign)
    found[0].child = children[entry.child_id]
    return found[0]


def refuse_closed(campaign: Campaign | None) -> None:
    if campaign is None:
        raise Refused("教育局还没有布置本学期动态信息维护。")
    if campaign != present_campaign(campaign.bureau_id):
        raise Refused(f"{campaign}已结束，请在新学期的维护中办理。")


def told(entry: CampaignEntry) -> str:
    """Who did last what with an entry, for the one who came second."""
    by, on = (entry.accepted_by, entry.accepted_on) if entry.accepted_by else (entry.confirmed_by, entry.confirmed_on)
    done = f"{by.name}已于{on:%Y年%-m月%-d日}办理，" if by else ""
    return f"{done}现为“{entry.get_state_display()}”，本次操作未生效。"


def stored(child: Student) -> dict:
    return {name: getattr(child, name) for name in ATTRIBUTES}


def differences(child: Student, values: dict) -> dict:
    """attribute → [before, after] of what differs from the record."""
    now = stored(child)
    return {name: [now[name], values[name]] for name in ATTRIBUTES if name in values and values[name] != now[name]}


def stale(entry: CampaignEntry, child: Student) -> bool:
    """The record has changed since the proposal: its “before” is no longer true."""
    return any(getattr(child, name) != before for name, (before, _) in entry.changes.items())


@transaction.atomic
def confirm(entry: CampaignEntry, values: dict, *, by) -> CampaignEntry:
    """The teacher's answer about one child; what differs from the record is kept as a proposal."""
    if not may_confirm(by, entry.school_id, present_class_of(entry)):
        raise NotYourHand("动态信息由本班班主任或本校学籍管理员核对。")
    entry = lock_one(entry)
    changes = differences(entry.child, values)
    if entry.state == State.ACCEPTED or (entry.state == State.CONFIRMED and entry.changes == changes):
        raise Refused(told(entry))
    entry.state, entry.changes, entry.returned_for = State.CONFIRMED, changes, ""
    entry.confirmed_by, entry.confirmed_on = by, clock.today()
    entry.save()
    return entry


@transaction.atomic
def confirm_rest(campaign: Campaign | None, school_class: SchoolClass, *, by) -> Outcome:
    """“其余学生没有变化”: all who wait and were not sent back, in a fixed number of statements."""
    if not may_confirm(by, school_class.school_id, school_class.pk):
        raise NotYourHand("动态信息由本班班主任或本校学籍管理员核对。")
    refuse_closed(campaign)
    waiting = locked(entries_of(campaign, school_class).filter(state=State.WAITING, returned_for=""))
    rows = CampaignEntry.objects.filter(pk__in=[entry.pk for entry in waiting], state=State.WAITING)
    done = rows.update(state=State.CONFIRMED, confirmed_by=by, confirmed_on=clock.today())
    return Outcome(done)


@transaction.atomic
def accept(entry: CampaignEntry, *, by) -> CampaignEntry:
    """The registrar takes one child's answer over into the record."""
    refuse_not_registrar(by, entry.school_id)
    entry = lock_one(entry)
    if entry.state != State.CONFIRMED:
        raise Refused(told(entry))
    if entry.confirmed_by_id == by.pk:
        raise Refused("本条由您本人确认，应由另一名学籍管理员接受，或退回班主任确认。")
    if stale(entry, entry.child):
        raise Refused("确认之后学籍信息已有变动，改动的“原来”与现有学籍不符，请退回班主任重新核对。")
    take_over([entry], {entry.child_id: entry.child}, by)
    entry.refresh_from_db()
    return entry


@transaction.atomic
def accept_class(campaign: Campaign | None, school_class: SchoolClass, *, by) -> Outcome:
    """All confirmed answers of a class in one act; own confirmations and outdated proposals are left and counted."""
    refuse_not_registrar(by, school_class.school_id)
    refuse_closed(campaign)
    confirmed = entries_of(campaign, school_class).filter(state=State.CONFIRMED)
    children = lock_children(list(confirmed.values_list("child_id", flat=True)))
    found = locked(confirmed.filter(child__in=list(children)))
    own = [entry for entry in found if entry.confirmed_by_id == by.pk]
    others = [entry for entry in found if entry.confirmed_by_id != by.pk]
    fresh = [entry for entry in others if not stale(entry, children[entry.child_id])]
    take_over(fresh, children, by)
    return Outcome(len(fresh), len(own), len(others) - len(fresh))


def refuse_not_registrar(user, school_id: int) -> None:
    if not may_accept(user, school_id):
        raise NotYourHand("动态信息的改动由本校学籍管理员接受或退回。")


def take_over(entries: list[CampaignEntry], children: dict[int, Student], by) -> None:
    """Write the proposals into the locked rows and close the entries; the field history keeps before and after."""
    changed = [entry for entry in entries if entry.changes]
    for entry in changed:
        for name, (_, after) in entry.changes.items():
            setattr(children[entry.child_id], name, after)
    Student.objects.bulk_update([children[entry.child_id] for entry in changed], ATTRIBUTES)
    rows = CampaignEntry.objects.filter(pk__in=[entry.pk for entry in entries], state=State.CONFIRMED)
    rows.update(state=State.ACCEPTED, accepted_by=by, accepted_on=clock.today())


@transaction.atomic
def send_back(entry: CampaignEntry, reason: str, *, by) -> CampaignEntry:
    """To the teacher once more, with a reason; what was accepted stays in the record and a new answer may follow."""
    refuse_not_registrar(by, entry.school_id)
    if not reason.strip():
        raise Refused("请写明退回原因。")
    entry = lock_one(entry)
    if entry.state == State.WAITING:
        raise Refused(told(entry))
    if entry.state == State.ACCEPTED:
        entry.changes = {}
    entry.state, entry.returned_for = State.WAITING, reason.strip()
    entry.confirmed_by = entry.confirmed_on = entry.accepted_by = entry.accepted_on = None
    entry.save()
    return entry


def in_rows(changes: dict) -> list[dict]:
    """Proposed changes for `components/differences.html`."""
    return [
        {"label": FIELDS[name].label, "old": in_words(FIELDS[name], old), "new": in_words(FIELDS[name], new)}
        for name, (old, new) in changes.items()
    ]


def record_of(child: Student) -> list[dict]:
    """The five fields as the record has them, for `components/facts.html` and the sheet."""
    return [
        {"label": FIELDS[name].label, "short": short, "value": in_words(FIELDS[name], getattr(child, name))}
        for name, short in SHORT.items()
    ]
