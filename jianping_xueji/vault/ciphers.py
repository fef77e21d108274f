"""The two authenticated ciphers. The first byte of everything sealed says which one closed it.

国密 duty differs from county to county, so ``VAULT_ALGORITHM`` chooses the cipher for new data
(``intl`` AES-256-GCM, ``sm`` SM4-GCM); old data opens whatever the setting says.
"""

import os
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SM3, Hash
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from .errors import VaultError

NONCE, TAG = 12, 16


class AuthenticatedCipher(Protocol):
    version: int

    def __init__(self, key: bytes): ...
    def encrypt(self, nonce: bytes, data: bytes, aad: bytes) -> bytes: ...
    def decrypt(self, nonce: bytes, data: bytes, aad: bytes) -> bytes: ...


class Aes256Gcm:
    version = 1

    def __init__(self, key: bytes):
        aead = AESGCM(key)
        self.encrypt, self.decrypt = aead.encrypt, aead.decrypt


class Sm4Gcm:
    version = 2

    def __init__(self, key: bytes):
        # SM4 takes 16 bytes: derived, so that no key material is shared with the AES use of the same key.
        digest = Hash(SM3())
        digest.update(b"sm4-gcm" + key)
        self._algorithm = algorithms.SM4(digest.finalize()[:16])

    def encrypt(self, nonce: bytes, data: bytes, aad: bytes) -> bytes:
        context = Cipher(self._algorithm, modes.GCM(nonce)).encryptor()
        context.authenticate_additional_data(aad)
        return context.update(data) + context.finalize() + context.tag

    def decrypt(self, nonce: bytes, data: bytes, aad: bytes) -> bytes:
        context = Cipher(self._algorithm, modes.GCM(nonce, data[-TAG:])).decryptor()
        context.authenticate_additional_data(aad)
        return context.update(data[:-TAG]) + context.finalize()


BY_VERSION: dict[int, type[AuthenticatedCipher]] = {cipher.version: cipher for cipher in (Aes256Gcm, Sm4Gcm)}
BY_NAME: dict[str, type[AuthenticatedCipher]] = {"intl": Aes256Gcm, "sm": Sm4Gcm}


def algorithm() -> str:
    """The name of the algorithm family for new data, ``intl`` unless the deployment chose ``sm``."""
    name = getattr(settings, "VAULT_ALGORITHM", "intl")
    if name not in BY_NAME:
        raise ImproperlyConfigured("VAULT_ALGORITHM 只能是 intl 或 sm")
    return name


def close(cipher: AuthenticatedCipher, data: bytes, aad: bytes) -> bytes:
    """Nonce and ciphertext. Random 96-bit nonces: one child's key closes far fewer than 2³² values."""
    nonce = os.urandom(NONCE)
    return nonce + cipher.encrypt(nonce, data, aad)


def disclose(cipher: AuthenticatedCipher, closed: bytes, aad: bytes) -> bytes:
    """The inverse of :func:`close`; VaultError when key, place or content is not the sealed one."""
    if len(closed) < NONCE + TAG:
        raise VaultError("密文残缺")
    try:
        return cipher.decrypt(closed[:NONCE], closed[NONCE:], aad)
    except InvalidTag:
        raise VaultError("密文无法打开：密钥不符、位置不符或内容被改动") from None
