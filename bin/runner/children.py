"""The demo's own programs: started together, ended together."""

import ctypes
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import places

STOP_SECONDS = 12
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


def _die_with_parent() -> None:
    """If the demo itself is killed, the kernel ends its programs too."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Children:
    """Programs with a log each; none outlives the `with` block."""

    def __init__(self) -> None:
        self.running: dict[str, subprocess.Popen] = {}

    def __enter__(self) -> "Children":
        return self

    def __exit__(self, *_) -> None:
        for child in self.running.values():
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for child in self.running.values():
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def start(self, name: str, command: Sequence, environment: dict) -> None:
        """Start a program in a session of its own, so that Ctrl-C reaches only the demo, which ends them in order."""
        with self.log(name).open("wb") as output:
            self.running[name] = subprocess.Popen(
                command,
                cwd=places.ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )

    def check(self) -> None:
        """Refused, with the end of its log, when one of the programs has ended by itself."""
        for name, child in self.running.items():
            if child.poll() is not None:
                tail = "\n".join(self.log(name).read_text(errors="replace").splitlines()[-20:])
                raise places.Refused(f"{name} 意外退出（代码 {child.returncode}），日志 {self.log(name)}：\n{tail}")

    @staticmethod
    def log(name: str) -> Path:
        return places.LOGS / f"{name}.log"
