"""第十条: the registrar holds paper against the system, once a term; both sides of a difference are told."""

import re
from datetime import date

import pytest
from django.urls import reverse

from accounts.roles import Role
from approvals.errors import NotYourHand, Refused
from archives import cross_checking
from archives.models import CrossCheck
from archives.periods import Period
from law import clock
from tests.archives.conftest import long_here
from tests.archives.specimens import MARKS
from tests.archives.test_entries import kept

AUTUMN = Period(2026, 1)
pytestmark = pytest.mark.django_db


def test_differences_of_both_kinds_are_told(pupil, third, people):
    kept(pupil, "marks", MARKS, people["teacher"])
    done = cross_checking.record(third, AUTUMN, {pupil.pk: [1, 5]}, by=people["registrar"])
    (row,) = cross_checking.list_of(third, AUTUMN)
    assert done.differing == 1 and row["electronic"] == [1, 3]
    assert row["differs"] == [("素质报告", False), ("获奖", True)]


def test_agreement(pupil, third, people):
    assert cross_checking.record(third, AUTUMN, {pupil.pk: [1]}, by=people["registrar"]).differing == 0
    assert not cross_checking.list_of(third, AUTUMN)[0]["differs"]


def test_a_second_check_of_the_term_replaces_the_first_and_the_first_is_remembered(pupil, third, people):
    for paper in ([1, 2], [1]):
        cross_checking.record(third, AUTUMN, {pupil.pk: paper}, by=people["registrar"])
    check = CrossCheck.objects.get()
    assert check.paper == [1]
    assert [event.paper for event in check.events.all()] == [[1]]


@pytest.mark.parametrize("who", ["teacher", "headmaster", "clerk", "stranger"])
def test_only_the_registrar_checks(pupil, third, people, who):
    with pytest.raises(NotYourHand):
        cross_checking.record(third, AUTUMN, {pupil.pk: [1]}, by=people[who])
    assert not CrossCheck.objects.exists()


@pytest.mark.parametrize(("who", "told"), [("registrar", "有的打勾"), ("teacher", "由本校学籍管理员对照")])
def test_the_page_tells_each_what_is_theirs_to_do(client, pupil, third, people, who, told):
    client.force_login(people[who])
    text = client.get(reverse("archives:cross_check", args=[third.pk])).content.decode()
    assert told in text and ("有的打勾" in text) == (who == "registrar")


