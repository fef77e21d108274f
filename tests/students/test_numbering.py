"""第六条: numbers from the national system, dry-run, decided by two people, effective in bulk, undone exactly."""

from datetime import date

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from approvals.errors import ChildBusy, NotYourHand, Refused, RulesBroken
from approvals.services import perform
from law import clock
from students.enrolments import sealed_number
from students.importing.findings import WorkbookRefused
from students.journal import snapshot
from students.models import Numbering, NumberingRow, Student, StudentNumber
from students.numbering.judging import judge_sheet
from students.numbering.services import Moved, open_numbering
from students.numbering.sheet import read_answer
from students.search import by_number
from tests.changes import again, decided, undone
from tests.county import LEGAL_DAY, make_school
from tests.students.specimens_numbering import (
    ANSWERED,
    HEADS,
    drafted_numbering,
    formal_of,
    fresh,
    row_of,
    sheet_of,
    workbook_of,
)


def held(child):
    return again(child).registry_number.plain()


def judged(bureau, *rows):
    return judge_sheet(sheet_of(*rows), bureau.pk)


def sentences(bureau, *rows):
    return [finding.text for finding in judged(bureau, *rows).findings]


def test_a_temporary_number_becomes_formal_and_both_find_the_child(child_at, no1, bureau):
    """edge case 30."""
    child = child_at(no1)
    old, new = held(child), formal_of(child)
    case = decided(drafted_numbering(bureau, row_of(child)))
    rows = StudentNumber.objects.filter(student=child, kind="registry").order_by("pk")
    assert [(n.letter, n.since, n.until) for n in rows] == [
        ("L", date(2026, 9, 1), LEGAL_DAY),
        ("G", LEGAL_DAY, None),
    ]
    assert held(child) == new and list(by_number(old)) == list(by_number(new)) == [child]
    step = case.steps.get(action="approve")
    assert (step.happened_on, step.acted_on, step.particulars["count"]) == (ANSWERED, LEGAL_DAY, "1")


def test_j_becomes_g_and_the_history_stays(child_at, no1, bureau):
    """edge case 32."""
    child = child_at(no1)
    first, second = fresh(1, "J"), formal_of(child)
    decided(drafted_numbering(bureau, row_of(child, first)))
    with clock.at(date(2026, 10, 20)):
        decided(drafted_numbering(bureau, row_of(child, second)))
    letters = StudentNumber.objects.filter(student=child, kind="registry").order_by("pk")
    assert [n.letter for n in letters] == ["L", "J", "G"]
    assert list(by_number(first)) == [child] and held(child) == second


def test_a_number_has_nothing_to_do_with_a_later_id_number(child_at, no1, bureau):
    """edge case 31."""
    child = child_at(no1)
    decided(drafted_numbering(bureau, row_of(child)))
    before = held(child)
    old = child.id_number
    StudentNumber.objects.filter(pk=old.pk).update(until=clock.today())
    sealed_number(child, "id", fresh(77)[1:], clock.today()).save()
    assert held(child) == before and list(by_number(old.plain())) == list(by_number(before)) == [child]
    assert not judged(bureau, row_of(again(child_at(no1)), fresh(9))).findings


def test_the_child_is_also_found_by_the_number_it_holds(child_at, no1, bureau):
    child = child_at(no1)
    good = judged(bureau, row_of(child, id_number="", old=held(child))).good
    assert [found for _, found in good] == [child]
    assert [line.row for line, _ in good] == [2]


def test_a_correction_restores_every_record(child_at, no1, no2, bureau):
    children = [child_at(no1), child_at(no2)]
    before = snapshot([c.pk for c in children])
    case = decided(drafted_numbering(bureau, *map(row_of, children)))
    with clock.at(date(2026, 9, 20)):
        undone(case)
        after = snapshot([c.pk for c in children])
        assert {key: after[key] for key in before} == before
        # The mistake was never theirs: the number may go to whom it belongs, and the child gets its own.
        wrong, right = children
        decided(drafted_numbering(bureau, row_of(wrong, formal_of(right)), row_of(right, fresh(3))))
    assert held(wrong) == formal_of(right)


