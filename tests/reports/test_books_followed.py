"""第十一条第二款：学校撤并，簿册由接收学校保管——原校名、编号、字节都不变."""

import io
from datetime import date

import openpyxl
import pytest
from django.urls import reverse

from accounts.roles import Role
from approvals.services import perform
from jianping_xueji.jobs.engine import execute
from jianping_xueji.jobs.models import Job
from law import clock
from reports.books.keeping import keeper_of, shelved_at
from reports.books.models import BookClosing, BookFile, BookPart
from schools.models import School
from students.models import Look, Student
from tests.changes import decided
from tests.county import make_school, papers_in_order, staff_member
from tests.reports.books import AUTUMN_ENDS, DAY, SPRING_ENDS, begun, closed, people_of, printed_bytes
from tests.reports.conftest import keep
from tests.reports.test_books_closing import lines_of, moved
from transfers.closing_services import start_closing
from transfers.models import SchoolClosing

MERGED = date(2027, 5, 10)


def merged(school, receiving, *, on):
    """A school merged into another, by the bureau and its leader."""
    clerk = staff_member(Role.BUREAU_CLERK, school.bureau)
    with clock.at(on):
        given = {"manner": "merged", "receiving": receiving, "closes_on": on, "document": "建政发〔2027〕3号"}
        case = start_closing(school, by=clerk, **given)
        papers_in_order(case, clerk)
        return decided(case)


def digests() -> dict[str, tuple]:
    """Everything of the closed books by which a loss would show."""
    files = dict(BookFile.objects.values_list("part__number", "sha256"))
    return {p.number: (p.digest, p.school_name, p.lines_count, files.get(p.number)) for p in BookPart.objects.all()}


@pytest.fixture
def kept(no1, no2, child_at):
    """Closed books of the first school, one of them with a transfer, printed once."""
    child_at(no1, grade=1, name="样例新")
    moved(child_at(no1, grade=3, name="样例乙"), no2)
    parts = [closed(no1, kind) for kind in ("newcomers", "movements", "transfers")]
    for part in parts:
        printed_bytes(part)
    return parts


def test_books_follow_to_the_receiving_school_and_nothing_is_lost(no1, no2, kept, client):
    before, bytes_before = digests(), [printed_bytes(part) for part in kept]
    merged(no1, no2, on=MERGED)
    assert digests() == before and keeper_of(no1.pk) == no2.pk
    assert [school.pk for school in shelved_at(no2)] == [no2.pk, no1.pk]
    assert [printed_bytes(part, by=people_of(no2)[0]) for part in kept] == bytes_before
    with clock.at(MERGED + DAY):
        client.force_login(people_of(no2)[0])
        page = client.get(reverse("reports:shelf", args=[no2.pk])).content.decode()
        assert all(part.number in page for part in kept) and "建平县第一小学" in page
        shown = client.get(reverse("reports:book_part", args=[kept[0].pk]))
        assert shown.status_code == 200 and "建平县第一小学" in shown.content.decode()
        paper = client.post(reverse("reports:book_part_print", args=[kept[0].pk]))
        assert paper.getvalue() == bytes_before[0]


def test_the_last_book_of_a_merged_school_is_closed_by_the_school_that_took_it_over(no1, no2, kept):
    merged(no1, no2, on=MERGED)
    last = closed(no1, "movements", term=2, until=MERGED)
    assert last.school == no1 and last.case.lead_school == no2 and last.made_by == people_of(no2)[0]
    assert last.figures["records"]["closing"] == 0 and last.number.startswith(no1.code)
    assert [line["kind"] for line in lines_of(last)] == ["减 学校撤并移出"]
    taken = closed(no2, "movements", until=AUTUMN_ENDS)
    assert taken.number.startswith(no2.code)


def test_a_closing_that_is_running_goes_over_and_still_speaks_of_the_old_school(no1, no2, kept):
    case = begun(no1, "newcomers", amendment=1, reason="更正") if Student.objects.update(name="改名") else None
    merged(no1, no2, on=MERGED)
    case = BookClosing.objects.get(pk=case.pk)
    assert case.lead_school == no2 and case.book.school == no1
    with clock.at(MERGED + DAY):
        case = perform(case, "submit", by=staff_member(Role.REGISTRAR, no2))
        perform(case, "approve", by=staff_member(Role.HEADMASTER, no2))
    assert BookPart.objects.get(case=case).school_name == "建平县第一小学"


