"""Guessing is slowed by pairs of account and address, never by the address alone: a school's people share one, and one
child guessing must not lock a school out (finding 10). Each try is counted before it is judged, so that a hundred at
once are no better than a hundred in a row. An account that exists and one that does not are told the same.
"""

from datetime import timedelta

from django.db import connection
from django.utils import timezone
from django.utils.crypto import salted_hmac

FREE = 5
FIRST, MOST = timedelta(seconds=30), timedelta(hours=1)
FORGOTTEN = timedelta(hours=24)
# From many addresses together; an address from which the account has come in before is not part of the crowd.
AN_HOUR = 20

COUNT = """
INSERT INTO accounts_attempt AS a (account, address, failures, last_at) VALUES (%(account)s, %(address)s, 1, %(now)s)
ON CONFLICT (account, address) DO UPDATE SET
    failures = CASE WHEN a.last_at < %(forgotten)s THEN 1 ELSE a.failures + 1 END, last_at = %(now)s
RETURNING failures, succeeded_at
"""
STANDING = "SELECT failures, last_at, succeeded_at FROM accounts_attempt WHERE account = %s AND address = %s"
CROWD = "SELECT coalesce(sum(failures), 0) FROM accounts_attempt WHERE account = %s AND last_at > %s"
FORGET = "UPDATE accounts_attempt SET failures = 0, succeeded_at = %s WHERE account = %s AND address = %s"


def key_of(account: str) -> str:
    """What stands for an account in the table: what was typed may be a password."""
    return salted_hmac("accounts.attempt", account.strip().casefold(), algorithm="sha256").hexdigest()[:24]


def wait_before(account: str, address: str) -> timedelta:
    """Count one more try; how long the person must wait first (zero: the try may be judged)."""
    now, key = timezone.now(), key_of(account)
    with connection.cursor() as cursor:
        cursor.execute(STANDING, [key, address])
        failures, last_at, succeeded_at = cursor.fetchone() or (0, now, None)
        until = last_at + delay_after(failures) if last_at > now - FORGOTTEN else now
        if until > now:
            return until - now
        if not succeeded_at:
            cursor.execute(CROWD, [key, now - timedelta(hours=1)])
            if cursor.fetchone()[0] >= AN_HOUR:
                return MOST
        cursor.execute(COUNT, {"account": key, "address": address, "now": now, "forgotten": now - FORGOTTEN})
        counted, _ = cursor.fetchone()
    # Those who came at the same moment got different numbers; whoever is past the free ones waits.
    return delay_after(counted - 1) if counted - 1 > max(failures, FREE - 1) else timedelta()


def delay_after(failures: int) -> timedelta:
    """After five failures half a minute, doubled each time, an hour at most."""
    if failures < FREE:
        return timedelta()
    return min(FIRST * 2 ** min(failures - FREE, 16), MOST)


def forget(account: str, address: str) -> None:
    """It was the right person."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [timezone.now(), key_of(account), address])


def words(wait: timedelta) -> str:
    minutes = max(1, -(-int(wait.total_seconds()) // 60))
    return f"连续多次未能通过，请在{minutes}分钟后再试；急用请联系县教育局数据管理员。"
