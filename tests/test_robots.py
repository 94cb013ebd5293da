"""On real servers: two Mailflows that write to each other fall silent; bounces, alarms, forged senders."""

from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from mailflow.desk import Desk
from mailflow.model import Address, Limits
from tests.servers.authority import Authority
from tests.servers.dovecot import Dovecot
from tests.servers.fixtures import fresh_mailbox
from tests.servers.mailbox import Mailbox, letter
from tests.servers.sink import Sink, Taken
from tests.servers.workplace import Clock, Workplace, sink_settings

pytestmark = pytest.mark.dovecot

SIGN_UP = "Guten Tag, hiermit melde ich mich zur Zoom-Konferenz an.\r\nAnna Muster"
# What a robot might write in answer to us so that nothing at all gives it away
WORDS = (
    "Bitte senden Sie mir die Zugangsdaten noch einmal.",
    "Ich schlage ein Sprachcafé vor.",
    "Wie lange dauert die Veranstaltung?",
    "Hiermit melde ich mich zur Zoom-Konferenz an.",
    "Blauer Himmel, grüne Wiesen.",
)


def disguised(raw: bytes) -> bytes:
    """An answer in the worst case: no mark in the headers, no word that gives it away, a wish each time."""
    answer = message_from_bytes(raw, policy=policy.default)
    passed = EmailMessage()
    passed["From"], passed["To"], passed["Subject"] = str(answer["From"]), str(answer["To"]), "Neue Mail"
    number = sum(raw)
    passed.set_content(f"Guten Tag,\n\n{WORDS[number % len(WORDS)]}\n\nViele Grüße\nAnna Muster {number}\n")
    return passed.as_bytes()


class House:
    """One Mailflow with its mailbox, its store, its address and the server it sends by."""

    def __init__(self, name: str, mailbox: Mailbox, desk: Desk, folder: Path, clock: Clock) -> None:
        self.address, self.mailbox, self.sink = f"{name}@kaarst.example", mailbox, Sink()
        office = replace(
            desk.office,
            sender=Address(f"Büro {name}", self.address),
            own_addresses=frozenset({self.address}),
            organiser=Address("Max Gassen", f"organiser-{name}@kaarst.example"),
            secret=name.encode() * 8,
            limits=Limits(),
        )
        self.place = Workplace(
            replace(desk, office=office),
            folder / f"{name}.json",
            mailbox.settings(),
            sink_settings(self.sink.port),
            clock,
        )
        self.delivered = 0

    def work(self) -> list[Taken]:
        """One run; what went out in it."""
        self.place.run()
        new = self.sink.taken[self.delivered :]
        self.delivered = len(self.sink.taken)
        return new


@pytest.fixture
def houses(dovecot: Dovecot, authority: Authority, desk: Desk, tmp_path: Path) -> tuple[House, House, Clock]:
    clock = Clock()
    made = [House(name, fresh_mailbox(dovecot, authority), desk, tmp_path, clock) for name in ("a", "b")]
    return made[0], made[1], clock


def face_to_face(
    one: House, other: House, clock: Clock, *, rounds: int, carry: Callable[[bytes], bytes]
) -> list[Taken]:
    """Let them write to each other, a minute each; everything that went from one to the other."""
    gone: list[Taken] = []
    one.mailbox.deliver(letter("Anmeldung", SIGN_UP, other.address), when=clock())
    for _ in range(rounds):
        for here, there in ((one, other), (other, one)):
            clock.move(seconds=30)
            for mail in here.work():
                if mail.recipient == there.address:
                    gone.append(mail)
                    there.mailbox.deliver(carry(mail.raw), when=clock())
    return gone


def test_two_mailflows_know_each_other_at_once(houses: tuple[House, House, Clock]) -> None:
    """By what stands in the headers: the first answer gets none."""
    one, other, clock = houses
    gone = face_to_face(one, other, clock, rounds=3, carry=lambda raw: raw)
    assert len(gone) == 1
    assert len(other.mailbox.folder("Mailflow/Automatic")) == 1


def test_two_mailflows_without_any_mark_fall_silent(houses: tuple[House, House, Clock]) -> None:
    """Where a gateway strips every mark and each mail seems new, the handful of the day is the end of it."""
    one, other, clock = houses
    gone = face_to_face(one, other, clock, rounds=15, carry=disguised)
    assert 1 <= len(gone) <= 2 * Limits().address_per_day
    last_day = len(gone)
    gone = face_to_face(one, other, clock, rounds=5, carry=disguised)
    assert len(gone) <= max(0, 2 * Limits().address_per_day - last_day)
    for house in houses[:2]:
        assert house.mailbox.folder("INBOX") == []


