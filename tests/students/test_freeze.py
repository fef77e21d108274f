"""冻结期 (第十四条): key fields of grade nine stand, in words by the rules and in fact by the database."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from approvals.errors import Refused, RulesBroken
from approvals.services import perform
from law import clock
from law.models import Window
from schools.models import School
from students import freeze
from students.changes import keep_change, start_change, verdict_on
from students.dictionary.fields import KEY, by_attribute
from students.enrolments import sealed_number
from students.journal import snapshot
from students.models import Correction, Student, StudentNumber
from tests.changes import again, decided, drafted, undone
from tests.county import hand_for, id_number, make_school
from tests.students.specimens_problems import drafted_merge, found_pair

STARTS, ENDS = date(2027, 4, 1), date(2027, 8, 15)
INSIDE, AFTER = date(2027, 5, 10), ENDS + timedelta(days=1)
ONE_DAY = timedelta(days=1)
PROOF = {"ground": "mistyped", "reason_note": "登记时看错户口簿"}
# Every key field, each with a value it did not have.
OTHERWISE = {"name": "张叁", "sex": "2", "birth_date": date(2012, 1, 2), "ethnicity": "02", "id_type": "A"}


def announce(starts=STARTS, ends=ENDS):
    return Window.objects.create(kind=Window.Kind.EXAM_FREEZE, starts=starts, ends=ends, document="县教育局通知")


@pytest.fixture
def window(db):
    return announce()


@pytest.fixture
def junior(bureau):
    return make_school(bureau, 7, "第七初级中学", School.Kind.JUNIOR)


@pytest.fixture
def nine(junior, child_at):
    return child_at(junior, grade=9, name="张三")


@pytest.fixture
def inside():
    with clock.at(INSIDE) as day:
        yield day


def broken(child, ground="changed", **changes) -> set[str]:
    return {f.rule.code for f in verdict_on(Correction, child, ground=ground, changes=changes).broken}


def new_number(child):
    return id_number(child.birth_date, 321, child.sex)


def asked(child, **changes):
    return drafted(Correction, child, reason_note="户口簿已更名", changes=changes)


def excepted(child, **changes):
    """A typing error of the school, put right in the freeze with the leader's signature."""
    case = drafted(Correction, child, **PROOF, exception_reason="系录入差错，户口簿从未变更", changes=changes)
    case = decided(case, until="propose")
    leader = hand_for(case, Role.BUREAU_LEADER, "bureau")
    return perform(case, "grant_exception", by=leader, opinion="同意更正")


# In words ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "possible"),
    [
        (STARTS - ONE_DAY, True),
        (STARTS, False),
        (STARTS + ONE_DAY, False),
        (ENDS - ONE_DAY, False),
        (ENDS, False),
        (ENDS + ONE_DAY, True),
    ],
)
def test_both_dates_belong_to_the_freeze(window, nine, day, possible):
    with clock.at(day):
        assert (broken(nine, name="张叁") == set()) == possible


@pytest.mark.parametrize("field", ["name", "sex", "birth_date", "ethnicity", "id_type", "id_number"])
def test_every_key_field_of_grade_nine_is_frozen(window, nine, inside, field):
    """edge case 33: name, sex, birth date, people and document."""
    value = OTHERWISE.get(field) or new_number(nine)
    assert "not_frozen" in broken(nine, **{field: value})


def test_other_fields_and_other_grades_are_not(window, nine, junior, child_at, inside):
    """edge case 33: what identifies nobody stays editable, and so does everybody else."""
    assert not broken(nine, health="10", native_place="辽宁建平")
    eight = child_at(junior, grade=8, name="李四")
    assert not broken(eight, name="李肆")


def test_the_refusal_says_from_when(window, nine, inside):
    (finding,) = verdict_on(Correction, nine, changes={"name": "张叁", "ethnicity": "02"}).broken
    assert finding.possible_from == AFTER
    assert "2027年8月15日" in finding.message and "姓名、民族" in finding.message
    assert "第十四条" in finding.article


def test_a_case_accepted_before_is_not_written_in_the_freeze(window, nine):
    """edge case 33: an open case finishes before the freeze or waits for its end."""
    with clock.at(STARTS - ONE_DAY):
        case = decided(asked(nine, name="张叁"), until="vouch")
    with clock.at(STARTS), pytest.raises(RulesBroken) as refusal:
        decided_by_bureau(case)
    assert [f.rule.code for f in refusal.value.verdict.broken] == ["not_frozen"]
    assert refusal.value.verdict.broken[0].possible_from == AFTER
    with clock.at(AFTER):
        assert decided_by_bureau(case).state == "done"
    assert again(nine).name == "张叁"


