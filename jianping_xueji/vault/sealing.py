"""Seal and open single values under a child's key.

Sealed bytes read: version byte · nonce · ciphertext and tag.
"""

from .ciphers import BY_NAME, algorithm, close, disclose
from .errors import VaultError
from .keys import child_cipher


def seal(wrapped: bytes, text: str, aad: str) -> bytes:
    """Ciphertext of ``text`` under the child key ``wrapped``, bound to the place ``aad``."""
    return seal_bytes(wrapped, text.encode(), aad)


def open_(wrapped: bytes, cipher: bytes, aad: str) -> str:
    """The text of :func:`seal`. VaultError for a wrong key, a wrong place or altered bytes."""
    try:
        return open_bytes(wrapped, cipher, aad).decode()
    except UnicodeDecodeError:
        raise VaultError("密文不是文字") from None


def seal_bytes(wrapped: bytes, data: bytes, aad: str) -> bytes:
    """As :func:`seal`, for files up to some ten megabytes."""
    version = BY_NAME[algorithm()].version
    return bytes((version,)) + close(child_cipher(bytes(wrapped), version), data, _place(version, aad))


def open_bytes(wrapped: bytes, cipher: bytes, aad: str) -> bytes:
    """The bytes of :func:`seal_bytes`. Takes the memoryview that a BinaryField hands out."""
    sealed = bytes(cipher)
    if not sealed:
        raise VaultError("密文残缺")
    version = sealed[0]
    return disclose(child_cipher(bytes(wrapped), version), sealed[1:], _place(version, aad))


def _place(version: int, aad: str) -> bytes:
    """What is authenticated beside the value: the version (no downgrade) and the place."""
    if not aad:
        raise ValueError("aad must name the place of the value")
    return bytes((version,)) + aad.encode()
