"""第九条: entries only grow; a correction and a void are further versions with a reason; only who keeps them writes."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from approvals.errors import NotYourHand, Refused
from archives import entries
from archives.entries import declare_nothing, keep, make_void, standing_of, values_of
from archives.kinds import KINDS
from archives.models import Award, Entry, FitnessTest
from archives.periods import Period
from tests.archives.specimens import AWARD, EVALUATION, FITNESS, MARKS, filled

SPRING = Period(2025, 2)
pytestmark = pytest.mark.django_db


def kept(child, kind, values, by, **more):
    return keep(KINDS[kind], SPRING, [(child, filled(kind, values))], school=child.school_id, by=by, **more)


def standing(child, kind):
    return standing_of([child.pk], KINDS[kind], SPRING).get(child.pk, [])


def test_the_class_teacher_enters_marks(pupil, people):
    plan = kept(pupil, "marks", MARKS, people["teacher"])
    assert (len(plan.fresh), len(plan.changed), plan.same) == (1, 0, 0)
    (entry,) = standing(pupil, "marks")
    assert {k: v for k, v in values_of(entry).items() if v} == MARKS
    assert (entry.part, entry.year, entry.term, entry.version) == (3, 2025, 2, 1)


def test_the_same_again_writes_nothing(pupil, people):
    kept(pupil, "marks", MARKS, people["teacher"])
    assert kept(pupil, "marks", MARKS, people["registrar"]).same == 1
    assert Entry.objects.count() == 1


def test_what_was_entered_after_the_person_looked_is_not_written_over(pupil, people):
    """Between the sheet's own look and its lock somebody else may have saved: the lock is what counts."""
    kept(pupil, "marks", MARKS, people["teacher"])
    looked_at = standing(pupil, "marks")[-1].pk
    kept(pupil, "marks", MARKS | {"maths": "99"}, people["registrar"], reason="试卷复核")
    late = {"reason": "登分登错", "seen": {pupil.pk: looked_at}}
    with pytest.raises(Refused, match="刚刚由他人登记过"):
        kept(pupil, "marks", MARKS | {"maths": "60"}, people["teacher"], **late)
    late["seen"] = {pupil.pk: standing(pupil, "marks")[-1].pk}
    assert len(kept(pupil, "marks", MARKS | {"maths": "60"}, people["teacher"], **late).changed) == 1


def test_a_difference_needs_a_reason_and_leaves_the_old_version(pupil, people):
    kept(pupil, "marks", MARKS, people["teacher"])
    other = MARKS | {"maths": "88"}
    with pytest.raises(Refused, match="更正原因"):
        kept(pupil, "marks", other, people["teacher"])
    kept(pupil, "marks", other, people["teacher"], reason="登分时看错一行")
    (entry,) = standing(pupil, "marks")
    assert (entry.version, entry.reason, values_of(entry)["maths"]) == (2, "登分时看错一行", "88")
    assert values_of(entries.with_details(Entry.objects.filter(version=1)).get())["maths"] == MARKS["maths"]


@pytest.mark.parametrize("who", ["headmaster", "clerk", "stranger"])
def test_others_do_not_write(pupil, people, who):
    with pytest.raises(NotYourHand):
        kept(pupil, "marks", MARKS, people[who])
    assert not Entry.objects.exists()


def test_a_teacher_of_another_class_does_not_write(pupil, people, child_at, no1):
    with pytest.raises(NotYourHand):
        kept(child_at(no1, grade=4), "marks", MARKS, people["teacher"])


def test_a_child_has_several_awards(pupil, people):
    kept(pupil, "award", AWARD, people["teacher"])
    kept(pupil, "award", AWARD | {"title": "县运动会跳远第一名"}, people["teacher"])
    assert kept(pupil, "award", AWARD, people["teacher"]).same == 1
    assert [entry.award.title for entry in standing(pupil, "award")] == ["三好学生", "县运动会跳远第一名"]


