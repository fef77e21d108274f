"""Reminders: one a person and night, to the one who owes, then the headmaster, then the bureau; said once."""

import smtplib
from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import Error, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Deputy, User
from accounts.roles import Role
from approvals.countdown.models import Countdown
from approvals.services import perform
from jianping_xueji.jobs.engine import execute
from jianping_xueji.jobs.models import Job
from jianping_xueji.jobs.services import start
from law import clock
from supervision import tasks
from supervision.models import Reminder
from supervision.reminders import mailing
from supervision.reminders.mailing import claim, is_quiet, letter, send_pending
from supervision.reminders.presenting import said
from supervision.reminders.writing import write_reminders
from tests.county import make_school
from tests.supervision.clocks import row

pytestmark = pytest.mark.django_db
TODAY = date(2026, 9, 15)
WORKER = "worker"


@pytest.fixture
def people(staff, bureau, no1):
    """Everybody who may hear of a row of the first school."""
    roles = {
        "registrar": staff(Role.REGISTRAR, no1),
        "head": staff(Role.HEADMASTER, no1),
        "checker": staff(Role.BUREAU_CHECKER, bureau),
        "leader": staff(Role.BUREAU_LEADER, bureau),
        "clerk": staff(Role.BUREAU_CLERK, bureau),
    }
    User.objects.filter(pk__in=[each.pk for each in roles.values()]).update(email="someone@example.cn")
    return roles


@pytest.fixture
def at_noon(monkeypatch):
    monkeypatch.setattr(mailing, "is_quiet", lambda hour: False)


def chased(school, due, **more):
    """A row as the nightly check chases it: reminded three days before, escalated the day after, then reported."""
    days = {"reminded_on": due - timedelta(days=3), "escalated_on": due + timedelta(days=1)}
    return row(school, due=due, reported_on=due + timedelta(days=6), **days, **more)


def told(people, day):
    """Who is told at which level on a day."""
    with clock.at(day):
        write_reminders(day)
    names = {user.pk: name for name, user in people.items()}
    return {
        (names.get(one.user_id, "other"), line["level"])
        for one in Reminder.objects.filter(on=day)
        for line in one.lines
    }


@pytest.mark.parametrize(
    ("after", "who"),
    [
        (-4, set()),
        (-3, {("registrar", "owner")}),
        (0, {("registrar", "owner")}),
        (1, {("registrar", "owner"), ("head", "head")}),
        (5, {("registrar", "owner"), ("head", "head")}),
        (6, {("registrar", "owner"), ("head", "head"), ("checker", "bureau"), ("leader", "bureau")}),
    ],
)
def test_the_owner_then_the_headmaster_then_the_bureau(people, no1, after, who):
    due = date(2026, 9, 15)
    chased(no1, due)
    assert told(people, due + timedelta(days=after)) == who


def test_the_bureaus_own_lateness_goes_to_its_leader(people, no1):
    chased(no1, TODAY - timedelta(days=1), right="bureau_make")
    assert told(people, TODAY) == {("clerk", "owner"), ("leader", "head")}


def test_what_was_said_is_not_said_again_until_monday(people, no1):
    due = date(2026, 9, 14)
    chased(no1, due)
    assert told(people, date(2026, 9, 15)) == {("registrar", "owner"), ("head", "head")}
    for day in range(16, 20):
        assert told(people, date(2026, 9, day)) == set()
    assert told(people, date(2026, 9, 21)) >= {("registrar", "owner"), ("head", "head")}  # Monday: still late


def test_a_night_that_was_missed_is_made_up_and_one_run_twice_says_nothing_twice(people, no1):
    due = date(2026, 9, 10)
    chased(no1, due)
    with clock.at(date(2026, 9, 15)):
        assert write_reminders(date(2026, 9, 15)) == 2
        assert write_reminders(date(2026, 9, 15)) == 0
    assert Reminder.objects.count() == 2


def test_the_database_keeps_one_a_night(people):
    given = {"user": people["head"], "on": TODAY, "lines": []}
    Reminder.objects.create(**given)
    with pytest.raises(Error), transaction.atomic():
        Reminder.objects.create(**given)


