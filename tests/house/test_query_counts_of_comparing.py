"""The pages of 对账, 批量核查 and 疑似重复 ask no more questions when they show more."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from law import clock
from students.checking.looking import check
from students.checking.sheet import pasted
from students.models import AgreementFile, Difference, Likeness


@pytest.fixture
def differences(child_at, bureau, no1, staff):
    day, by = clock.today(), staff(Role.REGISTRAR, no1)
    file = AgreementFile.objects.create(
        bureau=bureau, as_of=day, uploaded_on=day, name="全国系统.xlsx", wrapped_key=b"", uploaded_by=by, state="done"
    )

    def make(number):
        for n in range(number):
            child = child_at(no1, name=f"样例{n}")
            Difference.objects.create(
                bureau=bureau, school=no1, what="differs", subject=f"s{child.pk}", field="ethnicity", student=child,
                name=child.name, ours="01", theirs="02", reason="book", side="check", found_on=day, opened_in=file,
                seen_in=file,
            )  # fmt: skip

    return make


@pytest.mark.parametrize("name", ["agreement:report", "agreement:differences"])
@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.BUREAU_CLERK])
def test_differences(same_questions, sign_in, differences, bureau, no1, name, role):
    sign_in(role, no1 if role == Role.REGISTRAR else bureau)
    same_questions(reverse(name), differences)


def test_the_checks_of_a_person(same_questions, sign_in, child_at, no1):
    by = sign_in(Role.REGISTRAR, no1)
    same_questions(
        reverse("students:checks"),
        lambda number: [check(pasted("样例甲"), purpose="核对", by=by) for _ in range(number)],
    )


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.BUREAU_CLERK])
def test_pairs(same_questions, sign_in, child_at, bureau, no1, no2, role):
    sign_in(role, no1 if role == Role.REGISTRAR else bureau)

    def pairs(number):
        for _ in range(number):
            one, two = child_at(no1), child_at(no2)
            Likeness.objects.create(
                child=one, other=two, score=80, signs=["姓名相同"], digest="0", found_on=clock.today()
            )

    same_questions(reverse("students:duplicates"), pairs)
