"""Child after child: who opens more pages in an hour than the parameter allows is told to the auditor, once."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from psycopg.types.json import Jsonb

from accounts.roles import Role
from jianping_xueji.audit.models import Event
from law.models import Parameter
from schools.models import Bureau, Division
from supervision.trail import reading_rate
from tests.county import LEGAL_DAY, make_school, staff_member

pytestmark = pytest.mark.django_db
MOST = 5


@pytest.fixture(autouse=True)
def limit(legal_day):
    given = {"starts": LEGAL_DAY, "level": "县", "document": "试"}
    Parameter.objects.create(code=reading_rate.PARAMETER, value=MOST, **given)


@pytest.fixture
def opened(db):
    """A look of now: opened(person, child). The application dates no event, so the check's clock moves instead."""

    def look(person, child, view="students:child", result=200):
        with connection.cursor() as cursor:
            cursor.execute(
                """INSERT INTO audit_event (kind, actor, account, view, about, result, number)
                   VALUES ('read', %s, %s, %s, %s, %s, 1)""",
                [person.pk, person.username, view, Jsonb({"slug": child}), result],
            )

    return look


def alarms():
    return list(Event.objects.filter(kind="alarm").order_by("pk"))


def tell(minutes=0):
    """The check so many minutes after the looks."""
    return reading_rate.tell(timezone.now() + timedelta(minutes=minutes))


@pytest.mark.parametrize(("children", "told"), [(MOST - 1, 0), (MOST, 0), (MOST + 1, 1)], ids=["-1", "0", "+1"])
def test_more_than_the_limit_is_told(opened, no1, children, told):
    registrar = staff_member(Role.REGISTRAR, no1)
    for number in range(children):
        opened(registrar, f"child{number}")
        opened(registrar, f"child{number}", view="archives:child")
    assert (tell(), len(alarms())) == (told, told)
    if told:
        (alarm,) = alarms()
        assert (alarm.actor, alarm.number) == (registrar.pk, MOST + 1)
        assert f"打开{MOST + 1}名学生的页面" in alarm.reason


def test_it_is_told_once(opened, no1):
    registrar = staff_member(Role.REGISTRAR, no1)
    for number in range(MOST + 3):
        opened(registrar, f"child{number}")
    assert [tell(), tell(), tell(5), tell(100)] == [1, 0, 0, 0]


@pytest.mark.parametrize(("minutes", "told"), [(179, 1), (181, 0)])
def test_a_beat_that_was_down_still_tells(opened, no1, minutes, told):
    for number in range(MOST + 1):
        opened(staff_member(Role.REGISTRAR, no1), f"child{number}")
    assert tell(minutes) == told


def test_refused_pages_lists_and_other_people_count_nothing(opened, no1, no2):
    mine, theirs = staff_member(Role.REGISTRAR, no1), staff_member(Role.REGISTRAR, no2)
    for number in range(MOST):
        opened(mine, f"child{number}")
    opened(mine, "refused", result=404)
    opened(mine, "list", view="students:list")
    opened(theirs, "other")
    assert tell() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("apart", "told"), [(59, 1), (60, 0), (61, 0)])
def test_the_hour_is_any_hour(owner, no1, apart, told):
    """The last of the looks comes so many minutes after the first; the middle of a clock's hour is no border."""
    registrar = staff_member(Role.REGISTRAR, no1)
    now = timezone.now()
    first = now - timedelta(minutes=100)
    moments = [first] * MOST + [first + timedelta(minutes=apart)]
    for number, at in enumerate(moments):
        owner.execute(
            """INSERT INTO audit_event (kind, actor, account, view, about, result, number, at)
               VALUES ('read', %s, '', 'students:child', %s, 200, 1, %s)""",
            [registrar.pk, Jsonb({"slug": f"child{number}"}), at],
        )
    assert reading_rate.tell(now) == told


def test_the_auditor_reads_it_on_the_front_page_and_no_other_county_does(opened, no1, bureau, child_at):
    registrar = staff_member(Role.REGISTRAR, no1)
    auditor, theirs = Client(), Client()
    auditor.force_login(staff_member(Role.AUDITOR, bureau))
    other = Bureau.objects.create(name="另一县教育局", division=Division.objects.get(code="211382"))
    make_school(other, 9, "外县小学", division="211382")
    theirs.force_login(staff_member(Role.AUDITOR, other))
    assert "需要过问" not in auditor.get(reverse("supervision:trail")).content.decode()
    client = Client()
    client.force_login(registrar)
    for number in range(MOST + 1):
        assert client.get(child_at(no1, name=f"样例{number}").get_absolute_url()).status_code == 200
    assert tell() == 1
    page = auditor.get(reverse("supervision:trail")).content.decode()
    assert "需要过问" in page and registrar.name in page
    assert "需要过问" not in theirs.get(reverse("supervision:trail")).content.decode()