def test_effect_in_bulk_costs_the_same_for_two_and_for_forty(child_at, no1, staff, bureau):
    def asked(number):
        children = [child_at(no1, name=f"样例{n}") for n in range(number)]
        case = decided(drafted_numbering(bureau, *map(row_of, children)), until="submit")
        checker = staff(Role.BUREAU_CHECKER, bureau)
        with CaptureQueriesContext(connection) as questions:
            perform(case, "approve", by=checker)
        assert StudentNumber.objects.filter(student__in=children, letter="G", until=None).count() == number
        return len(questions)

    assert asked(2) == asked(40)


def test_the_dry_run_costs_the_same_for_two_and_for_forty(child_at, no1, bureau, django_assert_num_queries):
    children = [child_at(no1, name=f"样例{n}") for n in range(40)]
    for some in (children[:2], children):
        sheet = sheet_of(*map(row_of, some))
        with django_assert_num_queries(3):
            assert len(judge_sheet(sheet, bureau.pk).good) == len(some)


def test_rows_are_sealed_and_only_grow(child_at, no1, bureau):
    child = child_at(no1)
    drafted_numbering(bureau, row_of(child))
    row = NumberingRow.objects.get()
    plain = formal_of(child).encode()
    assert plain not in bytes(row.cipher) and plain not in bytes(row.index) and row.tail == plain.decode()[-4:]
    with pytest.raises(Exception, match="insert-only|permission denied"):
        NumberingRow.objects.update(tail="0000")


# ---- the dry run, fault by fault


def wrong_check(number):
    return number[:-1] + ("0" if number[-1] != "0" else "1")


@pytest.mark.parametrize(
    ("new", "said"),
    [
        (lambda n: wrong_check(n), "校验码不对"),
        (lambda n: n[:-1], "格式不对"),
        (lambda n: "H" + n[1:], "格式不对"),
        (lambda n: "", "新学籍号为空"),
        (lambda n: "L211399201801010001", None),
    ],
)
def test_a_malformed_number(child_at, no1, bureau, new, said):
    child = child_at(no1)
    (sentence,) = sentences(bureau, row_of(child)[:3] + (new(formal_of(child)),))
    assert sentence.startswith("工作表“编发结果”第 2 行 D 列“新学籍号”")
    assert (said or "该生现学籍号为 L 开头，不能改为 L 开头的号码") in sentence
    assert formal_of(child)[:-4] not in sentence


def test_a_wrong_check_digit_counts_for_j_too_and_not_for_l(child_at, no1, bureau):
    assert "校验码不对" in sentences(bureau, row_of(child_at(no1), wrong_check(fresh(5, "J"))))[0]
    assert judged(bureau, row_of(child_at(no1), fresh(5, "J"))).good


@pytest.mark.parametrize(("held_now", "new", "lawful"), [("L", "G", 1), ("L", "J", 1), ("J", "G", 1), ("J", "J", 0)])
def test_letters_go_only_forward(child_at, no1, bureau, held_now, new, lawful):
    child = child_at(no1)
    if held_now == "J":
        decided(drafted_numbering(bureau, row_of(child, fresh(1, "J"))))
    found = judged(bureau, row_of(child, fresh(2, new)))
    assert len(found.good) == lawful and bool(found.findings) != bool(lawful)


@pytest.mark.parametrize("new", [fresh(8, "G"), fresh(8, "J")])
def test_after_g_there_is_no_other_number(child_at, no1, bureau, new):
    child = child_at(no1)
    decided(drafted_numbering(bureau, row_of(child)))
    assert "不能改为" in sentences(bureau, row_of(child, new))[0]


