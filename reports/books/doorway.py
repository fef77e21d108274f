"""Fetching through the right: which shelf, which book, which closed part a person may open; a stranger gets 404."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.models import User
from accounts.policies import may, powers_of
from accounts.roles import WORKS_ON_RECORDS
from law import articles, clock
from law.school_time import school_year_of
from schools.models import School

from .closing import first_day_of, live_scope, scope_for, series
from .forms import FIRST_YEAR
from .keeping import keeper_of
from .kinds import BOOKS, BookKind
from .models import Book, BookFile, BookPart
from .periods import Period, period_of
from .reading import Scope


@dataclass
class Asked:
    """A book named in an address, opened by somebody who may see it."""

    school: School
    keeper: School
    what: BookKind
    period: Period
    prints: bool

    @cached_property
    def earlier(self) -> list[BookPart]:
        """The closed first parts of this kind of book of the school, the latest first."""
        return list(series(self.school, self.what))

    @cached_property
    def scope(self) -> Scope:
        return live_scope(self.school, self.what, self.period, self.earlier)

    @cached_property
    def default_until(self) -> date:
        return scope_for(self.school, self.what, self.period).until

    @cached_property
    def first(self) -> date:
        return first_day_of(self.school, self.what, self.period)

    @property
    def books(self):
        return Book.objects.filter(
            school=self.school, kind=self.what.kind.value, year=self.period.year, term=self.period.term
        )

    @property
    def parts(self):
        return BookPart.objects.filter(book__in=self.books)

    @property
    def address(self) -> dict:
        """As a job keeps it."""
        return {
            "school": self.school.pk,
            "kind": self.what.kind.value,
            "year": self.period.year,
            "term": self.period.term,
        }


def shelf_in_sight(user: User, pk: int) -> School:
    """A school whose books the person may see: it stands on a shelf in sight."""
    school = get_object_or_404(School.objects.select_related("bureau"), pk=pk)
    powers = powers_of(user)
    if not (powers.on("view_school", pk) or powers.on("view_school", keeper_of(pk))):
        raise Http404(pk)
    return school


def asked_for(user: User, pk: int, kind: str, year: int, term: int) -> Asked:
    """The book of an address; 404 for a kind, a year or a term there is no such book of."""
    what = BOOKS.get(kind)
    if what is None or term not in what.terms or not FIRST_YEAR <= year <= school_year_of(clock.today()):
        raise Http404(kind)
    school = shelf_in_sight(user, pk)
    keeper = kept_by(school)
    return Asked(school, keeper, what, period_of(year, term), may_print(user, keeper))


def kept_by(school: School) -> School:
    keeper = keeper_of(school.pk)
    return school if keeper == school.pk else School.objects.select_related("bureau").get(pk=keeper)


def may_print(user: User, keeper: School) -> bool:
    return any(may(user, right, keeper) for right in WORKS_ON_RECORDS)


def part_in_sight(user: User, pk: int) -> BookPart:
    """A closed part with its keeper; 404 for a stranger."""
    found = BookPart.objects.visible_to(user).select_related("book__school", "school__bureau", "made_by", "checked_by")
    part = get_object_or_404(found, pk=pk)
    part.keeper = kept_by(part.school)
    part.prints = may_print(user, part.keeper)
    return part


def permit(thing):
    """Whole numbers leave the system only by the hands that keep the book. Raises PermissionDenied."""
    if not thing.prints:
        raise PermissionDenied(f"学籍簿册由学校学籍管理员、学校领导和教育局打印、导出（{articles.BOOKS}）。")
    return thing


def file_in_sight(user: User, pk: int) -> BookFile:
    """The file of an open book, of whoever asked for it and may still print it."""
    mine = BookFile.objects.filter(made_by=user, part=None).select_related("record__school")
    kept = get_object_or_404(mine, pk=pk)
    if not may_print(user, kept_by(kept.record.school)):
        raise Http404(pk)
    return kept
