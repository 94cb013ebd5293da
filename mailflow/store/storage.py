"""What TinyDB stores to: the ledger, with several changes made one durable write.

Rules: rows are changed nowhere but here; several changes inside one `together()` are one line of the journal,
or none of them has happened. Look-ups hear of a change when it is durable.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tinydb import Storage

from mailflow.store.files import KEPT_COPIES
from mailflow.store.journal import Change, Row, Tables
from mailflow.store.ledger import Ledger, Watcher

SMALL = 256 * 1024  # bytes: a checkpoint of this size costs nothing, a journal of this size is read at once
TOO_LONG = 64 * 1024 * 1024  # bytes: such a journal is followed by a checkpoint even in the middle of work


class JournaledStorage(Storage):
    """TinyDB's storage. `wrote`: has anything been written through this one?"""

    def __init__(self, path: Path, watcher: Watcher) -> None:
        self.ledger = Ledger(path, watcher)
        self.wrote = False
        self._watcher = watcher
        self._staged: list[tuple[Change, Row | None]] | None = None  # with the rows as they were before

    # --- TinyDB's side

    def read(self) -> Tables | None:
        """All rows, fresh, as TinyDB wants them; it may take tables out of what it gets.

        A table without rows is no table: neither file would hold it.
        """
        self.refresh()
        return {name: rows for name, rows in self.ledger.tables.items() if rows} or None

    def write(self, data: Tables) -> None:
        """Replace all rows (TinyDB calls this to drop tables)."""
        with self.together():
            for name, rows in list(self.ledger.tables.items()):
                for key in set(rows) - set(data.get(name, ())):
                    self.put(name, key, None)
            for name, rows in data.items():
                for key, row in rows.items():
                    if self.ledger.tables.get(name, {}).get(key) != row:
                        self.put(name, key, row)

    def close(self) -> None:
        """Give the files back. What was written stays, checkpoint or not."""
        self.ledger.close()

    # --- ours

    def rows(self, table: str) -> dict[str, Row]:
        """A table's rows as they are in memory, what is staged included."""
        return self.ledger.tables.get(table, {})

    def put(self, table: str, key: str, row: Row | None) -> None:
        """Stage one row (None: take it away)."""
        if self._staged is None:
            raise RuntimeError("put() belongs inside together()")
        change = Change(table, key, row)
        self._staged.append((change, self.ledger.set(change)))

    @contextmanager
    def together(self) -> Iterator[None]:
        """Everything put inside becomes one durable write. On any error none of it has happened.

        Raises TryLater where the disk is full, StoreBusy, Misconfigured.
        """
        if self._staged is not None:  # inside another one, which writes it all
            yield
            return
        with self.ledger.locked() as journal:
            staged = self._staged = []
            try:
                yield
                if staged:
                    journal.append([change for change, _ in staged])
            except BaseException:
                for change, old in reversed(staged):
                    self.ledger.set(change._replace(row=old))
                raise
            finally:
                self._staged = None
            self.wrote = self.wrote or bool(staged)
            for change, old in staged:
                self._watcher.change(change.table, change.key, old, change.row)
            if journal.end > TOO_LONG:
                with suppress(OSError):  # the write itself is durable
                    self.ledger.turn_over(journal)

    def refresh(self) -> None:
        """Read what other processes have written since."""
        if self._staged is None:
            self.ledger.catch_up()

    @property
    def small(self) -> bool:
        """Is a checkpoint a matter of milliseconds?"""
        return self._size() < SMALL

    def checkpoint(self, *, always: bool = False, copies: int = KEPT_COPIES) -> None:
        """Bring the JSON file up to date, if enough has come since to be worth it (or anything, if `always`).

        `copies` = 0 keeps no earlier state, so that what was erased is gone. Raises TryLater, Misconfigured.
        """
        if not self.ledger.begun:
            return
        with self.ledger.locked() as journal:
            grown = journal.end > max(SMALL, self._size() // 2)
            if not self.ledger.sound or (journal.holds_more and (always or grown)):
                self.ledger.turn_over(journal, copies)

    def _size(self) -> int:
        """Bytes in the JSON file."""
        path = self.ledger.files.checkpoint
        return path.stat().st_size if path.exists() else 0
