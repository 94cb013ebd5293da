"""`mailflow status` and `mailflow retry`, on real servers."""

import json
import os
import signal
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mailflow.cli import call
from mailflow.commands.status import Findings
from mailflow.defaults import EXAMPLE
from mailflow.status import Status, begun, read_status, status_file, write_status
from mailflow.store import Failure
from tests.servers.installation import ROOT, Installation
from tests.servers.mailbox import Mailbox, letter
from tests.servers.serving import (
    ended,
    eventually,
    run_until_given_up,
    serving,
    sign_up,
    until_connected,
)
from tests.servers.sink import Sink

pytestmark = pytest.mark.dovecot


def asked(installation: Installation) -> tuple[int, dict[str, Any]]:
    """Exit code and JSON, which agree."""
    code, said = installation.run("status", "--json")
    found: dict[str, Any] = json.loads(said)
    assert found["code"] == code
    assert found["healthy"] == (code == 0)
    assert bool(found["reasons"]) == (code != 0)
    return code, found


def change(installation: Installation, **fields: Any) -> None:
    """As if the worker had noted something else."""
    noted = read_status(installation.store_path)
    assert noted
    write_status(installation.store_path, replace(noted, **fields))


def status_of(installation: Installation) -> Status:
    return read_status(installation.store_path) or Status()


def test_before_the_first_run(installation: Installation) -> None:
    code, found = asked(installation)
    assert code == 75
    assert (found["running"], found["last_poll"], found["answers_waiting"]) == (False, None, 0)
    code, said = installation.run("status")
    assert code == 75
    assert "noch nie gelaufen" in said


def test_healthy_while_it_serves_and_stale_when_it_was_killed(installation: Installation, sink: Sink) -> None:
    installation.mailbox.deliver(sign_up(1))
    with serving(installation) as process:
        eventually(lambda: len(sink.taken) == 1)
        eventually(lambda: installation.mailbox.folder("INBOX") == [])
        code, found = asked(installation)
        assert (code, found["running"], found["answers_waiting"]) == (0, True, 0)
        assert found["last_poll"]
        assert found["rules"]["version"]
        assert found["rules"]["since"]
        assert found["store"]["healthy"]
        assert found["last_error"] is None
        code, said = installation.run("status")
        assert code == 0
        assert said.startswith("✓ Alles in Ordnung.")
        process.send_signal(signal.SIGKILL)
        process.wait(5)
        code, found = asked(installation)
        assert (code, found["running"], found["ended"]) == (75, False, None)


def test_stopped_is_stale_and_once_is_not(installation: Installation) -> None:
    """A service that was stopped does not work; `run --once` is started by a timer again."""
    with serving(installation) as process:
        until_connected(process)
        ended(process)
    code, found = asked(installation)
    assert code == 75
    assert found["ended"]
    assert installation.run("run", "--once")[0] == 0
    assert asked(installation)[0] == 0
    noted = read_status(installation.store_path)
    assert noted
    assert noted.polled
    change(installation, polled=noted.polled - timedelta(hours=1))
    assert asked(installation)[0] == 75


def test_trouble_is_told_at_once_and_stale_when_it_lasts(tmp_path: Path, mailbox: Mailbox) -> None:
    """Nobody listens at the mailbox's port: first a matter of time, then of alarm."""
    away = replace(mailbox, port=1)
    installation = Installation.make(tmp_path, away, 1, smtp_login=False, poll_seconds=1)
    with serving(installation):
        eventually(lambda: bool(status_of(installation).trouble))
        code, found = asked(installation)
        assert code == 0
        assert "127.0.0.1:1" in found["trouble"]["text"]
        assert found["last_error"]["text"] == found["trouble"]["text"]
        noted = read_status(installation.store_path)
        assert noted
        assert noted.trouble_since
        later = Findings(noted, {}, (), noted.trouble_since + timedelta(hours=1))
        assert (later.code, later.late()) == (75, "Die Störung dauert an.")


def test_sending_that_stands_still_is_told(tmp_path: Path, mailbox: Mailbox) -> None:
    """Nobody takes the answers: told at once, an alarm when it lasts, forgotten when it is over."""
    installation = Installation.make(tmp_path, mailbox, 1, smtp_login=False, poll_seconds=1)
    mailbox.deliver(sign_up(1))
    with serving(installation):
        eventually(lambda: bool(status_of(installation).unsent))
        code, found = asked(installation)
        assert (code, found["answers_waiting"]) == (0, 1)
        assert found["unsent"]["since"]
        assert "anna" not in found["unsent"]["text"]
        noted = read_status(installation.store_path)
        assert noted
        assert noted.unsent_since
        later = Findings(noted, {}, (), noted.unsent_since + timedelta(hours=1))
        assert (later.code, later.late()) == (75, "Seit Längerem geht keine Antwort hinaus.")
    with Sink() as sink:
        again = Installation.make(tmp_path, mailbox, sink.port, smtp_login=False, poll_seconds=1)
        with serving(again):
            eventually(lambda: len(sink.taken) == 1)
            eventually(lambda: asked(again)[0] == 0)


def test_who_falls_again_and_again_rests_before_the_first_look(installation: Installation) -> None:
    """Three killed at work one after another: a pause, told; all is well once the mailbox has been read."""
    write_status(installation.store_path, Status(serving=True, falls=2))
    with serving(installation) as process:
        eventually(lambda: status_of(installation).falls == 3)
        assert status_of(installation).polled is None
        eventually(lambda: status_of(installation).falls == 0)
        code, said = ended(process)
    assert code == 0
    assert "fell times=3 First look in 5 s." in said
    assert said.index("fell") < said.index("connected")


