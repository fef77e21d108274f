"""What the pages of the dropout chain draw. Reads rows, decides nothing."""

from django.urls import reverse


def page_of_dropout(case) -> dict:
    """The outreach on record and, once decided, what the ledger keeps about the child."""
    day = "{:%Y年%-m月%-d日}".format
    rows = [
        ("旷课自", case.absent_since or case.facts.absent_since),
        ("学籍保留至", case.kept_until),
        ("教育局回执编号", case.bureau_receipt),
        ("返校日期", case.came_back_on),
        ("档案移交日期", case.handed_on),
        ("档案接收单位", case.handed_to),
        ("档案移交回执", case.handover_receipt),
    ]
    return {
        "visits": case.child.visits.select_related("by"),
        "visits_url": reverse("dropout:child", args=[case.child.slug]),
        "ledger_facts": [{"label": k, "value": v if isinstance(v, str) else day(v)} for k, v in rows if v],
    }
