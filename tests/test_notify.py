"""What systemd hears from the service, on a socket of the test's own."""

import os
import socket
import threading
from pathlib import Path

import pytest

from mailflow import notify
from tests.servers.installation import Installation
from tests.servers.mailbox import Mailbox
from tests.servers.serving import ended, eventually, serving
from tests.servers.sink import Sink
from tests.servers.watcher import Watcher


@pytest.mark.parametrize("abstract", [True, False])
def test_words_arrive(abstract: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over a name in the file system, and over one outside of it."""
    address = "" if abstract else str(tmp_path / "notify")
    with Watcher(address) as watcher:
        monkeypatch.setenv("NOTIFY_SOCKET", watcher.address)
        assert notify.tell("READY=1", "STATUS=Grüße")
        eventually(lambda: watcher.heard == ["READY=1", "STATUS=Grüße"])


@pytest.mark.parametrize("address", ["", "nonsense", "@nobody-listens-here", "/nowhere/notify"])
def test_nobody_listens(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """That is no trouble of ours."""
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    assert not notify.tell("READY=1")


@pytest.mark.parametrize(
    ("span", "pid", "seconds"),
    [("30000000", "", 30.0), ("30000000", "me", 30.0), ("30000000", "1", 0.0), ("", "", 0.0), ("x", "", 0.0)],
)
def test_who_is_watched(span: str, pid: str, seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only this very process, if systemd says so."""
    monkeypatch.setenv("WATCHDOG_USEC", span)
    monkeypatch.delenv("WATCHDOG_PID", raising=False)
    if pid:
        monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()) if pid == "me" else pid)
    assert notify.watchdog_seconds() == seconds


def watched(installation: Installation, watcher: Watcher, span: float = 30) -> Installation:
    """The same with systemd's words in the environment."""
    start = installation.start
    words = {"NOTIFY_SOCKET": watcher.address, "WATCHDOG_USEC": str(int(span * 1_000_000))}
    installation.start = lambda *a, **k: start(*a, **{**k, "environment": words})  # type: ignore[method-assign]
    return installation


@pytest.mark.dovecot
def test_the_watchdog_is_fed_after_each_poll(tmp_path: Path, mailbox: Mailbox, sink: Sink) -> None:
    """Ready, polls, stopping; and a span that is too short for our polls is made longer."""
    installation = Installation.make(tmp_path, mailbox, sink.port, smtp_login=False, poll_seconds=1)
    with Watcher() as watcher, serving(watched(installation, watcher, span=2)) as process:
        eventually(lambda: watcher.heard.count("WATCHDOG=1") >= 3)
        assert ended(process)[0] == 0
        eventually(lambda: "STOPPING=1" in watcher.heard)
    assert watcher.heard[0] == "READY=1"
    assert "WATCHDOG_USEC=3000000" in watcher.heard
    assert any(line.startswith("STATUS=Postfach gelesen") for line in watcher.heard)


@pytest.mark.dovecot
def test_the_watchdog_is_fed_in_a_planned_pause(tmp_path: Path, mailbox: Mailbox, sink: Sink) -> None:
    """The server is away: we live, and wait."""
    mailbox.port = 1
    installation = Installation.make(tmp_path, mailbox, sink.port, smtp_login=False, poll_seconds=1)
    with Watcher() as watcher, serving(watched(installation, watcher)):
        eventually(lambda: watcher.heard.count("WATCHDOG=1") >= 3)
        assert any(line.startswith("STATUS=Störung") for line in watcher.heard)


@pytest.mark.dovecot
def test_the_watchdog_starves_while_a_server_is_silent(tmp_path: Path, sink: Sink) -> None:
    """A server that takes the connection and never speaks: ready, but no sign of life."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(30)
        mailbox = Mailbox(silent.getsockname()[1], "a@kaarst.example", "geheim", None)
        installation = Installation.make(tmp_path, mailbox, sink.port, smtp_login=False, poll_seconds=1)
        with Watcher() as watcher, serving(watched(installation, watcher)):
            connection, _ = silent.accept()
            threading.Event().wait(2.5)
            connection.close()
            assert watcher.heard[0] == "READY=1"
            assert "WATCHDOG=1" not in watcher.heard
