"""The pages of 招生计划, 分班, 开班 and 调班: what is typed stays, what is refused says why, the next act is near."""

from django.urls import reverse

from accounts.roles import Role
from schools.models import Seats
from students.models import ClassChange, IntakePlan, Placing, PlacingRow
from tests.changes import decided
from tests.county import class_of, seats_of
from tests.students.specimens_classes import DOCUMENT, another_class, drafted_placing, newcomers


def plan_url(school, year=2026):
    return reverse("students:plan_new", args=[school.pk, year])


def test_the_clerk_types_a_plan_and_is_led_to_the_case(as_, no1, bureau):
    client = as_(Role.BUREAU_CLERK, bureau)
    listed = client.get(reverse("students:plans")).content.decode()
    assert "未下达，按1班×55人" in listed and plan_url(no1) in listed
    answer = client.post(plan_url(no1), {"document": DOCUMENT, "classes_1": 3, "size_1": 40})
    case = IntakePlan.objects.get()
    assert answer.status_code == 302 and answer.url == case.get_absolute_url()
    page = client.get(answer.url).content.decode()
    assert "拟同意，报审核" in page and "120" in page
    assert case.number in client.get(reverse("students:plans")).content.decode()
    decided(case)
    assert "3班 × 40人" in client.get(reverse("students:plans")).content.decode()


def test_a_refused_plan_keeps_what_was_typed(as_, no1, bureau):
    client = as_(Role.BUREAU_CLERK, bureau)
    answer = client.post(plan_url(no1), {"document": DOCUMENT, "classes_1": 3, "size_1": 56})
    page = answer.content.decode()
    assert answer.status_code == 422 and "超过最大班额55人" in page and 'value="56"' in page
    half = client.post(plan_url(no1), {"document": DOCUMENT, "classes_1": 3}).content.decode()
    assert "请填写一年级每班人数" in half
    none = client.post(plan_url(no1), {"document": DOCUMENT, "classes_1": 0})
    assert none.status_code == 302 and seats_of(no1, 1).capacity == 55


def test_a_draft_is_typed_anew_until_it_is_handed_in(as_, no1, bureau):
    client = as_(Role.BUREAU_CLERK, bureau)
    client.post(plan_url(no1), {"document": DOCUMENT, "classes_1": 3, "size_1": 40})
    case = IntakePlan.objects.get()
    url = reverse("students:plan_draft", args=[case.number])
    assert 'value="40"' in client.get(url).content.decode()
    client.post(url, {"document": DOCUMENT, "classes_1": 2, "size_1": 45})
    assert [(line.classes, line.size) for line in case.lines.all()] == [(2, 45)]
    decided(case, until="submit")
    assert client.get(url).status_code == 302


def test_a_year_nobody_plans_has_no_page(as_, no1, bureau):
    client = as_(Role.BUREAU_CLERK, bureau)
    assert client.get(plan_url(no1, 2028)).status_code == 404
    assert "一年级班数" in client.get(plan_url(no1, 2027)).content.decode()
    assert "三年级班数" not in client.get(plan_url(no1, 2027)).content.decode()


