"""Every address answers every role as the access table says, and nobody ever sees a child that is not theirs to see."""

import itertools
import logging
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.house.access_table import COLUMNS, TABLE
from tests.house.canaries import everything, told
from tests.house.sites import build_world

RELATIONS = ("own", "neighbour", "foreign")
MEANING = {"ok": {200, 302, 409, 422}, "no": {403}, "--": {404}}
BUREAU = {"clerk", "checker", "leader", "data_admin", "auditor"}
# The data-fix site is Django's admin behind one gate: its addresses are tried as a whole in tests/accounts.
WHOLE = {"admin"}


def rows():
    for line in TABLE.strip().splitlines():
        address, *cells = (part.strip() for part in line.split("|"))
        name, method = address.split()
        yield name, method, dict(zip(COLUMNS, cells, strict=True))


def all_views(resolver=None, space=""):
    """Every named address of the site, with its namespace, and the view that answers."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            if pattern.namespace not in WHOLE:
                yield from all_views(pattern, inner)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield f"{space}{pattern.name}", pattern.callback


def test_every_address_has_a_row_and_every_row_an_address():
    assert {name for name, _, _ in rows()} == dict(all_views()).keys()


@pytest.fixture
def world(bureau, child_at):
    return build_world(bureau, child_at)


BATCH_ACTS = ("", "_progress", "_cancel", "_again", "_file")


IMPORT_PAGES = tuple(f"students:import_{page}" for page in ("columns", "repair", "marked", "corrections", "undo"))


def words_for(name, site):
    """The named parts of this address, filled with the things of the site."""
    words = site.words
    return {
        "approvals:case": {"number": words["number"]},
        "approvals:act": {"number": words["number"], "action": "submit"},
        "approvals:paper": {"number": words["number"], "code": words["code"], "act": "on_paper"},
        "approvals:scan": {"number": words["number"], "pk": words["scan"]},
        "approvals:filing": {"pk": words["pk"].get("approvals:filing")},
        "students:child": {"slug": words["slug"]},
        "students:number": {"slug": words["slug"], "kind": "id"},
        "students:changes": {"slug": words["slug"]},
        "students:child_problems": {"slug": words["slug"]},
        "students:change_new": {"slug": words["slug"], "kind": "suspension"},
        "students:change_draft": {"number": words["change"]},
        "students:catchment": {"code": site.words["village"]},
        "students:plan_new": {"pk": site.school.pk, "year": 2026},
        "students:plan_draft": {"number": words["plan"]},
        "students:placing_sheet": {"number": words["placing"]},
        "students:class_change_new": {"pk": site.school.pk},
        "students:class": {"pk": words["pk"].get("students:class")},
        "students:year_school": {"pk": site.school.pk},
        "students:graduation_start": {"pk": site.school.pk, "grade": 6},
        "students:promotion_confirm": {"pk": words["run"]},
        "students:promotion_withdraw": {"pk": words["run"]},
        "students:promotion_undo": {"pk": words["run"]},
        "students:certificate": {"pk": words["certificate"]},
        "students:campaign_school": {"pk": site.school.pk},
        "students:campaign_class": {"pk": words["pk"].get("students:class")},
        "students:campaign_child": {"slug": words["slug"]},
        "agreement:file": {"pk": words["agreement"]},
        "agreement:findings": {"pk": words["agreement"]},
        "agreement:difference": {"pk": words["difference"]},
        "students:check": {"pk": words["check"]},
        "students:check_workbook": {"pk": words["check"]},
        "students:duplicate": {"pk": words["likeness"]},
        "students:roster_file": {"pk": words["roster_file"]},
        "students:roster_findings": {"pk": words["roster_file"]},
        "students:roster_take": {"pk": words["roster_file"]},
        "students:roster_discard": {"pk": words["roster_file"]},
        "archives:school": {"pk": site.school.pk},
        "archives:school_class": {"pk": words["pk"].get("students:class")},
        "archives:sheet": {"pk": words["pk"].get("students:class"), "kind": "marks"},
        "archives:cross_check": {"pk": words["pk"].get("students:class")},
        "archives:child": {"slug": words["archived"]},
        "archives:marks": {"slug": words["archived"]},
        "archives:enter": {"slug": words["archived"], "kind": "award"},
        "archives:entry": {"pk": words["archive_entry"]},
        "archives:scan": {"pk": words["archive_scan"]},
        "archives:workbook": {"pk": words["archive_book"]},
        "archives:workbook_findings": {"pk": words["archive_book"]},
        "archives:workbook_take": {"pk": words["archive_book"]},
        "archives:workbook_discard": {"pk": words["archive_book"]},
        "students:home_lessons": {"slug": words["at_home"]},
        "students:roster_child": {"slug": words["roster_child"]},
        "students:deferral_new": {"slug": words["roster_child"]},
        "students:deferral_draft": {"number": words["deferral"]},
        "students:assignment_draft": {"number": words["assignment"]},
        "students:intake_completion_class": {"pk": words["junior_class"]},
        "board:pair": words["pair"],
        "board:sheet": words["pair"],
        "board:suspect": words["pair"],
        "board:child": {"slug": words["leaver"]},
        "dropout:handover": {"number": words["dropout"]},
        "dropout:arrival_sheet": {"pk": words["pk"].get("students:class")},
        "dropout:sheet": {"pk": words["pk"].get("students:class")},
        "dropout:child": {"slug": words["slug"]},
        "transfers:draft": {"number": words["number"]},
        "placements:draft": {"number": words["placement"]},
        "closings:draft": {"number": words["closing"]},
        "students:schooling_proof_draft": {"number": words["proof"]},
        "students:ceims_graduates": {"year": 2026},
        "reports:class_sheet": {"pk": words["pk"].get("students:class"), "form": "newcomers_roster"},
        "reports:certificate_sheet": {"pk": site.school.pk, "year": 2026},
        "reports:paper_sheet": {"pk": words["paper"]},
        "reports:child_sheet": {"slug": words["slug"]},
        "reports:lessons_sheet": {"slug": words["at_home"]},
        "reports:printer_keep": {"pk": site.school.pk},
        "reports:printer_test": {"pk": words["printer"]},
        **{f"reports:batch{act}": {"pk": words["print_batch"]} for act in BATCH_ACTS if name == f"reports:batch{act}"},
        "reports:shelf": {"pk": site.school.pk},
        "reports:book": words["open_book"],
        "reports:book_print": words["open_book"],
        "reports:book_workbook": words["open_book"],
        "reports:book_close": words["open_book"],
        "reports:book_part": {"pk": words["book_part"]},
        "reports:book_part_print": {"pk": words["book_part"]},
        "reports:book_part_workbook": {"pk": words["book_part"]},
        "reports:book_file": {"pk": words["book_file"]},
        "reports:blank": {"form": "transfer_contact"},
        "reports:print": {"form": "one_time_notice", "number": words["number"]},
        "reports:print_class": {"form": "consistency_sheet", "pk": words["pk"].get("students:class")},
        "reports:verify": {"token": words["token"]},
        "reports:one_print": {"number": words["print"]},
        "reports:void": {"number": words["print"]},
        "intake:new": {"pk": words["pk"].get("intake:new")},
        "intake:child": {"slug": words["newcomer"]},
        "intake:act": {"slug": words["newcomer"], "act": "sign"},
        "intake:batch": {"number": words["intake_batch"]},
        "intake:overflow": {"number": words["overflow"]},
        "intake:scan": {"pk": words["pk"].get("intake:scan")},
        "reports:print_child": {"form": "basics_form", "number": words["intake_batch"], "slug": words["newcomer"]},
        "supervision:holiday": {"pk": words.get("notice")},
        "supervision:holiday_decide": {"pk": words.get("notice")},
        "supervision:ledger_month": {"code": site.school.code, "month": "2026-08"},
        "supervision:ledger_quarter": {"pk": site.school.bureau_id, "month": "2026-06"},
        "supervision:complaint_draft": {"number": words["complaint"]},
        "supervision:complaint_contact": {"number": words["complaint"]},
        "supervision:order_draft": {"number": words["order"]},
        "supervision:registrar_draft": {"number": words["report"]},
        "supervision:audit_sheet": {"number": words["audit"]},
        "supervision:score_sign": {"year": 2025},
        "supervision:reminder_read": {"pk": words.get("reminder")},
        **{f"exports:{act}": {"pk": words["export"]} for act in ("request", "decide", "make")},
        "exports:take": {"token": "nobody-has-this"},
        "supervision:trail_child": {"slug": words["slug"]},
        "supervision:trail_files": {"slug": words["slug"]},
        "supervision:trail_account": {"pk": words["registrar"]},
        "supervision:trail_anchor": {"day": words.get("anchor")},
        "jobs:progress": {"pk": words["job"]},
        "jobs:cancel": {"pk": words["job"]},
        "students:import_preview": {"pk": words["pk"].get("import")},
        "students:import_findings": {"pk": words["pk"].get("import")},
        "students:import_commit": {"pk": words["pk"].get("import")},
        **dict.fromkeys(IMPORT_PAGES, {"pk": words["pk"].get("import")}),
        "students:returned_list": {"pk": 1},
        "students:roster_marked": {"pk": words["roster_file"]},
        "archives:workbook_marked": {"pk": words["archive_book"]},
        "students:import_batch": {"number": words["batch"]},
        "students:import_discard": {"pk": words["pk"].get("import")},
        "custody:chase": {"pk": site.school.pk},
        "custody:child": {"slug": words["slug"]},
        "custody:slip": {"number": words["slip"]},
        "custody:receive": {"number": words["slip"]},
        "custody:cancel": {"number": words["slip"]},
        "custody:scan": {"number": words["slip"], "pk": words["pk"].get("custody:scan")},
        "custody:scanned": {"token": words["slip_token"]},
        "custody:copy": {"pk": words["pk"].get("custody:copy")},
        "custody:graduate_copy": {"pk": words["pk"].get("custody:graduate_copy")},
        "reports:handover_slip": {"number": words["slip"]},
        "evidence:of_child": {"slug": words["slug"]},
        "evidence:of_case": {"number": words["number"]},
        "evidence:pack": {"number": words["pack"]},
        "evidence:download": {"number": words["pack"]},
    }.get(name, {})


BODY = {
    "students:import_repair": {"cell": "C2"},
    "exports:decide": {"act": "approve"},
    "reports:printer_keep": {"name": "教务处", "right": "1.0", "down": "0"},
    "agreement:difference": {"side": "ceims", "note": "户口簿"},
    "students:duplicate": {"same": "no", "ground": "两本户口簿"},
    "intake:batch": {"act": "propose"},
    "students:number": {"reason": "核对证件"},
    "students:campaign_child": {"act": "confirm", "phone": "13800000000"},
    "students:roster_child": {"act": "log", "kind": "home", "on": "2026-09-15", "who": "李老师", "result": "外出"},
    "students:home_lessons": {"on": "2026-09-15", "who": "李老师", "what": "识字"},
    "approvals:filing": {"filed_on": "2026-09-15"},
    "reports:void": {"reason": "印错"},
    "custody:chase": {"words": "请尽快移交"},
    "supervision:complaint_contact": {"reason": "回访"},
    "evidence:of_child": {"purpose": "督导"},
    "evidence:of_case": {"purpose": "督导"},
    "transfers:new": {"name": "查无此人", "number": "211399201803020013"},
}


# Addresses that ask which figure is meant.
ASKED = {"reports:balance_children": "?book=records&side=close"}


def answer(client, name, method, site):
    url = reverse(name, kwargs=words_for(name, site)) + ASKED.get(name, "")
    return client.post(url, BODY.get(name, {})) if method == "POST" else client.get(url)


def secret_from(role, relation):
    """Whose children this role must never see."""
    if relation == "own":
        return False
    return not (role in BUREAU and relation == "neighbour")


@dataclass(frozen=True)
class Request:
    """One address, asked in one way by somebody of a role about a thing of a place, and what the table says."""

    name: str
    method: str
    role: str
    relation: str
    cell: str

    def __str__(self):
        return f"{self.name} {self.method} {self.role} {self.relation}"


def requests():
    """Every request the table speaks of. An address without a thing in it is asked once: it is the same page."""
    for name, method, cells in rows():
        for role in COLUMNS:
            for relation, cell in zip(RELATIONS, cells[role].split("/"), strict=False):
                yield Request(name, method, role, relation, cell)


def disagreements(world, asked: Request, *, calm=False):
    """What an answer does that the table does not say; `calm`: an error of the page is an answer like another."""
    sites, people = world
    with undone():
        client = client_of(people.get(asked.role))
        client.raise_request_exception = not calm
        response = answer(client, asked.name, asked.method, sites[asked.relation])
    yield from (f"{asked}: {what}" for what in [wrong_status(response, asked.cell, asked.name)] if what)
    yield from (f"{asked}: {what}" for what in leaks(asked.role, sites, response))


def client_of(person) -> Client:
    client = Client()
    if person:
        client.force_login(person)
    return client


def wrong_status(response, cell, name) -> str:
    to_sign_in = response.status_code == 302 and response.url.startswith("/login/") and name != "accounts:logout"
    fits = to_sign_in if cell == "in" else response.status_code in MEANING[cell] and not to_sign_in
    return "" if fits else f"expected {cell}, got {response.status_code}{' to sign in' if to_sign_in else ''}"


def leaks(role, sites, response):
    text = everything(response)
    for relation, site in sites.items():
        hidden = role == "anonymous" or role == "dismissed" or secret_from(role, relation)
        for canary in site.canaries if hidden else ():
            if canary in text:
                yield f"{canary} of {relation} leaked"


def undone():
    """A savepoint that is always rolled back: each row of the table meets the same untouched county."""

    class Undone:
        def __enter__(self):
            self.point = transaction.savepoint()

        def __exit__(self, *_):
            transaction.savepoint_rollback(self.point)
            transaction.set_rollback(False)

    return Undone()


@pytest.fixture(autouse=True)
def quiet():
    """A thousand refusals are expected here: no log record keeps its request alive."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def test_the_table_holds(world):
    found = [what for asked in requests() for what in disagreements(world, asked)]
    assert not found, "\n".join(found)