def test_a_closed_row_reminds_nobody(people, no1):
    chased(no1, TODAY, closed_on=TODAY)
    assert told(people, TODAY) == set()


def test_a_deputy_is_told_while_the_span_lasts(people, staff, no1, no2):
    stand_in = staff(Role.DEPUTY_HEAD, no2)
    Deputy.objects.create(
        appointment=people["registrar"].appointments.get(), user=stand_in, starts=TODAY, ends=TODAY,
        reason="请假", trained_on=date(2024, 8, 20),
    )  # fmt: skip
    chased(no1, TODAY)
    assert ("other", "owner") in told(people, TODAY)
    chased(no1, TODAY + timedelta(days=4))
    assert ("other", "owner") not in told(people, TODAY + timedelta(days=1))


def test_nobody_hears_of_another_school(people, staff, no1, no2):
    other = staff(Role.REGISTRAR, no2)
    chased(no1, TODAY)
    told(people, TODAY)
    assert not Reminder.objects.filter(user=other).exists()


def test_mails_of_one_night_for_many_schools_are_one_a_person(bureau, staff, at_noon):
    for n in range(15):
        school = make_school(bureau, 300 + n, f"邮件{n}小学")
        staff(Role.REGISTRAR, school), staff(Role.HEADMASTER, school)
        for back in (1, 7, 9):
            (
                chased(school, TODAY - timedelta(days=back)),
                chased(school, TODAY - timedelta(days=back), right="bureau_make"),
            )
    staff(Role.BUREAU_CHECKER, bureau), staff(Role.BUREAU_CLERK, bureau), staff(Role.BUREAU_LEADER, bureau)
    for user in User.objects.all():
        User.objects.filter(pk=user.pk).update(email=f"{user.pk}@example.cn")
    write_reminders(TODAY)
    assert send_pending(WORKER)["sent"] == 33
    assert send_pending(WORKER)["sent"] == 0
    to = [letter.to[0] for letter in mail.outbox]
    assert len(to) == len(set(to)) == 33


def test_a_mail_says_what_to_do_and_names_no_child(people, transfer, no2, staff, at_noon, settings):
    settings.SITE_ADDRESS = "https://xueji.example.cn"
    registrar = staff(Role.REGISTRAR, no2)
    User.objects.filter(pk=registrar.pk).update(email="r@example.cn")
    child = transfer.child
    chased(no2, TODAY, about="child", subject=child.pk, deadline="ceims.confirmed")
    write_reminders(TODAY)
    one = Reminder.objects.get(user=registrar)
    text = letter(one).body
    assert child.name not in text and child.name not in str(one.lines)
    for line in said(one):
        assert line["remedy"] in text and f"https://xueji.example.cn{line['url']}" in text
        assert str(line["article"]) in text


def attempt_of(worker, seconds):
    """An attempt at mailing whose lease lasts so long from now."""
    until = timezone.now() + timedelta(seconds=seconds)
    return Job.objects.create(kind="reminders.mail", arguments={}, state="running", leased_by=worker, lease_until=until)


def test_a_mail_in_the_hands_of_a_living_worker_is_nobody_elses(people, no1, at_noon):
    chased(no1, TODAY)
    write_reminders(TODAY)
    attempt_of("other", 30)
    assert claim(Reminder.objects.get().pk, "other")
    assert not claim(Reminder.objects.get().pk, WORKER)
    assert send_pending(WORKER) == {"sent": 0, "failed": 0} and not mail.outbox


def test_a_mail_whose_worker_died_leaves_once_when_its_lease_is_over(people, no1, at_noon):
    chased(no1, TODAY)
    write_reminders(TODAY)
    attempt_of("dead", -1)
    assert claim(Reminder.objects.get().pk, "dead")  # and here it died: nobody knows whether the server took it
    before = letter(Reminder.objects.get())
    assert send_pending(WORKER) == {"sent": 1, "failed": 0}
    assert send_pending("later") == {"sent": 0, "failed": 0}
    (sent,) = mail.outbox
    assert sent.message()["Message-ID"] == before.message()["Message-ID"]
    one = Reminder.objects.get()
    assert one.mailed_at and one.mail_claim == ""


