"""What a template may name: the one list, with meanings and samples.

| name | meaning |
|---|---|
| `name` | name of the person, "" where unknown; plain text, cleaned, at most 60 characters |
| `persons` | how many will come, a whole number |
| `organisation`, `phone` | what the mail said of them, "" where nothing |
| `sign_up`, `practice` | true or false: comes to the event, to the try-out |
| `idea`, `in_time` | an idea was sent; in time or after the deadline |
| `question` | something was asked that a person will answer |
| `cancelled`, `changed`, `known` | took the sign-up back; changed an earlier one; was signed up before |
| `calendar` | a calendar file is attached |
| `limit`, `address` | only in the alarm to the organiser: which limit, whose answer was held back |
| `complaints` | only in the mail about rules that cannot be taken over: sentences |
| `reason` | only in the mails to the organiser about a refused login or mails left lying: what is wrong |
| `event.…` | see `EventWords` |
| `access.…` | see `AccessWords`; none (and false in an `if`) in an answer without access data |
| `organiser.…` | see `OrganiserWords` |

Rule: what comes from a mail passes `plain` before it gets here, so it is words and never syntax, link or
address.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

LONGEST_VALUE = 60  # characters of a text that came from a mail

# The invisible joints that Persian and Indian names need; every other format character goes.
_JOINTS = "\u200c\u200d"
_LINKED = re.compile(r"[:/\\@<>{}\[\]|`\"“”„]+")
_DOT_INSIDE = re.compile(r"(?<=\w)\.(?=\w)")


class Bare(str):
    """A text that stands on a line of its own and is copied as it is: no direction marks around it."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class EventWords:
    """The event in the language of the answer."""

    title: str
    day: str  # "Mittwoch, 17. März 2021"
    date: str  # "17. März"
    starts: str  # "15:00"
    ends: str  # "16:30"
    ideas_until: str  # "10. März"
    ideas_open: bool  # ideas are still collected beforehand
    over: bool  # the event has ended
    practice_day: str  # the try-out; "" where there is none
    practice_date: str
    practice_starts: str
    practice_ends: str
    practice_open: bool  # there is a try-out and it has not ended


@dataclass(frozen=True, slots=True)
class AccessWords:
    """How to enter the conference."""

    link: str
    meeting_id: str
    passcode: str
    dial_in: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrganiserWords:
    """Who stands behind the event."""

    name: str
    email: str
    phone: str  # "" where none is given
    team: str  # the display name that the answers are sent under


SAMPLE_EVENT = EventWords(
    title="Digitales Kennenlernen",
    day="Mittwoch, 17. März 2021",
    date="17. März",
    starts="15:00",
    ends="16:30",
    ideas_until="10. März",
    ideas_open=True,
    over=False,
    practice_day="Dienstag, 16. März 2021",
    practice_date="16. März",
    practice_starts="15:00",
    practice_ends="16:30",
    practice_open=True,
)
SAMPLE_ACCESS = AccessWords(
    link=Bare("https://zoom.example/j/81234567890"),
    meeting_id="812 3456 7890",
    passcode=Bare("Kaarst17"),
    dial_in=("+49 69 1234 5678", "+49 30 1234 5678"),
)
SAMPLE_ORGANISER = OrganiserWords(
    name="Max Gassen",
    email="gassen@example.org",
    phone="02131 555-0100",
    team="Integrationsmanagement Kaarst",
)
_FLAGS = ("sign_up", "practice", "idea", "in_time", "question", "cancelled", "changed", "known", "calendar")
SAMPLE: Mapping[str, object] = {
    "name": "Renate Hoffmann",
    "persons": 2,
    "organisation": "Familienzentrum Sonnenschein",
    "phone": "02131 555-0142",
    "limit": "5 Antworten an eine Adresse am Tag",
    "address": "renate@web.example",
    "complaints": ("rules/meaning/de.toml, Zeile 7: „phrase“ gibt es nicht.",),
    "reason": "Die Anmeldung als „anmeldung@kaarst.example“ wurde abgelehnt.",
    **dict.fromkeys(_FLAGS, True),
    "event": SAMPLE_EVENT,
    "access": SAMPLE_ACCESS,
    "organiser": SAMPLE_ORGANISER,
}
UNSET: Mapping[str, object] = {
    "name": "",
    "persons": 1,
    "organisation": "",
    "phone": "",
    "limit": "",
    "address": "",
    "complaints": (),
    "reason": "",
    **dict.fromkeys(_FLAGS, False),
}
KNOWN_FIELDS: Mapping[str, tuple[str, ...]] = {
    "event": tuple(field.name for field in fields(EventWords)),
    "access": tuple(field.name for field in fields(AccessWords)),
    "organiser": tuple(field.name for field in fields(OrganiserWords)),
}


def samples(*, access: bool) -> Iterator[Mapping[str, object]]:
    """Sample values: everything set, nothing set, and two mails as they come."""
    some = {"sign_up": True, "idea": True, "persons": 3, "phone": "0171 5550142"}
    others = {"name": "Ali", "practice": True, "question": True, "known": True, "organisation": "Kita"}
    for values in (SAMPLE, {**SAMPLE, **UNSET}, {**SAMPLE, **UNSET, **some}, {**SAMPLE, **UNSET, **others}):
        yield dict(values) if access else {**values, "access": None}


def plain(value: str, longest: int = LONGEST_VALUE) -> str:
    """Text that came from a mail as harmless words on one line.

    Control and direction characters, line breaks and what would make a link, an address or markup of it are
    taken out ("evil.example" becomes "evil. example"), and what is too long is cut with "…".
    """
    kept = "".join(map(_harmless, value[: longest * 20]))
    words = _DOT_INSIDE.sub(". ", _LINKED.sub(" ", unicodedata.normalize("NFC", kept)))
    line = " ".join(words.split()).strip(" ,;-–—_=*#")
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def _harmless(letter: str) -> str:
    category = unicodedata.category(letter)
    if category in ("Cc", "Zl", "Zp", "Zs"):
        return " "
    if category[0] == "C" and letter not in _JOINTS:
        return ""
    return letter
