"""The service as a process: on Dovecot, with a counting SMTP server that fails as it is told."""

import os
import signal
import socket
import threading
import time
from pathlib import Path

import pytest

from tests.servers.authority import Authority
from tests.servers.dovecot import Dovecot
from tests.servers.fixtures import fresh_mailbox
from tests.servers.installation import Installation
from tests.servers.mailbox import Mailbox, letter
from tests.servers.serving import (
    SIGN_UP,
    ended,
    eventually,
    run_once,
    serving,
    sign_up,
    until_connected,
)
from tests.servers.sink import DROP, Sink

pytestmark = pytest.mark.dovecot


def test_answers_what_comes_while_it_serves(installation: Installation, sink: Sink) -> None:
    """A mail that was there, one that comes later; one log line each, with nothing of their text."""
    installation.mailbox.deliver(sign_up(1))
    with serving(installation) as process:
        eventually(lambda: len(sink.taken) == 1)
        installation.mailbox.deliver(sign_up(2))
        eventually(lambda: len(sink.taken) == 2)
        eventually(lambda: installation.mailbox.folder("INBOX") == [])
        code, said = ended(process)
    assert code == 0
    assert [each.recipient for each in sink.taken] == ["anna1@web.example", "anna2@web.example"]
    mails = [line for line in said.splitlines() if line.startswith("mail ")]
    assert len(mails) == 2
    assert all("answer=access/de folder=done registrations=1" in line for line in mails)
    assert "Anna" not in said
    assert "melde" not in said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_within_a_second(number: signal.Signals, installation: Installation) -> None:
    """While it waits for mail. Exit code 0."""
    with serving(installation) as process:
        until_connected(process)
        time.sleep(0.3)
        process.send_signal(number)
        assert process.wait(1.5) == 0


