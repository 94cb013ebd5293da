"""Runs Mailflow and kills it (SIGKILL) at a step: `python -m tests.servers.dying STEP COUNT ARGUMENTS…`.

A step is a call of one of the rooms and the moment before or after it; COUNT says at which call.
"""

import os
import signal
import sys
from typing import Any

from mailflow import cli
from mailflow.inbox import Inbox
from mailflow.outbox import Outbox
from mailflow.outbox.submission import Submission
from mailflow.store import Batch, Store

STEPS: dict[str, tuple[type, str, str]] = {
    "fetched": (Inbox, "fetch", "after"),
    "about to keep": (Batch, "commit", "before"),
    "kept": (Batch, "commit", "after"),
    "connected for sending": (Outbox, "begin", "after"),
    "about to send": (Submission, "hand_over", "before"),
    "accepted": (Submission, "hand_over", "after"),
    "noted as sent": (Store, "sent", "after"),
    "about to file": (Inbox, "file", "before"),
    "filed": (Inbox, "file", "after"),
}


def arm(step: str, count: int) -> None:
    """From now on the `count`-th call dies."""
    owner, name, when = STEPS[step]
    original = getattr(owner, name)
    calls = 0

    def deadly(*arguments: Any, **words: Any) -> Any:
        nonlocal calls
        calls += 1
        if when == "before" and calls == count:
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*arguments, **words)
        if when == "after" and calls == count:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, deadly)


if __name__ == "__main__":
    arm(sys.argv[1], int(sys.argv[2]))
    sys.exit(cli.call(sys.argv[3:]))
