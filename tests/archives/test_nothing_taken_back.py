"""“本学期无获奖” said of the wrong child: who may say it takes it back where it stands; the history stays."""

import pytest
from django.urls import reverse

from approvals.errors import NotYourHand, Refused
from archives import entries, meter
from archives.kinds import KINDS
from archives.models import Entry
from archives.periods import Period
from tests.archives.conftest import long_here
from tests.archives.specimens import AWARD
from tests.archives.test_entries import kept, standing
from tests.county import class_of

SPRING = Period(2025, 2)
REASON = "点错了班"
pytestmark = pytest.mark.django_db


@pytest.fixture
def said(people):
    """said(*children): of these it stands that they had no award; child → its statement."""

    def say(*children, kind="award"):
        given = {"school": children[0].school_id, "by": people["teacher"]}
        entries.declare_nothing(KINDS[kind], SPRING, list(children), **given)
        return {entry.child_id: entry for entry in Entry.objects.standing().filter(kind=f"no_{kind}")}

    return say


def has_part(child, part):
    return meter.children_of([child.school_id], child_id=child.pk)[0][f"part{part}"]


def sheet(third, kind="award"):
    return reverse("archives:sheet", args=[third.pk, kind])


def back(child, entry, **more):
    return {"term": "2025-2", f"seen-{child.pk}": "", f"back-{child.pk}": entry.pk, "reason": REASON} | more


@pytest.mark.parametrize(("kind", "part"), [("award", 5), ("aid", 6)])
def test_it_is_taken_back_on_the_childs_archive(as_, pupil, said, kind, part):
    entry = said(pupil, kind=kind)[pupil.pk]
    assert has_part(pupil, part)
    page, url = reverse("archives:child", args=[pupil.slug]), reverse("archives:entry", args=[entry.pk])
    text = as_("teacher").get(page).content.decode()
    assert f'action="{url}"' in text and f"撤回“本学期无{'获奖' if kind == 'award' else '资助'}”" in text
    text = as_("teacher").post(url, {"act": "void", "reason": REASON}, follow=True).content.decode()
    assert "已撤回，记录和原因留存。" in text and f"撤回原因：{REASON}" in text and f'action="{url}"' not in text
    assert not has_part(pupil, part)
    assert list(Entry.objects.values_list("version", "void", "reason")) == [(1, False, ""), (2, True, REASON)]


def test_it_asks_for_a_reason(as_, pupil, said):
    url = reverse("archives:entry", args=[said(pupil)[pupil.pk].pk])
    assert "撤回这条记录" in as_("teacher").get(url).content.decode()
    answer = as_("teacher").post(url, {"act": "void", "reason": " "})
    assert answer.status_code == 422 and "撤回的原因" in answer.content.decode()
    assert has_part(pupil, 5)


def test_what_was_taken_back_is_said_again_and_every_version_stays(as_, pupil, said):
    first = said(pupil)[pupil.pk]
    as_("teacher").post(reverse("archives:entry", args=[first.pk]), {"act": "void", "reason": REASON})
    again = said(pupil)[pupil.pk]
    assert (again.version, again.reason) == (3, "撤回后重新登记") and has_part(pupil, 5)
    text = as_("headmaster").get(reverse("archives:entry", args=[again.pk])).content.decode()
    assert "共3版" in text and REASON in text and "撤回这条记录" not in text


@pytest.mark.parametrize(("who", "status"), [("headmaster", 403), ("clerk", 403), ("stranger", 404)])
def test_others_take_nothing_back(as_, pupil, third, people, said, who, status):
    entry = said(pupil)[pupil.pk]
    url, page = reverse("archives:entry", args=[entry.pk]), reverse("archives:child", args=[pupil.slug])
    assert f'action="{url}"' not in as_(who).get(page).content.decode()
    assert as_(who).post(url, {"act": "void", "reason": REASON}).status_code == status
    assert as_(who).post(sheet(third), back(pupil, entry)).status_code == status
    given = {"school": pupil.school_id, "by": people[who]}
    with pytest.raises(NotYourHand):
        entries.take_back_nothing(KINDS["award"], SPRING, {pupil.pk: entry.pk}, REASON, **given)
    assert Entry.objects.get() == entry


