"""Originals filed for ever: the form the guardian signed and the child's page of the household book (第六条第二款)."""

from dataclasses import asdict

from django.db import transaction

from accounts.models import User
from accounts.policies import powers_behind
from approvals.errors import NotYourHand
from jianping_xueji.vault.files import load
from jianping_xueji.vault.keeping import keep_scan, shown_scan
from law import articles, clock, parameters

from ..models.intake import Application, FiledScan


def place_of(application: Application) -> str:
    """A scan is bound to its application, so that a file moved to another child cannot be opened."""
    return f"application.{application.pk}"


@transaction.atomic
def file_scan(application: Application, paper: str, data: bytes, filename: str, *, by: User) -> FiledScan:
    """Keep a scan under the child's own key; an earlier one stays beside it. Raises ScanRefused, NotYourHand."""
    child = application.student
    if not powers_behind(by, "make_change", child.school_id):
        raise NotYourHand(f"登记原件由{child.school}学籍管理员归档（{articles.REGISTER_COLLECT}）。")
    limit = parameters.on(clock.today())["scan.max_bytes"]
    kept = keep_scan(bytes(child.wrapped_key), place_of(application), data, filename, limit=limit)
    return FiledScan.objects.create(application=application, paper=paper, uploaded_by=by, **asdict(kept))


def content_of(scan: FiledScan) -> bytes:
    """The picture to show. Raises VaultError when it is missing or altered."""
    return shown_scan(bytes(scan.application.student.wrapped_key), place_of(scan.application), scan)


def original_of(scan: FiledScan) -> bytes:
    """The scan as it was handed in. Raises VaultError when it is missing or altered."""
    return load(bytes(scan.application.student.wrapped_key), scan.name, place_of(scan.application), scan.sha256)
