"""From where a request comes, for the audit and for the delay of guessing."""

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The network address asked from. Behind our own proxy, what that proxy saw: the last entry, never what the
    browser wrote itself.
    """
    if settings.BEHIND_PROXY:
        said = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        return (said or request.META.get("REMOTE_ADDR", ""))[:64]
    return request.META.get("REMOTE_ADDR", "")[:64]
