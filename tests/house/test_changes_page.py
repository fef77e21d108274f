"""docs/changes.md says what the machines do: whoever changes a kind writes the page anew."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from approvals.management.commands import describe_changes


def test_the_page_is_not_stale():
    call_command("describe_changes", check=True)


def test_a_stale_page_is_found(monkeypatch, tmp_path):
    page = tmp_path / describe_changes.PAGE
    page.parent.mkdir()
    real = Path(settings.BASE_DIR) / describe_changes.PAGE
    page.write_text(real.read_text(encoding="utf-8").replace("已休学", "休学了"), encoding="utf-8")
    monkeypatch.setattr(settings, "BASE_DIR", tmp_path)
    with pytest.raises(CommandError):
        call_command("describe_changes", check=True)