def test_unknown_foreign_misnamed_and_mismatched_children(child_at, no1, bureau):
    from schools.models import Bureau, Division

    abroad = Bureau.objects.create(name="凌源市教育局", division=Division.objects.get(code="211382"))
    stranger = child_at(make_school(abroad, 21, "凌源小", division="211382"))
    one, two = child_at(no1), child_at(no1, name="样例乙")
    said = sentences(
        bureau,
        row_of(one, fresh(1), id_number=fresh(99)[1:]),
        row_of(stranger),
        row_of(one, fresh(2), name="样例误"),
        row_of(two, fresh(3), old=held(one)),
        ("样例乙", "", "", fresh(4)),
    )
    assert [s.partition("：")[2][:12] for s in said] == [
        "没有查到持有此号码的在籍",
        "该生不在本教育局所辖学校",
        "学籍登记的姓名是“样例甲",
        "与身份证件号不是同一名学",
        "身份证件号、现学籍号都没",
    ]
    assert stranger.id_number.plain() not in "".join(said)


def test_a_number_of_another_child_now_or_ever_is_refused(child_at, no1, bureau):
    first, second = child_at(no1), child_at(no1, name="样例乙")
    decided(drafted_numbering(bureau, row_of(first, fresh(1, "J"))))
    assert "另一名学生持有" in sentences(bureau, row_of(second, fresh(1, "J")))[0]
    with clock.at(date(2026, 9, 16)):
        decided(drafted_numbering(bureau, row_of(first)))
    assert "另一名学生持有" in sentences(bureau, row_of(second, fresh(1, "J")))[0]


def test_twice_in_the_sheet_spoils_both_rows(child_at, no1, bureau):
    first, second = child_at(no1), child_at(no1, name="样例乙")
    same_number = judged(bureau, row_of(first, fresh(1)), row_of(second, fresh(1)))
    assert [f.row for f in same_number.findings] == [2, 3] and not same_number.good
    same_child = judged(bureau, row_of(first, fresh(1)), row_of(first, fresh(2)))
    assert [f.row for f in same_child.findings] == [2, 3] and not same_child.good


def test_a_busy_child_is_named_with_its_case(child_at, no1, bureau):
    child = child_at(no1)
    case = drafted_numbering(bureau, row_of(child))
    (sentence,) = sentences(bureau, row_of(child))
    assert case.number in sentence and "办结或撤回后再编发" in sentence
    with pytest.raises((Moved, ChildBusy)):
        drafted_numbering(bureau, row_of(child))


@pytest.mark.parametrize("column", [1, 3])
def test_a_number_typed_as_a_number_is_refused_and_never_repaired(child_at, no1, bureau, column):
    row = list(row_of(child_at(no1)))
    row[column] = 211399201803020013
    found = judged(bureau, tuple(row))
    assert len(found.findings) == 1 and not found.good
    assert "以数字或日期格式存放" in found.findings[0].text and "201803" not in found.findings[0].text


def test_good_rows_stay_good_beside_bad_ones(child_at, no1, bureau):
    first, second = child_at(no1), child_at(no1, name="样例乙")
    found = judged(bureau, row_of(first), row_of(second, "G1"))
    assert [child for _, child in found.good] == [first] and found.bad_rows == 1


@pytest.mark.parametrize("heads", [("姓名", "证件", "号", "新学籍号"), ("姓名", "身份证件号", "现学籍号", "学籍")])
def test_a_sheet_without_its_columns_is_not_read(heads):
    with pytest.raises(WorkbookRefused, match="表头"):
        read_answer(workbook_of(("甲", "1", "2", "3"), heads=heads))


def test_columns_may_stand_anywhere_below_a_title():
    sheet = read_answer(workbook_of(HEADS[::-1], ("G1", "", "2", "甲"), heads=("2026年秋季编发结果",)))
    assert (sheet.lines[0].row, sheet.lines[0].name, sheet.letters["name"]) == (3, "甲", "D")


# ---- who, and what may have moved in between


def test_only_the_clerk_opens(child_at, no1, staff, bureau):
    sheet = sheet_of(row_of(child_at(no1)))
    for person in (staff(Role.REGISTRAR, no1), staff(Role.BUREAU_CHECKER, bureau)):
        with pytest.raises(NotYourHand):
            open_numbering(sheet, by=person, answered_on=ANSWERED)