def test_a_refused_login_needs_a_person(installation: Installation) -> None:
    installation.mailbox = replace(installation.mailbox, password="falsch")
    with serving(installation):
        eventually(lambda: status_of(installation).person)
        code, found = asked(installation)
    assert code == 1
    assert "mailbox.password" in found["reasons"][0]


def test_a_damaged_store_needs_a_person(installation: Installation, sink: Sink) -> None:
    installation.mailbox.deliver(sign_up(1))
    assert installation.run("run", "--once")[0] == 0
    installation.store_path.write_text("{", "utf-8")
    for other in installation.store_path.parent.glob("*.journal"):
        other.write_bytes(b"garbage")
    code, found = asked(installation)
    assert code == 1
    assert not found["store"]["healthy"]
    assert found["store"]["complaints"]


def test_nothing_personal_stands_in_the_status(installation: Installation, sink: Sink) -> None:
    """Neither in the file nor in what is told."""
    installation.mailbox.deliver(sign_up(1), letter("Frage", "Was kostet der Hund?", "otto@web.example"))
    assert installation.run("run", "--once")[0] == 0
    told = status_file(installation.store_path).read_text("utf-8") + installation.run("status")[1]
    assert [word for word in ("anna", "Anna", "otto", "Hund", "Frage", "geheim") if word in told] == []
    assert status_file(installation.store_path).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"pid": 1}', b"\xff\xfe"])
def test_a_broken_status_file_is_no_status(content: bytes, tmp_path: Path) -> None:
    store = tmp_path / "mailflow.json"
    status_file(store).write_bytes(content)
    assert read_status(store) is None
    write_status(store, begun(store, 60, serving=True))
    again = read_status(store)
    assert again
    assert again.running


def test_retry_after_the_fix(poisoned: Installation, sink: Sink) -> None:
    """The mail that failed three times is answered; what a person was told of it is withdrawn."""
    poison = letter(
        "Anmeldung7", "Wir kommen zu siebt zur Zoom-Konferenz.\r\nAnna Muster", "gift@web.example"
    )
    other = poison.replace(b"Anmeldung7@", b"Anmeldung8@").replace(b"gift@", b"gift8@")
    poisoned.mailbox.deliver(poison, other)
    run_until_given_up(poisoned)
    assert len(poisoned.mailbox.folder("Mailflow/Failed")) == 2
    code, found = asked(poisoned)
    assert (code, found["failed_mails"], found["attention_open"]) == (1, 2, 2)
    access = poisoned.folder / "templates" / "access.de.txt"
    access.write_bytes((ROOT / "templates" / "access.de.txt").read_bytes())
    with poisoned.store() as store:
        digest = next(each.digest for each in store.journal() if each.sender == "gift@web.example")
    code, said = poisoned.run("retry", digest[:12])
    assert code == 0, said
    assert poisoned.mailbox.folder("INBOX") == [poison]
    assert poisoned.run("run", "--once")[0] == 0
    assert [each.recipient for each in sink.taken] == ["gift@web.example"]
    code, said = poisoned.run("retry")
    assert code == 0, said
    assert "Eine Mail liegt wieder im Eingang" in said
    assert poisoned.run("run", "--once")[0] == 0
    assert [each.recipient for each in sink.taken] == ["gift@web.example", "gift8@web.example"]
    assert asked(poisoned)[1]["failed_mails"] == 0
    with poisoned.store() as store:
        assert store.attention() == ()
    assert poisoned.mailbox.folder("Mailflow/Failed") == []


def test_retry_beside_a_running_service(poisoned: Installation, sink: Sink) -> None:
    """It is tried again at once, and its tries are counted anew."""
    poison = letter(
        "Anmeldung7", "Wir kommen zu siebt zur Zoom-Konferenz.\r\nAnna Muster", "gift@web.example"
    )
    poisoned.mailbox.deliver(poison)
    run_until_given_up(poisoned)
    assert poisoned.mailbox.folder("Mailflow/Failed") == [poison]
    with serving(poisoned) as process:
        until_connected(process)
        assert poisoned.run("retry")[0] == 0
        eventually(lambda: [each.count for each in _failing(poisoned)] == [1])
        _, said = ended(process, 10)
    assert said.count(" failed try=1") == 1
    assert poisoned.mailbox.folder("INBOX") == [poison]


def _failing(installation: Installation) -> tuple[Failure, ...]:
    with installation.store() as store:
        return store.failing()


def test_retry_says_what_is_not_there(installation: Installation) -> None:
    code, said = installation.run("retry", "abcdef123456")
    assert code == 1
    assert "abcdef123456" in said
    assert installation.run("retry", "abc")[0] == 2
    code, said = installation.run("retry")
    assert code == 0
    assert "liegt nichts" in said


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_who_may_not_look_is_told_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder of another user is neither damage nor a service that never ran."""
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MAILFLOW_STORE__PATH", str(state / "mailflow.json"))
        assert call(["status", "--config", str(EXAMPLE)]) == 75
        capsys.readouterr()
        os.seteuid(65534)
        try:
            EXAMPLE.read_bytes()
            code = call(["status", "--config", str(EXAMPLE)])
        except PermissionError:
            pytest.skip("nobody else may read where this lies")
        finally:
            os.seteuid(0)
    assert code == 78
    assert "als root" in capsys.readouterr().err
