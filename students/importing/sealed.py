"""What a dry run showed, sealed for the person who saw it: nothing is stored before it is confirmed."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

from approvals.errors import Refused
from jianping_xueji import vault
from law import clock

STALE = "核对结果已失效，请重新上传。"


def seal(seen: dict, *, purpose: str, by) -> str:
    """A text that only this person can give back, today."""
    key = vault.new_child_key()
    cipher = vault.seal(key, json.dumps(seen, ensure_ascii=False), _aad(purpose, by))
    return ".".join(urlsafe_b64encode(part).decode() for part in (bytes(key), bytes(cipher)))


def unseal(token: str, *, purpose: str, by) -> dict:
    """What was sealed. Raises Refused for any other text."""
    try:
        key, cipher = (urlsafe_b64decode(part) for part in token.split("."))
        return json.loads(vault.open_(key, cipher, _aad(purpose, by)))
    except (ValueError, vault.VaultError) as error:
        raise Refused(STALE) from error


def _aad(purpose: str, by) -> str:
    return f"{purpose}.{by.pk}.{clock.today()}"
