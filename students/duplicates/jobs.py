"""The search as a job: pairs, scores with progress, one transaction that writes."""

from django.urls import reverse

from jianping_xueji.jobs import Run, job

from . import finding


@job("duplicates.find", label="查找疑似重复学籍")
def find(run: Run) -> None:
    """Look at every child of the county."""
    run.progress("取出相近的学籍", 0, 0)
    pairs = finding.candidates()
    found = finding.scored(pairs, lambda done, total: run.progress("逐对比较", done, total))
    with run.commit() as result:
        result |= finding.tell(found)
        result["url"] = reverse("students:duplicates")
