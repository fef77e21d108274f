"""What the closing of a school does, in one act: children, classes, seats, open cases, offices; and the way back.

Everything is set-based: the number of statements does not grow with the number of children. Locks are taken children
first (ascending), then the two schools: whoever would bring a child, a case or a class to the closing school waits for
the school's row, and finds it closed.
"""

from collections.abc import Iterable
from datetime import date

from django.apps import apps
from django.db.models import Max, Model, Q

from accounts.appointments import leave_offices_at, return_to_offices
from approvals.common_rules import of_level
from approvals.errors import Refused, RulesBroken
from approvals.kinds import by_kind
from approvals.models import Case, CaseSubject, CeimsFiling, SeatHold, Step
from approvals.rules import Level, judge
from approvals.services import busy_sentence, lock_children
from law import articles, clock, parameters
from law.models import Term
from law.school_time import school_year_of
from schools import seats
from schools.models import FormerName, School, SchoolClass, Seats
from students import enrolments, journal
from students.models import Enrolment, Placement, RecordEntry, Student
from students.problems.detection import recheck

LAW = articles.MERGED_SCHOOLS
SIDES = ("lead_school_id", "peer_school_id", "desk_school_id")


def hand_over_school(case) -> None:
    """准予撤并: all of it or nothing. Raises RulesBroken, Refused."""
    locked = lock_everybody(case)
    lock_schools(case)
    verdict = judge(of_level(case.RULES, Level.HARD), case.build_facts(clock.today()))
    if verdict.broken:
        raise RulesBroken(verdict)
    children = list(Student.objects.filter(pk__in=living_at(case.lead_school_id)).order_by("pk"))
    if {child.pk for child in children} - locked:
        raise Refused("签批的同时有学生转入撤并学校，请刷新后核对人数，再行签批（第十一条第二款）。")
    CaseSubject.objects.bulk_create(
        [CaseSubject(case_id=case.pk, child_id=child.pk, blocking=False) for child in children], batch_size=1000
    )
    open_ledgers(case)
    classes = open_classes(case)
    cases = rehome_cases(case, classes)
    with journal.kept(case):
        move_children(case, children, classes)
    close_school(case, classes)
    recheck([child.pk for child in children])
    case.handed_over = {"children": str(len(children)), "classes": str(len(classes)), "open_cases": str(cases)}


def living_at(school_id: int):
    """Ids of all children whose record lives at a school: in class, suspended, dropped out, abroad."""
    return Enrolment.objects.living().filter(school=school_id).values("student")


def lock_everybody(case) -> set[int]:
    """Lock the children of the school and those of every open case in which it takes part."""
    school = case.lead_school_id
    busy = CaseSubject.objects.filter(blocking=True).filter(Q(case__lead_school=school) | Q(case__peer_school=school))
    ids = set(
        Student.objects.filter(Q(pk__in=living_at(school)) | Q(pk__in=busy.values("child"))).values_list(
            "pk", flat=True
        )
    )
    lock_children(ids)
    return ids


def lock_schools(case) -> None:
    """The closing school takes nobody any more; the receiving one cannot be closed meanwhile. Ascending ids."""
    for pk in sorted({case.lead_school_id, case.receiving_id}):
        School.objects.select_for_update(no_key=pk == case.receiving_id).get(pk=pk)


# ── forward ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def open_ledgers(case) -> None:
    """Both schools' seat ledgers of this year exist, whatever was planned."""
    today = clock.today()
    for school in (case.lead_school, case.receiving):
        enrolments.open_ledger(school, school_year_of(today), parameters.on(today)["class.cap"])


