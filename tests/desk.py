"""The pure path of one mail for the tests: words in, reading and plan out."""

from datetime import datetime
from email.message import EmailMessage
from functools import lru_cache
from pathlib import Path

from mailflow.decide import decide
from mailflow.letter import read_letter
from mailflow.model import Known, Letter, Plan, Reading, Registration
from mailflow.rules import Rules, load_rules
from mailflow.understand import understand
from tests.answers import NOW, OFFICE

SENDER = "Renate Hoffmann <renate@web.example>"


@lru_cache
def rules() -> Rules:
    """The rules that Mailflow ships."""
    return load_rules(Path(__file__).parent.parent / "rules")


def letter(text: str, subject: str = "", sender: str = SENDER, **headers: str) -> Letter:
    """A mail as a person would send it."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "kennenlernen@diakonie.example", subject
    message["Message-ID"] = "<mail-1@web.example>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return read_letter(message.as_bytes())


def read(text: str, subject: str = "", known: Known | None = None, when: datetime = NOW) -> Reading:
    """What is read in a mail."""
    return understand(letter(text, subject), rules(), OFFICE, known or Known(), when)


def plan(
    mail: Letter, known: Known | None = None, arrived: datetime = NOW, now: datetime | None = None
) -> Plan:
    """What would be done about it."""
    known = known or Known()
    reading = understand(mail, rules(), OFFICE, known, arrived)
    return decide(mail, reading, known, rules().answers, OFFICE, arrived, now or arrived)


def registration(**changes: object) -> Registration:
    """Renate Hoffmann, two persons, without the try-out."""
    fields: dict[str, object] = {
        "id": "r1",
        "name": "Renate Hoffmann",
        "address": "renate@web.example",
        "persons": 2,
        "sign_up": True,
        "practice": False,
        "organisation": None,
        "phone": None,
        "language": "de",
        "when": NOW,
        "mail": "d0",
    }
    return Registration(**(fields | changes))  # type: ignore[arg-type]  # the names are those of the record
