"""Who saw this child, what did this account see, which files hold this child: each answered from a page."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from jianping_xueji.audit import anchoring
from jianping_xueji.audit.models import Event
from supervision.trail.listing import about_child
from supervision.trail.words import AREAS
from supervision.views import trail
from tests.county import LEGAL_DAY, staff_member
from tests.house.questions import MOST, questions
from tests.house.test_access_table import all_views
from tests.reports.conftest import pages_of


@pytest.fixture
def enter(db):
    def sign_in(role, place):
        client = Client()
        client.force_login(staff_member(role, place))
        return client

    return sign_in


@pytest.fixture
def seen(enter, no1, child_at):
    """A child whose page its registrar opened, and whose list was taken away by her."""
    child = child_at(no1, name="样例甲")
    registrar = enter(Role.REGISTRAR, no1)
    registrar.get(child.get_absolute_url())
    return child


def test_the_headmaster_reads_who_saw_the_child(enter, no1, seen):
    page = enter(Role.HEADMASTER, no1).get(reverse("supervision:trail_child", args=[seen.slug])).content.decode()
    assert staff_member(Role.REGISTRAR, no1).name in page and "学生页" in page


def test_the_question_itself_is_written_down(enter, no1, bureau, seen):
    auditor = enter(Role.AUDITOR, bureau)
    address = reverse("supervision:trail_child", args=[seen.slug])
    auditor.get(address)
    assert staff_member(Role.AUDITOR, bureau).name in auditor.get(address).content.decode()


def test_strangers_and_colleagues(enter, no1, no3, seen):
    for name in ("trail_child", "trail_files"):
        address = reverse(f"supervision:{name}", args=[seen.slug])
        assert enter(Role.HEADMASTER, no3).get(address).status_code == 404
        assert enter(Role.REGISTRAR, no1).get(address).status_code == 403


def test_an_account_is_read_by_itself_and_by_its_auditor(enter, no1, no2, bureau, seen):
    registrar = staff_member(Role.REGISTRAR, no1)
    address = reverse("supervision:trail_account", args=[registrar.pk])
    for role, place in ((Role.REGISTRAR, no1), (Role.AUDITOR, bureau)):
        assert "学生页" in enter(role, place).get(address).content.decode()
    for role, place in ((Role.REGISTRAR, no2), (Role.HEADMASTER, no1), (Role.BUREAU_LEADER, bureau)):
        assert enter(role, place).get(address).status_code == 404


def test_a_printed_paper_is_a_file_with_the_child(enter, no1, seen):
    enter(Role.REGISTRAR, no1).post(reverse("reports:child_sheet", args=[seen.slug]))
    page = enter(Role.HEADMASTER, no1).get(reverse("supervision:trail_files", args=[seen.slug])).content.decode()
    assert "打印证明" in page


def test_the_front_page_counts_and_shows_the_refused(enter, no1, no3, bureau, seen):
    enter(Role.REGISTRAR, no3).get(seen.get_absolute_url())
    anchoring.drop(LEGAL_DAY)
    page = enter(Role.AUDITOR, bureau).get(reverse("supervision:trail")).content.decode()
    assert "不在可见范围" in page and "封存及时" in page
    assert enter(Role.BUREAU_LEADER, bureau).get(reverse("supervision:trail")).status_code == 403


def test_the_anchor_prints_on_one_page(enter, bureau, no1, tmp_path, settings):
    settings.AUDIT_ANCHOR_DIR = tmp_path
    anchoring.drop(LEGAL_DAY)
    answer = enter(Role.AUDITOR, bureau).post(reverse("supervision:trail_anchor", args=[LEGAL_DAY.isoformat()]))
    assert answer["Content-Type"] == "application/pdf" and pages_of(answer.content) == 1


def test_who_left_and_who_failed_to_enter_is_read_too(enter, no1, bureau):
    user = staff_member(Role.REGISTRAR, no1)
    Client().post(reverse("accounts:login"), {"username": user.username, "password": "错的"})
    enter(Role.REGISTRAR, no1).post(reverse("accounts:logout"))
    auditor = enter(Role.AUDITOR, bureau)
    for page in (reverse("supervision:trail"), reverse("supervision:trail_account", args=[user.pk])):
        for kind in ("no_entry", "leave"):
            assert auditor.get(page, {"kind": kind}).context["count"] == 1, (page, kind)


def test_every_area_of_the_site_has_a_name_for_the_trail():
    spaces = {name.partition(":")[0] for name in dict(all_views()) if ":" in name}
    assert spaces <= set(AREAS)


def test_filters_narrow_and_never_fail(enter, no1, seen):
    client = enter(Role.HEADMASTER, no1)
    address = reverse("supervision:trail_child", args=[seen.slug])
    assert "学生页" not in client.get(f"{address}?kind=export").content.decode()
    assert "学生页" not in client.get(f"{address}?q=查无此人").content.decode()
    assert "学生页" not in client.get(f"{address}?last=2020-01-01").content.decode()
    for odd in ("first=0001-01-01", "last=9999-12-31", "kind=x", "after=9", "before=x"):
        assert client.get(f"{address}?{odd}").status_code == 200


@pytest.mark.parametrize("page", ["trail_child", "trail_files", "trail_account", "trail"])
def test_questions_do_not_grow_with_the_rows(client, enter, no1, bureau, seen, page):
    client.force_login(staff_member(Role.AUDITOR, bureau))
    registrar = staff_member(Role.REGISTRAR, no1)
    words = {"trail_child": [seen.slug], "trail_files": [seen.slug], "trail_account": [registrar.pk], "trail": []}
    address = reverse(f"supervision:{page}", args=words[page])
    few = questions(client, address)
    for _ in range(10):
        enter(Role.REGISTRAR, no1).get(seen.get_absolute_url())
    many = questions(client, address)
    assert len(many) <= max(len(few), MOST) and len(many) <= MOST + 4, "\n".join(many)


@pytest.mark.parametrize(("most", "told"), [(1, "<b>1</b> 条以上"), (2, "<b>2</b> 条<"), (3, "<b>2</b> 条<")])
def test_events_are_counted_up_to_a_limit(enter, no1, seen, monkeypatch, most, told):
    """Whoever has a million of them reads that there are more than ten thousand; boundary at -1, 0 and +1."""
    enter(Role.REGISTRAR, no1).get(seen.get_absolute_url())
    monkeypatch.setattr(trail, "MOST_COUNTED", most)
    page = enter(Role.HEADMASTER, no1).get(reverse("supervision:trail_child", args=[seen.slug]), {"kind": "read"})
    assert page.context["count"] == min(most, 2) and told in page.content.decode()


@pytest.mark.parametrize(("by", "index"), [("-turn", "audit_of_child"), ("-id", "audit_event_pkey")])
def test_a_child_s_events_are_found_by_their_own_index(owner, seen, by, index):
    """Among many events of others; listed by the number itself (control), the planner walks backwards over them all."""
    owner.execute("ALTER TABLE audit_event ALTER children SET STATISTICS 0")
    owner.execute(
        "INSERT INTO audit_event (kind, children) SELECT 'read', ARRAY[1000000 + i] FROM generate_series(1, 20000) i"
    )
    owner.execute("ANALYZE audit_event")
    assert index in about_child(seen).order_by(by)[:5].explain()


def test_the_last_fortnight_begins_behind_the_anchors_before_it(transactional_db, owner, enter, no1, bureau, seen):
    """What an anchor of before has passed is not read again; whoever has no such anchor reads all."""
    front, before = reverse("supervision:trail"), timezone.now()

    def read():
        return sum(enter(Role.AUDITOR, bureau).get(front).context["chart"]["series"][0]["values"])

    anchor, last = anchoring.drop(LEGAL_DAY), Event.objects.order_by("-id").first().pk
    assert anchoring.passed_by(before) == 0 and anchoring.passed_by(timezone.now()) == last
    assert read() > 0
    old = """INSERT INTO audit_anchor ("on", made_at, height, events, hash, sm3, file)
        VALUES ('2020-01-01', now() - interval '20 days', %s, 0, '', '', '')"""
    owner.execute(old, [anchor.height])
    owner.execute("INSERT INTO audit_event (kind, actor) SELECT 'read', actor FROM audit_event WHERE kind = 'read'")
    everything = Event.objects.filter(kind="read").count()
    assert 0 < read() < everything
