"""Master keys from the environment, and the children's keys that they wrap.

A wrapped key reads: version byte · length of the master key's id · id · nonce · ciphertext of 32 random bytes.
Rotation puts a new master key first, rewraps every stored key and touches no ciphertext and no history.
"""

import base64
import binascii
import os
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed

from .ciphers import BY_NAME, BY_VERSION, AuthenticatedCipher, algorithm, close, disclose
from .errors import VaultError

KEY_BYTES = 32
# 32 signs of codes that people type: none that a tired eye confuses.
CLEAR_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
# Opened child keys kept in memory per process: a class list or a case page, never the whole county.
REMEMBERED_KEYS = 4096


@dataclass(frozen=True)
class KeyRing:
    """All master keys by id; ``current`` wraps new child keys."""

    current: str
    masters: dict[str, bytes]


def decoded(text: str, what: str) -> bytes:
    """32 bytes from base64; ImproperlyConfigured names ``what`` and never shows the value."""
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ImproperlyConfigured(f"{what} 不是 base64") from None
    if len(key) != KEY_BYTES:
        raise ImproperlyConfigured(f"{what} 应为 {KEY_BYTES} 字节，现为 {len(key)} 字节")
    return key


@lru_cache(maxsize=1)
def ring() -> KeyRing:
    """The master keys of ``VAULT_MASTER_KEYS`` (``id:base64[,id:base64]``, first is current)."""
    masters: dict[str, bytes] = {}
    for entry in filter(None, (part.strip() for part in (settings.VAULT_MASTER_KEYS or "").split(","))):
        identity, colon, text = entry.partition(":")
        if not colon or not identity or len(identity.encode()) > 255:
            raise ImproperlyConfigured("VAULT_MASTER_KEYS 的每一项应为“编号:base64”")
        if identity in masters:
            raise ImproperlyConfigured(f"VAULT_MASTER_KEYS 的编号 {identity} 重复")
        masters[identity] = decoded(text, f"VAULT_MASTER_KEYS 的 {identity}")
    if not masters:
        raise ImproperlyConfigured("缺少 VAULT_MASTER_KEYS")
    return KeyRing(current=next(iter(masters)), masters=masters)


@lru_cache(maxsize=16)
def _master_cipher(identity: str, version: int) -> AuthenticatedCipher:
    return BY_VERSION[version](ring().masters[identity])


def new_child_key() -> bytes:
    """A fresh key for one child, wrapped by the current master key; store it beside the child."""
    return _wrap(os.urandom(KEY_BYTES))


def rewrap(wrapped: bytes) -> bytes:
    """The same child key under the current master key. VaultError if its old master key is gone."""
    return _wrap(unwrapped(bytes(wrapped)))


def master_id(wrapped: bytes) -> str:
    """Which master key holds this child key; rotation asks it to find what is left to rewrap."""
    return _parts(bytes(wrapped))[1]


def _wrap(key: bytes) -> bytes:
    identity = ring().current
    version = BY_NAME[algorithm()].version
    name = identity.encode()
    header = bytes((version, len(name))) + name
    return header + close(_master_cipher(identity, version), key, header)


def _parts(wrapped: bytes) -> tuple[int, str, bytes, bytes]:
    """Version, master key id, header, closed rest."""
    try:
        version, length = wrapped[0], wrapped[1]
        identity = wrapped[2 : 2 + length].decode()
    except (IndexError, UnicodeDecodeError):
        raise VaultError("封装的密钥残缺") from None
    return version, identity, wrapped[: 2 + length], wrapped[2 + length :]


def unwrapped(wrapped: bytes) -> bytes:
    """The 32 bytes themselves, for the vault alone. VaultError when the master key is gone or the bytes altered."""
    wrapped = bytes(wrapped)
    version, identity, header, closed = _parts(wrapped)
    if version not in BY_VERSION:
        raise VaultError("封装的密钥版本不识")
    if identity not in ring().masters:
        raise VaultError("封装此密钥的主密钥不在环境中")
    return disclose(_master_cipher(identity, version), closed, header)


@lru_cache(maxsize=REMEMBERED_KEYS)
def child_cipher(wrapped: bytes, version: int) -> AuthenticatedCipher:
    """The cipher object of one child's key, unwrapped at first use and remembered for the next."""
    if version not in BY_VERSION:
        raise VaultError("密文版本不识")
    return BY_VERSION[version](unwrapped(wrapped))


def forget(**_signal) -> None:
    """Drop every key held in memory: after rotation, and when a test changes the settings."""
    for remembered in (ring, _master_cipher, child_cipher):
        remembered.cache_clear()


def _forget_on_change(*, setting, **_signal) -> None:
    if setting.startswith("VAULT_"):
        forget()


setting_changed.connect(_forget_on_change, dispatch_uid="vault.keys")
