"""第十条：学期末结册——两人签字、冻结、编号、续上册、差错另作更正页."""

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts.roles import Role
from approvals.errors import NotYourHand, Refused, RulesBroken
from approvals.services import buttons_for, perform
from jianping_xueji.jobs.models import Job
from law import clock
from law.models import Term
from reports.books import frozen
from reports.books.models import BookFile, BookPart, BookRow
from schools.models import School
from students.models import Enrolment, Placement, Student
from suspensions.models import Suspension
from tests.changes import decided, drafted, undone
from tests.county import class_of, make_school, papers_in_order, staff_member, walk
from tests.reports.books import AUTUMN_ENDS, DAY, SPRING_ENDS, begun, closed, corrected, printed_bytes, signed
from transfers.services import start_transfer


def moved(child, school):
    """A transfer decided within the county on the legal day."""
    registrar = staff_member(Role.REGISTRAR, school)
    case = start_transfer(child, school, by=registrar, ground="T4", grade=3, to_class=class_of(school, 3))
    papers_in_order(case, registrar)
    return walk(case)


def announced(ends):
    """The autumn term of 2026 ends on this day."""
    given = {"starts": date(2026, 9, 1), "ends": ends}
    Term.objects.update_or_create(year=2026, number=1, defaults=given)


def suspended(child):
    return decided(drafted(Suspension, child, ground_note="骨折", until=date(2027, 6, 30)))


def lines_of(part) -> list[dict]:
    return [line.cells for line in frozen.reading_of(part)[0].lines]


def test_the_ledger_of_a_term_counted_by_hand(no1, no2, child_at):
    """Three in grade three: one suspended, one moved away, one stays; 建籍 of 1 September is an increase."""
    ill, gone, _ = (child_at(no1, grade=3, name=name) for name in ("样例甲", "样例乙", "样例丙"))
    suspension, transfer = suspended(ill), moved(gone, no2)
    part = closed(no1, "movements")
    assert part.figures == {
        "records": {"opening": 0, "in": 3, "out": 1, "closing": 2},
        "chairs": {"opening": 0, "in": 3, "out": 2, "closing": 1},
    }
    told = [(c["name"], c["kind"], c["day"], c["where"], c["case"], c["remark"]) for c in lines_of(part)[3:]]
    assert told == [
        ("样例甲", "减 休学", "2026-09-15", "", suspension.number, "只计在校生数"),
        ("样例乙", "减 转出（县内）", "2026-09-15", "建平县第二小学", transfer.number, ""),
    ]
    assert lines_of(part)[0]["place"] == "三年级1班" and part.ends["records"] == sorted(
        Student.objects.exclude(pk=gone.pk).values_list("pk", flat=True)
    )
    other = closed(no2, "movements")
    (came,) = lines_of(other)
    assert (came["kind"], came["where"], came["reason"]) == (
        "增 转入（县内）",
        "建平县第一小学",
        "家庭住址跨学区迁移，就近入学困难",
    )


def test_the_next_book_begins_with_the_end_of_the_last(no1, no2, child_at):
    first, second = child_at(no1, grade=3), child_at(no1, grade=3)
    autumn = closed(no1, "movements", until=date(2027, 1, 20))
    with clock.at(date(2027, 3, 10)):
        suspended(second)
    spring = closed(no1, "movements", term=2)
    assert spring.first == date(2027, 1, 21), "what happened in the holidays belongs to the next book"
    assert spring.figures["chairs"] == {"opening": 2, "in": 0, "out": 1, "closing": 1}
    assert spring.figures["records"]["opening"] == autumn.figures["records"]["closing"] == 2
    assert [part.number[-10:] for part in (autumn, spring)] == ["增-2026-001", "增-2026-002"]
    assert first.pk in spring.ends["chairs"]


def test_a_book_of_a_term_waits_for_the_one_before(no1, child_at):
    child_at(no1, grade=3)
    closed(no1, "movements", year=2026, term=1)
    with pytest.raises(RulesBroken, match="2026—2027学年第二学期.*还没有结册"):
        begun(no1, "movements", year=2027, term=1, until=date(2028, 2, 29), on=date(2028, 3, 2))


