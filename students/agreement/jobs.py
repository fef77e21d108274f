"""The comparison as a job: parsing outside of any transaction, the statements and "done" inside one."""

from jianping_xueji.jobs import JobFailed, Run, job
from jianping_xueji.vault import VaultError

from ..importing.collector import collector_paused
from ..importing.findings import WorkbookRefused
from . import services
from .models import AgreementFile


@job("agreement.compare", label="与全国系统对账")
def compare(run: Run) -> None:
    """Read the export and bring the differences up to date."""
    file = AgreementFile.objects.select_related("bureau", "school").get(pk=run.arguments["file"])
    try:
        with collector_paused():
            reader = services.read(file, run.progress)
            run.progress("比对", 0, len(reader.table.rows))
            with run.commit() as result:
                file = services.carry_out(file, reader)
                result |= services.job_result(file) | {"rows": file.counts["rows"]}
    except WorkbookRefused as refusal:
        services.refuse(file, refusal)
        raise JobFailed(refusal.message) from refusal
    except VaultError as fault:
        raise JobFailed("保存的名册无法读取，请重新上传。") from fault