def test_from_the_waiting_children_to_the_list_and_its_changes(as_, no1):
    another_class(no1, 1)
    newcomers(no1, 6)
    client = as_(Role.REGISTRAR, no1)
    url = reverse("students:placings")
    assert "未编班的学生" in client.get(url).content.decode()
    answer = client.post(url, {"grade": 1, "seed": 7})
    case = Placing.objects.get()
    sheet = reverse("students:placing_sheet", args=[case.number])
    assert answer.url == sheet and case.seed == 7
    page = client.get(sheet).content.decode()
    assert "随机数 <b>7</b>" in page and "各班均衡情况" in page
    assert page.count("<select") == 6 + 2, "one box a child and two for the swap, nowhere else on the page"
    rows = list(case.rows.order_by("pk"))
    one = rows[0]
    other = next(row for row in rows if row.school_class_id != one.school_class_id)
    swapped = client.post(sheet, {"act": "swap", "one": one.child_id, "other": other.child_id}, follow=True)
    assert "两名学生已互换班级" in swapped.content.decode()
    assert PlacingRow.objects.get(pk=one.pk).school_class_id == other.school_class_id
    places = {f"child_{row.pk}": class_of(no1, 1).pk for row in rows}
    moved = client.post(sheet, {"act": "assign", **places, f"child_{one.pk}": ""}, follow=True).content.decode()
    assert "已调整" in moved and PlacingRow.objects.get(pk=one.pk).school_class is None
    drawn = client.post(sheet, {"act": "draw", "seed": "8"}, follow=True).content.decode()
    assert "已重新编排" in drawn and "随机数 <b>8</b>" in drawn
    assert client.post(sheet, {"act": "nonsense"}).status_code == 422
    assert client.post(sheet, {"act": "swap", "one": "", "other": ""}).status_code == 422


def test_too_few_seats_are_told_before_anything_is_kept(as_, no1):
    newcomers(no1, 3)
    Seats.objects.filter(school=no1, grade=1).update(capacity=2)
    page = as_(Role.REGISTRAR, no1).post(reverse("students:placings"), {"grade": 1, "seed": ""})
    assert page.status_code == 422 and "还差1个" in page.content.decode() and not Placing.objects.exists()


def test_the_list_is_the_registrars_alone(as_, no1, no3):
    newcomers(no1, 2)
    case = drafted_placing(no1)
    sheet = reverse("students:placing_sheet", args=[case.number])
    assert as_(Role.HEADMASTER, no1).get(sheet).status_code == 403
    assert as_(Role.REGISTRAR, no3).get(sheet).status_code == 404
    assert as_(Role.HEADMASTER, no1).get(case.get_absolute_url()).status_code == 200


def test_the_bureau_looks_at_one_school_after_the_other(as_, no1, no2, bureau):
    newcomers(no1, 2)
    client = as_(Role.BUREAU_CLERK, bureau)
    assert "请选择学校" in client.get(reverse("students:placings")).content.decode()
    assert "一年级" in client.get(reverse("students:placings"), {"school": no1.pk}).content.decode()


def test_opening_a_class_from_the_page_of_classes(as_, no1):
    client = as_(Role.REGISTRAR, no1)
    url = reverse("students:class_change_new", args=[no1.pk])
    assert url in client.get(reverse("students:classes")).content.decode()
    assert "开班请选择年级" in client.post(url, {"act": "open", "reason": "生源增加"}).content.decode()
    assert "撤班请选择要撤的班级" in client.post(url, {"act": "close", "reason": "合班"}).content.decode()
    answer = client.post(url, {"act": "open", "grade": 3, "class_kind": "ordinary", "reason": "生源增加"})
    case = ClassChange.objects.get()
    assert answer.url == case.get_absolute_url()
    assert "提交学校审核" in client.get(answer.url).content.decode()
    decided(case)
    assert "2024级2班" in str(no1.classes.get(cohort=2024, number=2))
    assert "三年级2班" in client.get(case.get_absolute_url()).content.decode()


def test_a_child_changes_class_from_its_own_page(as_, no1, child_at):
    child, target = child_at(no1, grade=3), another_class(no1, 3)
    client = as_(Role.REGISTRAR, no1)
    offers = client.get(reverse("students:changes", args=[child.slug])).content.decode()
    assert "调班" in offers
    url = reverse("students:change_new", args=[child.slug, "class_move"])
    refused = client.post(url, {"to_class": class_of(no1, 4).pk, "reason": "家长要求"})
    assert refused.status_code == 422 and "不能调入" in refused.content.decode()
    assert client.post(url, {"to_class": target.pk, "reason": "须在一层就读"}).status_code == 302


def test_the_seats_a_case_holds_are_told_with_their_school_year(no1):
    assert Seats(school=no1, year=2026, grade=1).in_words == f"{no1}2026—2027学年一年级"
