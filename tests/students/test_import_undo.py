"""A whole import is taken back while nothing stands on it; what does is named, and nothing moves."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from approvals.errors import NotYourHand, Refused
from approvals.services import perform
from students.importing import drafting, undoing
from students.models import Correction, FamilyMember, ImportFile, Student, StudentNumber
from suspensions.models import Death
from tests.changes import decided, drafted
from tests.county import class_of, papers_in_order, staff_member, walk
from tests.importing import digest_of_records, imported, previewed, registered, walk_batch
from tests.students.test_import_records import with_registry_numbers
from tests.suspensions.specimens import DIED
from tests.workbooks import id_number, pupil, workbook
from transfers.services import start_transfer

WHY = "传错了文件"


def undone(file, by=None):
    return undoing.undo(file, by or file.uploaded_by, WHY)


def member(name="李秀兰", **more):
    return {
        "member2__name": name, "member2__relation": "母亲", "member2__phone": "13811112222",
        "member2__is_guardian": "是", "member2__home_address": "建平镇1号", **more,
    }  # fmt: skip


def state_of(children):
    """Everything of a child and its family that an import writes."""
    own = list(
        Student.objects.filter(pk__in=children).order_by("pk").values("phone", "home_address", "school_distance")
    )
    family = FamilyMember.objects.filter(student__in=children).order_by("student", "position_in_form")
    return own, list(family.values("student", "position_in_form", "name", "phone", "id_tail", "id_cipher"))


def test_updates_go_back_field_by_field(no1):
    registered(workbook([pupil(1), pupil(2, **member())]), no1)
    children = list(Student.objects.values_list("pk", flat=True))
    before = state_of(children)
    changed = [
        pupil(1, phone="13911111111", school_distance="2", **member("新来的")),
        pupil(2, home_address="另一处", **member(member2__phone="13700000000")),
    ]
    file = imported(workbook(changed), no1)
    assert file.registration.state == "settled" and state_of(children) != before
    file = undone(file)
    assert state_of(children) == before
    assert (file.state, file.registration.state) == ("undone", "undone")
    with pytest.raises(Refused):
        undone(file)


def test_a_family_members_number_goes_back_too(no1):
    from datetime import date

    old, new = id_number(date(1985, 1, 1), 1), id_number(date(1985, 1, 1), 3)
    registered(workbook([pupil(1, member1__id_number=old, member1__id_type="居民身份证")]), no1)
    children = list(Student.objects.values_list("pk", flat=True))
    before = state_of(children)
    file = imported(workbook([pupil(1, member1__id_number=new, member1__id_type="居民身份证")]), no1)
    assert state_of(children) != before
    undone(file)
    assert state_of(children) == before


def test_new_children_leave_the_list_and_their_numbers_are_free(no1):
    file = imported(workbook([pupil(1), pupil(2)]), no1)
    undone(file)
    assert set(Student.objects.values_list("status", flat=True)) == {"rejected"}
    assert not StudentNumber.objects.filter(until=None).exists()
    assert imported(workbook([pupil(1), pupil(2)]), no1).counts["create"] == 2


def test_a_later_change_is_named_and_nothing_moves(no1):
    registered(workbook([pupil(1), pupil(2)]), no1)
    first = imported(workbook([pupil(1, phone="13911111111"), pupil(2, phone="13911111112")]), no1)
    second = imported(workbook([pupil(1, phone="13922222222")]), no1)
    before = digest_of_records()
    with pytest.raises(Refused) as refusal:
        undone(first)
    assert f"{pupil(1)['name']}的“联系电话”已由{second.registration.number}改动" in str(refusal.value)
    assert digest_of_records() == before
    undone(second)
    undone(first)
    assert set(Student.objects.values_list("phone", flat=True)) == {"13800000000"}


def test_a_change_back_to_the_same_value_by_a_later_list_still_stands_on_it(no1):
    registered(workbook([pupil(1)]), no1)
    first = imported(workbook([pupil(1, phone="13911111111")]), no1)
    imported(workbook([pupil(1, phone="13922222222")]), no1)
    imported(workbook([pupil(1, phone="13911111111")]), no1)
    with pytest.raises(Refused):
        undone(first)


def test_a_child_that_has_left_is_no_longer_the_old_schools_to_put_back(no1, no2):
    """The school that wrote the telephone number is not the school that keeps it now."""
    registered(workbook([pupil(1), pupil(2)]), no1)
    file = imported(workbook([pupil(1, phone="13911111111"), pupil(2, phone="13911111112")]), no1)
    child = Student.objects.get(name=pupil(1)["name"])
    registrar = staff_member(Role.REGISTRAR, no2)
    case = start_transfer(child, no2, by=registrar, ground="T4", grade=3, to_class=class_of(no2, 3))
    papers_in_order(case, registrar)
    walk(case, until="release")
    undone_meanwhile = undoing.what_stands_on(file)
    walk_last(case)
    before = digest_of_records()
    with pytest.raises(Refused) as refusal:
        undone(file)
    assert undone_meanwhile == []
    assert f"{child.name}（第二小学，在读）已不是本校在籍学生" in str(refusal.value)
    assert "由现学籍学校逐名更正" in str(refusal.value) and digest_of_records() == before


def walk_last(case):
    return perform(case, "complete", by=staff_member(Role.BUREAU_CHECKER, case.lead_school.bureau))


def test_a_record_that_has_ended_is_not_put_back(no1):
    registered(workbook([pupil(1)]), no1)
    file = imported(workbook([pupil(1, phone="13911111111")]), no1)
    decided(drafted(Death, Student.objects.get(), **DIED))
    with pytest.raises(Refused) as refusal:
        undone(file)
    assert f"{pupil(1)['name']}（第一小学，死亡）已不是本校在籍学生" in str(refusal.value)
    assert Student.objects.get().phone == "13911111111"


def test_a_second_list_for_an_open_batch_can_be_taken_back(no1):
    """Children that still wait for the bureau are this school's as well."""
    imported(workbook([pupil(1)]), no1)
    file = imported(workbook([pupil(1, phone="13911111111")]), no1)
    undone(file)
    assert Student.objects.get().phone == "13800000000"


