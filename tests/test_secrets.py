"""Passwords and the access data stand in no log, error, check, list or traceback, whatever goes wrong."""

import base64
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from mailflow.key import key_file
from tests.servers import free_ports
from tests.servers.installation import Installation
from tests.servers.mailbox import Mailbox, letter
from tests.servers.sink import Sink

pytestmark = pytest.mark.dovecot

WRONG = "falsches-Wort-4711"
PASSCODE = "einlass-0815"
LINK = "pforte-99"
SIGN_UP = "Hiermit melde ich mich zur Zoom-Konferenz am 17. März an. Persönliches: Nachtigall."
DEBUG = {"MAILFLOW_DEBUG": "1"}


@pytest.fixture
def installation(tmp_path: Path, mailbox: Mailbox, sink: Sink) -> Installation:
    made = Installation.make(tmp_path, mailbox, sink.port, smtp_login=False).with_own_rules()
    config = tmp_path / "config.toml"
    text = config.read_text("utf-8").replace("kaarst21", PASSCODE).replace("j/98765432101", f"j/1?pwd={LINK}")
    config.write_text(text, "utf-8")
    return made


def everything_said(installation: Installation, environment: Mapping[str, str], *arguments: str) -> str:
    process = installation.start(*arguments, environment=environment)
    said, _ = process.communicate(timeout=120)
    assert said, "it said nothing: then nothing is shown"
    return said


def secrets_of(installation: Installation) -> list[str]:
    """All that must not be seen, in plain and in base64 as it goes over the wire."""
    user = installation.mailbox.user
    words = [installation.mailbox.password, WRONG, PASSCODE, LINK]
    tokens = [f"\0{user}\0{word}" for word in words]
    coded = [base64.b64encode(each.encode()).decode() for each in (*words, *tokens)]
    key = key_file(installation.store_path)
    keys = [key.read_bytes().hex(), repr(key.read_bytes())] if key.exists() else []
    return [*words, *coded, *keys]


def check_silence(installation: Installation, said: str) -> None:
    shown = [word for word in secrets_of(installation) if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", said)]
    assert shown == []
    assert "Nachtigall" not in said


(CLOSED,) = free_ports(1)
FAULTS = [
    {},
    {"MAILFLOW_MAILBOX__PASSWORD": WRONG},
    {"MAILFLOW_SMTP__PASSWORD": WRONG, "MAILFLOW_SMTP__USER": "somebody@web.example"},
    {"MAILFLOW_MAILBOX__PORT": str(CLOSED)},
    {"MAILFLOW_MAILBOX__PASSWORD": ""},
    {"MAILFLOW_MAILBOX__CA_FILE": ""},
    {"MAILFLOW_ZOOM__LINK": f"http://zoom.example/?pwd={LINK}"},
    {"MAILFLOW_ZOOM__PASSCODE_": PASSCODE},
    {"MAILFLOW_MAILBOX__PASSWORT": WRONG},
    {"MAILFLOW_STORE__PATH": "/proc/nothing/here.json"},
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: "-".join(fault) or "all is well")
@pytest.mark.parametrize("command", [("check",), ("run", "--once", "-v")], ids=" ".join)
def test_nothing_secret_is_said(
    installation: Installation, command: tuple[str, ...], fault: Mapping[str, str]
) -> None:
    """With tracebacks and every step told."""
    installation.mailbox.deliver(letter("Anmeldung", SIGN_UP))
    check_silence(installation, everything_said(installation, {**DEBUG, **fault}, *command))


def test_a_server_that_repeats_what_it_was_told(installation: Installation, sink: Sink) -> None:
    """A refusal may quote the very command: its words are shown, the secret in them is not."""
    sink.fault = lambda command, _: None if command != "AUTH" else f"535 5.7.8 no: {WRONG}"
    environment = {**DEBUG, "MAILFLOW_SMTP__PASSWORD": WRONG, "MAILFLOW_SMTP__USER": "u@web.example"}
    check_silence(installation, everything_said(installation, environment, "check"))


def test_lists_and_records_hold_no_access_data(installation: Installation, sink: Sink) -> None:
    """The answer went out with them; what is kept afterwards and shown is without."""
    installation.mailbox.deliver(letter("Anmeldung", SIGN_UP))
    code, said = installation.run("run", "--once")
    assert code == 0, said
    assert len(sink.taken) == 1
    assert PASSCODE not in said
    for kind in ("registrations", "ideas", "attention"):
        _, listed = installation.run("list", kind, "--json")
        assert PASSCODE not in listed
    kept = b"".join(file.read_bytes() for file in installation.store_path.parent.iterdir())
    assert installation.mailbox.password.encode() not in kept


def test_files_are_for_their_owner_alone(installation: Installation) -> None:
    """The store, its key, its journal and copies, and the folder they lie in."""
    installation.mailbox.deliver(letter("Anmeldung", SIGN_UP))
    installation.run("run", "--once")
    folder = installation.store_path.parent
    modes = {
        file.name: oct(file.stat().st_mode & 0o777) for file in (folder, *folder.rglob("*")) if file.is_file()
    }
    assert modes
    assert set(modes.values()) == {"0o600"}
    assert folder.stat().st_mode & 0o077 == 0


def test_a_warning_where_others_can_read(installation: Installation) -> None:
    """Both the configuration, which holds the access data, and the store; nothing of them is shown."""
    config = installation.folder / "config.toml"
    installation.mailbox.deliver(letter("Anmeldung", SIGN_UP))
    assert "chmod" not in everything_said(installation, DEBUG, "run", "--once")
    installation.store_path.chmod(0o644)
    config.chmod(0o644)
    assert f"chmod 600 {config}" in everything_said(installation, DEBUG, "run", "--once")
    said = everything_said(installation, DEBUG, "check", "--offline")
    assert f"chmod 600 {config}" in said
    assert f"chmod 600 {installation.store_path}" in said
    check_silence(installation, said)
