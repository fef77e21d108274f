"""Pages of custody: the list from the record, the slip with its two hands, the copy that stays, and its print."""

import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from accounts.roles import Role
from archives.models import Chase, Handover, PaperPlace, SchoolCopy, Volume
from law import clock
from reports.custody_forms import slip_of
from reports.forms import FORMS
from reports.models import Print
from reports.services import print_form
from reports.sheets import print_sheet
from schools.models import School
from students.models import FrozenRecord
from tests.archives.test_paper_custody import given, owed_for, received
from tests.county import make_school, staff_member, walk
from tests.reports.conftest import keep, pages_of
from tests.reports.texts import text_of
from tests.students.year_lists import assessed, graduated

LATE = date(2026, 11, 2)


@pytest.fixture
def moved(transfer):
    return walk(transfer)


@pytest.fixture
def as_(client):
    def sign_in(role, place):
        client.force_login(staff_member(role, place))
        return client

    return sign_in


def photo():
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, "JPEG")
    return SimpleUploadedFile("签收.jpg", out.getvalue(), content_type="image/jpeg")


def test_from_the_list_to_the_receipt(moved, as_, no1, no2):
    giver = as_(Role.REGISTRAR, no1)
    page = giver.get(reverse("custody:owed")).content.decode()
    assert moved.child.name in page and "还剩10个工作日" in page
    row = owed_for(moved)
    assert "第二小学" in giver.get(reverse("custody:new"), {"e": row.pk}).content.decode()
    words = {"e": row.pk, "way": "courier", "carrier": "XA1", "given_on": "2026-09-15", f"p{row.pk}": "32"}
    answer = giver.post(reverse("custody:new"), words)
    slip = Handover.objects.get()
    assert answer.url == slip.get_absolute_url() and slip.entries.get().pages == 32
    page = giver.get(slip.get_absolute_url()).content.decode()
    assert "登记签收" not in page and "作废移交单" in page
    receiver = as_(Role.REGISTRAR, no2)
    coming = receiver.get(reverse("custody:owed"), {"what": "coming"}).content.decode()
    assert slip.get_absolute_url() in coming, "who waits for a file finds the slip to sign without its paper"
    assert "开移交单（所选）" not in coming, "nothing here is theirs to give"
    landed = receiver.get(reverse("custody:scanned", args=[slip.token]), follow=True)
    assert "登记签收" in landed.content.decode(), "the QR leads to the form, once signed in"
    words = {"received_on": "2026-09-15", "receiver": "王接收", "files": photo()}
    answer = receiver.post(reverse("custody:receive", args=[slip.number]), words, follow=True)
    assert "已签收" in answer.content.decode()
    scan = slip.receipt.scans.get()
    assert receiver.get(reverse("custody:scan", args=[slip.number, scan.pk])).headers["Content-Type"] == "image/jpeg"
    assert "没有符合条件的档案" in as_(Role.REGISTRAR, no1).get(reverse("custody:owed")).content.decode()


def test_the_qr_is_nothing_to_a_stranger_and_asks_everybody_else_to_sign_in(moved, client, as_, no3):
    slip = given(moved)
    address = reverse("custody:scanned", args=[slip.token])
    assert client.get(address).url.startswith("/login/")
    stranger = as_(Role.REGISTRAR, no3)
    for url in (address, slip.get_absolute_url(), reverse("custody:child", args=[moved.child.slug])):
        assert stranger.get(url).status_code == 404, url
    for name in ("receive", "cancel"):
        assert stranger.post(reverse(f"custody:{name}", args=[slip.number])).status_code == 404


@pytest.mark.parametrize("role", [Role.HEADMASTER, Role.DEPUTY_HEAD])
def test_colleagues_look_and_do_not_act(moved, as_, no1, no2, role):
    slip = given(moved)
    words = {"received_on": "2026-09-15", "receiver": "王"}
    assert as_(role, no2).post(reverse("custody:receive", args=[slip.number]), words).status_code == 403
    assert as_(role, no2).post(reverse("custody:receive", args=[slip.number]), {}).status_code == 403
    assert as_(role, no1).post(reverse("custody:cancel", args=[slip.number]), {"opinion": "x"}).status_code == 403
    assert as_(role, no1).get(slip.get_absolute_url()).status_code == 200
    child = reverse("custody:child", args=[moved.child.slug])
    assert as_(role, no1).post(child, {"box": "1"}).status_code == 403
    assert as_(role, no1).post(reverse("custody:volumes"), {}).status_code == 403


