"""The event or the try-out as a calendar file (iCalendar, RFC 5545), for the answer's attachment.

Rules: times in UTC, so that no time zone must be described; the UID depends on mailbox, kind and title only,
so that a later file replaces the entry of an earlier one; the access data are in it, so it goes with access
answers only. The library is asked once per wording; only the moment of making is filled in for each mail.
"""

import hashlib
from datetime import UTC, datetime
from functools import lru_cache
from typing import Literal

from mailflow.compose.mime import Attachment
from mailflow.model import Office

Kind = Literal["event", "practice"]

_FILES: dict[Kind, str] = {"event": "termin.ics", "practice": "zoom-probe.ics"}
_MADE = datetime(1970, 1, 1, tzinfo=UTC)  # stands for the moment of making until the mail is written


def calendar_file(kind: Kind, office: Office, title: str, description: str, now: datetime) -> Attachment:
    """The attachment. Title and description are the entry's, in the reader's language."""
    text = _calendar(kind, office, title, description)
    return Attachment(
        _FILES[kind],
        f'text/calendar; charset=utf-8; method=PUBLISH;\r\n name="{_FILES[kind]}"',
        text.replace(f"{_MADE:%Y%m%dT%H%M%SZ}", f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"),
    )


@lru_cache(maxsize=128)
def _calendar(kind: Kind, office: Office, title: str, description: str) -> str:
    """The file with `_MADE` as the moment of making."""
    from icalendar import Calendar, Event

    starts, ends = _moments(kind, office)
    entry = Event()
    entry.add("uid", _uid(kind, office))
    entry.add("dtstamp", _MADE)
    entry.add("dtstart", starts.astimezone(UTC))
    entry.add("dtend", ends.astimezone(UTC))
    entry.add("summary", title)
    entry.add("location", office.access.link)
    entry.add("description", description)
    entry.add("status", "CONFIRMED")
    calendar = Calendar()
    calendar.add("prodid", "-//Mailflow//Mailflow//DE")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(entry)
    return str(calendar.to_ical().decode("utf-8"))


def _moments(kind: Kind, office: Office) -> tuple[datetime, datetime]:
    event = office.event
    if kind == "practice" and event.practice_starts and event.practice_ends:
        return event.practice_starts, event.practice_ends
    return event.starts, event.ends


def _uid(kind: Kind, office: Office) -> str:
    mailbox = office.sender.addr
    told = hashlib.sha256(f"{mailbox}\0{kind}\0{office.event.title}".encode()).hexdigest()
    return f"{told[:24]}@{mailbox.rpartition('@')[2]}"
