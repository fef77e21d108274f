"""对账: what differs is found once, with a reason; what agrees again closes; nothing is ever changed."""

from datetime import date

import pytest

from accounts.roles import Role
from approvals.errors import NotYourHand, Refused
from students.agreement import services
from students.agreement.models import Difference, Reason, Side
from students.importing.findings import WorkbookRefused
from students.models import Correction, DifferenceRuling, Student, StudentNumber
from tests.changes import decided, drafted
from tests.county import id_number
from tests.importing import digest_of_records
from tests.students.agreements import agreed, lines_of, said
from tests.workbooks import pupil, workbook


@pytest.fixture
def children(child_at, no1, no2):
    made = [child_at(no1, name=f"样例{c}") for c in "甲乙丙"] + [child_at(no2, name=f"样例{c}") for c in "丁戊"]
    Student.objects.update(ethnicity="01", phone="13800000000", home_address="建平镇一组", nationality="CHN")
    return made


def only(**which) -> Difference:
    return Difference.objects.get(**which)


def test_two_systems_that_agree_leave_nothing(children, bureau, no1, no2):
    before = digest_of_records()
    file = agreed(lines_of(no1, no2), bureau=bureau)
    assert file.counts == file.counts | {"rows": 5, "matched": 5, "new": 0, "closed": 0, "differs": 0}
    assert said() == set() and digest_of_records() == before


def test_every_kind_of_difference_is_found_and_none_invented(children, bureau, no1, no2):
    lines = lines_of(no1, no2)
    lines[0] |= {"phone": "13900000000", "ethnicity": "蒙古族"}
    lines[1] |= {"school_code": no2.code, "class_number": ""}
    lines[2] |= {"home_address": ""}
    gone = lines.pop(3)
    stranger = gone | {"name": "样例新", "id_number": id_number(date(2018, 5, 5), 77, "1"), "registry_number": ""}
    file = agreed([*lines, stranger], bureau=bureau)
    assert said() == {
        ("样例甲", "differs", "phone", "13800000000", "13900000000"),
        ("样例甲", "differs", "ethnicity", "01", "02"),
        ("样例乙", "differs", "school_code", no1.short_name, no2.short_name),
        ("样例丙", "differs", "home_address", "建平镇一组", ""),
        ("样例丁", "only_here", "", "", ""),
        ("样例新", "only_there", "", "", stranger["class_number"]),
    }
    assert file.counts == file.counts | {"differs": 4, "only_here": 1, "only_there": 1, "new": 6, "children": 5}
    proposals = {d.field or d.what: (d.reason, d.side) for d in Difference.objects.all()}
    assert proposals == {
        "phone": (Reason.KEPT_HERE, Side.OURS),
        "ethnicity": (Reason.BOOK, Side.CHECK),
        "school_code": (Reason.COMPARE, Side.CHECK),
        "home_address": (Reason.BLANK_THERE, Side.OURS),
        "only_here": (Reason.NOT_THERE, Side.OURS),
        "only_there": (Reason.NOT_HERE, Side.CHECK),
    }


def test_a_cell_that_looks_like_what_a_column_keeps_sealed_is_read_as_it_was_typed(children, bureau, no1, no2):
    typed = "~p1" + "A" * 40
    lines = lines_of(no1, no2)
    lines[0] |= {"talents": typed}
    agreed(lines, bureau=bureau)
    assert said() == {("样例甲", "differs", "talents", "", typed)}


def test_the_same_file_again_makes_no_new_task_and_agreement_closes(children, bureau, no1, no2):
    lines = lines_of(no1, no2)
    wrong = [line | {"phone": "13900000000"} for line in lines]
    assert agreed(wrong, bureau=bureau).counts["new"] == 5
    again = agreed(wrong, bureau=bureau)
    assert (again.counts["new"], again.counts["closed"], again.counts["differs"]) == (0, 0, 5)
    half = agreed([*wrong[:2], *lines[2:]], bureau=bureau)
    assert (half.counts["new"], half.counts["closed"], half.counts["differs"]) == (0, 3, 2)
    back = agreed(wrong, bureau=bureau)
    assert (back.counts["new"], Difference.objects.count()) == (3, 5)