def open_classes(case) -> dict[int, SchoolClass]:
    """Each class of the closing school goes on at the receiving one under the next free number: old id → new class."""
    year = school_year_of(clock.today())
    former = case.lead_school.classes.filter(closed_on=None).order_by("stage", "cohort", "number")
    numbers = case.receiving.classes.order_by().values_list("stage", "cohort").annotate(last=Max("number"))
    last = {(stage, cohort): number for stage, cohort, number in numbers}
    made = {}
    for old in former:
        if old.grade_in(year) is None:
            continue
        key = (old.stage, old.cohort)
        last[key] = last.get(key, 0) + 1
        made[old.pk] = SchoolClass(
            school=case.receiving, stage=old.stage, cohort=old.cohort, number=last[key], kind=old.kind
        )
    SchoolClass.objects.bulk_create(made.values())
    keep(case, SchoolClass, {new.pk: (None, {"school_id": new.school_id}) for new in made.values()})
    return made


def move_children(case, children: list[Student], classes: dict[int, SchoolClass]) -> None:
    """One day on which every child leaves the one school's books and enters the other's, in the class it sat in."""
    today = clock.today()
    sitting = enrolments.places_taken(case.lead_school)
    left = enrolments.end(children, on=today, case=case, how="学校撤并", went_to=case.receiving.name)
    sat_in = {place.enrolment.student_id: classes.get(place.school_class_id) for place in left}
    enrolments.begin(
        [(child, sat_in.get(child.pk)) for child in children],
        school=case.receiving,
        on=today,
        case=case,
        how="学校撤并",
        came_from=case.lead_school.name,
    )
    move_seats(case, classes, sitting)


def move_seats(case, classes: dict[int, SchoolClass], sitting: dict[int, int]) -> None:
    """The old ledger is empty; each class brings its seats along, and the receiving grades grow by numbered grants."""
    year = school_year_of(clock.today())
    rows = Seats.objects.filter(school=case.lead_school, year__gte=year)
    old = {row.school_class_id: row for row in rows.filter(year=year).exclude(school_class=None)}
    rows.update(used=0)
    grades: dict[int, tuple[int, int]] = {}
    for former, new in classes.items():
        capacity, here = old[former].capacity, sitting.get(former, 0)
        row = Seats.objects.create(
            school=case.receiving, year=year, grade=old[former].grade, school_class=new, capacity=capacity
        )
        settle(case, row, max(here - capacity, 0), here)
        if new.at_home:
            continue
        more, used = grades.get(row.grade, (0, 0))
        grades[row.grade] = (more + max(capacity, here), used + here)
    for grade, (more, used) in sorted(grades.items()):
        row, _ = Seats.objects.get_or_create(
            school=case.receiving, year=year, grade=grade, school_class=None, defaults={"capacity": 0}
        )
        settle(case, row, more, used)


def settle(case, row: Seats, more: int, used: int) -> None:
    """`more` seats by a numbered grant citing the article, then `used` of them taken."""
    if more:
        reason = f"{case.lead_school}撤并，班级整体移交"
        seats.grant(row, more, article=LAW, reason=reason, on=clock.today(), case_number=case.number)
    if used:
        seats.occupy([row], used)


def rehome_cases(case, classes: dict[int, SchoolClass]) -> int:
    """Open cases go on at the receiving school: sides and desk, and every school and class they name."""
    old, new = case.lead_school_id, case.receiving_id
    running = Case.objects.open().exclude(pk=case.pk)
    here = list(running.filter(Q(lead_school=old) | Q(peer_school=old) | Q(desk_school=old)).values("pk", *SIDES))
    schools = {old: new}
    change(case, Case, swapped(here, SIDES, schools))
    ids = [row["pk"] for row in here]
    filings = CeimsFiling.objects.filter(case__in=ids, school=old, filed_on=None).values("pk", "school_id")
    change(case, CeimsFiling, swapped(filings, ("school_id",), schools))
    of_classes = {former: each.pk for former, each in classes.items()}
    for kind, model in by_kind().items():
        for field in model._meta.local_fields:
            table = {School: schools, SchoolClass: of_classes}.get(field.related_model)
            if table and kind != case.kind_code:
                rows = model._base_manager.filter(closed_on=None, **{f"{field.attname}__in": list(table)})
                change(case, model, swapped(rows.values("pk", field.attname), (field.attname,), table))
    return len(here)


