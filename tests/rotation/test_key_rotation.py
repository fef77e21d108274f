"""A new master key while the site runs: all opens all the time, a kill costs nothing, at last the old is gone."""

import base64
import os
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError
from django.test import Client
from django.urls import reverse

from accounts.identity import factors
from accounts.roles import Role
from jianping_xueji import jobs, vault
from jianping_xueji.audit.models import Event
from jianping_xueji.jobs import tasks
from jianping_xueji.rotation import rewrapping
from jianping_xueji.rotation.guarding import holders
from jianping_xueji.vault import files
from jianping_xueji.vault.keys import master_id, ring
from students import campaigns
from students.models import CampaignEntry, Student
from students.models.child import new_slug
from supervision.exports import services
from tests.county import LEGAL_DAY, staff_member
from tests.killing import silent_too_long, worked_in_a_process
from tests.supervision.test_exports import asked, children, clerk, leader, made  # noqa: F401 — fixtures

pytestmark = pytest.mark.django_db
OLD = "old"


@pytest.fixture
def rotated(settings):
    """The administrator puts a new master key first and restarts; `gone` takes the old one away."""
    before = settings.VAULT_MASTER_KEYS
    fresh = f"neu:{base64.b64encode(os.urandom(32)).decode()}"

    def put(*, gone=False):
        settings.VAULT_MASTER_KEYS = fresh if gone else f"{fresh},{before}"

    put.former = ring().current
    return put


def rotate():
    out = StringIO()
    call_command("rotate_keys", stdout=out)
    return out.getvalue()


def by_old() -> int:
    return rewrapping.others()


def test_everything_sealed_opens_with_the_new_key_alone(rotated, made, no1, clerk):  # noqa: F811
    child, request = Student.objects.first(), made()
    number = child.id_number.plain()
    scan = files.store(bytes(child.wrapped_key), b"paper", "scan:1")
    secret = factors.secret_of(factors.begin(clerk))
    # The history of a child is about the child: what wraps its key is none of it.
    history = Student.pgh_event_model.objects.count()
    rotated()
    assert by_old() > 0
    rotate()
    rotated(gone=True)
    child = Student.objects.get(pk=child.pk)
    assert (by_old(), child.id_number.plain()) == (0, number)
    assert files.load(bytes(child.wrapped_key), scan.name, "scan:1", scan.sha256) == b"paper"
    assert factors.secret_of(factors.begin(clerk)) == secret
    file = type(request.file).objects.get(pk=request.file.pk)
    assert files.load(bytes(file.wrapped_key), file.name, services.FILE_AAD, file.sha256)
    assert Student.pgh_event_model.objects.count() == history


def test_a_registrar_searches_and_edits_in_the_middle_of_it(rotated, monkeypatch, bureau, no1, child_at, legal_day):
    kids = [child_at(no1, grade=3, phone="13800000000") for _ in range(4)]
    registrar, officer = staff_member(Role.REGISTRAR, no1), staff_member(Role.BUREAU_CLERK, bureau)
    second = staff_member(Role.REGISTRAR, no1, "另一名学籍管理员")
    campaigns.open_campaign(bureau, date(2026, 12, 1), by=officer)
    numbers = {kid.pk: kid.id_number.plain() for kid in kids}
    rotated()
    monkeypatch.setattr(rewrapping, "PIECE", 1)
    seen = set()

    def work(_phase, done, _total):
        keys = dict(Student.objects.values_list("pk", "wrapped_key"))
        halves = {master_id(key) for key in keys.values()}
        if len(halves) < 2 or seen:
            return
        client = Client()
        client.force_login(registrar)
        for kid in kids:
            seen.add(master_id(keys[kid.pk]))
            page = client.post(reverse("students:search"), {"q": numbers[kid.pk]}, follow=True)
            assert kid.slug in page.content.decode()
            entry = CampaignEntry.objects.get(child=kid)
            told = {name: getattr(kid, name) for name in campaigns.ATTRIBUTES} | {"phone": "13900000000"}
            campaigns.accept(campaigns.confirm(entry, told, by=second), by=registrar)
        assert seen == {rotated.former, "neu"}
        fresh = child_at(no1, grade=4, name="新来生")
        assert master_id(fresh.wrapped_key) == "neu"

    rewrapping.rotate(work)
    assert seen and by_old() == 0
    assert set(Student.objects.filter(pk__in=numbers).values_list("phone", flat=True)) == {"13900000000"}
    rotated(gone=True)
    assert {kid.pk: Student.objects.get(pk=kid.pk).id_number.plain() for kid in kids} == numbers


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_goes_on_where_it_stopped(rotated, monkeypatch, no1, child_at):
    for _ in range(3):
        child_at(no1)
    rotated()
    monkeypatch.setattr(rewrapping, "PIECE", 1)
    job = jobs.start("vault.rotate", {}, by=None)
    left, position = [by_old()], 0
    while True:
        position += 9
        killed = worked_in_a_process(job, position, on=LEGAL_DAY)
        left.append(by_old())
        if not killed:
            break
        silent_too_long(job)
    job.refresh_from_db()
    assert (job.state, job.result["left"], by_old()) == ("done", 0, 0)
    # Some kill fell between two pieces, and nothing that was rewrapped before it was done again.
    assert left == sorted(left, reverse=True) and any(0 < number < left[0] for number in left)
    rotated(gone=True)
    assert all(child.id_number.plain() for child in Student.objects.all())


