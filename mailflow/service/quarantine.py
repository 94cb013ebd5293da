"""Quarantine: mails that raise an error, when each is tried again, and when it is given up.

Rules: the three tries of a mail lie apart in time, over restarts too. A mail that has used them up is put
aside. But several mails that raise at the same place are not at fault, we are (a template, a broken package):
then they stay in INBOX for a day, tried every hour and whenever we start or the rules change, and the
organiser is told. So a fault of ours never empties INBOX into the folder for failed mails.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailflow.store import Failure, Store

TRIES = 3  # before a mail that raises is put aside
SEVERAL = 3  # mails that raise at one place: the fault is ours
PAUSES = (timedelta(minutes=1), timedelta(minutes=10))  # after the first try, after the second
HELD_PAUSE = timedelta(hours=1)
HELD = timedelta(days=1)  # from the first try on


class Quarantine:
    """Of one store, as one worker sees it."""

    def __init__(self, store: "Store") -> None:
        self._store = store
        self._resting: dict[str, datetime] = {}  # uid → next try
        self._places: dict[str, set[str]] = {}  # place → mails (digests) that have raised there
        for failure in store.failing():
            self._places.setdefault(failure.why, set()).add(failure.digest)

    @property
    def at_fault(self) -> tuple[str, ...]:
        """The places where so many mails have raised that the fault must be ours."""
        return tuple(place for place, mails in self._places.items() if len(mails) >= SEVERAL)

    def resting(self, now: datetime) -> set[str]:
        """The uids that need not be fetched now."""
        self._resting = {uid: due for uid, due in self._resting.items() if _lies_ahead(due, now)}
        return set(self._resting)

    def next_try(self) -> datetime | None:
        """When the next mail is due."""
        return min(self._resting.values(), default=None)

    def rests(self, uid: str, digest: str, now: datetime) -> bool:
        """Is it too early for another try of this mail? Known from before a restart."""
        failure = self._store.failure(digest)
        if failure is None or failure.count >= TRIES or not _lies_ahead(_due(failure), now):
            return False
        self._resting[uid] = _due(failure)
        return True

    def raised(self, uid: str, digest: str, place: str, now: datetime) -> tuple["Failure", bool]:
        """Note that a mail raised at a place. True: it is to be put aside; else it rests for a while."""
        failure = self._store.note_failure(digest, place, now)
        self._places.setdefault(place, set()).add(digest)
        held = place in self.at_fault and now - failure.since < HELD
        if failure.count >= TRIES and not held:
            return failure, True
        self._resting[uid] = _due(failure)
        return failure, False

    def passed(self, digest: str) -> None:
        """A mail was dealt with: where it had raised before, the fault is mended."""
        mended = [place for place, mails in self._places.items() if digest in mails]
        for place in mended:
            del self._places[place]

    def release(self) -> None:
        """Something has changed, the rules perhaps: what is held may pass now."""
        self._resting.clear()


def _due(failure: "Failure") -> datetime:
    pause = PAUSES[failure.count - 1] if failure.count <= len(PAUSES) else HELD_PAUSE
    return failure.when + pause


def _lies_ahead(due: datetime, now: datetime) -> bool:
    """A time further off than any pause was noted before the clock was set back."""
    return now < due <= now + HELD_PAUSE
