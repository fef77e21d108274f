"""Books that are too large to wait for: laid out by a worker, in pieces, with progress; the file is kept."""

from collections.abc import Callable

from django.urls import reverse

from accounts.policies import Powers
from accounts.roles import WORKS_ON_RECORDS
from jianping_xueji.jobs import JobFailed, Run, job
from schools.models import School

from ..errors import PrintRefused
from .closing import JOB, live_scope
from .keeping import keeper_of
from .kinds import BOOKS
from .models import BookFile, BookPart
from .periods import period_of
from .printing import Laid, keep_file, lay_out_kept, lay_out_part


@job(JOB, label="打印学籍簿册")
def print_book(run: Run) -> None:
    """Lay a book out and keep its file: a closed one once for all, an open one for whoever asked."""
    by, part = run.job.requested_by, None
    if pk := run.arguments.get("part"):
        part = BookPart.objects.select_related("book__school", "school", "made_by", "checked_by").get(pk=pk)
        if kept := BookFile.objects.filter(part=part).first():
            return {"url": url_of(kept)}
    try:
        laid = laid_part(run, part, by) if part else laid_open(run, by)
    except PrintRefused as refusal:
        raise JobFailed(" ".join(refusal.sentences)) from refusal
    with run.commit() as result:
        result["url"] = url_of(keep_file(laid, by=by, part=part))
    return None


def url_of(kept: BookFile) -> str:
    return (
        reverse("reports:book_part", args=[kept.part_id])
        if kept.part_id
        else reverse("reports:book_file", args=[kept.pk])
    )


def address_on(site: str) -> Callable[[str], str]:
    """The absolute address of a genuineness page, on the site where the book was asked for."""
    return lambda token: f"{site.rstrip('/')}{reverse('reports:verify', args=[token])}"


def laid_part(run: Run, part: BookPart, by) -> Laid:
    say = progress_of(run)
    return lay_out_part(part, by=by, address_of=address_on(run.arguments["site"]), progress=say)


def laid_open(run: Run, by) -> Laid:
    asked = run.arguments
    school, what = School.objects.select_related("bureau").get(pk=asked["school"]), BOOKS[asked["kind"]]
    keeper, powers = keeper_of(school.pk), Powers.of(by)
    if not any(powers.on(right, keeper) for right in WORKS_ON_RECORDS):
        raise JobFailed("您已没有打印这所学校簿册的权限。")
    scope = live_scope(school, what, period_of(asked["year"], asked["term"]))
    run.progress("读取学籍", 0, 0)
    given = {"by": by, "address_of": address_on(asked["site"]), "progress": progress_of(run)}
    return lay_out_kept(what, scope, what.read(scope), **given)


def progress_of(run: Run) -> Callable[[int, int], None]:
    return lambda done, total: run.progress("排版", done, total)