def test_a_series_begun_with_its_second_book_leaves_no_days_to_nobody(no1, child_at):
    """The spring book was closed first and begins on 1 March: the autumn one must reach until the day before."""
    child_at(no1, grade=3)
    announced(date(2027, 1, 16))
    spring = closed(no1, "movements", term=2)
    with pytest.raises(RulesBroken) as broken:
        begun(no1, "movements", until=date(2027, 1, 20), on=SPRING_ENDS + DAY)
    (finding,) = broken.value.verdict.broken
    assert f"下一册{spring.number}已从2027年3月1日记起" in finding.message and "前一天" in finding.remedy
    autumn = closed(no1, "movements", on=SPRING_ENDS + DAY)
    assert autumn.until + DAY == spring.first
    assert autumn.figures["records"]["closing"] == spring.figures["records"]["opening"]


def test_a_book_does_not_end_where_the_closed_next_one_did_not_begin(no1, child_at):
    child = child_at(no1, grade=3)
    closed(no1, "movements", term=2)
    # As an import of the data administrator may do: a record that turns out never to have been.
    Enrolment.objects.filter(student=child).update(during=(date(2027, 3, 2), None))
    with pytest.raises(RulesBroken, match="本册期末学籍数0，已结的下册.*期初1"):
        begun(no1, "movements", on=SPRING_ENDS + DAY)


@pytest.mark.parametrize(("days", "lawful"), [(-1, False), (0, True), (1, True)])
def test_it_reaches_at_least_to_the_end_of_the_term(no1, child_at, days, lawful):
    child_at(no1, grade=3)
    ends = date(2027, 1, 16)
    announced(ends)
    until = ends + days * DAY
    if lawful:
        assert closed(no1, "movements", until=until).until == until
    else:
        with pytest.raises(RulesBroken) as broken:
            begun(no1, "movements", until=until)
        assert broken.value.verdict.broken[0].possible_from == ends + DAY


@pytest.mark.parametrize(("days", "lawful"), [(-1, True), (0, False), (1, False)])
def test_its_last_day_is_over(no1, child_at, days, lawful):
    child_at(no1, grade=3)
    today = AUTUMN_ENDS
    announced(date(2027, 1, 16))
    if lawful:
        assert begun(no1, "movements", until=today + days * DAY, on=today)
    else:
        with pytest.raises(RulesBroken, match="还没有过完"):
            begun(no1, "movements", until=today + days * DAY, on=today)


def test_it_does_not_reach_into_the_next_term(no1, child_at):
    child_at(no1, grade=3)
    with pytest.raises(RulesBroken, match="止日须在本册起日"):
        begun(no1, "movements", until=AUTUMN_ENDS + DAY)


def test_two_people_close_a_book(no1, no3, child_at):
    child_at(no1, grade=3)
    on = AUTUMN_ENDS + DAY
    case = begun(no1, "movements")
    registrar, head = staff_member(Role.REGISTRAR, no1), staff_member(Role.HEADMASTER, no1)
    with clock.at(on):
        for stranger in (head, staff_member(Role.REGISTRAR, no3), staff_member(Role.BUREAU_CLERK, no1.bureau)):
            with pytest.raises(NotYourHand):
                perform(case, "submit", by=stranger)
        case = perform(case, "submit", by=registrar)
        for other in (registrar, staff_member(Role.DEPUTY_HEAD, no1), staff_member(Role.HEADMASTER, no3)):
            with pytest.raises(NotYourHand):
                perform(case, "approve", by=other)
        case = perform(case, "approve", by=head)
    part = BookPart.objects.get(case=case)
    assert (part.made_by, part.checked_by) == (registrar, head)
    assert case.steps.get(action="approve").particulars == {"number": part.number, "digest": part.digest}
    with clock.at(on):
        assert [b.name for b in buttons_for(case, staff_member(Role.BUREAU_LEADER, no1.bureau))] == []


