"""Nothing goes out without the leader's approval; what goes out is one file, for one person, once (第三十七条)."""

import io
import random
from datetime import timedelta

import msoffcrypto
import openpyxl
import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from approvals.errors import NotYourHand, Refused
from jianping_xueji.audit.models import Event
from jianping_xueji.jobs.engine import execute
from law import clock
from students.models import Look, Student
from supervision.exports import services, tracing
from supervision.models import ExportFile, ExportRequest
from tests.county import LEGAL_DAY, staff_member
from tests.house.questions import MOST, questions


@pytest.fixture
def clerk(bureau, no1):
    return staff_member(Role.BUREAU_CLERK, bureau)


@pytest.fixture
def leader(bureau, no1):
    return staff_member(Role.BUREAU_LEADER, bureau)


@pytest.fixture
def children(no1, child_at):
    return [child_at(no1, name=f"样{chr(0x4E00 + 7 * n)}") for n in range(16)]


@pytest.fixture
def asked(clerk, children):
    def ask(**more):
        given = {
            "purpose": "体检",
            "recipient": "县疾控中心",
            "document": "建教批〔2026〕3号",
            "fields": ["name", "id_number"],
            "children": Student.objects.all(),
            "scope": "第一小学",
            "expires_on": LEGAL_DAY + timedelta(days=10),
        }
        return services.ask(by=clerk, **given | more)

    return ask


@pytest.fixture
def made(asked, clerk, leader):
    """An approved request with its file."""

    def make(**more):
        request = asked(**more)
        services.decide(request, by=leader, approve=True, opinion="同意")
        job = services.order_file(request, by=clerk).job
        assert execute(job.pk) == "done", job.error
        return ExportRequest.objects.get(pk=request.pk)

    return make


def opened(content: bytes, password: str) -> list[list]:
    box = msoffcrypto.OfficeFile(io.BytesIO(content))
    box.load_key(password=password)
    plain = io.BytesIO()
    box.decrypt(plain)
    return [[cell or "" for cell in row] for row in openpyxl.load_workbook(plain).active.iter_rows(values_only=True)]


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


# --- asking and approving --------------------------------------------------------------------------------------------


def test_a_file_needs_the_leader(asked, clerk, leader):
    request = asked()
    with pytest.raises(Refused, match="待审批"):
        services.order_file(request, by=clerk)
    services.decide(request, by=leader, approve=True, opinion="同意")
    assert services.state_of(ExportRequest.objects.get(pk=request.pk)).code == "approved"


def test_who_may_not_ask_and_not_approve(asked, clerk, bureau, no1, leader):
    others = ((Role.REGISTRAR, no1), (Role.HEADMASTER, no1), (Role.DATA_ADMIN, bureau), (Role.AUDITOR, bureau))
    for role, place in others:
        person = staff_member(role, place)
        with pytest.raises(NotYourHand):
            services.ask(
                by=person, purpose="x", recipient="x", document="x", fields=["name"], children=Student.objects.all(),
                scope="x", expires_on=LEGAL_DAY,
            )  # fmt: skip
        with pytest.raises(NotYourHand):
            services.decide(asked(), by=person, approve=True, opinion="")
    with pytest.raises(NotYourHand, match="自己的申请"):
        services.decide(asked(), by=clerk, approve=True, opinion="")
    with pytest.raises(NotYourHand):
        services.decide(asked(), by=staff_member(Role.BUREAU_CHECKER, bureau), approve=True, opinion="")


def test_a_refusal_has_its_reason_and_ends_it(asked, clerk, leader):
    request = asked()
    with pytest.raises(Refused, match="理由"):
        services.decide(request, by=leader, approve=False, opinion=" ")
    services.decide(request, by=leader, approve=False, opinion="用途不明")
    with pytest.raises(Refused, match="未批准"):
        services.order_file(request, by=clerk)


@pytest.mark.parametrize("rows,needed", [(5000, 1), (5001, 2)])
def test_beyond_five_thousand_two_people_approve(asked, clerk, leader, bureau, monkeypatch, rows, needed):
    request = asked()
    monkeypatch.setattr(services, "TWO_APPROVERS", 16 - (rows - 5000))
    assert services.voices_needed(request) == needed
    services.decide(request, by=leader, approve=True, opinion="")
    fresh = ExportRequest.objects.get(pk=request.pk)
    assert services.is_approved(fresh) is (needed == 1)
    if needed == 2:
        with pytest.raises(Refused, match="已经表示过"):
            services.decide(fresh, by=leader, approve=True, opinion="")
        services.decide(fresh, by=staff_member(Role.BUREAU_CHECKER, bureau), approve=True, opinion="")
        assert services.is_approved(ExportRequest.objects.get(pk=request.pk))


