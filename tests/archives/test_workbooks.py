"""A workbook is downloaded filled in, uploaded, looked at, and only then entered by a job; faults name their cell."""

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from approvals.errors import NotYourHand, Refused
from archives import workbooks
from archives.entries import standing_of, values_of
from archives.kinds import KINDS
from archives.models import ArchiveWorkbook, Entry
from archives.periods import Period
from jianping_xueji.jobs import Job
from jianping_xueji.jobs.engine import execute
from students.importing.findings import WorkbookRefused
from tests.archives.conftest import long_here
from tests.archives.specimens import FITNESS, MARKS
from tests.archives.test_entries import kept
from tests.students.year_lists import workbook_of

SPRING = Period(2025, 2)
HEADS = ("学生代码", "班级", "姓名", "语文", "数学")


def scope(user):
    return workbooks.scopes_of(user)[0]


def taken(user, kind, data, **more):
    return workbooks.take_in(data, "成绩.xlsx", scope(user), KINDS[kind], SPRING, by=user, **more)


def finished(book, user):
    """Confirmed, and written by the worker."""
    book = workbooks.confirm(book, by=user)
    execute(book.job_id)
    return ArchiveWorkbook.objects.get(pk=book.pk), Job.objects.get(pk=book.job_id)


def edited(data: bytes, edit) -> bytes:
    """The workbook as somebody saved it after `edit(book)`."""
    book, out = load_workbook(io.BytesIO(data)), io.BytesIO()
    edit(book)
    book.save(out)
    return out.getvalue()


def hide_rows(*numbers):
    def hide(book):
        for number in numbers:
            book.active.row_dimensions[number].hidden = True

    return hide


def marks_of(child):
    (entry,) = standing_of([child.pk], KINDS["marks"], SPRING)[child.pk]
    return {key: value for key, value in values_of(entry).items() if value}


@pytest.mark.django_db
class TestDryRun:
    def test_the_template_is_filled_in_and_holds_no_number(self, pupil, people, third):
        kept(pupil, "marks", MARKS, people["teacher"])
        data = workbooks.template_of(scope(people["teacher"]), KINDS["marks"], SPRING, by=people["teacher"])
        rows = [[cell.value for cell in row] for row in load_workbook(io.BytesIO(data)).active.iter_rows()]
        line = dict(zip(rows[0], rows[1], strict=True))
        assert (line["学生代码"], line["姓名"], line["数学"]) == (pupil.slug, "张小禾", "95.5")
        assert "物理" not in line and len(rows) == 2
        assert pupil.id_number.plain() not in str(rows) and pupil.registry_number.plain() not in str(rows)

    def test_the_template_read_again_changes_nothing(self, pupil, people):
        kept(pupil, "marks", MARKS, people["teacher"])
        data = workbooks.template_of(scope(people["registrar"]), KINDS["marks"], SPRING, by=people["registrar"])
        assert taken(people["registrar"], "marks", data).counts == {"fresh": 0, "changed": 0, "same": 1, "bad": 0}

    @pytest.mark.parametrize("cell", ["九十", 151, "92.25", -1])
    def test_a_fault_names_row_column_value_rule_and_remedy(self, pupil, people, cell):
        book = taken(people["teacher"], "marks", workbook_of(HEADS, (pupil.slug, "", "张小禾", 90, cell)))
        assert book.counts["bad"] == 1 and not Entry.objects.exists()
        (said,) = book.findings
        assert (said["row"], said["column"], said["field"], said["raw"]) == (2, "E", "数学", str(cell))
        assert "第 2 行 E 列" in said["message"] and "请填分数" in said["message"]

    def test_strangers_twins_and_wrong_names_are_told(self, pupil, people, child_at, no1, no2):
        fourth, elsewhere = long_here(child_at(no1, grade=4, name="李四"), child_at(no2, grade=3, name="王五"))
        rows = [
            (pupil.slug, "", "张小禾", 90, 91),
            (pupil.slug, "", "张小禾", 92, 93),
            (fourth.slug, "", "李四", 90, 91),
            (elsewhere.slug, "", "王五", 90, 91),
            (pupil.slug, "", "张大禾", 90, 91),
            ("", "三年级1班", "没有此人", 90, 91),
        ]
        book = taken(people["teacher"], "marks", workbook_of(HEADS, *rows))
        said = [each["message"] for each in book.findings]
        assert book.counts == {"fresh": 0, "changed": 0, "same": 0, "bad": 6}
        assert sum("几行是同一名学生" in each for each in said) == 2
        assert sum("范围里没有这个学生代码" in each for each in said) == 2
        assert sum("这个学生代码是张小禾" in each for each in said) == 1
        assert sum("没有这名学生" in each for each in said) == 1

    def test_a_child_without_code_is_found_by_class_and_name(self, pupil, people):
        book = taken(people["teacher"], "marks", workbook_of(HEADS, ("", "三年级1班", "张小禾", 90, 91)))
        assert book.counts["fresh"] == 1

    def test_an_item_of_another_grade_is_refused(self, pupil, people):
        heads = ("学生代码", "姓名", "总分", "立定跳远（厘米）")
        book = taken(people["teacher"], "fitness", workbook_of(heads, (pupil.slug, "张小禾", 88, 160)))
        assert "不是这个年级的测试项目" in book.findings[0]["message"]

    def test_a_foreign_workbook_is_refused_as_a_whole(self, pupil, people):
        with pytest.raises(WorkbookRefused, match="学业成绩工作簿须有"):
            taken(people["teacher"], "marks", workbook_of(("甲", "乙"), (1, 2)))

    @pytest.mark.parametrize("who", ["headmaster", "clerk", "stranger"])
    def test_others_upload_nothing(self, pupil, people, who):
        theirs = scope(people["teacher"])
        with pytest.raises(NotYourHand):
            workbooks.take_in(b"", "x.xlsx", theirs, KINDS["marks"], SPRING, by=people[who])
        with pytest.raises(NotYourHand):
            workbooks.template_of(theirs, KINDS["marks"], SPRING, by=people[who])


