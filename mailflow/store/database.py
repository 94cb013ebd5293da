"""TinyDB with its whole API, and a write whose cost does not grow with the store.

TinyDB's own Table rebuilds every row for each write. This one hands TinyDB's updaters a draft that copies
only what they touch, and the storage writes only what has changed.
"""

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from copy import deepcopy
from pathlib import Path
from typing import Any, cast

from tinydb import Storage, TinyDB
from tinydb.table import Table

from mailflow.store.journal import Row
from mailflow.store.ledger import Watcher
from mailflow.store.storage import JournaledStorage


class Draft(MutableMapping[int, Row]):
    """A table's rows for one of TinyDB's updaters: copies what is touched, remembers what is new."""

    def __init__(self, rows: Mapping[str, Row]) -> None:
        self._rows = rows
        self._touched: dict[str, Row | None] = {}

    def __getitem__(self, number: int) -> Row:
        key = str(number)
        if key not in self._touched:
            self._touched[key] = {name: _own(value) for name, value in self._rows[key].items()}
        row = self._touched[key]
        if row is None:
            raise KeyError(number)
        return row

    def __setitem__(self, number: int, row: Row) -> None:
        self._touched[str(number)] = row

    def __delitem__(self, number: int) -> None:
        if number not in self:
            raise KeyError(number)
        self._touched[str(number)] = None

    def __contains__(self, number: object) -> bool:
        key = str(number)
        return self._touched[key] is not None if key in self._touched else key in self._rows

    def __iter__(self) -> Iterator[int]:
        for key in [*self._rows, *(key for key in self._touched if key not in self._rows)]:
            if self._touched.get(key, ...) is not None:
                yield int(key)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def clear(self) -> None:
        """Forget every row at once."""
        self._touched = dict.fromkeys(self._rows)

    def changes(self) -> Iterator[tuple[str, Row | None]]:
        """The rows that are no longer as they were."""
        for key, row in self._touched.items():
            if row != self._rows.get(key):
                yield key, row


def _own(value: Any) -> Any:
    """A value that can be changed in place without changing the stored one."""
    return deepcopy(value) if isinstance(value, list | dict) else value


class JournaledTable(Table):
    """TinyDB's table; only the way a change reaches the storage is ours."""

    def __init__(self, storage: Storage, name: str, **_: Any) -> None:
        super().__init__(storage, name, cache_size=0)  # other processes write too: a cache would be stale

    @property
    def journaled(self) -> JournaledStorage:
        """The storage, by its own type."""
        return cast(JournaledStorage, self._storage)

    def insert(self, document: Mapping[str, Any]) -> int:
        """As TinyDB's; the number is chosen under the lock."""
        with self.journaled.together():
            return super().insert(document)

    def upsert(self, document: Mapping[str, Any], cond: Any = None) -> list[int]:
        """As TinyDB's, in one write."""
        with self.journaled.together():
            return super().upsert(document, cond)

    def _get_next_id(self) -> int:
        return self.journaled.ledger.next_id(self.name)

    def _update_table(self, updater: Callable[[Any], None]) -> None:
        with self.journaled.together():
            draft = Draft(self.journaled.rows(self.name))
            updater(draft)
            for key, row in list(draft.changes()):
                self.journaled.put(self.name, key, row)


class Database(TinyDB):
    """A TinyDB whose tables and storage are ours."""

    table_class = JournaledTable  # type: ignore[assignment]

    def __init__(self, path: Path, watcher: Watcher) -> None:
        super().__init__(path, watcher, storage=JournaledStorage)
        self.journaled = cast(JournaledStorage, self.storage)
