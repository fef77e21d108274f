"""Every look and every change leaves one event, in the transaction of the change and before the page is sent."""

import psycopg
import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from jianping_xueji.audit.models import Event
from jianping_xueji.audit.watching import FEW_CHILDREN, digest_of_children
from students.models import Look, Student
from tests.county import staff_member


@pytest.fixture
def enter():
    def sign_in(role, place):
        client = Client(raise_request_exception=False)
        client.force_login(staff_member(role, place))
        return client

    return sign_in


def ring():
    """What the end of a transaction does; the story itself never ends its own."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS audit_ring IMMEDIATE")
        cursor.execute("SET CONSTRAINTS audit_ring DEFERRED")


def events(**wanted):
    return list(Event.objects.filter(**wanted).order_by("pk"))


def test_a_child_page_is_one_event_that_names_the_child(enter, no1, child_at):
    child, client = child_at(no1), enter(Role.REGISTRAR, no1)
    assert client.get(child.get_absolute_url()).status_code == 200
    (seen,) = events(kind="read")
    assert child.pk in seen.children
    assert (seen.view, seen.result, seen.about) == ("students:child", 200, {"slug": child.slug})
    assert seen.account == staff_member(Role.REGISTRAR, no1).username


def test_a_list_is_one_event_with_every_child_on_it(enter, no1, child_at):
    children = {child_at(no1, name=f"样例{n}").pk for n in range(12)}
    enter(Role.REGISTRAR, no1).get(reverse("students:list"))
    (seen,) = events(kind="read")
    assert set(seen.children) == children


def test_a_search_keeps_no_word(enter, no1, child_at):
    child = child_at(no1, name="样例甲")
    enter(Role.REGISTRAR, no1).post(reverse("students:search"), {"q": "样例甲"})
    (seen,) = events(kind="search")
    assert seen.children == [child.pk]
    assert seen.words and "样例甲" not in str(seen.words)


def test_a_stranger_is_refused_and_remembered(enter, no1, no3, child_at):
    child = child_at(no1)
    assert enter(Role.REGISTRAR, no3).get(child.get_absolute_url()).status_code == 404
    (seen,) = events(kind="refused")
    assert (seen.result, seen.about) == (404, {"slug": child.slug})


def test_a_colleague_without_the_right_is_remembered_too(enter, no1, child_at):
    child = child_at(no1)
    url = reverse("students:number", args=[child.slug, "id"])
    enter(Role.CLASS_TEACHER, no1).post(url, {"reason": "想看"})
    assert [seen.result for seen in events(kind="refused")] in ([403], [404])


def test_a_number_opened_keeps_its_reason(enter, no1, child_at):
    child = child_at(no1)
    enter(Role.REGISTRAR, no1).post(reverse("students:number", args=[child.slug, "id"]), {"reason": "办理转学"})
    (seen,) = events(kind="opened")
    assert seen.reason == "办理转学" and child.pk in seen.children
    ring()
    changes = [touch for event in events(kind="change") for touch in event.touched]
    assert {"students_look"} <= {touch["table"] for touch in changes}


def test_a_page_about_nobody_leaves_nothing(enter, no1):
    enter(Role.REGISTRAR, no1).get(reverse("accounts:password"))
    assert events() == []


def test_entering_failing_and_leaving(no1, db):
    user = staff_member(Role.REGISTRAR, no1)
    user.set_password("长长的一句密码2026")
    user.save()
    client = Client()
    login = reverse("accounts:login")
    client.post(login, {"username": user.username, "password": "错的"})
    client.post(login, {"username": "没有这个人", "password": "错的"})
    client.post(login, {"username": user.username, "password": "长长的一句密码2026"})
    client.post(reverse("accounts:logout"))
    found = [(seen.kind, seen.account) for seen in events() if seen.kind != "change"]
    assert found == [
        ("no_entry", user.username),
        ("no_entry", ""),
        ("enter", user.username),
        ("leave", user.username),
    ]


def test_one_transaction_is_one_change_whoever_writes(no1, child_at):
    ring()
    before = Event.objects.count()
    child = child_at(no1)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE students_student SET postcode = '0' WHERE id = %s", [child.pk])
    ring()
    change = events(kind="change")[before:]
    assert len(change) == 1 and change[0].children == [child.pk]
    did = {(touch["table"], touch["did"]) for touch in change[0].touched}
    assert {("students_student", "insert"), ("students_student", "update"), ("students_enrolment", "insert")} <= did


def test_a_change_that_is_taken_back_leaves_nothing(no1, child_at):
    child = child_at(no1)
    ring()
    before = Event.objects.count()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        Student.objects.filter(pk=child.pk).update(phone="1")
        raise ZeroDivisionError
    ring()
    assert Event.objects.count() == before


# --- fails closed ----------------------------------------------------------------------------------------------------


def test_what_cannot_be_written_down_does_not_happen(enter, no1, child_at, owner):
    child, client = child_at(no1), enter(Role.REGISTRAR, no1)
    owner.execute("ALTER TABLE audit_event ADD CONSTRAINT full_up CHECK (false) NOT VALID")
    assert client.get(child.get_absolute_url()).status_code == 500
    url = reverse("students:number", args=[child.slug, "id"])
    answer = client.post(url, {"reason": "办理转学"})
    assert answer.status_code == 500 and child.number("id").plain() not in answer.content.decode()
    assert not Look.objects.exists()
    with pytest.raises(Exception, match="full_up"):
        Student.objects.filter(pk=child.pk).update(phone="2")
    assert Student.objects.get(pk=child.pk).phone == ""


# --- the application cannot touch what it has written ----------------------------------------------------------------

TOUCHES = [
    "UPDATE audit_event SET actor = 1",
    "DELETE FROM audit_event",
    "TRUNCATE audit_event",
    "ALTER TABLE audit_event DISABLE TRIGGER ALL",
    "INSERT INTO audit_event (kind, at) VALUES ('read', '2020-01-01')",
    "INSERT INTO audit_event (id, kind) VALUES (1, 'read')",
    "INSERT INTO audit_seal VALUES (1)",
    "UPDATE audit_seal SET hash = ''",
    "DELETE FROM audit_bell",
    "SELECT * FROM audit_bell",
    "DROP TRIGGER audit_ring ON audit_bell",
    "ALTER TABLE students_student DISABLE TRIGGER audit_update",
    "CREATE OR REPLACE FUNCTION audit_write_change() RETURNS trigger LANGUAGE sql AS ''",
]


@pytest.mark.django_db
@pytest.mark.parametrize("statement", TOUCHES)
def test_the_application_role_is_stopped(statement):
    with pytest.raises(Exception) as stopped, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    cause = stopped.value.__cause__
    assert isinstance(cause, psycopg.errors.InsufficientPrivilege | psycopg.errors.InvalidFunctionDefinition)


@pytest.mark.django_db
def test_no_session_setting_silences_a_trigger():
    with pytest.raises(Exception) as stopped, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = 'replica'")
    assert isinstance(stopped.value.__cause__, psycopg.errors.InsufficientPrivilege)


@pytest.mark.django_db
def test_every_table_of_people_s_work_is_watched():
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.relname, array_agg(t.tgname) FROM pg_class c LEFT JOIN pg_trigger t
               ON t.tgrelid = c.oid AND t.tgname LIKE 'audit\\_%' AND t.tgenabled = 'A'
               WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace GROUP BY 1"""
        )
        found = {name: set(names) for name, names in cursor.fetchall()}
    unwatched = {name for name, names in found.items() if not {"audit_insert", "audit_update", "audit_delete"} <= names}
    left = {name for name in unwatched if not name.endswith("event") and not name.startswith(("django_", "auth_"))}
    assert left == {
        "accounts_attempt",
        "approvals_countdown",
        "audit_anchor",
        "audit_bell",
        "audit_seal",
        "jobs_job",
        "pghistory_context",
        "supervision_reminder",
    }
    assert User._meta.db_table not in unwatched


def test_a_statement_over_too_many_children_keeps_the_digest_of_who_they_are(no1, child_at):
    """Names up to the limit, beyond it a digest to which any later list of them can be held; boundary at 0 and +1."""
    children = [child_at(no1).pk, child_at(no1).pk]
    ring()
    with connection.cursor() as cursor:
        for number, named in ((FEW_CHILDREN, True), (FEW_CHILDREN + 1, False)):
            cursor.execute(
                """INSERT INTO students_studentnumber (student_id, kind, cipher, index, tail, letter, since, until)
                   SELECT (%s::bigint[])[1 + n %% 2], 'id', 'x', sha256(n::text::bytea || %s::text::bytea),
                       '0000', '', '2020-01-01', '2020-01-02'
                   FROM generate_series(1, %s) n""",
                [children, number, number],
            )
            ring()
            (touch,) = events(kind="change")[-1].touched
            assert ("children_sha256" not in touch) is named
    assert touch["children_sha256"] == digest_of_children(reversed(children))
    assert touch["children_sha256"] != digest_of_children([*children, children[1] + 1])
