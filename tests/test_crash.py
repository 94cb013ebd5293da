"""Killed at any step and started again: nothing is lost, nothing is recorded twice."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.dying import STEPS
from tests.servers.installation import Installation
from tests.servers.mailbox import Mailbox
from tests.servers.sink import Sink
from tests.torture import Torture

pytestmark = pytest.mark.dovecot


@pytest.fixture
def torture(tmp_path: Path, mailbox: Mailbox) -> Iterator[Torture]:
    with Sink() as sink:
        installation = Installation.make(tmp_path, mailbox, sink.port, smtp_login=False)
        yield Torture(installation, sink, random.Random(4711))


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_a_step(step: str, torture: Torture) -> None:
    """The answer that was accepted and not noted, and no other, arrives twice."""
    torture.deliver(4)
    call = "2" if "send" in step or "sent" in step or step == "accepted" else "1"
    if step == "connected for sending":
        call = "1"
    dying = ("tests.servers.dying", step, call)
    process = torture.installation.start("run", "--once", program=dying)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == -9, said
    torture.between += torture.answer_ids()
    torture.finish()
    assert torture.check() == (1 if step == "accepted" else 0)


def test_killed_at_random_moments(torture: Torture) -> None:
    """Twenty times; `make torture` does three hundred."""
    for _ in range(20):
        torture.deliver(torture.dice.randint(0, 6))
        torture.kill_once()
    torture.finish()
    torture.check()