def decided_by_bureau(case):
    case = perform(case, "propose", by=hand_for(case, Role.BUREAU_CLERK, "bureau"))
    return perform(case, "approve", by=hand_for(case, Role.BUREAU_CHECKER, "bureau"))


def test_the_last_signature_is_refused_too(window, nine):
    with clock.at(STARTS - ONE_DAY):
        case = decided(asked(nine, name="张叁"), until="propose")
    with clock.at(STARTS), pytest.raises(RulesBroken):
        perform(case, "approve", by=hand_for(case, Role.BUREAU_CHECKER, "bureau"))


def test_the_schools_own_mistake_needs_sheet_reason_and_leader(window, nine, inside):
    assert broken(nine, "mistyped", name="张叁") == {"no_mistake_in_the_freeze"}
    case = drafted(Correction, nine, **PROOF, changes={"name": "张叁"})
    registrar = hand_for(case, Role.REGISTRAR, "lead")
    with pytest.raises(RulesBroken, match="理由"):
        perform(case, "submit", by=registrar)
    changes = {"name": "张叁"}
    case = keep_change(case, by=registrar, **PROOF, exception_reason="录入差错", changes=changes)
    case.materials.filter(code="consistency_sheet").update(state="missing")
    with pytest.raises(RulesBroken, match="一致性核对单"):
        perform(case, "submit", by=registrar)
    case.materials.filter(code="consistency_sheet").update(state="checked")
    case = decided(case, until="propose")
    with pytest.raises(RulesBroken):
        perform(case, "approve", by=hand_for(case, Role.BUREAU_CHECKER, "bureau"))
    leader = hand_for(case, Role.BUREAU_LEADER, "bureau")
    case = perform(case, "grant_exception", by=leader, opinion="同意更正")
    assert (case.state, again(nine).name, again(nine).former_name) == ("done", "张叁", "")


def test_a_number_mistyped_by_the_school_is_put_right_and_undone(window, nine, inside):
    old, number = nine.id_number.plain(), new_number(nine)
    case = excepted(nine, id_number=number)
    assert again(nine).id_number.plain() == number
    undone(case)
    assert again(nine).id_number.plain() == old


def test_undoing_an_ordinary_change_waits_for_the_end(window, nine):
    with clock.at(STARTS - ONE_DAY):
        case = decided(asked(nine, name="张叁"))
    with clock.at(STARTS), pytest.raises(Refused, match="冻结期"):
        undone(case)
    with clock.at(AFTER):
        assert undone(case).state == "undone"
    assert again(nine).name == "张三"


def test_a_draft_is_not_begun_in_the_freeze(window, nine, inside, staff, junior):
    with pytest.raises(RulesBroken):
        start_change(Correction, nine, by=staff(Role.REGISTRAR, junior), reason_note="更名", changes={"name": "张叁"})


def test_an_import_changes_no_key_field_at_all():
    """Key fields of a child on record only travel by a correction, in a freeze or not."""
    assert {by_attribute(name).route for name in freeze.KEY_FIELDS} == {KEY}


def test_the_data_fix_site_is_no_way_around(window, nine, client, staff, bureau, inside):
    client.force_login(staff(Role.DATA_ADMIN, bureau))
    url = reverse("admin:students_student_change", args=[nine.pk])
    form = client.get(url).context["adminform"].form
    data = {name: form.get_initial_for_field(field, name) or "" for name, field in form.fields.items()}
    answer = client.post(url, data | {"reason": "登记有误", "name": "张叁"})
    assert "冻结期" in answer.content.decode() and again(nine).name == "张三"
    client.post(url, data | {"reason": "登记有误", "native_place": "辽宁建平"})
    assert again(nine).native_place == "辽宁建平"


# A merge of two records (第七条) --------------------------------------------------------------------------------------


@pytest.fixture
def twice(bureau, junior, child_at):
    """A grade-nine child on record at two schools, (with a number, without)."""
    other = make_school(bureau, 8, "第八初级中学", School.Kind.JUNIOR)
    return found_pair(child_at, junior, other, grade=9)[:2]


