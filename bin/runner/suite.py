"""bin/test: the suite on real PostgreSQL, as the application role, on a clone of a database migrated by the owner."""

import os
import shutil
import sys
import tempfile
from urllib.parse import urlsplit

import psycopg

import administration
import places
import template
from services import LEGAL_DATE, Services

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
USAGE = """\
用法：bin/test [--no-browser] [--nightly] [--fresh] [pytest 参数]
  --no-browser  不运行浏览器测试
  --nightly     只运行长时间测试（nightly 标记）
  --fresh       重新执行全部迁移，不用上次留下的模板库
"""


def main(arguments: list[str]) -> int:
    if "--help" in arguments:
        print(USAGE)
        return 0
    flags = {flag for flag in ("--no-browser", "--nightly", "--fresh") if flag in arguments}
    given = [word for word in arguments if word not in flags]
    pytest_arguments = ["-m", _markers(flags), *_side_by_side(given, flags), *given]
    with Services() as services, tempfile.TemporaryDirectory(prefix="xueji-test-") as scratch:
        environment = _environment(services, places.Path(scratch))
        if "--no-browser" not in flags:
            environment["CHROMIUM"] = _browser()
        application = _application_role(services)
        with template.ready(services.owner_url, application, environment, fresh="--fresh" in flags) as name:
            return _run(pytest_arguments, services, environment | {"TEST_TEMPLATE": name})


def _markers(flags: set[str]) -> str:
    lane = "nightly" if "--nightly" in flags else "not nightly"
    return f"{lane} and not browser" if "--no-browser" in flags else lane


def _side_by_side(given: list[str], flags: set[str]) -> list[str]:
    """Two workers, each with a database of its own, for a whole run; one that is narrowed by hand stays in one.

    The long runs are few and independent: there each worker takes the next one.
    """
    whole = "--nightly" in flags or all(word.startswith("-") for word in given)
    return ["-n", "2"] if whole and (os.cpu_count() or 1) > 1 else []


def _environment(services: Services, scratch: places.Path) -> dict:
    """The tests' world never depends on the caller's switches, nor on the day."""
    static = scratch / "static"
    static.mkdir()
    return services.environment(demo=True) | {
        "REDIS_URL": services.redis_url(database=1),
        "DEBUG": "0",
        "DEMO": "1",
        "LEGAL_DATE": LEGAL_DATE,
        "ALLOWED_HOSTS": "127.0.0.1,localhost,testserver",
        "COLLECTED_STATIC": "0",
        "STATIC_ROOT": str(static),
        "MEDIA_DIR": str(scratch / "media"),
        "AUDIT_ANCHOR_DIR": str(scratch / "anchors"),
        # Playwright's synchronous interface runs an event loop in the thread of the tests.
        "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
    }


def _browser() -> str:
    """The path of Chromium; the tests must not pass silently without one."""
    for name in filter(None, (os.environ.get("CHROMIUM"), *BROWSERS)):
        if path := shutil.which(name):
            return path
    raise places.Refused("没有找到 Chromium，浏览器测试无法运行。请安装后重试，或明说 bin/test --no-browser。")


def _application_role(services: Services) -> str:
    """The role of DATABASE_URL, which must not be the owner: the suite has to meet the same walls as the web."""
    application, owner = (urlsplit(url).username for url in (services.database_url, services.owner_url))
    if application == owner:
        raise places.Refused("DATABASE_URL 与 DATABASE_OWNER_URL 必须是两个不同的数据库角色。")
    with psycopg.connect(services.owner_url) as connection:
        member = connection.execute("SELECT pg_has_role(current_user, %s, 'USAGE')", [application]).fetchone()[0]
    if not member:
        raise places.Refused(f"请先以数据库管理员执行：GRANT {application} TO {owner}（测试结束时清理连接需要）。")
    return application


def _run(pytest_arguments: list[str], services: Services, environment: dict) -> int:
    clones = f"{template.CLONES}{os.getpid()}_"
    environment = environment | {"TEST_CLONES": clones}
    try:
        # The same waiting as for manage.py: Ctrl-C belongs to pytest, which reports before it ends.
        return administration.run_program([sys.executable, "-m", "pytest", *pytest_arguments], environment, places.ROOT)
    finally:
        template.drop_clones(services.owner_url, clones)
