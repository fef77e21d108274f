"""Uploads never lie in a temporary file, however large; too much at once is told, a stranger's file is read past."""

import tempfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from jianping_xueji import uploads
from tests.county import staff_member
from tests.house.canaries import Watched

CANARY = "样例甲211382201305"
DJANGOS_OWN = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    watched = Watched(tmp_path)
    yield watched
    watched.looking = False


@pytest.fixture
def registrar(no1):
    client = Client()
    client.force_login(staff_member(Role.REGISTRAR, no1))
    return client


def posted(client, megabytes: float):
    text = (CANARY + "\n").encode()
    body = text * int(megabytes * 2**20 / len(text))
    return client.post(reverse("students:import"), {"workbook": SimpleUploadedFile("名册.csv", body)})


def test_five_megabytes_leave_nothing_in_a_temporary_file(registrar, folder):
    assert posted(registrar, 5).status_code == 422
    assert folder.those_that_say({CANARY}) == []


def test_django_s_own_way_would_leave_them(registrar, folder, settings):
    """Control: the same upload without our handler lies in the folder in plain."""
    settings.FILE_UPLOAD_HANDLERS = DJANGOS_OWN
    posted(registrar, 5)
    assert folder.those_that_say({CANARY})


@pytest.mark.parametrize(("more", "status"), [(-1, 422), (0, 422), (1, 413)])
def test_too_much_at_once_is_told(registrar, monkeypatch, more, status):
    """By the length the request declares, before any of it is read."""
    body = b'--x\r\nContent-Disposition: form-data; name="workbook"; filename="a.csv"\r\n\r\n1\r\n--x--\r\n'
    monkeypatch.setattr(uploads, "MOST", len(body) - more)
    answer = registrar.post(reverse("students:import"), body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == status
    assert ("没有收下" in answer.content.decode()) == (status == 413)


def test_a_stranger_s_file_is_read_past(db, folder, monkeypatch):
    kept = []
    monkeypatch.setattr(uploads.InMemory, "file_complete", lambda self, size: kept.append(self.activated))
    assert posted(Client(), 3)["Location"].startswith("/login/")
    assert kept in ([], [False]) and folder.those_that_say({CANARY}) == []
