"""What a transfer does to the record: the child moved, or moved back. Its seat: `holds.py`."""

from dataclasses import dataclass, fields
from datetime import date

from approvals.errors import Refused
from approvals.materials import facts_of_papers
from approvals.rules import judge
from law import clock, parameters
from law.school_time import school_year_of
from schools.divisions import Scope
from schools.models import SchoolClass
from students import enrolments, journal, places
from students.models import Student
from students.pending import drop_pending

from . import rules
from .desks import State
from .facts import Place, TransferFacts, facts_for, free_seats_at
from .grounds import RefusalGround
from .holds import end_holds, present_grade, renew_hold, seat_fits

OUTSIDE_FIELDS = ("outside_unit", "outside_person", "outside_day", "outside_evidence")


@dataclass(frozen=True)
class TransferCaseFacts(TransferFacts):
    """The facts of a running case: those of the move, and what lies on the desk."""

    missing_papers: str = ""
    unchecked_papers: str = ""
    unseen_originals: str = ""
    exception_missing: bool = False
    class_fits: bool = True
    seat_held: bool = False
    at_origin: bool = True


def facts_of(case, day: date) -> TransferCaseFacts:
    """Facts of a case. Windows and stops are judged by the day of 受理, seats, classes and states by today."""
    grade, held, child = present_grade(case), seat_fits(case), case.child
    move = facts_for(
        origin=origin_of(case),
        target=Place.of_school(case.lead_school),
        grade=case.grade,
        ground=case.ground,
        home=home_of(case),
        on=case.accepted_on or day,
        free_seats=None if held else free_seats_at(case.lead_school, grade or case.grade, clock.today()),
        student_state=child.status,
        return_home=case.return_home,
        problem=child.problem,
    )
    basics = {f.name: getattr(move, f.name) for f in fields(move)}
    soft = judge(rules.SOFT_RULES, move).broken
    return TransferCaseFacts(
        **basics,
        **papers_of(case),
        exception_missing=bool(soft) and not case.exception_reason.strip(),
        class_fits=class_fits(case.to_class, case.lead_school, grade),
        seat_held=held,
        at_origin=case.from_outside or child.school_id == case.peer_school_id,
    )


def home_of(case) -> str:
    """The county of the bureau that decides: six digits."""
    return case.lead_school.bureau.division_id[:6]


def origin_of(case) -> Place:
    return Place.of_school(case.peer_school) if case.peer_school else Place(case.from_division)


def class_fits(to_class, school, grade: int | None) -> bool:
    """A class of this school, open and ordinary, that is in this grade now."""
    if to_class is None or to_class.school_id != school.pk or to_class.closed_on:
        return False
    return to_class.kind == SchoolClass.Kind.ORDINARY and to_class.grade_in(school_year_of(clock.today())) == grade


def papers_of(case) -> dict:
    """Names of required papers that are missing, unchecked, or (县直) whose originals the bureau has not seen."""
    on_paper = case.lead_school.county_direct and parameters.on(clock.today())["transfer.county_direct_paper"]
    unseen = case.materials.filter(required=True, original_seen_by=None).values_list("label", flat=True)
    return {**facts_of_papers(case), "unseen_originals": "、".join(unseen) if on_paper else ""}


def soft_breaches(case) -> list[str]:
    """The articles from which the leader exempts this case, in words, for the signed step."""
    return [f"{finding.message}（{finding.article}）" for finding in judge(rules.SOFT_RULES, case.facts).broken]


def last_desk(case, **_) -> str:
    """Inside the county the same bureau has signed before: by parameter one is enough (第十七条第（二）项)."""
    one = parameters.on(clock.today())["transfer.same_bureau_signatures"] == 1
    return State.FROM_BUREAU_CHECK if case.scope == Scope.COUNTY and one else State.FROM_BUREAU


def where_completed(case, **_) -> str:
    """Across a province border the electronic file has to be called over before the child is ours (调档)."""
    return State.FILE_CALL if case.calls_file else State.DONE


