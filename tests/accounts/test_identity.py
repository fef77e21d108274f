"""Who is at the keyboard: two factors, slow guessing, one session, sealed accounts, the password before deciding."""

import os
import subprocess
import threading
import time
from datetime import timedelta

import pytest
from django.conf import settings as site
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import TOTP

from accounts.identity import factors, throttle
from accounts.models import Attempt, SecondFactor, User
from accounts.roles import Role
from jianping_xueji.audit.models import Event
from tests.county import staff_member, walk

PASSWORD = "kite-over-ulaan-hada"


@pytest.fixture(autouse=True)
def as_in_production(settings):
    settings.SECOND_FACTOR_REQUIRED = settings.REAUTHENTICATE = settings.ONE_ACTIVE_SESSION = True
    settings.ACCOUNT_SEALED_AFTER_DAYS = 90


def person(role, place) -> User:
    user = staff_member(role, place)
    user.set_password(PASSWORD)
    user.save()
    return user


def enter(user, *, address="10.0.0.1", password=PASSWORD, client=None):
    client = client or Client(REMOTE_ADDR=address)
    answer = client.post("/login/", {"username": getattr(user, "username", user), "password": password})
    return client, answer


def code_of(user, steps=0) -> str:
    totp = TOTP(factors.secret_of(SecondFactor.objects.get(user=user)))
    totp.time = time.time() + 30 * steps
    return f"{totp.token():06d}"


def proved(user) -> Client:
    """Signed in with both factors."""
    client, _ = enter(user)
    client.get("/second-factor/")
    answer = client.post("/second-factor/", {"code": code_of(user)})
    assert "备用码" in answer.content.decode()
    return client


# --- the second factor -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.BUREAU_CLERK, Role.BUREAU_LEADER, Role.DATA_ADMIN, Role.AUDITOR])
def test_the_bureau_goes_nowhere_with_one_factor(bureau, no1, role):
    client, _ = enter(person(role, bureau))
    for page in ("/", reverse("students:list"), reverse("approvals:queue"), "/admin/", "/password/"):
        assert client.get(page).url.startswith("/second-factor/")


def test_approvers_of_a_school_too_and_makers_not(no1):
    assert enter(person(Role.HEADMASTER, no1))[0].get("/students/").url.startswith("/second-factor/")
    assert enter(person(Role.REGISTRAR, no1))[0].get("/students/").status_code == 200


def test_setting_it_up_and_coming_back(bureau, no1):
    user = person(Role.BUREAU_CLERK, bureau)
    client = proved(user)
    assert client.get("/students/").status_code == 200
    client.post("/logout/")
    again, _ = enter(user)
    page = again.get("/second-factor/").content.decode()
    assert "data:image" not in page, "the secret is shown once"
    assert again.post("/second-factor/", {"code": code_of(user, 1), "next": "/students/"}).url == "/students/"


def test_a_code_is_good_once(bureau, no1):
    user = person(Role.BUREAU_CLERK, bureau)
    client, _ = enter(user)
    client.get("/second-factor/")
    code = code_of(user)
    client.post("/second-factor/", {"code": code})
    other, _ = enter(user)
    assert "已经用过" in other.post("/second-factor/", {"code": code}).content.decode()
    assert other.get("/students/").url.startswith("/second-factor/")
    assert "已经用过" in other.post("/second-factor/", {"code": code_of(user, -1)}).content.decode()


@pytest.mark.parametrize("steps", [-2, 2])
def test_a_code_of_another_time_is_refused(bureau, no1, steps):
    user = person(Role.BUREAU_CLERK, bureau)
    client, _ = enter(user)
    client.get("/second-factor/")
    client.post("/second-factor/", {"code": code_of(user, steps)})
    assert client.get("/students/").url.startswith("/second-factor/")


def test_codes_cannot_be_guessed(bureau, no1):
    user = person(Role.BUREAU_CLERK, bureau)
    proved(user)
    client, _ = enter(user)
    for _ in range(throttle.FREE):
        client.post("/second-factor/", {"code": "000000"})
    assert "分钟后再试" in client.post("/second-factor/", {"code": code_of(user, 1)}).content.decode()


def test_a_recovery_code_is_good_once(bureau, no1):
    user = person(Role.BUREAU_CLERK, bureau)
    proved(user)
    (first, *_) = factors.new_recovery_codes(user)
    assert factors.passes(user, first) and not factors.passes(user, first)


def test_the_secret_is_sealed_and_bound_to_its_person(bureau, no1):
    user, other = person(Role.BUREAU_CLERK, bureau), person(Role.BUREAU_CHECKER, bureau)
    mine, theirs = factors.begin(user), factors.begin(other)
    assert factors.secret_of(mine) not in bytes(mine.secret)
    theirs.secret, theirs.wrapped_key = mine.secret, mine.wrapped_key
    with pytest.raises(Exception, match="密文无法打开"):
        factors.secret_of(theirs)