def test_a_column_that_is_not_there_or_a_cell_that_cannot_be_read_closes_nothing(children, bureau, no1, no2):
    lines = lines_of(no1, no2)
    agreed([line | {"phone": "13900000000", "ethnicity": "蒙古族"} for line in lines], bureau=bureau)
    file = agreed([line | {"phone": "", "ethnicity": "看不懂"} for line in lines], bureau=bureau)
    assert (file.counts["closed"], file.counts["new"], file.counts["unread"]) == (0, 0, 5)
    assert "不是民族的选项" in file.findings[0]["message"]


def test_numbers_are_compared_by_fingerprint_and_shown_by_their_last_four(children, bureau, no1, no2):
    lines, new = lines_of(no1, no2), f"G{id_number(children[0].birth_date, 99, '1')}"
    other = id_number(children[1].birth_date, 88, "1")
    lines[0] |= {"registry_number": new}
    lines[1] |= {"id_number": other}
    agreed(lines, bureau=bureau)
    numbered = only(field="registry_number")
    assert (numbered.theirs, numbered.reason, numbered.is_bureaus) == (f"G{'*' * 14}{new[-4:]}", Reason.ISSUED, True)
    held = only(field="id_number")
    assert (held.ours, held.theirs, held.reason) == (children[1].id_number.tail, other[-4:], Reason.BOOK)
    assert not Difference.objects.filter(theirs__contains=other[:14]).exists()


def test_a_former_number_still_means_its_child(children, bureau, no1, no2):
    lines, child = lines_of(no1, no2), children[0]
    StudentNumber.objects.filter(student=child, kind="id").update(until=date(2026, 9, 1))
    agreed(lines, bureau=bureau)
    assert {(d.name, d.field, d.reason) for d in Difference.objects.all()} == {("样例甲", "id_number", "blank_here")}


def test_a_child_without_numbers_there_is_known_by_name_sex_and_birth(children, bureau, no1, no2):
    lines = lines_of(no1, no2)
    lines[0] |= {"id_number": "", "registry_number": ""}
    agreed(lines, bureau=bureau)
    assert {(d.what, d.field, d.reason) for d in Difference.objects.all()} == {
        ("differs", "id_number", "blank_there"),
        ("differs", "registry_number", "blank_there"),
    }


def test_what_the_number_itself_says_is_proposed(children, bureau, no1, no2):
    lines = lines_of(no1, no2)
    lines[0] |= {"sex": "女"}
    Student.objects.filter(pk=children[1].pk).update(sex="2")
    agreed(lines, bureau=bureau)
    assert {(d.name, d.reason, d.side) for d in Difference.objects.all()} == {
        ("样例甲", "number_ours", "ours"),
        ("样例乙", "number_ceims", "ceims"),
    }


def test_a_decided_case_not_yet_filed_explains_its_own_fields_only(children, bureau, no1, no2):
    lines, child = lines_of(no1, no2), children[0]
    given = {"ground": "mistyped", "reason_note": "输错", "changes": {"native_place": "辽宁建平"}}
    case = decided(drafted(Correction, child, **given))
    lines[0] |= {"native_place": "辽宁朝阳", "phone": "13900000000"}
    lines[1] |= {"native_place": "辽宁朝阳"}
    agreed(lines, bureau=bureau)
    explained = only(name="样例甲", field="native_place")
    assert (explained.reason, explained.side, explained.case_id) == (Reason.UNFILED, Side.OURS, case.pk)
    assert only(name="样例甲", field="phone").case_id is None
    assert only(name="样例乙", field="native_place").reason == Reason.BLANK_HERE


def test_an_open_case_says_wait(children, bureau, no1, no2):
    lines, child = lines_of(no1, no2), children[0]
    changes = {"ground": "mistyped", "reason_note": "输错", "changes": {"native_place": "辽宁建平"}}
    case = drafted(Correction, child, **changes)
    lines[0] |= {"native_place": "辽宁建平"}
    agreed(lines, bureau=bureau)
    assert (only().reason, only().side, only().case_id) == (Reason.IN_HAND, Side.WAIT, case.pk)


