"""档案影像：按内容摘要认文件，同一学生的同一份文件只存一次；证明保留原件，其余只留重新编码的图."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from students.models import Student

from .entry import Entry


class ArchiveFile(models.Model):
    """档案影像：一名学生的一份文件，以其内容的 SHA-256 为址"""

    child = models.ForeignKey(Student, models.PROTECT, related_name="archive_files", verbose_name="学生")
    sha256 = models.CharField("交来时的散列", max_length=64)
    # "" where the picture alone is kept: no place or time of a photo is anywhere then.
    name = models.CharField("原件存储名", max_length=32, blank=True, editable=False)
    preview_name = models.CharField("图像存储名", max_length=32, blank=True, editable=False)
    preview_sha256 = models.CharField("图像散列", max_length=64, blank=True)
    mime = models.CharField("类型", max_length=20)
    size = models.PositiveIntegerField("字节数")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人")
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "档案影像"
        ordering = ["pk"]
        default_permissions = ["view"]
        constraints = [
            models.UniqueConstraint(fields=["child", "sha256"], condition=~Q(name=""), name="archive_original_once"),
            models.UniqueConstraint(fields=["child", "sha256"], condition=Q(name=""), name="archive_picture_once"),
            models.CheckConstraint(condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="archive_file_hash"),
            # Something is kept of every file: the original, or the picture made from it with its own hash.
            models.CheckConstraint(
                condition=~Q(name="") & (Q(preview_name="") | ~Q(preview_sha256=""))
                | Q(name="") & ~Q(preview_name="") & ~Q(preview_sha256=""),
                name="archive_file_kept",
            ),
        ]

    def __str__(self):
        return f"{self.child} {self.sha256[:8]}"

    @property
    def kind(self) -> str:
        """What the viewer shows it as."""
        return "pdf" if self.mime == "application/pdf" else "image"


class EntryScan(models.Model):
    """影像归属：哪份影像附在哪条档案记录上"""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="scans", verbose_name="档案记录")
    file = models.ForeignKey(ArchiveFile, models.PROTECT, related_name="entries", verbose_name="影像")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="归档人")
    filed_on = models.DateField("归档日期")

    class Meta:
        verbose_name = verbose_name_plural = "影像归属"
        ordering = ["pk"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["entry", "file"], name="entry_scan_once")]

    def __str__(self):
        return f"{self.entry} {self.file}"
