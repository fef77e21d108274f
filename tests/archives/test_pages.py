"""The pages of the archive: who sees and who writes, and that what was typed stays until it is right."""

import pytest
from django.urls import reverse

from archives.models import CrossCheck, Entry
from tests.archives.conftest import long_here
from tests.archives.specimens import AWARD, MARKS
from tests.archives.test_entries import kept
from tests.archives.test_scans import photo_with_place
from tests.county import class_of

pytestmark = pytest.mark.django_db


def sheet(third, kind="marks"):
    return reverse("archives:sheet", args=[third.pk, kind])


@pytest.mark.parametrize(
    ("who", "status"), [("teacher", 200), ("registrar", 200), ("headmaster", 200), ("clerk", 200), ("stranger", 404)]
)
def test_who_sees(as_, pupil, third, who, status):
    for url in (
        reverse("archives:child", args=[pupil.slug]),
        reverse("archives:school_class", args=[third.pk]),
        sheet(third),
        reverse("archives:cross_check", args=[third.pk]),
    ):
        assert as_(who).get(url).status_code == status, url


def test_the_county_leads_each_to_their_own(as_, pupil, third, no1):
    url = reverse("archives:county")
    assert as_("teacher").get(url).url == reverse("archives:school_class", args=[third.pk])
    assert as_("registrar").get(url).url == reverse("archives:school", args=[no1.pk])
    assert "第一小学" in as_("clerk").get(url).content.decode()


def test_the_class_page_names_what_is_missing_and_whose_it_is(as_, pupil, third, people):
    text = as_("headmaster").get(reverse("archives:school_class", args=[third.pk])).content.decode()
    assert "综合素质评价" in text and people["teacher"].name in text and people["registrar"].name in text


def test_a_sheet_is_saved(as_, pupil, third):
    data = {"term": "2025-2", f"{pupil.pk}-chinese": "92", f"{pupil.pk}-maths": "优秀"}
    assert as_("teacher").post(sheet(third), data).status_code == 302
    assert {mark.subject: mark.mark for mark in Entry.objects.get().marks.all()} == {"chinese": "92", "maths": "优秀"}


def test_a_wrong_cell_is_told_and_everything_typed_stays(as_, pupil, third):
    data = {"term": "2025-2", f"{pupil.pk}-chinese": "九十二", f"{pupil.pk}-maths": "88"}
    answer = as_("teacher").post(sheet(third), data)
    text = answer.content.decode()
    assert answer.status_code == 422 and not Entry.objects.exists()
    assert "张小禾：语文应为0至150的分数（最多一位小数）或等级。" in text and f'href="#c-{pupil.pk}-chinese"' in text
    assert 'value="九十二"' in text and 'value="88"' in text


def test_a_change_without_reason_is_told_and_with_one_is_a_new_version(as_, pupil, third, people):
    kept(pupil, "marks", MARKS, people["teacher"])
    data = {"term": "2025-2", f"{pupil.pk}-chinese": "92", f"{pupil.pk}-maths": "60"}
    answer = as_("teacher").post(sheet(third), data)
    text = answer.content.decode()
    assert answer.status_code == 422 and "更正原因" in text and 'value="60"' in text
    assert 'href="#reason"' in text, "the field for it is below the whole class"
    assert as_("teacher").post(sheet(third), data | {"reason": "漏加附加题"}).status_code == 302
    assert list(Entry.objects.values_list("version", flat=True)) == [1, 2]


def test_a_row_that_stands_is_not_emptied(as_, pupil, third, people):
    kept(pupil, "marks", MARKS, people["teacher"])
    entry = Entry.objects.get()
    answer = as_("teacher").post(sheet(third), {"term": "2025-2", "reason": "清空", f"seen-{pupil.pk}": entry.pk})
    assert answer.status_code == 422 and "不能清空" in answer.content.decode()


