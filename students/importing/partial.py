"""Lists that only bring children on record up to date: telephones, addresses, boarders. Nobody new comes of them."""

from collections import defaultdict
from dataclasses import dataclass, field

from schools.models import School
from students.importing.cells import Verdict
from students.importing.findings import ERROR
from students.importing.matching import Match, judged
from students.importing.records import Records, children_of
from students.importing.workbook import ParsedRow
from students.models import Placement


@dataclass(slots=True)
class Classmates:
    """Who sits in the classes of one school: (class, name) → children."""

    school: School
    records: Records
    named: dict[tuple[int, str], list[int]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, school: School, rows: list[ParsedRow], records: Records) -> "Classmates":
        """Of the classes the rows name; their children join `records`."""
        found = cls(school, records)
        wanted = {row.values.get("class_number") for row in rows} - {None}
        sitting = Placement.objects.filter(
            ends=None, enrolment__voided=False, enrolment__school=school, school_class__in=wanted
        )
        for class_id, name, pk in sitting.values_list("school_class", "enrolment__student__name", "enrolment__student"):
            found.named[class_id, name].append(pk)
        meant = {(row.values.get("class_number"), row.values.get("name")) for row in rows}
        ids = {pk for key in meant for pk in found.named.get(key, ())}
        records.children.update(children_of(ids - records.children.keys()))
        return found

    def match(self, row: ParsedRow) -> Match:
        """A row without numbers anybody holds, by class and name; nobody is made from it."""
        alike = self.named.get((row.values.get("class_number"), row.values.get("name")), [])
        if len(alike) == 1:
            return judged(self.records.children[alike[0]], self.school)
        if alike:
            message, remedy = "班里有几名同名学生，无法确定是谁", "请填写身份证件号或学籍号"
        else:
            message, remedy = "本校没有查到这名在籍学生", "请核对姓名、班级或号码；新生请用完整的名册导入"
        return Match(verdict=Verdict(ERROR, "child_unknown", message, remedy))
