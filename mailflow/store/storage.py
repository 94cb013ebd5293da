"""The rows in memory, and the files below them kept in step.

Rules: rows are changed nowhere but here; each write takes the write lock and first reads what other processes
have appended; several writes inside one `together()` are one durable line, or none of them has happened.
"""

import errno
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, cast
from uuid import uuid4

from tinydb import Storage

from mailflow.errors import Misconfigured
from mailflow.store.checkpoint import Checkpoint, turn_over
from mailflow.store.files import KEPT_COPIES, Damage, Files, make_folder, trouble
from mailflow.store.journal import START, Change, Journal, Row, Tables
from mailflow.store.locks import Mark, WriteLock
from mailflow.store.recovery import State, advice, apply, load
from mailflow.store.schema import SCHEMA, migrate

SMALL = 256 * 1024  # bytes: a checkpoint of this size costs nothing, a journal of this size is read at once
TOO_LONG = 64 * 1024 * 1024  # bytes: such a journal is followed by a checkpoint even in the middle of work


class Watcher(Protocol):
    """Whoever keeps look-ups over the rows and must hear of each change that is durable."""

    def begin(self, tables: Tables) -> None:
        """All rows anew."""

    def change(self, table: str, key: str, old: Row | None, new: Row | None) -> None:
        """One row."""


