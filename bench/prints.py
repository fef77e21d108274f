"""Forms on paper: a batch in two workers, against one document per call and against Chromium on the same layout.

1,000 filled 学生基本信息表 laid out in parts of twenty by two processes (as two workers do), the peak memory of each; a
run of 3,000 the same way, merged, whose memory must stay flat; the first print of a fresh process, imports included.
`PRINTS_FORMS`, `PRINTS_CARDS` make a smaller run. Ours against each other way is pages a second, in one run.
Run: bin/bench prints
"""

import json
import os
import resource
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

from clone import scratch_database
from measuring import RESULTS

FORMS_RUN = int(os.environ.get("PRINTS_FORMS", 1000))
CARDS_RUN = int(os.environ.get("PRINTS_CARDS", 3000))
OTHERS = int(os.environ.get("PRINTS_OTHERS", 40))
WORKERS, PART = 2, 20
LEAST_A_SECOND, MOST_MB, FIRST_SECONDS = 8, 500, 2.0
CODE = "basics_form"


def contents(number: int) -> list[dict]:
    """Filled forms of the demo county's children, again from the first when there are too few."""
    from reports.basics_form import basics_of_child
    from students.models import Student

    children = Student.objects.select_related("school__bureau").prefetch_related("numbers", "family")
    filled = [basics_of_child(child, None) for child in children.order_by("pk")[: min(number, 500)]]
    return [filled[n % len(filled)] for n in range(number)]


def context_of(number: int, content: dict) -> dict:
    from django.utils import timezone

    from reports.codes import qr_code
    from reports.fonts import dressed

    row = {"number": f"印2026{number:06d}", "short_code": "AAAA-BBBB", "printed_at": timezone.now()}
    return {"c": dressed(content), "print": row, "qr": qr_code(f"https://xueji.example.gov.cn/verify/{number:022d}/")}


def laid_out(numbered: list[tuple[int, dict]]) -> tuple[bytes, int]:
    """One part as a worker makes it, checked; and the peak memory of this process so far, in MB."""
    from reports.forms import FORMS
    from reports.rendering import render

    pdf = render(FORMS[CODE], *(context_of(number, content) for number, content in numbered))
    return pdf, peak_mb()


def peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def start_worker() -> None:
    import django

    django.setup()


def batch_of(filled: list[dict]) -> tuple[float, list[int], int, int]:
    """Seconds for the whole batch in two workers, merged; the peaks seen part by part; its pages; the merger's MB."""
    from reports.batches.merging import merged

    numbered = list(enumerate(filled, 1))
    parts = [numbered[at : at + PART] for at in range(0, len(numbered), PART)]
    peaks = []

    def files():
        for pdf, peak in pool.map(laid_out, parts):
            peaks.append(peak)
            yield pdf

    with ProcessPoolExecutor(WORKERS, get_context("spawn"), start_worker) as pool:
        list(pool.map(laid_out, [numbered[:1]] * WORKERS))  # both are up and have read their fonts
        started = time.perf_counter()
        _, pages = merged(files())
        return time.perf_counter() - started, peaks, pages, peak_mb()


def one_by_one(filled: list[dict]) -> float:
    """Pages a second with one document per call, checked like ours, in one process."""
    laid_out([(0, filled[0])])
    started = time.perf_counter()
    for number, content in enumerate(filled, 1):
        laid_out([(number, content)])
    return len(filled) / (time.perf_counter() - started)


def by_chromium(filled: list[dict]) -> float | None:
    """Pages a second of Chromium's own print-to-PDF on the same HTML and stylesheet, one browser, one page a call."""
    from django.template.loader import get_template, render_to_string

    from reports.forms import FORMS
    from reports.rendering import STYLESHEET

    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    css, form = get_template(STYLESHEET).template.source, FORMS[CODE]
    pages = [
        render_to_string(form.template, context_of(n, content) | {"form": form, "density": "tightest"}).replace(
            "</head>", f"<style>{css}</style></head>"
        )
        for n, content in enumerate(filled, 1)
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page()
        page.set_content(pages[0])
        page.pdf(prefer_css_page_size=True)
        started = time.perf_counter()
        for html in pages:
            page.set_content(html)
            page.pdf(prefer_css_page_size=True)
        taken = time.perf_counter() - started
        browser.close()
    return len(pages) / taken


def first_print() -> float:
    """Seconds of the first print in a fresh process that has only set Django up."""
    script = (
        "import django, json, sys, time; django.setup(); sys.path.insert(0, '.'); import prints;"
        "content = json.load(sys.stdin); started = time.perf_counter(); prints.laid_out([(1, content)]);"
        "print(time.perf_counter() - started)"
    )
    given = json.dumps(contents(1)[0])
    here = Path(__file__).parent
    path = os.pathsep.join([str(here.parent), str(here)])
    environment = os.environ | {"PYTHONPATH": path}
    said = subprocess.run(
        [sys.executable, "-c", script], input=given, capture_output=True, text=True, check=True, env=environment
    )
    return float(said.stdout.strip().splitlines()[-1])


def measure() -> dict:
    filled = contents(max(FORMS_RUN, CARDS_RUN))
    first = min(first_print() for _ in range(3))
    seconds, peaks, pages, _ = batch_of(filled[:FORMS_RUN])
    ours = pages / seconds
    alone, chromium = one_by_one(filled[:OTHERS]), by_chromium(filled[:OTHERS])
    card_seconds, card_peaks, card_pages, merging = batch_of(filled[:CARDS_RUN])
    third = max(len(card_peaks) // 3, 1)
    return {
        "first_print_seconds": round(first, 2),
        "forms": {"pages": pages, "a_second": round(ours, 2), "peak_mb": max(peaks)},
        "one_document_per_call": {"a_second": round(alone, 2), "ours_times": round(ours / alone, 2)},
        "chromium": chromium and {"a_second": round(chromium, 2), "ours_times": round(ours / chromium, 2)},
        "cards": {
            "pages": card_pages,
            "a_second": round(card_pages / card_seconds, 2),
            "peak_mb_first_third": max(card_peaks[:third]),
            "peak_mb": max(card_peaks),
            "merging_mb": merging,
        },
    }


def main() -> int:
    os.environ["PYTHONPATH"] = os.pathsep.join(
        [str(Path(__file__).resolve().parent.parent), str(Path(__file__).parent)]
    )
    with scratch_database():
        from django.core.management import call_command

        call_command("seed_county", verbosity=0)
        found = measure()
    load = os.getloadavg()[0]
    found |= {"bench": "prints", "on": f"{datetime.now(UTC):%Y-%m-%d}", "load_at_the_end": round(load, 1)}
    print(json.dumps(found, ensure_ascii=False, indent=1))
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "prints.json").write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    kept = {
        f"每秒至少{LEAST_A_SECOND}页": found["forms"]["a_second"] >= LEAST_A_SECOND,
        f"每个进程不超过{MOST_MB} MB": max(found["forms"]["peak_mb"], found["cards"]["peak_mb"]) <= MOST_MB,
        f"启动后首份不超过{FIRST_SECONDS:g}秒": found["first_print_seconds"] <= FIRST_SECONDS,
    }
    for name, held in kept.items():
        print(f"{name}：{'合格' if held else '超限'}")
    return 0 if all(kept.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
