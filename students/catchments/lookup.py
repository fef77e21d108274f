"""查学区: from the words of an address or the name of a village to its schools, both stages."""

import re

from schools.catchments import communities_named_in, communities_of
from schools.models import Bureau, Catchment, Division, Stage

ENDINGS = re.compile(r"(村民委员会|居民委员会|社区居委会|村委会|居委会|社区|村)$")
SHORTEST = 2


def bare(name: str) -> str:
    """The name without what every village is called: 和平村民委员会 → 和平."""
    return ENDINGS.sub("", name)


def communities_for(words: str, bureau: Bureau) -> list[Division]:
    """Villages the words may mean: named in full, or by their bare name, or begun to be typed; best first."""
    words = re.sub(r"\s+", "", words)
    if len(words) < SHORTEST:
        return []
    if named := communities_named_in(words, bureau):
        return named
    known = list(communities_of(bureau).select_related("parent"))
    fitting = [each for each in known if words in each.name or (len(bare(each.name)) > 1 and bare(each.name) in words)]
    in_township = [each for each in fitting if each.parent and each.parent.name in words]
    return in_township or fitting


def answers_for(words: str, bureau: Bureau, year: int) -> list[dict]:
    """Every village that fits with its schools of both stages; two or three queries."""
    found = communities_for(words, bureau)
    rows = Catchment.objects.filter(community__in=found, year=year, school__closed_on=None)
    schools: dict[tuple[str, str], list] = {}
    for row in rows.select_related("school").order_by("school__code"):
        schools.setdefault((row.community_id, row.stage), []).append(row.school)
    return [
        {
            "community": each,
            "township": each.parent,
            "stages": [{"name": s.label, "schools": schools.get((each.pk, s.value), [])} for s in Stage],
        }
        for each in found
    ]