class TestSheetLeftOpen:
    """The registrar enters something while the teacher's page is open; the teacher then saves."""

    def marks_now(self, child):
        entry = Entry.objects.newest().filter(child=child, kind="marks").get()
        return {mark.subject: mark.mark for mark in entry.marks.all()}

    def opened(self, child, **cells):
        """What the page sends back when it was opened before, with these boxes changed since."""
        entry = Entry.objects.newest().filter(child=child, kind="marks").first()
        boxes = {f"{child.pk}-{key}": value for key, value in {"chinese": "", "maths": ""}.items()}
        if entry:
            boxes |= {f"{child.pk}-{mark.subject}": mark.mark for mark in entry.marks.all()}
        changed = {f"{child.pk}-{key}": value for key, value in cells.items()}
        return {f"seen-{child.pk}": entry.pk if entry else ""} | boxes | changed

    def test_a_row_nobody_touched_takes_no_correction_back(self, as_, pupil, third, people, child_at, no1):
        other = long_here(child_at(no1, grade=3, name="李小雨"))
        kept(pupil, "marks", MARKS, people["teacher"])
        kept(other, "marks", MARKS, people["teacher"])
        page = self.opened(pupil) | self.opened(other, maths="71")
        kept(pupil, "marks", MARKS | {"maths": "99"}, people["registrar"], reason="试卷复核")
        answer = as_("teacher").post(sheet(third), {"term": "2025-2", "reason": "登分登错"} | page)
        assert answer.status_code == 302
        assert self.marks_now(pupil)["maths"] == "99" and self.marks_now(other)["maths"] == "71"

    def test_a_row_still_empty_on_the_page_is_not_taken_for_emptied(self, as_, pupil, third, people, child_at, no1):
        other = long_here(child_at(no1, grade=3, name="李小雨"))
        page = self.opened(pupil) | self.opened(other, maths="71")
        kept(pupil, "marks", MARKS, people["registrar"])
        assert as_("teacher").post(sheet(third), {"term": "2025-2"} | page).status_code == 302
        assert self.marks_now(pupil) == MARKS and self.marks_now(other) == {"maths": "71"}

    def test_a_row_somebody_typed_into_is_asked_about_first(self, as_, pupil, third, people):
        kept(pupil, "marks", MARKS, people["teacher"])
        page = {"term": "2025-2", "reason": "登分登错"} | self.opened(pupil, maths="60")
        kept(pupil, "marks", MARKS | {"maths": "99"}, people["registrar"], reason="试卷复核")
        answer = as_("teacher").post(sheet(third), page)
        text = answer.content.decode()
        assert answer.status_code == 422 and self.marks_now(pupil)["maths"] == "99"
        assert f"{people['registrar'].name}已登记新的一版（数学现为99）" in text and 'value="60"' in text
        now = Entry.objects.newest().get(kind="marks").pk
        assert f'name="seen-{pupil.pk}" value="{now}"' in text, "the page has told what stands"
        assert as_("teacher").post(sheet(third), page | {f"seen-{pupil.pk}": now}).status_code == 302
        assert self.marks_now(pupil)["maths"] == "60"

    def test_a_child_the_page_did_not_have_is_left_alone(self, as_, pupil, third, people, child_at, no1):
        late = long_here(child_at(no1, grade=3, name="李小雨"))
        kept(late, "marks", MARKS, people["registrar"])
        data = {"term": "2025-2"} | self.opened(pupil, maths="71")
        assert as_("teacher").post(sheet(third), data).status_code == 302
        data = {"term": "2025-2", "act": "rest", f"seen-{pupil.pk}": ""}
        assert as_("teacher").post(sheet(third, "award"), data).status_code == 302
        assert list(Entry.objects.filter(kind="no_award").values_list("child", flat=True)) == [pupil.pk]

    def test_who_left_the_class_meanwhile_is_told_not_dropped(self, as_, pupil, third, child_at, no1):
        gone = long_here(child_at(no1, grade=4, name="李小雨"))
        data = {"term": "2025-2"} | self.opened(pupil, maths="71") | self.opened(gone, maths="88")
        answer = as_("teacher").post(sheet(third), data, follow=True)
        assert "有1名学生在您填写期间离开了本班" in answer.content.decode()
        assert not Entry.objects.filter(child=gone).exists()


@pytest.mark.parametrize("who", ["headmaster", "clerk"])
def test_a_colleague_without_the_right_writes_nothing(as_, pupil, third, who):
    data = {"term": "2025-2", f"{pupil.pk}-chinese": "92"}
    assert as_(who).post(sheet(third), data).status_code == 403
    assert as_(who).get(reverse("archives:enter", args=[pupil.slug, "award"])).status_code == 403
    assert as_(who).get(reverse("archives:workbooks")).status_code == 403
    assert as_(who).post(reverse("archives:cross_check", args=[third.pk]), {}).status_code == 403
    assert not Entry.objects.exists()


def test_the_rest_of_the_class_had_no_award(as_, pupil, third, child_at, no1, people):
    other = child_at(no1, grade=3, name="李小雨")
    data = {"term": "2025-2", "act": "rest", f"seen-{other.pk}": ""}
    data |= {f"{pupil.pk}-{key}": value for key, value in AWARD.items() if key != "level"} | {
        f"{pupil.pk}-level": "县级"
    }
    assert as_("teacher").post(sheet(third, "award"), data).status_code == 302
    assert sorted(Entry.objects.values_list("kind", flat=True)) == ["award", "no_award"]


