"""The long part of printing: the parts of a batch, and binding them."""

from jianping_xueji.jobs import Run, job

from .binding import bind
from .laying import lay_out_part
from .models import Batch, BatchPart


@job("print.part", label="批量打印")
def part(run: Run) -> None:
    found = BatchPart.objects.select_related("batch__requested_by").get(pk=run.arguments["part"])
    if not found.stored_name:
        lay_out_part(run, found)


@job("print.bind", label="合成打印文件")
def whole(run: Run) -> None:
    found = Batch.objects.select_related("requested_by").get(pk=run.arguments["batch"])
    if not found.finished_at:
        bind(run, found)
