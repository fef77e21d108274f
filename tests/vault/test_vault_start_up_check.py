import base64

import pytest
from django.core.exceptions import ImproperlyConfigured

from jianping_xueji import vault
from jianping_xueji.vault.checks import keys_are_sound

SHORT = base64.b64encode(b"short").decode()
SAME = base64.b64encode(b"a" * 32).decode()

FAULTS = [
    ({"VAULT_MASTER_KEYS": ""}, "缺少 VAULT_MASTER_KEYS"),
    ({"VAULT_MASTER_KEYS": f"m1:{SHORT}"}, "应为 32 字节，现为 5 字节"),
    ({"VAULT_MASTER_KEYS": "m1:***"}, "不是 base64"),
    ({"VAULT_MASTER_KEYS": SAME}, "编号:base64"),
    ({"VAULT_MASTER_KEYS": f"m1:{SAME},m1:{SAME}"}, "重复"),
    ({"VAULT_INDEX_KEY": ""}, "缺少 VAULT_INDEX_KEY"),
    ({"VAULT_INDEX_KEY": SHORT}, "应为 32 字节"),
    ({"VAULT_INDEX_KEY": SAME}, "与主密钥相同"),
    ({"VAULT_ALGORITHM": "rot13"}, "intl 或 sm"),
]


def test_sound_keys_pass():
    assert keys_are_sound(None) == []


@pytest.mark.parametrize(("changes", "words"), FAULTS)
def test_the_system_refuses_to_start(settings, changes, words):
    settings.DEBUG = False
    for name, value in changes.items():
        setattr(settings, name, value)
    (fault,) = keys_are_sound(None)
    assert words in fault.msg
    assert fault.is_serious()
    assert not any(value in fault.msg for value in (SHORT, SAME))


def test_in_debug_it_only_warns(settings):
    settings.DEBUG = True
    settings.VAULT_INDEX_KEY = ""
    (fault,) = keys_are_sound(None)
    assert not fault.is_serious()


def test_without_keys_nothing_is_sealed(settings):
    settings.VAULT_MASTER_KEYS = ""
    with pytest.raises(ImproperlyConfigured):
        vault.new_child_key()
