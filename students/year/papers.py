"""What is done with the papers of graduates: results, numbers, seal, issue and collection (第三十二条)."""

from datetime import date

from django.db import IntegrityError, transaction

from accounts.policies import may
from approvals.errors import NotYourHand, Refused
from approvals.services import open_case
from law import clock
from schools.models import Bureau

from ..importing.child_lists import Judged
from ..models.certificate import Certificate
from ..models.child import Student
from .assessment import Assessment, AssessmentRow
from .services import MAKES, bureau_of


def content_of_results(judged: Judged, year: int, file_name: str) -> dict:
    """What a dry run of results is remembered by."""
    lines = [[child.pk, line.passed, line.score[:60], line.row] for line, child in judged.good]
    return {"year": year, "file_name": file_name, "lines": lines}


@transaction.atomic
def open_assessment(content: dict, *, by) -> Assessment:
    """Open the case of the bureau about all lines of a dry run. Raises NotYourHand, Refused."""
    bureau = bureau_of(by, MAKES)
    children = {c.pk: c for c in Student.objects.filter(pk__in=[line[0] for line in content["lines"]])}
    if not children:
        raise Refused("没有可以登记的行。")
    first = bureau.school_set.order_by("pk").first()
    case = open_case(
        Assessment,
        by=by,
        lead=first,
        children=[],
        state=Assessment.State.DRAFT,
        year=content["year"],
        file_name=content["file_name"][-120:],
    )
    AssessmentRow.objects.bulk_create(
        [
            AssessmentRow(case=case, child=children[pk], passed=passed, score=score, sheet_row=row)
            for pk, passed, score, row in content["lines"]
        ],
        batch_size=1000,
    )
    return case


def content_of_numbers(judged: Judged, year: int) -> dict:
    return {"year": year, "lines": [[paper.pk, line.certificate] for line, paper in judged.good]}


@transaction.atomic
def give_numbers(content: dict, *, by) -> int:
    """Write the city's numbers on the papers of a dry run. Raises NotYourHand, Refused."""
    bureau = bureau_of(by, MAKES)
    numbers = dict(content["lines"])
    papers = list(
        Certificate.objects.standing()
        .select_for_update()
        .filter(pk__in=numbers, school__bureau=bureau, kind=Certificate.Kind.GRADUATION, collected_on=None)
        .order_by("pk")
    )
    for paper in papers:
        paper.number = numbers[paper.pk]
    try:
        with transaction.atomic():
            # Numbers that change hands within the list are laid down first.
            Certificate.objects.filter(pk__in=numbers, collected_on=None).update(number="")
            Certificate.objects.bulk_update(papers, ["number"], batch_size=1000)
    except IntegrityError as error:
        raise Refused("有编号刚刚登记给其他学生，本次没有写入，请重新上传核对（第三十二条）。") from error
    return len(papers)


@transaction.atomic
def seal_batch(bureau: Bureau, year: int, *, by, sealed_on: date, issued_on: date) -> int:
    """验印 and 发证 of every numbered paper of the year not yet collected. Raises NotYourHand, Refused."""
    if bureau_of(by, MAKES) != bureau:
        raise NotYourHand("验印由本教育局的经办人员登记（第三十二条）。")
    if sealed_on > clock.today() or issued_on < sealed_on:
        raise Refused("验印日期不能晚于今日，发证日期不能早于验印日期（第三十二条）。")
    papers = Certificate.objects.standing().filter(school__bureau=bureau, year=year, kind=Certificate.Kind.GRADUATION)
    return papers.filter(collected_on=None).exclude(number="").update(sealed_on=sealed_on, issued_on=issued_on)


@transaction.atomic
def hand_out(paper: Certificate, *, by, collected_by: str, collected_on: date) -> Certificate:
    """The signature of whoever collects a paper. Raises NotYourHand, Refused."""
    if not may(by, "make_change", paper.school_id):
        raise NotYourHand("证书由发证学校的学籍管理员发放登记（第三十二条）。")
    paper = Certificate.objects.select_for_update().get(pk=paper.pk)
    if paper.voided:
        raise Refused("本证书已随毕业撤销作废，不能发放（第三十二条）。")
    if paper.collected_on:
        raise Refused(f"本证书已由{paper.collected_by}于{paper.collected_on:%Y年%-m月%-d日}领取（第三十二条）。")
    if not paper.number:
        raise Refused("本证书还没有编号，请待教育局导入市里下发的证书编号后再发放（第三十二条）。")
    if paper.issued_on is None:
        raise Refused("本证书还没有登记验印和发证日期，请待教育局登记后再发放（第三十二条）。")
    if not paper.issued_on <= collected_on <= clock.today():
        raise Refused(f"签收日期应在发证日期{paper.issued_on:%Y年%-m月%-d日}至今日之间。")
    paper.collected_by, paper.collected_on = collected_by.strip(), collected_on
    paper.save(update_fields=["collected_by", "collected_on"])
    return paper
