"""Forms on paper: a batch in two workers, against one document per call and against Chromium on the same layout.

1,000 filled 学生基本信息表 laid out in parts of twenty by two processes, as two workers do, the peak of each; the
学籍卡 of 3,000 children the same way, both on two sides of a leaf; then one of the two puts all parts together on the
disk, under seal, and reads the file again: no worker's memory grows by a tenth after its third part, nor beyond its
limit by that; the first print of a fresh process, imports included. `PRINTS_FORMS`, `PRINTS_CARDS`, `PRINTS_OTHERS`
make a smaller run; the whole takes some ten minutes on an idle machine of two cores. Ours against each other way is
pages a second, in one run, for both papers.
Run: bin/bench prints
"""

import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from types import SimpleNamespace

from clone import scratch_database
from measuring import RESULTS, peak_mb

FORMS_RUN = int(os.environ.get("PRINTS_FORMS", 1000))
CARDS_RUN = int(os.environ.get("PRINTS_CARDS", 3000))
OTHERS = int(os.environ.get("PRINTS_OTHERS", 40))
WORKERS, PART, THIRD = 2, 20, 3
LEAST_A_SECOND, MOST_MB, MOST_GROWTH, FIRST_SECONDS = 8, 500, 1.1, 2.0
FORM, CARD, SIDES = "basics_form", "registry_card", 2
PLACE = "bench.prints"
Numbered = list[tuple[int, dict]]


def contents(code: str, number: int) -> Numbered:
    """Numbered papers of the demo county's children, again from the first when there are too few."""
    from reports.batches.papers import Seated
    from reports.forms import FORMS
    from students.models import Placement

    places = Placement.objects.filter(ends=None, enrolment__voided=False).order_by("enrolment__student")
    seated = Seated.of(places.values_list("enrolment__student", flat=True)[: min(number, 300)])
    of_child = FORMS[code].of_child
    filled = [of_child(child, seated.classes[pk]) for pk, child in seated.children.items()]
    return [(n + 1, filled[n % len(filled)]) for n in range(number)]


def context_of(number: int, content: dict) -> dict:
    from django.utils import timezone

    from reports.codes import qr_code
    from reports.fonts import dressed

    row = SimpleNamespace(number=f"印2026{number:06d}", short_code="AAAA-BBBB", printed_at=timezone.now(), blank=False)
    return {"c": dressed(content), "print": row, "qr": qr_code(f"https://xueji.example.gov.cn/verify/{number:022d}/")}


def laid_out(code: str, key: bytes, numbered: Numbered) -> tuple:
    """One part as a worker makes it, checked and kept; which process made it, and its peak memory so far, in MB."""
    from jianping_xueji.vault import files
    from reports.batches.chunks import chunks_of
    from reports.batches.merging import merged
    from reports.forms import FORMS

    pdf = merged(chunks_of((FORMS[code], context_of(number, content)) for number, content in numbered))
    return files.store(key, pdf, PLACE), os.getpid(), peak_mb()


def put_together(key: bytes, parts: list) -> dict:
    """The parts as one file on the disk, and that file read again, by a process that has laid out before."""
    from jianping_xueji.vault import files
    from jianping_xueji.vault.growing import growing, pieces
    from reports.batches.merging import merge

    before = peak_mb()
    with growing(key, PLACE) as file:
        pages = merge((files.load(key, part.name, PLACE, part.sha256) for part in parts), file)
    kept = file.stored
    size = sum(map(len, pieces(key, kept.name, PLACE, kept.sha256)))
    return {"pages": pages, "kb": size / 1024, "merging_mb": peak_mb(), "merging_mb_more": peak_mb() - before}


def start_worker() -> None:
    import django

    django.setup()


def batch_of(code: str, numbered: Numbered) -> dict:
    """The whole batch in two workers, then put together by one of them: pages a second, and what each held at most."""
    from jianping_xueji.vault import new_child_key

    parts, key = [numbered[at : at + PART] for at in range(0, len(numbered), PART)], new_child_key()
    peaks, kept = defaultdict(list), []
    with ProcessPoolExecutor(WORKERS, get_context("spawn"), start_worker) as pool:
        # Both are up and have read their fonts.
        list(pool.map(laid_out, [code] * WORKERS, [key] * WORKERS, [numbered[:1]] * WORKERS))
        started = time.perf_counter()
        for stored, worker, peak in pool.map(laid_out, [code] * len(parts), [key] * len(parts), parts):
            peaks[worker].append(peak)
            kept.append(stored)
        whole = pool.submit(put_together, key, kept).result()
        seconds = time.perf_counter() - started
    return {
        "papers": len(numbered),
        "pages": whole["pages"],
        "a_second": round(whole["pages"] / seconds, 2),
        "peak_mb_third_part": max(its[:THIRD][-1] for its in peaks.values()),
        "peak_mb": max(its[-1] for its in peaks.values()),
        "parts_a_worker": max(map(len, peaks.values())),
        "merging_mb": whole["merging_mb"],
        "merging_mb_more": whole["merging_mb_more"],
        "file_kb_a_page": round(whole["kb"] / whole["pages"], 1),
    }


