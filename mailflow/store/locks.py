"""Who may write, who may serve, and the mark of how far acknowledged writes go.

Rules: locks are flock(2) on open files, so the system frees them however a process ends. The write lock is
held for one write; the worker lock as long as a worker serves. The mark is set after each durable write and
is not synced itself: after a power cut it may be older than the journal, never newer.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from mailflow.errors import StoreBusy
from mailflow.store.files import hand_over, make_folder, trouble

PATIENCE_SECONDS = 30.0  # a checkpoint of a large store takes a second or two


class Mark(NamedTuple):
    """Up to here writes were acknowledged: journal generation, and byte in it."""

    generation: int = 0
    end: int = 0

    def end_in(self, generation: int) -> int:
        """The byte, if the mark speaks of this journal; else 0."""
        return self.end if generation == self.generation else 0


class WriteLock:
    """The short lock around each write. One thread uses it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Wait for the lock and hold it. StoreBusy if another process keeps it unreasonably long."""
        give_up = time.monotonic() + PATIENCE_SECONDS
        while not self._take():
            if time.monotonic() > give_up:
                raise StoreBusy(
                    f"Ein anderer Prozess schreibt seit {PATIENCE_SECONDS:.0f} Sekunden in den "
                    f"Datenbestand (Sperre: {self.path}). Bitte nachsehen, ob ein Mailflow hängt."
                )
            time.sleep(0.005)
        try:
            yield
        finally:
            self._free()

    def mark(self) -> Mark:
        """How far acknowledged writes go as far as we know; Mark() where nothing is noted."""
        with suppress(OSError, ValueError, IndexError):
            words = self.path.read_bytes().split(b"\n")[0].split()
            return Mark(int(words[0]), int(words[1]))
        return Mark()

    def set_mark(self, mark: Mark) -> None:
        """Note that everything up to here is acknowledged. Only while the lock is held."""
        if self._handle is not None:
            with suppress(OSError):  # a full disk: the mark only falls behind
                os.pwrite(self._handle, (b"%d %d" % mark).ljust(32) + b"\n", 0)

    def _take(self) -> bool:
        """Take the lock if it is free, and is still the one that others see."""
        if self._handle is None:
            self._handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
            hand_over(self._handle, self.path.parent)
        if not _try_lock(self._handle):
            return False
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(self._handle), self.path.stat()):
                return True
        self.close()  # somebody deleted the file: a lock on it locks nobody out
        return False

    def _free(self) -> None:
        """Let the others write."""
        if self._handle is not None:
            fcntl.flock(self._handle, fcntl.LOCK_UN)

    def close(self) -> None:
        """Give the file back."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


class WorkerLock:
    """The long lock that keeps a second worker out."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle = self._take()

    def renew(self) -> None:
        """Make sure that the lock is still the one others see, even if somebody has deleted its file.

        StoreBusy where another worker has come in that way.
        """
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(self._handle), self.path.stat()):
                return
        before, self._handle = self._handle, self._take()
        os.close(before)

    def _take(self) -> int:
        """Take the lock, and leave our process number in it."""
        try:
            make_folder(self.path.parent)
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
            hand_over(handle, self.path.parent)
        except OSError as error:
            raise trouble(error, str(self.path)) from None
        if not _try_lock(handle):
            number = os.pread(handle, 20, 0).decode("ascii", "replace").strip() or "unbekannt"
            os.close(handle)
            raise StoreBusy(
                f"Ein anderes Mailflow (Prozess {number}) arbeitet schon mit diesem Datenbestand "
                f"({self.path}). Bitte zuerst beenden, etwa mit: kill {number} "
                "(oder: systemctl stop mailflow)."
            )
        with suppress(OSError):  # on a full disk the lock holds all the same
            os.ftruncate(handle, 0)
            os.pwrite(handle, b"%d\n" % os.getpid(), 0)
        return handle

    def close(self) -> None:
        """Let the next worker in."""
        os.close(self._handle)


def _try_lock(handle: int) -> bool:
    """Take the lock if it is free."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