def test_a_class_that_did_not_exist_then_says_so(as_, no1, people, child_at):
    from tests.county import class_of

    child_at(no1, grade=1)
    text = as_("registrar").get(sheet(class_of(no1, 1)) + "?term=2025-2").content.decode()
    assert "还没有开班" in text


def test_an_award_with_its_certificate_is_entered_corrected_and_made_void(as_, pupil, people):
    from django.core.files.uploadedfile import SimpleUploadedFile

    url = reverse("archives:enter", args=[pupil.slug, "award"])
    given = AWARD | {"term": "2025-2", "level": "县级"}
    wrong = as_("teacher").post(url, given | {"awarded_on": "2027-01-01"})
    assert wrong.status_code == 422 and "不在2000年至今日之间" in wrong.content.decode()
    paper = SimpleUploadedFile("奖状.jpg", photo_with_place())
    assert as_("teacher").post(url, given | {"files": [paper]}).status_code == 302
    first = Entry.objects.get()
    scan = as_("headmaster").get(reverse("archives:scan", args=[first.scans.get().pk]))
    assert scan.status_code == 200 and "sandbox" in scan["Content-Security-Policy"]
    assert as_("stranger").get(reverse("archives:scan", args=[first.scans.get().pk])).status_code == 404
    page = reverse("archives:entry", args=[first.pk])
    assert 'value="县级" selected' in as_("teacher").get(page).content.decode()
    change = given | {"act": "correct", "title": "优秀学生干部"}
    assert as_("teacher").post(page, change).status_code == 422
    assert as_("teacher").post(page, change | {"reason": "奖状写的是这个"}).status_code == 302
    latest = reverse("archives:entry", args=[Entry.objects.latest("pk").pk])
    assert as_("teacher").post(latest, {"act": "void", "reason": "是同名的另一人"}).status_code == 302
    text = as_("clerk").get(reverse("archives:child", args=[pupil.slug])).content.decode()
    assert "已作废" in text and "是同名的另一人" in text


def test_who_only_reads_is_shown_no_empty_boxes_and_told_no_duty(as_, pupil, third, people):
    kept(pupil, "award", AWARD, people["teacher"])
    text = as_("clerk").get(sheet(third, "award") + "?term=2025-2").content.decode()
    assert "三好学生" in text and "必填" not in text and "没有填的留空" not in text and "颁发单位" not in text
    assert "颁发单位" in as_("teacher").get(sheet(third, "award") + "?term=2025-2").content.decode()


@pytest.mark.parametrize("way", ["sheet", "enter"])
def test_what_is_made_once_belongs_to_the_term_in_which_it_is_made(as_, no1, child_at, staff, way):
    """A first-grader's certificate is looked at in September, before which it was at no school."""
    newcomer, registrar = child_at(no1, grade=1), as_("registrar")
    url = sheet(class_of(no1, 1), "vaccination")
    data = {f"{newcomer.pk}-seen_on": "2026-09-03", f"{newcomer.pk}-complete": "是"}
    if way == "enter":
        url = reverse("archives:enter", args=[newcomer.slug, "vaccination"])
        data = {"seen_on": "2026-09-03", "complete": "是"}
    text = registrar.get(url + "?term=2025-2").content.decode()
    assert "换一个学期" not in text and "2025—2026" not in text
    assert registrar.post(url, data | {"term": "2025-2"}).status_code == 302
    assert Entry.objects.get().when == "2026—2027学年"


class TestEnteringWhatStands:
    """“登记学业成绩” pressed for a term that has its marks: no form to be refused, but the way to correct."""

    def test_the_page_leads_to_the_entry_that_stands(self, as_, pupil, people):
        kept(pupil, "marks", MARKS, people["registrar"])
        url, entry = reverse("archives:enter", args=[pupil.slug, "marks"]), Entry.objects.get()
        text = as_("teacher").get(url + "?term=2025-2").content.decode()
        assert reverse("archives:entry", args=[entry.pk]) in text and people["registrar"].name in text
        assert 'name="chinese"' not in text and "返回档案" in text
        assert 'name="chinese"' in as_("teacher").get(url + "?term=2025-1").content.decode()

    def test_who_had_the_form_open_keeps_what_was_typed(self, as_, pupil, people):
        kept(pupil, "marks", MARKS, people["registrar"])
        url = reverse("archives:enter", args=[pupil.slug, "marks"])
        answer = as_("teacher").post(url, {"term": "2025-2", "chinese": "61"})
        text = answer.content.decode()
        assert answer.status_code == 422 and 'value="61"' in text
        assert reverse("archives:entry", args=[Entry.objects.get().pk]) in text

    @pytest.mark.parametrize(("there", "act"), [("award", "更正、作废"), ("no_award", "撤回")])
    def test_nothing_is_not_offered_where_it_is_said_or_wrong(self, as_, pupil, people, there, act):
        kept(pupil, there, AWARD if there == "award" else {}, people["registrar"])
        url = reverse("archives:enter", args=[pupil.slug, "no_award"]) + "?term=2025-2"
        text = as_("teacher").get(url).content.decode()
        assert reverse("archives:entry", args=[Entry.objects.get().pk]) in text
        assert f"打开这条记录</a>可以{act}。" in text and "登记</button>" not in text

    def test_a_further_award_is_entered_as_ever(self, as_, pupil, people):
        kept(pupil, "award", AWARD, people["registrar"])
        url = reverse("archives:enter", args=[pupil.slug, "award"]) + "?term=2025-2"
        text = as_("teacher").get(url).content.decode()
        assert "已经登记过" not in text and 'name="title"' in text