def test_what_moved_after_the_registrar_handed_it_in_stops_the_headmaster(no1, child_at):
    case = suspended(child_at(no1, grade=3, name="样例甲"))
    closing = begun(no1, "movements")
    on = AUTUMN_ENDS + DAY
    with clock.at(on):
        closing = perform(closing, "submit", by=staff_member(Role.REGISTRAR, no1))
        undone(case)
        with pytest.raises(Refused, match="提交以后册中内容有变动"):
            perform(closing, "approve", by=staff_member(Role.HEADMASTER, no1))
    assert not BookPart.objects.exists()


def test_a_movement_nobody_can_explain_stops_the_book_by_name(no1, child_at):
    child = child_at(no1, grade=3, name="样例不见")
    Placement.objects.filter(enrolment__student=child).update(ends=date(2026, 10, 9))
    with pytest.raises(RulesBroken, match="样例不见（2026年10月9日减少，没有查到办理的业务）"):
        begun(no1, "movements")


def test_a_book_is_closed_once_and_being_closed_once(no1, child_at):
    child_at(no1, grade=3)
    case = begun(no1, "movements")
    with pytest.raises(Refused, match="正在结册"):
        begun(no1, "movements")
    part = signed(case, on=AUTUMN_ENDS + DAY)
    with pytest.raises(RulesBroken, match=f"已结册，编号{part.number}"):
        begun(no1, "movements")


def test_a_withdrawn_closing_may_begin_anew(no1, child_at):
    child_at(no1, grade=3)
    case = begun(no1, "movements")
    with clock.at(AUTUMN_ENDS + DAY):
        perform(case, "withdraw", by=staff_member(Role.REGISTRAR, no1), opinion="止日有误")
    assert closed(no1, "movements")


def test_an_empty_ledger_is_closed_an_empty_roster_is_not(no1):
    assert closed(no1, "movements").lines_count == 0 and closed(no1, "transfers").lines_count == 0
    with pytest.raises(RulesBroken, match="没有一名学生"):
        begun(no1, "newcomers")


# ── frozen ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def part(no1, child_at):
    child_at(no1, grade=1, name="样例新")
    return closed(no1, "newcomers")


@pytest.mark.parametrize("table", ["reports_book", "reports_bookpart", "reports_bookrow", "reports_bookfile"])
@pytest.mark.parametrize("statement", ["DELETE FROM {0}", "UPDATE {0} SET id = id", "TRUNCATE {0} CASCADE"])
def test_a_closed_book_can_neither_be_changed_nor_deleted(part, table, statement):
    from django.db import connection

    printed_bytes(part)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))
    assert frozen.is_whole(BookPart.objects.get(pk=part.pk))


def test_numbers_are_unique_per_school_kind_and_year(part, no1):
    Student.objects.update(name="改名以后")
    case = begun(no1, "newcomers", amendment=1, reason="更正")
    copy = {f.attname: getattr(part, f.attname) for f in part._meta.concrete_fields if f.name != "id"}
    copy |= {"number": "另一编号", "amendment": 1, "reason": "更正", "case_id": case.pk}
    with pytest.raises(IntegrityError, match="book_serial_once"), transaction.atomic():
        BookPart.objects.create(**copy)


def test_the_record_moves_on_and_the_book_stays(part):
    child = Student.objects.get(name="样例新")
    number = child.id_number.plain()
    Student.objects.filter(pk=child.pk).update(name="改名以后", home_address="新址")
    (line,) = lines_of(part)
    assert line["name"] == "样例新" and line["id_number"] == number
    row = BookRow.objects.get()
    assert "样例新".encode() not in bytes(row.cells) and number.encode() not in bytes(row.cells), "sealed"


def test_it_prints_the_same_bytes_every_time(part, no1):
    first = printed_bytes(part)
    Student.objects.update(name="改名以后")
    with clock.at(date(2027, 5, 1)):
        assert printed_bytes(part, by=staff_member(Role.BUREAU_CLERK, no1.bureau)) == first
    kept = BookFile.objects.get()
    assert kept.record.pdf_sha256 == kept.sha256 and kept.record.standing == "valid"


def test_closing_rings_for_the_worker_who_makes_the_file(part):
    job = Job.objects.get(kind="reports.book")
    assert job.arguments["part"] == part.pk and job.requested_by == part.checked_by


