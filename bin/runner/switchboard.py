"""bin/services up | down | env: the servers without a program in front, for people who develop.

eval "$(bin/services env)" gives a shell the environment of bin/manage.
"""

import shlex

from services import Services

NAMES = (
    "DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_SEAL_URL", "REDIS_URL", "SECRET_KEY",
    "VAULT_MASTER_KEYS", "VAULT_INDEX_KEY", "DEMO", "LEGAL_DATE", "DJANGO_SETTINGS_MODULE",
)  # fmt: skip


def main(arguments: list[str]) -> int:
    command = arguments[0] if arguments else ""
    if command not in {"up", "down", "env"}:
        print("用法：bin/services up|down|env")
        return 2
    with Services() as services:
        if command == "down":
            services.forget_keep()
            return 0
        services.keep()
        if command == "env":
            environment = services.environment()
            for name in NAMES:
                if name in environment:
                    print(f"export {name}={shlex.quote(environment[name])}")
    return 0
