"""学习经历证明 on paper: issued, blank, of an old graduate, and void once undone."""

import pytest
from django.urls import reverse

from reports.errors import NotPrintable
from students.models import CertificateProof, Look
from tests.changes import decided, drafted, undone
from tests.reports.conftest import keep, pages_of, registrar_of
from tests.reports.texts import text_of
from tests.students.specimens_schooling_proof import LOST, from_roll_book, graduate

LONG = "阿卜杜热合曼·买买提依明江·库尔班尼亚孜𠅤𬭼"


@pytest.fixture
def former(no1, child_at):
    return graduate(child_at(no1, grade=6, name="样例毕", sex="2"))


def words_of(pdf) -> str:
    return "".join(text_of(pdf).split())


def test_it_says_what_was_approved_and_numbers_are_looks(printed, former):
    case = decided(drafted(CertificateProof, former, **LOST))
    result = printed("schooling_proof", case)
    keep("schooling_proof-filled", result.pdf)
    said = words_of(result.pdf)
    for words in ("证2026000001", "样例毕", "2023年9月至2026年7月", "建平县第一小学", "不是毕业证书", "查无"):
        assert words in said, words
    assert former.id_number.plain() in said and pages_of(result.pdf) == 1
    assert Look.objects.filter(student=former, reason__contains=result.record.number).count() == 2


def test_before_the_approval_there_is_none_and_after_a_correction_it_is_void(client, printed, former):
    case = drafted(CertificateProof, former, **LOST)
    with pytest.raises(NotPrintable, match="尚未"):
        printed("schooling_proof", case)
    case = decided(case)
    record = printed("schooling_proof", case).record
    undone(case)
    page = client.get(reverse("reports:verify", args=[record.token])).content.decode()
    assert "已作废" in page
    with pytest.raises(NotPrintable):
        printed("schooling_proof", undone_again(case))


def undone_again(case):
    return CertificateProof.objects.get(pk=case.pk)


def test_of_an_old_graduate_and_with_the_longest_words(printed, no1, child_at):
    result = printed("schooling_proof", decided(from_roll_book(no1)))
    keep("schooling_proof-old", result.pdf)
    said = words_of(result.pdf)
    assert "据2008届毕业生花名册第3页第12行" in said and "末四位001X" in said and result.record.child is None
    former = graduate(child_at(no1, grade=6, name=LONG))
    given = LOST | {"certificate_number": "辽宁省朝阳市建平县义务教育毕业证书第2026000001号"}
    longest = printed("schooling_proof", decided(drafted(CertificateProof, former, **given)))
    keep("schooling_proof-long", longest.pdf)
    assert LONG in words_of(longest.pdf) and pages_of(longest.pdf) == 1


def test_the_blank_one(printed, former):
    case = drafted(CertificateProof, former, **LOST)
    result = printed("schooling_proof", by=registrar_of(case))
    keep("schooling_proof-blank", result.pdf)
    assert pages_of(result.pdf) == 1 and result.record.blank
