"""A holiday notice comes into force by two people of the bureau: one pastes and sends it, another confirms or returns.

What it changes is always worked out from its text, so that both see the same; confirming writes the days, keeps what
each day was, and counts again the days until which open cases have time.
"""

from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from accounts.models import User
from accounts.policies import Powers
from approvals.bureaus import bureau_behind
from approvals.errors import NotYourHand, Refused
from jianping_xueji.jobs.services import start
from law import clock
from law.holiday_notice import Notice, read_notice
from law.models import CalendarDay

from ..models import CalendarChange, HolidayDecision, HolidayNotice
from .moving import Moved, moved_by, recount

PROPOSERS = ("bureau_make", "fix_data")
DECIDERS = ("bureau_check", "fix_data")
NOT_PROPOSER = "放假通知由教育局经办人员或者数据管理员登记。"
NOT_DECIDER = "放假通知由教育局审核人员或者数据管理员核对启用。"
TWO_HANDS = "放假通知是您登记的，须由另一人核对启用。"
# One calendar, one pen: whoever writes or sends waits here for the other.
CALENDAR_LOCK = 6_330_007


@dataclass(frozen=True)
class DayChange:
    """One day that becomes something else: rest or work, or sure instead of guessed."""

    date: date
    was_workday: bool
    was_confirmed: bool
    is_workday: bool
    name: str

    @property
    def turns(self) -> bool:
        """A day that was worked is rest, or the other way round; otherwise it only becomes sure."""
        return self.was_workday != self.is_workday


def changes_of(notice: Notice) -> list[DayChange]:
    """Every day that the notice makes another than the calendar has it; one query."""
    said = notice.days()
    known = {row.date: row for row in CalendarDay.objects.filter(date__in=said, confirmed=True)}
    changes = []
    for day, (is_workday, name) in said.items():
        row = known.get(day)
        was = row.is_workday if row else day.weekday() < 5
        if not row or was != is_workday or row.name != name:
            changes.append(DayChange(day, was, bool(row), is_workday, name))
    return changes


@dataclass(frozen=True)
class Reading:
    """A notice as it was understood, what it changes, and which open cases get another last day."""

    notice: Notice
    changes: list[DayChange]
    moved: list[Moved]

    @property
    def turned(self) -> list[DayChange]:
        return [change for change in self.changes if change.turns]

    @property
    def made_sure(self) -> int:
        return sum(not change.was_confirmed for change in self.changes)


def reading_of(text: str, year: int, document: str = "") -> Reading:
    """What the pasted text would change, tried out and taken back. Raises Unreadable."""
    notice = read_notice(text, year)
    changes = changes_of(notice)
    return Reading(notice, changes, moved_by(lambda: write(changes, document)) if changes else [])


def write(changes: list[DayChange], document: str) -> None:
    """The days as the notice has them, sure from now on."""
    source = f"国务院办公厅放假安排（{document}）"[: CalendarDay._meta.get_field("source").max_length]
    CalendarDay.objects.bulk_create(
        [
            CalendarDay(date=c.date, is_workday=c.is_workday, name=c.name, confirmed=True, source=source)
            for c in changes
        ],
        update_conflicts=True,
        unique_fields=["date"],
        update_fields=["is_workday", "name", "confirmed", "source"],
    )


def take_the_pen() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CALENDAR_LOCK])


@transaction.atomic
def propose(text: str, year: int, *, document: str, reason: str, by: User) -> HolidayNotice:
    """Send a notice to the second pair of eyes. Raises NotYourHand, Unreadable, Refused."""
    bureau_behind(Powers.of(by), *PROPOSERS, refusal=NOT_PROPOSER)
    take_the_pen()
    waiting = HolidayNotice.objects.filter(year=year, decision=None).first()
    if waiting:
        raise Refused(f"{waiting}已由{waiting.proposed_by.name}送交核对，还没有结果。请先核对启用或者退回那一份。")
    if not changes_of(read_notice(text, year)):
        raise Refused(f"{year}年的工作日历已经与这份通知一致，不需要再登记。")
    return HolidayNotice.objects.create(
        year=year, document=document, text=text, reason=reason, proposed_by=by, proposed_on=clock.today()
    )


@transaction.atomic
def decide(notice: HolidayNotice, *, by: User, confirmed: bool, opinion: str = "") -> HolidayDecision:
    """Put a notice in force, or return it with a reason. Raises NotYourHand, Refused."""
    bureau_behind(Powers.of(by), *DECIDERS, refusal=NOT_DECIDER)
    if by.pk == notice.proposed_by_id:
        raise NotYourHand(TWO_HANDS)
    take_the_pen()
    if HolidayDecision.objects.filter(notice=notice).exists():
        raise Refused(f"{notice}已经核对过，本次操作未生效。")
    if not confirmed and not opinion.strip():
        raise Refused("退回须写明理由，登记人据此改正后重新登记。")
    changes = changes_of(read_notice(notice.text, notice.year)) if confirmed else []
    if changes:
        write(changes, notice.document)
    decision = HolidayDecision.objects.create(
        notice=notice,
        confirmed=confirmed,
        opinion=opinion.strip(),
        proposed_by_id=notice.proposed_by_id,
        decided_by=by,
        decided_on=clock.today(),
        moved_cases=recount() if changes else 0,
    )
    if changes:
        # The rows of the clock follow by the machine that counts them; as many as there are, in the background.
        start("deadlines.check", {}, by=None, key=f"deadlines.check:notice:{notice.pk}")
    CalendarChange.objects.bulk_create([CalendarChange(decision=decision, **vars(change)) for change in changes])
    return decision
