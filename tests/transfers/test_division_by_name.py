"""A county elsewhere is said by its name or by its six digits; what cannot be known is asked, never guessed."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.roles import Role
from students.division_field import DivisionField


@pytest.mark.parametrize(
    "said", ["宁城县", "内蒙古自治区赤峰市宁城县", "内蒙古赤峰宁城县", "150429", "１５０４２９", " 150429 "]
)
def test_a_name_and_its_digits_are_one_county(said):
    assert DivisionField().clean(said) == "150429"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("火星县", "没有“火星县”的代码，请填六位区划代码"),
        ("赤峰市", "没有“赤峰市”的代码"),  # a city is no county
        ("15042", "“15042”不是区划代码"),
        ("999999", "“999999”不是区划代码"),
        ("150429000000", "请填县（市、区）的六位代码"),
        ("", "请填写"),
    ],
)
def test_what_is_no_county_is_told_with_what_to_type(said, told):
    with pytest.raises(ValidationError, match=told):
        DivisionField().clean(said)


def test_an_open_box_may_stay_empty():
    assert DivisionField(required=False).clean("") == ""


def test_the_question_of_a_parent_needs_no_code(client, staff, no1):
    client.force_login(staff(Role.REGISTRAR, no1))
    asked = {"to_school": no1.pk, "grade": 3, "ground": "T1", "on": "2026-09-15"}
    pages = [
        client.get(reverse("transfers:check"), asked | {"from_division": said}).context for said in ("150429", "宁城县")
    ]
    assert pages[1]["form"].errors == {} and pages[1]["form"].cleaned_data["from_division"] == "150429"
    assert pages[0]["form"].cleaned_data == pages[1]["form"].cleaned_data
    page = client.get(reverse("transfers:check"), asked | {"from_division": "火星县"}).content.decode()
    assert "没有“火星县”的代码" in page and 'value="火星县"' in page and "请选择本县转出学校" not in page
