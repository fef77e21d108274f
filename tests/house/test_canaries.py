"""A name or a number of a child gets into no log, address, message of the broker, job or file that is left lying.

That no answer shows a child of somebody else, files that are handed out included, is asked of every row of the access
table (test_access_table).
"""

import io
import itertools
import json
import logging
import tempfile
from pathlib import Path
from urllib.parse import unquote

import pytest
from celery import current_app
from django.conf import settings
from django.contrib.sessions.models import Session
from django.http import FileResponse, HttpResponse
from django.test import TestCase
from django.urls import reverse

from jianping_xueji.jobs import tasks
from jianping_xueji.jobs.engine import execute
from jianping_xueji.jobs.models import Job
from tests.house.canaries import Journal, Queue, Watched, found_in, headers_of, links_of
from tests.house.test_access_table import (
    ASKED,
    Request,
    answer,
    client_of,
    requests,
    undone,
    words_for,
    world,  # noqa: F401 — a fixture
)

# The requests are walked in so many parts, each in a county of its own.
PARTS = 4


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """Temporary files of this run lie here, sealed files where they always do."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    watched = Watched(tmp_path, Path(settings.MEDIA_ROOT))
    yield watched
    watched.looking = False


class Trail:
    """What the requests of a walk leave behind."""

    def __init__(self, site):
        self.sites, self.people = site
        self.canaries = set().union(*(each.canaries for each in self.sites.values()))
        self.queue, self.wrong, self.rang = Queue(), [], 0

    def walk(self, asked: Request, journal: Journal) -> None:
        """One request with the jobs it starts; all of it undone in the end."""
        with undone():
            client = client_of(self.people.get(asked.role))
            with TestCase.captureOnCommitCallbacks(execute=True) as rung:
                response = answer(client, asked.name, asked.method, self.sites[asked.relation])
            self.rang += len(rung)
            self.look(asked, "address", unquote(address_of(asked, self.sites) + response.headers.get("Location", "")))
            self.look(asked, "link", links_of(response))
            self.look(asked, "session", sessions())
            self.look(asked, "job", jobs())
        self.look(asked, "log", "\n".join(journal.lines))
        journal.lines.clear()

    def look(self, asked, where: str, text: str) -> None:
        if found := found_in(text, self.canaries):
            self.wrong.append(f"{asked}: {where} says {sorted(found)[:3]}")


def address_of(asked: Request, sites) -> str:
    return reverse(asked.name, kwargs=words_for(asked.name, sites[asked.relation])) + ASKED.get(asked.name, "")


def sessions() -> str:
    return "".join(str(each.get_decoded()) for each in Session.objects.all())


def jobs() -> str:
    """Every waiting or ended job, as its row holds it."""
    return json.dumps(list(Job.objects.values()), ensure_ascii=False, default=str)


def walked(site, folders, chosen) -> Trail:
    trail = Trail(site)
    with Journal() as journal:
        for asked in chosen:
            trail.walk(asked, journal)
    trail.look("the walk", "broker", trail.queue.said())
    trail.wrong += [f"file {path}" for path in folders.those_that_say(trail.canaries)]
    return trail


def test_jobs_and_their_logs_name_no_child(world, folders):  # noqa: F811
    """Every job that a page starts is done, and its row, its log and its files are looked at."""
    posted = [asked for asked in requests() if asked.method == "POST" and asked.cell == "ok"]
    first = {(asked.name): asked for asked in reversed(posted) if asked.relation == "own"}
    trail, done = Trail(world), 0
    with Journal() as journal:
        for asked in first.values():
            with undone():
                before = set(Job.objects.values_list("pk", flat=True))
                answer(client_of(trail.people.get(asked.role)), asked.name, asked.method, trail.sites["own"])
                for job in Job.objects.exclude(pk__in=before):
                    execute(job.pk)
                    done += 1
                trail.look(asked, "job", jobs())
            trail.look(asked, "log", "\n".join(journal.lines))
            journal.lines.clear()
    assert done >= 3, "jobs were really done"
    assert trail.wrong == [] and folders.those_that_say(trail.canaries) == []


@pytest.mark.nightly
@pytest.mark.parametrize("part", range(PARTS))
def test_no_request_of_anybody_leaves_a_name_behind(world, folders, part):  # noqa: F811
    trail = walked(world, folders, itertools.islice(requests(), part, None, PARTS))
    assert trail.rang > 0, "somebody rang for a worker"
    assert trail.wrong == [], "\n".join(trail.wrong)


def test_a_name_left_anywhere_is_found(folders, caplog):
    """Control: each of the places is really looked at."""
    logging.getLogger("django").setLevel(logging.INFO)
    with Journal() as journal:
        logging.getLogger("django.request").warning("of 某生")
        logging.getLogger("students").error("of %s", "某生")
    assert found_in("\n".join(journal.lines[:1]), {"某生"}) and found_in(journal.lines[1], {"某生"})
    queue = Queue()
    queue.broker.lpush("of the control", "某生".encode())
    assert found_in(queue.said(), {"某生"})
    queue.broker.delete("of the control")
    with current_app.connection_for_write() as line:
        tasks.run.apply_async(("某生",), queue="of the control", connection=line)
    assert found_in(queue.said(), {"某生"}), "within a message as Celery writes it"
    queue.broker.delete("of the control", "_kombu.binding.of the control")
    page = HttpResponse('<a href="/students/?q=%E6%9F%90%E7%94%9F">', headers={"X-Said": "某生"})
    assert found_in(links_of(page), {"某生"}) and found_in(headers_of(page), {"某生"})
    file = FileResponse(io.BytesIO(), filename="某生.pdf")
    assert found_in(headers_of(file), {"某生"}) and "某生" not in str(file.headers)
    with tempfile.NamedTemporaryFile() as lost:
        lost.write("某生".encode())
        lost.flush()
    kept = Path(tempfile.gettempdir()) / "left"
    kept.write_text("某生")
    assert len(folders.those_that_say({"某生"})) == 2
