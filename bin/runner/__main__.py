"""Called by bin/demo, bin/test, bin/manage … after bin/setup, with the virtual environment's Python."""

import importlib
import signal
import sys

from places import Refused

TASKS = {
    "demo": "demonstration",
    "test": "suite",
    "manage": "administration",
    "services": "switchboard",
    "backup": "backup",
    "restore": "restore",
}


def main() -> int:
    task, *arguments = sys.argv[1:]
    # A polite end (SIGTERM) must run the same clean-up as Ctrl-C.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    # A script that starts us in the background has switched Ctrl-C off; `kill -INT` shall work nevertheless.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return importlib.import_module(TASKS[task]).main(arguments)
    except Refused as refusal:
        print(f"错误：{refusal}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


sys.exit(main())