def close_school(case, classes: dict[int, SchoolClass]) -> None:
    """School, classes and offices end today; name and code stay for ever as those of a former school."""
    today, school = clock.today(), case.lead_school
    ending = school.classes.filter(closed_on=None).values("pk", "closed_on")
    change(case, SchoolClass, {row["pk"]: ({"closed_on": None}, {"closed_on": today}) for row in ending})
    change(case, School, {school.pk: ({"closed_on": None}, {"closed_on": today})})
    former = FormerName.objects.create(
        school=school, name=school.name, code=school.code, until=today, successor_id=case.receiving_id
    )
    keep(case, FormerName, {former.pk: (None, {"revoked": False})})
    signed = Step.objects.filter(acted_on=today, appointment__school=school).values_list("appointment", flat=True)
    ended = leave_offices_at(school, on=today, signed_today=set(signed))
    table = apps.get_model("accounts", "Appointment")
    keep(case, table, {each.pk: ({"ends": before}, {"ends": each.ends}) for each, before in ended})


# ── the exact record ─────────────────────────────────────────────────────────────────────────────────────────────────


def swapped(rows: Iterable[dict], columns: Iterable[str], table: dict[int, int]) -> dict[int, tuple[dict, dict]]:
    """pk → (before, after), with every value of these columns replaced by what the table says."""
    found = {}
    for row in rows:
        before = {name: row[name] for name in columns}
        found[row["pk"]] = (before, {name: table.get(value, value) for name, value in before.items()})
    return found


def change(case, model: type[Model], changes: dict[int, tuple[dict, dict]]) -> None:
    """Write `after` of every row in one statement, and keep what stood there before."""
    write(model, {pk: after for pk, (_, after) in changes.items()})
    keep(case, model, changes)


def write(model: type[Model], rows: dict[int, dict]) -> None:
    """Bring rows to these values in one statement; every row names the same columns."""
    if not rows:
        return
    columns = next(iter(rows.values()))
    model._base_manager.bulk_update([model(pk=pk, **values) for pk, values in sorted(rows.items())], list(columns))


def keep(case, model: type[Model], changes: dict[int, tuple[dict | None, dict]]) -> None:
    from .models import ClosingEntry

    ClosingEntry.objects.bulk_create(
        [
            ClosingEntry(case_id=case.pk, table=model._meta.label_lower, row=pk, before=before, after=after)
            for pk, (before, after) in changes.items()
        ],
        batch_size=1000,
    )


# ── back ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def take_back_school(case) -> None:
    """更正：撤销 before the next term begins: everything as it was, from the record of the decision. Raises Refused."""
    refuse_after_term(case)
    lock_schools(case)
    entries = list(case.closing_entries.order_by("pk"))
    refuse_new_business(case, entries)
    restore_cases(case, entries)
    for label in ("schools.school", "schools.schoolclass"):
        restore_rows(label, entries)
    refuse_strangers(case, entries)
    journal.restore(case, though_busy=True)
    today = clock.today()
    made = [e.row for e in entries if e.before is None and e.table == "schools.schoolclass"]
    SchoolClass.objects.filter(pk__in=made).update(closed_on=today)
    FormerName.objects.filter(pk__in=[e.row for e in entries if e.table == "schools.formername"]).update(revoked=True)
    return_to_offices({e.row: e.before["ends"] for e in entries if e.table == "accounts.appointment"}, on=today)
    recheck(case.subjects.values_list("child_id", flat=True))


def next_term_after(day: date) -> date:
    """The first day of the next published term; without one, of the next half of the school year."""
    term = Term.objects.filter(starts__gt=day).order_by("starts").first()
    halves = (date(day.year, 3, 1), date(day.year, 9, 1), date(day.year + 1, 3, 1))
    return term.starts if term else next(each for each in halves if each > day)


