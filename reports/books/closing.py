"""Closing a book: what stands in the way, and the act by which its content is kept for ever."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Max, Q
from django.utils import timezone

from approvals.common_rules import of_level
from approvals.errors import Refused, RulesBroken
from approvals.models import CaseSubject, Step
from approvals.rules import Level, judge
from approvals.services import lock_children, lock_draft, open_case
from jianping_xueji import jobs
from law import articles, clock
from schools.models import School
from students.models import Enrolment, Student

from . import cards, frozen, graduates
from .case import BookClosing
from .keeping import keeper_of
from .kinds import BookKind, Kind
from .models import Book, BookPart
from .paper import BOOK_NAMES
from .periods import Period, before, period_of
from .reading import Reading, Scope
from .rules import RULES, BookFacts

DAY = timedelta(days=1)
NAMED = 5
JOB = "reports.book"


def series(school: School, what: BookKind):
    """The closed first parts of one kind of a school's books, the latest first."""
    closed = BookPart.objects.filter(school=school, kind=what.kind, amendment=0).select_related("book")
    return closed.order_by("-book__year", "-book__term")


def first_day_of(school: School, what: BookKind, period: Period, closed: Iterable[BookPart] | None = None) -> date:
    """A book that goes on begins the day after the one before ended; any other with its term or year."""
    if not what.continues:
        return period.year_first
    closed = series(school, what) if closed is None else closed
    earlier = [part for part in closed if (part.book.year, part.book.term) < (period.year, period.term)]
    return earlier[0].until + DAY if earlier else period.first


def scope_for(school: School, what: BookKind, period: Period, until: date | None = None) -> Scope:
    """The book of a term up to a day: by default yesterday, at most the last day of the term."""
    first = first_day_of(school, what, period)
    last = min(clock.today() - DAY, period.last) if until is None else until
    return Scope(school, period, first, max(first, last))


def live_scope(school: School, what: BookKind, period: Period, closed: Iterable[BookPart] | None = None) -> Scope:
    """The book as it stands today, for whoever looks at it before it is closed."""
    first = first_day_of(school, what, period, closed)
    return Scope(school, period, first, max(first, min(clock.today(), period.last)))


def facts_for(scope: Scope, what: BookKind, *, amendment: int = 0, on: date | None = None, **more) -> BookFacts:
    """Facts of an intended or running closing; nothing needs to be saved."""
    parts = list(BookPart.objects.filter(book__school=scope.school, kind=what.kind, year=scope.year).order_by("pk"))
    mine = [part for part in parts if part.book.term == scope.period.term]
    over = scope.period.over if scope.school.closed_on is None else min(scope.period.over, scope.school.closed_on)
    facts = {
        "on": on or clock.today(),
        "title": what.title,
        "period": scope.period.name,
        "first": scope.first,
        "until": scope.until,
        "last": scope.period.last,
        "over": max(over, scope.first),
        "nil": what.nil,
        "closed_as": mine[0].number if mine else "",
        "correcting": amendment > 0,
    }
    found = correction_facts(scope, what, mine) if amendment else content_facts(scope, what)
    return BookFacts(**facts | found | more)


def content_facts(scope: Scope, what: BookKind) -> dict:
    """What the record itself says about closing this book."""
    if what.kind == Kind.CARDS:
        return {"lines": cards.count(scope)}
    reading = what.read(scope)
    closed = list(series(scope.school, what)) if what.continues else []
    later = next_closed(scope, closed)
    found = {"lines": len(reading.lines), "former": former_open(scope, what, closed)}
    if later:
        found |= {"next_number": later.number, "next_first": later.first}
    if what.kind == Kind.MOVEMENTS:
        found["unbalanced"] = unbalanced(scope, closed, reading, later)
    if what.kind == Kind.GRADUATES:
        found["undecided"] = "、".join(graduates.undecided(scope))
    return found


def correction_facts(scope: Scope, what: BookKind, parts: list[BookPart]) -> dict:
    """What differs: lines, or only who is here at the end (a change that reaches back beyond this book)."""
    if not parts:
        return {}
    lines, _, now = corrected(scope, what, parts)
    return {"lines": len(lines) + (now.ends != parts[-1].ends)}


def former_open(scope: Scope, what: BookKind, closed: list[BookPart]) -> str:
    """The book of the term before, when the series has begun and it is not among those closed; "" otherwise."""
    terms = [(p.book.year, p.book.term) for p in closed]
    earlier = [term for term in terms if term < (scope.year, scope.period.term)]
    wanted = before(scope.year, scope.period.term)
    return f"《{what.title}》（{period_of(*wanted).name}）" if earlier and earlier[0] != wanted else ""