def test_books_go_on_from_keeper_to_keeper_and_back_when_a_merger_is_undone(no1, no2, no3, kept):
    case = merged(no1, no2, on=MERGED)
    with clock.at(MERGED + DAY):
        perform(case, "undo", by=staff_member(Role.BUREAU_LEADER, no1.bureau), opinion="批文撤回")
    assert keeper_of(no1.pk) == no1.pk
    merged(no1, no2, on=MERGED + 2 * DAY)
    merged(no2, no3, on=MERGED + 3 * DAY)
    assert keeper_of(no1.pk) == no3.pk
    assert {school.pk for school in shelved_at(no3)} == {no1.pk, no2.pk, no3.pk}
    assert SchoolClosing.objects.count() == 3


# ── pages and files ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_shelf_says_what_is_closed_due_and_ahead(client, no1, child_at):
    child_at(no1, grade=1)
    part = closed(no1, "newcomers")
    with clock.at(SPRING_ENDS):
        client.force_login(people_of(no1)[0])
        page = client.get(reverse("reports:shelf", args=[no1.pk]))
        states = {(s["title"], s["period"]): s["state"] for s in page.context["shelves"][0]["slots"]}
        assert states["新生花名册", "全学年"] == "closed" and part.number in page.content.decode()
        assert states["转学联系表", "第一学期"] == "due"
        assert client.get(reverse("reports:books")).url == reverse("reports:shelf", args=[no1.pk])
    client.force_login(people_of(no1)[0])
    slots = client.get(reverse("reports:shelf", args=[no1.pk])).context["shelves"][0]["slots"]
    assert {s["period"]: s["state"] for s in slots}["第二学期"] == "ahead"


def test_the_board_finds_a_school_under_its_old_name(client, bureau, no1, no2, kept):
    merged(no1, no2, on=MERGED)
    client.force_login(staff_member(Role.BUREAU_CLERK, bureau))
    with clock.at(SPRING_ENDS):
        page = client.get(f"{reverse('reports:books')}?q=第一小学")
        assert [row["school"] for row in page.context["rows"]] == [no1]
        missing = client.get(f"{reverse('reports:books')}?missing=1").context["rows"]
        assert {row["school"] for row in missing} == {no1, no2} and all(row["missing"] for row in missing)
        shelf = client.get(reverse("reports:shelf", args=[no1.pk])).content.decode()
        assert "由" in shelf and "建平县第二小学" in shelf


def test_a_book_from_the_shelf_to_the_closed_page(client, no1, child_at):
    """The registrar previews, prints, closes; the headmaster signs; the page then shows number and digest."""
    child = child_at(no1, grade=1, name="样例新")
    registrar, head = people_of(no1)
    address = [no1.pk, "newcomers", 2026, 1]
    with clock.at(AUTUMN_ENDS + DAY):
        client.force_login(registrar)
        page = client.get(reverse("reports:book", args=address)).content.decode()
        assert "样例新" in page and child.id_number.plain() not in page
        paper = client.post(reverse("reports:book_print", args=address))
        assert paper["Content-Type"] == "application/pdf"
        form = reverse("reports:book_close", args=address)
        assert client.get(form).status_code == 200
        refused = client.post(form, {"until": "2027-03-01"})
        assert refused.status_code == 422 and "还没有过完" in refused.content.decode()
        started = client.post(form, {"until": "2027-02-28"})
        case = BookClosing.objects.get()
        assert started.url == case.get_absolute_url() and client.get(started.url).status_code == 200
        client.post(reverse("approvals:act", args=[case.number, "submit"]))
        client.force_login(head)
        assert client.get(case.get_absolute_url()).status_code == 200
        done = client.post(reverse("approvals:act", args=[case.number, "approve"]))
        assert done.status_code == 302
        part = BookPart.objects.get()
        shown = client.get(reverse("reports:book_part", args=[part.pk])).content.decode()
        assert part.digest in shown and part.number in shown and child.id_number.plain() not in shown
        assert client.get(reverse("reports:book", args=address)).url == reverse("reports:book_part", args=[part.pk])


def test_workbooks_hold_text_and_leave_one_look(client, no1, child_at):
    child = child_at(no1, grade=1, name="=1+1", home_address="@SUM(A1)")
    part = closed(no1, "newcomers")
    client.force_login(people_of(no1)[0])
    with clock.at(AUTUMN_ENDS + DAY):
        answer = client.post(reverse("reports:book_part_workbook", args=[part.pk]))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    heads, row = ([cell for cell in line] for line in sheet.iter_rows())
    cells = dict(zip([cell.value for cell in heads], row, strict=True))
    assert cells["姓名"].value == "=1+1" and {cell.data_type for cell in row if cell.value} == {"s"}
    assert cells["身份证件号"].value == child.id_number.plain() and cells["班级"].value == "一年级1班"
    (look,) = Look.objects.filter(kind=Look.Kind.FILE)
    assert part.number in look.reason and look.user == people_of(no1)[0]


