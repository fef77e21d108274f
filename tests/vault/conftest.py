"""Known keys and an empty file folder for every story of the vault."""

import base64

import pytest

from jianping_xueji import vault


def text_key(letter: str) -> str:
    return base64.b64encode(letter.encode() * 32).decode()


@pytest.fixture(autouse=True)
def keys(settings, tmp_path):
    settings.VAULT_MASTER_KEYS = f"m1:{text_key('a')}"
    settings.VAULT_INDEX_KEY = text_key("i")
    settings.MEDIA_DIR = tmp_path / "media"


@pytest.fixture
def child_key():
    return vault.new_child_key()
