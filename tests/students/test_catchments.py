"""学区（第四条）: the bureau maps villages to schools by workbook, by copy, one by one; an address finds its school."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import Workbook

from accounts.roles import Role
from approvals.errors import NotYourHand, Refused
from law import clock
from schools.catchments import COMMUNITY, schools_for
from schools.models import Catchment, Division, School
from students.catchments import services
from students.catchments.judging import judge_map
from students.catchments.lookup import answers_for
from students.catchments.sheet import read_map
from students.importing.findings import WorkbookRefused
from students.models import CatchmentChange
from tests.county import LEGAL_DAY, make_school

HEADS = ("村（社区）代码", "村（社区）名称", "乡镇", "学校标识码", "校名", "学段")
DOCUMENT = "建教发〔2026〕9号"
TOWNSHIP = "211322103"


def workbook_of(*rows, heads=HEADS) -> bytes:
    book, out = Workbook(), io.BytesIO()
    book.active.title = "学区"
    for row in (heads, *rows):
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def village(number, name, township=TOWNSHIP) -> tuple:
    return (f"{township}{number:03d}", name, Division.objects.get(pk=township).name)


def row(number, name, school, stage="小学", **more) -> tuple:
    return (*village(number, name, **more), school.code, "", stage)


def judged(bureau, *rows, year=2026):
    return judge_map(read_map(workbook_of(*rows)), bureau, year)


def written(bureau, staff, *rows, year=2026, remove=False):
    clerk = staff(Role.BUREAU_CLERK, bureau)
    seen = services.Seen(read_map(workbook_of(*rows)), year, DOCUMENT)
    token = services.token_of(seen, judge_map(seen.sheet, bureau, year), by=clerk)
    return services.confirm(token, by=clerk, remove=remove)


def sentences(bureau, *rows):
    return [finding.text for finding in judged(bureau, *rows).findings]


@pytest.fixture
def junior(bureau):
    return make_school(bureau, 9, "第九初级中学", School.Kind.JUNIOR)


@pytest.fixture
def mapped(bureau, staff, no1, no2, junior):
    """Two villages of one township: one with one primary school, one with two; both with the junior school."""
    return [
        row(201, "和平村", no1),
        row(201, "和平村", junior, "初中"),
        row(202, "东升社区", no1),
        row(202, "东升社区", no2),
        row(202, "东升社区", junior, "初中"),
    ]


def test_a_confirmed_workbook_is_the_map_and_is_written_down(bureau, staff, no1, no2, junior, mapped):
    assert written(bureau, staff, *mapped) == (5, 0)
    assert schools_for("211322103201", 2026, "primary") == [no1]
    assert schools_for("211322103202", 2026, "primary") == [no1, no2]
    made = Division.objects.get(pk="211322103201")
    assert (made.name, made.kind, made.parent_id) == ("和平村", COMMUNITY, TOWNSHIP)
    log = CatchmentChange.objects.all()
    assert {(c.act, c.way, c.made_on, c.document, c.by.name) for c in log} == {
        ("added", "import", LEGAL_DAY, DOCUMENT, staff(Role.BUREAU_CLERK, bureau).name)
    }
    assert log.count() == 5


def test_nothing_is_kept_before_it_is_confirmed(bureau, mapped):
    found = judged(bureau, *mapped)
    assert (len(found.new), found.same, found.findings) == (5, 0, [])
    assert not Catchment.objects.exists() and not Division.objects.filter(kind=COMMUNITY).exists()


def test_the_same_file_again_changes_nothing(bureau, staff, mapped):
    written(bureau, staff, *mapped)
    before = list(Catchment.objects.values())
    found = judged(bureau, *mapped)
    assert (found.same, found.changes_nothing) == (5, True)
    assert written(bureau, staff, *mapped, remove=True) == (0, 0)
    assert list(Catchment.objects.values()) == before and CatchmentChange.objects.count() == 5


def test_what_vanishes_is_shown_and_goes_only_when_chosen(bureau, staff, no1, no2, mapped):
    written(bureau, staff, *mapped)
    fewer = mapped[:3]
    found = judged(bureau, *fewer)
    assert [(r.community.name, r.school, r.stage) for r in found.vanished] == [
        ("东升社区", Catchment.objects.filter(stage="junior").first().school, "junior"),
        ("东升社区", no2, "primary"),
    ]
    assert written(bureau, staff, *fewer) == (0, 0) and Catchment.objects.count() == 5
    assert written(bureau, staff, *fewer, remove=True) == (0, 2) and Catchment.objects.count() == 3
    assert CatchmentChange.objects.filter(act="removed").count() == 2


def test_a_sheet_of_one_stage_leaves_the_other_alone(bureau, staff, mapped):
    written(bureau, staff, *mapped)
    primary = [line for line in mapped if line[-1] == "小学"]
    assert judged(bureau, *primary).vanished == []


def test_a_village_with_a_faulty_line_does_not_vanish(bureau, staff, no1, mapped):
    written(bureau, staff, *mapped)
    spoilt = [*mapped[:2], (*village(202, "东升社区"), "9999999999", "", "小学")]
    assert judged(bureau, *spoilt).vanished == []


def test_every_fault_is_named(bureau, no1, no2, junior):
    special = make_school(bureau, 51, "特殊教育学校", School.Kind.SPECIAL)
    rows = [
        ("21132210320", "和平村", "", no1.code, "", "小学"),
        ("150429103201", "外县村", "", no1.code, "", "小学"),
        ("211322999201", "无此乡村", "", no1.code, "", "小学"),
        ("211322103201", "和平村", "别的镇", no1.code, "", "小学"),
        ("211322103202", "", "", no1.code, "", "小学"),
        (*village(203, "甲村"), "9999999999", "", "小学"),
        (*village(204, "乙村"), no1.code, "第二小学", "小学"),
        (*village(205, "丙村"), no1.code, "", "高中"),
        (*village(206, "丁村"), no1.code, "", "初中"),
        (*village(207, "戊村"), special.code, "", "小学"),
        (*village(208, "己村"), "", "", "小学"),
        (*village(209, "庚村"), no1.code, "", "小学"),
        (*village(209, "庚村"), no1.code, "", "小学"),
        (*village(209, "辛村"), no2.code, "", "小学"),
    ]
    said = sentences(bureau, *rows)
    wanted = [
        (2, "12 位数字"),
        (3, "不是本县的村（社区）"),
        (4, "不是已登记的乡镇、街道"),
        (5, "与代码所属的"),
        (6, "村（社区）名称为空"),
        (7, "本县没有这所学校"),
        (8, "与学校标识码对应的“建平县第一小学”不一致"),
        (9, "学段只能填“小学”或“初中”"),
        (10, "第一小学不设初中"),
        (11, "不划学区"),
        (12, "学校标识码、校名都没有填写"),
        (14, "与第 13 行重复"),
        (15, "同一代码在第 13 行写作“庚村”"),
    ]
    assert len(said) == len(wanted)
    for sentence, (number, words) in zip(said, wanted, strict=True):
        assert sentence.startswith(f"工作表“学区”第 {number} 行") and words in sentence
    assert len(judged(bureau, *rows).new) == 1


def test_a_code_typed_as_a_number_is_still_a_code(bureau, no1):
    line = (int("211322103201"), *row(201, "和平村", no1)[1:])
    assert len(judged(bureau, line).new) == 1


def test_a_closed_school_names_its_successor(bureau, no1, no2):
    from schools.models import FormerName

    no1.closed_on = LEGAL_DAY
    no1.save()
    FormerName.objects.create(school=no1, name=no1.name, code=no1.code, until=LEGAL_DAY, successor=no2)
    (sentence,) = sentences(bureau, row(201, "和平村", no1))
    assert "学校已经撤并" in sentence and "现由第二小学承接" in sentence


def test_a_sheet_that_is_none(bureau):
    with pytest.raises(WorkbookRefused):
        read_map(workbook_of(("1",), heads=("姓名",)))


def test_a_map_that_moved_meanwhile_is_judged_again(bureau, staff, no1, no2, mapped):
    clerk = staff(Role.BUREAU_CLERK, bureau)
    seen = services.Seen(read_map(workbook_of(*mapped)), 2026, DOCUMENT)
    token = services.token_of(seen, judge_map(seen.sheet, bureau, 2026), by=clerk)
    written(bureau, staff, mapped[0])
    with pytest.raises(services.Moved):
        services.confirm(token, by=clerk, remove=False)
    assert Catchment.objects.count() == 1
    with pytest.raises(Refused, match="核对结果已失效"):
        services.confirm(token, by=staff(Role.BUREAU_CHECKER, bureau), remove=False)


def test_a_line_that_could_not_be_read_stays_out_when_the_others_are_confirmed(bureau, staff, no1):
    """What the dry run objected to is sealed with it; the confirmation sees the sheet exactly as it was shown."""
    code, name, _, *rest = row(202, "东升社区", no1)
    came, gone = written(bureau, staff, row(201, "和平村", no1), (code, name, LEGAL_DAY, *rest))
    assert (came, gone) == (1, 0)
    assert list(Catchment.objects.values_list("community", flat=True)) == [f"{TOWNSHIP}201"]


def test_last_years_map_goes_on_without_closed_schools(bureau, staff, no1, no2, mapped):
    written(bureau, staff, *mapped)
    no2.closed_on = LEGAL_DAY
    no2.save()
    clerk = staff(Role.BUREAU_CLERK, bureau)
    came, closed = services.copy_year(2027, by=clerk, document="建教发〔2027〕3号")
    assert came == 4 and [r.school for r in closed] == [no2]
    assert schools_for("211322103202", 2027, "primary") == [no1]
    assert services.copy_year(2027, by=clerk, document="又一份")[0] == 0
    with pytest.raises(Refused, match="没有划定学区，不能沿用"):
        services.copy_year(2026, by=clerk, document=DOCUMENT)


def test_one_village_is_changed_with_before_and_after(bureau, staff, no1, no2, mapped):
    written(bureau, staff, *mapped)
    place, clerk = Division.objects.get(pk="211322103201"), staff(Role.BUREAU_CLERK, bureau)
    assert services.set_schools(place, 2026, "primary", [no2], by=clerk, document="会议纪要3号") == 2
    assert schools_for(place.pk, 2026, "primary") == [no2]
    log = CatchmentChange.objects.filter(community=place, way="edit").order_by("pk")
    assert [(c.act, c.school, c.document) for c in log] == [
        ("removed", no1, "会议纪要3号"),
        ("added", no2, "会议纪要3号"),
    ]
    assert services.set_schools(place, 2026, "primary", [no2], by=clerk, document="会议纪要4号") == 0
    with pytest.raises(Refused, match="不能接收该学段"):
        services.set_schools(place, 2026, "junior", [no1], by=clerk, document="会议纪要5号")
    with pytest.raises(Exception, match="insert-only|permission denied"):
        CatchmentChange.objects.update(document="改")


def test_only_the_bureau_changes_the_map(bureau, staff, no1, mapped):
    written(bureau, staff, *mapped)
    place = Division.objects.get(pk="211322103201")
    for person in (staff(Role.REGISTRAR, no1), staff(Role.BUREAU_CHECKER, bureau), staff(Role.DATA_ADMIN, bureau)):
        with pytest.raises(NotYourHand):
            services.set_schools(place, 2026, "primary", [], by=person, document="无")
        with pytest.raises(NotYourHand):
            services.copy_year(2027, by=person, document="无")
    assert Catchment.objects.count() == 5


def test_a_village_of_another_county_is_not_ours_to_give(bureau, staff, no1):
    abroad = Division.objects.create(code="211382101201", name="外县村", kind=COMMUNITY)
    with pytest.raises(NotYourHand, match="不在本县"):
        services.set_schools(abroad, 2026, "primary", [no1], by=staff(Role.BUREAU_CLERK, bureau), document="无")


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("建平县和平村三组", ["和平村"]),
        ("和平", ["和平村"]),
        ("东升", ["东升社区"]),
        ("东升小区5号楼", ["东升社区"]),
        ("和", []),
        ("不知道的地方", []),
    ],
)
def test_an_address_finds_its_village(bureau, staff, mapped, words, names):
    written(bureau, staff, *mapped)
    assert [a["community"].name for a in answers_for(words, bureau, 2026)] == names


def test_both_stages_are_answered_and_namesakes_all_shown(bureau, staff, no1, no2, junior, mapped):
    other = "211322106"
    written(bureau, staff, *mapped, row(201, "和平村", no2, township=other))
    answers = answers_for("和平村", bureau, 2026)
    assert [[s["schools"] for s in a["stages"]] for a in answers] == [[[no1], [junior]], [[no2], []]]
    (narrowed,) = answers_for(f"{Division.objects.get(pk=other).name}和平村", bureau, 2026)
    assert narrowed["township"].pk == other


def test_the_pages(client, bureau, staff, no1, mapped):
    client.force_login(staff(Role.BUREAU_CLERK, bureau))
    upload = SimpleUploadedFile("学区.xlsx", workbook_of(*mapped, ("1", "坏行", "", no1.code, "", "小学")))
    page = client.post(reverse("students:catchment_import"), {"workbook": upload, "year": 2026, "document": DOCUMENT})
    assert page.status_code == 200 and "第 7 行" in page.content.decode() and not Catchment.objects.exists()
    done = client.post(reverse("students:catchment_confirm"), {"token": page.context["token"]})
    assert done.status_code == 302 and Catchment.objects.count() == 5
    listed = client.get(reverse("students:catchments"), {"q": "和平"}).content.decode()
    assert "和平村" in listed and "东升社区" not in listed
    missing = client.get(reverse("students:catchments"), {"missing": "primary"}).content.decode()
    assert "没有符合条件的村（社区）" in missing
    client.force_login(staff(Role.REGISTRAR, no1))
    found = client.get(reverse("students:catchment_find"), {"q": "建平县和平村三组"}).content.decode()
    assert "建平县第一小学" in found and "建平县第九初级中学" in found
    unknown = client.get(reverse("students:catchment_find"), {"q": "火星村"}).content.decode()
    assert "没有查到这个村（社区）" in unknown and "询问教育局" in unknown


def test_a_forged_confirmation_is_refused(client, bureau, no1, staff):
    client.force_login(staff(Role.BUREAU_CLERK, bureau))
    assert client.post(reverse("students:catchment_confirm"), {"token": "a.b"}).status_code == 422


def test_the_dry_run_costs_the_same_for_two_and_for_two_hundred(bureau, staff, no1):
    rows = [row(n, f"样例{n}村", no1) for n in range(201, 401)]

    def asked(lines):
        sheet = read_map(workbook_of(*lines))
        with CaptureQueriesContext(connection) as questions:
            assert len(judge_map(sheet, bureau, 2026).new) == len(lines)
        return len(questions)

    assert asked(rows[:2]) == asked(rows) <= 5
    written(bureau, staff, *rows)
    assert Catchment.objects.count() == 200


def test_the_map_of_a_year_is_its_own(bureau, staff, no1, mapped):
    written(bureau, staff, *mapped)
    with clock.at(LEGAL_DAY.replace(year=2027)):
        assert schools_for("211322103201", 2027, "primary") == []


def test_the_page_of_a_village_is_changed_by_the_bureau_and_read_by_all(client, bureau, staff, no1, no2, mapped):
    written(bureau, staff, *mapped)
    url = reverse("students:catchment", args=["211322103201"])
    client.force_login(staff(Role.BUREAU_CLERK, bureau))
    assert "调整记录" in client.get(url).content.decode()
    answer = client.post(url, {"document": "会议纪要3号", "primary": [no1.pk, no2.pk]})
    assert answer.status_code == 302 and schools_for("211322103201", 2026, "primary") == [no1, no2]
    assert client.post(url, {"primary": [no1.pk]}).status_code == 422
    client.force_login(staff(Role.REGISTRAR, no1))
    page = client.get(url).content.decode()
    assert "建平县第二小学" in page and "划入第二小学" in page and '<form method="post" novalidate' not in page