def test_a_lost_phone_is_reset_by_another_administrator(bureau, no1):
    user, admin, clerk = (person(role, bureau) for role in (Role.BUREAU_LEADER, Role.DATA_ADMIN, Role.BUREAU_CLERK))
    proved(user)
    for by in (user, clerk):
        with pytest.raises(CommandError):
            call_command("reset_second_factor", user.username, by=by.username, reason="手机丢失")
    assert factors.of(user)
    call_command("reset_second_factor", user.username, by=admin.username, reason="手机丢失")
    assert factors.of(user) is None


# --- guessing --------------------------------------------------------------------------------------------------------


def test_guessing_is_slowed_for_the_pair_and_nobody_else(no1, no2):
    user, neighbour = person(Role.REGISTRAR, no1), person(Role.REGISTRAR, no2)
    for _ in range(throttle.FREE):
        enter(user, password="wrong")
    _, refused = enter(user)
    assert "分钟后再试" in refused.content.decode()
    assert enter(neighbour)[1].status_code == 302, "the same address, another person"
    assert enter(user, address="10.0.0.2")[1].status_code == 302, "the same person, another address"


def test_the_last_free_try_is_free_and_waiting_helps(no1):
    user = person(Role.REGISTRAR, no1)
    for _ in range(throttle.FREE - 1):
        enter(user, password="wrong")
    assert enter(user)[1].status_code == 302
    for _ in range(throttle.FREE):
        enter(user, password="wrong")
    Attempt.objects.update(last_at=timezone.now() - throttle.FIRST + timedelta(seconds=5))
    assert enter(user)[1].status_code == 200
    Attempt.objects.update(last_at=timezone.now() - throttle.FIRST - timedelta(seconds=1))
    assert enter(user)[1].status_code == 302


def test_a_crowd_of_addresses_is_held_at_twenty_and_the_person_comes_in(no1):
    user = person(Role.REGISTRAR, no1)
    enter(user, address="10.0.0.9")
    for n in range(throttle.AN_HOUR):
        enter(user, address=f"192.0.2.{n}", password="wrong")
    assert "分钟后再试" in enter(user, address="198.51.100.1")[1].content.decode()
    assert enter(user, address="10.0.0.9")[1].status_code == 302, "from where this person has come in before"


def test_unknown_names_are_told_the_same(no1):
    user, told = person(Role.REGISTRAR, no1), []
    for name in (user.username, "nobody"):
        told.append([enter(name, password="wrong")[1].context["form"].non_field_errors() for _ in range(7)])
    assert told[0] == told[1]


