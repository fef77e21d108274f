"""套打 of the 毕业证书 (第三十二条): values at their millimetres, moved by what the school's printer is off by."""

import io
import re

import pikepdf
import pytest
from django.urls import reverse

from accounts.roles import Role
from reports.errors import NotPrintable
from reports.overprint.models import Printer
from reports.overprint.sheets import SPOTS, overprint_of
from reports.overprint.sheets import test_of as page_of
from students.models import Certificate
from tests.county import staff_member
from tests.reports.batches import file_of, finished
from tests.reports.filled import LONG, SHORT, leavers, small_county
from tests.reports.texts import text_of


@pytest.fixture
def school(bureau, no1, no2, no3):
    return leavers(small_county(bureau, no1, no2, no3), SHORT)


@pytest.fixture
def registrar(school):
    return staff_member(Role.REGISTRAR, school)


@pytest.fixture
def printer(school, registrar):
    made = Printer.objects.create(school=school, name="教务处", right="1.5", down="-2.0", set_by=registrar)
    return Printer.objects.get(pk=made.pk)


def test_every_value_is_moved_by_what_the_printer_is_off_by(school, printer):
    paper = Certificate.objects.get(kind="graduation", school=school)
    plain, moved = overprint_of(paper).content["spots"], overprint_of(paper, printer).content["spots"]
    for before, after in zip(plain, moved, strict=True):
        assert float(after["x"]) - float(before["x"]) == pytest.approx(1.5)
        assert float(after["y"]) - float(before["y"]) == pytest.approx(-2.0)
    assert (plain[0]["value"], plain[0]["x"], plain[0]["y"]) == (SHORT.name, f"{SPOTS[0].x}.0", f"{SPOTS[0].y}.0")


def test_a_long_name_stays_inside_its_box(bureau, no1, no2, no3):
    school = leavers(small_county(bureau, no1, no2, no3), LONG)
    name = overprint_of(Certificate.objects.get(kind="graduation", school=school)).content["spots"][0]
    lines = 2 if name["wraps"] else 1
    assert len(LONG.name) * float(name["points"]) * 0.3528 <= lines * int(name["width"]) + float(name["points"])


def test_years_are_set_as_large_as_months_and_days(school):
    """A figure takes little more than half the room of a character."""
    spots = overprint_of(Certificate.objects.get(kind="graduation", school=school)).content["spots"]
    sizes = {spot["key"]: spot["points"] for spot in spots if re.search("year|month|day", spot["key"])}
    assert len(sizes) == 10 and set(sizes.values()) == {"16.0"}


def test_the_certificate_itself_is_never_drawn_and_carries_no_foot(school, printer, registrar):
    paper = Certificate.objects.get(kind="graduation", school=school)
    batch = finished("certificate_overprint", [{"paper": paper.pk, "printer": printer.pk}], registrar)
    words = text_of(file_of(batch))
    assert SHORT.name in words and paper.number in words
    assert not re.search("准予毕业|毕业证书套打|流水号|扫码", words)
    with pikepdf.open(io.BytesIO(file_of(batch))) as document:
        width, height = (float(edge) / 72 * 25.4 for edge in document.pages[0].mediabox[2:])
    assert (round(width), round(height)) == (297, 210)


def test_only_a_numbered_graduation_certificate_is_printed_onto(school):
    with pytest.raises(NotPrintable, match="市教育局已编号"):
        overprint_of(Certificate.objects.get(kind="completion", school=school))
    Certificate.objects.filter(kind="graduation").update(number="", sealed_on=None, issued_on=None)
    with pytest.raises(NotPrintable):
        overprint_of(Certificate.objects.get(kind="graduation", school=school))


def test_the_test_page_says_what_is_kept(printer):
    content = page_of(printer).content
    assert (content["right"], content["down"], content["printer"]) == ("1.5", "-2.0", "教务处")


@pytest.mark.parametrize("off", ["20.1", "-20.1", "abc", ""])
def test_an_impossible_offset_is_refused_with_what_was_typed(client, school, registrar, off):
    client.force_login(registrar)
    answer = client.post(reverse("reports:printer_keep", args=[school.pk]), {"name": "教务处", "right": off, "down": 0})
    assert answer.status_code == 422 and "教务处" in answer.content.decode() and not Printer.objects.exists()


def test_kept_by_the_school_and_by_nobody_else(client, school, registrar, no1):
    address = reverse("reports:printer_keep", args=[school.pk])
    given = {"name": "教务处", "right": "20.0", "down": "-20.0"}
    client.force_login(staff_member(Role.REGISTRAR, no1))
    assert client.post(address, given).status_code == 404
    client.force_login(staff_member(Role.AUDITOR, school.bureau))
    assert client.post(address, given).status_code == 403
    client.force_login(registrar)
    assert client.post(address, given).status_code == 302
    assert client.post(address, given | {"right": "1"}).status_code == 302
    assert [(p.name, p.right, p.down) for p in Printer.objects.all()] == [("教务处", 1, -20)]
