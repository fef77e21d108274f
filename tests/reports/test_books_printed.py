"""The five books on paper: empty, one page, many pages with 续表, the longest names; text found again."""

from datetime import date
from types import SimpleNamespace

import pytest
from django.urls import reverse

from accounts.roles import Role
from archives.entries import keep as keep_entry
from archives.kinds import KINDS
from archives.periods import Period
from law import clock
from reports.batches.papers import children_of
from reports.books import cards, printing
from reports.books.blanks import PROOFS
from reports.books.closing import live_scope
from reports.books.kinds import BOOKS, WHOLE
from reports.books.periods import period_of
from reports.errors import MissingGlyph, NotPrintable
from reports.forms import FORMS
from reports.models import Print
from reports.services import new_record
from students.models import FamilyMember, Student
from tests.archives.specimens import EVALUATION, filled
from tests.changes import decided, drafted
from tests.county import class_of, make_school, staff_member
from tests.reports.batches import file_of, finished
from tests.reports.books import closed, corrected, large_print, people_of, printed_bytes
from tests.reports.conftest import address_of, keep, pages_of
from tests.reports.test_books_closing import moved, suspended
from tests.reports.texts import text_of
from tests.students.test_graduation import graduated

LONG = "阿卜杜热合曼·买买提依明江·库尔班尼亚孜𠅤𬭼"
ADDRESS = "辽宁省朝阳市建平县叶柏寿街道和平社区人民路一百二十八号甲幢三单元五百零六室（原县农业机械厂家属院东侧）"
SCHOOL = "建平县叶柏寿街道和平社区红旗路九年一贯制实验学校第二分校（原农业机械厂子弟小学）"


def words_of(pdf) -> str:
    return "".join(text_of(pdf).split())


def live(school, kind, *, term=1, section="", year=2026):
    """The PDF of an open book as it stands."""
    what = BOOKS[kind]
    scope = live_scope(school, what, period_of(year, term))
    reading = what.read(scope)
    reading = reading.only(section) if section else reading
    by = people_of(school)[0]
    return printing.print_open(what, scope, reading, by=by, address_of=address_of, keeper=school, section=section)


@pytest.fixture
def long_child(no1, child_at):
    def make(grade, **more):
        given = {"name": LONG, "home_address": ADDRESS, "entered_month": "202409", "native_place": "辽宁朝阳建平"}
        child = child_at(no1, grade=grade, household_division="211322101", lodging="1", **given | more)
        for position, relation in ((1, "51"), (2, "52")):
            FamilyMember.objects.create(
                student=child,
                position_in_form=position,
                name=LONG,
                relation=relation,
                phone="13800000000",
                workplace="建平县叶柏寿街道和平社区红旗路某某农业机械制造有限责任公司",
                is_guardian=True,
            )
        return child

    return make


@pytest.mark.parametrize("kind", BOOKS)
def test_no_table_is_wider_than_its_page(kind):
    """297 mm of landscape A4 without 20 mm to bind and 14 mm at the right."""
    assert sum(column.width for column in BOOKS[kind].columns) <= 297 - 20 - 14
    assert sum(column.width for column in PROOFS) <= 210 - 26 - 24, "the list of proofs stands on a page upright"


def test_the_newcomers_of_two_classes_each_on_pages_of_its_own(no1, child_at, long_child):
    for n in range(21):
        child_at(no1, grade=1, name=f"样例{n}", sex="1" if n % 2 else "2")
    long_child(1)
    first = class_of(no1, 1)
    second = no1.classes.create(stage=first.stage, cohort=first.cohort, number=2)
    from students.models import Placement

    moved_over = Placement.objects.filter(enrolment__student__name__in=["样例3", "样例4"])
    moved_over.update(school_class=second)
    result = live(no1, "newcomers")
    keep("book-newcomers-open", result.pdf)
    said = words_of(result.pdf)
    assert pages_of(result.pdf) == 2 and "（未结册）" in said
    assert "一年级1班" in said and "一年级2班" in said and "男10女10合计20" in said
    part = closed(no1, "newcomers")
    pdf = printed_bytes(part)
    keep("book-newcomers-closed", pdf)
    said = words_of(pdf)
    assert pages_of(pdf) == 3 and part.number in said and part.digest[:16] in said
    assert all(words in said for words in (LONG, ADDRESS, "学籍簿册", "不改不删", "2027年3月1日"))
    assert Print.objects.filter(subject=result.record.subject).first().standing == "valid"
    assert Print.objects.get(pk=result.record.pk).standing == "superseded", "the closed book overtakes the open print"


def test_one_class_of_a_book(no1, child_at):
    child_at(no1, grade=1, name="样例新")
    result = live(no1, "newcomers", section="一年级1班")
    assert result.record.subject.endswith("新生花名册一年级1班") and "样例新" in words_of(result.pdf)