@pytest.mark.parametrize("alarm,raised", [(15, True), (16, False)])
def test_many_children_raise_an_alarm(clerk, children, bureau, monkeypatch, alarm, raised):
    monkeypatch.setattr(services, "ALARM", alarm)
    client = signed_in(clerk)
    form = {
        "recipient": "县疾控中心", "purpose": "体检", "document": "批1号", "fields_asked": ["name"],
        "expires_on": "2026-09-20",
    }  # fmt: skip
    assert client.post(reverse("exports:new"), form).status_code == 302
    assert Event.objects.filter(kind="alarm").exists() is raised
    if raised:
        page = signed_in(staff_member(Role.AUDITOR, bureau)).get(f"{reverse('supervision:trail')}?kind=alarm")
        assert "大量取数警示" in page.content.decode() and "16名学生" in page.content.decode()


@pytest.mark.parametrize("days,good", [(-1, False), (0, True), (90, True), (91, False)])
def test_an_approval_lasts_ninety_days_at_most(asked, days, good):
    if good:
        assert asked(expires_on=LEGAL_DAY + timedelta(days=days)).pk
    else:
        with pytest.raises(Refused, match="有效期"):
            asked(expires_on=LEGAL_DAY + timedelta(days=days))


@pytest.mark.parametrize("late,good", [(0, True), (1, False)])
def test_an_approval_ends_with_its_day(asked, clerk, leader, late, good):
    request = asked()
    services.decide(request, by=leader, approve=True, opinion="")
    with clock.at(request.expires_on + timedelta(days=late)):
        if good:
            assert services.order_file(request, by=clerk)
        else:
            with pytest.raises(Refused, match="已过期"):
                services.order_file(request, by=clerk)


# --- what was approved cannot grow -----------------------------------------------------------------------------------


def test_a_child_who_comes_later_is_not_in_the_file(asked, clerk, leader, no1, child_at):
    request = asked()
    services.decide(request, by=leader, approve=True, opinion="")
    newcomer = child_at(no1, name="后来者")
    execute(services.order_file(request, by=clerk).job.pk)
    file = ExportFile.objects.get(request=request)
    assert newcomer.pk not in file.order and len(file.order) == request.rows


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE supervision_exportrequest SET fields = '{phone}'",
        "UPDATE supervision_exportrequest SET recipient = 'x'",
        "UPDATE supervision_exportfile SET good_until = now()",
        "DELETE FROM supervision_exporttake",
        "DELETE FROM supervision_exportdecision",
    ],
)
def test_the_database_keeps_it_so(statement):
    with pytest.raises(Exception) as stopped, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert isinstance(stopped.value.__cause__, psycopg.errors.InsufficientPrivilege)


# --- the file and its link -------------------------------------------------------------------------------------------


def test_one_link_one_person_once(made, clerk, leader, bureau, children):
    request = made()
    secret = services.secret_of(request.file)
    address = reverse("exports:take", args=[secret["token"]])
    page = signed_in(clerk).get(request.get_absolute_url()).content.decode()
    assert secret["password"] in page and address in page
    for other in (leader, staff_member(Role.AUDITOR, bureau)):
        assert secret["password"] not in signed_in(other).get(request.get_absolute_url()).content.decode()
        assert signed_in(other).post(address).status_code == 404
    taken = signed_in(clerk).post(address)
    rows = opened(taken.content, secret["password"])
    assert rows[0] == ["姓名", "身份证件号", "核验码"]
    numbers = {child.name: child.number("id").plain() for child in children}
    assert {row[0]: row[1] for row in rows[1:-1]} == numbers
    assert all(row[2] == request.file.code for row in rows[1:-1]) and "县疾控中心" in rows[-1][0]
    assert signed_in(clerk).post(address).status_code == 409
    assert Look.objects.filter(kind="file", reason__contains="县疾控中心").count() == 1
    event = Event.objects.get(kind="export")
    assert set(event.children) == {child.pk for child in children}


