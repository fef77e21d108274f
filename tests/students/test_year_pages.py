"""学年页：教育局看到哪里办到哪一步，学校看到谁能毕业、谁不能、为什么，下一步是什么."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.roles import Role
from jianping_xueji.jobs import tasks
from jianping_xueji.jobs.models import Job
from law import clock
from students.models import Graduation, Placement, Promotion, PromotionRun, Student
from students.year import services
from tests.county import staff_member
from tests.students.year_lists import JULY, graduated

AUGUST, TURN = date(2027, 8, 10), date(2027, 9, 1)
YEAR = "students:year"


@pytest.fixture
def enter(client, staff):
    def sign_in(role, place):
        client.force_login(staff(role, place))

    return sign_in


def text_of(page) -> str:
    return page.content.decode()


def test_a_whole_promotion_from_the_page(client, enter, bureau, no1, child_at):
    child = child_at(no1, grade=3)
    enter(Role.BUREAU_CLERK, bureau)
    with clock.at(AUGUST):
        page = client.get(reverse(YEAR))
        assert (page.context["advancing"], page.context["may_submit"]) == (1, True)
        client.post(reverse("students:promotion_submit"))
        run = PromotionRun.objects.get()
        assert not client.get(reverse(YEAR)).context["may_confirm"], "who made it does not confirm it"
        enter(Role.BUREAU_CHECKER, bureau)
        early = client.post(reverse("students:promotion_confirm", args=[run.pk]), follow=True)
        assert "2027年9月1日开始" in text_of(early) and not Job.objects.exists()
    with clock.at(TURN):
        client.post(reverse("students:promotion_confirm", args=[run.pk]))
        at_work = client.get(reverse(YEAR))
        assert at_work.context["at_work"] and not at_work.context["may_confirm"] and "取消这项任务" in text_of(at_work)
        tasks.run(Job.objects.get().pk)
        assert "升级 <b>1</b> 名学生" in text_of(client.get(reverse(YEAR)))
        enter(Role.BUREAU_LEADER, bureau)
        client.post(reverse("students:promotion_undo", args=[run.pk]), {"opinion": "有误"})
        tasks.run(Job.objects.last().pk if Job.objects.last().state == "queued" else Job.objects.first().pk)
    run.refresh_from_db()
    assert run.state == "undone" and Placement.objects.get(enrolment__student=child, ends=None).year == 2026


def test_a_submitted_run_is_withdrawn_from_the_page(client, enter, bureau, no1, child_at):
    child_at(no1, grade=3)
    enter(Role.BUREAU_CLERK, bureau)
    with clock.at(AUGUST):
        client.post(reverse("students:promotion_submit"))
        twice = client.post(reverse("students:promotion_submit"), follow=True)
        assert "一个学年只升级一次" in text_of(twice)
        client.post(reverse("students:promotion_withdraw", args=[PromotionRun.objects.get().pk]))
    assert PromotionRun.objects.get().state == "withdrawn"


def test_the_bureau_sees_every_school_and_the_exceptions(client, enter, bureau, no1, no2, child_at):
    child_at(no1, grade=6)
    child_at(no2, grade=6, name="样例问题")
    Student.objects.filter(name="样例问题").update(problem="证件号重复")
    graduated(no1)
    enter(Role.AUDITOR, bureau)
    with clock.at(JULY):
        page = client.get(reverse(YEAR))
        rows = {
            row["school"].short_name: (row["done"], row["graduates"], row["left_out"])
            for row in page.context["graduations"]
        }
        assert rows == {"第一小学": (1, 0, 0), "第二小学": (0, 0, 1)}
        assert not any(page.context[name] for name in ("may_submit", "may_confirm", "may_undo", "may_import"))
        assert "样例问题" in text_of(client.get(reverse("students:year_exceptions")))
        assert "样例问题" not in text_of(client.get(reverse("students:year_exceptions"), {"school": no1.pk}))


def test_the_school_makes_its_list_and_sees_who_cannot(client, enter, no1, child_at):
    child_at(no1, grade=6)
    child_at(no1, grade=6, name="样例问题")
    Student.objects.filter(name="样例问题").update(problem="证件号重复")
    enter(Role.REGISTRAR, no1)
    with clock.at(date(2027, 5, 31)):
        assert not client.get(reverse("students:year_school", args=[no1.pk])).context["open"]
        early = client.post(reverse("students:graduation_start", args=[no1.pk, 6]), follow=True)
        assert "2027年6月1日起办理" in text_of(early) and not Graduation.objects.exists()
    with clock.at(JULY):
        assert client.get(reverse(YEAR)).url == reverse("students:year_school", args=[no1.pk])
        text = text_of(client.get(reverse("students:year_school", args=[no1.pk])))
        assert "样例问题" in text and "有问题学籍" in text and "生成六年级 1 名的毕业名单" in text
        client.post(reverse("students:graduation_start", args=[no1.pk, 6]))
        case = Graduation.objects.get()
        assert case.subjects.count() == 1 and "审核无误" not in text_of(client.get(case.get_absolute_url()))


def test_strangers_and_colleagues(client, enter, bureau, no1, no2, child_at):
    child_at(no1, grade=6)
    run = PromotionRun.objects.create(
        bureau=bureau, year=2026, made_by=staff_member(Role.BUREAU_CLERK, bureau), made_on=AUGUST
    )
    with clock.at(JULY):
        enter(Role.REGISTRAR, no2)
        assert client.get(reverse("students:year_school", args=[no1.pk])).status_code == 404
        assert client.post(reverse("students:graduation_start", args=[no1.pk, 6])).status_code == 404
        assert client.post(reverse("students:promotion_confirm", args=[run.pk])).status_code == 404
        assert client.post(reverse("students:promotion_submit")).status_code == 403
        for role, place in [(Role.HEADMASTER, no1), (Role.BUREAU_CLERK, bureau)]:
            enter(role, place)
            assert client.post(reverse("students:graduation_start", args=[no1.pk, 6])).status_code == 403
        enter(Role.BUREAU_CHECKER, bureau)
        assert client.post(reverse("students:promotion_withdraw", args=[run.pk])).status_code == 403
        assert client.post(reverse("students:promotion_submit")).status_code == 403
        enter(Role.BUREAU_CLERK, bureau)
        assert client.post(reverse("students:promotion_confirm", args=[run.pk])).status_code == 403
        assert client.post(reverse("students:promotion_undo", args=[run.pk]), {"opinion": "x"}).status_code == 403


def test_the_child_and_the_list_of_business_show_what_was_done(client, enter, bureau, no1, child_at):
    leaver, mover = child_at(no1, grade=6), child_at(no1, grade=3)
    case = graduated(no1)
    run = PromotionRun.objects.create(
        bureau=bureau, year=2026, made_by=staff_member(Role.BUREAU_CLERK, bureau), made_on=AUGUST
    )
    with clock.at(TURN):
        services.promote_all(run, by=staff_member(Role.BUREAU_CHECKER, bureau))
        for role, place in [(Role.REGISTRAR, no1), (Role.BUREAU_CHECKER, bureau)]:
            enter(role, place)
            assert case.number in text_of(client.get(reverse("approvals:queue"), {"scope": "all"}))
            assert client.get(leaver.get_absolute_url()).status_code == 200
            assert client.get(mover.get_absolute_url()).status_code == 200
            promotion = Promotion.objects.get()
            assert "升级人数" in text_of(client.get(promotion.get_absolute_url()))
            assert client.get(reverse("approvals:workbench")).status_code == 200
