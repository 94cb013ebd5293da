"""The rows in memory, and the files below them kept in step with other processes.

Rules: under the write lock everything that was acknowledged is in memory before anything is added; without it
the rows are as they were at some moment a little earlier, whole writes only; what looks harmed is loaded
anew, written anew from memory where that holds all, or refused.
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from mailflow.errors import Misconfigured
from mailflow.store.checkpoint import Checkpoint, turn_over
from mailflow.store.files import KEPT_COPIES, Damage, Files, make_folder, trouble
from mailflow.store.journal import START, Change, Journal, Row, Tables
from mailflow.store.locks import Mark, WriteLock
from mailflow.store.recovery import advice, apply, load
from mailflow.store.schema import SCHEMA, migrate


class Watcher(Protocol):
    """Whoever keeps look-ups over the rows and must hear of each change that is durable."""

    def begin(self, tables: Tables) -> None:
        """All rows anew."""

    def change(self, table: str, key: str, old: Row | None, new: Row | None) -> None:
        """One row."""


class Ledger:
    """One store's rows and files. `mended` says what was found harmed and made good."""

    def __init__(self, path: Path, watcher: Watcher) -> None:
        self.files = Files(path)
        self.tables: Tables = {}
        self.mended: tuple[str, ...] = ()
        self._watcher = watcher
        self._lock = WriteLock(self.files.lock)
        self._journal: Journal | None = None
        self._base = 0  # generation of the checkpoint in the first place; 0 where that is not a good one
        self._outdated = False  # rows of an older version: a checkpoint brings them up before the first write
        self._highest: dict[str, int] = {}  # number of a row, per table
        self._load(locked=False)

    @property
    def begun(self) -> bool:
        """Is there anything on the disk?"""
        return self._journal is not None

    @property
    def sound(self) -> bool:
        """Does a good checkpoint stand in the first place?"""
        return self._base > 0

    def set(self, change: Change) -> Row | None:
        """Carry out a change in memory; gives the row as it was."""
        old = self.tables.get(change.table, {}).get(change.key)
        apply(self.tables, [change])
        if change.table in self._highest:
            self._highest[change.table] = max(self._highest[change.table], int(change.key))
        return old

    def next_id(self, table: str) -> int:
        """A number that no row of the table has had since it was opened."""
        if table not in self._highest:
            self._highest[table] = max(map(int, self.tables.get(table, ())), default=0)
        self._highest[table] += 1
        return self._highest[table]

    @contextmanager
    def locked(self) -> Iterator[Journal]:
        """Hold the write lock, up to date with the disk; begins the store where there is none.

        Raises TryLater, StoreBusy, Misconfigured; an OSError inside becomes one of them.
        """
        try:
            make_folder(self.files.checkpoint.parent)
            with self._lock.held():
                yield self._ready()
                if self._journal is not None:
                    self._lock.set_mark(Mark(self._journal.header.generation, self._journal.end))
        except OSError as error:
            raise trouble(error, str(error.filename or self.files.journal)) from None

    def catch_up(self) -> None:
        """Read what other processes have written since. Needs no lock."""
        self._catch_up(None)

    def turn_over(self, journal: Journal, copies: int = KEPT_COPIES) -> None:
        """Write a checkpoint and go on in its journal. Only while the lock is held. May raise OSError."""
        tables = {name: rows for name, rows in self.tables.items() if rows}
        store, generation = journal.header.store, journal.header.generation + 1
        checkpoint = Checkpoint(store, generation, journal.check, SCHEMA, _now(), tables)
        turn_over(self.files, checkpoint, self._base, copies)
        self._go_on_in(Journal.open(self.files.journal))

    def close(self) -> None:
        """Give the files back."""
        if self._journal is not None:
            self._journal.close()
            self._journal = None
        self._lock.close()

    # --- in step with the disk

    def _ready(self) -> Journal:
        """The journal to write to, everything in it read."""
        journal = self._catch_up(self._lock.mark())
        if journal is None:
            turn_over(self.files, Checkpoint(uuid4().hex, 1, START, SCHEMA, _now(), {}), 0)
            journal = self._load(locked=True)
        if journal is None or not journal.writable:
            raise PermissionError(errno.EACCES, "", str(self.files.journal))
        if self._outdated:
            self.turn_over(journal)
        return self._journal or journal

    def _catch_up(self, mark: Mark | None) -> Journal | None:
        """Read on in the journal, and over into the next one. `mark`: as under the lock; None without."""
        journal, locked = self._journal, mark is not None
        if journal is None:
            return self._load(locked=locked)
        try:
            moved = _identity(self.files.journal) != journal.identity
            self._apply(journal.read(mark.end_in(journal.header.generation) if mark and not moved else 0))
            if moved:
                self._move_on(journal, locked=locked)
        except (Damage, FileNotFoundError) as fault:
            if not locked:
                with suppress(Misconfigured):  # memory is good; the next write heals or refuses
                    self._load(locked=False)
            elif mark == Mark(journal.header.generation, journal.end):
                self._heal(journal, fault)
            else:
                raise Misconfigured(f"{fault}. {advice(self.files)}") from None
        return self._journal

    def _move_on(self, journal: Journal, *, locked: bool) -> None:
        """Another process has made a checkpoint: go on in its journal."""
        present = Journal.open(self.files.journal)
        next_one = journal.header._replace(generation=journal.header.generation + 1, after=journal.check)
        if present.header == next_one:
            self._go_on_in(present)
            self._apply(present.read())
        else:  # more than one checkpoint, or something else: the files will tell
            present.close()
            self._load(locked=locked)

    def _heal(self, journal: Journal, fault: Exception) -> None:
        """The journal was harmed, but all that was acknowledged is in memory: write it anew."""
        self._base = 0
        self.turn_over(journal)
        self.mended += (f"{fault}; nichts ist verloren, neu geschrieben aus dem Speicher",)

    def _go_on_in(self, journal: Journal) -> None:
        """Leave the journal we had for the one that goes on from it."""
        if self._journal is not None:
            self._journal.close()
        self._journal, self._base, self._outdated = journal, journal.header.generation, False

    def _apply(self, writes: list[list[Change]]) -> None:
        """Take over writes of other processes."""
        for change in (change for changes in writes for change in changes):
            old = self.set(change)
            self._watcher.change(change.table, change.key, old, change.row)

    def _load(self, *, locked: bool) -> Journal | None:
        """Read everything anew; None where there is nothing."""
        state = load(self.files, self._lock, locked=locked)
        if state is not None:
            migrate(state.tables, state.schema, SCHEMA)
            if self._journal is not None:
                self._journal.close()
            self.tables, self._journal, self.mended = state.tables, state.journal, state.mended
            self._base, self._outdated = state.base, state.schema < SCHEMA
            self._highest.clear()
            self._watcher.begin(self.tables)
        return self._journal


def _identity(path: Path) -> tuple[int, int]:
    """Which file this is, whatever its name."""
    about = path.stat()
    return about.st_dev, about.st_ino


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