@pytest.mark.django_db
class TestWhatIsHidden:
    """A teacher filters the sheet for one class, or hides a column, forgets it, and uploads."""

    @pytest.fixture
    def others(self, child_at, no1):
        return long_here(*(child_at(no1, grade=3, name=name) for name in ("李小雨", "王小雪", "赵小风", "孙小雷")))

    @pytest.fixture
    def page(self, client, people):
        """page(data): the dry run as its uploader sees it."""

        def shown(data, **more):
            book = taken(people["teacher"], "marks", data, **more)
            client.force_login(people["teacher"])
            return client.get(book.get_absolute_url()).content.decode()

        return shown

    def test_hidden_rows_are_named_with_what_happens_to_them(self, pupil, others, page):
        rows = [(child.slug, "", child.name, 90, 91) for child in (pupil, *others)]
        text = page(edited(workbook_of(HEADS, *rows), hide_rows(3, 4, 6)))
        assert "含隐藏行 3 行（第 3—4、6 行），也会核对、登记。请确认是否忘了取消筛选。" in text
        assert "登记这 5 条" in text and "有误" not in text

    def test_a_hidden_row_at_fault_is_named_too(self, pupil, others, page):
        data = workbook_of(HEADS, (pupil.slug, "", "张小禾", 90, 91), (others[0].slug, "", "李小雨", "九十", 91))
        text = page(edited(data, hide_rows(3)))
        assert "含隐藏行 1 行（第 3 行）" in text and "有误 <b>1</b> 行" in text

    def test_a_hidden_row_that_does_nothing_is_not_worth_a_word(self, pupil, others, people, page):
        kept(others[0], "marks", MARKS, people["teacher"])
        unchanged = (others[0].slug, "", "李小雨", MARKS["chinese"], MARKS["maths"])
        rows = [(pupil.slug, "", "张小禾", 90, 91), unchanged, (others[1].slug, "", "王小雪", "", "")]
        assert "隐藏" not in page(edited(workbook_of(HEADS, *rows), hide_rows(3, 4)))

    def test_a_hidden_column_is_named(self, pupil, others, page):
        def hide(book):
            book.active.column_dimensions["E"].hidden = book.active.column_dimensions["A"].hidden = True

        text = page(edited(workbook_of(HEADS, (pupil.slug, "", "张小禾", 90, 91)), hide))
        assert "隐藏的列“数学”也会核对、登记。" in text and "隐藏的列“学生代码”" not in text

    def test_a_hidden_sheet_is_named_and_not_read(self, pupil, others, page):
        def add(book):
            older = book.create_sheet("期中")
            older.append(HEADS)
            older.append((pupil.slug, "", "张小禾", 10, 11))
            older.sheet_state = "hidden"

        text = page(edited(workbook_of(HEADS, (pupil.slug, "", "张小禾", 90, 91)), add))
        assert "隐藏的工作表“期中”没有读取。其中有要用的内容的，请取消隐藏，单独上传。" in text
        assert "登记这 1 条" in text

    def test_it_stands_in_the_downloads_as_a_hint_and_an_open_workbook_says_nothing(self, client, pupil, others, page):
        row = (pupil.slug, "", "张小禾", 90, 91)
        assert "隐藏" not in page(workbook_of(HEADS, row))
        page(edited(workbook_of(HEADS, row), hide_rows(2)))
        book = ArchiveWorkbook.objects.latest("pk")
        assert book.counts["bad"] == 0
        found = client.get(reverse("archives:workbook_findings", args=[book.pk]))
        line = [cell.value for cell in list(load_workbook(io.BytesIO(found.getvalue())).active.iter_rows())[1]]
        assert line[0] == "提示" and "第 2 行" in line[6]
        assert client.get(reverse("archives:workbook_marked", args=[book.pk])).status_code == 200


