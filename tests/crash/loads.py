"""What the county does while its processes are killed: it decides, imports, prints and checks its deadlines.

Each load keeps a ledger of what the site acknowledged, and says afterwards what of it is not there, or only half.
"""

import threading
import time
import traceback
from urllib.parse import urlsplit

from django.db.models import Count
from django.urls import resolve, reverse

from approvals.models import Case, Step
from jianping_xueji import jobs
from jianping_xueji.jobs.models import Job
from reports.batches.models import Batch
from reports.models import Print
from students.models import ImportFile, Student
from tests.county import WAY, hand_for
from tests.crash.visitor import Visitor, patiently
from tests.workbooks import pupil, workbook

PUPILS = 15
ENDED = (Job.State.DONE, Job.State.FAILED, Job.State.CANCELLED)


class Load(threading.Thread):
    """Does one round after the other until it is told to stop."""

    def __init__(self):
        super().__init__(daemon=True)
        self.stopped, self.acknowledged, self.wrong = threading.Event(), [], []

    def goes_on(self) -> bool:
        return not self.stopped.is_set()

    def run(self):
        try:
            while self.goes_on() and self.round():
                pass
        except Exception:
            self.wrong.append(f"{type(self).__name__}: {traceback.format_exc()}")

    def round(self) -> bool:
        """One piece of work; False when there is no more."""
        raise NotImplementedError

    def visitors(self) -> list[Visitor]:
        return []

    def lost(self) -> list[str]:
        """Sentences about what was acknowledged and is not there, or there twice, or half."""
        raise NotImplementedError


class Approvals(Load):
    """Transfers go along their whole way, an act at a time, by eight people."""

    def __init__(self, cases, address):
        super().__init__()
        self.hands = {}
        for case in cases[:1]:
            for action, role, side in WAY:
                self.hands[action] = self.hands.get((role, side)) or Visitor(hand_for(case, role, side), address)
                self.hands[(role, side)] = self.hands[action]
        self.due = [(case.number, action) for action, *_ in WAY for case in cases]

    def visitors(self):
        return list({id(each): each for each in self.hands.values()}.values())

    def round(self):
        if not self.due:
            return False
        number, action = self.due.pop(0)
        path = reverse("approvals:act", args=[number, action])
        status, _, unheard = self.hands[action].post(path, {"opinion": ""}, self.goes_on)
        if status == 302 or (status == 409 and unheard):
            self.acknowledged.append((number, action))
        elif status:
            self.wrong.append(f"{number} {action}: {status} after {unheard} without an answer")
        time.sleep(0.15)
        return True

    def lost(self):
        signed = Counted(Step.objects.values_list("case__number", "action"))
        yield from (f"{each} signed {signed[each]} times" for each in self.acknowledged if signed[each] != 1)
        yield from (f"{each} was signed {times} times" for each, times in signed.items() if times > 1)
        done = {number for number, action in self.acknowledged if action == WAY[-1][0]}
        yield from (
            f"{n} is not done" for n in done - set(Case.objects.filter(state="done").values_list("number", flat=True))
        )


class Counted(dict):
    def __init__(self, values):
        for each in values:
            self[each] = self.get(each, 0) + 1

    def __missing__(self, _):
        return 0