class JournaledStorage(Storage):
    """The rows in memory, the files below them."""

    def __init__(self, path: Path, watcher: Watcher) -> None:
        self.files = Files(path)
        self.tables: Tables = {}
        self.mended: tuple[str, ...] = ()
        self.wrote = False
        self._watcher = watcher
        self._lock = WriteLock(self.files.lock)
        self._journal: Journal | None = None
        self._base = 0
        self._outdated = (
            False  # rows of an older version: before the first write, a checkpoint brings them up
        )
        self._ids: dict[str, int] = {}
        self._open: list[tuple[Change, Row | None]] | None = None  # staged, with the rows as they were
        self._load(locked=False)

    # --- TinyDB's side

    def read(self) -> Tables | None:
        """All rows, fresh, as TinyDB wants them; it may take tables out of what it gets."""
        self.refresh()
        return dict(self.tables) or None

    def write(self, data: Tables) -> None:
        """Replace all rows (TinyDB calls this to drop tables)."""
        with self.together():
            for name, rows in list(self.tables.items()):
                for key in set(rows) - set(data.get(name, ())):
                    self.put(name, key, None)
            for name, rows in data.items():
                for key, row in rows.items():
                    if self.tables.get(name, {}).get(key) != row:
                        self.put(name, key, row)

    def close(self) -> None:
        """Give the files back. What was written stays, checkpoint or not."""
        if self._journal is not None:
            self._journal.close()
            self._journal = None
        self._lock.close()

    # --- ours

    def put(self, table: str, key: str, row: Row | None) -> None:
        """Stage one row; only inside together()."""
        rows = self.tables.setdefault(table, {})
        cast(list[tuple[Change, Row | None]], self._open).append((Change(table, key, row), rows.get(key)))
        apply(self.tables, [Change(table, key, row)])

    def next_id(self, table: str) -> int:
        """A number that no row of the table has had since it was opened."""
        known = self._ids.get(table)
        highest = known if known is not None else max(map(int, self.tables.get(table, ())), default=0)
        self._ids[table] = highest + 1
        return highest + 1

    @contextmanager
    def together(self) -> Iterator[None]:
        """Everything put inside becomes one durable write. On any error none of it has happened.

        Raises TryLater where the disk is full, StoreBusy, Misconfigured.
        """
        if self._open is not None:
            yield
            return
        staged: list[tuple[Change, Row | None]] = []
        with self._locked() as journal:
            self._open = staged
            try:
                yield
                if staged:
                    journal.append([change for change, _ in staged])
            except BaseException:
                self._take_back(staged)
                raise
            finally:
                self._open = None
            self.wrote = self.wrote or bool(staged)
            for change, old in staged:
                self._watcher.change(change.table, change.key, old, change.row)
            if journal.end > TOO_LONG:
                with suppress(OSError):  # the write itself is durable
                    self._turn_over(journal)

    def refresh(self) -> None:
        """Read what other processes have appended since. Needs no lock."""
        if self._open is None:
            self._catch_up(Mark(), locked=False)

    @property
    def small(self) -> bool:
        """Is a checkpoint a matter of milliseconds?"""
        return _size(self.files.checkpoint) < SMALL

    def checkpoint(self, *, always: bool = False, copies: int = KEPT_COPIES) -> None:
        """Bring the JSON file up to date, if enough has come since to be worth it (or anything, if `always`).

        `copies` = 0 keeps no earlier state, so that what was erased is gone. Raises TryLater, Misconfigured.
        """
        if self._journal is None:
            return
        with self._locked() as journal:
            grown = journal.end > max(SMALL, _size(self.files.checkpoint) // 2)
            if not self._base or (journal.holds_more and (always or grown)):
                self._turn_over(journal, copies)

    @contextmanager
    def _locked(self) -> Iterator[Journal]:
        """Hold the write lock, up to date with the disk."""
        try:
            make_folder(self.files.checkpoint.parent)
            with self._lock.held():
                journal = self._catch_up(self._lock.mark(), locked=True) or self._found()
                if not journal.writable:
                    raise PermissionError(errno.EACCES, "", str(self.files.journal))
                if self._outdated:
                    self._turn_over(journal)
                yield self._journal or journal
                if self._journal is not None:
                    self._lock.set_mark(Mark(self._journal.header.generation, self._journal.end))
        except OSError as error:
            raise trouble(error, str(error.filename or self.files.journal)) from None

    def _found(self) -> Journal:
        """Begin a store where there was none."""
        turn_over(self.files, Checkpoint(uuid4().hex, 1, START, SCHEMA, _now(), {}), 0)
        self._load(locked=True)
        return cast(Journal, self._journal)

    def _turn_over(self, journal: Journal, copies: int = KEPT_COPIES) -> None:
        """Write a checkpoint and go on in its journal. Only while the lock is held."""
        header = journal.header
        tables = {name: rows for name, rows in self.tables.items() if rows}
        checkpoint = Checkpoint(header.store, header.generation + 1, journal.check, SCHEMA, _now(), tables)
        turn_over(self.files, checkpoint, self._base, copies)
        self._go_on_in(Journal.open(self.files.journal))

    def _go_on_in(self, journal: Journal) -> None:
        """Leave the journal we had for the one that goes on from it."""
        if self._journal is not None:
            self._journal.close()
        self._journal, self._base, self._outdated = journal, journal.header.generation, False

    def _catch_up(self, mark: Mark, *, locked: bool) -> Journal | None:
        """Read on in the journal, and over into the next one; load anew where that does not lead on."""
        journal = self._journal
        if journal is None:
            self._load(locked=locked)
            return self._journal
        try:
            moved = _identity(self.files.journal) != journal.identity
            self._apply(journal.read(0 if moved else mark.end_in(journal.header.generation)))
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
        header = present.header
        next_one = journal.header._replace(generation=journal.header.generation + 1, after=journal.check)
        if header == next_one:
            self._go_on_in(present)
            self._apply(present.read())
        else:  # more than one checkpoint, or something else: the files will tell
            present.close()
            self._load(locked=locked)

    def _heal(self, journal: Journal, fault: Exception) -> None:
        """The journal was harmed, but all that was acknowledged is in memory: write it anew."""
        self._base = 0
        self._turn_over(journal)
        self.mended += (f"{fault}; nichts ist verloren, neu geschrieben aus dem Speicher",)

    def _apply(self, writes: Iterable[list[Change]]) -> None:
        """Take over writes of other processes."""
        for changes in writes:
            for change in changes:
                old = self.tables.get(change.table, {}).get(change.key)
                apply(self.tables, [change])
                if change.table in self._ids:
                    self._ids[change.table] = max(self._ids[change.table], int(change.key))
                self._watcher.change(change.table, change.key, old, change.row)

    def _load(self, *, locked: bool) -> None:
        """Read everything anew."""
        state = load(self.files, self._lock, locked=locked)
        if state is not None:
            self._take(state)

    def _take(self, state: State) -> None:
        """Make a loaded state ours."""
        migrate(state.tables, state.schema)
        if self._journal is not None:
            self._journal.close()
        self.tables, self._journal, self.mended = state.tables, state.journal, state.mended
        self._base, self._outdated = state.base, state.schema < SCHEMA
        self._ids.clear()
        self._watcher.begin(self.tables)

    def _take_back(self, staged: list[tuple[Change, Row | None]]) -> None:
        """Put the rows back as they were."""
        for change, old in reversed(staged):
            apply(self.tables, [Change(change.table, change.key, old)])


def _identity(path: Path) -> tuple[int, int]:
    """Which file this is, whatever its name."""
    about = path.stat()
    return about.st_dev, about.st_ino


def _size(path: Path) -> int:
    """Bytes in a file; 0 where there is none."""
    return path.stat().st_size if path.exists() else 0


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