def refuse_after_term(case) -> None:
    limit = next_term_after(case.closed_on)
    if clock.today() >= limit:
        raise Refused(
            f"{case.number}办结后的下一学期已于{limit:%Y年%-m月%-d日}开学，学生已在接收学校编班就读，"
            "不能再整体撤销；个别学生请按转学办理（第十一条第二款、第三十八条）。"
        )


def refuse_new_business(case, entries) -> None:
    """A change begun after the closing belongs to the receiving school: it ends first."""
    moved = [e.row for e in entries if e.table == "approvals.case"]
    ids = RecordEntry.objects.filter(case_id=case.pk).values("child_id")
    busy = CaseSubject.objects.filter(child__in=ids, blocking=True).exclude(case__in=moved)
    busy = busy.select_related("case__lead_school", "case__desk_school__bureau")
    if sentences := list(dict.fromkeys(busy_sentence(subject.case) for subject in busy)):
        raise Refused(*sentences)


def refuse_strangers(case, entries) -> None:
    """Nobody else may sit, or hold a seat, in a class that ends with the closing."""
    made = [e.row for e in entries if e.before is None and e.table == "schools.schoolclass"]
    own = CaseSubject.objects.filter(case_id=case.pk).values("child")
    sitting = Placement.objects.filter(school_class__in=made, ends=None, enrolment__voided=False)
    held = SeatHold.objects.filter(seats__school_class__in=made, ended_on=None)
    others = sitting.exclude(enrolment__student__in=own).count() + held.count()
    if others:
        raise Refused(
            f"撤并后新编的班级里又有{others}名其他学生就读或预留学位，不能整体撤销；请先另行安排（第三十八条）。"
        )


def restore_rows(label: str, entries) -> None:
    """Rows that the closing changed, back to their former values; a later act on one of them stands in the way."""
    mine = {e.row: e for e in entries if e.table == label and e.before is not None}
    if not mine:
        return
    model, columns = apps.get_model(label), list(next(iter(mine.values())).before)
    for row in model._base_manager.filter(pk__in=mine).values("pk", *columns):
        if any(str(row[name]) != str(mine[row["pk"]].after[name]) for name in columns):
            raise Refused("撤并办结之后有关学校、班级或业务又有变动，不能直接撤销；请先更正后来的变动（第三十八条）。")
    write(model, {pk: entry.before for pk, entry in mine.items()})


def restore_cases(case, entries) -> None:
    """Cases still open go back to the school they came from; those closed since stay as they were decided."""
    running = set(Case.objects.open().filter(pk__in=[e.row for e in entries]).values_list("pk", flat=True))
    of_filings = {e.row for e in entries if e.table == "approvals.ceimsfiling"}
    unfiled = set(CeimsFiling.objects.filter(pk__in=of_filings, filed_on=None).values_list("pk", flat=True))
    present = dict(Case.objects.filter(pk__in=running).values_list("pk", "desk_school_id"))
    for entry in entries:
        if entry.table == "approvals.case" and entry.row in running:
            # The case may have gone on to another desk: the desk follows the side it lies on.
            now, sides = present[entry.row], (entry.before["lead_school_id"], entry.before["peer_school_id"])
            follows = now == case.receiving_id and case.receiving_id not in sides
            if now != entry.after["desk_school_id"]:
                entry.before["desk_school_id"] = case.lead_school_id if follows else now
                entry.after["desk_school_id"] = now
    for kind in by_kind().values():
        label = kind._meta.label_lower
        for column in sorted({name for e in entries if e.table == label for name in e.before}):
            restore_rows(label, [e for e in entries if e.row in running and column in e.before and e.table == label])
    restore_rows("approvals.case", [e for e in entries if e.row in running])
    restore_rows("approvals.ceimsfiling", [e for e in entries if e.row in unfiled])
