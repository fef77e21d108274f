"""What the pages of the archive draw. Decides nothing."""

from collections import defaultdict

from django.urls import reverse

from accounts.models import Appointment
from accounts.roles import Role
from approvals.models import Material
from law import clock
from law.school_time import school_year_of
from schools.models import School, SchoolClass
from students.exporting.wanting import REQUIRED
from students.life import life_of
from students.models import FiledScan, Student
from students.record import groups_of

from . import meter
from .entries import values_of, with_details
from .kin import kin_of
from .kinds import KINDS, PARTS, SHORT, Kind
from .models import Entry
from .periods import Moment

SHOWN = 200
# Rows of a school that lead to a list on the same page.
ELSEWHERE, UNSEATED = "#elsewhere", "#without-class"


def people_of(school_id: int, class_id: int | None) -> tuple[str, str]:
    """(class teacher, registrar) as the page names them; "" for nobody appointed."""
    live = Appointment.objects.live(clock.today()).filter(school=school_id)
    rows = live.filter(role__in=(Role.CLASS_TEACHER, Role.REGISTRAR)).select_related("user")
    teacher = registrar = ""
    for row in rows:
        if row.role == Role.REGISTRAR:
            registrar = registrar or f"学籍管理员{row.user.name}"
        elif class_id and row.school_class_id == class_id:
            teacher = teacher or f"班主任{row.user.name}"
    return teacher, registrar or "本校学籍管理员"


def sums(rows: list[dict]) -> dict:
    """One line of the meter from many counts."""
    total = {name: sum(row[name] for row in rows) for name in ("children", "complete", "overdue")}
    total |= {f"part{part}": sum(row[f"part{part}"] for row in rows) for part in PARTS}
    open_rows = [row for row in rows if row["complete"] < row["children"]]
    nearest = min(open_rows, key=lambda row: row["due"], default=None)
    total["left"] = total["children"] - total["complete"]
    total["share"] = 100 * total["complete"] // total["children"] if total["children"] else 100
    total["due"], total["days"] = (nearest["due"], nearest["left"]) if nearest else (None, None)
    total["parts"] = [(SHORT[part], total[f"part{part}"], total["children"] - total[f"part{part}"]) for part in PARTS]
    return total


def school_rows(schools, moment: Moment | None = None) -> list[dict]:
    """One row a school in sight; the statement that counts and one for the names."""
    by_school = defaultdict(list)
    for row in meter.counted(schools, moment):
        by_school[row["school_id"]].append(row)
    named = School.objects.filter(pk__in=by_school).order_by("code")
    return [
        sums(by_school[school.pk]) | {"name": school.short_name, "url": reverse("archives:school", args=[school.pk])}
        for school in named
    ]


def class_rows(school: School, moment: Moment | None = None) -> list[dict]:
    """One row a class of the school, grades ascending; children without a class in a row of their own."""
    by_class = defaultdict(list)
    for row in meter.counted([school.pk], moment):
        by_class[row["class_id"]].append(row)
    year = school_year_of(clock.today())
    found = SchoolClass.objects.filter(pk__in=[pk for pk in by_class if pk])
    classes = [each for each in found if each.school_id == school.pk]
    # Guests of 随班就读 sit elsewhere and have their archive here (第二十五条): their class is no page of this school.
    guests = [row for each in found if each.school_id != school.pk for row in by_class[each.pk]]
    rows = [
        sums(by_class[each.pk]) | {"name": each.name_in(year), "url": reverse("archives:school_class", args=[each.pk])}
        for each in sorted(classes, key=lambda each: (each.grade_in(year) or 0, each.number))
    ]
    if guests:
        rows.append(sums(guests) | {"name": "在他校随班就读", "url": ELSEWHERE})
    if None in by_class:
        rows.append(sums(by_class[None]) | {"name": "没有编班", "url": UNSEATED})
    return rows


def chart_of(rows: list[dict]) -> dict:
    """Bars: complete and not, per row; a bar leads to its row."""
    urls = [row["url"] for row in rows]
    return {
        "kind": "bar",
        "unit": "人",
        "labels": [row["name"] for row in rows],
        "series": [
            {"label": "七部分已齐", "values": [row["complete"] for row in rows], "urls": urls},
            {"label": "未齐", "values": [row["left"] for row in rows], "urls": urls},
        ],
    }


def parts_chart(rows: list[dict]) -> dict:
    """Bars: of all children in the rows, how many have each part."""
    total = sums(rows) if rows else None
    parts = total["parts"] if total else []
    return {
        "kind": "bar",
        "unit": "人",
        "labels": [label for label, _, _ in parts],
        "series": [
            {"label": "已有", "values": [held for _, held, _ in parts]},
            {"label": "还缺", "values": [lacking for _, _, lacking in parts]},
        ],
    }


def facts_of(entry: Entry) -> list[dict]:
    """What an entry says, for `components/facts.html`; empty columns left out."""
    kind, values = KINDS[entry.kind], values_of(entry)
    facts = [
        {"label": column.label, "value": column.shown(values[column.key])}
        for column in kind.columns
        if values.get(column.key) is not None
    ]
    if kind.code == "fitness" and not entry.void and entry.fitnesstest.grade:
        facts.append({"label": "等级", "value": entry.fitnesstest.get_grade_display()})
    return facts


