from django.db import models

from ..importing.container import Limits
from ..importing.upload import SealedUpload


class ReturnedList(SealedUpload):
    """待取回的名单：核对后可下载标注好的原表；只有上传人能取，当日有效，再传即换"""

    FILE_PLACE, REPORT_PLACE = "returned.file", "returned.report"

    class Meta:
        verbose_name = verbose_name_plural = "待取回的名单"
        default_permissions = ["view"]
        indexes = [models.Index(fields=["uploaded_by"], name="returned_by")]

    @property
    def limits(self) -> Limits:
        """The file was opened within the limits of its own list; its size now says how large a list that was."""
        return Limits(**self.counts)
