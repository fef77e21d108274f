"""Phones, addresses and health in columns and in copies of columns: equal text has equal ciphertext, only Python reads.

Deterministic on purpose: PostgreSQL goes on comparing, copying to history, journalling and undoing without a key.
Whoever holds the database alone learns which values are equal and how long they are, nothing else. A token reads
``~`` · letter of the family · version of the cipher · base64 of the ciphertext. Empty text stays empty.

Each family has a key of its own (:class:`.models.ColumnKey`), wrapped by the master key: rotating rewraps the keys
and touches no value. A family keeps the algorithm it began with, since values of two algorithms would never be equal.
"""

import re
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.core.signals import setting_changed

from .ciphers import NONCE, Sm4Gcm, disclose
from .errors import VaultError
from .indexing import fingerprint
from .keys import unwrapped

PHONE, ADDRESS, HEALTH = "phone", "address", "health"
FAMILIES = (PHONE, ADDRESS, HEALTH)
LETTERS = {family[0]: family for family in FAMILIES}
# By these names the values go in columns, and in the JSON that keeps copies of columns.
FAMILY_OF = {
    "phone": PHONE,
    "home_address": ADDRESS,
    "mail_address": ADDRESS,
    "family_address": ADDRESS,
    "household_address": ADDRESS,
    "residence": ADDRESS,
    "health": HEALTH,
    "disability": HEALTH,
}
TOKEN = re.compile(r"~[pah][12][A-Za-z0-9+/=]{24,}")
# Opened and sealed texts kept in memory per process: the addresses of some classes, the few codes of health.
REMEMBERED = 4096


class Sealed(str):
    """A token on its way: a column takes it as it is, where plain text would be sealed."""


class AesSiv:
    """RFC 5297: the keyed fingerprint of the text is nonce and tag in one."""

    version = 1

    def __init__(self, key: bytes, place: bytes):
        halves = (fingerprint(key, half + place, "intl") for half in (b"mac:", b"cipher:"))
        self._aead, self._place = AESSIV(b"".join(halves)), [place]

    def encrypt(self, data: bytes) -> bytes:
        return self._aead.encrypt(data, self._place)

    def decrypt(self, closed: bytes) -> bytes:
        return self._aead.decrypt(closed, self._place)


class Sm4Synthetic:
    """The envelope's SM4-GCM under a nonce that is the HMAC-SM3 of the text: no two texts share one."""

    version = 2

    def __init__(self, key: bytes, place: bytes):
        self._nonce_key = fingerprint(key, b"nonce:" + place, "sm")
        self._cipher, self._place = Sm4Gcm(fingerprint(key, b"cipher:" + place, "sm")), place

    def encrypt(self, data: bytes) -> bytes:
        nonce = fingerprint(self._nonce_key, data, "sm")[:NONCE]
        return nonce + self._cipher.encrypt(nonce, data, self._place)

    def decrypt(self, closed: bytes) -> bytes:
        return disclose(self._cipher, closed, self._place)


ALGORITHMS = {"intl": AesSiv, "sm": Sm4Synthetic}


class ColumnCipher:
    """Seals and opens the values of one family."""

    def __init__(self, family: str, algorithm: str, key: bytes):
        self._cipher = ALGORITHMS[algorithm](key, f"column:{family}".encode())
        self._head = f"~{family[0]}{self._cipher.version}"
        self.seal: Callable[[str], str] = lru_cache(REMEMBERED)(self._seal)
        self.open: Callable[[str], str] = lru_cache(REMEMBERED)(self._open)

    def _seal(self, text: str) -> Sealed:
        return Sealed(self._head + b2a_base64(self._cipher.encrypt(text.encode()), newline=False).decode())

    def _open(self, token: str) -> str:
        if not token.startswith(self._head):
            raise VaultError("密文不属于这一栏")
        try:
            return self._cipher.decrypt(a2b_base64(token[len(self._head) :])).decode()
        except (InvalidTag, ValueError):
            raise VaultError("密文无法打开：密钥不符、位置不符或内容被改动") from None


@lru_cache(maxsize=1)
def _ciphers() -> dict[str, ColumnCipher]:
    """All families by name, one question a process: a key once made never changes, only what wraps it."""
    from .models import ColumnKey

    rows = ColumnKey.objects.values_list("family", "algorithm", "wrapped_key")
    found = {family: ColumnCipher(family, algorithm, unwrapped(key)) for family, algorithm, key in rows}
    if missing := set(FAMILIES) - found.keys():
        _ciphers.cache_clear()
        raise VaultError(f"缺少栏目密钥：{'、'.join(sorted(missing))}。请先运行 bin/manage migrate。")
    return found


def cipher_of(family: str) -> ColumnCipher:
    return _ciphers()[family]


def ready() -> None:
    """Read the keys now: whoever seals while the connection is busy with COPY could not ask for them then."""
    _ciphers()


def seal_text(family: str, text: str) -> str:
    """The token of a text; "" and what is sealed already stay as they are."""
    if not text or isinstance(text, Sealed):
        return text
    return cipher_of(family).seal(text)


def open_text(token: str) -> str:
    """The text of a token, of whatever family. VaultError when altered or of another key."""
    return cipher_of(LETTERS.get(token[1:2], "")).open(token) if is_token(token) else token


def is_token(value: Any) -> bool:
    return isinstance(value, str) and value[:1] == "~" and TOKEN.fullmatch(value) is not None


def sealed(values: Any) -> Any:
    """A copy of JSON in which what goes by a name of FAMILY_OF is sealed, at any depth, pairs [before, after] too."""
    return _walked(values, "", seal_text)


def sealed_of_old(values: Any, name: str = "") -> Any:
    """The same of a copy that may be sealed already: tokens stay. `name` is that by which the value itself goes."""
    return _walked(values, FAMILY_OF.get(name, ""), _sealed_unless_token)


def _sealed_unless_token(family: str, text: str) -> str:
    return text if is_token(text) else seal_text(family, text)


def opened(values: Any) -> Any:
    """The inverse of :func:`sealed`; only under those names tokens are opened, nobody can type one to have it read."""
    return _walked(values, "", lambda _family, text: open_text(text))


def opened_if_sound(values: Any) -> Any:
    """The same; as they are where a token among them does not open."""
    try:
        return opened(values)
    except VaultError:
        return values


def sealed_as(name: str, value: Any) -> Any:
    """One value that goes by this name, sealed where the name asks for it."""
    return _walked(value, FAMILY_OF.get(name, ""), seal_text)


def opened_as(name: str, value: Any) -> Any:
    return _walked(value, FAMILY_OF.get(name, ""), lambda _family, text: open_text(text))


def _walked(value: Any, family: str, change: Callable[[str, str], str]) -> Any:
    if isinstance(value, str):
        return change(family, value) if family else value
    if isinstance(value, Mapping):
        return {name: _walked(each, FAMILY_OF.get(name, ""), change) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_walked(each, family, change) for each in value]
    return value


def forget(**_signal) -> None:
    _ciphers.cache_clear()


def _forget_on_change(*, setting, **_signal) -> None:
    if setting.startswith("VAULT_"):
        forget()


setting_changed.connect(_forget_on_change, dispatch_uid="vault.columns")