@pytest.mark.parametrize(("day", "opens"), [(14, True), (15, True), (16, False)])
def test_the_answer_is_not_of_tomorrow(child_at, no1, staff, bureau, day, opens):
    sheet, clerk = sheet_of(row_of(child_at(no1))), staff(Role.BUREAU_CLERK, bureau)
    if opens:
        assert open_numbering(sheet, by=clerk, answered_on=date(2026, 9, day)).is_open
    else:
        with pytest.raises(Refused, match="晚于今日"):
            open_numbering(sheet, by=clerk, answered_on=date(2026, 9, day))


def test_the_checker_cannot_sign_what_is_no_longer_true(child_at, no1, staff, bureau):
    child, other = child_at(no1), child_at(no1, name="样例乙")
    case = decided(drafted_numbering(bureau, row_of(child, fresh(1))), until="submit")
    StudentNumber.objects.filter(student=other, kind="registry").update(until=clock.today())
    sealed_number(other, "registry", fresh(1), clock.today()).save()
    with pytest.raises(RulesBroken, match="另一名学生持有"):
        perform(case, "approve", by=staff(Role.BUREAU_CHECKER, bureau))
    StudentNumber.objects.filter(student=child, kind="registry").update(until=clock.today())
    sealed_number(child, "registry", fresh(2), clock.today()).save()
    with pytest.raises(RulesBroken, match="已有变动"):
        perform(case, "approve", by=staff(Role.BUREAU_CHECKER, bureau))


# ---- the pages


def uploaded(client, *rows):
    file = SimpleUploadedFile("编发结果.xlsx", workbook_of(*rows))
    return client.post(reverse("students:numbering"), {"workbook": file, "answered_on": "2026-09-14"})


def test_from_upload_to_case(child_at, no1, client, staff, bureau):
    child, other = child_at(no1), child_at(no1, name="样例乙")
    client.force_login(staff(Role.BUREAU_CLERK, bureau))
    page = uploaded(client, row_of(child), row_of(other, "G1"))
    assert page.status_code == 200 and not Numbering.objects.exists()
    text = page.content.decode()
    assert "第 3 行 D 列" in text and formal_of(child) not in text and formal_of(child)[1:] not in text
    answer = client.post(reverse("students:numbering_open"), {"token": page.context["token"]})
    case = Numbering.objects.get()
    assert answer.url == case.get_absolute_url() and list(case.rows.values_list("child", flat=True)) == [child.pk]
    shown = client.get(case.get_absolute_url()).content.decode()
    assert child.name in shown and case.rows.get().masked in shown


def test_a_dry_run_is_one_persons_and_cannot_be_altered(child_at, no1, client, staff, bureau):
    child = child_at(no1)
    client.force_login(staff(Role.BUREAU_CLERK, bureau))
    token = uploaded(client, row_of(child)).context["token"]
    client.force_login(staff(Role.BUREAU_CLERK, bureau, name="另一人"))
    for text in (token, token[:-6] + "AAAA==", "", "a.b", "汉.字"):
        assert client.post(reverse("students:numbering_open"), {"token": text}).status_code == 422
    assert not Numbering.objects.exists()


def test_what_moved_since_the_dry_run_is_shown_again(child_at, no1, client, staff, bureau):
    child, other = child_at(no1), child_at(no1, name="样例乙")
    client.force_login(staff(Role.BUREAU_CLERK, bureau))
    token = uploaded(client, row_of(child), row_of(other)).context["token"]
    Student.objects.filter(pk=other.pk).update(name="样例改")
    page = client.post(reverse("students:numbering_open"), {"token": token})
    assert page.status_code == 422 and "样例改" in page.content.decode() and not Numbering.objects.exists()
    client.post(reverse("students:numbering_open"), {"token": page.context["token"]})
    assert [s.child for s in Numbering.objects.get().subjects.select_related("child")] == [child]


