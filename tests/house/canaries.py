"""Where a name or a number could get out: answers, the files in them, logs, addresses, the broker, files left lying."""

import base64
import html
import io
import json
import logging
import os
import re
import sys
import zipfile
import zlib
from contextlib import suppress
from email.header import decode_header, make_header
from pathlib import Path
from urllib.parse import unquote

import pikepdf
import redis
from django.conf import settings

from tests.reports.texts import text_of

# What of a page a browser asks for, keeps in its history and sends on as the place it came from.
LINK = re.compile(rb"""\b(?:href|src|action|formaction|hx-[a-z-]+)=["']([^"']*)["']""")


def told(response) -> str:
    """Everything an answer says: body, headers, where it leads. A body that is a file is not opened."""
    body = b"" if response.streaming else response.content
    return body.decode("utf-8", "replace") + headers_of(response)


def headers_of(response) -> str:
    """The headers as they are read: a name in one is written in percent signs, or as one of a letter is."""
    return unquote("\n".join(f"{name}: {make_header(decode_header(said))}" for name, said in response.headers.items()))


def links_of(response) -> str:
    """Every address that a page leads to, as it is read; nothing for a file that is handed out."""
    body = b"" if response.streaming else response.content
    return "\n".join(unquote(html.unescape(each.decode("utf-8", "replace"))) for each in LINK.findall(body))


def everything(response) -> str:
    """The same, and the text within the file that is handed out."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return said_in(body) + headers_of(response)


def said_in(body: bytes) -> str:
    """A text as it is, the members of a workbook or another zip, the words of a PDF."""
    plain = body.decode("utf-8", "replace")
    with suppress(zipfile.BadZipFile, pikepdf.PdfError, zlib.error):
        if body.startswith(b"PK\x03\x04"):
            with zipfile.ZipFile(io.BytesIO(body)) as archive:
                return "".join(f"{name}{said_in(archive.read(name))}" for name in archive.namelist())
        if body.startswith(b"%PDF"):
            return plain + text_of(body)
        if body.startswith(b"\x1f\x8b"):
            return said_in(zlib.decompress(body, wbits=31))
    return plain


def found_in(text: str, canaries: set[str]) -> set[str]:
    return {canary for canary in canaries if canary in text}


class Journal(logging.Handler):
    """Every line that any logger of the site writes, as the log of the server would hold it."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.setFormatter(logging.getLogger("django").handlers[0].formatter)

    def emit(self, record):
        self.lines.append(self.format(record))

    def __enter__(self):
        # "django" does not hand on to the root.
        self.loggers = [logging.getLogger(), logging.getLogger("django")]
        for each in self.loggers:
            each.addHandler(self)
        return self

    def __exit__(self, *_):
        for each in self.loggers:
            each.removeHandler(self)


class Queue:
    """What waits in the broker."""

    def __init__(self):
        self.broker = redis.Redis.from_url(settings.CELERY_BROKER_URL)

    def said(self) -> str:
        """Every key with what it holds; empty when nobody ever rang."""
        parts = (part for key in self.broker.scan_iter() for part in (key, *self.held(key)))
        return "".join(said_in(part) + message_in(part) for part in parts)

    def held(self, key: bytes) -> list[bytes]:
        kind = self.broker.type(key)
        if kind == b"list":
            return self.broker.lrange(key, 0, -1)
        if kind == b"set":
            return list(self.broker.smembers(key))
        if kind == b"hash":
            return list(self.broker.hvals(key))
        return self.broker.zrange(key, 0, -1) if kind == b"zset" else [self.broker.get(key)]


def message_in(part: bytes) -> str:
    """The words of a message of Celery: it escapes them, and wraps its arguments in base64 besides."""
    with suppress(ValueError, KeyError, TypeError):
        message = json.loads(part)
        arguments = json.loads(base64.b64decode(message["body"]))
        return json.dumps([message, arguments], ensure_ascii=False)
    return ""


class Watched:
    """Folders in which a program may leave something: their files, and what lay there for a moment only."""

    def __init__(self, *folders: Path):
        self.folders, self.gone, self.looking = folders, [], True
        # The interpreter tells of every removal, whoever asks for it.
        sys.addaudithook(self.told)

    def told(self, event: str, given: tuple) -> None:
        if event != "os.remove" or not self.looking:
            return
        name, folder = given
        path = os.path.join(os.readlink(f"/proc/self/fd/{folder}") if folder >= 0 else "", os.fsdecode(name))
        if any(path.startswith(str(each)) for each in self.folders):
            self.gone.append((path, Path(path).read_bytes()))

    def files(self):
        yield from self.gone
        for folder in self.folders:
            yield from ((str(path), path.read_bytes()) for path in folder.rglob("*") if path.is_file())

    def those_that_say(self, canaries: set[str]) -> list[str]:
        words = {canary: canary.encode() for canary in canaries}
        return [path for path, body in self.files() if any(word in body for word in words.values())]
