"""The seat ledger: every movement of a seat is one conditional UPDATE that refuses when none is free.

Rows are taken in ascending id (grade row and class row), after children and case are locked, so two cases can never
wait for each other. The table's CHECK stands underneath: either guard alone keeps the last seat from being sold twice.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from django.db import connection
from django.db.models import Count, F

from law.articles import Article

from .models import SchoolClass, SeatGrant, Seats


class NoSeat(Exception):
    """The grade or class has no free seat left (第十九条第一款)."""

    def __init__(self, seats: Seats):
        super().__init__(str(seats))
        self.seats = seats


def rows_for(school_id: int, year: int, grade: int, school_class: SchoolClass | None) -> list[Seats]:
    """The ledger rows that a child in this grade (and class) occupies, ids ascending.

    Taught at home (送教上门) a child is on the roll, but takes no seat of the grade.
    """
    wanted = [None] if school_class is None else [school_class.pk]
    if school_class is not None and not school_class.at_home:
        wanted.append(None)
    rows = Seats.objects.filter(school_id=school_id, year=year, grade=grade).order_by("pk")
    return [row for row in rows if row.school_class_id in wanted]


def rows_of_classes(classes: Iterable[SchoolClass], year: int) -> list[tuple[SchoolClass, Seats]]:
    """Each class with each of its ledger rows, as `rows_for` finds them, locked ascending by one query."""
    classes = list(classes)
    rows: dict[tuple, list[Seats]] = {}
    grades = {each.grade_in(year) or 0 for each in classes}
    theirs = Seats.objects.filter(school__in={each.school_id for each in classes}, year=year, grade__in=grades)
    for row in theirs.select_for_update().order_by("pk"):
        rows.setdefault((row.school_id, row.grade, row.school_class_id), []).append(row)
    found = []
    for each in classes:
        wanted = [each.pk] if each.at_home else [each.pk, None]
        for own in wanted:
            found += [(each, row) for row in rows.get((each.school_id, each.grade_in(year) or 0, own), [])]
    return found


def locked(rows: Iterable[Seats]) -> list[Seats]:
    """The same rows locked, as they stand now, ids ascending."""
    return list(Seats.objects.select_for_update().filter(pk__in=[row.pk for row in rows]).order_by("pk"))


def _take(row: Seats, column: str, count: int) -> None:
    free = Seats.objects.with_free().filter(pk=row.pk, free__gte=count)
    if not free.update(**{column: F(column) + count}):
        raise NoSeat(row)


def reserve(rows: Iterable[Seats], count: int = 1) -> None:
    """Hold seats for an open case. Raises NoSeat."""
    for row in rows:
        _take(row, "reserved", count)


def occupy(rows: Iterable[Seats], count: int = 1) -> None:
    """Use seats at once, without a reservation before. Raises NoSeat."""
    for row in rows:
        _take(row, "used", count)


def release(rows: Iterable[Seats], count: int = 1) -> None:
    """Give reserved seats back."""
    for row in rows:
        Seats.objects.filter(pk=row.pk).update(reserved=F("reserved") - count)


def use_reserved(rows: Iterable[Seats], count: int = 1) -> None:
    """A held seat becomes a used one."""
    for row in rows:
        Seats.objects.filter(pk=row.pk).update(reserved=F("reserved") - count, used=F("used") + count)


def vacate(rows: Iterable[Seats], count: int = 1) -> None:
    """A child left: its seats are free again."""
    for row in rows:
        Seats.objects.filter(pk=row.pk).update(used=F("used") - count)


def vacate_classes(heads: Mapping[int, int], year: int) -> None:
    """So many children left each of these classes, all with a grade in the year; a row that counts fewer is empty then.

    The rows are those of `rows_of_classes`, found, locked ascending and written by one statement.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH leaving (id, heads) AS MATERIALIZED (
                   SELECT r.id, sum(gone.heads) FROM unnest(%s::bigint[], %s::int[]) gone (class, heads)
                   JOIN schools_schoolclass c ON c.id = gone.class
                   JOIN schools_seats r ON r.school_id = c.school_id AND r.year = %s
                       AND r.grade = r.year - c.cohort + CASE c.stage WHEN 'junior' THEN 7 ELSE 1 END
                       AND (r.school_class_id = c.id OR r.school_class_id IS NULL AND c.kind <> 'home')
                   GROUP BY 1),
               locked AS MATERIALIZED (
                   SELECT id FROM schools_seats WHERE id = ANY(ARRAY(SELECT id FROM leaving)) ORDER BY id FOR UPDATE)
               UPDATE schools_seats s SET used = GREATEST(s.used - leaving.heads, 0)
               FROM leaving JOIN locked ON locked.id = leaving.id WHERE s.id = leaving.id""",
            [list(heads), list(heads.values()), year],
        )


def grant(row: Seats, count: int, *, article: Article, reason: str, on: date, case_number: str = "") -> SeatGrant:
    """Add seats above capacity for a lawful reason, numbered and cited."""
    Seats.objects.filter(pk=row.pk).update(granted=F("granted") + count)
    number = f"增{on.year}-{row.pk:06d}-{SeatGrant.objects.filter(seats=row).count() + 1}"
    return SeatGrant.objects.create(
        seats=row,
        number=number,
        count=count,
        article=str(article),
        reason=reason,
        granted_on=on,
        case_number=case_number,
    )


def _grant_many(above: Mapping[int, tuple[int, str]], article: Article, reason: str, on: date) -> None:
    before = dict(SeatGrant.objects.filter(seats__in=above).values_list("seats").annotate(Count("pk")))
    SeatGrant.objects.bulk_create(
        SeatGrant(
            seats_id=pk,
            number=f"增{on.year}-{pk:06d}-{before.get(pk, 0) + 1}",
            count=count,
            article=str(article),
            reason=reason,
            granted_on=on,
            case_number=case_number,
        )
        for pk, (count, case_number) in sorted(above.items())
    )


def recount(
    heads: Mapping[int, int], above: Mapping[int, tuple[int, str]], *, article: Article, reason: str, on: date
) -> None:
    """Say who sits in many rows at once; to rows in `above` so many seats are granted first, each by a number.

    `above` gives, by row, the seats and the number of the case that grants them.
    """
    if not heads:
        return
    locked_rows = Seats.objects.select_for_update().filter(pk__in=heads).order_by("pk")
    ids = list(locked_rows.values_list("pk", flat=True))
    if above:
        _grant_many(above, article, reason, on)
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE schools_seats s SET used = n.heads, granted = granted + n.more
               FROM unnest(%s::bigint[], %s::int[], %s::int[]) n (id, heads, more) WHERE n.id = s.id""",
            [ids, [heads[pk] for pk in ids], [above[pk][0] if pk in above else 0 for pk in ids]],
        )


