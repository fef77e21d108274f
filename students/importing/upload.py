"""An uploaded list as it waits to be confirmed: the original and what the dry run said of it, both sealed."""

import json
import zlib
from collections.abc import Iterable

from django.conf import settings
from django.db import models

from jianping_xueji import vault
from jianping_xueji.vault import files

from .findings import Finding


class SealedUpload(models.Model):
    """What the row of an upload keeps, whoever uploaded what. A kind names the two places its seals are bound to."""

    FILE_PLACE = REPORT_PLACE = ""

    name = models.CharField("文件名", max_length=120)
    sha256 = models.CharField("散列", max_length=64)
    wrapped_key = models.BinaryField("加密密钥", editable=False)
    stored_name = models.CharField("存储名", max_length=32, editable=False)
    counts = models.JSONField("计数", default=dict)
    digest = models.CharField("核对散列", max_length=64, blank=True)
    sealed_report = models.BinaryField("核对结果密文", default=b"", editable=False)
    job_id = models.BigIntegerField("后台任务", null=True, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人")
    uploaded_on = models.DateField("上传日期")

    class Meta:
        abstract = True

    def __str__(self):
        return self.name

    def hold(self, data: bytes, filename: str) -> None:
        """Seal an upload under a key of its own; the name without folders and without what no screen shows."""
        self.wrapped_key = vault.new_child_key()
        kept = files.store(self.wrapped_key, data, self.FILE_PLACE)
        self.sha256, self.stored_name = kept.sha256, kept.name
        shown = "".join(letter for letter in filename.replace("\\", "/").rpartition("/")[2] if letter.isprintable())
        self.name = shown[-120:] or "未命名.xlsx"

    def content(self) -> bytes:
        """The upload as it came. VaultError when it is missing or altered."""
        return files.load(bytes(self.wrapped_key), self.stored_name, self.FILE_PLACE, self.sha256)

    def note(self, findings: Iterable[Finding], changes: Iterable[str] = ()) -> None:
        """The sentences of a dry run: about faults, and of what stands what would change. They stay sealed."""
        report = {"findings": [finding.as_dict() for finding in findings], "changes": list(changes)}
        said = json.dumps(report, ensure_ascii=False).encode()
        self.sealed_report = vault.seal_bytes(bytes(self.wrapped_key), zlib.compress(said), self.REPORT_PLACE)

    @property
    def report(self) -> dict[str, list]:
        """The sentences of the dry run; none once the upload was given up."""
        if not self.sealed_report:
            return {"findings": [], "changes": []}
        packed = vault.open_bytes(bytes(self.wrapped_key), bytes(self.sealed_report), self.REPORT_PLACE)
        said = json.loads(zlib.decompress(packed))
        return said if isinstance(said, dict) else {"findings": said, "changes": []}  # as noted before changes were

    @property
    def findings(self) -> list[dict]:
        return self.report["findings"]
