"""适龄儿童名册（第四条）: nothing is written before it is confirmed, the same file again changes nothing."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse

from accounts.roles import Role
from approvals.errors import NotYourHand, Refused
from jianping_xueji.jobs.models import Job
from students.importing.findings import WorkbookRefused
from students.models import RosterChild, RosterFile
from students.roster import taking
from tests.county import another_county, id_number
from tests.students.rosters import BORN, HEADS, YEAR, listed, put_on_roster, row, village, workbook_of

History = RosterChild.pgh_event_model


@pytest.fixture
def clerk(staff, bureau, no1):
    village()
    return staff(Role.BUREAU_CLERK, bureau)


def taken(clerk, *rows, heads=HEADS) -> RosterFile:
    return taking.take_in(workbook_of(*rows, heads=heads), "名册.xlsx", YEAR, by=clerk)


def said(file) -> list[str]:
    return [each["message"] for each in file.findings]


def test_the_dry_run_writes_nothing_and_the_confirmation_everything(clerk):
    file = taken(clerk, row("样例甲", 1), row("样例乙", 2, sex="2"))
    assert (file.counts["fresh"], file.counts["bad"], RosterChild.objects.count()) == (2, 0, 0)
    file = taking.confirm(file, by=clerk)
    child = RosterChild.objects.get(name="样例甲")
    assert (file.state, RosterChild.objects.count()) == ("taken", 2)
    assert (child.birth_date, child.sex, child.community_id, child.name_pinyin) == (
        BORN,
        "1",
        "211322101201",
        "yanglijia",
    )
    assert child.phone == "13900000000" and child.guardian == "样例父"


def test_the_number_is_nowhere_in_the_clear(clerk):
    number = id_number(BORN, 1, "1")
    file = taking.confirm(taken(clerk, row("样例甲", 1), row("样例错", 2, number=number)), by=clerk)
    assert file.counts == {"fresh": 0, "changed": 0, "same": 0, "bad": 2, "without": 0}
    assert not any(number in sentence for sentence in said(file))
    child = listed(clerk.appointments.get().bureau, row("样例甲", 1))[0]
    assert (child.masked, len(bytes(child.index))) == (f"{'*' * 14}{number[-4:]}", 32)
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(t::text, '') FROM students_rosterchild t")
        assert number not in cursor.fetchone()[0]


def test_the_same_file_again_changes_nothing(clerk):
    rows = [row("样例甲", 1), row("样例乙", 2), row("样例无号", 3, number="")]
    taking.confirm(taken(clerk, *rows), by=clerk)
    before = list(RosterChild.objects.order_by("pk").values())
    events = History.objects.count()
    again = taken(clerk, *rows)
    assert again.counts == {"fresh": 0, "changed": 0, "same": 3, "bad": 0, "without": 0}
    taking.confirm(again, by=clerk)
    assert list(RosterChild.objects.order_by("pk").values()) == before
    assert History.objects.count() == events


def test_a_changed_cell_updates_and_the_history_keeps_the_old_one(clerk):
    taking.confirm(taken(clerk, row("样例甲", 1)), by=clerk)
    moved = taken(clerk, row("样例甲", 1, residence="叶柏寿街道样例路1号", phone=""))
    assert (moved.counts["changed"], moved.counts["fresh"]) == (1, 0)
    taking.confirm(moved, by=clerk)
    child = RosterChild.objects.get()
    assert (child.residence, child.phone) == ("叶柏寿街道样例路1号", "13900000000"), "an empty cell says nothing"
    told = History.objects.filter(pgh_obj=child).order_by("pgh_id").values_list("residence", flat=True)
    assert list(told) == ["样例乡样例村1组", "叶柏寿街道样例路1号"]


def test_a_child_without_a_number_is_marked_and_gets_it_later(clerk):
    file = taking.confirm(taken(clerk, row("样例甲", 1, number="")), by=clerk)
    child = RosterChild.objects.get()
    assert (file.counts["without"], child.masked, child.index) == (1, "", None)
    file = taking.confirm(taken(clerk, row("样例甲", 1)), by=clerk)
    child.refresh_from_db()
    assert (file.counts["changed"], child.tail, RosterChild.objects.count()) == (1, id_number(BORN, 1, "1")[-4:], 1)
    file = taken(clerk, row("样例甲", 1, number=""))
    assert file.counts["same"] == 1, "the list that forgot the number means the same child"


def test_a_child_the_new_list_leaves_out_stays(clerk):
    taking.confirm(taken(clerk, row("样例甲", 1), row("样例乙", 2)), by=clerk)
    taking.confirm(taken(clerk, row("样例乙", 2)), by=clerk)
    assert RosterChild.objects.count() == 2


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        ({"number": "211399202003020011"}, "身份证件号", "校验码不对"),
        ({"number": 211399202003020015.0}, "身份证件号", "后几位可能已经丢失"),
        ({"birth": "20200303"}, "出生日期", "与身份证件号第7—14位不一致"),
        ({"birth": "2020"}, "出生日期", "日期看不懂"),
        ({"sex": "女"}, "性别", "与身份证件号第17位不一致"),
        ({"sex": "不详"}, "性别", "应为男或女"),
        ({"name": ""}, "姓名", "为空"),
        ({"community": "211322101999"}, "村（社区）代码", "不是本县村（社区）的十二位代码"),
        ({"guardian": "长" * 61}, "监护人", "超过60个字"),
    ],
)
def test_every_fault_is_told_with_its_place_and_the_good_lines_go_on(clerk, cells, column, words):
    faulty = row("样例甲", 1)
    places = dict(zip(("name", "sex", "birth", "number", "", "", "community", "guardian"), range(8), strict=True))
    spoilt = list(faulty)
    for key, value in cells.items():
        spoilt[places[key]] = value
    file = taken(clerk, tuple(spoilt), row("样例乙", 2))
    assert (file.counts["fresh"], file.counts["bad"]) == (1, 1)
    assert any("第 2 行" in s and column in s and words in s for s in said(file)), said(file)


def test_a_code_is_told_in_the_words_of_the_sheet(clerk):
    (sentence,) = said(taken(clerk, tuple("女" if cell == "男" else cell for cell in row("样例甲", 1))))
    assert "（“女”）" in sentence


def test_two_lines_that_may_be_one_child_are_told_apart_by_people(clerk):
    same = taken(clerk, row("样例甲", 1, number=""), row("样例甲", 1, number=""))
    mixed = taken(clerk, row("样例甲", 1, number=""), row("样例甲", 1))
    assert same.counts["bad"] == 2 and "第3行相同" in said(same)[0]
    assert mixed.counts["bad"] == 1 and "另一行有证件号的儿童" in said(mixed)[0]


def test_when_the_roster_moved_the_new_dry_run_is_shown_and_nothing_written(clerk):
    first, second = taken(clerk, row("样例甲", 1)), taken(clerk, row("样例甲", 1, remark="二孩"))
    taking.confirm(first, by=clerk)
    with pytest.raises(taking.Moved) as moved:
        taking.confirm(second, by=clerk)
    assert moved.value.plan.counts["changed"] == 1 and RosterChild.objects.get().remark == ""


def test_a_confirmed_file_is_confirmed_once(clerk):
    file = taking.confirm(taken(clerk, row("样例甲", 1)), by=clerk)
    with pytest.raises(Refused):
        taking.confirm(file, by=clerk)
    with pytest.raises(Refused):
        taking.give_up(file, by=clerk)


def test_given_up_the_upload_is_gone(clerk, django_capture_on_commit_callbacks):
    file = taken(clerk, row("样例甲", 1))
    with django_capture_on_commit_callbacks(execute=True):
        file = taking.give_up(file, by=clerk)
    assert (file.state, file.findings) == ("discarded", [])


def test_no_roster_at_all(clerk):
    with pytest.raises(WorkbookRefused, match="出生日期"):
        taken(clerk, ("样例甲", "男"), heads=("姓名", "性别"))


def test_only_the_clerk_of_the_bureau_takes_a_roster_in(clerk, staff, no1, bureau):
    file = taken(clerk, row("样例甲", 1))
    for person in (staff(Role.REGISTRAR, no1), staff(Role.BUREAU_CHECKER, bureau)):
        with pytest.raises(NotYourHand):
            taken(person, row("样例乙", 2))
        with pytest.raises(NotYourHand):
            taking.confirm(file, by=person)
    assert not RosterChild.objects.exists()


def test_a_clerk_of_another_county_takes_no_roster_of_ours(clerk, staff):
    file = taken(clerk, row("样例甲", 1))
    stranger = staff(Role.BUREAU_CLERK, another_county())
    for act in (taking.confirm, taking.give_up):
        with pytest.raises(NotYourHand):
            act(file, by=stranger)
    assert not RosterChild.objects.exists()


def test_a_long_list_is_written_by_a_job(clerk, monkeypatch):
    monkeypatch.setattr(taking, "AT_ONCE", 1)
    file = taking.confirm(taken(clerk, row("样例甲", 1), row("样例乙", 2)), by=clerk)
    job = Job.objects.get(pk=file.job_id)
    assert (file.state, job.kind, job.arguments["file"]) == ("waiting", "roster.write", file.pk)


def test_thousands_of_lines_are_written_in_few_statements(clerk, bureau, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        put_on_roster(bureau, *((f"样例{n}", n) for n in range(1, 400)))
    assert RosterChild.objects.count() == 399


@pytest.mark.parametrize("statement", ["DELETE FROM students_rosterchild", "TRUNCATE students_rosterentry"])
def test_nothing_is_ever_deleted(bureau, statement):
    put_on_roster(bureau, ("样例甲", 1))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_database_holds_one_row_per_number_and_year(bureau):
    put_on_roster(bureau, ("样例甲", 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        put_on_roster(bureau, ("样例乙", 1))
    put_on_roster(bureau, ("样例甲", 1), year=YEAR + 1)
    assert RosterChild.objects.count() == 2


def test_the_clerk_uploads_looks_and_confirms_on_the_pages(client, clerk, no1, staff):
    client.force_login(clerk)
    upload = SimpleUploadedFile("名册.xlsx", workbook_of(row("样例甲", 1)))
    answer = client.post(reverse("students:roster_files"), {"workbook": upload, "year": YEAR})
    file = RosterFile.objects.get()
    assert (answer.status_code, answer.url) == (302, file.get_absolute_url())
    assert "写入" in client.get(answer.url).content.decode()
    answer = client.post(reverse("students:roster_take", args=[file.pk]))
    assert answer.status_code == 302 and RosterChild.objects.count() == 1
    assert client.get(reverse("students:roster_findings", args=[file.pk])).status_code == 200
    client.force_login(staff(Role.REGISTRAR, no1))
    assert client.get(reverse("students:roster_files")).status_code == 403
    assert client.get(file.get_absolute_url()).status_code == 404


def test_a_file_that_is_no_workbook_is_refused_in_words(client, clerk):
    client.force_login(clerk)
    upload = SimpleUploadedFile("名册.xlsx", b"\x00\x01 not a workbook")
    answer = client.post(reverse("students:roster_files"), {"workbook": upload, "year": YEAR})
    assert answer.status_code == 422 and "Excel" in answer.content.decode()


def test_the_phone_is_in_full_only_for_whoever_has_to_call(client, clerk, staff, bureau, no1):
    """第三十七条: the clerk and the school that answers look after the child; others see it masked."""
    (child,) = listed(bureau, row())
    said = {}
    for role, place in ((Role.BUREAU_CLERK, bureau), (Role.BUREAU_CHECKER, bureau), (Role.AUDITOR, bureau)):
        client.force_login(staff(role, place))
        said[role] = "13900000000" in client.get(child.get_absolute_url()).content.decode()
    assert said == {Role.BUREAU_CLERK: True, Role.BUREAU_CHECKER: False, Role.AUDITOR: False}
