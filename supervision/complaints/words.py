"""The words of a complaint: matters with their articles, channels, findings, legs; and what the act sheet must say."""

from django import forms
from django.db import models

from approvals.errors import Refused
from law import articles, clock
from law.articles import Article

LAW = articles.COMPLAINTS
ORDER, VERIFY, OPINION, ACT, ANSWER, REVIEW = (
    "发核查单", "学校核查", "处理意见", "学校办结", "告知投诉人", "主管局长复核",
)  # fmt: skip
LONG = 1000


class Matter(models.TextChoices):
    REFUSED = "refused", "拒收符合条件的学生"
    DELAYED = "delayed", "拖延或拒绝办理转学"
    FILES = "files", "不按规定转接、扣留学籍档案"
    SPLIT = "split", "人籍分离、空挂学籍"
    FALSE = "false", "学籍信息虚假或有误"
    DROPOUT = "dropout", "劝退、变相开除，或者不管辍学"
    SUSPENSION = "suspension", "休学、复学办理"
    LEAK = "leak", "泄露学籍信息"
    OTHER = "other", "其他学籍管理问题"


# What the matter is judged by, and which item of 第三十八条 it would be when founded.
ARTICLES: dict[str, Article] = {
    Matter.REFUSED: articles.NO_LAWLESS_REFUSAL,
    Matter.DELAYED: articles.NO_LAWLESS_REFUSAL,
    Matter.FILES: articles.ARCHIVE_FOLLOWS,
    Matter.SPLIT: articles.NO_FALSE_RECORD,
    Matter.FALSE: articles.NO_FALSE_RECORD,
    Matter.DROPOUT: articles.NO_LEAVING,
    Matter.SUSPENSION: articles.SUSPENSION,
    Matter.LEAK: articles.WRITTEN_APPROVAL,
    Matter.OTHER: articles.COMPLAINTS,
}


class Channel(models.TextChoices):
    VISIT = "visit", "来访"
    CALL = "call", "来电"
    LETTER = "letter", "来信、电子邮件"
    HOTLINE = "hotline", "12345 等平台转来"
    ABOVE = "above", "上级转办"


class Truth(models.TextChoices):
    FOUNDED = "founded", "属实"
    PARTLY = "partly", "部分属实"
    UNFOUNDED = "unfounded", "不属实"


def words(label: str, help_text: str = ""):
    """A box for some sentences on the act sheet."""
    box = forms.Textarea(attrs={"rows": 4})
    return lambda: forms.CharField(label=label, max_length=LONG, required=False, widget=box, help_text=help_text)


def required(text: str, label: str, article: Article = LAW) -> str:
    """The words, without blanks around them. Raises Refused when there are none."""
    if not text.strip():
        raise Refused(f"请填写“{label}”（{article}）。")
    return text.strip()


def refuse_when(wrong: bool, sentence: str) -> None:
    if wrong:
        raise Refused(f"{sentence}（{LAW}）。")


def day_told(day, received_on):
    """The day on which the complainant was told. Raises Refused for none, or one outside the complaint's life."""
    refuse_when(day is None, "请填写告知日期")
    refuse_when(day < received_on or day > clock.today(), f"告知日期须在收到投诉（{received_on}）以后、今日以前")
    return day
