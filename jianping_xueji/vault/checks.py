"""The system refuses to start with missing or short keys; in DEBUG it only warns."""

from django.conf import settings
from django.core.checks import Error, Warning, register
from django.core.exceptions import ImproperlyConfigured

from .ciphers import algorithm
from .indexing import index_key
from .keys import ring

ADVICE = "32 字节随机数的 base64，例如 openssl rand -base64 32，写入环境变量。"


@register
def keys_are_sound(app_configs, **options) -> list[Error | Warning]:
    """One message per fault: master keys, index key, the two being the same key, unknown algorithm."""
    level = Warning if settings.DEBUG else Error
    faults = []
    for number, sound in enumerate((ring, index_key, algorithm, _keys_differ), start=1):
        try:
            sound()
        except (ImproperlyConfigured, AttributeError) as fault:
            faults.append(level(str(fault), hint=ADVICE, id=f"vault.E{number:03}"))
    return faults


def _keys_differ() -> None:
    """A leaked index key must not open any ciphertext."""
    try:
        shared = index_key() in ring().masters.values()
    except (ImproperlyConfigured, AttributeError):
        return  # said already
    if shared:
        raise ImproperlyConfigured("VAULT_INDEX_KEY 与主密钥相同")