def next_closed(scope: Scope, closed: list[BookPart]) -> BookPart | None:
    """The book of the term after, where it was closed before this one: a series may begin in its middle."""
    here = (scope.year, scope.period.term)
    return next((p for p in closed if before(p.book.year, p.book.term) == here), None)


def unbalanced(scope: Scope, closed: list[BookPart], reading: Reading, later: BookPart | None) -> str:
    """Which children stand between 上册期末 and 本册期初, or came and went without a case; "" when all agrees.

    Of a `later` book, closed already, it is the numbers that must begin where this one ends.
    """
    earlier = [p for p in closed if p.until < scope.first]
    faults = list(reading.faults)
    if earlier:
        faults += gaps(as_amended(earlier[0]), reading)
    if later:
        faults += steps_between(reading, later)
    told = "；".join(faults[:NAMED])
    return f"{told}等{len(faults)}人次" if len(faults) > NAMED else told


def as_amended(first: BookPart) -> BookPart:
    """The latest part of a closed book: what it says today."""
    return first.book.parts.order_by("-amendment").first()


def steps_between(reading: Reading, later: BookPart) -> list[str]:
    """One phrase for each number with which the later book does not begin where this one ends."""
    begins = as_amended(later).figures
    pairs = [(name, len(ends), begins.get(name, {}).get("opening")) for name, ends in reading.ends.items()]
    return [
        f"本册期末{BOOK_NAMES[name]}{here}，已结的下册{later.number}期初{there}"
        for name, here, there in pairs
        if there is not None and here != there
    ]


def gaps(last: BookPart, reading: Reading) -> list[str]:
    """One phrase for each child that is in only one of the two."""
    phrases: dict[int, str] = {}
    for name in reading.opening:
        kept, now = set(last.ends.get(name, [])), set(reading.opening[name])
        phrases |= {pk: f"上册{last.number}期末在册，本册期初不在" for pk in kept - now}
        phrases |= {pk: f"上册{last.number}期末不在册，本册期初在" for pk in now - kept}
    children = Student.objects.filter(pk__in=phrases).in_bulk()
    since = decided_since(phrases, last)
    return [f"{children[pk].name}（{words}{since.get(pk, '')}）" for pk, words in sorted(phrases.items())]


def decided_since(children, last: BookPart) -> dict[int, str]:
    """What was decided or corrected about these children after the former book was closed."""
    steps = Step.objects.filter(
        case__in=CaseSubject.objects.filter(child__in=children).values("case"), entered_at__gt=last.closed_at
    )
    rows = steps.order_by("pk").values_list("case__subjects__child", "case__number", "label")
    return {child: f"；结册后{number}“{label}”" for child, number, label in rows if child in children}


def corrected(scope: Scope, what: BookKind, parts: list[BookPart]) -> tuple[list, dict[str, str], Reading]:
    """Lines and acts of the next correction page, and the present reading they come from."""
    now = what.read(scope)
    lines, acts = frozen.differences(frozen.standing_lines(parts), now, what.watched)
    return lines, acts, now


def scope_of_case(case: BookClosing) -> Scope:
    """A correction reads exactly the days of the book it corrects."""
    book = case.book
    if case.amendment:
        part = book.parts.get(amendment=0)
        return Scope(book.school, book.period, part.first, part.until)
    return scope_for(book.school, book.what, book.period, case.until)


def facts_of_case(case: BookClosing, day: date, **papers) -> BookFacts:
    scope = scope_of_case(case)
    if case.is_open:
        return facts_for(scope, case.book.what, amendment=case.amendment, on=day, **papers)
    closed = {"title": case.book.what.title, "period": scope.period.name, "first": scope.first, "until": scope.until}
    return BookFacts(day, last=scope.period.last, over=scope.period.over, lines=1, **closed, **papers)


def content_now(case: BookClosing) -> tuple[Reading, dict[str, str], dict]:
    """The reading this case closes, the acts of its lines, and the whole content."""
    scope, what = scope_of_case(case), case.book.what
    if not case.amendment:
        reading, acts = what.read(scope), {}
    else:
        lines, acts, now = corrected(scope, what, list(case.book.parts.order_by("amendment")))
        reading = Reading(lines, now.figures, now.opening, now.ends, [], now.heads)
    return reading, acts, frozen.content_of(scope, what.kind.value, reading, acts)


def present_digest(case: BookClosing) -> str:
    return frozen.digest_of(content_now(case)[2])


def everybody(scope: Scope) -> list[int]:
    """Whose record was at this school, or who sat in it, on any of these days."""
    here = Q(school=scope.school) | Q(attends=scope.school)
    lives = Enrolment.objects.filter(here, during__overlap=(scope.first, scope.until + DAY))
    return sorted(set(lives.values_list("student", flat=True)))


