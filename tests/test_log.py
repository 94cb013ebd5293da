"""The log is an interface: each event's line, to the letter."""

import io
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mailflow import log
from mailflow.model import Address, AnswerPlan, Idea, Mail, Plan, Waiting

MOMENT = datetime(2021, 3, 1, 10, 0, tzinfo=UTC)
DIGEST = "5f2a90c41b77" + "0" * 52
ANSWER = AnswerPlan("access", "de", Address("Anna", "anna@web.example"), {}, True, (), "<a@x>", "<id@x>", ())
IDEA = Idea("1", "Ein Sprachcafé", "suggestion", "Anna", "anna@web.example", MOMENT, True, DIGEST)
PLAN = Plan(
    DIGEST, "<id@web.example>", MOMENT, "anna@web.example", "Anmeldung und Idee", "done", answer=ANSWER
)
WAITING = Waiting("<a@x>", "anna@web.example", b"Guten Tag Anna", DIGEST, "access", MOMENT)
PAUSE = timedelta(seconds=20)

EVENTS: list[tuple[Callable[[], None], str]] = [
    (
        lambda: log.mail(replace(PLAN, ideas=(IDEA,))),
        "mail 5f2a90c41b77 <id@web.example> rule=Anmeldung_und_Idee answer=access/de folder=done ideas=1",
    ),
    (
        lambda: log.mail(replace(PLAN, answer=None, message_id="", folder="automatic")),
        "mail 5f2a90c41b77 - rule=Anmeldung_und_Idee answer=none folder=automatic",
    ),
    (lambda: log.again(DIGEST, "done"), "mail 5f2a90c41b77 again folder=done"),
    (
        lambda: log.failed(DIGEST, 3, "KeyError in letter.py:7", given_up=True),
        "mail 5f2a90c41b77 failed try=3 at=KeyError in letter.py:7 given_up",
    ),
    (lambda: log.large(Mail("7", MOMENT, b"xx", 50)), "mail uid=7 large bytes=50 read=2"),
    (lambda: log.sent(WAITING), "answer 5f2a90c41b77 access sent"),
    (lambda: log.sent(replace(WAITING, mail="")), "answer - access sent"),
    (lambda: log.later(WAITING, PAUSE, "450 full"), "answer 5f2a90c41b77 access later in=20s 450 full"),
    (lambda: log.refused(WAITING, "550 unknown"), "answer 5f2a90c41b77 access refused 550 unknown"),
    (lambda: log.started("IMAP x", "abc", 2), "started mailbox=IMAP x rules=abc waiting=2"),
    (lambda: log.connected("IMAP x"), "connected mailbox=IMAP x"),
    (lambda: log.trouble("Der Server schweigt.", PAUSE), "trouble Der Server schweigt. Next try in 20 s."),
    (lambda: log.surprise("KeyError in x.py:1", PAUSE), "trouble KeyError in x.py:1 Next try in 20 s."),
    (lambda: log.stopped(), "stopped"),
]


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    log.begin(stream=stream)
    yield stream
    logging.getLogger("mailflow").handlers = []
    logging.getLogger("mailflow").propagate = True


@pytest.mark.parametrize(("event", "line"), EVENTS, ids=[line[:40] for _, line in EVENTS])
def test_each_event_is_one_line(event: Callable[[], None], line: str, written: io.StringIO) -> None:
    event()
    assert written.getvalue() == line + "\n"


def test_a_message_id_cannot_forge_lines_or_colours(written: io.StringIO) -> None:
    """What comes from a mail or a server is one line of printable signs, and not long."""
    log.mail(replace(PLAN, message_id="<a\nmail forged\x1b[31m\u202e@x>" + "x" * 5000))
    log.later(WAITING, PAUSE, "450 \r\nstopped\x00")
    lines = written.getvalue().splitlines()
    assert len(lines) == 2
    assert all(line.isprintable() and len(line) < 500 for line in lines)


def test_nothing_of_the_text_or_the_person_appears(written: io.StringIO) -> None:
    log.mail(replace(PLAN, ideas=(IDEA,)))
    log.sent(WAITING)
    log.refused(WAITING, "550")
    for word in ("Anna", "anna", "Sprachcafé", "Guten Tag"):
        assert word not in written.getvalue()


def test_steps_are_told_only_when_asked(written: io.StringIO) -> None:
    log.batch(7)
    assert written.getvalue() == ""
    log.begin(verbose=True, stream=written)
    log.batch(7)
    assert written.getvalue() == "batch mails=7\n"
