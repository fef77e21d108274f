import base64
import time

import pytest

from jianping_xueji import vault
from jianping_xueji.vault import VaultError
from jianping_xueji.vault.keys import master_id

NUMBER = "211322201505120012"
PLACE = "number:id:7"


def text_key(letter: str) -> str:
    return base64.b64encode(letter.encode() * 32).decode()


@pytest.mark.parametrize("algorithm", ["intl", "sm"])
@pytest.mark.parametrize("text", [NUMBER, "", "王 某某𠮷", "x" * 100_000])
def test_what_is_sealed_opens_again(settings, algorithm, text):
    settings.VAULT_ALGORITHM = algorithm
    key = vault.new_child_key()
    assert vault.open_(key, memoryview(vault.seal(memoryview(key), text, PLACE)), PLACE) == text


def test_ciphertext_shows_nothing_and_never_repeats(child_key):
    sealed = {vault.seal(child_key, NUMBER, PLACE) for _ in range(50)}
    assert len(sealed) == 50
    assert not any(NUMBER.encode() in cipher for cipher in sealed)


def test_every_altered_byte_is_noticed(child_key):
    cipher = vault.seal(child_key, NUMBER, PLACE)
    for position in range(len(cipher)):
        altered = bytearray(cipher)
        altered[position] ^= 3
        with pytest.raises(VaultError):
            vault.open_(child_key, bytes(altered), PLACE)


@pytest.mark.parametrize("algorithm", ["intl", "sm"])
@pytest.mark.parametrize("length", range(0, 30, 5))
def test_a_cut_ciphertext_is_refused(settings, algorithm, length):
    settings.VAULT_ALGORITHM = algorithm
    key = vault.new_child_key()
    with pytest.raises(VaultError):
        vault.open_(key, vault.seal(key, NUMBER, PLACE)[:length], PLACE)


def test_a_value_copied_to_another_place_does_not_open(child_key):
    cipher = vault.seal(child_key, NUMBER, PLACE)
    with pytest.raises(VaultError):
        vault.open_(child_key, cipher, "number:id:8")


def test_another_childs_key_does_not_open(child_key):
    with pytest.raises(VaultError):
        vault.open_(vault.new_child_key(), vault.seal(child_key, NUMBER, PLACE), PLACE)


def test_a_place_must_be_named(child_key):
    with pytest.raises(ValueError):
        vault.seal(child_key, NUMBER, "")


def test_an_altered_wrapped_key_is_refused(child_key):
    cipher = vault.seal(child_key, NUMBER, PLACE)
    for position in range(len(child_key)):
        altered = bytearray(child_key)
        altered[position] ^= 3
        with pytest.raises(VaultError):
            vault.open_(bytes(altered), cipher, PLACE)


def test_rotation_rewraps_keys_and_touches_no_ciphertext(settings, child_key):
    cipher = vault.seal(child_key, NUMBER, PLACE)
    settings.VAULT_MASTER_KEYS = f"m2:{text_key('b')},m1:{text_key('a')}"
    rewrapped = vault.rewrap(child_key)
    assert [master_id(child_key), master_id(rewrapped)] == ["m1", "m2"]
    settings.VAULT_MASTER_KEYS = f"m2:{text_key('b')}"  # the old master key is gone for good
    assert vault.open_(rewrapped, cipher, PLACE) == NUMBER
    with pytest.raises(VaultError, match="主密钥不在"):
        vault.open_(child_key, cipher, PLACE)


def test_a_wrong_master_key_under_the_same_id_is_refused(settings, child_key):
    cipher = vault.seal(child_key, NUMBER, PLACE)
    settings.VAULT_MASTER_KEYS = f"m1:{text_key('z')}"
    with pytest.raises(VaultError):
        vault.open_(child_key, cipher, PLACE)


def test_old_values_open_after_the_algorithm_changed(settings, child_key):
    cipher = vault.seal(child_key, NUMBER, PLACE)
    settings.VAULT_ALGORITHM = "sm"
    assert vault.open_(vault.rewrap(child_key), cipher, PLACE) == NUMBER
    assert vault.open_(child_key, vault.seal(child_key, NUMBER, PLACE), PLACE) == NUMBER


def test_ten_thousand_children_are_sealed_in_well_under_a_second():
    keys = [vault.new_child_key() for _ in range(10_000)]
    start = time.perf_counter()
    for key in keys:
        vault.seal(key, NUMBER, PLACE)
    assert time.perf_counter() - start < 1
