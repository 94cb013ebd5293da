"""Records of the model <-> rows of the database.

Rules: a row holds what the record holds, under the same names; moments are ISO 8601 in the event's zone; the
bytes of an answer are Latin-1 text, which takes any byte and shows ASCII as it is. Half a surrogate pair,
which no UTF-8 file can hold, becomes "?".
"""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from mailflow.errors import Misconfigured
from mailflow.model import Attention, FolderName, Idea, Plan, Registration, Waiting
from mailflow.store.journal import Row


@dataclass(frozen=True, slots=True)
class Noted:
    """The journal's word on one mail: dealt with, by which rule, where it is filed, what went out."""

    digest: str
    message_id: str
    arrived: datetime
    when: datetime  # of the note
    sender: str
    rule: str
    folder: FolderName
    answer: str = ""  # Message-ID of our answer; "" where there was none


@dataclass(frozen=True, slots=True)
class Failure:
    """A mail that raised an error, and is neither dealt with nor put aside yet."""

    digest: str
    count: int
    why: str  # kind of the last error, and its place
    since: datetime  # of the first try
    when: datetime  # of the last try


Record = TypeVar("Record", Registration, Idea, Attention, Noted, Waiting, Failure)

LARGEST: Final = 2**53
_MOMENTS: Final = frozenset({"when", "arrived", "created", "next_try", "since"})


def to_row(record: Registration | Idea | Attention | Noted | Waiting | Failure, zone: ZoneInfo) -> Row:
    """A record as a row."""
    return {item.name: _plain(getattr(record, item.name), zone) for item in fields(record)}


def from_row(kind: type[Record], row: Row, zone: ZoneInfo) -> Record:
    """A row as a record, without what else stands in it. Misconfigured where it is no such record."""
    try:
        return kind(**{item.name: _rich(item.name, row[item.name], zone) for item in fields(kind)})
    except (KeyError, TypeError, ValueError) as error:
        raise Misconfigured(
            f"Im Datenbestand ist ein Eintrag nicht lesbar ({kind.__name__} {row.get('id', '')}: {error!r})."
        ) from None


def note(plan: Plan, now: datetime) -> Noted:
    """What the journal says of a plan."""
    answer = plan.answer.message_id if plan.answer else ""
    return Noted(plan.digest, plan.message_id, plan.arrived, now, plan.sender, plan.rule, plan.folder, answer)


def moment(text: str, zone: ZoneInfo) -> datetime:
    """A moment from a row, in the event's zone."""
    return datetime.fromisoformat(text).astimezone(zone)


def _plain(value: object, zone: ZoneInfo) -> object:
    match value:
        case str():
            return value if value.isascii() else value.encode("utf-8", "replace").decode()
        case datetime():
            return value.astimezone(zone).isoformat()
        case bytes():
            return value.decode("latin-1")
        case int():  # JSON files end there; nobody brings that many people
            return value if -LARGEST < value < LARGEST else LARGEST
    return value


def _rich(name: str, value: Any, zone: ZoneInfo) -> Any:
    if name in _MOMENTS and value is not None:
        return moment(value, zone)
    if name == "raw":
        return value.encode("latin-1")
    return value
