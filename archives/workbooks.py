"""From an uploaded workbook to its entries: the dry run with every finding, the confirmation, the job that writes.

The same file again writes nothing. A value that stands is never overwritten: what differs becomes a further version,
with the reason the upload gave for all of them.
"""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from accounts.policies import Powers
from approvals.errors import NotYourHand, Refused
from jianping_xueji.jobs import Job
from jianping_xueji.jobs.services import start
from jianping_xueji.vault import files
from law import clock
from law.school_time import school_year_of
from schools.models import School, SchoolClass

from .entries import NOT_YOURS, keep, refuse_unreasoned, unreasoned
from .kinds import KINDS, Kind
from .models import ArchiveWorkbook
from .periods import Period
from .reading import Judged, Pupil, judge, pupils_of, template

MOVED = "核对之后档案有了变动，没有登记。已重新核对，请看新的结果后再确认。"


@dataclass(frozen=True)
class Scope:
    """Whose archives a person keeps by workbook: the whole school, or the classes taught."""

    school: School
    school_class: SchoolClass | None = None

    @property
    def name(self) -> str:
        if self.school_class is None:
            return f"{self.school.short_name}全校"
        return f"{self.school.short_name}{self.school_class.name_in(school_year_of(clock.today()))}"

    def pupils(self, period: Period) -> list[Pupil]:
        classes = None if self.school_class is None else {self.school_class.pk}
        return pupils_of(self.school, classes, period, school_year_of(clock.today()))


def scopes_of(user) -> list[Scope]:
    """Every school whose registrar, and every class whose teacher, this person is."""
    powers = Powers.of(user)
    schools = powers.schools("make_change")
    taught = {
        power.appointment.school_class_id
        for powers_on in powers.held.get("teach_class", {}).values()
        for power in powers_on
    } - {None}
    classes = SchoolClass.objects.filter(pk__in=taught - {None}, closed_on=None).exclude(school__in=schools)
    return [
        *(Scope(school) for school in School.objects.filter(pk__in=schools).order_by("code")),
        *(Scope(each.school, each) for each in classes.select_related("school").order_by("pk")),
    ]


def scope_of(book: ArchiveWorkbook) -> Scope:
    return Scope(book.school, book.school_class)


def holds(user, scope: Scope) -> bool:
    """Whether the person still keeps these archives."""
    return scope in scopes_of(user)


def visible_to(user):
    """Workbooks of the schools in sight, and one's own."""
    return ArchiveWorkbook.objects.filter(
        Q(school__in=Powers.of(user).schools("view_school")) | Q(uploaded_by=user)
    ).select_related("school", "school_class__school", "uploaded_by")


def template_of(scope: Scope, kind: Kind, period: Period, *, by) -> bytes:
    """The workbook of a scope with what stands. Raises NotYourHand."""
    if not holds(by, scope):
        raise NotYourHand(NOT_YOURS)
    mark = f"{scope.name} {kind.label} {period.name_for(kind)} {by.name} {clock.today():%Y-%m-%d}下载"
    return template(kind, period, scope.pupils(period), mark)


@transaction.atomic
def take_in(
    data: bytes, name: str, scope: Scope, kind: Kind, period: Period, *, by, reason: str = ""
) -> ArchiveWorkbook:
    """Keep an upload and what it would do; nothing is entered yet. Raises WorkbookRefused, NotYourHand."""
    if not holds(by, scope):
        raise NotYourHand(NOT_YOURS)
    judged = judge(data, kind, period, scope.pupils(period))
    book = ArchiveWorkbook(
        school=scope.school,
        school_class=scope.school_class,
        kind=kind.code,
        year=period.year,
        term=period.term,
        reason=reason.strip(),
        uploaded_by=by,
        uploaded_on=clock.today(),
    )
    book.hold(data, name)
    return keep_preview(book, judged)


def keep_preview(book: ArchiveWorkbook, judged: Judged) -> ArchiveWorkbook:
    """Note what the file would do."""
    book.counts, book.digest = judged.counts, judged.digest
    book.note(judged.findings, judged.changes)
    book.save()
    return book


def kind_and_period(book: ArchiveWorkbook) -> tuple[Kind, Period]:
    return KINDS[book.kind], Period(book.year, book.term)


@transaction.atomic
def confirm(book: ArchiveWorkbook, *, by, reason: str = "") -> ArchiveWorkbook:
    """Let a job write what the dry run showed; `reason` where the upload came without. Raises Refused, NotYourHand."""
    book = locked(book, by)
    if book.counts["changed"] and not book.reason:
        refuse_unreasoned(reason)
        book.reason = reason.strip()
    job = Job.objects.filter(pk=book.job_id).first()
    if job and not job.finished:
        raise Refused(f"“{book.name}”已在登记，请等它完成。")
    book.job_id = start("archives.write", {"book": book.pk}, by=by, school_id=book.school_id).pk
    book.save(update_fields=["job_id", "reason"])
    return book


def locked(book: ArchiveWorkbook, by) -> ArchiveWorkbook:
    """The file under lock, waiting, in the hands of who keeps these archives."""
    if not holds(by, scope_of(book)):
        raise NotYourHand(NOT_YOURS)
    found = ArchiveWorkbook.objects.select_for_update(of=("self",))
    book = found.select_related("school", "school_class__school").get(pk=book.pk)
    if book.state != ArchiveWorkbook.State.WAITING:
        raise Refused(f"“{book.name}”现为“{book.get_state_display()}”，不能再办理。")
    return book


class Moved(Refused):
    """The archive is no longer as the dry run saw it; `judged` is what the file would do now."""

    def __init__(self, judged: Judged):
        super().__init__(MOVED)
        self.judged = judged


@transaction.atomic
def write(book: ArchiveWorkbook, *, by) -> ArchiveWorkbook:
    """Enter the good lines. Raises Moved, Refused, NotYourHand."""
    book = locked(book, by)
    kind, period = kind_and_period(book)
    judged = judge(book.content(), kind, period, scope_of(book).pupils(period))
    if judged.digest != book.digest:
        raise Moved(judged)
    if judged.plan.changed and not book.reason:
        raise Refused(unreasoned(kind, judged.plan))
    keep(kind, period, judged.lines, school=book.school, by=by, reason=book.reason)
    book.state = ArchiveWorkbook.State.TAKEN
    book.save(update_fields=["state"])
    return book


@transaction.atomic
def give_up(book: ArchiveWorkbook, *, by) -> ArchiveWorkbook:
    """The upload is erased before it did anything; the line in the list stays. Raises Refused, NotYourHand."""
    book = locked(book, by)
    book.state, book.sealed_report = ArchiveWorkbook.State.DISCARDED, b""
    book.save(update_fields=["state", "sealed_report"])
    transaction.on_commit(lambda: files.discard(book.stored_name))
    return book