@pytest.mark.parametrize(
    ("day", "possible"),
    [
        (STARTS - ONE_DAY, True),
        (STARTS, False),
        (STARTS + ONE_DAY, False),
        (ENDS - ONE_DAY, False),
        (ENDS, False),
        (ENDS + ONE_DAY, True),
    ],
)
def test_a_merge_gives_no_number_to_grade_nine_in_the_freeze(window, twice, day, possible):
    """第十四条: the record that stays has no ID number and would be given one."""
    numbered, bare = twice
    with clock.at(day):
        if possible:
            assert decided(drafted_merge(bare, numbered)).state == "done"
            assert again(bare).id_number is not None
            return
        with pytest.raises(RulesBroken) as refusal:
            drafted_merge(bare, numbered)
    (finding,) = refusal.value.verdict.broken
    assert (finding.rule.code, finding.possible_from) == ("number_stands_in_the_freeze", AFTER)
    assert "第十四条" in finding.article and "2027年8月15日" in finding.message
    assert again(bare).id_number is None


def test_a_merge_accepted_before_is_not_signed_in_the_freeze(window, twice):
    numbered, bare = twice
    with clock.at(STARTS - ONE_DAY):
        case = decided(drafted_merge(bare, numbered), until="pass_on")
    leader = hand_for(case, Role.BUREAU_LEADER, "bureau")
    with clock.at(STARTS), pytest.raises(RulesBroken, match="冻结期"):
        perform(case, "approve", by=leader)
    with clock.at(AFTER):
        assert perform(case, "approve", by=leader).state == "done"


def test_a_merge_that_changes_no_key_field_is_carried_out_and_undone_in_the_freeze(window, twice, inside):
    """The record that stays keeps its own number; the one that ends keeps its own for its history, and gets it back."""
    numbered, bare = twice
    sealed_number_before_the_freeze(bare)
    before = the_record(numbered, bare)
    case = decided(drafted_merge(numbered, bare))
    assert (again(bare).status, again(bare).id_number) == ("merged", None)
    undone(case)
    after = the_record(numbered, bare)
    assert {key: after[key] for key in before} == before


def the_record(*children):
    """Everything but the findings, which are looked for anew."""
    rows = snapshot([child.pk for child in children])
    return {key: row for key, row in rows.items() if key[0] != "problem"}


def sealed_number_before_the_freeze(child):
    with clock.at(STARTS - ONE_DAY), freeze.declared():
        sealed_number(child, "id", new_number(child), STARTS - ONE_DAY).save()


def test_undoing_a_merge_that_gave_a_number_waits_for_the_end(window, twice):
    numbered, bare = twice
    with clock.at(STARTS - ONE_DAY):
        case = decided(drafted_merge(bare, numbered))
    with clock.at(ENDS), pytest.raises(Refused, match="第十四条"):
        undone(case)
    with clock.at(AFTER):
        undone(case)
    assert again(bare).id_number is None and again(numbered).id_number is not None


# In fact ----------------------------------------------------------------------------------------------------------


def refused(act) -> bool:
    """Whether the database refuses an act for the freeze."""
    try:
        with transaction.atomic():
            act()
    except IntegrityError as error:
        assert "exam freeze" in str(error)
        return True
    return False


def rename(child, **columns):
    Student.objects.filter(pk=child.pk).update(**columns or {"name": "张叁"})


@pytest.mark.parametrize(
    ("day", "stands"),
    [
        (STARTS - ONE_DAY, False),
        (STARTS, True),
        (STARTS + ONE_DAY, True),
        (ENDS - ONE_DAY, True),
        (ENDS, True),
        (ENDS + ONE_DAY, False),
    ],
)
def test_the_database_counts_the_same_days(window, nine, day, stands):
    with clock.at(day), freeze.declared():
        assert refused(lambda: rename(nine)) == stands


@pytest.mark.parametrize("column", sorted(OTHERWISE))
def test_the_database_refuses_each_column(window, nine, inside, column):
    with freeze.declared():
        assert refused(lambda: rename(nine, **{column: OTHERWISE[column]}))
        assert not refused(lambda: rename(nine, **{column: getattr(nine, column)}))
        assert not refused(lambda: rename(nine, phone="13800000000"))


def test_the_database_refuses_numbers(window, nine, inside):
    with freeze.declared():
        assert refused(lambda: nine.numbers.filter(kind="id").update(until=INSIDE))
        assert refused(former_number(nine).save)
        assert not refused(lambda: nine.numbers.filter(kind="registry").update(until=INSIDE))


def former_number(child):
    """One more ID number, out of use already: nothing but the freeze stands in its way."""
    number = sealed_number(child, "id", new_number(child), INSIDE)
    number.until = AFTER
    return number


