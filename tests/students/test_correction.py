"""基本信息变更 (第十二条): what may be asked, what the decision writes, what is kept."""

import json
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts.roles import Role
from approvals.errors import NotYourHand, RulesBroken
from approvals.services import perform
from law import clock
from students import corrections, search
from students.change_forms import form_for
from students.changes import keep_change, start_change, verdict_on
from students.models import Correction, CorrectionItem, RecordEntry, Student
from students.problems.detection import detect_county
from tests.changes import again, decided, drafted, undone
from tests.county import id_number


@pytest.fixture
def child(child_at, no1):
    return child_at(no1, grade=3, name="张三")


@pytest.fixture
def registrar(staff, no1):
    return staff(Role.REGISTRAR, no1)


def asked(child, **changes):
    return drafted(Correction, child, reason_note="户口簿已变更", changes=changes)


def broken(child, **changes) -> set[str]:
    return {finding.rule.code for finding in verdict_on(Correction, child, changes=changes).broken}


def test_several_fields_change_at_once_and_each_stays_on_paper(child):
    case = asked(child, name="张叁", ethnicity="02", native_place="辽宁建平")
    assert {item.field: (item.before, item.after) for item in case.items.all()} == {
        "name": ("张三", "张叁"),
        "ethnicity": ("", "02"),
        "native_place": ("", "辽宁建平"),
    }
    decided(case)
    now = again(child)
    assert (now.name, now.ethnicity, now.native_place) == ("张叁", "02", "辽宁建平")
    assert (now.name_pinyin, now.name_initials, now.former_name) == ("zhangsan", "zs", "张三")


def test_a_mistyped_name_was_never_borne(child):
    case = drafted(Correction, child, ground="mistyped", reason_note="录入错字", changes={"name": "李四"})
    assert case.materials.filter(code="consistency_sheet", required=True).exists()
    decided(case)
    assert (again(child).former_name, again(child).name_initials) == ("", "ls")


def test_nothing_to_change_is_no_correction(child, registrar):
    with pytest.raises(RulesBroken):
        start_change(Correction, child, by=registrar, reason_note="无", changes={"name": " 张三 ", "sex": child.sex})


def test_only_what_differs_is_asked_for(child):
    assert [i.field for i in asked(child, name="张三", sex=child.sex, health="10").items.all()] == ["health"]


def test_a_draft_is_rewritten_and_stands_once_handed_in(child, registrar):
    case = asked(child, name="张叁")
    case = keep_change(case, by=registrar, ground="changed", reason_note="改民族", changes={"ethnicity": "02"})
    assert [item.field for item in case.items.all()] == ["ethnicity"]
    case = perform(case, "submit", by=registrar)
    for attempt in (
        lambda: case.items.all().delete(),
        lambda: case.items.update(after="03"),
        lambda: CorrectionItem.objects.create(case=case, field="name", before="甲", after="乙"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()


def test_a_new_number_must_be_well_formed(child):
    """edge case 28: fifteen digits and wrong check characters are refused; spaces, full width and x are only tidied."""
    good = id_number(child.birth_date, 77, child.sex)
    assert not broken(child, id_number=good)
    wide = "".join(chr(ord(c) + 0xFEE0) for c in good)
    assert corrections.asked_of(child, {"id_number": f" {wide} "}) == {"id_number": good}
    other = "0" if good[17] != "0" else "1"
    assert broken(child, id_number=good[:17] + other) == {"content_is_right"}
    assert broken(child, id_number=good[:6] + good[8:17]) == {"content_is_right"}
    assert broken(child, id_number="2.11322E+17") == {"content_is_right"}


def test_a_lower_case_x_is_an_x(child_at, no1):
    """edge case 28: the last character is stored in upper case."""
    child = child_at(no1)
    birth, sex = child.birth_date, child.sex
    good = next(n for n in (id_number(birth, s, sex) for s in range(50, 400)) if n.endswith("X"))
    assert corrections.asked_of(child, {"id_number": good.lower()}) == {"id_number": good}


def test_number_birth_and_sex_agree_for_residents_only(child):
    """edge case 29: a contradiction is an error for type 1, from whichever side it comes; other types are skipped."""
    later = date(child.birth_date.year, 12, 5)
    assert broken(child, birth_date=later) == {"content_is_right"}
    assert broken(child, sex="2") == {"content_is_right"}
    assert broken(child, id_number=id_number(later, 9, child.sex)) == {"content_is_right"}
    assert not broken(child, birth_date=later, id_number=id_number(later, 9, child.sex))
    assert not broken(child, sex="2", id_number=id_number(child.birth_date, 9, "2"))
    assert not broken(child, id_type="A", id_number="E12345678", sex="2", birth_date=later)


def test_documents_of_other_places_have_their_own_shape(child):
    """edge case 35: a Hong Kong or foreign child keeps its own kind of number, without the check of a resident's."""
    assert not broken(child, id_type="8", id_number="12345678")
    assert not broken(child, id_type="A", id_number="G1234567")
    assert broken(child, id_type="8", id_number="ABC") == {"content_is_right"}
    assert broken(child, id_type="1", id_number="G1234567") == {"content_is_right"}
    decided(asked(child, id_type="A", id_number="G1234567"))
    assert (again(child).id_type, again(child).id_number.plain()) == ("A", "G1234567")


def test_another_childs_number_is_refused(child, child_at, no1, no2):
    other = child_at(no2, grade=3)
    Student.objects.filter(pk=child.pk).update(birth_date=other.birth_date)
    verdict = verdict_on(Correction, again(child), changes={"id_number": other.id_number.plain()})
    assert {f.rule.code for f in verdict.broken} == {"number_is_free"}
    assert str(no2) in verdict.broken[0].message and other.name not in verdict.broken[0].message


def test_a_number_that_somebody_left_is_free(child, child_at, no2):
    """A number once typed for the wrong child goes to the right one after the wrong record was corrected."""
    other = child_at(no2, grade=3)
    mistaken = other.id_number.plain()
    decided(asked(other, id_number=id_number(other.birth_date, 66, other.sex)))
    Student.objects.filter(pk=child.pk).update(birth_date=other.birth_date)
    assert not broken(again(child), id_number=mistaken)


def test_the_registry_number_outlives_the_id_number_and_both_find_the_child(child):
    """edge case 31: the 学籍号 stays; the old number and the new one lead to the same child."""
    old, registry = child.id_number.plain(), child.registry_number.plain()
    new = id_number(child.birth_date, 88, child.sex)
    decided(asked(child, id_number=new))
    assert again(child).id_number.plain() == new
    assert again(child).registry_number.plain() == registry
    assert [list(search.by_number(n)) for n in (old, new, registry)] == [[child]] * 3


def test_undoing_brings_the_old_number_back(child):
    old = child.id_number.plain()
    new = id_number(child.birth_date, 88, child.sex)
    with clock.at(date(2026, 9, 20)):
        case = undone(decided(asked(child, id_number=new, name="张叁")))
    now = again(child)
    assert (case.state, now.id_number.plain(), now.name, now.former_name) == ("undone", old, "张三", "")
    assert list(search.by_number(new)) == [child]


def test_a_record_put_right_and_taken_back_is_at_fault_again(child):
    """第八条: what the correction cured returns with its undoing, and so do the acts a 问题学籍 holds up."""
    right = child.birth_date
    Student.objects.filter(pk=child.pk).update(birth_date=right - timedelta(days=1))
    detect_county()
    case = decided(asked(again(child), birth_date=right))
    assert again(child).problem == ""
    undone(case)
    assert again(child).problem == "证件号与性别、生日不符"


def test_the_number_is_nowhere_in_plain(child):
    new = id_number(child.birth_date, 88, child.sex)
    case = decided(asked(child, id_number=new))
    kept = [
        *CorrectionItem.objects.values("field", "before", "after"),
        *case.steps.values("particulars", "opinion"),
        *RecordEntry.objects.values("before", "after"),
    ]
    assert new not in json.dumps(kept, ensure_ascii=False, default=str)
    said = " ".join(line["value"] for line in case.lines_beside())
    assert new not in said and new[-4:] in said and "*" in said


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("阿依古丽•买买提", "阿依古丽·买买提"), ("买买提.吐尔逊", "买买提·吐尔逊"), ("张 㛃", "张㛃"), ("王𠅤", "王𠅤")],
)
def test_names_are_stored_as_the_register_writes_them(child, typed, stored):
    """edge case 34: dots as U+00B7, characters beyond the basic plane as they are, no spaces inside."""
    decided(asked(child, name=typed))
    assert again(child).name == stored


