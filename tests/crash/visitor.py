"""Somebody at a browser while processes die: asks again until an answer comes, and knows what was never answered."""

import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Callable

from django.conf import settings
from django.db import Error, connections
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

LONGEST = 120
PAUSE = 0.3
CUT_OFF = (urllib.error.URLError, http.client.HTTPException, OSError)
TOKEN = "t" * 32


def patiently(ask: Callable, seconds=LONGEST):
    """What the database says, however often it goes away meanwhile."""
    until = time.monotonic() + seconds
    while True:
        try:
            return ask()
        except Error:
            connections.close_all()
            if time.monotonic() > until:
                raise
            time.sleep(PAUSE)


class NoWay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Visitor:
    """One person, signed in."""

    def __init__(self, user, address: str):
        client = Client()
        client.force_login(user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        cookies = {settings.SESSION_COOKIE_NAME: session, settings.CSRF_COOKIE_NAME: TOKEN}
        self.headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items()), "X-CSRFToken": TOKEN}
        self.address, self.opener, self.cut_off = address, urllib.request.build_opener(NoWay), 0

    def once(self, path: str, given: dict | None = None) -> tuple[int, str]:
        """Status and Location; raises one of CUT_OFF when nobody answered."""
        data = None if given is None else encode_multipart(BOUNDARY, given)
        headers = self.headers | ({"Content-Type": MULTIPART_CONTENT} if data else {})
        asked = urllib.request.Request(self.address + path, data, headers)
        try:
            with self.opener.open(asked, timeout=30) as answer:
                return answer.status, answer.headers.get("Location", "")
        except urllib.error.HTTPError as answer:
            return answer.code, answer.headers.get("Location", "")

    def post(self, path: str, given: dict, goes_on: Callable[[], bool]) -> tuple[int, str, int]:
        """Post until there is an answer: status, Location, and how often it may have been done unheard before.

        A 5xx tells nothing either: the database may have gone before or after the commit.
        """
        unheard = 0
        while True:
            try:
                status, where = self.once(path, given)
                if status < 500:
                    return status, where, unheard
            except CUT_OFF:
                pass
            unheard += 1
            self.cut_off += 1
            if not goes_on():
                return 0, "", unheard
            time.sleep(PAUSE)
