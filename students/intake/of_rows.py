"""The rules of intake asked of the rows of a workbook: the same as on the page, said in the words of an import."""

from collections.abc import Iterable
from typing import Any

from approvals.rules import Rule, judge
from law import clock
from schools.catchments import communities_of
from schools.models import Division, School, SchoolClass, Stage

from ..importing.cells import Verdict
from ..importing.findings import ERROR, WARNING
from .facts import Frame
from .rules import deferral_approved, in_catchment_or_grounded, old_enough

# Rule → the column it is about, how an import takes it, its code among the findings.
ASKED: dict[str, tuple[str, str, str]] = {
    old_enough.code: ("birth_date", ERROR, "too_young"),
    deferral_approved.code: ("birth_date", WARNING, "over_age"),
    in_catchment_or_grounded.code: ("home_address", WARNING, "outside_catchment"),
}
RULES: tuple[Rule, ...] = (old_enough, deferral_approved, in_catchment_or_grounded)


class Gazetteer:
    """The communities of a school's county, loaded once, looked up in many addresses."""

    def __init__(self, school: School):
        known = communities_of(school.bureau).select_related("parent")
        self.known = sorted(known, key=lambda each: -len(each.name))

    def named_in(self, address: str) -> Division | None:
        """The community whose name stands in the address; None when none does, or several townships share it."""
        named = [each for each in self.known if each.name in address]
        here = [each for each in named if each.parent and each.parent.name in address]
        found = here or named
        longest = [each for each in found if len(each.name) == len(found[0].name)]
        return longest[0] if len(longest) == 1 else None


class Newcomers:
    """Judges the rows that would make new children of grade one."""

    def __init__(self, school: School):
        self.gazetteer = Gazetteer(school)
        self.frame = Frame.of(school, clock.today(), [each.pk for each in self.gazetteer.known])
        entering = SchoolClass.objects.filter(school=school, stage=Stage.PRIMARY, cohort=self.frame.year)
        self.classes = set(entering.values_list("pk", flat=True))

    def remarks_on(self, values: dict[str, Any]) -> list[tuple[str, Verdict]]:
        """(attribute, verdict) of every rule the row breaks; nothing for other grades or without a birth date."""
        if values.get("class_number") not in self.classes or not values.get("birth_date"):
            return []
        facts = self.frame.facts(
            name=values.get("name") or "该生",
            birth=values["birth_date"],
            grade=1,
            community=self.gazetteer.named_in(values.get("home_address") or ""),
            migrant=values.get("migrant_child") is True,
        )
        return [self.remark(finding) for finding in judge(RULES, facts).broken]

    def remark(self, finding) -> tuple[str, Verdict]:
        attribute, level, code = ASKED[finding.rule.code]
        return attribute, Verdict(level, code, f"{finding.message}（{finding.article}）", finding.remedy)


def communities_of_children(school: School, addresses: Iterable[tuple[int, str]]) -> dict[int, Division | None]:
    """child id → the community its address names."""
    gazetteer = Gazetteer(school)
    return {pk: gazetteer.named_in(address) for pk, address in addresses}