def test_one_grade_of_a_book(no1, child_at):
    from students.models import Placement

    for n, grade in enumerate((3, 3, 4)):
        child_at(no1, grade=grade, name=f"样例{n}")
    third = class_of(no1, 3)
    next_door = no1.classes.create(stage=third.stage, cohort=third.cohort, number=2)
    Placement.objects.filter(enrolment__student__name="样例1").update(school_class=next_door)
    what = BOOKS["cards"]
    reading = what.read(live_scope(no1, what, period_of(2026, 2)))
    assert reading.choices == ["三年级", "三年级1班", "三年级2班", "四年级1班"]
    assert [line.cells["name"] for line in reading.only("三年级").lines] == ["样例0", "样例1"]


def test_the_ledger_goes_on_from_page_to_page_and_closes_its_balance(no1, no2, child_at, long_child):
    children = [child_at(no1, grade=3, name=f"样例{n}") for n in range(22)]
    ill = suspended(children[0])
    case = moved(long_child(3), no2)
    with clock.at(date(2026, 12, 1)):
        part = closed(no1, "movements")
    pdf = printed_bytes(part)
    keep("book-movements-closed", pdf)
    said = words_of(pdf)
    assert said.count("（续表）") == 1 and "本页合计增20减0" in said and "本页合计增3减2" in said
    assert "学籍数：期初0＋增23－减1＝期末22" in said and "在校生数：期初0＋增23－减2＝期末21" in said
    assert ill.number in said and case.number in said and LONG in said


def test_an_empty_ledger_says_so(no1):
    pdf = printed_bytes(closed(no1, "movements"))
    keep("book-movements-empty", pdf)
    assert "本期没有登记事项" in words_of(pdf) and pages_of(pdf) == 2


def test_the_transfers_with_form_and_proofs(no1, no2, child_at, long_child):
    case = moved(long_child(3), no2)
    pdf = printed_bytes(closed(no2, "transfers"))
    keep("book-transfers-closed", pdf)
    said = words_of(pdf)
    assert "转学联系表目录" in said and "转学证明材料清单" in said and "义务教育阶段学生转学联系表" in said
    assert case.number in said and "已核" in said and pages_of(pdf) == 4


def test_the_transfers_to_another_county(no1, child_at):
    from transfers.models import OutwardTransfer

    given = {"to_division": "150429", "to_school_name": "宁城县实验小学", "received_on": date(2026, 9, 14)}
    given |= {"evidence": "系统截图", "ground": "T1", "ceims_reference": "Z1"}
    case = decided(drafted(OutwardTransfer, child_at(no1, grade=3, name="样例出"), **given))
    pdf = printed_bytes(closed(no1, "transfers"))
    keep("book-transfers-outward", pdf)
    said = words_of(pdf)
    assert case.number in said and "宁城县实验小学" in said and "三年级1班" in said


def test_a_card_is_one_leaf_of_two_sides(no1, child_at, long_child):
    suspended(long_child(3))
    child_at(no1, grade=3, name="样例短")
    part = closed(no1, "cards", term=2)
    pdf = printed_bytes(part)
    keep("book-cards-closed", pdf)
    said = words_of(pdf)
    assert pages_of(pdf) == 2 + 2 * 2 and said.count("品德、综合素质评语") == 2 and LONG in said and ADDRESS in said


def test_the_card_tells_results_and_remarks_from_the_archive(no1, child_at):
    """Autumn of grade three, and spring of grade two, which was entered before the child's first class was known."""
    child = child_at(no1, grade=3, name="样例绩")
    by = staff_member(Role.REGISTRAR, no1)
    for kind, term, values in (
        ("marks", Period(2026, 1), {"chinese": "92", "maths": "95.5", "ethics": "优秀"}),
        ("evaluation", Period(2025, 2), EVALUATION),
    ):
        keep_entry(KINDS[kind], term, [(child, filled(kind, values))], school=no1, by=by)
    (card,) = FORMS["registry_card"].of_child(child, class_of(no1, 3))["cards"]
    third, second = card["years"][2], card["years"][1]
    assert third["rows"][0]["marks"][:4] == ["优秀", "92", "95.5", ""] and not any(third["rows"][1]["marks"])
    assert second["remarks"][1]["words"].endswith(EVALUATION["comment"]) and not second["remarks"][0]["words"]
    said = words_of(file_of(finished("registry_card", children_of(class_of(no1, 3)), by)))
    assert "95.5" in said and EVALUATION["comment"] in said and "思想品德优秀" in said


@pytest.mark.parametrize(
    ("kind", "grade", "year"), [("primary", 3, "2030"), ("primary", 6, "2027"), ("junior", 8, "2028")]
)
def test_the_title_of_a_card_names_the_year_of_leaving(bureau, child_at, kind, grade, year):
    """届 is the July in which the class finishes its stage, three school years after grade three has begun in 2026."""
    school = make_school(bureau, 72, "第七十二学校", kind)
    child = child_at(school, grade=grade)
    (card,) = FORMS["registry_card"].of_child(child, class_of(school, grade))["cards"]
    assert card["leaves_in"] == year