def test_a_headmaster_writes_out_no_slip(moved, as_, no1):
    words = {"e": owed_for(moved).pk, "way": "courier", "carrier": "XA1", "given_on": "2026-09-15"}
    assert as_(Role.HEADMASTER, no1).post(reverse("custody:new"), words).status_code == 403
    assert not Handover.objects.exists()


def test_bad_input_is_told_and_typed_words_stay(moved, as_, no1, no2):
    giver, row = as_(Role.REGISTRAR, no1), owed_for(moved)
    words = {"e": row.pk, "way": "courier", "carrier": "", "given_on": "2026-13-45"}
    answer = giver.post(reverse("custody:new"), words)
    assert answer.status_code == 422 and "2026-13-45" in answer.content.decode()
    answer = giver.post(reverse("custody:new"), words | {"carrier": "XA1", "given_on": "2026-09-14"})
    assert answer.status_code == 422 and "移交日期须在离校日" in answer.content.decode()
    for bad in ("", "abc", "²", "9" * 30):
        assert giver.get(reverse("custody:new"), {"e": bad}).status_code == 302
    slip = given(moved)
    taker = as_(Role.REGISTRAR, no2)
    words = {"received_on": "2026-09-15", "receiver": "王", "missing": [slip.entries.get().pk]}
    answer = taker.post(reverse("custody:receive", args=[slip.number]), words)
    assert answer.status_code == 422 and "请写明不符情况" in answer.content.decode()
    words = {"received_on": "2026-09-15", "receiver": "王", "files": SimpleUploadedFile("x.jpg", b"MZ")}
    answer = taker.post(reverse("custody:receive", args=[slip.number]), words)
    assert answer.status_code == 422 and not hasattr(Handover.objects.get(), "receipt")
    page = answer.content.decode()
    assert "在途，待签收" in page and "登记签收" in page and 'value="王"' in page, "undone is not done"


def test_the_bureau_sees_who_is_late_and_chases(moved, as_, no1, no2, bureau):
    with clock.at(LATE):
        clerk = as_(Role.BUREAU_CLERK, bureau)
        page = clerk.get(reverse("custody:board")).content.decode()
        assert "第一小学" in page and "第二小学" not in page.split("<figure")[1].split("</table>")[-1]
        assert clerk.post(reverse("custody:chase", args=[no1.pk]), {"words": "请三日内移交"}).status_code == 302
        assert Chase.objects.get().overdue == 1
        assert "请三日内移交" in as_(Role.REGISTRAR, no1).get(reverse("custody:owed")).content.decode()
        assert as_(Role.REGISTRAR, no1).post(reverse("custody:chase", args=[no1.pk]), {"words": "x"}).status_code == 403
        assert as_(Role.REGISTRAR, no2).post(reverse("custody:chase", args=[no1.pk]), {"words": "x"}).status_code == 404
        coming = as_(Role.REGISTRAR, no2).get(reverse("custody:owed"), {"what": "coming"}).content.decode()
        assert moved.child.name in coming, "the receiving school sees what should have come"


def test_the_old_school_reads_its_copy_and_nothing_else_of_the_child(moved, as_, no1, no2):
    copy = SchoolCopy.objects.get()
    old = as_(Role.REGISTRAR, no1)
    assert old.get(moved.child.get_absolute_url()).status_code == 404, "the living record went with the child"
    assert copy.name in old.get(reverse("custody:copies")).content.decode()
    page = old.get(reverse("custody:copy", args=[copy.pk])).content.decode()
    assert "内容完整" in page and "在校经历" in page and moved.child.name in page
    for number in moved.child.numbers.all():
        assert number.tail in page and number.plain() not in page
    assert as_(Role.REGISTRAR, no2).get(reverse("custody:copy", args=[copy.pk])).status_code == 404


def test_the_new_school_is_not_told_of_the_copy_on_the_page_of_the_file(moved, as_, no1, no2):
    address = reverse("custody:copy", args=[SchoolCopy.objects.get().pk])
    page = reverse("custody:child", args=[moved.child.slug])
    assert address in as_(Role.REGISTRAR, no1).get(page).content.decode()
    assert address not in as_(Role.REGISTRAR, no2).get(page).content.decode()


