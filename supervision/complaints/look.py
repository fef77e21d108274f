"""Who looked at a complainant's number (第三十七条)."""

from django.db import models

from .case import Complaint


class ContactLook(models.Model):
    """投诉人电话查看留痕：谁在何日为何看过投诉人的完整电话；只增不改"""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="looks", verbose_name="投诉")
    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="查看人")
    reason = models.CharField("原因", max_length=200)
    legal_date = models.DateField("日期")
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "投诉人电话查看留痕"
        ordering = ["-pk"]
        default_permissions = ["view"]

    def __str__(self):
        return f"{self.complaint} {self.user}"
