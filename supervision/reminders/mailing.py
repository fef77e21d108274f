"""The mails of a day: one digest a person, outside the quiet hours, claimed before it leaves.

Who has no address reads the reminder in the system. A mail names deadlines and numbers of things, no child.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone

from law import clock, parameters

from ..models import Reminder
from .presenting import said

logger = logging.getLogger(__name__)
LATEST = timedelta(days=1)  # a digest of the day before yesterday helps nobody


def is_quiet(hour: int) -> bool:
    """Whether no mail may leave at this hour of the day (0-23), by the county's parameters."""
    values = parameters.on(clock.today())
    start, end = values["reminder.quiet_from"], values["reminder.quiet_until"]
    return start <= hour < end if start <= end else hour >= start or hour < end


def pending():
    """Reminders that are to be mailed: of today or yesterday, to an address, not claimed yet."""
    today = clock.today()
    fresh = Reminder.objects.unmailed().filter(on__range=(today - LATEST, today), user__is_active=True)
    return fresh.exclude(user__email="").order_by("pk")


def send_pending(progress=lambda done, total: None) -> dict:
    """Send what is pending; how many were sent, and how many the server refused (they stay for the next hour)."""
    if is_quiet(timezone.localtime().hour):
        return {"sent": 0, "failed": 0, "quiet": True}
    keys, result = list(pending().values_list("pk", flat=True)), {"sent": 0, "failed": 0}
    for number, pk in enumerate(keys):
        progress(number, len(keys))
        if claim(pk):
            result["sent" if deliver(pk) else "failed"] += 1
    return result


def claim(pk: int) -> bool:
    """Take a mail for this worker; False when another has it. Committed before anything is sent."""
    return bool(Reminder.objects.unmailed().filter(pk=pk).update(mailed_at=timezone.now()))


def deliver(pk: int) -> bool:
    """Send one claimed digest; when the server did not take it, it is put back."""
    reminder = Reminder.objects.select_related("user").get(pk=pk)
    try:
        letter(reminder).send()
    except OSError as fault:  # smtplib's errors are OSErrors; its messages may name the address
        logger.warning("reminder %s was not mailed: %s", pk, type(fault).__name__)
        Reminder.objects.filter(pk=pk).update(mailed_at=None)
        return False
    return True


def letter(reminder: Reminder) -> EmailMessage:
    """The digest as plain text: what to do, until when, and the page where it is done."""
    lines = said(reminder)
    late = sum(line["late"] for line in lines)
    subject = f"学籍期限提醒 {reminder.on:%-m月%-d日}：{len(lines)}项" + (f"，超期{late}件" if late else "")
    body = [f"{reminder.user.name}：", ""]
    for line in lines:
        body += [
            f"【{line['level']}】{line['title']}（{line['article']}）",
            f"  {line['words']}",
            f"  {line['remedy']}",
        ]
        body += [
            f"  {settings.SITE_ADDRESS}{line['url']}" if settings.SITE_ADDRESS else "  请登录系统，在“提醒”里打开。",
            "",
        ]
    more = f"{settings.SITE_ADDRESS}{reverse('supervision:reminders')}" if settings.SITE_ADDRESS else "系统内“提醒”"
    body += [f"全部提醒见：{more}", "本邮件由学籍管理系统自动发出，每人每日至多一封，请勿回复。"]
    return EmailMessage(subject, "\n".join(body), to=[reminder.user.email])
