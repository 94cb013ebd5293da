"""The append-only file: one line per durable write, each with its checksum, each chained to the one before.

    3f9a0c1d2e4b5a69 0000000000000000 {"mailflow":"journal","store":"…","generation":7,"schema":1}
    a1b2c3d4e5f60718 3f9a0c1d2e4b5a69 [["mails","12",{"digest":"…"}],["answers","9",null]]

The first word is the checksum of the rest of the line, the second one that of the line before (in the first
line: of the last line of the journal before). A write is one line, so it counts whole or not at all. What
stands after the last good line is a write that nobody was told of (a power cut): the next writer cuts it off.
A good line after a bad one, or a bad one before the mark, means that acknowledged writes are damaged.
"""

import errno
import hashlib
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, Self

import orjson

from mailflow.store.files import Damage, write_all, write_beside

Row = dict[str, Any]
Tables = dict[str, dict[str, Row]]
START = "0" * 16  # "the line before" of a store's very first line


class Change(NamedTuple):
    """A row as it is from now on; None where it is gone."""

    table: str
    key: str
    row: Row | None


class Header(NamedTuple):
    """The first line: which journal this is."""

    store: str
    generation: int
    schema: int
    after: str  # checksum of the last line of the journal before


class Line(NamedTuple):
    """A whole line: its checksum, that of the line before, and what it says."""

    check: str
    after: str
    says: bytes


def seal(after: str, payload: bytes) -> tuple[str, bytes]:
    """A line and its checksum."""
    rest = after.encode() + b" " + payload
    check = hashlib.blake2b(rest, digest_size=8).hexdigest()
    return check, check.encode() + b" " + rest + b"\n"


def unseal(line: bytes) -> Line | None:
    """A line in its parts; None where it is not whole."""
    check, after, says = line[:16], line[17:33], line[34:]
    if not says or hashlib.blake2b(line[17:], digest_size=8).hexdigest().encode() != check:
        return None
    return Line(check.decode(), after.decode(), says)


def new_journal(path: Path, header: Header) -> Path:
    """Write an empty journal beside `path`, ready to be renamed onto it."""
    says = {"mailflow": "journal", **header._asdict()}
    del says["after"]
    return write_beside(path, [seal(header.after, orjson.dumps(says))[1]])


class Journal:
    """An open journal. `end` is how far it was read, `check` the checksum of the last line read."""

    def __init__(self, path: Path, handle: int, writable: bool) -> None:
        self.path, self.handle, self.writable = path, handle, writable
        about = os.fstat(handle)
        self.identity = (about.st_dev, about.st_ino)
        self.header, self.check, self.end = _read_header(path, handle)
        self._begin = self.end
        self.torn = False  # does something unfinished stand after `end`?

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open for reading and, where permitted, writing.

        FileNotFoundError where there is none; Damage where it is no journal of ours.
        """
        writable = True
        try:
            handle = os.open(path, os.O_RDWR)
        except OSError as error:
            if error.errno not in (errno.EACCES, errno.EROFS):
                raise
            writable, handle = False, os.open(path, os.O_RDONLY)
        try:
            return cls(path, handle, writable)
        except BaseException:
            os.close(handle)
            raise

    def read(self, mark: int = 0, *, salvage: bool = False) -> list[list[Change]]:
        """The writes that came since the last reading. `mark`: up to here every byte was acknowledged.

        Raises Damage where acknowledged writes are missing or broken; `salvage` takes what comes before that.
        """
        size = os.fstat(self.handle).st_size
        if size < max(self.end, mark) and not salvage:
            raise Damage(
                f"{self.path} ist abgeschnitten: {size} von {max(self.end, mark)} Bytes sind noch da"
            )
        data = _read_from(self.handle, self.end, size)
        writes, check, start = [], self.check, 0
        while (stop := data.find(b"\n", start)) >= 0:
            line = unseal(data[start:stop])
            if line is None or line.after != check:
                break
            writes.append([Change(*change) for change in orjson.loads(line.says)])
            start, check = stop + 1, line.check
        end = self.end + start
        if not salvage and (end < mark or any(map(unseal, data[start:].split(b"\n")))):
            raise Damage(f"{self.path} ist ab Byte {end + 1} beschädigt, mitten in dem, was schon galt")
        self.check, self.end, self.torn = check, end, start < len(data)
        return writes

    def append(self, changes: Sequence[Change]) -> None:
        """Write one line and sync it. After an OSError nothing of it counts, and the next one may succeed."""
        if self.torn:
            self.cut()
        check, line = seal(self.check, orjson.dumps([tuple(change) for change in changes]))
        self.torn = True
        try:
            write_all(self.handle, line, self.end)
            os.fdatasync(self.handle)
        except OSError:
            with suppress(OSError):
                self.cut()
            raise
        self.torn = False
        self.check, self.end = check, self.end + len(line)

    @property
    def holds_more(self) -> bool:
        """Did anything come since the checkpoint?"""
        return self.end > self._begin

    def cut(self) -> None:
        """Take off what an unfinished write left behind."""
        os.ftruncate(self.handle, self.end)
        os.fsync(self.handle)
        self.torn = False

    def close(self) -> None:
        """Give the file back."""
        os.close(self.handle)


def _read_header(path: Path, handle: int) -> tuple[Header, str, int]:
    """The first line of a journal, its checksum, and where the second line starts."""
    first, newline, _ = os.pread(handle, 4096, 0).partition(b"\n")
    line = unseal(first)
    if not newline or line is None:
        raise Damage(f"{path} beginnt nicht wie ein Journal von Mailflow" if first else f"{path} ist leer")
    says = orjson.loads(line.says)
    return Header(says["store"], says["generation"], says["schema"], line.after), line.check, len(first) + 1


def _read_from(handle: int, start: int, stop: int) -> bytes:
    """The bytes of a file from start to stop, in as many reads as it takes."""
    pieces = []
    while start < stop and (piece := os.pread(handle, stop - start, start)):
        pieces.append(piece)
        start += len(piece)
    return b"".join(pieces)
