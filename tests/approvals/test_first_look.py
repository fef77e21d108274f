"""What somebody sees before choosing anything: one's own desk, what is open to who has none, a chart that tells."""

import re

import pytest
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.roles import Role
from jianping_xueji.templatetags.ui import is_telling
from tests.supervision.ordering import ORDER_WAY, ordered, walked


@pytest.fixture
def at_the_school(no1):
    return walked(ordered(no1), ORDER_WAY, until="issue")


@pytest.mark.parametrize(
    ("role", "scope"), [(Role.REGISTRAR, "mine"), (Role.BUREAU_CHECKER, "mine"), (Role.AUDITOR, "open")]
)
def test_the_list_of_cases_begins_with_ones_own_desk_or_with_what_is_open(
    client, staff, no1, bureau, at_the_school, role, scope
):
    client.force_login(staff(role, no1 if role == Role.REGISTRAR else bureau))
    page = client.get(reverse("approvals:queue"))
    assert page.context["filter"].data["scope"] == scope
    assert (at_the_school.number in page.content.decode()) == (role != Role.BUREAU_CHECKER)


def test_the_case_says_once_who_has_it(client, staff, no1, at_the_school):
    client.force_login(staff(Role.REGISTRAR, no1))
    page = client.get(at_the_school.get_absolute_url()).content.decode()
    assert f"现由{no1}办理" in page and "还剩" in page


@pytest.mark.parametrize(
    ("labels", "values", "drawn"),
    [(["一小", "二小"], [0, 3], True), (["一小", "二小"], [0, None], False), (["一小"], [3], False), ([], [], False)],
)
def test_a_chart_of_one_place_or_of_nothing_is_told_as_a_table(labels, values, drawn):
    assert is_telling({"labels": labels, "series": [{"label": "件", "values": values}]}) == drawn


def test_a_school_alone_is_shown_its_figures_without_a_choice_of_schools(client, staff, no1, bureau, at_the_school):
    client.force_login(staff(Role.REGISTRAR, no1))
    page = client.get(reverse("supervision:orders")).content.decode()
    assert at_the_school.number in page
    assert 'class="filters"' not in client.get(reverse("supervision:breaches")).content.decode()
    client.force_login(staff(Role.BUREAU_CLERK, bureau))
    assert client.get(reverse("supervision:breaches")).status_code == 200


def test_who_is_refused_reads_whose_matter_it_is_and_the_article(client, staff, no1, bureau, at_the_school):
    client.force_login(staff(Role.HEADMASTER, no1))
    refused = client.get(reverse("students:import"))
    assert refused.status_code == 403 and "学籍采集导入由学校的学籍管理员办理" in refused.content.decode()
    client.force_login(staff(Role.BUREAU_CLERK, bureau))
    refused = client.post(f"{at_the_school.get_absolute_url()}act/answer/", {"opinion": "代填", "measures": "已改"})
    said = refused.content.decode()
    assert refused.status_code == 403
    assert "不属于您的职权（第三十八条）" in said and f"本件现由{no1}在“学校改正”环节办理" in said


@pytest.mark.parametrize(
    ("role", "first"), [(Role.CLASS_TEACHER, "班级点名"), (Role.AUDITOR, "查看留痕"), (Role.DATA_ADMIN, "管理后台")]
)
def test_who_has_no_desk_is_led_to_the_days_work(client, staff, no1, bureau, role, first):
    client.force_login(staff(role, no1 if role == Role.CLASS_TEACHER else bureau))
    page = client.get(reverse("approvals:workbench"))
    assert page.context["starts"][0]["label"] == first and "轮到我办" not in page.content.decode()
    assert {client.get(start["url"]).status_code for start in page.context["starts"]} <= {200, 302}


def test_who_has_a_desk_begins_with_its_cases(client, staff, no1, at_the_school):
    client.force_login(staff(Role.REGISTRAR, no1))
    page = client.get(reverse("approvals:workbench"))
    assert page.context["starts"] == [] and at_the_school.number in page.content.decode()


@pytest.mark.parametrize(
    ("box", "given", "said"),
    [
        (forms.CharField(), "", "请填写或选择这一项"),
        (forms.CharField(max_length=3), "四个汉字", "最多3个字，现在有4个"),
        (forms.IntegerField(), "三个", "请填写整数"),
        (forms.IntegerField(max_value=55), "56", "不能大于55"),
        (forms.DateField(), "九月一日", "请按年-月-日填写"),
        (forms.ChoiceField(choices=[("1", "是")]), "9", "“9”不在可选的内容里"),
        (forms.FileField(), None, "请填写或选择这一项"),
    ],
)
def test_a_box_says_what_to_do_in_the_words_of_an_office(box, given, said):
    with pytest.raises(ValidationError, match=said):
        box.clean(given)


def test_the_words_in_use_are_the_words_written():
    (folder,) = settings.LOCALE_PATHS
    written = (folder / "zh_Hans/LC_MESSAGES/django.po").read_text()
    in_use = (folder / "zh_Hans/LC_MESSAGES/django.mo").read_bytes()
    words = re.findall(r'^msgstr(?:\[0\])? "(.+)"$', written, re.MULTILINE)
    assert len(words) > 10 and [each for each in words if each.encode() not in in_use] == []