def test_other_methods_are_refused(world):
    """POST-only addresses refuse GET, GET-only ones refuse POST: no page changes anything when it is looked at."""
    sites, people = world
    allowed = {name: {m for n, m, _ in rows() if n == name} for name, _, _ in rows()}
    client = Client()
    found = []
    for name, methods in allowed.items():
        client.force_login(people["registrar"])
        for method in {"GET", "POST"} - methods:
            with undone():
                status = answer(client, name, method, sites["own"]).status_code
            if status != 405:
                found.append((name, method, status))
    assert found == []


def test_a_search_for_somebody_elses_child_finds_nothing(world):
    """Names, pinyin, numbers of other schools typed into every box find nothing."""
    sites, people = world
    client = Client()
    client.force_login(people["registrar"])
    words = [sites[r].canaries for r in ("neighbour", "foreign")]
    for word, url in itertools.product(set().union(*words), ["/students/", "/cases/", "/search/"]):
        ask = client.post if url == "/search/" else client.get
        response = ask(url, {"q": word, "scope": "all"})
        assert response.status_code in (200, 302)
        text = told(response)
        others = {c for r in ("neighbour", "foreign") for c in sites[r].canaries if word not in c and c not in word}
        seen = [other for other in others if other in text]
        assert not seen, (url, word, seen)
        assert f"/students/{sites['neighbour'].words['slug']}" not in text
