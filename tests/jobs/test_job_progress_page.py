import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from jianping_xueji import jobs
from jianping_xueji.jobs import tasks
from jianping_xueji.jobs.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(person):
    return person("anna")


@pytest.fixture
def job(anna):
    return jobs.start("test.count", {"steps": 4}, by=anna)


def page(client, job) -> str:
    response = client.get(reverse("jobs:progress", args=[job.pk]))
    assert response.status_code == 200
    return response.content.decode()


def test_a_living_job_asks_again_every_second(client, anna, job):
    client.force_login(anna)
    Job.objects.filter(pk=job.pk).update(
        state="running", leased_by="w", lease_until=timezone.now(), phase="计算", done=1, total=4
    )
    html = page(client, job)
    assert f'hx-get="/jobs/{job.pk}/"' in html and 'hx-trigger="every 1s"' in html
    assert "数一数" in html and "进行中 · 计算" in html and "1 / 4" in html and 'value="25"' in html


def test_a_finished_job_stands_still_and_links_its_result(client, anna, job):
    client.force_login(anna)
    tasks.run(job.pk)
    html = page(client, job)
    assert "hx-get" not in html and 'href="/counted/"' in html and "已完成" in html


def test_a_failed_job_says_why(client, anna):
    client.force_login(anna)
    job = jobs.start("test.refuse", {}, by=anna)
    tasks.run(job.pk)
    assert "第3行缺少姓名" in page(client, job)


def test_the_one_who_asked_cancels(client, anna, job):
    client.force_login(anna)
    response = client.post(reverse("jobs:cancel", args=[job.pk]))
    assert "已取消" in response.content.decode()
    assert client.get(reverse("jobs:cancel", args=[job.pk])).status_code == 405


@pytest.mark.parametrize("name", ["jobs:progress", "jobs:cancel"])
def test_a_stranger_finds_nothing(client, person, job, name):
    client.force_login(person("stranger"))
    method = client.post if name == "jobs:cancel" else client.get
    assert method(reverse(name, args=[job.pk])).status_code == 404
    job.refresh_from_db()
    assert not job.cancel_requested


@pytest.mark.parametrize("name", ["jobs:progress", "jobs:cancel"])
def test_nobody_signed_in_is_sent_to_the_door(client, job, name):
    assert client.post(reverse(name, args=[job.pk])).status_code == 302


def test_a_page_asks_the_table_of_jobs_once(client, anna, job):
    client.force_login(anna)
    with CaptureQueriesContext(connection) as queries:
        page(client, job)
    assert len([query for query in queries if "jobs_job" in query["sql"]]) == 1