@pytest.mark.django_db(transaction=True)
class TestWriting:
    def test_a_job_enters_what_was_seen(self, pupil, people):
        book = taken(people["teacher"], "marks", workbook_of(HEADS, (pupil.slug, "", "张小禾", 90, "91.5")))
        assert not Entry.objects.exists()
        book, job = finished(book, people["teacher"])
        assert (book.state, job.state) == ("taken", "done")
        assert marks_of(pupil) == {"chinese": "90", "maths": "91.5"}

    def test_empty_cells_leave_what_stands_and_changes_need_a_reason(self, pupil, people):
        kept(pupil, "marks", MARKS, people["teacher"])
        sheet = workbook_of(HEADS, (pupil.slug, "", "张小禾", "", 80))
        book = taken(people["teacher"], "marks", sheet)
        assert book.counts["changed"] == 1
        with pytest.raises(Refused, match="请写明更正"):
            workbooks.confirm(book, by=people["teacher"])
        workbooks.give_up(book, by=people["teacher"])
        _, job = finished(taken(people["teacher"], "marks", sheet, reason="试卷复核"), people["teacher"])
        assert job.state == "done" and marks_of(pupil) == MARKS | {"maths": "80"}

    def test_the_reason_may_be_given_when_the_differences_have_been_seen(self, client, pupil, people):
        kept(pupil, "marks", MARKS, people["teacher"])
        book = taken(people["teacher"], "marks", workbook_of(HEADS, (pupil.slug, "", "张小禾", "", 80)))
        client.force_login(people["teacher"])
        take = reverse("archives:workbook_take", args=[book.pk])
        assert 'name="reason"' in client.get(book.get_absolute_url()).content.decode()
        refused = client.post(take, {"reason": " "})
        assert refused.status_code == 409 and "原因" in refused.content.decode()
        assert client.post(take, {"reason": "试卷复核"}).status_code == 302
        book.refresh_from_db()
        execute(book.job_id)
        assert Entry.objects.latest("pk").reason == "试卷复核" and marks_of(pupil) == MARKS | {"maths": "80"}
        done = client.get(reverse("jobs:progress", args=[book.job_id])).content.decode()
        assert "已完成" in done and "0 / 1" not in done

    def test_a_workbook_that_says_nothing_new_says_so(self, client, pupil, people):
        kept(pupil, "marks", MARKS, people["teacher"])
        sheet = workbook_of(HEADS, (pupil.slug, "", "张小禾", MARKS["chinese"], MARKS["maths"]))
        client.force_login(people["teacher"])
        text = client.get(taken(people["teacher"], "marks", sheet).get_absolute_url()).content.decode()
        assert "没有要登记的内容" in text and "登记这" not in text

    def test_what_would_be_corrected_is_told_before_it_is(self, client, pupil, people):
        """A template filled in last week would take back what was entered since: the page says so line by line."""
        kept(pupil, "marks", MARKS, people["registrar"])
        book = taken(people["teacher"], "marks", workbook_of(HEADS, (pupil.slug, "", "张小禾", "", 80)), reason="核对")
        client.force_login(people["teacher"])
        text = client.get(book.get_absolute_url()).content.decode()
        assert f"张小禾：数学 {MARKS['maths']} → 80（现有的由{people['registrar'].name}" in text
        assert "张小禾" not in str(bytes(book.sealed_report)) and "语文 92 →" not in text

    def test_when_the_archive_moved_the_new_dry_run_is_shown(self, pupil, people):
        book = taken(people["teacher"], "marks", workbook_of(HEADS, (pupil.slug, "", "张小禾", 90, 91)))
        kept(pupil, "marks", MARKS, people["registrar"])
        book, job = finished(book, people["teacher"])
        assert job.state == "failed" and "有了变动" in job.error
        assert book.state == "waiting" and book.counts["changed"] == 1
        assert marks_of(pupil) == MARKS

    def test_a_second_award_is_added_and_the_same_one_is_not(self, pupil, people):
        heads = ("学生代码", "姓名", "奖项名称", "级别", "颁发单位", "获奖日期")
        rows = [
            (pupil.slug, "张小禾", "三好学生", "县级", "县教育局", "2026-06-01"),
            (pupil.slug, "张小禾", "跳绳第一名", "校级", "本校", "20260520"),
        ]
        for fresh in (2, 0):
            book = taken(people["registrar"], "award", workbook_of(heads, *rows))
            assert book.counts["fresh"] == fresh
            if fresh:
                finished(book, people["registrar"])
        assert Entry.objects.filter(kind="award").count() == 2

    def test_fitness_by_workbook(self, pupil, people):
        heads = ("学生代码", "姓名", "身高", "体重", "1分钟跳绳", "总分")
        row = (pupil.slug, "张小禾", FITNESS["height"], 33, 110, 84.5)
        finished(taken(people["registrar"], "fitness", workbook_of(heads, row)), people["registrar"])
        (entry,) = standing_of([pupil.pk], KINDS["fitness"], SPRING)[pupil.pk]
        assert (entry.fitnesstest.rope, entry.fitnesstest.get_grade_display()) == (110, "良好")