def test_a_hundred_tries_at_once_are_no_better(no1, transactional_db):
    user, judged = person(Role.REGISTRAR, no1), []

    def try_it():
        judged.append(not throttle.wait_before(user.username, "10.0.0.1"))
        connection.close()

    threads = [threading.Thread(target=try_it) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(judged) <= throttle.FREE


# --- sessions --------------------------------------------------------------------------------------------------------


def test_a_second_entry_ends_the_first(no1):
    user = person(Role.REGISTRAR, no1)
    first, _ = enter(user)
    second, _ = enter(user)
    gone = first.get("/students/", follow=True)
    assert "另一处登录" in gone.content.decode()
    assert second.get("/students/").status_code == 200
    assert Event.objects.filter(kind="leave", reason="elsewhere").exists()


def test_a_new_password_ends_nobodys_session_but_the_others(no1):
    user = person(Role.REGISTRAR, no1)
    client, _ = enter(user)
    other = "river-laoha-under-ice"
    given = {"old_password": PASSWORD, "new_password1": other, "new_password2": other}
    assert client.post("/password/", given).status_code == 302
    assert client.get("/students/").status_code == 200


def test_the_session_changes_its_key_at_entry_and_at_the_second_factor(bureau, no1):
    user = person(Role.BUREAU_CLERK, bureau)
    client = Client(REMOTE_ADDR="10.0.0.1")
    client.get("/login/")
    planted = client.session
    planted.save()
    client.cookies[site.SESSION_COOKIE_NAME] = planted.session_key
    enter(user, client=client)
    entered = client.cookies[site.SESSION_COOKIE_NAME].value
    assert entered != planted.session_key
    client.get("/second-factor/")
    client.post("/second-factor/", {"code": code_of(user)})
    assert client.cookies[site.SESSION_COOKIE_NAME].value != entered


@pytest.mark.parametrize("hours,lives", [(9.9, True), (10.1, False)])
def test_ten_hours_are_the_end(no1, hours, lives):
    client, _ = enter(person(Role.REGISTRAR, no1))
    session = client.session
    session["entered_at"] = (timezone.now() - timedelta(hours=hours)).isoformat()
    session.save()
    assert (client.get("/students/").status_code == 200) is lives


def test_half_an_hour_idle_is_the_end_and_work_prolongs_it(no1):
    client, _ = enter(person(Role.REGISTRAR, no1))
    session = client.session
    session["touched_at"] = (timezone.now() - timedelta(minutes=2)).isoformat()
    session.save()
    row = Session.objects.get(pk=session.session_key)
    Session.objects.update(expire_date=timezone.now() + timedelta(minutes=3))
    assert client.get("/students/").status_code == 200
    row.refresh_from_db()
    assert row.expire_date > timezone.now() + timedelta(minutes=29)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert client.get("/students/").url.startswith("/login/")


@pytest.mark.parametrize("days,lives", [(89, True), (90, True), (91, False)])
def test_ninety_days_unused_seal_an_account(no1, days, lives):
    user = person(Role.REGISTRAR, no1)
    long_ago = timezone.now() - timedelta(days=days) + timedelta(minutes=1)
    User.objects.filter(pk=user.pk).update(last_login=long_ago, date_joined=long_ago)
    _, answer = enter(user)
    assert (answer.status_code == 302) is lives
    if not lives:
        assert "封存" in answer.content.decode()
        assert "封存" not in enter(user, password="wrong")[1].content.decode(), "only the person learns of it"
        User.objects.filter(pk=user.pk).update(unsealed_at=timezone.now())
        assert enter(user)[1].status_code == 302


def test_no_page_of_a_session_is_stored(no1):
    client, _ = enter(person(Role.REGISTRAR, no1))
    for page in ("/", "/students/", "/password/"):
        assert "no-store" in client.get(page)["Cache-Control"]
    assert "cache" in client.post("/logout/")["Clear-Site-Data"]


@pytest.mark.parametrize("behind,counted", [(True, "203.0.113.7"), (False, "10.0.0.1")])
def test_only_our_own_proxy_is_believed(no1, settings, behind, counted):
    settings.BEHIND_PROXY = behind
    client = Client(REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="1.1.1.1, 203.0.113.7")
    enter(person(Role.REGISTRAR, no1), client=client, password="wrong")
    assert Attempt.objects.get().address == counted
    assert Event.objects.get(kind="no_entry").address == counted


# --- the password again ----------------------------------------------------------------------------------------------


def stale(client) -> None:
    session = client.session
    session["confirmed_at"] = (timezone.now() - timedelta(minutes=16)).isoformat()
    session.save()


def test_an_approval_asks_for_the_password_and_keeps_what_was_typed(transfer, no2):
    walk(transfer, until="submit")
    user = person(Role.HEADMASTER, no2)
    client = proved(user)
    stale(client)
    address = reverse("approvals:act", args=[transfer.number, "vouch"])
    asked = client.post(address, {"opinion": "情况属实"})
    transfer.refresh_from_db()
    assert "再输入一次密码" in asked.content.decode() and "情况属实" in asked.content.decode()
    assert transfer.steps.count() == 1
    wrong = client.post(address, {"opinion": "情况属实", "_password": "wrong"})
    assert wrong.status_code == 403 and transfer.steps.count() == 1
    assert client.post(address, {"opinion": "情况属实", "_password": PASSWORD}).status_code == 302
    assert transfer.steps.count() == 2


def test_a_fresh_password_is_not_asked_for_again(transfer, no2):
    walk(transfer, until="submit")
    client = proved(person(Role.HEADMASTER, no2))
    client.post(reverse("approvals:act", args=[transfer.number, "vouch"]), {"opinion": "情况属实"})
    assert transfer.steps.count() == 2


# --- the demo --------------------------------------------------------------------------------------------------------


def starts(**given) -> subprocess.CompletedProcess:
    command = [site.BASE_DIR / ".venv/bin/python", site.BASE_DIR / "manage.py", "check"]
    return subprocess.run(command, env=os.environ | given, capture_output=True, text=True)


def test_a_demo_does_not_start_on_a_public_address():
    assert starts(DEMO="1", ALLOWED_HOSTS="127.0.0.1,localhost").returncode == 0
    for public in ("xueji.jianping.gov.cn", "*", "0.0.0.0", "192.168.1.5"):
        refused = starts(DEMO="1", ALLOWED_HOSTS=f"127.0.0.1,{public}")
        assert refused.returncode and "只能在本机打开" in refused.stderr


@pytest.mark.django_db
@pytest.mark.parametrize("command", ["seed_county", "demo_accounts"])
def test_no_account_everybody_knows_outside_of_a_demo(settings, command):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="演示"):
        call_command(command)
    assert not User.objects.exists()


def test_production_has_everything_on():
    told = subprocess.run(
        [site.BASE_DIR / ".venv/bin/python", "-c",
         "from django.conf import settings as s;"
         "print(s.SECOND_FACTOR_REQUIRED, s.REAUTHENTICATE, s.ONE_ACTIVE_SESSION, s.ACCOUNT_SEALED_AFTER_DAYS)"],
        env=production(), capture_output=True, text=True, cwd=site.BASE_DIR,
    )  # fmt: skip
    assert told.stdout.split() == ["True", "True", "True", "90"], told.stderr


def production() -> dict:
    return os.environ | {"DEMO": "0", "DEBUG": "0", "ALLOWED_HOSTS": "xueji.example.cn"}