def test_one_number_of_grade_nine_among_many_is_enough(window, nine, junior, child_at, inside):
    eight = child_at(junior, grade=8, name="李四")
    with freeze.declared():
        assert not refused(lambda: StudentNumber.objects.bulk_create([former_number(eight)]))
        assert refused(lambda: StudentNumber.objects.bulk_create([former_number(eight), former_number(nine)]))
    mistake = drafted(Correction, nine, **PROOF, exception_reason="录入差错", changes={"name": "张叁"})
    with freeze.declared(exempt=mistake.pk):
        assert not refused(lambda: StudentNumber.objects.bulk_create([former_number(nine)]))


def test_the_database_lets_other_grades_be(window, junior, child_at, inside):
    eight = child_at(junior, grade=8)
    with freeze.declared():
        assert not refused(lambda: rename(eight))


def test_an_exemption_counts_for_its_own_child_and_a_mistake_only(window, nine, junior, child_at, inside):
    other = child_at(junior, grade=9, name="李四")
    mistake = drafted(Correction, nine, **PROOF, exception_reason="录入差错", changes={"name": "张叁"})
    ordinary = asked(other, health="10")
    with freeze.declared(exempt=mistake.pk):
        assert refused(lambda: rename(other))
        assert not refused(lambda: rename(nine))
    with freeze.declared(exempt=ordinary.pk):
        assert refused(lambda: rename(other))
    with freeze.declared():
        assert refused(lambda: rename(nine, name="张肆"))


def test_what_was_declared_is_forgotten(window, nine, inside):
    def settings():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('jianping.legal_date', true), current_setting('jianping.freeze_exempt', true)"
            )
            return [value or "" for value in cursor.fetchone()]

    with freeze.declared(exempt=1):
        assert settings() == [INSIDE.isoformat(), "1"]
    assert settings() == ["", ""]
    with pytest.raises(DatabaseError), transaction.atomic(), freeze.declared(exempt=1):
        rename(nine)
    assert settings() == ["", ""]


def test_a_direct_update_is_refused_and_passes_only_without_the_trigger(owner, bureau, child_at):
    """invariant I11: the application role, knowing nothing of legal dates, is bound by the real day."""
    today = timezone.localdate()
    with clock.at(today):
        announce(today, today)
        child = child_at(make_school(bureau, 7, "第七初级中学", School.Kind.JUNIOR), grade=9, name="张三")
    act = f"UPDATE students_student SET name = '张叁' WHERE id = {child.pk}"
    with pytest.raises(IntegrityError, match="exam freeze"), connection.cursor() as cursor:
        cursor.execute(act)
    owner.execute("ALTER TABLE students_student DISABLE TRIGGER students_exam_freeze")
    with connection.cursor() as cursor:
        cursor.execute(act)
    assert again(child).name == "张叁"


# The page --------------------------------------------------------------------------------------------------------


def listed(client, **chosen) -> str:
    return client.get(reverse("students:freeze"), chosen).content.decode()


@pytest.mark.parametrize(
    ("day", "shown"),
    [
        (STARTS - timedelta(days=31), False),
        (STARTS - timedelta(days=30), True),
        (STARTS, True),
        (ENDS, True),
        (ENDS + ONE_DAY, False),
    ],
)
def test_open_corrections_are_listed_before_and_in_the_freeze(
    window, nine, junior, child_at, client, staff, bureau, day, shown
):
    """edge case 33: what is still open when the freeze begins is listed beforehand."""
    case, harmless = asked(nine, name="张叁"), asked(child_at(junior, grade=9, name="王五"), health="10")
    eight = asked(child_at(junior, grade=8, name="李四"), name="李肆")
    client.force_login(staff(Role.BUREAU_CLERK, bureau))
    with clock.at(day):
        text = listed(client)
    assert (case.number in text) == shown
    assert harmless.number not in text and eight.number not in text


def test_who_has_no_card_is_listed(nine, junior, child_at, client, staff, bureau):
    booklet, bare = child_at(junior, grade=9, name="簿甲"), child_at(junior, grade=9, name="空乙")
    Student.objects.filter(pk=booklet.pk).update(id_type="B")
    bare.numbers.filter(kind="id").update(until=clock.today())
    client.force_login(staff(Role.BUREAU_CLERK, bureau))
    text = listed(client, show="no_id")
    assert "簿甲" in text and "空乙" in text and "张三" not in text
    assert "空乙" not in listed(client, show="no_id", q="簿甲")
    assert "都有居民身份证号" in listed(client, show="no_id", q="查无此人")


def test_a_school_sees_its_own(window, nine, junior, no1, client, staff):
    Student.objects.filter(pk=nine.pk).update(id_type="B")
    for place, seen in ((junior, True), (no1, False)):
        client.force_login(staff(Role.REGISTRAR, place))
        assert ("张三" in listed(client, show="no_id")) == seen
