"""What the pages of the map draw: villages with their schools, the dry run, what was changed when."""

from collections import defaultdict

from django.db.models import QuerySet

from schools.models import Bureau, Catchment, Division, Stage

from ..models.catchment_change import CatchmentChange
from ..paging import PAGE, Page
from .judging import Judged

RECENT = 30


def page_by_code(rows: QuerySet[Division], *, after: str = "", before: str = "", size: int = PAGE) -> Page:
    """One page of villages in the order of their codes; the code itself is the cursor."""
    if before:
        found = list(rows.filter(pk__lt=before).order_by("-pk")[: size + 1])
        more, found = len(found) > size, found[:size][::-1]
        return Page(found, found[0].pk if more else "", found[-1].pk if found else "")
    found = list((rows.filter(pk__gt=after) if after else rows).order_by("pk")[: size + 1])
    more, found = len(found) > size, found[:size]
    return Page(found, found[0].pk if after and found else "", found[-1].pk if more else "", not (after or more))


def with_schools(villages: list[Division], year: int) -> list[dict]:
    """The villages, each with the schools of both stages; one query."""
    schools: dict[tuple[str, str], list] = defaultdict(list)
    rows = Catchment.objects.filter(community__in=villages, year=year).select_related("school")
    for row in rows.order_by("school__code"):
        schools[row.community_id, row.stage].append(row.school)
    return [
        {
            "village": village,
            "primary": schools[village.pk, Stage.PRIMARY],
            "junior": schools[village.pk, Stage.JUNIOR],
        }
        for village in villages
    ]


def figures_of(bureau: Bureau | None, villages: int, year: int) -> list[dict]:
    """How many villages there are, and how many have no school yet."""
    if bureau is None:
        return []
    rows = Catchment.objects.filter(year=year, school__bureau=bureau).values_list("community", "stage").distinct()
    mapped = defaultdict(set)
    for community, stage in rows:
        mapped[stage].add(community)
    without = [(stage, villages - len(mapped[stage])) for stage in Stage]
    return [
        {"label": "村（社区）", "value": villages},
        *(
            {
                "label": f"未划定{stage.label}",
                "value": count,
                "url": f"?missing={stage.value}&year={year}",
                "tone": "refused" if count else "done",
            }
            for stage, count in without
        ),
    ]


def history_of(changes: QuerySet[CatchmentChange]) -> list[dict]:
    """The latest changes as a time line."""
    rows = changes.select_related("school", "by", "community")[:RECENT]
    return [
        {
            "on": row.made_on,
            "title": f"{row.get_stage_display()}：{row.get_act_display()}{row.school}",
            "text": f"{row.document}（{row.get_way_display()}）",
            "who": row.by.name,
            "tone": "done" if row.act == CatchmentChange.Act.ADDED else "refused",
        }
        for row in rows
    ]


def new_rows(judged: Judged) -> list[dict]:
    """The new lines of a dry run as they are shown."""
    return [
        {"row": line.row, "code": line.code, "name": line.name, "school": school, "stage": Stage(stage).label}
        for line, school, stage in judged.new
    ]