def test_a_card_closed_before_results_were_printed_keeps_empty_grids():
    old = {"stage": "primary", "name": "样例旧"}
    assert len(cards.whole(old)["years"]) == 6 and cards.whole(old)["name"] == "样例旧"


def test_cards_of_a_junior_school_and_of_a_class(bureau, child_at):
    from schools.models import School

    junior = make_school(bureau, 84, "第八十四初级中学", School.Kind.JUNIOR)
    School.objects.filter(pk=junior.pk).update(name=SCHOOL)
    junior.refresh_from_db()
    child_at(junior, grade=8, name=LONG)
    by = staff_member(Role.REGISTRAR, junior)
    pdf = file_of(finished("registry_card", children_of(class_of(junior, 8)), by))
    keep("card-junior-class", pdf)
    said = words_of(pdf)
    assert pages_of(pdf) == 2 and "物理" in said and "九年级" in said and SCHOOL in said


def test_graduates_of_a_year(no1, child_at, long_child):
    for n in range(23):
        child_at(no1, grade=6, name=f"样例毕{n}", entered_month="202109")
    long_child(6)
    graduated(no1)
    pdf = printed_bytes(closed(no1, "graduates", term=2))
    keep("book-graduates-closed", pdf)
    said = words_of(pdf)
    assert "2027届六年级1班" in said and said.count("（续表）") == 1 and "男24女0合计24" in said


def test_a_correction_page_on_paper(no1, child_at):
    child_at(no1, grade=1, name="样例新")
    part = closed(no1, "newcomers")
    Student.objects.update(name="样例心")
    page = corrected(part, "户口簿登记为“心”", on=date(2027, 5, 1))
    pdf = printed_bytes(page)
    keep("book-newcomers-correction", pdf)
    said = words_of(pdf)
    assert "更正页第1号" in said and part.number in said and "原：样例新" in said


@pytest.mark.parametrize("kind", BOOKS)
def test_a_correction_page_tells_what_was_done_in_a_wide_last_column(kind):
    """And is as wide as the book, with numbers and dates as wide as there."""
    what = BOOKS[kind]
    page, book = what.columns_of(SimpleNamespace(amendment=1)), what.columns
    assert what.columns_of(SimpleNamespace(amendment=0)) == what.columns_of(None) == book
    assert (page[-1].key, page[-1].width) == ("remark", 30)
    assert sum(one.width for one in page) == pytest.approx(sum(one.width for one in book), abs=0.5)
    kept = {one.key: one.width for one in page if one.key in WHOLE}
    assert kept == {one.key: one.width for one in book if one.key in WHOLE} and "birth_date" in kept


def test_a_corrected_card_says_so_on_paper(no1, child_at):
    child_at(no1, grade=3, name="样例新")
    part = closed(no1, "cards", term=2)
    Student.objects.update(name="样例心")
    pdf = printed_bytes(corrected(part, "户口簿登记为“心”", on=date(2027, 9, 20)))
    keep("book-cards-correction", pdf)
    assert "更正（原：样例新）" in words_of(pdf)


@pytest.mark.parametrize("form", ["movements_book", "registry_card", "transfers_book", "transfer_proofs"])
def test_blank_ones(printed, no1, form):
    result = printed(form, by=staff_member(Role.REGISTRAR, no1))
    keep(f"{form}-blank", result.pdf)
    assert pages_of(result.pdf) == (2 if form == "registry_card" else 1) and result.record.blank


def test_a_private_character_stops_the_book_by_name(no1, child_at):
    child_at(no1, grade=1, name="样\ue123甲")
    with pytest.raises(MissingGlyph, match="样\ue123甲"):
        live(no1, "newcomers")


@pytest.mark.django_db(transaction=True)
def test_a_line_altered_behind_the_books_back_is_found(no1, child_at, owner):
    """As the owner of the database could, with the trigger off: the digest no longer fits, and nothing is printed."""
    child_at(no1, grade=1, name="样例新")
    part = closed(no1, "newcomers")
    owner.execute("ALTER TABLE reports_bookrow DISABLE TRIGGER reports_bookrow_no_change")
    owner.execute("UPDATE reports_bookrow SET key = '另一行'")
    with pytest.raises(NotPrintable, match="与结册时的摘要不符"):
        printed_bytes(part)


def test_the_file_of_a_book_is_not_for_whoever_left_the_school(client, no1):
    registrar = staff_member(Role.REGISTRAR, no1)
    record = new_record(
        FORMS["movements_book"], None, {"decision": "未结册"}, registrar, school=no1, subject="增减登记"
    )
    address = reverse("reports:book_file", args=[large_print(record, by=registrar).pk])
    client.force_login(registrar)
    assert client.get(address).status_code == 200
    registrar.appointments.update(ends=date(2026, 9, 1))
    assert client.get(address).status_code == 404
