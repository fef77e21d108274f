"""数据分级: every field has a level, keys are on no page of the admin, and the checks can fail."""

import csv
from io import StringIO

import pytest
from django.core.management import call_command

from jianping_xueji.data_fixes.urls import site
from jianping_xueji.data_levels import checks, levels
from jianping_xueji.data_levels.levels import Level, level_of
from students.models import Student, StudentNumber


@pytest.fixture
def said(monkeypatch):
    """Replace one line of the table."""

    def say(model, field, level):
        known = levels.rows() | {(model, field): level}
        monkeypatch.setattr(levels, "rows", lambda: known)
        monkeypatch.setattr(checks, "rows", levels.rows)

    return say


def test_every_field_has_a_level():
    assert checks.fields_have_levels(None) == []


def test_a_new_table_without_a_level_is_found(monkeypatch):
    known = {key: level for key, level in levels.rows().items() if key[0] != "students.FrozenRecord"}
    monkeypatch.setattr(levels, "rows", lambda: known)
    found = checks.fields_have_levels(None)
    assert [e.id for e in found] == ["xueji.E101"] and "students.FrozenRecord" in found[0].msg


def test_a_line_of_a_table_that_is_gone_is_found(said):
    said("students.Nobody", "*", Level.CHILD)
    assert [e.id for e in checks.fields_have_levels(None)] == ["xueji.E102"]


def test_a_key_below_secret_is_found(said):
    said("students.Student", "wrapped_key", Level.CHILD)
    assert {e.id for e in checks.fields_have_levels(None)} == {"xueji.E103"}


def test_a_table_about_children_cannot_be_open(said):
    said("students.Enrolment", "*", Level.OPEN)
    assert {e.id for e in checks.fields_have_levels(None)} == {"xueji.E104"}


def test_history_is_as_sensitive_as_what_it_follows():
    event = Student.pgh_event_model
    assert level_of(event._meta.get_field("phone")) == Level.CHILD
    assert level_of(event._meta.get_field("pgh_label")) == Level.OFFICE


def test_no_page_of_the_admin_shows_a_key(monkeypatch):
    assert checks.secrets_shown(site) == []
    admin = next(iter(site._registry.values()))
    monkeypatch.setitem(site._registry, StudentNumber, admin)
    monkeypatch.setattr(admin, "list_display", ["cipher"])
    assert checks.secrets_shown(site) == ["students.StudentNumber.cipher"]


def test_the_command_lists_what_is_never_read():
    out = StringIO()
    call_command("data_levels", level="SECRET", stdout=out)
    lines = list(csv.reader(StringIO(out.getvalue())))[1:]
    assert ["students.StudentNumber", "cipher", "密文", "密钥与密文"] in lines
    assert {line[3] for line in lines} == {"密钥与密文"}