def test_registered_children_stay_and_the_page_says_why_and_what_to_do(client, no1):
    """A decision of the bureau is corrected by a further decision only (第三十八条), not by the school's own list."""
    file = imported(workbook([pupil(1)]), no1)
    walk_batch(file.registration, until="propose")
    file = ImportFile.objects.get(pk=file.pk)
    assert "请等教育局退回学校后再撤销" in undoing.why_closed(file)
    perform(file.registration, "register", by=staff_member(Role.BUREAU_CHECKER, no1.bureau))
    file = ImportFile.objects.get(pk=file.pk)
    with pytest.raises(Refused) as refusal:
        undone(file)
    client.force_login(file.uploaded_by)
    for said in (str(refusal.value), client.get(file.get_absolute_url()).content.decode()):
        assert file.registration.number in said and "第三十八条" in said and "第十二条" in said and "第八条" in said
    assert "撤销这次导入" not in client.get(file.get_absolute_url()).content.decode()


def test_a_batch_given_up_leaves_the_updates_to_be_put_right_one_by_one(no1):
    registered(workbook([pupil(1)]), no1)
    file = imported(workbook([pupil(1, phone="13911111111"), pupil(2)]), no1)
    perform(file.registration, "withdraw", by=file.uploaded_by, opinion=WHY)
    with pytest.raises(Refused) as refusal:
        undone(ImportFile.objects.get(pk=file.pk))
    assert "新生已不在名册" in str(refusal.value) and "逐名更正" in str(refusal.value)


def test_work_on_the_batch_stands_on_it(no1):
    from students.intake import batches

    file = imported(workbook([pupil(1), pupil(2)]), no1)
    child = Student.objects.first()
    batches.take_out(child, by=file.uploaded_by, reason="不来了")
    with pytest.raises(Refused) as refusal:
        undone(file)
    assert "移出本批" in str(refusal.value)


def test_only_the_schools_registrar_takes_back_and_says_why(no1, no2):
    registered(workbook([pupil(1)]), no1)
    file = imported(workbook([pupil(1, phone="13911111111")]), no1)
    for stranger in (staff_member(Role.REGISTRAR, no2), staff_member(Role.HEADMASTER, no1)):
        with pytest.raises(NotYourHand):
            undone(file, stranger)
    with pytest.raises(Refused):
        undoing.undo(file, file.uploaded_by, " ")
    with pytest.raises(NotYourHand):
        perform(file.registration, "take_back", by=staff_member(Role.REGISTRAR, no2), opinion=WHY)


def test_from_the_page(client, no1):
    registered(workbook([pupil(1)]), no1)
    file = imported(workbook([pupil(1, phone="13911111111")]), no1)
    client.force_login(file.uploaded_by)
    assert "撤销这次导入" in client.get(file.get_absolute_url()).content.decode()
    address = reverse("students:import_undo", args=[file.pk])
    assert client.post(address).status_code == 409
    assert client.post(address, {"opinion": WHY}).status_code == 302
    assert "已撤销导入" in client.get(file.get_absolute_url()).content.decode()
    assert client.post(address, {"opinion": WHY}).status_code == 409


# --- key fields become drafts of a change, never silent edits -------------------------------------------------------