def close_book(case: BookClosing) -> None:
    """结册: rules once more under the children's locks, then content, number and digest in one transaction.

    Raises RulesBroken, Refused when the record has moved since the registrar handed the book in.
    """
    lock_children(everybody(scope_of_case(case)))
    school = School.objects.select_for_update(no_key=True).get(pk=case.book.school_id)
    verdict = judge(of_level(RULES, Level.HARD), case.build_facts(clock.today()))
    if verdict.broken:
        raise RulesBroken(verdict)
    reading, acts, content = content_now(case)
    digest = frozen.digest_of(content)
    if digest != case.digest:
        raise Refused(f"提交以后册中内容有变动，与学籍管理员所结的不是一册，请退回重新提交（{articles.BOOKS}）。")
    case.made = keep(case, school, reading, acts, digest)
    case.running = False
    jobs.start(JOB, {"part": case.made.pk, "site": case.site}, by=case.acting, key=f"book-part-{case.made.pk}")


def keep(case: BookClosing, school: School, reading: Reading, acts: dict[str, str], digest: str) -> BookPart:
    """The part with the next number of its school, kind and year, and its sealed lines."""
    scope, what = scope_of_case(case), case.book.what
    mine = BookPart.objects.filter(school=school, kind=what.kind, year=scope.year)
    serial = (mine.aggregate(last=Max("serial"))["last"] or 0) + 1
    part = BookPart.objects.create(
        book=case.book,
        amendment=case.amendment,
        school=school,
        kind=what.kind,
        year=scope.year,
        serial=serial,
        number=f"{school.code}-{what.mark}-{scope.year}-{serial:03d}",
        school_name=school.name,
        case=case,
        first=scope.first,
        until=scope.until,
        heads=reading.heads,
        figures=reading.figures,
        ends=reading.ends,
        lines_count=len(reading.lines),
        reason=case.reason,
        digest=digest,
        made_by=case.steps.filter(action="submit").latest("pk").actor,
        checked_by=case.acting,
        closed_on=clock.today(),
        closed_at=timezone.now(),
    )
    frozen.seal_rows(part, reading.lines, acts)
    return part


@transaction.atomic
def start_closing(
    school: School,
    what: BookKind,
    period: Period,
    *,
    by,
    until: date,
    site: str = "",
    reason: str = "",
    amendment: int = 0,
) -> BookClosing:
    """Open the draft that closes a book, or makes its next correction page. Raises RulesBroken, Refused, NotYourHand.

    The school that keeps the book conducts the case: of a school that was merged, the receiving one.
    """
    keeper = School.objects.select_for_update(no_key=True).get(pk=keeper_of(school.pk))
    school = School.objects.get(pk=school.pk)
    book, _ = Book.objects.get_or_create(school=school, kind=what.kind.value, year=period.year, term=period.term)
    amendment = next_amendment(book, reason) if amendment else 0
    refuse_unlawful(book, until, amendment)
    given = {"book": book, "until": until, "amendment": amendment, "reason": reason, "site": site}
    try:
        with transaction.atomic():
            return open_case(BookClosing, by=by, lead=keeper, children=[], state=BookClosing.State.DRAFT, **given)
    except IntegrityError as error:
        raise Refused(f"{book}正在结册，请在该件上继续办理（{articles.BOOKS}）。") from error


def next_amendment(book: Book, reason: str) -> int:
    """The number of the next correction page. Raises Refused without a reason, or for a book that is not closed."""
    if not reason.strip():
        raise Refused(f"作更正页须写明更正理由（{articles.BOOKS}）。")
    last = book.parts.aggregate(last=Max("amendment"))["last"]
    if last is None:
        raise Refused(f"{book}还没有结册，不需要更正页；请直接改正学籍后再结册（{articles.BOOKS}）。")
    return last + 1


def refuse_unlawful(book: Book, until: date, amendment: int) -> None:
    """A closing that no signature could pass is not begun. Raises RulesBroken with every breach."""
    what = book.what
    if amendment:
        part = book.parts.get(amendment=0)
        scope = Scope(book.school, book.period, part.first, part.until)
    else:
        scope = Scope(book.school, book.period, first_day_of(book.school, what, book.period), until)
    verdict = judge(of_level(RULES, Level.HARD), facts_for(scope, what, amendment=amendment))
    if verdict.broken:
        raise RulesBroken(verdict)


@transaction.atomic
def keep_closing(case: BookClosing, *, by, until: date, reason: str = "") -> BookClosing:
    """Write the draft anew. Raises Refused when it has been handed in, NotYourHand, RulesBroken."""
    case = lock_draft(case, by=by)
    refuse_unlawful(case.book, until, case.amendment)
    case.until, case.reason = until, reason
    case.save()
    return case