@pytest.mark.parametrize("kind", ["movements", "cards", "transfers"])
def test_an_open_book_as_a_workbook(client, no1, no2, child_at, kind):
    moved(child_at(no1, grade=3, name="样例乙"), no2)
    child_at(no1, grade=3, name="样例丙")
    client.force_login(people_of(no1)[0])
    term = 2 if kind == "cards" else 1
    with clock.at(SPRING_ENDS):
        answer = client.post(reverse("reports:book_workbook", args=[no1.pk, kind, 2026, term]))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert "样例乙" in {cell.value for line in sheet.iter_rows() for cell in line}


def test_a_stranger_sees_no_book_and_a_looker_on_takes_none_away(client, no1, no3, bureau, child_at):
    child_at(no1, grade=1)
    part = closed(no1, "newcomers")
    pages = [
        reverse("reports:shelf", args=[no1.pk]),
        reverse("reports:book", args=[no1.pk, "cards", 2026, 2]),
        reverse("reports:book_part", args=[part.pk]),
    ]
    papers = [reverse(f"reports:book_part_{what}", args=[part.pk]) for what in ("print", "workbook")]
    with clock.at(SPRING_ENDS):
        client.force_login(staff_member(Role.REGISTRAR, no3))
        assert {client.get(url).status_code for url in pages} == {404}
        assert {client.post(url).status_code for url in papers} == {404}
        client.force_login(staff_member(Role.AUDITOR, bureau))
        assert {client.get(url).status_code for url in pages} == {200}
        assert {client.post(url).status_code for url in papers} == {403}
        close = reverse("reports:book_close", args=[no1.pk, "cards", 2026, 2])
        assert client.get(close).status_code == 403
    assert not BookFile.objects.exists()


def test_there_is_no_book_of_another_kind_term_or_year(client, no1):
    client.force_login(people_of(no1)[0])
    for address in (["nothing", 2026, 1], ["cards", 2026, 1], ["movements", 2027, 1], ["movements", 2019, 1]):
        assert client.get(reverse("reports:book", args=[no1.pk, *address])).status_code == 404


def test_a_large_book_is_printed_by_a_job_and_kept(client, no1, child_at, monkeypatch):
    from reports.books import printing

    monkeypatch.setattr(printing, "MOST_PAGES", 1)
    child_at(no1, grade=3, name="样例甲")
    registrar, head = people_of(no1)
    client.force_login(registrar)
    with clock.at(SPRING_ENDS):
        page = client.post(reverse("reports:book_print", args=[no1.pk, "cards", 2026, 2]))
        assert "正在打印" in page.content.decode()
        job = Job.objects.get(kind="reports.book")
        assert execute(job.pk) == "done"
        job.refresh_from_db()
        paper = client.get(job.result_url)
        assert paper["Content-Type"] == "application/pdf" and (content := paper.getvalue()).startswith(b"%PDF")
        keep("book-cards-open-by-job", content)
        client.force_login(staff_member(Role.REGISTRAR, make_school(no1.bureau, 9, "第九小学")))
        assert client.get(job.result_url).status_code == 404


def test_the_job_of_a_closing_makes_the_one_file(client, no1, child_at, monkeypatch):
    from reports.books import printing

    monkeypatch.setattr(printing, "MOST_PAGES", 0)
    child_at(no1, grade=1, name="样例新")
    part = closed(no1, "newcomers", site="https://xueji.example/")
    client.force_login(people_of(no1)[0])
    with clock.at(AUTUMN_ENDS + DAY):
        waiting = client.post(reverse("reports:book_part_print", args=[part.pk]))
        assert "正在打印" in waiting.content.decode() and not BookFile.objects.exists()
        assert execute(Job.objects.filter(kind="reports.book").earliest("pk").pk) == "done"
        first = client.post(reverse("reports:book_part_print", args=[part.pk])).getvalue()
    assert first == printed_bytes(part) and School.objects.get(pk=no1.pk)
    for job in Job.objects.filter(kind="reports.book", state="queued"):
        assert execute(job.pk) == "done"
    assert BookFile.objects.count() == 1
