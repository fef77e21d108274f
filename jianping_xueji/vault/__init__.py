"""保密字段与密件：给每个学生一把密钥，由环境里的主密钥封装。

A record that must stay confidential is kept as ciphertext under the child's own key::

    child.key = vault.new_child_key()
    child.cipher = vault.seal(child.key, number, aad="number:id:42")
    child.index = vault.index(number, "id")        # unique, exact search
    child.tail = vault.tail(number)                # what the mask may show

``aad`` names the place the value lives in; a ciphertext copied to another row or column does not open there.
Files go through :mod:`jianping_xueji.vault.files`, uploaded scans first through
:func:`jianping_xueji.vault.scans.accept_scan`.
"""

from .errors import ScanRefused, VaultError
from .indexing import index, tail
from .keys import CLEAR_SIGNS, new_child_key, rewrap
from .masking import mask, mask_name, mask_phone
from .sealing import open_, open_bytes, seal, seal_bytes

__all__ = [
    "CLEAR_SIGNS",
    "ScanRefused",
    "VaultError",
    "index",
    "mask",
    "mask_name",
    "mask_phone",
    "new_child_key",
    "open_",
    "open_bytes",
    "rewrap",
    "seal",
    "seal_bytes",
    "tail",
]