def test_the_file_lies_closed(made, children):
    request = made()
    with pytest.raises(Exception, match="密码|password|key|verif|decrypt|Invalid|not"):
        content = services.load(request.file.wrapped_key, request.file.name, services.FILE_AAD, request.file.sha256)
        opened(content, "wrong")


@pytest.mark.parametrize("hours,good", [(23.9, True), (24.1, False)])
def test_a_link_lives_a_day(made, clerk, monkeypatch, hours, good):
    request = made()
    token = services.secret_of(request.file)["token"]
    later = timezone.now() + timedelta(hours=hours)
    monkeypatch.setattr(services.timezone, "now", lambda: later)
    if good:
        assert services.take(token, by=clerk)
    else:
        with pytest.raises(Refused, match="过期"):
            services.take(token, by=clerk)


def test_a_second_file_is_not_made(made, clerk):
    with pytest.raises(Refused, match="待取走"):
        services.order_file(made(), by=clerk)


def test_an_audit_that_is_not_sealed_stops_every_export(asked, clerk, leader, monkeypatch):
    request = asked()
    services.decide(request, by=leader, approve=True, opinion="")
    monkeypatch.setattr(services, "unsealed_for", lambda: services.STOPPED + timedelta(seconds=1))
    with pytest.raises(Refused, match="没有封存"):
        services.order_file(request, by=clerk)
    monkeypatch.setattr(services, "unsealed_for", lambda: services.STOPPED)
    assert services.order_file(request, by=clerk)


def test_no_command_goes_round_the_gate():
    with pytest.raises(CommandError, match="第三十七条"):
        call_command("dumpdata", "students")


# --- a leaked copy ---------------------------------------------------------------------------------------------------


def mangled(rows: list[list], dice: random.Random) -> str:
    """What happens to a list on its way: rows lost, columns dropped, marks cut off, saved as text."""
    body = [row[:] for row in rows[1:-1]]
    body = [row for row in body if dice.random() > 0.15] or body
    columns = [0] + [at for at in (1, 2) if dice.random() > 0.6]
    glue = dice.choice([" ", "\t", ",", "；"])
    return "\n".join(glue.join(str(row[at]) for at in columns) for row in body)


def test_a_clerk_who_left_the_office_does_not_take_the_file(made, clerk):
    token = services.secret_of(made().file)["token"]
    clerk.appointments.update(ends=LEGAL_DAY - timedelta(days=1))
    with pytest.raises(NotYourHand, match="不在经办岗位"):
        services.take(token, by=type(clerk).objects.get(pk=clerk.pk))


def test_leaked_copies_are_traced(made, clerk, leader, bureau):
    auditor, exports = staff_member(Role.AUDITOR, bureau), [made(recipient=f"单位{n}") for n in range(4)]
    held = {}
    for request in exports:
        secret = services.secret_of(request.file)
        held[request.pk] = opened(services.take(secret["token"], by=clerk)[1], secret["password"])
    dice, hit, tried = random.Random(2611), 0, 100
    for n in range(tried):
        request = exports[n % 4]
        found = tracing.traced(mangled(held[request.pk], dice), auditor)
        hit += [trace.file.request_id for trace in found] == [request.pk]
    assert hit >= 95, hit
    assert tracing.traced("样一 样丁 没有这份名单", auditor) == []


def test_the_page_traces_an_uploaded_workbook(made, clerk, leader, no1):
    request = made()
    secret = services.secret_of(request.file)
    _, content = services.take(secret["token"], by=clerk)
    rows, book, out = opened(content, secret["password"]), openpyxl.Workbook(), io.BytesIO()
    for row in rows[1:-1]:
        book.active.append(row[:1])
    book.save(out)
    out.seek(0)
    out.name = "名单.xlsx"
    page = signed_in(leader).post(reverse("exports:trace"), {"file": out}).content.decode()
    assert str(request) in page and "学生次序" in page
    assert signed_in(clerk).get(reverse("exports:trace")).status_code == 403


def test_pages_ask_constantly(asked, clerk, client):
    client.force_login(clerk)
    asked()
    few = questions(client, reverse("exports:list"))
    for _ in range(8):
        asked()
    many = questions(client, reverse("exports:list"))
    assert len(many) == len(few) <= MOST, "\n".join(many)