class TestOnTheSheet:
    """The teacher pressed “其余学生本学期无获奖” for the whole class and finds it wrong."""

    def test_those_ticked_are_taken_back_with_one_reason(self, as_, pupil, third, child_at, no1, said):
        other = long_here(child_at(no1, grade=3, name="李小雨"))
        stood = said(pupil, other)
        text = as_("teacher").get(sheet(third) + "?term=2025-2").content.decode()
        assert f'name="back-{pupil.pk}" value="{stood[pupil.pk].pk}"' in text and "撤回原因" in text
        text = as_("teacher").post(sheet(third), back(pupil, stood[pupil.pk]), follow=True).content.decode()
        assert "已保存：撤回“本学期无获奖”1名。" in text and f'name="none-{pupil.pk}"' in text
        assert not has_part(pupil, 5) and has_part(other, 5)

    def test_without_a_reason_nothing_is_saved_and_the_tick_stays(self, as_, pupil, third, child_at, no1, said):
        other, entry = long_here(child_at(no1, grade=3, name="李小雨")), said(pupil)[pupil.pk]
        given = back(pupil, entry, reason="") | {f"none-{other.pk}": "on", f"seen-{other.pk}": ""}
        answer = as_("teacher").post(sheet(third), given)
        text = answer.content.decode()
        assert answer.status_code == 422 and "请写明更正、作废或撤回的原因" in text
        assert 'href="#reason"' in text
        assert f'name="back-{pupil.pk}" value="{entry.pk}" aria-label="张小禾 撤回“本学期无获奖”" checked' in text
        assert Entry.objects.get() == entry

    def test_the_rest_of_the_class_is_not_whoever_was_just_taken_back(self, as_, pupil, third, child_at, no1, said):
        other = long_here(child_at(no1, grade=3, name="李小雨"))
        given = back(pupil, said(pupil)[pupil.pk], act="rest") | {f"seen-{other.pk}": ""}
        assert as_("teacher").post(sheet(third), given).status_code == 302
        assert not has_part(pupil, 5) and has_part(other, 5)

    def test_taken_back_and_an_award_entered_at_once(self, as_, pupil, third, said):
        award = {f"{pupil.pk}-{key}": value for key, value in (AWARD | {"level": "县级"}).items()}
        assert as_("teacher").post(sheet(third), back(pupil, said(pupil)[pupil.pk]) | award).status_code == 302
        assert [entry.void for entry in Entry.objects.filter(kind="no_award")] == [False, True]
        assert len(standing(pupil, "award")) == 1

    @pytest.mark.parametrize("value", ["0", "x", "", "9" * 30])
    def test_what_no_longer_stands_is_told_not_taken_back(self, as_, pupil, third, people, said, value):
        entry = said(pupil)[pupil.pk]
        answer = as_("teacher").post(sheet(third), back(pupil, entry, **{f"back-{pupil.pk}": value}))
        assert answer.status_code == 422 and "已被他人撤回" in answer.content.decode()
        kept(pupil, "award", AWARD, people["registrar"])
        with pytest.raises(Refused, match="张小禾的“本学期无获奖”已被他人撤回"):
            given = {"school": pupil.school_id, "by": people["teacher"]}
            entries.take_back_nothing(KINDS["award"], SPRING, {pupil.pk: entry.pk}, REASON, **given)


def test_a_child_without_a_class(as_, pupil, no1, no2, people, said):
    """随班就读, or not seated yet: the school's page leads to its archive, and the registrar takes it back there."""
    entry = said(pupil)[pupil.pk]
    pupil.enrolments.get().placements.update(school_class=class_of(no2, 3))
    page = reverse("archives:child", args=[pupil.slug])
    assert page in as_("registrar").get(reverse("archives:school", args=[no1.pk])).content.decode()
    url = reverse("archives:entry", args=[entry.pk])
    assert f'action="{url}"' in as_("registrar").get(page).content.decode()
    assert as_("registrar").post(url, {"act": "void", "reason": REASON}).status_code == 302
    assert not has_part(pupil, 5)