def test_the_copies_of_graduates_are_listed_for_their_school(as_, child_at, no2, bureau):
    junior = make_school(bureau, 41, "第一中学", School.Kind.JUNIOR)
    leaver = child_at(junior, grade=9, name="样例毕")
    assessed(bureau, [leaver])
    graduated(junior, 9)
    address = reverse("custody:graduates")
    page = as_(Role.REGISTRAR, junior).get(address, {"q": "样例"}).content.decode()
    copy = FrozenRecord.objects.get(student=leaver)
    assert "样例毕" in page and copy.graduation.number in page and f"copies/graduates/{copy.pk}/" in page
    assert "样例毕" in as_(Role.BUREAU_CLERK, bureau).get(address, {"school": junior.pk}).content.decode()
    assert "没有毕业存档" in as_(Role.REGISTRAR, no2).get(address).content.decode(), "another school sees none of them"
    assert as_(Role.REGISTRAR, junior).get(address, {"q": "没有这个人"}).status_code == 200


def test_places_and_volumes_from_the_page(moved, as_, no1):
    registrar = as_(Role.REGISTRAR, no1)
    answer = registrar.post(
        reverse("custody:child", args=[moved.child.slug]), {"box": "12", "shelf": "3柜"}, follow=True
    )
    assert "12" in answer.content.decode() and PaperPlace.objects.get().shelf == "3柜"
    words = {"kind": "cards", "label": "2024级", "box": "册3"}
    assert "册3" in registrar.post(reverse("custody:volumes"), words, follow=True).content.decode()
    assert "已经登记" in registrar.post(reverse("custody:volumes"), words, follow=True).content.decode()
    assert Volume.objects.count() == 1


def test_the_slip_prints_with_its_own_code_before_and_after_the_receipt(moved, as_, no1, no2, no3):
    slip = given(moved)
    answer = as_(Role.REGISTRAR, no1).post(reverse("reports:handover_slip", args=[slip.number]))
    assert answer.headers["Content-Type"] == "application/pdf"
    keep("handover_slip", answer.content)
    text = text_of(answer.content).replace(" ", "")
    for words in (slip.number, moved.child.name, "扫码签收", "第二小学", "回执"):
        assert words in text, words
    received(slip, discrepancy="缺第3页")
    slip.refresh_from_db()
    later = as_(Role.REGISTRAR, no2).post(reverse("reports:handover_slip", args=[slip.number]))
    assert "缺第3页" in text_of(later.content)
    assert as_(Role.REGISTRAR, no3).post(reverse("reports:handover_slip", args=[slip.number])).status_code == 404


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.DATA_ADMIN])
def test_who_only_reads_sees_the_slip_and_prints_none(moved, as_, bureau, no2, role):
    """A print has a number and makes the one before it stale: a paper of the two schools and of the bureau's desks."""
    slip = given(moved)
    address = reverse("reports:handover_slip", args=[slip.number])
    reader = as_(role, bureau)
    page = reader.get(slip.get_absolute_url())
    assert page.status_code == 200 and address not in page.content.decode()
    refused = reader.post(address)
    assert refused.status_code == 403 and "由学校学籍管理员、学校领导和教育局打印" in refused.content.decode()
    assert reader.post(reverse("reports:blank", args=["handover_slip"])).status_code == 403
    assert not Print.objects.exists()
    for role, place in ((Role.BUREAU_CLERK, bureau), (Role.HEADMASTER, no2)):
        assert address in as_(role, place).get(slip.get_absolute_url()).content.decode()


def test_the_blank_slip_is_one_page(moved, no1):
    blank = print_form(FORMS["handover_slip"], None, by=staff_member(Role.REGISTRAR, no1), address_of=lambda t: t)
    keep("handover_slip-blank", blank.pdf)
    assert pages_of(blank.pdf) == 1


def test_a_long_slip_repeats_its_head(moved, child_at, no1):
    slip = given(moved)
    sheet = slip_of(slip, "https://xueji.example.gov.cn/custody/r/abc/", no1.pk)
    sheet.content["rows"] = [sheet.content["rows"][0] | {"name": f"样例{n}"} for n in range(70)]
    result = print_sheet(FORMS["handover_slip"], sheet, by=staff_member(Role.REGISTRAR, no1), address_of=lambda t: t)
    keep("handover_slip-long", result.pdf)
    assert pages_of(result.pdf) >= 3 and text_of(result.pdf).count("离校日期") == pages_of(result.pdf)