@pytest.mark.parametrize("name", ["张?", "张Ｘiao", "", "张3", "张\ue5e5"])
def test_names_that_no_register_holds_are_refused(child, name):
    """edge case 34: a lost character or pinyin in its place is no name."""
    assert broken(child, name=name) == {"content_is_right"}


def test_a_problem_record_may_be_corrected(child):
    Student.objects.filter(pk=child.pk).update(problem="身份证号重复")
    assert not broken(again(child), name="张叁")


@pytest.mark.parametrize(
    ("status", "possible"),
    [("suspended", True), ("dropped_out", True), ("graduated", False), ("deceased", False), ("pending", False)],
)
def test_only_a_living_record_is_corrected(child, status, possible):
    Student.objects.filter(pk=child.pk).update(status=status)
    assert ("status_fits" not in broken(again(child), name="张叁")) == possible


def test_the_form_asks_for_what_differs(child, no1):
    """Every field stands in the form as it is; only what was typed otherwise becomes a change."""
    blank = form_for(Correction)(child=child, school=no1)
    data = {name: blank.get_initial_for_field(field, name) or "" for name, field in blank.fields.items()}
    form = form_for(Correction)(data | {"reason_note": "更名"}, child=child, school=no1)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["changes"] == {}
    number = id_number(child.birth_date, 5, child.sex)
    typed = data | {"reason_note": "更名", "name": "张叁", "only_child": "是", "id_number": number}
    form = form_for(Correction)(typed, child=child, school=no1)
    assert form.is_valid() and form.cleaned_data["changes"] == {"name": "张叁", "only_child": True, "id_number": number}
    form = form_for(Correction)(typed | {"entered_month": "十三月", "name": ""}, child=child, school=no1)
    assert set(form.errors) == {"entered_month", "name"}


def test_the_draft_page_keeps_the_number_without_showing_it(client, child, registrar, no1):
    number = id_number(child.birth_date, 5, child.sex)
    client.force_login(registrar)
    url = f"/students/{child.slug}/changes/correction/"
    new = form_for(Correction)(child=child, school=no1)
    data = {name: new.get_initial_for_field(field, name) or "" for name, field in new.fields.items()}
    answer = client.post(url, data | {"reason_note": "换证", "id_number": number})
    case = Correction.objects.get()
    assert answer.status_code == 302 and case.given()["changes"] == {"id_number": number}
    page = client.get(reverse("students:change_draft", args=[case.number]))
    text = client.get(case.get_absolute_url()).content.decode()
    assert page.status_code == 200 and number not in page.content.decode()
    assert number not in text and "身份证件号" in text


def test_another_hand_cannot_write_the_draft(child, staff, no2):
    case = asked(child, name="张叁")
    with pytest.raises(NotYourHand):
        keep_change(case, by=staff(Role.REGISTRAR, no2), changes={"name": "张肆"})
