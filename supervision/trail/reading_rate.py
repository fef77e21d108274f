"""Who opens child after child: a person with more children's pages in one hour than the parameter allows is told about.

Nobody is stopped, as a registrar may have a reason; the auditor sees the alarm on the front page of the trail. The hour
is any hour, not one of the clock, and goes by the machine's time, as the audit does.
"""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from jianping_xueji.audit.anchoring import passed_by
from jianping_xueji.audit.models import Event
from law import clock, parameters

PARAMETER = "reading.children_an_hour"
VIEW = "trail:reading_rate"
# Pages that are about one child; the same child on two of them is one child.
PAGES = ("students:child", "students:changes", "archives:child")
AN_HOUR = timedelta(hours=1)
# How far back a check looks for hours that have ended: as long as the beat may have been down.
LOOK_BACK = timedelta(hours=2)
SHOWN_FOR = timedelta(days=30)
MOST_SHOWN = 10

# The looks of the busy alone are counted hour by hour; whoever stays below in all the time stays below in each hour.
TELL = """
WITH looks AS (
    SELECT actor, account, at, about ->> 'slug' AS child FROM audit_event
    WHERE kind = 'read' AND view = ANY(%(pages)s) AND result = 200 AND actor IS NOT NULL
    AND at > %(now)s::timestamptz - %(back)s - %(hour)s AND at <= %(now)s
), busy AS (
    SELECT actor FROM looks GROUP BY actor HAVING count(DISTINCT child) > %(most)s
), hours AS (
    SELECT l.actor, l.account, l.at, h.number FROM looks l JOIN busy USING (actor) CROSS JOIN LATERAL (
        SELECT count(DISTINCT w.child) AS number FROM looks w
        WHERE w.actor = l.actor AND w.at <= l.at AND w.at > l.at - %(hour)s
    ) h WHERE h.number > %(most)s
), worst AS (
    SELECT DISTINCT ON (actor) * FROM hours ORDER BY actor, number DESC, at
)
INSERT INTO audit_event (kind, actor, account, view, reason, number)
SELECT 'alarm', w.actor, w.account, %(view)s,
    '一小时内打开' || w.number || '名学生的页面（超过' || %(most)s || '名），至'
        || to_char(w.at AT TIME ZONE 'Asia/Shanghai', 'MM-DD HH24:MI'), w.number
FROM worst w
WHERE NOT EXISTS (SELECT FROM audit_event a WHERE a.kind = 'alarm' AND a.view = %(view)s AND a.actor = w.actor
    AND a.at > %(now)s::timestamptz - %(back)s - %(hour)s)
"""


@transaction.atomic
def tell(now: datetime | None = None) -> int:
    """Write one alarm for each person who was too fast lately and of whom nobody was told yet; how many."""
    with connection.cursor() as cursor:
        # Two beats that look at the same moment tell once.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('reading_rate'))")
        said = {"pages": list(PAGES), "view": VIEW, "hour": AN_HOUR, "back": LOOK_BACK}
        cursor.execute(TELL, said | {"now": now or timezone.now(), "most": parameters.on(clock.today())[PARAMETER]})
        return cursor.rowcount


def alarms_about(people: QuerySet[User]) -> list[Event]:
    """The latest alarms about these people, for whoever audits them; exports beyond the limit are among them."""
    since = timezone.now() - SHOWN_FOR
    late = Event.objects.filter(id__gt=passed_by(since), at__gte=since)
    found = late.filter(kind=Event.Kind.ALARM, actor__in=people.values("pk"))
    return list(found.order_by("-id")[:MOST_SHOWN])
