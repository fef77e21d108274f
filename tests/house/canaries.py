"""Where a name or a number could get out: answers, the files in them, logs, addresses, the broker, files left lying."""

import io
import logging
import os
import sys
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path

import pikepdf
import redis
from django.conf import settings

from tests.reports.texts import text_of


def told(response) -> str:
    """Everything an answer says: body, headers, where it leads. A body that is a file is not opened."""
    body = b"" if response.streaming else response.content
    return body.decode("utf-8", "replace") + str(response.headers)


def everything(response) -> str:
    """The same, and the text within the file that is handed out."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return said_in(body) + str(response.headers)


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
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))

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
        return "".join(said_in(part) for key in self.broker.scan_iter() for part in (key, *self.held(key)))

    def held(self, key: bytes) -> list[bytes]:
        kind = self.broker.type(key)
        if kind == b"list":
            return self.broker.lrange(key, 0, -1)
        if kind == b"set":
            return list(self.broker.smembers(key))
        if kind == b"hash":
            return list(self.broker.hvals(key))
        return self.broker.zrange(key, 0, -1) if kind == b"zset" else [self.broker.get(key)]


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
