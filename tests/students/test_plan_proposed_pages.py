"""The pages on which a school asks for its intake plan and the bureau settles it (第八条)."""

from django.urls import reverse

from accounts.roles import Role
from approvals.services import perform
from students.models import IntakePlan
from tests.changes import decided
from tests.students.specimens_classes import DOCUMENT, drafted_plan, proposed_plan, signed_proposal

ASKED = {"reason": "学区内适龄儿童130人", "classes_1": 3, "size_1": 45}


def plan_url(school, year=2027):
    return reverse("students:plan_new", args=[school.pk, year])


def draft_url(case):
    return reverse("students:plan_draft", args=[case.number])


def text(answer) -> str:
    return answer.content.decode()


def test_the_registrar_asks_and_is_led_to_the_case(as_, no1):
    client = as_(Role.REGISTRAR, no1)
    listed = text(client.get(reverse("students:plans"), {"year": 2027}))
    assert plan_url(no1) in listed and ">申报</a>" in listed and "导入计划表" not in listed
    page = text(client.get(plan_url(no1)))
    assert "申报理由" in page and "依据文件" not in page and "下达以前学位数不变" in page
    answer = client.post(plan_url(no1), ASKED)
    case = IntakePlan.objects.get()
    assert answer.url == case.get_absolute_url() and (case.proposed, case.reason) == (True, ASKED["reason"])
    page = text(client.get(answer.url))
    assert "报校长签字" in page and "135" in page and "修改计划" in page and "待教育局核定时填写" in page
    assert case.number in text(client.get(reverse("students:plans"), {"year": 2027}))


def test_what_is_refused_says_why_and_keeps_what_was_typed(as_, no1):
    client = as_(Role.REGISTRAR, no1)
    late = client.post(plan_url(no1, 2026), ASKED)
    assert late.status_code == 422 and "到2026年8月31日为止" in text(late) and 'value="45"' in text(late)
    assert ASKED["reason"] in text(late)
    unfounded = client.post(plan_url(no1), ASKED | {"reason": ""})
    assert unfounded.status_code == 422 and not IntakePlan.objects.exists()


def test_a_returned_proposal_is_typed_anew(as_, no1, staff):
    case = perform(signed_proposal(no1, [(1, 3, 45)]), "return_to_school",
                   by=staff(Role.BUREAU_CLERK, no1.bureau), opinion="请附适龄儿童数")  # fmt: skip
    client = as_(Role.REGISTRAR, no1)
    assert "请附适龄儿童数" in text(client.get(case.get_absolute_url()))
    assert 'value="45"' in text(client.get(draft_url(case)))
    assert client.post(draft_url(case), ASKED | {"classes_1": 2}).status_code == 302
    assert [(line.classes, line.size) for line in case.lines.all()] == [(2, 45)]


def test_the_clerk_settles_with_document_and_reason(as_, no1, bureau):
    case = signed_proposal(no1, [(1, 3, 45)])
    client = as_(Role.BUREAU_CLERK, bureau)
    page = text(client.get(case.get_absolute_url()))
    assert "核定计划" in page and "退回学校修改" in page and "撤回申请" not in page and "还没有写明核定所依据" in page
    page = text(client.get(draft_url(case)))
    assert "申报3×45" in page and case.reason in page
    less = {"document": DOCUMENT, "classes_1": 2, "size_1": 50}
    silent = client.post(draft_url(case), less)
    assert silent.status_code == 422 and "请写明调整理由" in text(silent) and 'value="50"' in text(silent)
    assert client.post(draft_url(case), less | {"adjustment": "教室只有2间"}).status_code == 302
    decided(case)
    page = text(as_(Role.REGISTRAR, no1).get(case.get_absolute_url()))
    assert "学校申报3×45" in page and "教室只有2间" in page and DOCUMENT in page
    assert "2班 × 50人" in text(client.get(reverse("students:plans"), {"year": 2027}))


def test_a_grade_left_out_is_told_to_the_school(as_, no1, bureau):
    case = signed_proposal(no1, [(3, 1, 45), (4, 1, 45)], year=2026)
    given = {"document": DOCUMENT, "classes_4": 1, "size_4": 45, "adjustment": "三年级另行下达"}
    as_(Role.BUREAU_CLERK, bureau).post(draft_url(case), given)
    assert "学校申报的三年级1×45没有列入" in text(as_(Role.REGISTRAR, no1).get(case.get_absolute_url()))


def test_each_writes_on_the_own_desk_only(as_, no1, no2, no3, bureau):
    asked, own = proposed_plan(no1, [(1, 2, 45)]), drafted_plan(no2, [(1, 2, 45)], year=2027)
    clerk = as_(Role.BUREAU_CLERK, bureau)
    assert (clerk.get(draft_url(asked)).status_code, clerk.get(draft_url(own)).status_code) == (403, 200)
    assert as_(Role.REGISTRAR, no2).get(draft_url(own)).status_code == 403
    assert as_(Role.REGISTRAR, no1).get(draft_url(asked)).status_code == 200
    for url in (draft_url(asked), plan_url(no1)):
        assert as_(Role.HEADMASTER, no1).get(url).status_code == 403
        assert as_(Role.REGISTRAR, no3).get(url).status_code == 404


def test_the_headmaster_has_it_on_the_desk_and_signs(as_, no1, staff):
    case = perform(proposed_plan(no1, [(1, 2, 45)]), "hand_in", by=staff(Role.REGISTRAR, no1))
    client = as_(Role.HEADMASTER, no1)
    assert case.number in text(client.get(reverse("approvals:queue")))
    page = text(client.get(case.get_absolute_url()))
    assert "校长签字，报教育局核定" in page and "修改计划" not in page
    client.post(reverse("approvals:act", args=[case.number, "sign_proposal"]), {"opinion": ""})
    assert IntakePlan.objects.get().state == "draft"
