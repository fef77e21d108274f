"""第九条 and 第十一条: what was kept of a child is in its frozen copies, and goes on when two records become one."""

from datetime import date

import pytest

from accounts.roles import Role
from archives import meter
from archives.custody.copies import archive_of, is_whole
from archives.entries import keep
from archives.evidence.collecting import archive_of as packed
from archives.kin import kin_of
from archives.kinds import KINDS
from archives.models import SchoolCopy
from archives.periods import Period
from archives.presenting import entries_of
from law import clock
from schools.models import School
from students.models import FrozenRecord
from tests.archives.specimens import AWARD, EVALUATION, MARKS, filled
from tests.changes import again, decided, undone
from tests.county import make_school, staff_member, walk
from tests.students.specimens_problems import drafted_merge, found_pair
from tests.students.year_lists import assessed, graduated

SPRING, AUTUMN = Period(2025, 2), Period(2026, 1)


def kept(child, kind, values, period=SPRING):
    by = staff_member(Role.REGISTRAR, child.school)
    keep(KINDS[kind], period, [(child, filled(kind, values))], school=child.school, by=by)


def test_the_copy_of_whoever_leaves_holds_the_archive(transfer):
    child = transfer.child
    kept(child, "marks", MARKS)
    kept(child, "award", AWARD)
    walk(transfer)
    copy = SchoolCopy.objects.get()
    marks, award = copy.content["archive"]
    assert marks["says"] == MARKS and award["says"]["title"] == AWARD["title"] and award["files"] == []
    assert [line["label"] for line in archive_of(copy.content)] == ["学业成绩", "获奖"]
    assert is_whole("archives_schoolcopy", copy.pk), "the digest is of the whole content"


def test_the_copy_of_a_graduate_holds_the_archive(bureau, child_at):
    junior = make_school(bureau, 41, "第一中学", School.Kind.JUNIOR)
    leaver = child_at(junior, grade=9)
    kept(leaver, "evaluation", EVALUATION)
    assessed(bureau, [leaver])
    graduated(junior, 9)
    copy = FrozenRecord.objects.get(student=leaver)
    assert [entry["says"]["comment"] for entry in copy.content["archive"]] == [EVALUATION["comment"]]
    assert is_whole("students_frozenrecord", copy.pk)


def test_a_copy_of_old_has_no_archive():
    assert archive_of({"student": {}}) == []


@pytest.fixture
def pair(child_at, no1, no2):
    return found_pair(child_at, no1, no2)[:2]


def test_what_was_kept_of_the_record_that_ended_goes_on(pair):
    gone, kept_child = pair
    kept(gone, "marks", MARKS, AUTUMN)
    kept(gone, "award", AWARD)
    case = decided(drafted_merge(kept_child, gone))
    child = again(kept_child)
    assert kin_of([child.pk]) == {child.pk: child.pk, gone.pk: child.pk}
    assert [entry.brought_along for entry in entries_of(child)[5]] == [True]
    row = owed_in_spring(child)
    assert row["marks"] and set(meter.electronic_parts([row])[child.pk]) >= {3, 5}
    (file,) = packed(child)
    assert gone.slug.encode() in file.content
    undone(case)
    row = owed_in_spring(child)
    assert not row["marks"] and not set(meter.electronic_parts([row])[child.pk]) & {3, 5}
    assert kin_of([child.pk]) == {child.pk: child.pk}, "a merge taken back leaves each as it was"


def owed_in_spring(child) -> dict:
    """The child's line of the meter when the autumn's results are owed."""
    with clock.at(date(2027, 3, 20)):
        (row,) = meter.children_of([child.school_id], child_id=child.pk)
    return row
