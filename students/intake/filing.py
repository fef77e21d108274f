"""Originals filed for ever: the form the guardian signed and the child's page of the household book (第六条第二款)."""

from django.db import transaction

from accounts.models import User
from accounts.policies import powers_behind
from approvals.errors import NotYourHand
from jianping_xueji.vault.files import load, store
from jianping_xueji.vault.scans import accept_scan
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
    accepted = accept_scan(data, limit=limit, name=filename)
    key, aad = bytes(child.wrapped_key), place_of(application)
    original = store(key, accepted.data, aad)
    preview = store(key, accepted.preview, aad) if accepted.preview != accepted.data else None
    return FiledScan.objects.create(
        application=application,
        paper=paper,
        name=original.name,
        sha256=original.sha256,
        preview_name=preview.name if preview else "",
        preview_sha256=preview.sha256 if preview else "",
        mime=accepted.mime,
        size=original.size,
        uploaded_by=by,
    )


def content_of(scan: FiledScan) -> bytes:
    """The picture to show. Raises VaultError when it is missing or altered."""
    key, aad = bytes(scan.application.student.wrapped_key), place_of(scan.application)
    if scan.preview_name:
        return load(key, scan.preview_name, aad, scan.preview_sha256)
    return load(key, scan.name, aad, scan.sha256)
