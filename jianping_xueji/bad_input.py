"""Characters no person types and no database row holds: an address, form or cookie with them is answered with 400.

PostgreSQL refuses the NUL character in every text, and half a surrogate pair cannot be written as UTF-8; without this
gate each search box and each part of an address would have to think of them.
"""

import re
from collections.abc import Iterator

from django.http import HttpRequest, QueryDict
from django.shortcuts import render

from .uploads import MEGABYTES, TooLarge

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class RefuseUnstorable:
    """Middleware: looks at path, query and cookies at once, at the posted values when a page is about to read them."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        given = [request.path, request.path_info, *request.COOKIES.values(), *texts_of(request.GET)]
        return refusal_of(request, given) or self.get_response(request)

    def process_view(self, request, *_view):
        if request.method != "POST":
            return None
        try:
            return refusal_of(request, texts_of(request.POST))
        except TooLarge:
            return render(request, "413.html", {"limit": f"{MEGABYTES} MB"}, status=413)


def texts_of(values: QueryDict) -> Iterator[str]:
    """Every name and every value; uploaded files are judged by whoever takes them in."""
    for name, given in values.lists():
        yield name
        yield from given


def refusal_of(request: HttpRequest, texts):
    """The page that says so, or None when all texts can be kept."""
    if any(UNSTORABLE.search(text) for text in texts):
        return render(request, "400.html", status=400)
    return None