def test_nothing_is_said_once_and_lifted_by_something(pupil, people):
    given = {"school": pupil.school_id, "by": people["teacher"]}
    assert declare_nothing(KINDS["award"], SPRING, [pupil], **given) == 1
    assert declare_nothing(KINDS["award"], SPRING, [pupil], **given) == 0
    kept(pupil, "award", AWARD, people["teacher"])
    assert not standing(pupil, "no_award") and len(standing(pupil, "award")) == 1
    assert declare_nothing(KINDS["award"], SPRING, [pupil], **given) == 0


@pytest.mark.parametrize("who", ["headmaster", "clerk", "stranger"])
def test_others_correct_nothing_and_void_nothing(pupil, people, who):
    kept(pupil, "evaluation", EVALUATION, people["teacher"])
    (entry,) = standing(pupil, "evaluation")
    with pytest.raises(NotYourHand):
        make_void(entry, "登错了人", by=people[who])
    with pytest.raises(NotYourHand):
        entries.correct(entry, {}, "改", by=people[who])
    assert Entry.objects.count() == 1


def test_a_void_entry_no_longer_counts_and_stays(pupil, people):
    kept(pupil, "evaluation", EVALUATION, people["teacher"])
    (entry,) = standing(pupil, "evaluation")
    with pytest.raises(Refused, match="原因"):
        make_void(entry, " ", by=people["teacher"])
    make_void(entry, "登错了人", by=people["teacher"])
    assert not standing(pupil, "evaluation") and Entry.objects.count() == 2
    with pytest.raises(Refused, match="已被他人更正或作废"):
        make_void(entry, "再来一次", by=people["teacher"])
    kept(pupil, "evaluation", EVALUATION, people["teacher"])
    assert standing(pupil, "evaluation")[0].version == 3


def test_a_total_brings_its_grade(pupil, people):
    kept(pupil, "fitness", FITNESS | {"total": 90}, people["teacher"])
    assert standing(pupil, "fitness")[0].fitnesstest.get_grade_display() == "优秀"


@pytest.mark.parametrize(("total", "grade"), [(59, "D"), (60, "C"), (79, "C"), (80, "B"), (89, "B"), (90, "A")])
def test_grades_of_the_national_standard(total, grade):
    assert KINDS["fitness"].finished({"total": total})["grade"] == grade


@pytest.mark.parametrize("act", ["UPDATE archives_entry SET reason = 'x'", "DELETE FROM archives_mark"])
def test_nothing_is_changed_or_deleted(pupil, people, act):
    kept(pupil, "marks", MARKS, people["teacher"])
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(act)


def test_the_database_refuses_a_wrong_grade_and_a_chain_that_jumps(pupil, people):
    kept(pupil, "fitness", FITNESS, people["teacher"])
    (entry,) = standing(pupil, "fitness")
    alone = {"child": pupil, "school": pupil.school, "by": people["teacher"], "entered_on": entry.entered_on}
    other = Entry(part=4, kind="fitness", year=2024, term=0, slot="fitness.2024.0", **alone)
    other.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        FitnessTest.objects.create(entry=other, total=95, grade="D")
    jump = Entry(part=4, kind="fitness", year=2025, term=0, slot="elsewhere", version=2, replaces=entry, **alone)
    jump.reason = "跳到别处"
    with pytest.raises(IntegrityError, match="does not follow"), transaction.atomic():
        jump.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.create(part=5, kind="award", year=2025, term=0, slot="award", **alone)
    with pytest.raises(IntegrityError), transaction.atomic():
        Award.objects.create(entry=other, title="", level="60", issuer="学校", awarded_on=entry.entered_on)


def test_a_child_who_has_left_is_not_written_for(pupil, people, no2):
    pupil.enrolments.update(school=no2)
    with pytest.raises(Refused, match="已不在本校"):
        kept(pupil, "marks", MARKS, people["teacher"])