def finish(case) -> None:
    """The last of the four desks has signed: the child moves now, or when its file has come."""
    if where_completed(case) == State.DONE:
        move_child(case)


def receive_file(case, day: date | None) -> None:
    """调档完成: the electronic file came on `day`; the child moves today, when it is signed."""
    if day is None or not case.arrived_on <= day <= clock.today():
        raise Refused(
            f"电子档案到达日期须在转出主管部门同意之日（{case.arrived_on:%Y年%-m月%-d日}）至今日之间，"
            "请按学籍系统显示的日期填写（第十七条第（二）项）。"
        )
    move_child(case)


def where_returned(case, **_) -> str:
    """Before stage 1 the whole draft is open again and will be reviewed anew; later only the papers are."""
    return State.DRAFT if case.state in (State.BUREAU_REVIEW, State.BUREAU_REVIEW_CHECK) else State.SUPPLEMENT


def move_child(case) -> None:
    """办结: one day on which the child leaves one school's books and enters the other's (第七条)."""
    today, child = clock.today(), case.child
    renew_hold(case)
    with journal.kept(case):
        change_record(case, child, today)
    end_holds(case, used=True)
    case.grade, case.moved_on = present_grade(case), today


def change_record(case, child, today: date) -> None:
    """Out of one school, into a class of the other; a newcomer gets a temporary 学籍号."""
    leave_school(case, child, on=today, went_to=case.lead_school.name)
    enrolments.begin(
        [(child, case.to_class)],
        school=case.lead_school,
        on=today,
        case=case,
        how="转入",
        came_from=case.from_school_name,
    )
    Student.objects.filter(pk=child.pk).update(status=Student.Status.ENROLLED)
    enrolments.issue_temporary_numbers([child], on=today, area=case.lead_school.division_id[:6])


def leave_school(case, child, *, on: date, went_to: str) -> None:
    """End the child's living enrolment and free the seats it used."""
    left = enrolments.end([child], on=on, case=case, how="转出", went_to=went_to)
    places.give_up_seats(left, on)


def move_child_back(case) -> None:
    """False papers found afterwards: the record is again what it was before the case, seat or not, by a grant."""
    journal.restore(case)
    drop_pending(case.child)


def let_go(case) -> None:
    """Refused or withdrawn: seats are free again, and a child taken in only for this case leaves the pending list."""
    end_holds(case, used=False)
    drop_pending(case.child)


def record_arrival(case, day: date | None) -> None:
    """报到: the day the child sat in the new class, not before the record moved, not in the future."""
    if day is None or not case.moved_on <= day <= clock.today():
        raise Refused(
            f"报到日期须在办结日（{case.moved_on:%Y年%-m月%-d日}）至今日之间，请填写学生实际到校日期（第十九条第一款）。"
        )
    case.arrived_at_school_on = day


def require_outside_record(case, stage: str, given: dict) -> None:
    """A desk outside the county leaves unit, person, date and evidence, entered by our clerk."""
    if not case.from_outside:
        return
    names = dict(zip(OUTSIDE_FIELDS, ("办理单位", "办理人", "办理日期", "凭据"), strict=True))
    empty = [label for name, label in names.items() if not given.get(name)]
    if empty:
        raise Refused(f"{stage}在县外，请登记{'、'.join(empty)}后再提交（第十七条第（二）项）。")
    if given["outside_day"] > clock.today():
        raise Refused("县外单位的办理日期不能晚于今日，请核对后重新填写。")


def require_listed_ground(case, ground: str) -> None:
    """The sending side refuses only on a listed ground; “不放人” is none (第十九条第二款)."""
    if ground not in RefusalGround.values:
        listed = "；".join(RefusalGround.labels)
        raise Refused(f"不得以其他借口不放行。可选事由：{listed}（第十九条第二款）。")
    case.refusal_ground = ground
