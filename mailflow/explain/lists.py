"""What is recorded, as a table for people, as JSON lines and as CSV.

Rules: JSON has every field of the record under its own name, one object a line. A CSV cell that a spreadsheet
would take for a formula (= + - @, also behind blanks, also in full width) gets a ' before it. Nothing from a
mail reaches the terminal with control characters in it.
"""

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any

from mailflow.explain.words import clean, word
from mailflow.model import Attention, Idea, Registration

if TYPE_CHECKING:
    from rich.table import Table

Record = Registration | Idea | Attention
KINDS: dict[str, type[Record]] = {"registrations": Registration, "ideas": Idea, "attention": Attention}
NOTHING = {
    "registrations": "Noch keine Anmeldungen.",
    "ideas": "Noch keine Ideen.",
    "attention": "Nichts zur Durchsicht.",
}
_STATES = {
    "registered": "angemeldet",
    "cancelled": "abgemeldet",
    "new": "neu",
    "open": "offen",
    "noted": "vermerkt",
}
_FORMULA = tuple("=+-@＝＋－＠")


def json_line(record: Record) -> str:
    """One record as JSON; moments in ISO 8601 with their offset."""
    return json.dumps(asdict(record), ensure_ascii=False, default=_plain)


def write_csv(kind: str, records: Iterable[Record], out: IO[str]) -> None:
    """A line of names, then a line a record."""
    names = [field.name for field in fields(KINDS[kind])]
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    for record in records:
        values = asdict(record)
        writer.writerow([_cell(values[name]) for name in names])


def as_table(kind: str, records: Sequence[Record]) -> "Table":
    """A table for people; columns in which nothing stands are left out."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    rows = [_row(record) for record in records]
    used = [heading for heading in rows[0] if any(row[heading] for row in rows)]
    for heading in used:
        number = heading == "Personen"
        table.add_column(heading, justify="right" if number else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(clean(row[heading])) for heading in used))
    return table


def _row(record: Record) -> dict[str, str]:
    match record:
        case Registration():
            return {
                "Wer": _lines(record.name, record.organisation),
                "Personen": str(record.persons),
                "Probe": "ja" if record.practice else "",
                "Erreichbar": _lines(record.address, record.phone),
                "Sprache": record.language,
                "Seit": f"{record.when:%d.%m.%Y}",
                "Stand": _registration_state(record),
            }
        case Idea():
            return {
                "Idee": record.text,
                "Art": word(record.kind),
                "Von": record.name or record.address,
                "Am": _moment(record.when),
                "Frist": "rechtzeitig" if record.in_time else "danach",
                "Stand": _STATES.get(record.state, record.state),
            }
        case Attention():
            return {
                "Von": record.address,
                "Betreff": record.subject,
                "Warum": record.reason,
                "Am": _moment(record.when),
                "Stand": _STATES.get(record.state, record.state),
            }


def _registration_state(record: Registration) -> str:
    state = _STATES.get(record.state, record.state)
    if record.state == "registered" and not record.sign_up:
        state = "nur Probe"
    return f"{state}, nicht erreicht: {record.unreached}" if record.unreached else state


def _lines(*parts: str | None) -> str:
    return "\n".join(part for part in parts if part)


def _moment(when: datetime) -> str:
    return f"{when:%d.%m.%Y %H:%M}"


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _cell(value: Any) -> str:
    """A value as a spreadsheet may safely open it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value)
    text = "" if value is None else clean(_plain(value))
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text
