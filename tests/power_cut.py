"""A disk that forgets: records what a program asks of the file system, and lays out what a power cut leaves.

What is synced stays. Of what is not: bytes written to a file may be there, not there, there in part, or
zeros; renames, new names and deletions in a folder may have happened up to any point, or with any single one
missing.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

BLOCK = 64  # bytes; small, so that our small files have several


@dataclass
class File:
    """One file's bytes: what a power cut leaves for certain, and what was written since the last sync."""

    durable: bytes = b""
    pending: list[tuple[int, bytes | None]] = field(
        default_factory=list
    )  # (position, bytes); None: cut there

    def after_cut(self, how: str) -> bytes:
        """What is left: "lost", "kept", "half", "holes" or "zeros" for what was not synced."""
        data = bytearray(self.durable)
        for start, piece in self.pending if how != "lost" else ():
            if piece is None:
                del data[start:]
                continue
            data.extend(bytes(max(0, start - len(data))))
            there = torn(piece, how)
            data[start : start + len(there)] = there
        return bytes(data)


def torn(piece: bytes, how: str) -> bytes:
    """What of one write reached the disk."""
    match how:
        case "kept":
            return piece
        case "half":
            return piece[: len(piece) // 2]
        case "holes":  # every other block
            blocks = [piece[start : start + BLOCK] for start in range(0, len(piece), BLOCK)]
            return b"".join(bytes(len(b)) if number % 2 == 0 else b for number, b in enumerate(blocks))
    return bytes(len(piece))


Step = tuple[Any, ...]


class Recorder:
    """Between the program and `os`, for one folder: does everything, and notes it."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder, self.steps = folder, []  # type: Path, list[Step]
        self._numbers: dict[int, int] = {}  # inode → a number that is never used twice
        for name in ("open", "pwrite", "ftruncate", "fsync", "fdatasync", "link", "replace", "unlink"):
            patch.setattr(os, name, self._noting(name, getattr(os, name)))

    def _noting(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **named: Any) -> Any:
            existed = name == "open" and os.path.lexists(args[0])
            result = real(*args, **named)
            self._note(name, args, result, existed)
            return result

        return call

    def _note(self, name: str, args: tuple[Any, ...], result: Any, existed: bool) -> None:
        match name:
            case "open":
                if args[1] & os.O_CREAT and not existed:
                    self._numbers[os.fstat(result).st_ino] = len(self.steps)
                    self.steps.append(("create", Path(args[0]).name, len(self.steps)))
            case "pwrite":
                self.steps.append(("write", self._number(args[0]), args[2], bytes(args[1][:result])))
            case "ftruncate":
                self.steps.append(("write", self._number(args[0]), args[1], None))
            case "fsync" | "fdatasync":
                self.steps.append(("sync", self._numbers.get(os.fstat(args[0]).st_ino)))
            case "link" | "replace":
                self.steps.append((name, Path(args[0]).name, Path(args[1]).name))
            case "unlink":
                self.steps.append((name, Path(args[0]).name))

    def _number(self, handle: int) -> int:
        return self._numbers[os.fstat(handle).st_ino]

    def acknowledge(self, what: int) -> None:
        """The program was told that this is durable."""
        self.steps.append(("told", what))


@dataclass
class Left:
    """What is on the disk after the power came back."""

    files: dict[str, bytes]
    told: int  # the last thing that was acknowledged
    how: str

    def lay_out(self, folder: Path) -> None:
        """Make a folder of it."""
        folder.mkdir()
        for name, data in self.files.items():
            (folder / name).write_bytes(data)


def power_cuts(steps: list[Step]) -> Iterator[Left]:
    """Every state that a power cut before, between and after the steps may leave; each state once."""
    seen = set()
    for count in range(len(steps) + 1):
        for left in _after(steps[:count]):
            key = (left.told, *sorted((name, hash(data)) for name, data in left.files.items()))
            if key not in seen:
                seen.add(key)
                left.how = f"after step {count} of {len(steps)}: {left.how}"
                yield left


def _after(steps: list[Step]) -> Iterator[Left]:
    """What a cut after these steps may leave."""
    files: dict[int, File] = {}
    names: dict[str, int] = {}  # as synced
    moves: list[Step] = []  # since the folder was synced
    told = -1
    for step in steps:
        match step:
            case ("create", _, number):
                files[number] = File()
                moves.append(step)
            case ("link" | "replace" | "unlink", *_):
                moves.append(step)
            case ("write", number, start, piece):
                files[number].pending.append((start, piece))
            case ("sync", None):
                names, moves = _moved(names, moves), []
            case ("sync", number):
                files[number] = File(files[number].after_cut("kept"))
            case ("told", what):
                told = what
    for chosen, which in _selections(moves):
        there = _moved(names, chosen)
        for how in ("lost", "kept", "half", "holes", "zeros"):
            contents = {name: files[number].after_cut(how) for name, number in there.items()}
            yield Left(contents, told, f"bytes {how}, names {which}")


def _selections(moves: list[Step]) -> Iterator[tuple[list[Step], str]]:
    for count in range(len(moves) + 1):
        yield moves[:count], f"the first {count} of {len(moves)}"
    for missing in range(len(moves) - 1):
        yield moves[:missing] + moves[missing + 1 :], f"all but {moves[missing]}"


def _moved(names: dict[str, int], moves: list[Step]) -> dict[str, int]:
    names = dict(names)
    for move in moves:
        match move:
            case ("create", name, number):
                names[name] = number
            case ("link", old, new) if old in names:
                names[new] = names[old]
            case ("replace", old, new) if old in names:
                names[new] = names.pop(old)
            case ("unlink", name):
                names.pop(name, None)
    return names
