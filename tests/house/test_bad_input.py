"""Whatever is typed into an address, a form or a cookie, nothing answers with a fault."""

import logging
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from approvals.models import Material, Scan
from tests.house.access_table import TABLE
from tests.house.sites import build_world, photo
from tests.house.test_access_table import BODY, undone, words_for

EVERYWHERE = {
    "nul": "%00",
    "superscript": quote("²"),
    "4500 digits": "9" * 4500,
    "half a surrogate": "%ED%A0%80",
    "very long": "a" * 100_000,
}
IN_FILTERS = EVERYWHERE | {
    "other digits": quote("٣"),
    "beyond bigint": "9" * 25,
    "negative": "-1",
    "far future": "9999-12-31",
    "year one": "0001-01-01",
}
# As many as a form may carry of the very long one.
NAMES = ["q", "school", "after", "reason", "opinion", "name", "number", "result", "filed_on", "username", "password"]
# Single parameters are tried one by one where they narrow a list or move through it.
CHECK = "from_school=&from_division=211382&to_school=&to_division=211322&grade=3&ground=T4&on=2026-09-15"
FILTERED = {
    "students:list": "q school grade school_class status after before sort",
    "approvals:queue": "q scope kind stage lateness school after before",
    "students:classes": "school",
    "students:catchments": "q year township school stage missing after before",
    "students:catchment_find": "q",
    "students:catchment": "year",
    "students:plans": "q year",
    "students:import_columns": "sheet head",
    "students:placings": "school",
    "students:campaign": "q state",
    "students:campaign_school": "q state",
    "students:campaign_class": "q state",
    "archives:county": "q state",
    "archives:school": "q state",
    "archives:school_class": "q state",
    "archives:sheet": "term",
    "archives:cross_check": "term",
    "archives:enter": "term",
    "archives:workbooks": "scope kind term",
    "archives:template": "scope kind term",
    "students:intake": "school",
    "students:intake_completion": "school",
    "students:roster": "q year result school township after before print",
    "agreement:differences": "q school what field reason side state after before sort",
    "students:check": "tab after",
    "students:duplicates": "q score state school after before",
    "students:home_teaching": "q school after before",
    "dropout:arrivals": "school",
    "reports:balance": "school first last",
    "reports:balance_children": "book side line stage cohort sex check school first last after before",
    "reports:rosters": "school",
    "reports:prints": "q school form standing first last child after before",
    "reports:printers": "school",
    "reports:batches": "form school grade school_class stage year printer",
    "reports:books": "q year missing",
    "reports:shelf": "year",
    "reports:book": "section",
    "reports:book_close": "case",
    "students:ceims": "school",
    "students:selection": "school grade school_class status",
    "students:schooling_proofs": "q",
    "custody:owed": "q school what after before",
    "custody:slips": "q school state after before",
    "custody:copies": "q school after before",
    "custody:graduates": "q school after before",
    "custody:new": "e case giver",
    "custody:volumes": "school",
    "evidence:packs": "after before",
    "supervision:year": "year",
    "exports:list": "q after before",
    "supervision:trail": "q kind first last after before",
    "supervision:trail_child": "q kind first last after before",
    "supervision:trail_files": "q kind first last after before",
    "supervision:trail_account": "kind first last after before",
    "supervision:deadlines": "state rule school side whose after before",
    "supervision:trend": "school",
    "supervision:ledger_reports": "month state q after before",
    "supervision:reminders": "after before",
    "supervision:complaints": "q scope school matter lateness after before",
    "supervision:complaint_new": "child about school original",
    "supervision:breaches": "school",
    "supervision:orders": "q scope school breach lateness after before",
    "supervision:order_new": "school breach complaint",
    "supervision:registrars": "q state",
    "supervision:audits": "q term state",
    "supervision:scores": "q year",
    "transfers:check": "child from_school from_division to_school to_division grade ground on",
    "transfers:new": "school",
    "students:import_preview": "after drafted",
    "students:import_batch": "after",
}


@pytest.fixture(autouse=True)
def quiet():
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def world(bureau, child_at):
    return build_world(bureau, child_at)


@pytest.fixture
def client_of(world):
    """A signed-in browser that reports a fault as an answer, as the server would."""

    def make(name):
        client = Client(raise_request_exception=False)
        client.force_login(world[1][name])
        return client

    return make


def addresses(site):
    """Every address of the access table: its name, method, whole form, and the parts that are filled in."""
    for line in TABLE.strip().splitlines():
        name, method = line.split("|")[0].split()
        words = words_for(name, site)
        yield name, method, reverse(name, kwargs=words), [str(word) for word in words.values()]


def spoilt_paths(url, words, bad):
    """The address with each of its filled-in parts replaced."""
    for word in words:
        part = quote(word)
        if part in url:
            yield bad.join(url.rsplit(part, 1))


def query(names, bad):
    return "&".join(f"{name}={bad}" for name in names)


