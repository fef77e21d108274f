"""The state of the chain, and what happened day by day, as the auditor's front page shows them."""

from datetime import timedelta

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from accounts.models import User
from jianping_xueji.audit.anchoring import head, passed_by
from jianping_xueji.audit.models import Anchor, Event
from jianping_xueji.audit.sealing import LATE, STOPPED, unsealed_for

DAYS = 14
DRAWN = (Event.Kind.READ, Event.Kind.CHANGE, Event.Kind.SEARCH, Event.Kind.EXPORT, Event.Kind.REFUSED)
ANCHORS_SHOWN = 7


def state() -> dict:
    """Head of the chain, how long events wait for their seal, the latest anchors."""
    height, events, digest = head()
    waiting = unsealed_for()
    tone = "refused" if waiting > STOPPED else "soon" if waiting > LATE else "done"
    word = f"最早一条已等待{int(waiting.total_seconds() // 60)}分钟" if waiting > LATE else "封存及时"
    anchors = list(Anchor.objects.all()[:ANCHORS_SHOWN])
    return {"height": height, "events": events, "hash": digest, "tone": tone, "word": word, "anchors": anchors}


def days_chart(people: QuerySet[User]) -> dict:
    """Events of these people a day, the last two weeks."""
    today = timezone.localdate()
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    since = timezone.now() - timedelta(days=DAYS)
    rows = (
        Event.objects.filter(id__gt=passed_by(since), at__gte=since, actor__in=people.values("pk"))
        .values_list("kind", TruncDate("at"))
        .annotate(number=Count("pk"))
        .order_by()
    )
    numbers = {(kind, day): number for kind, day, number in rows}
    series = [{"label": kind.label, "values": [numbers.get((kind, day), 0) for day in days]} for kind in DRAWN]
    return {"kind": "bar", "unit": "条", "labels": [f"{day.month}-{day.day}" for day in days], "series": series}
