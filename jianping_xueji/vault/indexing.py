"""Blind index: equal numbers have equal fingerprints, and nobody without the key can compute one.

The algorithm follows ``VAULT_ALGORITHM`` (HMAC-SHA256 or HMAC-SM3); changing it means filling every index column anew.
"""

import hmac
import unicodedata
from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.hmac import HMAC
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed

from .ciphers import algorithm
from .keys import decoded


def index(text: str, purpose: str) -> bytes:
    """32 bytes that stand for ``text`` in unique columns and exact searches.

    ``purpose`` (``"id"``, ``"registry"`` …) keeps fingerprints of different columns incomparable.
    """
    return fingerprint(_purpose_key(purpose), normal(text).encode(), algorithm())


def normal(text: str) -> str:
    """The spelling that is compared: full-width folded, upper case, no outer blanks."""
    return unicodedata.normalize("NFKC", text).strip().upper()


def tail(text: str) -> str:
    """The last four characters, the part a masked number may show."""
    return normal(text)[-4:]


def index_key() -> bytes:
    """The key of ``VAULT_INDEX_KEY``; ImproperlyConfigured when it is missing or short."""
    text = settings.VAULT_INDEX_KEY
    if not text:
        raise ImproperlyConfigured("缺少 VAULT_INDEX_KEY")
    return decoded(text, "VAULT_INDEX_KEY")


def fingerprint(key: bytes, message: bytes, family: str) -> bytes:
    """32 bytes: HMAC of the message by the hash of an algorithm family, SHA-256 (``intl``) or SM3 (``sm``)."""
    if family == "intl":
        return hmac.digest(key, message, "sha256")
    mac = HMAC(key, SM3())
    mac.update(message)
    return mac.finalize()


@lru_cache(maxsize=64)
def _purpose_key(purpose: str) -> bytes:
    if not purpose:
        raise ValueError("purpose must name the column")
    return fingerprint(index_key(), b"index:" + purpose.encode(), algorithm())


def _forget_on_change(*, setting, **_signal) -> None:
    if setting.startswith("VAULT_"):
        _purpose_key.cache_clear()


setting_changed.connect(_forget_on_change, dispatch_uid="vault.indexing")
