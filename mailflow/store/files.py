"""The names of the store's files, and the few steps on them that survive a power cut.

Rules: a file is replaced only by rename, after its bytes are synced; the folder is synced before anybody
relies on the rename; files are for our user only (0600), and so is a folder that we make (0700); what root
makes belongs to the owner of the folder.
"""

import errno
import os
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from mailflow.errors import MailflowError, Misconfigured, TryLater

KEPT_COPIES = 5  # earlier checkpoints, each with the journal that led on from it


class Damage(Exception):
    """A file does not hold what was written to it. The text says which; recovery decides what now."""


@dataclass(frozen=True, slots=True)
class Files:
    """Where everything of one store lies. `checkpoint` is the path from the configuration."""

    checkpoint: Path

    def beside(self, ending: str) -> Path:
        """A sibling of the checkpoint: "mailflow.json" → "mailflow" + ending."""
        return self.checkpoint.with_name(self.checkpoint.stem + ending)

    @property
    def journal(self) -> Path:
        """What came since the checkpoint."""
        return self.beside(".journal")

    @property
    def lock(self) -> Path:
        """Locked for the moment of a write; holds the mark of how far acknowledged writes go."""
        return self.beside(".lock")

    @property
    def worker(self) -> Path:
        """Locked as long as a worker serves; holds its process number."""
        return self.beside(".worker")

    def copy(self, generation: int) -> Path:
        """An earlier checkpoint."""
        return self.beside(f".{generation:06d}.json")

    def journal_copy(self, generation: int) -> Path:
        """The journal that led on from that checkpoint."""
        return self.beside(f".{generation:06d}.journal")

    def copies(self) -> list[int]:
        """Generations of which an earlier checkpoint or journal is kept, newest first."""
        pattern = re.compile(re.escape(self.checkpoint.stem) + r"\.(\d{6,})\.(?:json|journal)")
        try:
            names = [each.name for each in self.checkpoint.parent.iterdir()]
        except FileNotFoundError:
            return []
        return sorted({int(match[1]) for name in names if (match := pattern.fullmatch(name))}, reverse=True)


def trouble(error: OSError, what: str) -> MailflowError:
    """An error of the system in plain words: worth another try (disk full), or a person's to mend."""
    reason = os.strerror(error.errno) if error.errno else str(error)
    if isinstance(error, PermissionError) or (error.errno is not None and error.errno in _FOR_A_PERSON):
        return Misconfigured(
            f"Der Datenbestand {what} ist nicht benutzbar ({reason}). Der Benutzer, unter dem Mailflow "
            "läuft, braucht das Recht, diese Datei und ihren Ordner zu lesen und zu schreiben."
        )
    return TryLater(
        f"Der Datenbestand {what} ließ sich nicht schreiben ({reason}). Nichts davon gilt; es wird "
        "wiederholt."
    )


_FOR_A_PERSON = frozenset({errno.EACCES, errno.ENOTDIR, errno.EISDIR, errno.EROFS, errno.ELOOP})


def make_folder(folder: Path) -> None:
    """Make the store's folder, for our user only, if it is not there."""
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True)
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make renames in this folder last."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_all(handle: int, data: bytes, start: int) -> None:
    """Write every byte from position `start` on; the system may take fewer at a time than given."""
    view = memoryview(data)
    while view:
        done = os.pwrite(handle, view, start)
        view, start = view[done:], start + done


def hand_over(handle: int, folder: Path) -> None:
    """What root makes in another user's folder belongs to that user: the service must be able to read it."""
    if os.geteuid() == 0:
        owner = folder.stat()
        os.fchown(handle, owner.st_uid, owner.st_gid)


def write_beside(path: Path, chunks: Iterable[bytes]) -> Path:
    """Write and sync a new version of `path`, to be renamed onto it. Leaves nothing if it fails."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    end = 0
    try:
        hand_over(handle, path.parent)
        for chunk in chunks:
            write_all(handle, chunk, end)
            end += len(chunk)
        os.fsync(handle)
    except OSError:
        with suppress(OSError):
            new.unlink()
        raise
    finally:
        os.close(handle)
    return new


def settle(new: Path, path: Path) -> None:
    """Rename a synced new version into place, for good."""
    new.replace(path)
    sync_folder(path.parent)


def keep(path: Path, copy: Path) -> None:
    """Give a file a second name that stays when the first one is replaced; syncing the folder is left."""
    copy.unlink(missing_ok=True)
    try:
        os.link(path, copy)
    except FileNotFoundError:
        return
    except OSError:  # a file system without hard links
        write_beside(copy, [path.read_bytes()]).replace(copy)
