"""Look-ups and counts over the rows, kept in memory so that no question scans a table.

Rules: it is told of every durable change and of nothing else; it answers with keys of rows, never with rows.
Answers count from when they were noted, whatever became of them.
"""

from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from mailflow.store.journal import Row, Tables

UNIQUE = {  # table → the field by which a row is found
    "registrations": "id",
    "ideas": "id",
    "attention": "id",
    "mails": "digest",
    "answers": "message_id",
    "failures": "digest",
}
HOUR = 3600.0  # seconds
ALARM = "alarm"  # answers with this template go to the organiser: they count for no limit


class Index:
    """Where things are."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self.begin({})

    def begin(self, tables: Tables) -> None:
        """All rows anew."""
        self._keys: dict[str, dict[str, str]] = {table: {} for table in UNIQUE}
        self._addresses: dict[str, dict[str, None]] = {}  # address → keys of registrations, in order
        self.waiting: dict[str, None] = {}  # keys of answers
        self._answers: dict[str, dict[str, None]] = {}  # address → keys of answers to it, in order
        self._mails: dict[str, dict[str, None]] = {}  # sender → keys of mails, in order
        self.judges: Counter[str] = Counter()  # who signs Authentication-Results → mails
        self._days: Counter[tuple[date, str]] = Counter()  # (day, address), and (day, "") for all
        self._moments: dict[str, list[float]] = {"": []}  # domain, and "" for all → moments, sorted
        for table in UNIQUE:
            for key, row in tables.get(table, {}).items():
                self.change(table, key, None, row)

    def change(self, table: str, key: str, old: Row | None, new: Row | None) -> None:
        """One row."""
        field = UNIQUE.get(table)
        if field is None:
            return
        if old is not None:
            self._keys[table].pop(old.get(field, ""), None)
            self._note(table, key, old, -1)
        if new is not None and field in new:
            self._keys[table][new[field]] = key
            self._note(table, key, new, 1)

    def key(self, table: str, value: str) -> str | None:
        """The row whose unique field has this value."""
        return self._keys[table].get(value)

    def registrations(self, address: str) -> Iterator[str]:
        """Keys of the registrations of an address (casefolded), in the order they came."""
        return iter(self._addresses.get(address, ()))

    def answers_to(self, address: str) -> Iterator[str]:
        """Keys of the answers to an address (casefolded), the latest first."""
        return reversed(self._answers.get(address, {}))

    def mails_of(self, sender: str) -> Iterator[str]:
        """Keys of the mails of a sender (casefolded), the latest first."""
        return reversed(self._mails.get(sender, {}))

    def answers_on(self, day: date, address: str = "") -> int:
        """How many answers were noted on a day of the event's zone, to one address (casefolded) or in all."""
        return self._days[day, address]

    def answers_around(self, now: datetime, domain: str = "") -> int:
        """How many answers were noted within an hour of now, to one domain or in all.

        Those "from the future" count too: a clock that was set back must not open the gates.
        """
        moments, when = self._moments.get(domain, []), now.timestamp()
        return bisect_right(moments, when + HOUR) - bisect_left(moments, when - HOUR)

    def _note(self, table: str, key: str, row: Row, by: int) -> None:
        """Count a row in, or out again."""
        if table == "registrations":
            _list(self._addresses, row.get("address", ""), key, by)
        elif table == "mails":
            _list(self._mails, row.get("sender", ""), key, by)
            if judge := row.get("judge"):
                self.judges[judge] += by
        elif table == "answers":
            if row.get("template") != ALARM:
                self._count(row, by)
                _list(self._answers, row["to"], key, by)
            if by > 0 and row.get("state") == "waiting":
                self.waiting[key] = None
            else:
                self.waiting.pop(key, None)

    def _count(self, row: Row, by: int) -> None:
        address, created = row["to"].casefold(), datetime.fromisoformat(row["created"])
        day, when = created.astimezone(self.zone).date(), created.timestamp()
        self._days[day, address] += by
        self._days[day, ""] += by
        for moments in (self._moments[""], self._moments.setdefault(domain_of(address), [])):
            if by > 0:
                insort(moments, when)
            else:
                del moments[bisect_left(moments, when)]


def _list(keys: dict[str, dict[str, None]], address: str, key: str, by: int) -> None:
    """Enter a key under an address, or strike it out."""
    mine = keys.setdefault(address.casefold(), {})
    if by > 0:
        mine[key] = None
    else:
        mine.pop(key, None)


def domain_of(address: str) -> str:
    """What stands behind the last @."""
    return address.rpartition("@")[2]