def take_back_grants(case_number: str) -> None:
    """The case is undone: what it added above capacity goes again, as far as nobody sits on it by now."""
    given = SeatGrant.objects.select_for_update().filter(case_number=case_number, revoked=False).order_by("seats_id")
    for grant_made in given:
        row = Seats.objects.get(pk=grant_made.seats_id)
        spare = min(grant_made.count, max(row.free_seats, 0))
        Seats.objects.filter(pk=row.pk).update(granted=F("granted") - spare)
    given.update(revoked=True)


def ensure_rows(school_id: int, year: int, cap: int, taken: Mapping[int, int] | None = None) -> None:
    """Open the ledger of a year where no plan did: each class has `cap` seats, a grade classes × cap (第八条).

    `taken` counts, by class, the children who sit there already; a class larger than the cap is granted what it is.
    Rows that exist are left as they are.
    """
    ensure_rows_of([school_id], year, cap, taken)


def ensure_rows_of(schools: Iterable[int], year: int, cap: int, taken: Mapping[int, int] | None = None) -> None:
    """`ensure_rows` for many schools at once."""
    taken = taken or {}
    rows, grades = [], {}
    for each in SchoolClass.objects.filter(school__in=schools, closed_on=None):
        grade = each.grade_in(year)
        if grade is None:
            continue
        sitting = taken.get(each.pk, 0)
        rows.append(_opened(each.school_id, year, grade, each, cap, sitting))
        if not each.at_home:
            capacity, used = grades.get((each.school_id, grade), (0, 0))
            grades[each.school_id, grade] = (capacity + cap, used + sitting)
    rows += [_opened(school, year, grade, None, *numbers) for (school, grade), numbers in grades.items()]
    Seats.objects.bulk_create(rows, ignore_conflicts=True)


def _opened(school_id: int, year: int, grade: int, each: SchoolClass | None, capacity: int, used: int) -> Seats:
    row = Seats(school_id=school_id, year=year, grade=grade, school_class=each, capacity=capacity, used=used)
    row.granted = max(used - capacity, 0)
    return row
