"""The service as a running process: started, waited for, ended."""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from tests.servers.installation import Installation
from tests.servers.mailbox import letter

SIGN_UP = "Guten Tag, hiermit melde ich mich zur Zoom-Konferenz an.\r\nAnna Muster"


@contextmanager
def serving(installation: Installation, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    process = installation.start("run", *arguments)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def eventually(holds: Callable[[], bool], seconds: float = 30) -> None:
    """Wait until it holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came to hold"
        time.sleep(0.02)


def until_connected(process: "subprocess.Popen[str]") -> None:
    """Read its log up to there."""
    assert process.stdout
    said = ""
    while "connected" not in said:
        line = process.stdout.readline()
        assert line, f"it ended: {said}"
        said += line


def run_once(installation: Installation) -> None:
    """… and nothing is left waiting."""
    code, said = installation.run("run", "--once")
    assert code == 0, said


def sign_up(number: int) -> bytes:
    return letter(f"Anmeldung{number}", SIGN_UP, f"anna{number}@web.example")


def ended(process: "subprocess.Popen[str]", seconds: float = 3) -> tuple[int, str]:
    """Tell it to end; its exit code and what it said."""
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=seconds)
    return process.returncode, said


def run_until_given_up(installation: Installation) -> None:
    """Three runs, hours apart: what the store notes of failed tries is made older."""
    for _ in range(3):
        code, said = installation.run("run", "--once")
        with installation.store() as store:
            for failure in store.failing():
                earlier = (failure.when - timedelta(hours=1)).isoformat()
                store.rows.update("failures", failure.digest, when=earlier)
    assert code == 0, said
