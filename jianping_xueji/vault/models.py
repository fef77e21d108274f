"""The keys of columns: wrapped by a master key as a child's key is, so that rotation rewraps them with the rest."""

from django.db import models


class ColumnKey(models.Model):
    """栏目密钥：电话、住址、健康各一把，由主密钥封装；密文同值同文，可比较、可去重"""

    family = models.CharField("栏目类", max_length=8, unique=True)
    algorithm = models.CharField("算法", max_length=8)
    wrapped_key = models.BinaryField("加密密钥", editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "栏目密钥"
        default_permissions = ()

    def __str__(self):
        return self.family
