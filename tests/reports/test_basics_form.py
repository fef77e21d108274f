"""学生基本信息表: what the guardian checks and signs, of one newcomer or of a whole batch (第六条第二款)."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from reports.basics_form import basics_form
from reports.errors import NotPrintable
from reports.forms import FORMS
from reports.services import print_form
from students.models import Look
from tests.county import staff_member
from tests.reports.conftest import address_of, keep, pages_of
from tests.reports.texts import text_of
from tests.students.intake import asked, child_of, community, entered, ready, registrar

FORM = FORMS["basics_form"]


@pytest.fixture
def batch(no1):
    more = {"basics": {"ethnicity": "02", "had_preschool": True, "household_division": "211322102000"}}
    case = entered(no1, asked("新苗𬭼"), community(), **more)
    return ready(entered(no1, asked("新苗乙", sequence=402), community()) and case)


def test_one_childs_form_says_everything_in_full_and_leaves_the_signature_to_the_pen(batch, no1):
    child = child_of(batch, "新苗𬭼")
    printed = print_form(FORM, batch, by=registrar(no1), address_of=address_of, child=child)
    keep("basics_form-filled", printed.pdf)
    text = text_of(printed.pdf)
    assert pages_of(printed.pdf) == 2
    for said in ("新苗𬭼", "蒙古族", child.id_number.plain(), "苗父", "一年级1班", "2026年9月", "监护人", "永久保存"):
        assert said in text
    assert "新苗乙" not in text and printed.record.child == child
    assert Look.objects.get(kind="id").student == child


def test_a_whole_batch_prints_a_leaf_for_each_child(batch, no1):
    printed = print_form(FORM, batch, by=registrar(no1), address_of=address_of)
    text = text_of(printed.pdf)
    assert pages_of(printed.pdf) == 4 and "新苗𬭼" in text and "新苗乙" in text
    assert text.count("第1页／共2页") == text.count("第2页／共2页") == 2, "each leaf counts its own two sides"
    assert Look.objects.filter(kind="id").count() == 2 and printed.record.child is None


def test_the_blank_form_has_every_item(no1):
    printed = print_form(FORM, None, by=registrar(no1), address_of=address_of)
    keep("basics_form-blank", printed.pdf)
    text = text_of(printed.pdf)
    assert pages_of(printed.pdf) == 2 and "是否受过学前教育" in text and "72" in text
    assert "学生基本信息表（续表）" in text and "填表说明" in text
    assert not Look.objects.exists()


def test_the_words_of_the_paper_are_not_those_of_the_codes_behind_it(no1):
    text = text_of(print_form(FORM, None, by=registrar(no1), address_of=address_of).pdf)
    for said in ("出生地★", "户口所在地★", "班级★", "上下学距离（公里）", "是否进城务工人员随迁子女★"):
        assert said in text.replace("\n", ""), said
    assert "行政区划" not in text and "代码" not in text and "班号" not in text


def test_a_corrected_form_overtakes_the_childs_own_and_nobody_elses(batch, no1):
    first, second = child_of(batch, "新苗𬭼"), child_of(batch, "新苗乙")
    by = registrar(no1)
    old = print_form(FORM, batch, by=by, address_of=address_of, child=first).record
    other = print_form(FORM, batch, by=by, address_of=address_of, child=second).record
    type(first).objects.filter(pk=first.pk).update(talents="书法")
    print_form(FORM, batch, by=by, address_of=address_of, child=first)
    old.refresh_from_db(), other.refresh_from_db()
    assert (old.standing, other.standing) == ("superseded", "valid")


def test_a_child_of_another_batch_has_no_form_here(batch, no1, no2):
    stranger = child_of(entered(no2, asked("新苗丙", sequence=403)))
    with pytest.raises(NotPrintable, match="没有该生"):
        print_form(FORM, batch, by=registrar(no1), address_of=address_of, child=stranger)


def test_a_stranger_gets_no_form(client, batch, no2):
    child = child_of(batch, "新苗𬭼")
    client.force_login(staff_member(Role.REGISTRAR, no2))
    answer = client.post(reverse("reports:print_child", args=["basics_form", batch.number, child.slug]))
    assert answer.status_code == 404


def test_how_long_an_identity_card_holds_is_said_in_words(batch, no1):
    child = child_of(batch, "新苗𬭼")
    type(child).objects.filter(pk=child.pk).update(id_validity="2026-03-15/2031-03-15")
    printed = print_form(FORM, batch, by=registrar(no1), address_of=address_of, child=child)
    assert "2026-03-15至2031-03-15" in text_of(printed.pdf)


def test_the_photograph_has_the_room_of_two_rows(batch):
    """Every item stands once, in the place of its number; the cell of item 13 reaches beside item 7."""
    (sheet,) = basics_form(batch, child_of(batch, "新苗𬭼"))["sheets"]
    bands = sheet["front"] + sheet["overleaf"]
    items = [item for band in bands for row in band["rows"] for item in row if item["number"]]
    assert sorted(int(item["number"]) for item in items) == list(range(1, 73))
    assert [item["number"] for item in items if item.get("down", 1) > 1] == ["13"]
    assert [item["number"] for item in sheet["front"][0]["rows"][6]] == ["7"]
