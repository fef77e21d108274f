"""The second factor: a time-based code (RFC 6238) by an authenticator on the person's own phone, each code once."""

import base64
import hashlib
import secrets
import time
from urllib.parse import quote

from django.db import transaction
from django.utils import timezone
from django_otp.oath import TOTP

from accounts.policies import powers_of
from jianping_xueji import vault

from .models import RecoveryCode, SecondFactor

STEP, TOLERANCE = 30, 1
ISSUER = "建平学籍"
RECOVERY_CODES = 8
# Whoever decides, administers, audits, or hands data out.
TWO_FACTORS = {"bureau_make", "bureau_check", "bureau_sign", "fix_data", "audit_school", "check_change", "sign_change"}


def needs(user) -> bool:
    """Whether this person's rights ask for a second factor."""
    return any(powers_of(user).schools(right) for right in TWO_FACTORS)


def of(user) -> SecondFactor | None:
    """The confirmed second factor of a person."""
    return SecondFactor.objects.filter(user=user).exclude(confirmed_at=None).first()


def begin(user) -> SecondFactor:
    """The unconfirmed factor a person is about to set up; a confirmed one is never replaced here."""
    with transaction.atomic():
        found = SecondFactor.objects.select_for_update().filter(user=user).first()
        if found is None:
            key = vault.new_child_key()
            secret = vault.seal_bytes(key, secrets.token_bytes(20), _place(user))
            found = SecondFactor.objects.create(user=user, wrapped_key=key, secret=secret)
    return found


def _place(user) -> str:
    return f"second_factor:{user.pk}"


def secret_of(factor: SecondFactor) -> bytes:
    return vault.open_bytes(factor.wrapped_key, factor.secret, _place(factor.user))


def address_of(factor: SecondFactor) -> str:
    """What the QR code says to the authenticator."""
    secret = base64.b32encode(secret_of(factor)).decode()
    label = quote(f"{ISSUER}:{factor.user.get_username()}")
    return f"otpauth://totp/{label}?secret={secret}&issuer={quote(ISSUER)}&digits=6&period={STEP}"


@transaction.atomic
def passes(user, code: str, *, setting_up: bool = False) -> bool:
    """Is this the person's code, not used before? A code, or any older one, is good once only."""
    code = code.replace(" ", "")
    if not setting_up and len(code) > 6:
        return _recovers(user, code)
    factor = SecondFactor.objects.select_for_update().filter(user=user).first()
    if factor is None or not (code.isascii() and code.isdecimal() and len(code) == 6):
        return False
    if factor.confirmed_at is None and not setting_up:
        return False
    totp = TOTP(secret_of(factor), STEP)
    totp.time = time.time()
    if not totp.verify(int(code), TOLERANCE, factor.last_step + 1):
        return False
    factor.last_step = totp.t()
    factor.confirmed_at = factor.confirmed_at or timezone.now()
    factor.save(update_fields=["last_step", "confirmed_at"])
    return True


def _recovers(user, code: str) -> bool:
    unused = RecoveryCode.objects.filter(user=user, digest=_digest(user, code), used_at=None)
    return bool(unused.update(used_at=timezone.now()))


def _digest(user, code: str) -> str:
    # 120 random bits: a plain hash is enough (ASVS 6.5.2 asks for a slow one below 112).
    return hashlib.sha256(f"{user.pk}:{code.upper().replace('-', '')}".encode()).hexdigest()


@transaction.atomic
def new_recovery_codes(user) -> list[str]:
    """Eight codes, told once; those told before are void."""
    RecoveryCode.objects.filter(user=user).delete()
    codes = ["".join(secrets.choice(vault.CLEAR_SIGNS) for _ in range(24)) for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=_digest(user, code)) for code in codes)
    return ["-".join(code[at : at + 4] for at in range(0, 24, 4)) for code in codes]


@transaction.atomic
def reset(user) -> None:
    """The phone is lost: the person sets up a new one at the next entry. A second administrator does this."""
    SecondFactor.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
