"""Mails that raise an error: tried three times, apart; and when all of them raise, INBOX is not emptied."""

import shutil
from pathlib import Path

import pytest

from mailflow.desk import Desk
from mailflow.templates import load_templates
from tests.servers.installation import ROOT
from tests.servers.mailbox import Mailbox, letter
from tests.servers.sink import Sink
from tests.servers.workplace import Workplace, sink_settings

pytestmark = pytest.mark.dovecot

POISON = letter("Anmeldung7", "Wir kommen zu siebt zur Zoom-Konferenz.\r\nAnna Muster", "gift@web.example")


def sign_up(number: int) -> bytes:
    return letter(f"Anmeldung{number}", "Ich melde mich an.", f"anna{number}@web.example")


def in_sixes(count: int) -> list[bytes]:
    """Sign-ups of six."""
    text = "Wir kommen zu sechst zur Zoom-Konferenz."
    return [letter(f"Anmeldung{n}", text, f"anna{n}@web.example") for n in range(count)]


def broken(desk: Desk, folder: Path, when: str) -> Desk:
    """The template for sign-ups breaks `when`, which no trial run of templates has shown."""
    templates = folder / "templates"
    shutil.copytree(ROOT / "templates", templates, dirs_exist_ok=True)
    access = templates / "access.de.txt"
    text = access.read_text("utf-8") + f"{{% if {when} %}}{{{{ 1 // 0 }}}}{{% endif %}}\n"
    access.write_text(text, "utf-8")
    return Desk(desk.rules, load_templates(templates), desk.office)


@pytest.fixture
def place(desk: Desk, tmp_path: Path, mailbox: Mailbox) -> Workplace:
    """Mailflow whose answers to parties of seven, and to nobody else, cannot be written."""
    ill = broken(desk, tmp_path, "persons == 7")
    return Workplace(ill, tmp_path / "store.json", mailbox.settings(), sink_settings(9))


def failures(place: Workplace) -> list[int]:
    with place.store() as store:
        return [failure.count for failure in store.failing()]


def test_three_tries_lie_apart_and_hold_up_nobody(place: Workplace, mailbox: Mailbox) -> None:
    """Each run is a restart: before its time a mail is not tried. Then a person gets it, with the reason."""
    mailbox.deliver(sign_up(1), POISON, sign_up(2))
    with Sink() as sink:
        place.smtp = sink_settings(sink.port)
        for count, minutes in ((1, 1), (2, 10)):
            assert not place.run()
            assert failures(place) == [count]
            assert mailbox.folder("INBOX") == [POISON]
            place.clock.move(minutes=minutes * 0.9)
            assert not place.run()
            assert failures(place) == [count]
            place.clock.move(minutes=minutes * 0.2)
        assert place.run()
        assert [each.recipient for each in sink.taken] == ["anna1@web.example", "anna2@web.example"]
    assert mailbox.folder("Mailflow/Failed") == [POISON]
    assert mailbox.folder("INBOX") == []
    assert failures(place) == []
    with place.store() as store:
        (notice,) = store.attention()
        assert (notice.address, notice.subject) == ("gift@web.example", "Anmeldung7")
        assert "ZeroDivisionError in templates/" in notice.reason
        assert len(store.registrations()) == 2


def test_a_clock_set_back_holds_no_mail_for_long(place: Workplace, mailbox: Mailbox) -> None:
    mailbox.deliver(POISON)
    assert not place.run()
    place.clock.move(days=-1)
    assert not place.run()
    assert failures(place) == [2]


def test_a_fault_of_ours_empties_no_inbox(desk: Desk, place: Workplace, mailbox: Mailbox) -> None:
    """Five mails raise at one place: they stay, the organiser is told once; mended, all are answered."""
    place.desk = broken(desk, place.store_path.parent / "ours", "persons == 6")
    mailbox.deliver(*in_sixes(5))
    with Sink() as sink:
        place.smtp = sink_settings(sink.port)
        for _ in range(9):
            assert not place.run()
            place.clock.move(hours=1)
        assert len(mailbox.folder("INBOX")) == 5
        assert mailbox.folder("Mailflow/Failed") == []
        (told,) = sink.taken
        assert told.recipient == desk.office.organiser.addr
        assert b"ZeroDivisionError" in told.raw
        assert b"Auto-Submitted: auto-generated" in told.raw
        place.desk = desk
        assert place.run()
        assert sorted(each.recipient for each in sink.taken[1:]) == [f"anna{n}@web.example" for n in range(5)]
    with place.store() as store:
        assert store.attention() == ()
        assert store.failing() == ()


def test_after_a_day_even_these_go_before_a_person(desk: Desk, place: Workplace, mailbox: Mailbox) -> None:
    place.desk = broken(desk, place.store_path.parent / "ours", "persons == 6")
    mailbox.deliver(*in_sixes(4))
    for _ in range(3):
        assert not place.run()
        place.clock.move(hours=1)
    place.clock.move(days=1)
    place.run()
    assert len(mailbox.folder("Mailflow/Failed")) == 4
    with place.store() as store:
        assert len(store.attention()) == 4
