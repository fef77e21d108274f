"""Closing books in tests: by the school's registrar and headmaster, on the day after the term."""

from datetime import date, timedelta

from accounts.roles import Role
from approvals.services import perform
from jianping_xueji.vault import files, new_child_key
from law import clock
from reports.books.closing import start_closing
from reports.books.keeping import keeper_of
from reports.books.kinds import BOOKS
from reports.books.models import BookFile, BookPart
from reports.books.periods import period_of
from reports.books.printing import AAD, Laid, keep_file, print_closed
from schools.models import School
from tests.county import staff_member
from tests.reports.conftest import address_of

AUTUMN_ENDS = date(2027, 2, 28)
SPRING_ENDS = date(2027, 8, 31)
DAY = timedelta(days=1)
LAST = {1: AUTUMN_ENDS, 2: SPRING_ENDS}


def people_of(school):
    """Registrar and headmaster of the school that keeps the books."""
    keeper = School.objects.get(pk=keeper_of(school.pk))
    return staff_member(Role.REGISTRAR, keeper), staff_member(Role.HEADMASTER, keeper)


def begun(school, kind, *, year=2026, term=1, until=None, on=None, **given):
    until = until or LAST[term]
    with clock.at(on or until + DAY):
        registrar, _ = people_of(school)
        return start_closing(school, BOOKS[kind], period_of(year, term), by=registrar, until=until, **given)


def signed(case, *, on) -> BookPart:
    with clock.at(on):
        registrar, headmaster = people_of(case.book.school)
        case = perform(case, "submit", by=registrar)
        perform(case, "approve", by=headmaster)
    return BookPart.objects.get(case=case)


def closed(school, kind, *, year=2026, term=1, until=None, on=None, **given) -> BookPart:
    """A closed book: begun and signed on the day after its last one."""
    until = until or LAST[term]
    on = on or until + DAY
    return signed(begun(school, kind, year=year, term=term, until=until, on=on, **given), on=on)


def corrected(part, reason="结册后更正", *, on) -> BookPart:
    """The next correction page of a closed book."""
    given = {"year": part.year, "term": part.book.term, "until": part.until, "on": on}
    return signed(begun(part.school, part.kind, reason=reason, amendment=1, **given), on=on)


def printed_bytes(part, by=None) -> bytes:
    by = by or people_of(part.school)[0]
    return b"".join(print_closed(part, by=by, address_of=address_of, keeper=part.school))


def large_print(record, *, by) -> BookFile:
    """The kept file of a large open book, of which only its being there matters."""
    key = new_child_key()
    record.pdf_sha256 = "0" * 64
    return keep_file(Laid(record, key, files.store(key, b"%PDF-", AAD), 1), by=by)


def kept_file(part) -> BookFile:
    return BookFile.objects.get(part=part)
