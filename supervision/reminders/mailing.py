"""The mails of a day: one digest a person, outside the quiet hours, claimed before it leaves.

Who has no address reads the reminder in the system. A mail names deadlines and numbers of things, no child.

No mail is lost: it counts as mailed only when the server has taken it. Until then it is claimed by the attempt of the
job that sends it; when that worker dies, its lease runs out and with it the claim, and the next attempt (the sweeper
rings soon) sends it. No mail is sent by two workers, since a claim is one conditional update. What SMTP
cannot tell is whether the server took a mail whose sender died before the answer: that one leaves again under the same
Message-ID, by which mail servers and readers know it for the same.
"""

import logging
import time
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import InterfaceError, OperationalError, connection
from django.urls import reverse
from django.utils import timezone

from law import clock, parameters

from ..models import Reminder
from .presenting import said

logger = logging.getLogger(__name__)
PAUSES = (0.2, 1, 2, 4, 8, 15)  # seconds between attempts to reach the database after a mail has left
LATEST = timedelta(days=1)  # a digest of the day before yesterday helps nobody


def is_quiet(hour: int) -> bool:
    """Whether no mail may leave at this hour of the day (0-23), by the county's parameters."""
    values = parameters.on(clock.today())
    start, end = values["reminder.quiet_from"], values["reminder.quiet_until"]
    return start <= hour < end if start <= end else hour >= start or hour < end


def pending():
    """Reminders that are to be mailed: of today or yesterday, to an address, in nobody's hands."""
    today = clock.today()
    fresh = Reminder.objects.unmailed().unclaimed().filter(on__range=(today - LATEST, today), user__is_active=True)
    return fresh.exclude(user__email="").order_by("pk")


def send_pending(holder: str, progress=lambda done, total: None) -> dict:
    """Send what is pending; how many were sent, and how many the server refused (they stay for the next hour).

    `holder` names the attempt that sends, as `Job.leased_by` does.
    """
    if is_quiet(timezone.localtime().hour):
        return {"sent": 0, "failed": 0, "quiet": True}
    keys, result = list(pending().values_list("pk", flat=True)), {"sent": 0, "failed": 0}
    for number, pk in enumerate(keys):
        progress(number, len(keys))
        if claim(pk, holder):
            result["sent" if deliver(pk, holder) else "failed"] += 1
    return result


def claim(pk: int, holder: str) -> bool:
    """Take a mail for this attempt; False when another has it. Committed before anything is sent."""
    return bool(Reminder.objects.unmailed().unclaimed().filter(pk=pk).update(mail_claim=holder))


def deliver(pk: int, holder: str) -> bool:
    """Send one claimed digest; when the server did not take it, it is put back."""
    reminder = Reminder.objects.select_related("user").get(pk=pk)
    claimed = Reminder.objects.filter(pk=pk, mail_claim=holder)
    try:
        letter(reminder).send()
    except OSError as fault:  # smtplib's errors are OSErrors; its messages may name the address
        logger.warning("reminder %s was not mailed: %s", pk, type(fault).__name__)
        claimed.update(mail_claim="")
        return False
    _noted(claimed)
    return True


def _noted(claimed) -> None:
    """Write down that it was sent. A database that restarts just now is waited for: else the mail would leave again."""
    for pause in (*PAUSES, None):
        try:
            claimed.update(mailed_at=timezone.now(), mail_claim="")
            return
        except (OperationalError, InterfaceError):
            if pause is None or connection.in_atomic_block:
                raise
            connection.close()
            time.sleep(pause)


def message_id(reminder: Reminder) -> str:
    """The same at every attempt."""
    place = urlsplit(settings.SITE_ADDRESS).hostname or settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip(" >")
    return f"<reminder-{reminder.pk}-{reminder.on:%Y%m%d}@{place}>"


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
    named = {"Message-ID": message_id(reminder)}
    return EmailMessage(subject, "\n".join(body), to=[reminder.user.email], headers=named)
