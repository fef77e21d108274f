"""How a session begins and ends: one a person, idle half an hour, ten hours at most, sealed accounts none."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from accounts.models import User

ENTERED, PROVED, CONFIRMED, TOUCHED = "entered_at", "second_factor", "confirmed_at", "touched_at"
LONGEST = timedelta(hours=10)
CONFIRMED_FOR = timedelta(minutes=15)
# The half hour of idleness is counted to the minute: not every page has to write the session.
TOUCH_EVERY = timedelta(minutes=1)


def is_sealed(user: User) -> bool:
    """Not used for 90 days (等保: 停用多余、过期的账户); an administrator unseals it with a reason."""
    days = settings.ACCOUNT_SEALED_AFTER_DAYS
    if not days:
        return False
    used = max(filter(None, (user.last_login, user.date_joined, user.unsealed_at)))
    return used < timezone.now() - timedelta(days=days)


def began(request) -> None:
    """The person has just entered: the former session of the same person is over."""
    session = request.session
    session[ENTERED] = session[CONFIRMED] = timezone.now().isoformat()
    goes_on(request)


def goes_on(request) -> None:
    """The session of this request is the person's only one, under whatever key it now has."""
    session = request.session
    session.save()
    request.user.session_key = session.session_key
    User.objects.filter(pk=request.user.pk).update(session_key=session.session_key)


def ended(request) -> str:
    """Why this session is over, as the sign-in page says it; "" while it lives."""
    user, session = request.user, request.session
    if settings.ONE_ACTIVE_SESSION and user.session_key and user.session_key != session.session_key:
        return "elsewhere"
    entered = moment(session, ENTERED)
    if entered is None:
        session[ENTERED] = timezone.now().isoformat()
    elif timezone.now() - entered > LONGEST:
        return "long"
    return ""


def touch(session) -> None:
    """Somebody is there: the half hour begins anew."""
    last, now = moment(session, TOUCHED), timezone.now()
    if last is None or now - last >= TOUCH_EVERY:
        session[TOUCHED] = now.isoformat()


def moment(session, name: str) -> datetime | None:
    try:
        return datetime.fromisoformat(session.get(name, ""))
    except (TypeError, ValueError):
        return None


def has_confirmed(session) -> bool:
    """Whether the password was given within the last quarter of an hour."""
    given = moment(session, CONFIRMED)
    return bool(given) and timezone.now() - given < CONFIRMED_FOR


def confirmed(session) -> None:
    session[CONFIRMED] = timezone.now().isoformat()


ENDINGS = {
    "elsewhere": "您的账号已在另一处登录，这里的登录已结束。如非本人，请立即更换密码并报告县教育局数据管理员。",
    "long": "登录已满十小时，请重新登录。",
}