def test_a_school_compares_its_own_children_and_learns_nothing_of_others(children, no1, no2):
    theirs, own = lines_of(no2), lines_of(no1)
    agreed([*own, theirs[0]], school=no1)
    (found,) = Difference.objects.all()
    assert (found.what, found.reason, found.student, found.ours, found.school) == (
        "only_there", "elsewhere", None, "", no1,
    )  # fmt: skip


def test_a_schools_file_leaves_the_other_schools_tasks_alone(children, bureau, no1, no2):
    lines = lines_of(no1, no2)
    agreed([line | {"phone": "13900000000"} for line in lines], bureau=bureau)
    file = agreed(lines_of(no1), school=no1)
    assert file.counts["closed"] == 3 and Difference.objects.standing().count() == 2


def test_two_rows_of_one_child_are_told(children, bureau, no1, no2):
    lines = lines_of(no1, no2)
    file = agreed([*lines, lines[0] | {"phone": "13900000000"}], bureau=bureau)
    assert said() == set() and file.counts["twice"] == 1
    assert "与第 2 行是同一名学生" in file.findings[0]["message"]


def test_a_child_that_has_left_here_is_proposed_to_leave_there(children, bureau, no1, no2):
    lines = lines_of(no1, no2)
    Student.objects.filter(pk=children[0].pk).update(status="moved_away")
    agreed(lines, bureau=bureau)
    assert (only().what, only().reason, only().side, only().student) == ("only_there", "left", "ours", children[0])


def test_a_file_without_names_or_numbers_is_refused(children, bureau, no1):
    data = workbook([pupil(1)], headers={"id_number": "甲", "registry_number": "乙"})
    with pytest.raises(WorkbookRefused, match="须有“姓名”"):
        agreed(data, bureau=bureau)


def test_an_older_export_or_one_of_tomorrow_is_refused(children, bureau, no1, no2):
    agreed(lines_of(no1, no2), bureau=bureau, as_of=date(2026, 9, 15))
    agreed(lines_of(no1, no2), bureau=bureau, as_of=date(2026, 9, 15))
    with pytest.raises(Refused, match="更早的名册不能再比对"):
        agreed(lines_of(no1, no2), bureau=bureau, as_of=date(2026, 9, 14))
    with pytest.raises(Refused, match="不能晚于今日"):
        agreed(lines_of(no1, no2), bureau=bureau, as_of=date(2026, 9, 16))


def test_who_is_right_is_confirmed_by_the_owner_and_stays_until_the_facts_move(children, bureau, no1, no2, staff):
    lines = lines_of(no1, no2)
    lines[0] |= {"ethnicity": "蒙古族"}
    agreed(lines, bureau=bureau)
    given = {"side": "ceims", "note": "户口簿为蒙古族"}
    with pytest.raises(NotYourHand):
        services.confirm(only(), by=staff(Role.REGISTRAR, no2), **given)
    with pytest.raises(Refused, match="依据"):
        services.confirm(only(), by=staff(Role.REGISTRAR, no1), side="ceims", note=" ")
    before = digest_of_records()
    services.confirm(only(), by=staff(Role.REGISTRAR, no1), **given)
    assert digest_of_records() == before and DifferenceRuling.objects.get().side == "ceims"
    agreed(lines, bureau=bureau)
    assert (only().state, only().confirmed) == ("confirmed", "ceims")
    lines[0] |= {"ethnicity": "满族"}
    agreed(lines, bureau=bureau)
    assert (only().state, only().confirmed) == ("open", "")


def test_strangers_cannot_compare(children, bureau, no1, no2, staff):
    for by, school in ((staff(Role.REGISTRAR, no2), no1), (staff(Role.REGISTRAR, no1), None)):
        with pytest.raises(NotYourHand):
            services.take_in(b"", "x.xlsx", by=by, as_of=date(2026, 9, 15), school=school)