def test_a_signal_ends_it_while_the_server_is_silent(tmp_path: Path) -> None:
    """A mail server that takes the connection and never speaks does not hold up the end."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(30)
        port = silent.getsockname()[1]
        mailbox = Mailbox(port, "a@kaarst.example", "geheim", None)
        installation = Installation.make(tmp_path, mailbox, port, smtp_login=False)
        with serving(installation) as process:
            silent.accept()
            time.sleep(0.3)
            process.send_signal(signal.SIGTERM)
            assert process.wait(1.5) == 0


def test_answers_wait_while_sending_is_down(tmp_path: Path, mailbox: Mailbox) -> None:
    """Mails are recorded and filed; their answers go out when the server is back, also after a restart."""
    with Sink(fault=lambda command, _: "421 4.3.2 closed" if command == "connect" else None) as closed:
        installation = Installation.make(tmp_path, mailbox, closed.port, smtp_login=False, poll_seconds=1)
        mailbox.deliver(sign_up(1), sign_up(2))
        code, said = installation.run("run", "--once")
        assert code == 75, said
        assert closed.connections == 1
        assert mailbox.folder("INBOX") == []
        with installation.store() as store:
            assert len(store.waiting()) == 2
    with Sink() as sink:
        installation = Installation.make(tmp_path, mailbox, sink.port, smtp_login=False, poll_seconds=1)
        with serving(installation):
            eventually(lambda: len(sink.taken) == 2)
    with installation.store() as store:
        assert store.waiting() == ()


def test_greylisting_costs_some_seconds(tmp_path: Path, mailbox: Mailbox) -> None:
    """450 at the first try, taken at the second, by one run of the service."""
    seen: set[str] = set()

    def greylist(command: str, recipient: str) -> str | None:
        if command != "RCPT" or recipient in seen:
            return None
        seen.add(recipient)
        return "450 4.2.0 greylisted"

    with Sink(fault=greylist) as sink:
        installation = Installation.make(tmp_path, mailbox, sink.port, smtp_login=False, poll_seconds=60)
        mailbox.deliver(sign_up(1), sign_up(2))
        with serving(installation):
            eventually(lambda: len(sink.taken) == 2)


def test_an_address_that_does_not_exist_goes_before_a_person(tmp_path: Path, mailbox: Mailbox) -> None:
    """… with its registration marked, and the answers to others go out."""

    def unknown(command: str, recipient: str) -> str | None:
        return "550 5.1.1 no such user" if command == "RCPT" and recipient.startswith("anna1") else None

    with Sink(fault=unknown) as sink:
        installation = Installation.make(tmp_path, mailbox, sink.port, smtp_login=False)
        mailbox.deliver(sign_up(1), sign_up(2))
        run_once(installation)
        assert [each.recipient for each in sink.taken] == ["anna2@web.example"]
    with installation.store() as store:
        assert ["550 5.1.1" in each.reason for each in store.attention()] == [True]
        assert [bool(each.unreached) for each in store.registrations()] == [True, False]


def test_an_answer_lost_after_the_dot_is_sent_again_with_the_same_message_id(
    tmp_path: Path, mailbox: Mailbox
) -> None:
    lost = iter([DROP])
    with Sink(fault=lambda command, _: next(lost, None) if command == "lost" else None) as sink:
        installation = Installation.make(tmp_path, mailbox, sink.port, smtp_login=False)
        mailbox.deliver(sign_up(1))
        with serving(installation):
            eventually(lambda: len(sink.taken) == 2)
        assert sink.taken[0] == sink.taken[1]


def test_the_mailbox_goes_away_and_comes_back(tmp_path: Path, authority: Authority, sink: Sink) -> None:
    """The service reconnects by itself and misses nothing."""
    dovecot = Dovecot(authority).start()
    try:
        mailbox = fresh_mailbox(dovecot, authority)
        installation = Installation.make(tmp_path, mailbox, sink.port, smtp_login=False, poll_seconds=1)
        mailbox.deliver(sign_up(1))
        with serving(installation) as process:
            eventually(lambda: len(sink.taken) == 1)
            dovecot.stop()
            time.sleep(1)
            dovecot.start()
            mailbox.deliver(sign_up(2))
            eventually(lambda: len(sink.taken) == 2)
            _, said = ended(process)
        assert said.count("trouble ") >= 1
    finally:
        dovecot.remove()


def test_a_giant_mail_goes_before_a_person(installation: Installation, sink: Sink) -> None:
    """Its beginning is read, so that who signs up gets an answer all the same."""
    giant = letter("Anmeldung9", SIGN_UP + ("\r\n" + "x" * 70) * 60_000, "anna9@web.example")
    installation.mailbox.deliver(giant)
    run_once(installation)
    assert len(installation.mailbox.folder("Mailflow/Attention")) == 1
    with installation.store() as store:
        assert any("zu groß" in each.reason for each in store.attention())


def test_a_second_worker_is_kept_out(installation: Installation) -> None:
    with serving(installation) as process:
        until_connected(process)
        code, said = installation.run("run", "--once")
    assert code == 75
    assert "mailflow" in said.lower()


def test_the_same_mail_over_two_paths_is_answered_once(installation: Installation, sink: Sink) -> None:
    """Two copies in one batch, and a third one a round later: all filed, one answer, one registration."""
    installation.mailbox.deliver(sign_up(1), sign_up(1))
    run_once(installation)
    installation.mailbox.deliver(sign_up(1))
    run_once(installation)
    assert len(sink.taken) == 1
    assert len(installation.mailbox.folder("Mailflow/Done")) == 3
    with installation.store() as store:
        assert len(store.registrations()) == 1


def test_what_is_dealt_with_is_only_filed_again(installation: Installation, sink: Sink) -> None:
    """A person moves a mail back to INBOX: it is filed where it was, and nobody gets a second answer."""
    installation.mailbox.deliver(sign_up(1))
    run_once(installation)
    person = installation.mailbox.open()
    person.folder.set("Mailflow/Done")
    person.client._get_capabilities()
    person.move(person.uids(charset=None), "INBOX")
    person.logout()
    run_once(installation)
    assert len(sink.taken) == 1
    assert installation.mailbox.folder("INBOX") == []
    assert len(installation.mailbox.folder("Mailflow/Done")) == 1


def test_journald_gets_priorities(installation: Installation, tmp_path: Path) -> None:
    """Where stderr is the journal, each line begins with its priority."""
    with (tmp_path / "journal").open("w") as journal:
        there = os.fstat(journal.fileno())
        stream = {"JOURNAL_STREAM": f"{there.st_dev}:{there.st_ino}"}
        child = installation.start("run", "--once", environment=stream, stderr=journal.fileno())
        child.communicate(timeout=60)
    lines = (tmp_path / "journal").read_text("utf-8").splitlines()
    assert lines
    assert all(line.startswith("<6>") for line in lines)


def test_many_signals_do_no_harm(installation: Installation, sink: Sink) -> None:
    """Signals in the middle of the work: it ends, and the next run does what is left, once."""
    installation.mailbox.deliver(*(sign_up(number) for number in range(40)))
    for _ in range(4):
        with serving(installation) as process:
            threading.Event().wait(0.9)
            code, said = ended(process, 10)
            assert code in (0, -signal.SIGTERM), said  # Python itself needs a moment to come up
    run_once(installation)
    assert sorted(each.recipient for each in sink.taken) == sorted(f"anna{n}@web.example" for n in range(40))