def test_a_retired_key_wraps_nothing_any_more(rotated, settings, no1, child_at):
    child = child_at(no1)
    stale = Student.objects.get(pk=child.pk)
    old = rotated.former
    rotated()
    with pytest.raises(CommandError, match="还封装着"):
        call_command("rotate_keys", retire=old)
    rotate()
    call_command("rotate_keys", retire=old, stdout=StringIO())
    # Read before the rotation and saved whole after it; and a process that never heard of the new key.
    with pytest.raises(IntegrityError), transaction.atomic():
        stale.save()
    # One row among those of one statement.
    fresh = Student.objects.get(pk=child.pk)
    for each in (fresh, stale):
        each.pk, each.slug = None, new_slug()
    with pytest.raises(IntegrityError, match="retired"), transaction.atomic():
        Student.objects.bulk_create([fresh, stale])
    Student.objects.bulk_create([fresh])
    settings.VAULT_MASTER_KEYS = settings.VAULT_MASTER_KEYS.partition(",")[2]
    with pytest.raises(IntegrityError), transaction.atomic():
        child_at(no1)
    assert by_old() == 0 or ring().current == old


def test_without_the_guard_a_stale_row_brings_the_old_key_back(rotated, no1, child_at):
    """The control: not retired, a whole save reverts the key (it still opens), and the check tells."""
    stale = child_at(no1)
    rotated()
    rotate()
    stale.save()
    assert by_old() == 1
    with pytest.raises(CommandError, match="旧的主密钥"):
        call_command("rotate_keys", check=True, stdout=StringIO())
    rotate()
    assert by_old() == 0


def test_the_key_in_use_is_not_retired(no1, child_at):
    with pytest.raises(CommandError, match="现用"):
        call_command("rotate_keys", retire=ring().current)


def test_a_master_key_that_is_lost_is_told_and_nothing_is_touched(settings, no1, child_at):
    child = child_at(no1)
    settings.VAULT_MASTER_KEYS = f"neu:{base64.b64encode(os.urandom(32)).decode()}"
    with pytest.raises(CommandError, match="不在环境中"):
        rotate()
    assert bytes(Student.objects.get(pk=child.pk).wrapped_key) == bytes(child.wrapped_key)


def test_a_row_that_only_grows_may_be_rewrapped_and_nothing_else(made):  # noqa: F811
    request = made()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE supervision_exportfile SET sha256 = 'x' WHERE id = %s", [request.file.pk])
    fresh = vault.rewrap(request.file.wrapped_key)
    with connection.cursor() as cursor:
        put = "UPDATE supervision_exportfile SET wrapped_key = %s WHERE id = %s"
        cursor.execute(put, [fresh, request.file.pk])
        assert cursor.rowcount == 1


def test_no_table_with_a_key_is_left_out():
    """The application may rewrap, and the trigger lies, on every one of them."""
    with connection.cursor() as cursor:
        for model in holders():
            table = model._meta.db_table
            cursor.execute("SELECT has_column_privilege(%s, 'wrapped_key', 'UPDATE')", [table])
            assert cursor.fetchone()[0], table
            cursor.execute(
                "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE 'rotation%%'", [table]
            )
            assert cursor.fetchone()[0] == 2, table
        # Not by Django's models alone: any column of that name in the database.
        cursor.execute("SELECT table_name FROM information_schema.columns WHERE column_name = 'wrapped_key' ORDER BY 1")
        assert {name for (name,) in cursor.fetchall()} == {model._meta.db_table for model in holders()}


def test_the_rotation_is_in_the_trail(rotated, no1, child_at):
    child = child_at(no1)
    rotated()
    job = jobs.start("vault.rotate", {}, by=None)
    tasks.run(job.pk)
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    last = Event.objects.filter(children__contains=[child.pk]).latest("pk")
    assert last.kind == "change"