def test_a_key_field_becomes_a_draft(client, no1):
    registered(workbook([pupil(1), pupil(2)]), no1)
    file, _ = previewed(workbook([pupil(1, name="王新名"), pupil(2, phone="13911111111")]), no1)
    client.force_login(file.uploaded_by)
    shown = client.get(file.get_absolute_url()).content.decode()
    assert "关键信息与学籍不一致" in shown and "起草这些学生的信息变更" in shown
    assert client.post(reverse("students:import_corrections", args=[file.pk])).status_code == 302
    case = Correction.objects.get()
    assert (case.state, case.items.get().after) == ("draft", "王新名") and case.child.name == pupil(1)["name"]
    # Once more: the child is busy, which the page says beside its name, and no second draft begins.
    shown = client.get(file.get_absolute_url()).content.decode()
    assert f"{case.number}</a> 在办" in shown and "起草这些学生的信息变更" not in shown
    answer = client.post(reverse("students:import_corrections", args=[file.pk]))
    assert answer.status_code == 409 and Correction.objects.count() == 1
    # Passed over, not tried and refused: a busy child takes nobody's turn.
    again = drafting.draft(file, file.uploaded_by)
    assert (again.cases, again.refusals) == ([], [])


@pytest.fixture
def two_at_once(monkeypatch):
    monkeypatch.setattr(drafting, "AT_ONCE", 2)


def renamed(no1, numbers):
    registered(workbook([pupil(n) for n in numbers]), no1)
    return previewed(workbook([pupil(n, name=f"王新名{'甲乙丙丁戊'[n]}") for n in numbers]), no1)[0]


def press(client, file):
    """What the button on the page sends, in the words of the page."""
    shown = client.get(file.get_absolute_url(), {"drafted": press.after}).content.decode()
    after = shown.split('name="after" value="')[1].split('"')[0]
    answer = client.post(reverse("students:import_corrections", args=[file.pk]), {"after": after})
    press.after = answer.url.split("drafted=")[1].split("#")[0] if answer.status_code == 302 else ""
    return answer


press.after = ""


def test_more_children_than_a_press_begins_are_reached_by_the_next(client, no1, two_at_once):
    file = renamed(no1, range(5))
    client.force_login(file.uploaded_by)
    assert [press(client, file).status_code for _ in range(3)] == [302, 302, 302]
    assert Correction.objects.count() == 5
    answer = client.post(reverse("students:import_corrections", args=[file.pk]))
    assert answer.status_code == 409 and "已有变动在办" in answer.content.decode()


def test_who_may_not_be_changed_now_stops_nobody_else(client, no1, two_at_once):
    """Two children are refused at the head of the list; the press after goes on behind them, then comes round again."""
    file = renamed(no1, range(4))
    names = [pupil(n)["name"] for n in (0, 1)]
    Student.objects.filter(name__in=names).update(status="leaver")
    client.force_login(file.uploaded_by)
    address = reverse("students:import_corrections", args=[file.pk])
    first = client.post(address)
    assert first.status_code == 409 and not Correction.objects.exists()
    shown = first.content.decode()
    assert 'name="after" value="3"' in shown and "接着起草" in shown
    assert client.post(address, {"after": "3"}).status_code == 302
    assert {case.child.name for case in Correction.objects.all()} == {pupil(2)["name"], pupil(3)["name"]}


def test_the_page_asks_as_much_for_many_as_for_few(client, no1, django_assert_max_num_queries):
    file = renamed(no1, range(5))
    with django_assert_max_num_queries(5):
        assert len(drafting.board(ImportFile.objects.get(pk=file.pk))) == 5


def test_a_list_taken_back_drafts_nothing(client, no1):
    registered(workbook([pupil(1), pupil(2)]), no1)
    file = imported(workbook([pupil(1, name="王新名"), pupil(2, phone="13911111111")]), no1)
    undone(file)
    client.force_login(file.uploaded_by)
    answer = client.post(reverse("students:import_corrections", args=[file.pk]))
    assert answer.status_code == 409 and "不能再据此起草变更" in answer.content.decode()
    assert not Correction.objects.exists()


def test_a_number_becomes_a_draft_sealed(no1):
    from datetime import date

    registered(workbook([pupil(1)]), no1)
    registry = Student.objects.get().registry_number.plain()
    other = id_number(date(2017, 9, 3), 5)
    file, _ = previewed(with_registry_numbers(pupil(1, id_number=other, registry_number=registry)), no1)
    assert other not in str(file.counts) and file.report["corrections"]
    done = drafting.draft(file, file.uploaded_by)
    assert [case.items.get(field="id_number").after for case in done.cases] == [other[-4:]]


def test_strangers_draft_nothing(client, no1, no2):
    registered(workbook([pupil(1)]), no1)
    file, _ = previewed(workbook([pupil(1, name="王新名")]), no1)
    address = reverse("students:import_corrections", args=[file.pk])
    client.force_login(staff_member(Role.HEADMASTER, no1))
    assert client.post(address).status_code == 403
    client.force_login(staff_member(Role.REGISTRAR, no2))
    assert client.post(address).status_code == 404