def test_the_paper_column_is_ticked(as_, pupil, third):
    url = reverse("archives:cross_check", args=[third.pk])
    assert (
        as_("registrar").post(url, {"term": "2026-1", f"{pupil.pk}-1": "on", f"{pupil.pk}-2": "on"}).status_code == 302
    )
    assert CrossCheck.objects.get().paper == [1, 2]
    assert "证明材料（纸质有、电子无）" in as_("headmaster").get(url).content.decode()


def test_whoever_has_no_tick_was_not_checked(as_, pupil, third, child_at, no1):
    """A registrar with half the bags on the desk saves: the other half has not lost its paper by that."""
    other, bare = long_here(child_at(no1, grade=3, name="李小雨"), child_at(no1, grade=3, name="王小雪"))
    url = reverse("archives:cross_check", args=[third.pk])
    registrar = as_("registrar")
    answer = registrar.post(url, {"term": "2026-1"})
    assert answer.status_code == 422 and "没有一名学生打了勾" in answer.content.decode()
    data = {"term": "2026-1", f"{pupil.pk}-1": "on", f"{bare.pk}-looked": "on"}
    text = registrar.post(url, data, follow=True).content.decode()
    assert "已登记2名学生的核对结果：1名不一致。其余1名没有打勾，没有登记。" in text
    assert "已核对2名，还有1名没有核对" in text
    assert dict(CrossCheck.objects.values_list("child", "paper")) == {pupil.pk: [1], bare.pk: []}
    assert not CrossCheck.objects.filter(child=other).exists()


def test_the_marks_on_the_childs_own_page(as_, pupil):
    assert "archives/children" in as_("teacher").get(pupil.get_absolute_url()).content.decode()
    text = as_("teacher").get(reverse("archives:marks", args=[pupil.slug])).content.decode()
    assert "还缺" in text and "第7部分" in text


def test_a_guest_of_another_school_does_not_stand_in_the_way_of_the_sheet(as_, pupil, third, child_at, no2):
    guest = child_at(no2, grade=3, name="随读生")
    guest.enrolments.get().placements.update(school_class=third)
    assert "随读生" not in as_("teacher").get(sheet(third)).content.decode()
    data = {"term": "2025-2", f"{pupil.pk}-chinese": "92"}
    assert as_("teacher").post(sheet(third), data).status_code == 302


def test_a_child_that_attends_elsewhere_is_on_its_schools_meter_without_a_class(as_, pupil, no1, no2):
    """随班就读: the archive is kept at the school of the record, whose page cannot lead to the other school's class."""
    place = class_of(no2, 3)
    pupil.enrolments.get().placements.update(school_class=place)
    page = as_("registrar").get(reverse("archives:school", args=[no1.pk])).content.decode()
    assert 'href="#elsewhere"' in page and 'id="elsewhere"' in page and pupil.name in page
    assert reverse("archives:school_class", args=[place.pk]) not in page


def test_that_there_was_nothing_is_said_of_a_child_no_sheet_lists(as_, pupil, no1, no2):
    """随班就读, or not seated yet: no class sheet of the school has the child, whose archive can be complete."""
    pupil.enrolments.get().placements.update(school_class=class_of(no2, 3))
    registrar, page = as_("registrar"), reverse("archives:child", args=[pupil.slug])
    url = reverse("archives:enter", args=[pupil.slug, "no_award"])
    assert url in registrar.get(page).content.decode()
    assert "登记本学期无获奖" in registrar.get(url).content.decode()
    assert registrar.post(url, {"term": "2025-2"}).status_code == 302
    assert Entry.objects.get().kind == "no_award"
    again = registrar.post(url, {"term": "2025-2"})
    assert again.status_code == 422 and "不用再登记" in again.content.decode()
    assert as_("headmaster").post(url, {"term": "2025-2"}).status_code == 403
    assert as_("stranger").post(url, {"term": "2025-2"}).status_code == 404