def one_by_one(code: str, numbered: Numbered) -> float:
    """Pages a second with one document per call, checked like ours, in one process."""
    from reports.forms import FORMS
    from reports.rendering import render

    form = FORMS[code]
    render(form, context_of(*numbered[0]))
    started = time.perf_counter()
    sizes = [len(render(form, context_of(number, content))) for number, content in numbered]
    return len(sizes) * SIDES / (time.perf_counter() - started)


def by_chromium(code: str, numbered: Numbered) -> float | None:
    """Pages a second of Chromium's own print-to-PDF on the same HTML and stylesheet, one browser, one paper a call."""
    from django.template.loader import get_template, render_to_string

    from reports.forms import FORMS
    from reports.styling import STYLESHEET

    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    css, form = get_template(STYLESHEET).template.source, FORMS[code]
    papers = [
        render_to_string(form.template, context_of(number, content) | {"form": form, "density": ""}).replace(
            "</head>", f"<style>{css}</style></head>"
        )
        for number, content in numbered
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page()
        page.set_content(papers[0])
        page.pdf(prefer_css_page_size=True)
        started = time.perf_counter()
        for html in papers:
            page.set_content(html)
            page.pdf(prefer_css_page_size=True)
        taken = time.perf_counter() - started
        browser.close()
    return len(papers) * SIDES / taken


def against_others(code: str, numbered: Numbered) -> dict:
    """Ours in two workers, and how many times as fast as each other way."""
    ours = batch_of(code, numbered)
    others = {
        "one_document_per_call": one_by_one(code, numbered[:OTHERS]),
        "chromium": by_chromium(code, numbered[:OTHERS]),
    }
    return ours | {
        name: speed and {"a_second": round(speed, 2), "ours_times": round(ours["a_second"] / speed, 2)}
        for name, speed in others.items()
    }


def first_print() -> float:
    """Seconds of the first print in a fresh process that has only set Django up."""
    script = (
        "import django, json, sys, time; django.setup(); sys.path.insert(0, '.'); import prints;"
        "from jianping_xueji.vault import new_child_key; key = new_child_key();"
        "content = json.load(sys.stdin); started = time.perf_counter();"
        "prints.laid_out(prints.FORM, key, [(1, content)]);"
        "print(time.perf_counter() - started)"
    )
    given = json.dumps(contents(FORM, 1)[0][1])
    here = Path(__file__).parent
    path = os.pathsep.join([str(here.parent), str(here)])
    environment = os.environ | {"PYTHONPATH": path}
    said = subprocess.run(
        [sys.executable, "-c", script], input=given, stdout=subprocess.PIPE, text=True, check=True, env=environment
    )
    return float(said.stdout.strip().splitlines()[-1])


def measure() -> dict:
    return {
        "first_print_seconds": round(min(first_print() for _ in range(3)), 2),
        "forms": against_others(FORM, contents(FORM, FORMS_RUN)),
        "cards": against_others(CARD, contents(CARD, CARDS_RUN)),
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
    runs = {"基本信息表": found["forms"], "学籍卡": found["cards"]}
    kept = {f"{name}每秒至少{LEAST_A_SECOND}页": run["a_second"] >= LEAST_A_SECOND for name, run in runs.items()}
    kept |= {f"{name}每个进程不超过{MOST_MB} MB": run["peak_mb"] <= MOST_MB for name, run in runs.items()}
    kept |= {
        f"{name}末段内存不超过第三段的{MOST_GROWTH}倍": run["peak_mb"] <= MOST_GROWTH * run["peak_mb_third_part"]
        for name, run in runs.items()
    }
    kept |= {f"{name}合成不超过{MOST_MB} MB": run["merging_mb"] <= MOST_MB for name, run in runs.items()}
    kept[f"启动后首份不超过{FIRST_SECONDS:g}秒"] = found["first_print_seconds"] <= FIRST_SECONDS
    for name, held in kept.items():
        print(f"{name}：{'合格' if held else '超限'}")
    return 0 if all(kept.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