def test_a_server_that_refuses_leaves_the_mail_for_the_next_hour(people, no1, at_noon, monkeypatch):
    chased(no1, TODAY)
    write_reminders(TODAY)

    def refuse(self):
        raise smtplib.SMTPServerDisconnected("gone")

    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.EmailMessage.send", refuse)
        assert send_pending(WORKER) == {"sent": 0, "failed": 1}
    assert send_pending(WORKER) == {"sent": 1, "failed": 0}


@pytest.mark.parametrize(("hour", "quiet"), [(19, False), (20, True), (23, True), (0, True), (6, True), (7, False)])
def test_no_mail_in_the_quiet_hours(db, hour, quiet):
    assert is_quiet(hour) is quiet


def test_the_quiet_worker_sends_nothing(people, no1, monkeypatch):
    chased(no1, TODAY)
    write_reminders(TODAY)
    monkeypatch.setattr(mailing, "is_quiet", lambda hour: True)
    assert send_pending(WORKER) == {"sent": 0, "failed": 0, "quiet": True}
    monkeypatch.setattr(tasks, "is_quiet", lambda hour: True)
    tasks.mail()
    assert not Job.objects.filter(kind="reminders.mail").exists()


def test_the_nightly_job_checks_writes_and_mails(people, transfer, no2, staff, at_noon, monkeypatch):
    with clock.at(date(2026, 9, 1)):
        perform(transfer, "submit", by=staff(Role.REGISTRAR, no2))
    staff(Role.HEADMASTER, no2)
    User.objects.update(email="a@example.cn")
    for _ in range(2):  # two beats
        job = start("reminders.write", {}, by=None, key=f"reminders.write:{TODAY}")
        execute(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.DONE and job.result["people"] == Reminder.objects.count() > 0
    assert Countdown.objects.filter(about="case", subject=transfer.pk).exists()
    monkeypatch.setattr(tasks, "is_quiet", lambda hour: False)
    tasks.mail(), tasks.mail()
    execute(Job.objects.get(kind="reminders.mail").pk)
    assert len(mail.outbox) == Reminder.objects.count()


def test_the_page_shows_ones_own_and_marks_them_read(client, people, no1):
    chased(no1, TODAY - timedelta(days=1))
    write_reminders(TODAY)
    client.force_login(people["head"])
    page = client.get(reverse("supervision:reminders"))
    assert page.context["unread"] == page.context["count"] == 1
    assert "请您督促本单位办理" in page.content.decode()
    other = Reminder.objects.get(user=people["registrar"])
    assert client.post(reverse("supervision:reminder_read", args=[other.pk])).status_code == 404
    own = Reminder.objects.get(user=people["head"])
    client.post(reverse("supervision:reminder_read", args=[own.pk]))
    assert client.get(reverse("supervision:reminders")).context["unread"] == 0
    client.force_login(people["registrar"])
    assert client.get(reverse("supervision:reminders")).context["unread"] == 1
    client.post(reverse("supervision:reminders_read"))
    assert client.get(reverse("supervision:reminders")).context["unread"] == 0


def test_every_link_of_a_reminder_opens_its_rows(client, people, no1):
    chased(no1, TODAY - timedelta(days=7))
    write_reminders(TODAY)
    for who in ("registrar", "head", "checker"):
        client.force_login(people[who])
        (line,) = said(Reminder.objects.get(user=people[who]))
        assert client.get(line["url"]).context["count"] == 1


def test_the_weekly_sheet_is_the_bureaus(client, people, no1):
    chased(no1, TODAY - timedelta(days=1)), chased(no1, TODAY + timedelta(days=2))
    chased(no1, TODAY, closed_on=TODAY), chased(no1, TODAY - timedelta(days=5), closed_on=TODAY - timedelta(days=1))
    client.force_login(people["clerk"])
    page = client.get(reverse("supervision:weekly"))
    assert [line["late"] for line in page.context["units"]] == [1]
    assert [group.number for group in page.context["coming"]] == [1]
    assert page.context["done"] == {"all": 2, "in_time": 1}
    client.force_login(people["head"])
    assert client.get(reverse("supervision:weekly")).status_code == 403
