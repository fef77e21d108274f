"""The list: what is found by which words, how pages follow each other, who sees whom."""

import re

import pytest
from django.urls import reverse

from accounts.roles import Role
from tests.county import class_of

LIST = "/students/"


@pytest.fixture
def registrar(staff, no1, client):
    user = staff(Role.REGISTRAR, no1)
    client.force_login(user)
    return user


def names(response) -> list[str]:
    return [child.name for child in response.context["children"]]


@pytest.mark.parametrize("words", ["曾小禾", "小禾", "zengxiaohe", "zxh", "ZXH"])
def test_a_child_is_found_by_name_part_pinyin_and_initials(client, registrar, child_at, no1, words):
    child_at(no1, name="曾小禾")
    child_at(no1, name="李大山")
    assert names(client.get(LIST, {"q": words})) == ["曾小禾"]


def test_a_child_is_found_by_any_number_ever_held(client, registrar, child_at, no1):
    child = child_at(no1, name="曾小禾")
    child_at(no1, name="李大山")
    registry, own = child.registry_number.plain(), child.id_number.plain()
    child.numbers.filter(kind="registry").update(until="2026-09-10")
    for number in (registry, own):
        assert names(client.get(LIST, {"q": number})) == ["曾小禾"]


def test_words_that_fit_nobody_find_nobody_and_say_what_to_do(client, registrar, child_at, no1):
    child_at(no1, name="曾小禾")
    response = client.get(LIST, {"q": "王"})
    assert names(response) == []
    assert "没有符合条件的学生" in response.content.decode()


def test_filters_narrow_by_grade_class_and_status(client, registrar, child_at, no1):
    child_at(no1, name="甲三", grade=3)
    moved = child_at(no1, name="乙四", grade=4)
    moved.status = "moved_away"
    moved.save()
    assert names(client.get(LIST)) == ["甲三"]
    assert names(client.get(LIST, {"grade": 4, "status": "all"})) == ["乙四"]
    assert names(client.get(LIST, {"status": "moved_away"})) == ["乙四"]
    assert names(client.get(LIST, {"school_class": class_of(no1, 3).pk})) == ["甲三"]
    assert names(client.get(LIST, {"grade": "x", "school_class": "99999999", "status": "y"})) == ["甲三"]


@pytest.mark.parametrize("sort", ["name", "-name", "class", "-class"])
def test_pages_follow_each_other_without_gap_in_both_directions(client, registrar, child_at, no1, monkeypatch, sort):
    monkeypatch.setattr("students.views.lists.PAGE", 2)
    for n, name in enumerate(["安一", "白二", "陈三", "陈三", "丁四"]):
        child_at(no1, name=name, grade=1 + n % 3)
    whole, cursor = [], ""
    while True:
        page = client.get(LIST, {"sort": sort, "after": cursor}).context["page"]
        whole += [child.pk for child in page.rows]
        cursor, before = page.next, page.previous
        if not cursor:
            break
    assert len(whole) == len(set(whole)) == 5
    back = client.get(LIST, {"sort": sort, "before": before}).context["page"]
    assert [child.pk for child in back.rows] == whole[2:4]
    first = client.get(LIST, {"sort": sort, "before": back.previous}).context["page"]
    assert [child.pk for child in first.rows] == whole[:2] and not first.previous


def test_an_unknown_cursor_is_the_first_page(client, registrar, child_at, no1):
    child_at(no1, name="安一")
    assert names(client.get(LIST, {"after": "nobodyatall2"})) == ["安一"]
    assert names(client.get(LIST, {"before": "nobodyatall2"})) == ["安一"]


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_asks_at_most_fifteen_questions(client, registrar, child_at, no1, django_assert_max_num_queries, rows):
    for n in range(rows):
        child_at(no1, name=f"学生{n}", grade=1 + n % 6)
    with django_assert_max_num_queries(15):
        response = client.get(LIST)
    assert response.context["count"] == rows


def test_numbers_are_masked_in_the_list(client, registrar, child_at, no1):
    child = child_at(no1, name="曾小禾")
    page = client.get(LIST).content.decode()
    assert child.registry_number.masked in page
    assert not re.search(r"\d{15,}", page)


def test_a_school_sees_only_its_own_children(client, registrar, child_at, no2):
    stranger = child_at(no2, name="外校生")
    assert names(client.get(LIST, {"q": "外校生", "status": "all"})) == []
    assert names(client.get(LIST, {"q": stranger.id_number.plain()})) == []
    assert client.get(stranger.get_absolute_url()).status_code == 404


def test_a_class_teacher_sees_the_own_class_only(client, staff, child_at, no1):
    teacher = staff(Role.CLASS_TEACHER, no1)
    own_class = teacher.appointments.get().school_class
    own = child_at(no1, name="本班生", grade=own_class.grade_in(2026))
    other = child_at(no1, name="别班生", grade=own_class.grade_in(2026) % 6 + 1)
    client.force_login(teacher)
    assert names(client.get(LIST)) == ["本班生"]
    assert client.get(own.get_absolute_url()).status_code == 200
    assert client.get(other.get_absolute_url()).status_code == 404
    assert client.get(reverse("students:class", args=[own_class.pk])).status_code == 200
    assert (
        client.get(reverse("students:class", args=[class_of(no1, own_class.grade_in(2026) % 6 + 1).pk])).status_code
        == 404
    )
    assert client.get("/classes/").url == reverse("students:class", args=[own_class.pk])


def test_the_header_search_goes_to_the_child_the_case_or_the_list(client, staff, transfer, child_at, no2):
    client.force_login(staff(Role.REGISTRAR, no2))
    child = child_at(no2, name="曾小禾")
    child_at(no2, name="李大山")
    child_at(no2, name="李大海")
    assert client.post("/search/", {"q": "小禾"}).url == child.get_absolute_url()
    assert client.post("/search/", {"q": transfer.number}).url == transfer.get_absolute_url()
    assert client.post("/search/", {"q": "李大"}).url.startswith("/students/?q=")
    assert client.post("/search/", {"q": "转2026999999"}).url.startswith("/students/?q=")


def test_the_class_page_lists_its_children_and_the_county_page_all_schools(client, staff, bureau, child_at, no1, no2):
    child_at(no1, name="曾小禾", grade=3)
    client.force_login(staff(Role.BUREAU_CLERK, bureau))
    county = client.get("/classes/")
    assert [row["heads"] for row in county.context["rows"]] == [1, 0]
    assert county.context["chart"]["series"][0]["values"][2] == 1
    school = client.get("/classes/", {"school": no1.pk})
    assert school.context["grades"][2]["bar"]["used"] == 1
    assert names(client.get(reverse("students:class", args=[class_of(no1, 3).pk]))) == ["曾小禾"]
    assert client.get("/classes/", {"school": "999999"}).status_code == 404
