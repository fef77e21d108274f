"""The long parts of an import: reading a workbook, and writing what was confirmed."""

from django.urls import reverse

from approvals.errors import Refused
from jianping_xueji.jobs import JobFailed, Run, job
from jianping_xueji.vault import VaultError
from students.agreement import jobs as _agreement  # noqa: F401 — registers its own
from students.duplicates import jobs as _duplicates  # noqa: F401 — registers its own
from students.importing import choosing, service
from students.importing.planning import make_plan
from students.models import ImportFile, RosterFile
from students.problems.detection import detect_county
from students.roster import taking
from students.year import jobs as _year  # noqa: F401 — registers its own


def _file_of(run: Run) -> ImportFile:
    return ImportFile.objects.select_related("school").get(pk=run.arguments["file"])


def _content(file) -> bytes:
    try:
        return file.content()
    except VaultError as fault:
        raise JobFailed("保存的名册无法读取，请重新上传。") from fault


def _parsed(file: ImportFile, run: Run):
    """The file as understood, by what people have said of its columns."""
    choice = choosing.choice_of(file)
    return service.read(_content(file), file.school, phase=run.progress, choice=choice, partial=file.partial)


def _unless_given_up(file: ImportFile) -> ImportFile:
    """The row, locked; somebody may have given the upload up while it was read."""
    file = ImportFile.objects.select_for_update().get(pk=file.pk)
    if not file.may_be_given_up:
        raise JobFailed("这份名册已放弃。")
    return file


@job("import.read", label="读取名册")
def read(run: Run) -> None:
    """Read the upload, compare it with the records, keep the preview."""
    file = _file_of(run)
    parsed = _parsed(file, run)
    plan = make_plan(parsed, file.school, run.progress)
    with run.commit() as result:
        service.keep_preview(_unless_given_up(file), parsed, plan)
        result["url"] = file.get_absolute_url()


@job("import.commit", label="提交名册")
def commit(run: Run) -> None:
    """Write what the preview showed; when the records have moved meanwhile, show the new preview instead."""
    file = _file_of(run)
    parsed = _parsed(file, run)
    choices = {name: bool(run.arguments.get(name)) for name in ("accept_warnings", "only_good")}
    try:
        with run.commit() as result:
            done = service.commit(file, parsed, by=run.job.requested_by, tell=run.progress, **choices)
            result["url"] = done.registration.get_absolute_url() if done.registration else file.get_absolute_url()
    except service.PlanChanged as changed:
        service.keep_preview(file, parsed, changed.plan)
        raise JobFailed(" ".join(changed.sentences)) from changed
    except Refused as refusal:
        raise JobFailed(" ".join(refusal.sentences)) from refusal


@job("problems.detect", label="核查问题学籍")
def detect_problems(run: Run) -> None:
    """Look at every child of the county."""
    run.progress("核查", 0, 1)
    with run.commit() as result:
        detect_county()
        result["url"] = reverse("students:problems")


@job("roster.write", label="适龄儿童入册")
def write_roster(run: Run) -> None:
    """Put a long list on the roster; when the roster has moved meanwhile, show the new dry run instead."""
    file = RosterFile.objects.select_related("bureau").get(pk=run.arguments["file"])
    run.progress("写入", 0, 1)
    try:
        with run.commit() as result:
            result["url"] = taking.write(file, by=run.job.requested_by).get_absolute_url()
    except taking.Moved as moved:
        taking.keep_preview(file, moved.plan)
        raise JobFailed(" ".join(moved.sentences)) from moved
    except Refused as refusal:
        raise JobFailed(" ".join(refusal.sentences)) from refusal
    except VaultError as fault:
        raise JobFailed("保存的名册无法读取，请重新上传。") from fault