def alarms(house: House) -> list[Taken]:
    return [each for each in house.sink.taken if each.recipient.startswith("organiser-")]


def test_a_flood_from_one_address_ends_with_one_last_word_and_one_alarm_a_day(
    houses: tuple[House, House, Clock],
) -> None:
    """Eight mails in one run and after a restart: three access data, a last word, silence; all recorded."""
    house, _, clock = houses
    for number in range(8):
        house.mailbox.deliver(letter(f"Anmeldung{number}", SIGN_UP), when=clock())
        clock.move(minutes=1)
        if number == 5:
            house.work()
    house.work()
    answers = house.sink.to("anna@web.example")
    told = [message_from_bytes(each.raw, policy=policy.default)["Subject"] for each in answers]
    assert len(answers) == 4
    assert "Mensch" in told[-1]
    assert b"zoom.example" not in answers[-1].raw
    assert len(alarms(house)) == 1
    assert b"auto-generated" in alarms(house)[0].raw
    assert len(house.mailbox.folder("Mailflow/Attention")) == 5
    with house.place.store() as store:
        assert len(store.registrations()) == 1
        assert all("Grenze erreicht" in each.reason for each in store.attention())
    clock.move(days=1)
    house.mailbox.deliver(letter("morgen", SIGN_UP), when=clock())
    house.work()
    assert len(house.sink.to("anna@web.example")) == 5


DSN = """\
Return-Path: <>
From: MAILER-DAEMON@mx.web.example
To: a@kaarst.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <dsn-1@mx.web.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Your message could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.web.example

Final-Recipient: rfc822; anna@web.example
Action: failed
Status: 5.1.1
--b
Content-Type: message/rfc822

{returned}
--b--
"""


def test_a_bounce_of_our_answer_is_put_before_the_organiser(houses: tuple[House, House, Clock]) -> None:
    """With the telephone number; the registration is marked; the next good mail clears it."""
    house, _, clock = houses
    text = SIGN_UP + "\r\nTelefon 02131 555 0101"
    house.mailbox.deliver(letter("Anmeldung", text), when=clock())
    (answer,) = house.work()
    returned = answer.raw.decode().replace("\r\n", "\n")
    house.mailbox.deliver(DSN.format(returned=returned).encode(), when=clock())
    assert house.work() == []
    with house.place.store() as store:
        assert "02131" in store.attention()[0].reason
        assert store.registrations()[0].unreached
    house.mailbox.deliver(
        letter("Noch einmal", "Bitte senden Sie mir die Zugangsdaten noch einmal."), when=clock()
    )
    assert len(house.work()) == 1
    with house.place.store() as store:
        assert not store.registrations()[0].unreached


FORGED = """\
Authentication-Results: mx.kaarst.example; dmarc=fail header.from=web.example
From: Anna Muster <anna@web.example>
To: a@kaarst.example
Subject: Anmeldung {number}
Message-ID: <forged-{number}@web.example>
Content-Type: text/plain; charset=utf-8

Hiermit melde ich mich zur Zoom-Konferenz an.
"""


def test_the_providers_name_is_learned_and_then_forgeries_get_nothing(
    houses: tuple[House, House, Clock],
) -> None:
    """Five mails that it signed, and its verdict counts; a name that stands on one mail alone does not."""
    house, _, clock = houses
    early = FORGED.format(number=1).replace("mx.kaarst", "mx.elsewhere").encode()
    house.mailbox.deliver(early, when=clock())
    assert len(house.work()) == 1
    for number in range(5):
        signed = b"Authentication-Results: mx.kaarst.example; dmarc=pass header.from=web.example\r\n"
        house.mailbox.deliver(signed + letter(f"s{number}", SIGN_UP, f"p{number}@web.example"), when=clock())
    assert len(house.work()) == 5
    house.mailbox.deliver(FORGED.format(number=2).encode(), when=clock())
    assert house.work() == []
    with house.place.store() as store:
        assert store.judge() == "mx.kaarst.example"
        assert "gefälscht" in store.attention()[-1].reason
