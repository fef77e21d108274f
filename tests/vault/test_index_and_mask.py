import pytest

from jianping_xueji import vault

NUMBER = "21132220150512001X"


@pytest.mark.parametrize("algorithm", ["intl", "sm"])
def test_one_number_has_one_fingerprint_however_it_is_typed(settings, algorithm):
    settings.VAULT_ALGORITHM = algorithm
    spellings = [NUMBER, NUMBER.lower(), f"  {NUMBER}　", "２１１３２２２０１５０５１２００１Ｘ"]
    fingerprints = {vault.index(spelling, "id") for spelling in spellings}
    assert len(fingerprints) == 1
    assert len(fingerprints.pop()) == 32


def test_columns_and_keys_keep_fingerprints_apart(settings):
    one = vault.index(NUMBER, "id")
    assert vault.index(NUMBER, "registry") != one
    settings.VAULT_INDEX_KEY = settings.VAULT_MASTER_KEYS.partition(":")[2]
    assert vault.index(NUMBER, "id") != one


def test_purpose_must_be_named():
    with pytest.raises(ValueError):
        vault.index(NUMBER, "")


def test_tail_is_what_the_mask_shows():
    assert vault.tail(" 21132220150512001x ") == "001X"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("0012", "**************0012"),
        ("211322201505120012", "**************0012"),
        ("G211322201505120012", "***************0012"),
        ("12345", "***45"),
        ("", ""),
    ],
)
def test_numbers_are_masked(given, shown):
    assert vault.mask(given) == shown


def test_a_registry_number_is_masked_in_its_own_length():
    assert vault.mask("0012", length=19) == "***************0012"


@pytest.mark.parametrize(("name", "shown"), [("王小明", "王＊＊"), ("王", "王"), ("", "")])
def test_names_are_masked(name, shown):
    assert vault.mask_name(name) == shown


@pytest.mark.parametrize(
    ("phone", "shown"), [("13812345678", "138****5678"), ("7812345", "*****45"), ("12", "**"), ("", "")]
)
def test_phones_are_masked(phone, shown):
    assert vault.mask_phone(phone) == shown