def test_a_school_sees_of_the_case_only_its_own_children(child_at, no1, no2, client, staff, bureau):
    mine, theirs = child_at(no1, name="样例我"), child_at(no2, name="样例他")
    case = drafted_numbering(bureau, row_of(mine), row_of(theirs))
    client.force_login(staff(Role.REGISTRAR, no1))
    text = client.get(case.get_absolute_url()).content.decode()
    assert "样例我" in text and "样例他" not in text


def test_who_still_waits_for_a_number(child_at, no1, no2, client, staff, bureau):
    """edge case 30."""
    formal, temporary, paperless = (child_at(no1, name=f"样例{w}") for w in "甲乙丙")
    child_at(no2, name="样例丁")
    decided(drafted_numbering(bureau, row_of(formal), row_of(paperless, fresh(1, "J"))))
    client.force_login(staff(Role.BUREAU_CLERK, bureau))
    page = client.get(reverse("students:numbering_waiting"))
    assert {row["name"]: (row["temporary"], row["without_id"]) for row in page.context["schools"]} == {
        "第一小学": (1, 1),
        "第二小学": (1, 0),
    }
    assert page.context["count"] == 3
    found = client.get(reverse("students:numbering_waiting"), {"letter": "J", "school": no1.pk}).context["children"]
    assert found == [paperless]
    client.force_login(staff(Role.REGISTRAR, no1))
    assert {c.name for c in client.get(reverse("students:numbering_waiting")).context["children"]} == {
        temporary.name,
        paperless.name,
    }


# ---- I10 in the database


def issue(child, number, day=LEGAL_DAY):
    StudentNumber.objects.filter(student=child, kind="registry", until=None).update(until=day)
    sealed_number(child, "registry", number, day).save()


STEPS_TAKEN = [("J", "J"), ("J", "L"), ("G", "J"), ("G", "G"), ("G", "L")]


@pytest.mark.parametrize(("one", "two"), STEPS_TAKEN)
def test_the_database_refuses_a_letter_out_of_step(child_at, no1, one, two):
    child = child_at(no1)
    issue(child, fresh(1, one))
    with pytest.raises(IntegrityError, match="from L to G or J"):
        issue(child, fresh(2, two), date(2026, 9, 16))


def test_the_database_refuses_a_second_temporary_number(child_at, no1):
    with pytest.raises(IntegrityError, match="from L to G or J"):
        issue(child_at(no1), "L211399201803010002")


@pytest.mark.parametrize("one", ["J", "G"])
def test_a_number_undone_on_its_day_counts_for_nothing(child_at, no1, one):
    child = child_at(no1)
    issue(child, fresh(1, one))
    StudentNumber.objects.filter(student=child, letter=one).update(until=LEGAL_DAY)
    StudentNumber.objects.filter(student=child, letter="L").update(until=None)
    issue(child, fresh(2, "G"))
    assert held(child) == fresh(2, "G")


def test_a_number_taken_up_again_is_no_step(child_at, no1):
    child = child_at(no1)
    issue(child, fresh(1))
    issue(child, fresh(1), date(2026, 9, 20))
    assert held(child) == fresh(1)


def test_with_the_trigger_off_the_step_passes(child_at, no1, owner):
    """The trigger alone holds: with it off the same insert goes through."""
    child = child_at(no1)
    issue(child, fresh(1))
    owner.execute("ALTER TABLE students_studentnumber DISABLE TRIGGER students_number_steps")
    issue(child, fresh(2, "J"), date(2026, 9, 16))
    assert held(child) == fresh(2, "J")


def test_both_triggers_fire_always_and_the_application_cannot_turn_them_off(child_at, no1):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, tgenabled::text FROM pg_trigger WHERE tgname = ANY(%s) ORDER BY tgname",
            [["students_number_stays", "students_number_steps"]],
        )
        assert cursor.fetchall() == [("students_number_stays", "A"), ("students_number_steps", "A")]
    with pytest.raises(Exception, match="must be owner") as refused, connection.cursor() as cursor:
        cursor.execute("ALTER TABLE students_studentnumber DISABLE TRIGGER students_number_steps")
    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)
