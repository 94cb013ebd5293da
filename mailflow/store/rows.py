"""Rows found and changed by their unique value (an id, a digest, a Message-ID), through TinyDB's tables.

Rules: finding costs one look into the index, however large the table; changes inside one `together()` are one
durable write. Rows that are handed out are not to be changed.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from zoneinfo import ZoneInfo

from mailflow.store.database import Database
from mailflow.store.index import Index
from mailflow.store.journal import Row


class Rows:
    """All the rows of a store."""

    def __init__(self, path: Path, zone: ZoneInfo) -> None:
        self.index = Index(zone)
        self.db = Database(path, self.index)
        self.storage = self.db.journaled

    def together(self) -> AbstractContextManager[None]:
        """One durable write, or none: see JournaledStorage.together."""
        return self.storage.together()

    def all(self, table: str) -> Mapping[str, Row]:
        """A table's rows by their number, with what other processes have written by now."""
        self.storage.refresh()
        return self.storage.rows(table)

    def find(self, table: str, value: str) -> Row | None:
        """The row with this unique value."""
        key = self.index.key(table, value)
        return None if key is None else self.storage.rows(table)[key]

    def registrations_of(self, address: str) -> list[str]:
        """Ids of the registrations of an address (casefolded), in the order they came."""
        rows = self.storage.rows("registrations")
        return [rows[key]["id"] for key in self.index.registrations(address)]

    def rows(self, table: str, keys: Iterable[str]) -> Iterator[Row]:
        """Rows by their numbers, in that order."""
        rows = self.storage.rows(table)
        return (rows[key] for key in keys)

    def waiting_for(self, address: str) -> list[str]:
        """Message-IDs of the answers to an address (casefolded) that no server has accepted yet."""
        rows = self.storage.rows("answers")
        waiting = [key for key in self.index.answers_to(address) if key in self.index.waiting]
        return [rows[key]["message_id"] for key in waiting]

    def write(self, rows: Mapping[str, Mapping[str, Row]], forget: Iterable[str] = ()) -> None:
        """Insert or replace rows (table → unique value → row), and forget failures of mails (digests)."""
        with self.together():
            for table, by_value in rows.items():
                for value, row in by_value.items():
                    if not self.update(table, value, **row):
                        self.db.table(table).insert(row)
            for digest in forget:
                self.drop("failures", digest)

    def update(self, table: str, value: str, **fields: object) -> bool:
        """Change some fields of a row. False where there is no such row."""
        key = self.index.key(table, value)
        return key is not None and bool(self.db.table(table).update(fields, doc_ids=[int(key)]))

    def drop(self, table: str, value: str) -> None:
        """Take a row away, if it is there."""
        key = self.index.key(table, value)
        if key is not None:
            self.db.table(table).remove(doc_ids=[int(key)])