class TestSavedAgain:
    """A month later another registrar goes on with the class: what was not touched keeps its day and its name."""

    LATER = date(2026, 10, 20)

    @pytest.fixture
    def rest(self, child_at, no1):
        return long_here(child_at(no1, grade=3, name="李小雨"), child_at(no1, grade=3, name="王小雪"))

    @pytest.fixture
    def second(self, staff, no1):
        return staff(Role.REGISTRAR, no1)

    def test_only_what_was_changed_or_checked_for_the_first_time_is_dated_anew(
        self, pupil, rest, third, people, second
    ):
        other, bare = rest
        cross_checking.record(third, AUTUMN, {pupil.pk: [1, 2], other.pk: [1]}, by=people["registrar"])
        with clock.at(self.LATER):
            ticks = {pupil.pk: [2, 1], other.pk: [1, 2], bare.pk: []}
            done = cross_checking.record(third, AUTUMN, ticks, by=second)
        dated = {check.child_id: (check.checked_by, check.checked_on) for check in CrossCheck.objects.all()}
        assert dated[pupil.pk] == (people["registrar"], clock.today())
        assert dated[other.pk] == dated[bare.pk] == (second, self.LATER)
        assert (done.written, done.same) == (2, 1)
        assert not CrossCheck.objects.get(child=pupil).events.exists()

    def sent(self, page: str, *ticked: str) -> dict:
        """What a page sends back: every row as it was drawn, and these ticks."""
        drawn = re.findall(r'name="(\d+-seen)" value="([0-9,]*)"', page)
        return {"term": AUTUMN.code, **dict(drawn), **dict.fromkeys(ticked, "on")}

    def test_the_page_says_whose_rows_stayed(self, client, pupil, rest, third, people, second):
        other, _ = rest
        cross_checking.record(third, AUTUMN, {pupil.pk: [1], other.pk: [1]}, by=people["registrar"])
        client.force_login(second)
        with clock.at(self.LATER):
            url = f"{reverse('archives:cross_check', args=[third.pk])}?term={AUTUMN.code}"
            page = client.get(url).content.decode()
            given = self.sent(page, f"{pupil.pk}-1", f"{pupil.pk}-looked", f"{other.pk}-1", f"{other.pk}-5")
            text = client.post(url, given, follow=True).content.decode()
        assert "已登记1名学生的核对结果：1名不一致。1名与以前核对的相同，核对人和日期不变。" in text
        assert "其余1名没有打勾，没有登记。" in text
        assert f"{people['registrar'].name} 9月15日" in text and f"{second.name} 10月20日" in text

    def test_a_page_left_open_takes_no_other_row_back(self, client, pupil, rest, third, people, second):
        """The row somebody else has corrected since stays as it is; the one both of them changed is asked about."""
        other, _ = rest
        cross_checking.record(third, AUTUMN, {pupil.pk: [1], other.pk: [1]}, by=people["registrar"])
        client.force_login(second)
        url = reverse("archives:cross_check", args=[third.pk])
        page = client.get(f"{url}?term={AUTUMN.code}").content.decode()
        cross_checking.record(third, AUTUMN, {pupil.pk: [1, 2]}, by=people["registrar"])
        assert client.post(url, self.sent(page, f"{pupil.pk}-1", f"{other.pk}-1", f"{other.pk}-2")).status_code == 302
        assert {check.child_id: check.paper for check in CrossCheck.objects.all()} == {
            pupil.pk: [1, 2],
            other.pk: [1, 2],
        }
        answer = client.post(url, self.sent(page, f"{pupil.pk}-1", f"{pupil.pk}-6", f"{other.pk}-1"))
        text = answer.content.decode()
        assert answer.status_code == 422 and "张小禾刚刚由他人核对过" in text
        assert f'name="{pupil.pk}-seen" value="1,2"' in text
        assert CrossCheck.objects.get(child=pupil).paper == [1, 2]

    def test_what_was_ticked_stays_on_a_refused_page(self, client, pupil, rest, third, people, second):
        other, _ = rest
        client.force_login(second)
        url = reverse("archives:cross_check", args=[third.pk])
        page = client.get(f"{url}?term={AUTUMN.code}").content.decode()
        cross_checking.record(third, AUTUMN, {pupil.pk: [1, 2]}, by=people["registrar"])
        text = client.post(url, self.sent(page, f"{pupil.pk}-6", f"{other.pk}-3")).content.decode()
        assert f'name="{other.pk}-3" aria-label="李小雨 素质报告 纸质有" checked' in text
        assert f'name="{pupil.pk}-2" aria-label="张小禾 证明材料 纸质有" checked' in text

    def test_ticks_taken_off_a_checked_row_change_nothing_and_that_is_said(self, client, pupil, rest, third, people):
        cross_checking.record(third, AUTUMN, {pupil.pk: [1]}, by=people["registrar"])
        client.force_login(people["registrar"])
        url = reverse("archives:cross_check", args=[third.pk])
        page = client.get(f"{url}?term={AUTUMN.code}").content.decode()
        text = client.post(url, self.sent(page, f"{rest[0].pk}-1"), follow=True).content.decode()
        assert "1名核对过的没有打勾，仍按原来的结果。其余1名没有打勾，没有登记。" in text
        assert CrossCheck.objects.get(child=pupil).paper == [1]

    def test_without_a_page_behind_it_everything_told_is_taken(self, pupil, third, people):
        cross_checking.record(third, AUTUMN, {pupil.pk: [1]}, by=people["registrar"])
        with pytest.raises(Refused, match="刚刚由他人核对过"):
            stale = {"seen": {pupil.pk: None}, "by": people["registrar"]}
            cross_checking.record(third, AUTUMN, {pupil.pk: [3]}, **stale)
        assert cross_checking.record(third, AUTUMN, {pupil.pk: [3]}, by=people["registrar"]).written == 1
