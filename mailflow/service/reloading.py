"""Changed rules and templates, taken over while the service runs.

Rules: a look costs a few file times. What has changed is read and tried whole, its cases included, and taken
over at once or not at all; the last good state stays in force meanwhile. A case counts against a change only
if it held before: some depend on the event. A file that is just being written is given a moment to settle.
"""

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mailflow.desk import Desk
from mailflow.errors import Misconfigured, place

SETTLED = 2.0  # seconds since the last write: nobody is at it any more
ENDINGS = frozenset({".toml", ".txt", ".html"})

Cases = Mapping[str, tuple[str, ...]]  # what does not hold: the case → sentences
Signature = tuple[tuple[str, int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a desk comes from."""

    folders: Sequence[Path]
    load: Callable[[], Desk]  # raises Misconfigured
    try_cases: Callable[[Desk], Cases]

    def state(self) -> str:
        """A digest of every file as it is now."""
        digest = hashlib.sha256()
        for file in _files(self.folders):
            digest.update(str(file).encode("utf-8", "surrogateescape") + b"\0" + file.read_bytes() + b"\0")
        return digest.hexdigest()[:12]

    def signature(self) -> Signature:
        """What differs as soon as a file is changed, at little cost."""
        about = ((str(file), file.stat()) for file in _files(self.folders))
        return tuple((name, stat.st_mtime_ns, stat.st_size, stat.st_ino) for name, stat in about)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A state that is not taken over, and why."""

    state: str
    complaints: tuple[str, ...]


@dataclass(slots=True)
class Reloading:
    """`look()` again and again. `desk` is what is in force, `refusal` a newer state that is not."""

    source: Source
    desk: Desk
    state: str  # of the files that `desk` was made from
    refusal: Refusal | None = None
    _seen: Signature = ()
    _broken: Cases | None = None  # under `desk`

    def look(self, pause: Callable[[float], object] = time.sleep) -> bool:
        """Has anything changed: another desk in force, or another refusal? `pause` waits so many seconds."""
        try:
            signature = self._settled(pause)
            if signature == self._seen:
                return False
            state = self.source.state()
        except OSError:  # a file has gone between two looks
            return False
        self._seen = signature
        if state == (self.refusal.state if self.refusal else self.state):
            return False
        if state == self.state:  # the change was taken back
            self.refusal = None
            return True
        return self._take_over(state)

    def _settled(self, pause: Callable[[float], object]) -> Signature:
        """The signature, once nobody writes any more; or after some seconds all the same."""
        signature = self.source.signature()
        for _ in range(5):
            newest = max((each[1] for each in signature), default=0)
            if signature == self._seen or not 0 <= time.time() - newest / 1e9 < SETTLED:
                break
            pause(SETTLED / 2)
            before, signature = signature, self.source.signature()
            if signature == before:
                break
        return signature

    def _take_over(self, state: str) -> bool:
        """… or refuse. False where the files have changed again meanwhile."""
        desk, broken, complaints = self._tried()
        if self._changed_since(state):
            self._seen = ()
            return False
        if desk is None:
            self.refusal = Refusal(state, complaints)
        else:
            self.desk, self.state, self.refusal, self._broken = desk, state, None, broken
        return True

    def _tried(self) -> tuple[Desk | None, Cases, tuple[str, ...]]:
        """The desk that the files make, if it is good; the cases that fail all the same; else complaints."""
        if self._broken is None:
            self._broken = self.source.try_cases(self.desk)
        try:
            desk = self.source.load()
            broken = self.source.try_cases(desk)
        except Misconfigured as error:
            return None, {}, error.complaints
        except Exception as error:  # whatever a file makes of us, the service goes on
            return None, {}, (f"Die Dateien lassen sich nicht lesen ({place(error)}).",)
        worse = tuple(said for case, each in broken.items() if case not in self._broken for said in each)
        return (None if worse else desk), broken, worse

    def _changed_since(self, state: str) -> bool:
        try:
            return self.source.state() != state
        except OSError:
            return True


def _files(folders: Sequence[Path]) -> Iterator[Path]:
    """All that may be a rule or a template; not what editors keep beside it."""
    for folder in folders:
        for file in sorted(folder.rglob("*")):
            if file.suffix in ENDINGS and not file.name.startswith(".") and file.is_file():
                yield file


def open_rules(source: Source, refused: Refusal | None) -> Reloading:
    """At the start. Raises Misconfigured where the files are faulty, or are what was `refused` before."""
    try:
        state = source.state()
    except OSError:  # `load` says which file
        state = ""
    if refused and refused.state == state:
        raise Misconfigured(*refused.complaints)
    return Reloading(source, source.load(), state)
