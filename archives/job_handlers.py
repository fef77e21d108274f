"""The long part of an archive workbook: entering what the dry run showed."""

from approvals.errors import Refused
from jianping_xueji.jobs import JobFailed, Run, job
from jianping_xueji.vault import VaultError

from . import workbooks
from .models import ArchiveWorkbook


@job("archives.write", label="登记学籍档案")
def write(run: Run) -> None:
    """Enter a workbook; when the archive has moved meanwhile, show the new dry run instead."""
    book = ArchiveWorkbook.objects.select_related("school", "school_class__school").get(pk=run.arguments["book"])
    run.progress("登记", 0, 1)
    try:
        with run.commit() as result:
            result["url"] = workbooks.write(book, by=run.job.requested_by).get_absolute_url()
    except workbooks.Moved as moved:
        ArchiveWorkbook.objects.filter(pk=book.pk).update(job_id=None)
        book.job_id = None
        workbooks.keep_preview(book, moved.judged)
        raise JobFailed(" ".join(moved.sentences)) from moved
    except Refused as refusal:
        raise JobFailed(" ".join(refusal.sentences)) from refusal
    except VaultError as fault:
        raise JobFailed("保存的工作簿无法读取，请重新上传。") from fault