class Imports(Load):
    """One list of new children after the other: read, shown, confirmed, written."""

    def __init__(self, registrar, school, address):
        super().__init__()
        self.visitor, self.school, self.next, self.given_up = Visitor(registrar, address), school, 0, 0

    def visitors(self):
        return [self.visitor]

    def round(self):
        pupils = [pupil(n) for n in range(self.next, self.next + PUPILS)]
        self.next += PUPILS
        file = self.uploaded([each["name"] for each in pupils], workbook(pupils))
        if file and self.settled(file) == "parsed":
            path = reverse("students:import_commit", args=[file])
            status, _, unheard = self.visitor.post(path, {"accept_warnings": "on"}, self.goes_on)
            if status == 302 or (status in (409, 422) and unheard):
                self.acknowledged.append(file)
            elif status:
                self.wrong.append(f"import {file}: {status}, {unheard} unheard")
            self.settled(file)
        return True

    def uploaded(self, names, data) -> int | None:
        from django.core.files.uploadedfile import SimpleUploadedFile

        given = {"school": self.school.pk, "workbook": SimpleUploadedFile("名册.xlsx", data), "kind": "children"}
        while self.goes_on():
            given["workbook"].seek(0)
            status, where, _ = self.visitor.post(reverse("students:import"), given, lambda: False)
            if status == 302:
                return resolve(urlsplit(where).path).kwargs["pk"]
            if status:
                self.wrong.append(f"upload: {status}")
                return None
            time.sleep(0.3)
        return None

    def settled(self, pk: int) -> str:
        """The state of the file once its job has ended."""

        def ended():
            file = ImportFile.objects.get(pk=pk)
            return file.state if Job.objects.get(pk=file.job_id).state in ENDED else ""

        while self.goes_on():
            if state := patiently(ended):
                return state
            time.sleep(0.2)
        return ""

    def lost(self):
        for file in ImportFile.objects.filter(pk__in=self.acknowledged).exclude(state="committed"):
            yield f"import {file.pk} was acknowledged and is {file.state}: {Job.objects.get(pk=file.job_id).error}"
        for file in ImportFile.objects.filter(state="committed").select_related("registration"):
            if (there := file.registration.entries.count()) != PUPILS:
                yield f"import {file.pk} has {there} children"
        written = ImportFile.objects.filter(state="committed").count() * PUPILS
        if (there := Student.objects.filter(school=self.school, status="pending").count()) != written:
            yield f"{there} children came, {written} were imported"


class Prints(Load):
    """The class in grade nine is printed again and again."""

    def __init__(self, registrar, children, address):
        super().__init__()
        self.visitor, self.children = Visitor(registrar, address), children

    def visitors(self):
        return [self.visitor]

    def round(self):
        given = {"form": "consistency_sheet"}
        status, where, _ = self.visitor.post(reverse("reports:batch_start"), given, lambda: False)
        if status == 302:
            batch = resolve(urlsplit(where).path).kwargs["pk"]
            self.acknowledged.append(batch)
            self.settled(batch)
        elif status:
            self.wrong.append(f"prints: {status}")
        time.sleep(0.3)
        return True

    def settled(self, pk: int) -> None:
        while self.goes_on() and patiently(lambda: Batch.objects.get(pk=pk).state) == Batch.State.RUNNING:
            time.sleep(0.3)

    def lost(self):
        for batch in Batch.objects.all():
            if batch.state != Batch.State.DONE and batch.pk in self.acknowledged:
                yield f"batch {batch.pk} is {batch.state}"
            elif batch.state == Batch.State.DONE and batch.pages != len(self.children):
                yield f"batch {batch.pk} has {batch.pages} pages"
        done = sum(each.state == Batch.State.DONE for each in Batch.objects.all())
        printed = Print.objects.values("child").annotate(times=Count("pk")).order_by("child")
        found = {row["child"]: row["times"] for row in printed}
        yield from (
            f"{c} has {found.get(c.pk, 0)} sheets, {done} batches" for c in self.children if found.get(c.pk, 0) != done
        )


class Nights(Load):
    """The nightly check of all deadlines and the reminders, one night after the other."""

    def __init__(self):
        super().__init__()
        self.count = 0

    def round(self):
        self.count += 1
        for kind in ("deadlines.check", "reminders.write"):
            key = f"{kind}:crash:{self.count}"
            pk = patiently(lambda kind=kind, key=key: jobs.start(kind, {}, by=None, key=key).pk)
            self.acknowledged.append(pk)
            while self.goes_on() and patiently(lambda pk=pk: Job.objects.get(pk=pk).state) not in ENDED:
                time.sleep(0.2)
        return True

    def lost(self):
        ended = dict(Job.objects.filter(pk__in=self.acknowledged).values_list("pk", "state"))
        yield from (f"night {pk} is {ended.get(pk)}" for pk in self.acknowledged if ended.get(pk) != Job.State.DONE)
