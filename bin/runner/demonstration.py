"""bin/demo: the whole system with a demo county on this machine, until Ctrl-C."""

import argparse
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import date

import psycopg

import administration
import places
import ports
from children import Children
from services import LEGAL_DATE, Services

READY_SECONDS = 60
KEPT_FROM_THE_WEB = ("DATABASE_OWNER_URL", "DATABASE_SEAL_URL")


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    if not ports.is_free(options.port):
        raise places.Refused(f"端口 {options.port} 已被占用，请换一个：bin/demo --port {options.port + 1}")
    print("正在准备数据库 …", flush=True)
    with Services() as services:
        environment = _environment(services, options)
        _prepare(services, environment)
        with Children() as children:
            _start(children, environment, options.port)
            _wait_for_page(children, options.port)
            _welcome(environment, options)
            while True:
                children.check()
                time.sleep(0.5)


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/demo", description="在本机运行带演示数据的系统，Ctrl-C 结束。")
    parser.add_argument("--port", type=int, default=8000, help="网页端口（默认 8000，只对本机开放）")
    parser.add_argument("--date", type=date.fromisoformat, default=date.fromisoformat(LEGAL_DATE),
                        help=f"法定日期（默认 {LEGAL_DATE}）")  # fmt: skip
    return parser.parse_args(arguments)


def _environment(services: Services, options: argparse.Namespace) -> dict:
    return services.environment(demo=True) | {
        "LEGAL_DATE": options.date.isoformat(),
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "COLLECTED_STATIC": "0",
    }


# --- before the first page -------------------------------------------------------------------------------------------


def _prepare(services: Services, environment: dict) -> None:
    """Bring the schema up to date and load the demo county, once."""
    as_owner = environment | {"DATABASE_URL": environment["DATABASE_OWNER_URL"]}
    _manage(as_owner, "migrate", "--verbosity", "0")
    if _is_empty(services):
        print("正在建立演示数据 …", flush=True)
        _manage(environment, "seed_county")
    # A demo's day stands still, so no night comes to write the deadlines down.
    print("正在登记各项期限 …", flush=True)
    _manage(environment, "deadlines", "--check", "--verbosity", "0")


def _manage(environment: dict, *arguments: str) -> None:
    if administration.run(list(arguments), environment):
        raise places.Refused(f"manage.py {arguments[0]} 失败，见上文。")


def _is_empty(services: Services) -> bool:
    """No school yet means that the demo county was never loaded."""
    with psycopg.connect(services.owner_url) as connection:
        return connection.execute("SELECT 1 FROM schools_school LIMIT 1").fetchone() is None


# --- web, worker, beat -----------------------------------------------------------------------------------------------


def _start(children: Children, environment: dict, port: int) -> None:
    (places.VAR / "beat").mkdir(exist_ok=True)
    programs = places.Path(sys.executable).parent
    celery = [programs / "celery", "-A", "jianping_xueji"]
    # The web, where strangers come in, knows neither the owner's nor the sealing login.
    web = {name: value for name, value in environment.items() if name not in KEPT_FROM_THE_WEB}
    children.start("web", [programs / "gunicorn", *gunicorn_words(port)], web | {"CONN_MAX_AGE": "60"})
    children.start(
        "worker",
        [*celery, "worker", "-Q", "celery,sealing", "--concurrency", "2", "--loglevel", "INFO",
         "--without-gossip", "--without-mingle"],
        environment,
    )  # fmt: skip
    schedule = places.VAR / "beat" / "schedule"
    children.start("beat", [*celery, "beat", "--schedule", schedule, "--pidfile="], environment)


def gunicorn_words(port: int) -> list[str]:
    """Two processes with four threads; the access log leaves the query out, because it may hold a child's name."""
    return [
        "jianping_xueji.wsgi", "--bind", f"127.0.0.1:{port}",
        "--workers", "2", "--worker-class", "gthread", "--threads", "4", "--timeout", "60",
        "--graceful-timeout", "8", "--no-control-socket",
        "--access-logfile", "-", "--access-logformat", "%(t)s %(m)s %(U)s %(s)s %(M)sms",
    ]  # fmt: skip


def _wait_for_page(children: Children, port: int) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while True:
        children.check()
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
            return
        except (urllib.error.URLError, OSError):
            if time.monotonic() > deadline:
                raise places.Refused(f"网页没有启动，日志 {children.log('web')}") from None
            time.sleep(0.1)


def _welcome(environment: dict, options: argparse.Namespace) -> None:
    print(f"\n系统已启动：http://127.0.0.1:{options.port}/    法定日期 {options.date}    Ctrl-C 结束\n", flush=True)
    subprocess.run([sys.executable, places.ROOT / "manage.py", "demo_accounts"], env=environment, check=False)
    sys.stdout.flush()