# ── corrected by a further page ──────────────────────────────────────────────────────────────────────────────────────


def test_a_name_corrected_later_makes_a_correction_page(part):
    Student.objects.update(name="样例心")
    page = corrected(part, "户口簿登记为“心”", on=date(2027, 5, 1))
    (line,) = lines_of(page)
    assert line["remark"] == "更正（原：样例新）" and line["name"] == "样例心"
    assert (page.amendment, page.number[-10:], page.title) == (1, "新-2026-002", "新生花名册（更正页第1号）")
    assert lines_of(part)[0]["name"] == "样例新"
    with pytest.raises(RulesBroken, match="没有要更正的内容"):
        corrected(part, on=date(2027, 5, 2))


def test_a_change_undone_after_the_closing_is_struck_and_the_next_book_balances(no1, no2, child_at):
    child_at(no1, grade=3, name="样例丙")
    gone = child_at(no1, grade=3, name="样例乙")
    transfer = moved(gone, no2)
    autumn = closed(no1, "movements")
    with clock.at(date(2027, 3, 10)):
        perform(transfer, "revert", by=staff_member(Role.BUREAU_LEADER, no1.bureau), opinion="材料虚假")
    with pytest.raises(RulesBroken, match="样例乙（上册.*期末不在册，本册期初在；结册后转.*撤销办结"):
        begun(no1, "movements", term=2)
    page = corrected(autumn, "转学撤销", on=SPRING_ENDS)
    (line,) = lines_of(page)
    assert line["remark"] == "注销" and line["name"] == "样例乙" and line["case"] == transfer.number
    spring = closed(no1, "movements", term=2)
    assert spring.figures["records"]["opening"] == page.figures["records"]["closing"] == 2


def test_a_correction_page_says_why(no1, part):
    Student.objects.update(name="样例心")
    with pytest.raises(Refused, match="须写明更正理由"):
        corrected(part, "", on=date(2027, 5, 1))


def test_a_book_that_is_open_needs_no_correction_page(no1, child_at):
    child_at(no1, grade=1)
    with pytest.raises(Refused, match="还没有结册"):
        begun(no1, "newcomers", amendment=1, reason="更正")


# ── the other books ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_newcomers_are_who_began_here_even_if_they_have_left(no1, no2, child_at):
    child_at(no1, grade=1, name="样例新")
    child_at(no1, grade=3, name="样例旧")
    assert [line["name"] for line in lines_of(closed(no1, "newcomers"))] == ["样例新"]


def test_transfers_hold_their_form_and_their_proofs(no1, no2, child_at):
    case = moved(child_at(no1, grade=3, name="样例乙"), no2)
    (out,), (came,) = lines_of(closed(no1, "transfers")), lines_of(closed(no2, "transfers"))
    assert (out["side"], came["side"], out["case"]) == ("转出", "转入", case.number)
    assert came["form"]["child"]["name"] == "样例乙" and came["form"]["desks"][0]["checker"]
    assert [paper["state"] for paper in came["papers"]] == ["已核"] * case.materials.count()


def test_graduates_once_every_list_is_decided(bureau, child_at):
    from tests.students.test_graduation import listed

    school = make_school(bureau, 83, "第八十三小学", School.Kind.PRIMARY)
    child_at(school, grade=6, name="样例毕")
    listed(school)
    with pytest.raises(RulesBroken, match="毕业业务毕.*还没有办结"):
        begun(school, "graduates", term=2)


def test_cards_of_everybody_who_sat_here(no1, no2, child_at):
    ill = child_at(no1, grade=3, name="样例甲", entered_month="202409")
    case = suspended(ill)
    part = closed(no1, "cards", term=2)
    (card,) = lines_of(part)
    assert case.number in card["suspended"] and card["joined"] == "2026年9月1日" and len(card["years"]) == 6


def test_voided_life_is_in_no_book(no1, child_at):
    child = child_at(no1, grade=1)
    Placement.objects.filter(enrolment__student=child).update(ends=date(2026, 9, 1))
    Enrolment.objects.filter(student=child).update(voided=True)
    assert closed(no1, "movements").lines_count == 0
