"""A holiday notice is pasted by one person and put in force by another; open cases get the day the calendar says."""

from datetime import date

import pytest
from django.db import Error, connection, transaction
from django.urls import reverse

from accounts.roles import Role
from approvals.errors import NotYourHand, Refused
from approvals.models import Case
from jianping_xueji.jobs.models import Job
from law import clock, workdays
from law.models import CalendarDay
from supervision.calendar.holidays import decide, propose, reading_of
from supervision.models import CalendarChange, HolidayDecision, HolidayNotice
from tests.law.notices import OF_2026, OF_2027

pytestmark = pytest.mark.django_db

WORDS = {"document": "国办发明电〔2026〕9号", "reason": "国务院办公厅已公布2027年放假安排"}


@pytest.fixture
def clerk(no1, staff, bureau):
    return staff(Role.BUREAU_CLERK, bureau)


@pytest.fixture
def checker(no1, staff, bureau):
    return staff(Role.BUREAU_CHECKER, bureau)


@pytest.fixture
def sent(clerk):
    return propose(OF_2027, 2027, by=clerk, **WORDS)


def test_the_year_is_a_guess_until_a_second_person_confirms(sent, checker):
    start = date(2026, 12, 30)
    assert workdays.add(start, 3) == workdays.Due(date(2027, 1, 4), confirmed=False)
    assert not CalendarDay.objects.filter(date__year=2027).exists()
    decision = decide(sent, by=checker, confirmed=True)
    # 31 December, then 1-3 January rest: Friday 1 January is no working day any more
    assert workdays.add(start, 3) == workdays.Due(date(2027, 1, 5), confirmed=True)
    assert CalendarDay.objects.filter(date__year=2027, confirmed=True).count() == 365
    assert decision.changes.count() == 365
    assert CalendarDay.objects.get(date=date(2027, 1, 31)).is_workday


def test_an_open_case_gets_the_day_the_calendar_says(transfer, no2, clerk, checker, staff):
    with clock.at(date(2026, 12, 21)):
        case = transfer
        Case.objects.filter(pk=case.pk).update(
            desk_right="make_change", desk_school=no2.pk, desk_stage="转入学校", arrived_on=date(2026, 12, 21),
            due_on=workdays.add(date(2026, 12, 21), 10).day, due_confirmed=False,
            clock_from=date(2026, 12, 21), clock_days=10,
        )  # fmt: skip
        assert Case.objects.get(pk=case.pk).due_on == date(2027, 1, 4)
        reading = reading_of(OF_2027, 2027)
        assert [(row.case.pk, row.before, row.after) for row in reading.moved] == [
            (case.pk, date(2027, 1, 4), date(2027, 1, 5))
        ]
        assert Case.objects.get(pk=case.pk).due_on == date(2027, 1, 4)  # only looked at
        decision = decide(propose(OF_2027, 2027, by=clerk, **WORDS), by=checker, confirmed=True)
        case = Case.objects.get(pk=case.pk)
        assert (case.due_on, case.due_confirmed, decision.moved_cases) == (date(2027, 1, 5), True, 1)
        assert Job.objects.filter(kind="deadlines.check").count() == 1  # the other limits follow in the background


def test_nobody_confirms_what_he_sent_himself(sent, clerk, staff, bureau):
    admin = staff(Role.DATA_ADMIN, bureau)
    other = propose(OF_2026.replace("9月20日（周日）", "9月19日（周六）"), 2026, by=admin, **WORDS)
    for own, by in ((sent, clerk), (other, admin)):
        with pytest.raises(NotYourHand):
            decide(own, by=by, confirmed=True)
    with pytest.raises(Error), transaction.atomic():
        HolidayDecision.objects.create(
            notice=sent, confirmed=True, proposed_by=clerk, decided_by=clerk, decided_on=date(2026, 9, 15)
        )


def test_a_returned_notice_changes_nothing_and_may_be_sent_again(sent, checker, clerk):
    with pytest.raises(Refused, match="退回须写明理由"):
        decide(sent, by=checker, confirmed=False)
    decide(sent, by=checker, confirmed=False, opinion="文号有误")
    assert not CalendarDay.objects.filter(date__year=2027).exists()
    again = propose(OF_2027, 2027, by=clerk, **WORDS)
    with pytest.raises(Refused, match="还没有结果"):
        propose(OF_2027, 2027, by=clerk, **WORDS)
    decide(again, by=checker, confirmed=True)
    with pytest.raises(Refused, match="已经核对过"):
        decide(again, by=checker, confirmed=True)
    with pytest.raises(Refused, match="已经与这份通知一致"):
        propose(OF_2027, 2027, by=clerk, **WORDS)


def test_a_corrected_notice_of_an_announced_year_changes_just_its_days(clerk, checker):
    moved = OF_2026.replace("9月20日（周日）、10月10日", "9月13日（周日）、10月10日")
    decide(propose(moved, 2026, by=clerk, **WORDS), by=checker, confirmed=True)
    turned = {c.date: c.is_workday for c in CalendarChange.objects.all() if c.was_workday != c.is_workday}
    assert turned == {date(2026, 9, 13): True, date(2026, 9, 20): False}


def test_history_only_grows(sent, checker):
    decide(sent, by=checker, confirmed=True)
    for table in (HolidayNotice, HolidayDecision, CalendarChange):
        with pytest.raises(Error), transaction.atomic():
            table.objects.all().delete()
        with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table._meta.db_table} SET id = id")


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.HEADMASTER])
def test_a_school_neither_sends_nor_confirms(role, no1, staff, sent, client):
    user = staff(role, no1)
    with pytest.raises(NotYourHand):
        propose(OF_2027, 2027, by=user, **WORDS)
    with pytest.raises(NotYourHand):
        decide(sent, by=user, confirmed=True)
    client.force_login(user)
    assert client.post(reverse("supervision:holidays"), {"text": OF_2027}).status_code == 403
    assert client.post(reverse("supervision:holiday_decide", args=[sent.pk]), {"confirm": 1}).status_code == 403


def test_the_pages_read_send_and_confirm(client, clerk, checker):
    client.force_login(clerk)
    given = {"year": 2027, "text": OF_2027, **WORDS}
    page = client.post(reverse("supervision:holidays"), given | {"look": 1})
    said = page.content.decode()
    assert "送交另一人核对" in said and "2027年1月31日（周日）" in said
    assert not HolidayNotice.objects.exists()
    wrong = client.post(reverse("supervision:holidays"), given | {"text": OF_2027.replace("共7天", "共6天"), "send": 1})
    assert wrong.status_code == 422
    assert "文中写的是6天" in wrong.content.decode() and "国办发明电〔2026〕9号" in wrong.content.decode()
    sent = client.post(reverse("supervision:holidays"), given | {"send": 1}, follow=True)
    assert "须由教育局另一人核对启用" in sent.content.decode()
    client.force_login(checker)
    notice = HolidayNotice.objects.get()
    assert "启用这份安排" in client.get(notice.get_absolute_url()).content.decode()
    returned = client.post(reverse("supervision:holiday_decide", args=[notice.pk]), {"return": 1})
    assert returned.status_code == 422 and "退回须写明理由" in returned.content.decode()
    done = client.post(reverse("supervision:holiday_decide", args=[notice.pk]), {"confirm": 1}, follow=True)
    assert "365天由暂估变为已公布" in done.content.decode()
    assert "已公布" in client.get(reverse("supervision:year")).content.decode()
