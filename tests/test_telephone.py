"""Sign-ups by phone: recorded at once, the access data wait for the service, a second call changes them."""

import json
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from mailflow.cli import call
from mailflow.model import Waiting
from mailflow.store import Store


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """A working folder, and we are in it."""
    assert call(["init", str(tmp_path / "work")]) == 0
    monkeypatch.chdir(tmp_path / "work")
    capsys.readouterr()
    return tmp_path / "work"


def listed(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    capsys.readouterr()
    assert call(["list", "registrations", "--json"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def waiting(workplace: Path) -> tuple[Waiting, ...]:
    with Store.open(workplace / "data" / "mailflow.json", "Europe/Berlin") as store:
        return store.waiting()


ERNA = ["add", "--name", "Erna Beispiel", "--persons", "2", "--phone", "02131 555-0142", "--practice"]


def test_without_address_nothing_is_sent(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Recorded in full; the organiser is told to give the access data on the phone."""
    assert call(ERNA) == 0
    assert "am Telefon durchgeben" in capsys.readouterr().err
    (entry,) = listed(capsys)
    assert (entry["name"], entry["persons"], entry["phone"]) == ("Erna Beispiel", 2, "02131 555-0142")
    assert (entry["practice"], entry["state"], entry["mail"]) == (True, "registered", "")
    assert waiting(workplace) == ()


def test_with_address_the_access_data_wait_to_be_sent(workplace: Path) -> None:
    """The answer lies durably in the store: threaded to nothing, to the caller, with the calendar."""
    assert call([*ERNA, "--address", "Erna@Web.example"]) == 0
    (answer,) = waiting(workplace)
    mail = message_from_bytes(answer.raw, policy=policy.default)
    assert (answer.to, answer.template) == ("Erna@Web.example", "access")
    assert mail["In-Reply-To"] is None
    body = mail.get_body(("plain",))
    assert body is not None
    assert "https://zoom.example/j/98765432101" in body.get_content()
    assert "text/calendar" in {part.get_content_type() for part in mail.walk()}


def test_second_call_changes_the_first(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same name and address: one registration, an answer that speaks of a change."""
    for persons in ("2", "3"):
        assert call(["add", "--name", "Erna", "--persons", persons, "--address", "erna@web.example"]) == 0
    (entry,) = listed(capsys)
    assert entry["persons"] == 3
    assert [answer.template for answer in waiting(workplace)] == ["access", "changed"]


def test_two_people_of_one_address_are_two(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A household shares its mailbox, not its registration."""
    for name in ("Erna Beispiel", "Otto Beispiel"):
        assert call(["add", "--name", name, "--address", "beispiel@web.example"]) == 0
    assert [entry["name"] for entry in listed(capsys)] == ["Erna Beispiel", "Otto Beispiel"]


def test_cancel_keeps_the_record(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By name, address or part of the name; nobody is written to."""
    assert call(ERNA) == 0
    assert call(["cancel", "Beispiel"]) == 0
    (entry,) = listed(capsys)
    assert entry["state"] == "cancelled"
    assert waiting(workplace) == ()
    assert call(["cancel", "Beispiel"]) == 1
    assert "nicht angemeldet" in capsys.readouterr().err


def test_cancel_asks_where_it_may_be_several(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The ids are shown, and one of them decides."""
    for name in ("Erna Beispiel", "Otto Beispiel"):
        assert call(["add", "--name", name, "--address", "beispiel@web.example"]) == 0
    assert call(["cancel", "beispiel@web.example"]) == 1
    assert "Erna" in (shown := capsys.readouterr().err)
    assert "Otto" in shown
    otto = next(entry for entry in listed(capsys) if entry["name"] == "Otto Beispiel")
    assert call(["cancel", str(otto["id"])]) == 0
    assert [entry["state"] for entry in listed(capsys)] == ["registered", "cancelled"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--address", "erna at web"], "--address: Erwartet wird eine Adresse"),
        (["--address", "a@b.example, c@d.example"], "--address: Erwartet wird eine Adresse"),
        (["--address", "a@b.example\nBcc: c@d.example"], "--address: Erwartet wird eine Adresse"),
        (["--persons", "0"], "--persons"),
    ],
)
def test_wrong_details_are_refused(
    arguments: list[str], said: str, workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, and nothing is recorded."""
    assert call(["add", "--name", "Erna", *arguments]) == 2
    assert said in capsys.readouterr().err
    assert listed(capsys) == []


def test_practice_needs_a_practice(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody is signed up for what is not offered."""
    file = workplace / "config.toml"
    lines = [line for line in file.read_text("utf-8").splitlines() if not line.startswith("practice_")]
    file.write_text("\n".join(lines), "utf-8")
    assert call(ERNA) == 2
    assert "kein Probetermin" in capsys.readouterr().err
