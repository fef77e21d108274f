"""Reads the process environment for settings.py: required names, switches, addresses."""

import os
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def required(name: str) -> str:
    """The value of an environment variable without which the system must not start."""
    value = os.environ.get(name, "")
    if not value:
        raise ImproperlyConfigured(f"环境变量 {name} 未设置。请用 bin/manage、bin/demo 启动，或先设置该变量。")
    return value


def switch(name: str, default: bool = False) -> bool:
    """True for 1, yes, true, on."""
    return os.environ.get(name, "1" if default else "0").strip().lower() in {"1", "yes", "true", "on"}


def words(name: str, default: str = "") -> list[str]:
    """A comma separated list."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def postgres(url: str) -> dict:
    """postgresql://user:password@host:port/name?sslmode=… as a Django database.

    A host that begins with a slash (percent-encoded) is the folder of a Unix socket.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL 只支持 postgresql:// 地址。")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.removeprefix("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        # What `prepared.planned_once` is asked again on a connection, the server plans no more.
        "OPTIONS": {"prepare_threshold": 1} | dict(parse_qsl(parts.query)),
    }


# "testserver" is the name by which the tests ask.
OWN_MACHINE = {"127.0.0.1", "localhost", "[::1]", "::1", "testserver"}


def only_here(hosts: list[str]) -> None:
    """A demo has accounts with a published password: ImproperlyConfigured for any address but this machine's own."""
    if others := [host for host in hosts if host not in OWN_MACHINE]:
        raise ImproperlyConfigured(
            f"演示环境的账号密码是公开的，只能在本机打开，不能用地址 {'、'.join(others)}。"
            "请去掉 DEMO 按正式环境部署，或把 ALLOWED_HOSTS 改为 127.0.0.1,localhost。"
        )