def tried(client, method, url, asked, body=None):
    """The status of one request; everything it did is undone."""
    with undone():
        if method == "GET":
            return client.get(f"{url}?{asked}").status_code
        typed = "application/x-www-form-urlencoded"
        return client.post(url, "&".join(filter(None, [asked, body])), content_type=typed).status_code


def faults(client, requests):
    """The requests, each (what, method, path, asked, body), that were answered with a fault."""
    return [
        f"{what}: {method} {path[:60]}?{asked[:60]} → {status}"
        for what, method, path, asked, body in requests
        if (status := tried(client, method, path, asked, body)) >= 500
    ]


def in_every_part(site):
    """Each address with bad path parts, with bad parameters, and with one bad value beside good ones."""
    for name, method, url, words in addresses(site):
        good = "&".join(f"{key}={quote(value)}" for key, value in BODY.get(name, {}).items())
        for what, bad in EVERYWHERE.items():
            for path in spoilt_paths(url, words, bad):
                yield f"{what} in {name}", method, path, "", ""
            yield what, method, url, query(NAMES, bad), ""
            if method == "POST" and good:
                yield what, method, url, f"reason={bad}&result={bad}", good


def in_filters(site):
    for name, method, url, _ in addresses(site):
        for single in FILTERED.get(name, "").split() if method == "GET" else ():
            for what, bad in IN_FILTERS.items():
                full = f"{CHECK}&{single}={bad}" if name == "transfers:check" else f"{single}={bad}"
                yield f"{what} in {single}", method, url, full, ""


@pytest.mark.parametrize("tries", [in_every_part, in_filters])
def test_no_address_answers_with_a_fault(world, client_of, tries):
    found = faults(client_of("registrar"), tries(world[0]["own"]))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("unstorable", ["\x00", "王\x00五"])
def test_an_unstorable_character_is_told(client_of, unstorable):
    client = client_of("registrar")
    for answer in (
        client.get("/students/", {"q": unstorable}),
        client.get(f"/students/{quote(unstorable)}/"),
        client.post("/transfers/new/", {"name": unstorable, "number": "1"}),
    ):
        assert answer.status_code == 400
        assert "不能保存的字符" in answer.content.decode()


def test_an_unstorable_cookie_is_no_fault(db):
    client = Client(raise_request_exception=False, headers={"cookie": 'sessionid="abcdefgh\\000ijk"'})
    assert client.get("/").status_code == 400


def test_a_strangers_form_in_a_strange_charset_is_no_fault(db):
    client = Client(raise_request_exception=False)
    body = '--x\r\nContent-Disposition: form-data; name="username"\r\n\r\n\\ud800\r\n--x--\r\n'
    answer = client.post("/login/", body, content_type="multipart/form-data; boundary=x; charset=unicode_escape")
    assert answer.status_code < 500


def test_a_kind_of_number_that_does_not_exist_is_not_found(world, client_of):
    slug = world[0]["own"].words["slug"]
    assert client_of("registrar").post(f"/students/{slug}/numbers/foo/", {"reason": "核对"}).status_code == 404


def test_a_reason_too_long_is_told_and_nothing_is_kept(world, client_of):
    site, client = world[0]["own"], client_of("registrar")
    slug, number = site.words["slug"], site.words["number"]
    answer = client.post(f"/students/{slug}/numbers/id/", {"reason": "长" * 201})
    assert answer.status_code == 422 and "不超过200字" in answer.content.decode()
    page = client.post(f"/cases/{number}/papers/household_book/return/", {"reason": "长" * 201}, follow=True)
    assert "不超过200字" in page.content.decode()
    assert Material.objects.get(case__number=number, code="household_book").state != Material.State.RETURNED


def test_an_altered_scan_is_told_to_be_gone(world, client_of):
    words = world[0]["own"].words
    Scan.objects.filter(pk=words["scan"]).update(sha256="0" * 64, preview_sha256="0" * 64)
    answer = client_of("registrar").get(f"/cases/{words['number']}/scans/{words['scan']}/")
    assert answer.status_code == 410 and "打不开" in answer.content.decode()


def upload(client, number, *files):
    from django.core.files.uploadedfile import SimpleUploadedFile

    given = [SimpleUploadedFile(f"{n}.jpg", data) for n, data in enumerate(files)]
    return client.post(f"/cases/{number}/papers/household_book/hand_in/", {"files": given})


def live_scans(number):
    return Scan.objects.filter(material__case__number=number, material__code="household_book", withdrawn=False)


def test_all_photos_of_one_upload_stay_and_replace_the_earlier_ones(world, client_of):
    words, client = world[0]["own"].words, client_of("registrar")
    assert upload(client, words["number"], photo(), photo(), photo()).status_code == 302
    assert live_scans(words["number"]).count() == 3
    assert Scan.objects.get(pk=words["scan"]).withdrawn


def test_one_refused_file_keeps_nothing_of_its_upload(world, client_of):
    words, client = world[0]["own"].words, client_of("registrar")
    upload(client, words["number"], photo(), b"MZ no picture", photo())
    assert [scan.pk for scan in live_scans(words["number"])] == [words["scan"]]
