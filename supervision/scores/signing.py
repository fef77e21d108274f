"""The score of a year that is over, signed by the leader: kept as it was said, whatever happens to the record later."""

from dataclasses import asdict

from django.db import IntegrityError, transaction

from accounts.policies import school_ids_where
from approvals.errors import NotYourHand, Refused
from law import articles, clock
from law.school_time import first_day, school_year_name
from schools.models import Bureau, School

from ..models import ScoreSheet
from ..models.score_sheet import digest_of
from .measuring import Figure, Score, scores_of

RIGHT = "bureau_sign"


def is_over(year: int) -> bool:
    """From the first day of the next school year on nothing can happen in this one any more."""
    return clock.today() >= first_day(year + 1)


def sheet_for(schools, year: int) -> ScoreSheet | None:
    """The signed sheet of the bureau of these schools."""
    return ScoreSheet.objects.filter(bureau__school__in=schools, year=year).select_related("signed_by").first()


def sign(bureau: Bureau, year: int, *, by) -> ScoreSheet:
    """Keep the scores of every school of the bureau as they stand. Raises NotYourHand, Refused."""
    mine = school_ids_where(by, RIGHT)
    schools = {school.pk: school for school in School.objects.filter(bureau=bureau, closed_on=None)}
    if not mine & schools.keys():
        raise NotYourHand(f"年度考核结果由教育局主管领导签定（{articles.YEARLY_SCORE}）。")
    if not is_over(year):
        starts = first_day(year + 1)
        raise Refused(
            f"{school_year_name(year)}尚未结束，自{starts.year}年{starts.month}月{starts.day}日起才能签定"
            f"（{articles.YEARLY_SCORE}）。"
        )
    content = content_of(scores_of(schools, year), schools)
    given = {"content": content, "sha256": digest_of(content), "signed_on": clock.today(), "signed_by": by}
    try:
        with transaction.atomic():
            return ScoreSheet.objects.create(bureau=bureau, year=year, **given)
    except IntegrityError as error:
        raise Refused(f"{school_year_name(year)}的考核结果已经签定，不能再签、不能改。") from error


def content_of(found: list[Score], schools: dict[int, School]) -> dict:
    """What is signed, in the order of the places; names as they were called that day."""
    return {
        "schools": [
            {
                "school": score.school,
                "name": schools[score.school].name,
                "total": score.total,
                "figures": {code: asdict(figure) for code, figure in score.figures.items()},
            }
            for score in found
        ]
    }


def scores_on(sheet: ScoreSheet) -> list[Score]:
    """The signed scores as they were counted."""
    return [
        Score(row["school"], {code: Figure(**figure) for code, figure in row["figures"].items()})
        for row in sheet.content["schools"]
    ]
