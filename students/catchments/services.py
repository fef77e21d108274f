"""Changing the map: by a confirmed workbook, by copying last year's, village by village. Every change is written down.

The bureau's row is locked first, so that two clerks change the map one after the other.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from accounts.policies import Powers
from approvals.bureaus import bureau_behind
from approvals.errors import NotYourHand, Refused
from law import clock
from law.school_time import school_year_name
from schools.catchments import COMMUNITY
from schools.models import Bureau, Catchment, Division, School

from ..importing.listing import ListSheet
from ..importing.sealed import seal, unseal
from ..models.catchment_change import CatchmentChange
from .judging import Judged, judge_map, teaches
from .sheet import CATCHMENTS, Line

Act, Way = CatchmentChange.Act, CatchmentChange.Way
PURPOSE = "catchments"
NOT_THE_CLERK = "学区由教育局经办人员划定（第四条）。"
MOVED = "核对之后学区有了变动，没有写入。请看下面的最新核对结果，再确认一次。"


@dataclass(frozen=True)
class Seen:
    """A dry run as it was shown: the sheet, for which year, by which document."""

    sheet: ListSheet
    year: int
    document: str


class Moved(Refused):
    """The map is no longer as the dry run saw it; `judged` is how it looks now."""

    def __init__(self, judged: Judged):
        super().__init__(MOVED)
        self.judged = judged


def locked_bureau(by) -> Bureau:
    """The bureau for which this person makes. Raises NotYourHand."""
    bureau = bureau_behind(Powers.of(by), "bureau_make", refusal=NOT_THE_CLERK)
    return Bureau.objects.select_for_update(no_key=True).get(pk=bureau.pk)


def token_of(seen: Seen, judged: Judged, *, by) -> str:
    """The dry run, sealed for its person and day: every line of it, and how it was judged."""
    kept = {"sheet": seen.sheet.kept(), "year": seen.year, "document": seen.document}
    return seal(kept | {"judged": print_of(judged)}, purpose=PURPOSE, by=by)


def print_of(judged: Judged) -> list:
    """What a dry run came to, to be compared with a later one."""
    new = [[line.row, school.pk, stage] for line, school, stage in judged.new]
    return [new, judged.same, [row.pk for row in judged.vanished], judged.bad_rows]


def opened(token: str, by) -> tuple[Seen, list]:
    """Raises Refused for any other text."""
    kept = unseal(token, purpose=PURPOSE, by=by)
    return Seen(ListSheet.restored(CATCHMENTS, kept["sheet"]), kept["year"], kept["document"]), kept["judged"]


@transaction.atomic
def confirm(token: str, *, by, remove: bool) -> tuple[int, int]:
    """Write the good lines of a dry run, and with `remove` take out what vanished: how many came, how many went.

    Raises Moved when the map has changed since, Refused, NotYourHand.
    """
    seen, then = opened(token, by)
    bureau = locked_bureau(by)
    judged = judge_map(seen.sheet, bureau, seen.year)
    if print_of(judged) != then:
        raise Moved(judged)
    register([line for line, _, _ in judged.new])
    rows = [
        Catchment(community_id=line.code, school=school, year=seen.year, stage=stage, document=seen.document)
        for line, school, stage in judged.new
    ]
    add(rows, way=Way.IMPORT, by=by)
    gone = judged.vanished if remove else []
    take_out(gone, way=Way.IMPORT, document=seen.document, by=by)
    return len(rows), len(gone)


def register(lines: Iterable[Line]) -> None:
    """Villages nobody had named before become divisions of their township."""
    made = {line.code: line.name for line in lines}
    rows = [Division(code=c, name=name, kind=COMMUNITY, parent_id=c[:9]) for c, name in sorted(made.items())]
    Division.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)


def add(rows: list[Catchment], *, way: Way, by) -> None:
    Catchment.objects.bulk_create(rows, batch_size=1000)
    write_down(rows, Act.ADDED, way=way, by=by)


def take_out(rows: list[Catchment], *, way: Way, document: str, by) -> None:
    """The row leaves the map; who was in it and why it left stays written down."""
    write_down(rows, Act.REMOVED, way=way, by=by, document=document)
    Catchment.objects.filter(pk__in=[row.pk for row in rows]).delete()


def write_down(rows: list[Catchment], act: Act, *, way: Way, by, document: str = "") -> None:
    today = clock.today()
    CatchmentChange.objects.bulk_create(
        [
            CatchmentChange(
                community_id=row.community_id,
                school_id=row.school_id,
                year=row.year,
                stage=row.stage,
                act=act,
                way=way,
                document=document or row.document,
                by=by,
                made_on=today,
            )
            for row in rows
        ],
        batch_size=1000,
    )


@transaction.atomic
def copy_year(year: int, *, by, document: str) -> tuple[int, list[Catchment]]:
    """Last year's map goes on: how many rows came, and those left out because their school has closed.

    What stands for the year already stays. Raises Refused when there is nothing to copy, NotYourHand.
    """
    bureau = locked_bureau(by)
    former = list(rows_of(bureau, year - 1))
    if not former:
        raise Refused(f"{school_year_name(year - 1)}没有划定学区，不能沿用；请用表格导入（第四条）。")
    here = set(rows_of(bureau, year).values_list("community", "school", "stage"))
    closed = [row for row in former if row.school.closed_on]
    rows = [
        Catchment(community_id=r.community_id, school_id=r.school_id, year=year, stage=r.stage, document=document)
        for r in former
        if not r.school.closed_on and (r.community_id, r.school_id, r.stage) not in here
    ]
    add(rows, way=Way.COPY, by=by)
    return len(rows), closed


def rows_of(bureau: Bureau, year: int):
    rows = Catchment.objects.filter(year=year, school__bureau=bureau)
    return rows.select_related("school", "community").order_by("community", "stage", "school__code")


@transaction.atomic
def set_schools(community: Division, year: int, stage: str, schools: Iterable[School], *, by, document: str) -> int:
    """Exactly these schools take the children of this village; returns how many rows changed. Raises Refused."""
    bureau = locked_bureau(by)
    if not community.pk.startswith(bureau.division_id[:6]):
        raise NotYourHand(f"{community}不在本县，由当地教育行政部门划定学区（第四条）。")
    wanted = {school.pk: school for school in schools}
    for school in wanted.values():
        if school.bureau_id != bureau.pk or school.closed_on or not teaches(school, stage):
            raise Refused(f"{school}不能接收该学段的学生，请重新选择（第四条）。")
    here = {row.school_id: row for row in Catchment.objects.filter(community=community, year=year, stage=stage)}
    gone = [row for pk, row in here.items() if pk not in wanted]
    where = {"community": community, "year": year, "stage": stage, "document": document}
    new = [Catchment(school=school, **where) for pk, school in sorted(wanted.items()) if pk not in here]
    take_out(gone, way=Way.EDIT, document=document, by=by)
    add(new, way=Way.EDIT, by=by)
    return len(gone) + len(new)
