"""Rules and templates that change while the service runs: good ones hold at once, bad ones never."""

import os
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from mailflow.status import Status, read_status
from tests.servers.installation import Installation
from tests.servers.mailbox import Mailbox, letter
from tests.servers.serving import SIGN_UP, ended, eventually, serving, until_connected
from tests.servers.sink import Sink

pytestmark = pytest.mark.dovecot


@pytest.fixture
def house(tmp_path: Path, mailbox: Mailbox, sink: Sink) -> Installation:
    """With rules and templates of its own."""
    house = Installation.make(tmp_path, mailbox, sink.port, smtp_login=False, poll_seconds=1)
    return house.with_own_rules()


def change(file: Path, before: str, after: str) -> None:
    text = file.read_text("utf-8")
    assert before in text
    file.write_text(text.replace(before, after), "utf-8")


def status(house: Installation) -> Status:
    found = read_status(house.store_path)
    assert found
    return found


def words(sink: Sink, number: int = -1) -> tuple[str, str]:
    """Recipient and text of an answer."""
    message = message_from_bytes(sink.taken[number].raw, policy=policy.default)
    body = message.get_body(("plain",))
    assert body
    return sink.taken[number].recipient, body.get_content()


def test_a_good_change_holds_from_the_next_mail_on(house: Installation, sink: Sink) -> None:
    """A template and a rule, without a restart."""
    with serving(house) as process:
        until_connected(process)
        before = status(house)
        greeting = house.folder / "templates" / "_closing.de.txt"
        greeting.write_text("Bis bald im Forum\n", "utf-8")
        meaning = house.folder / "rules" / "meaning" / "de.toml"
        sentence = '\n[[meaning]]\nname = "Blaue Karte"\nsays = "sign_up"\nphrases = ["blaue Karte"]\n'
        meaning.write_text(meaning.read_text("utf-8") + sentence, "utf-8")
        eventually(lambda: status(house).state != before.state)
        house.mailbox.deliver(letter("Karte", "Ich nehme die blaue Karte.\r\nAnna", "anna@web.example"))
        eventually(lambda: len(sink.taken) == 1)
        _, said = ended(process)
    assert words(sink)[0] == "anna@web.example"
    assert "Bis bald im Forum" in words(sink)[1]
    assert "rules taken version=" in said
    assert status(house).rules != before.rules
    assert before.since
    assert (status(house).since or before.since) >= before.since


FAULTS = {
    "rule": ("rules/answers.toml", "[[answer]]", "[[answr]]", "answers.toml"),
    "template": ("templates/access.de.txt", "{{ event", "{{ ewent", "access.de.txt, Zeile"),
    "case": ("rules/cases/de.toml", "persons = 2", "persons = 5", "(cases/de.toml, Zeile "),
    "not UTF-8": ("templates/access.de.txt", "", "", "UTF-8"),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_a_bad_change_is_told_once_and_does_nothing(kind: str, house: Installation, sink: Sink) -> None:
    """The last good state answers on; the organiser gets one mail."""
    name, before, after, told = FAULTS[kind]
    file = house.folder / name
    with serving(house) as process:
        until_connected(process)
        if before:
            change(file, before, after)
        else:
            file.write_bytes(file.read_bytes() + "Grüße\n".encode("latin-1"))
        eventually(lambda: len(sink.taken) == 1)
        recipient, text = words(sink)
        assert recipient == "gassen@diakonie.example"
        assert told in text
        assert b"auto-generated" in sink.taken[0].raw
        refused = status(house)
        assert refused.refused
        assert any(told in each for each in refused.complaints)
        house.mailbox.deliver(letter("Anmeldung", SIGN_UP, "anna@web.example"))
        eventually(lambda: len(sink.taken) == 2)
        assert words(sink)[0] == "anna@web.example"
        os.utime(file)  # looked at again, and still the same
        code, said = ended(process)
    assert code == 0
    assert said.count("rules refused") == 1


def test_a_restart_with_a_refused_change_is_refused(house: Installation) -> None:
    """Also where only a case shows that it is bad, which no start looks at by itself."""
    name, before, after, told = FAULTS["case"]
    file = house.folder / name
    good = file.read_bytes()
    with serving(house) as process:
        until_connected(process)
        change(file, before, after)
        eventually(lambda: bool(status(house).refused))
        ended(process)
    code, said = house.run("run", "--once")
    assert code == 78
    assert told in said
    file.write_bytes(good)
    code, said = house.run("run", "--once")
    assert code == 0, said
    assert status(house).refused == ""


def test_a_mended_change_is_taken_over(house: Installation, sink: Sink) -> None:
    """Bad, then good: the new state holds, and the status says so."""
    closing = house.folder / "templates" / "_closing.de.txt"
    with serving(house) as process:
        until_connected(process)
        first = status(house).state
        closing.write_text("Bis bald {{ gibtesnicht }}\n", "utf-8")
        eventually(lambda: bool(status(house).refused))
        closing.write_text("Bis bald\n", "utf-8")
        eventually(lambda: status(house).state != first)
        assert status(house).refused == ""
        ended(process)
    assert len(sink.taken) == 1


def test_bad_rules_at_the_start_are_refused(house: Installation) -> None:
    """Exit code 78, with file and line; and the status knows why it ended."""
    change(house.folder / "rules" / "answers.toml", "[[answer]]", "[[answr]]")
    code, said = house.run("run", "--once")
    assert code == 78
    assert "answers.toml" in said
    assert "answers.toml" in status(house).error
