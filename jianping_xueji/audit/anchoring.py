"""The daily anchor: the head of the chain, kept where nobody who rules the database can reach it.

A file in ``AUDIT_ANCHOR_DIR`` (to lie on another machine under another administrator) and a sheet of paper with the
bureau's seal. Whoever rewrites the whole chain cannot rewrite the paper.
"""

import hashlib
import json
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

from .models import Anchor, Seal
from .sealing import seal_all, sealer

NOTHING = "0" * 64
ANCHOR = """INSERT INTO audit_anchor ("on", made_at, height, events, hash, sm3, file)
    VALUES (%s, now(), %s, %s, %s, %s, %s) ON CONFLICT ("on") DO NOTHING"""


def head() -> tuple[int, int, str]:
    """(height, number of sealed events, hash) of the last seal."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(height), 0), coalesce(sum(number), 0)::bigint FROM audit_seal")
        height, events = cursor.fetchone()
        cursor.execute("SELECT hash FROM audit_seal WHERE height = %s", [height])
        found = cursor.fetchone()
    return height, events, found[0] if found else NOTHING


def passed_by(moment: datetime) -> int:
    """No event up to this number is as young as the moment: it was anchored before. 0 when nothing was.

    Numbers are drawn in the order of time, and a range of numbers is read by their index, however many lie below.
    """
    height = Anchor.objects.filter(made_at__lt=moment).order_by("-on").values_list("height", flat=True).first()
    top = Seal.objects.filter(height=height).values_list("top", flat=True).first() if height else None
    return top or 0


def drop(on: date) -> Anchor:
    """Seal what is there and anchor it for this day; a day has one anchor, whoever asks again gets the same."""
    if known := Anchor.objects.filter(on=on).first():
        keep_file(known)
        return known
    seal_all()
    height, events, digest = head()
    said = [on, height, events, digest, sm3(digest), f"anchor-{on.isoformat()}.json"]
    with sealer() as sealing:
        sealing.execute(ANCHOR, said)
    anchor = Anchor.objects.get(on=on)
    keep_file(anchor)
    return anchor


def sm3(text: str) -> str:
    """The digest of 国密, where AUDIT_SM3 asks for it and this machine's OpenSSL has it."""
    if not settings.AUDIT_SM3:
        return ""
    return hashlib.new("sm3", text.encode()).hexdigest()


def content(anchor: Anchor) -> dict:
    """What file and paper say."""
    words = {"on": anchor.on.isoformat(), "height": anchor.height, "events": anchor.events, "hash": anchor.hash}
    return words | ({"sm3": anchor.sm3} if anchor.sm3 else {})


def keep_file(anchor: Anchor) -> Path:
    """Write the file unless it is there; one that is there is never touched, it may be the only honest one."""
    folder = Path(settings.AUDIT_ANCHOR_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / anchor.file
    if not path.exists():
        draft = path.with_suffix(".new")
        draft.write_text(json.dumps(content(anchor), ensure_ascii=False, indent=1), "utf-8")
        draft.rename(path)
    return path


def files() -> list[Path]:
    """Every anchor file in the folder, by day."""
    return sorted(Path(settings.AUDIT_ANCHOR_DIR).glob("anchor-*.json"))