def in_a_line(entry: Entry) -> str:
    """An entry in one line: 三好学生 · 县级."""
    return " · ".join(fact["value"] for fact in facts_of(entry)) or KINDS[entry.kind].label


def scans_of(entry: Entry) -> list[dict]:
    """Thumbs of the scans of an entry."""
    return [
        {"url": (url := reverse("archives:scan", args=[scan.pk])), "kind": scan.file.kind,
         "thumb": url if scan.file.kind == "image" else "", "name": f"影像 {scan.file.sha256[:8]}"}
        for scan in entry.scans.all()
    ]  # fmt: skip


def entries_of(child: Student) -> dict[int, list[Entry]]:
    """part → the newest version of every entry of the child, latest period first, with what the page draws of it.

    Those of a record merged into the child's are among them, to be read only.
    """
    newest = with_details(Entry.objects.newest().filter(child__in=kin_of([child.pk]))).prefetch_related("scans__file")
    found = defaultdict(list)
    for entry in newest.order_by("-year", "-term", "kind", "pk"):
        entry.brought_along = entry.child_id != child.pk
        found[entry.part].append(drawn(entry))
    return found


def drawn(entry: Entry) -> Entry:
    """The entry with its label, facts and thumbs."""
    entry.label, entry.facts, entry.thumbs = KINDS[entry.kind].label, facts_of(entry), scans_of(entry)
    entry.undone, entry.says_nothing = KINDS[entry.kind].undone, KINDS[entry.kind].says_nothing
    entry.dialog, entry.asked, entry.undo = f"undo-{entry.pk}", f"{entry.undone}“{entry.label}”", {"act": "void"}
    entry.note = "" if entry.void else f"第{entry.version}版" if entry.version > 1 else ""
    return entry


def parts_of(child: Student, user, row: dict | None, keeps: bool, people: tuple[str, str]) -> list[dict]:
    """The seven parts of a child's archive as the page lays them out.

    `row` is the child's line of the meter, `people` its class teacher and registrar by name.
    """
    entries, life = entries_of(child), life_of(child, user)
    missing = defaultdict(list)
    for item in row["missing"] if row else ():
        missing[item.part].append(item.label)
    return [
        {
            "number": part,
            "label": label,
            "missing": missing[part],
            "owner": meter.owner_of(part, *people),
            "entries": entries.get(part, []),
            "basics": basics_of(child) if part == 1 else None,
            "changes": changes_of(life) if part == 1 else None,
            "papers": papers_of(child, life) if part == 2 else None,
            "adds": adds_of(child, part) if keeps else [],
        }
        for part, label in PARTS.items()
    ]


def basics_of(child: Student) -> dict:
    """How many fields of the form are filled, and which compulsory ones are not; the record itself is the text."""
    needed = {field.label for field in REQUIRED if not field.member}
    facts = [fact for group in groups_of(child) for fact in group["facts"]]
    return {
        "filled": sum(bool(fact["value"]) for fact in facts),
        "fields": len(facts),
        "blank": [fact["label"] for fact in facts if fact["label"] in needed and not fact["value"]],
    }


def changes_of(life) -> list:
    """Cases that speak of the child, newest first, as far as the user may see them."""
    return sorted(life.cases.values(), key=lambda case: case.pk, reverse=True)


def papers_of(child: Student, life) -> list[dict]:
    """Proofs that have their home elsewhere: originals of the registration, papers of cases in sight."""
    originals = FiledScan.objects.filter(application__student=child)
    rows = [
        {
            "label": scan.get_paper_display(),
            "from": "新生入学登记",
            "state": "原件永久存档",
            "sha256": scan.sha256[:12],
            "url": reverse("intake:scan", args=[scan.pk]),
        }
        for scan in originals
    ]
    wanted = Material.objects.filter(case__in=list(life.cases)).exclude(state="missing")
    for material in wanted.prefetch_related("scans").select_related("case"):
        scan = next((scan for scan in material.scans.all() if not scan.withdrawn), None)
        rows.append(
            {
                "label": material.label,
                "from": f"{life.cases[material.case_id].kind_name} {material.case.number}",
                "state": material.get_state_display(),
                "sha256": scan.sha256[:12] if scan else "",
                "url": reverse("approvals:scan", args=[material.case.number, scan.pk])
                if scan
                else material.case.get_absolute_url(),
            }
        )
    return rows


def adds_of(child: Student, part: int) -> list[dict]:
    """What may be entered for the child under a part."""
    return [
        {"label": f"登记{kind.label}", "url": reverse("archives:enter", args=[child.slug, kind.code])}
        for kind in KINDS.values()
        if kind.part == part
    ]


def sheets_of(school_class: SchoolClass, period) -> list[dict]:
    """The sheets of a class for one term, as tabs."""
    return [
        {
            "label": kind.label,
            "url": f"{reverse('archives:sheet', args=[school_class.pk, kind.code])}?term={period.code}",
            "code": kind.code,
        }
        for kind in KINDS.values()
        if kind.in_class
    ]


def tabs_of(school_class: SchoolClass, period, chosen: Kind) -> list[dict]:
    return [tab | {"active": tab["code"] == chosen.code} for tab in sheets_of(school_class, period)]
