"""Filing: what is dealt with, on its way to its folder.

Rules: until a mail is moved it is known here, so that it is not fetched again, and so it is through the
connection that moved it. A folder that takes nothing holds up no other; its mails wait for the next round.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mailflow.errors import TryLater
from mailflow.model import FolderName

if TYPE_CHECKING:
    from mailflow.inbox import Inbox


class Filing:
    """Of one mailbox."""

    def __init__(self, inbox: "Inbox") -> None:
        self._inbox = inbox
        self._waiting: dict[str, FolderName] = {}  # uid → folder: dealt with, not yet moved
        self._moved: set[str] = set()  # through this connection

    @property
    def uids(self) -> set[str]:
        """What need not be fetched any more."""
        return self._waiting.keys() | self._moved

    def add(self, folders: Mapping[str, FolderName]) -> None:
        """These mails are dealt with."""
        self._waiting |= folders

    def move(self) -> None:
        """Move what waits. Raises TryLater once all was tried."""
        moves: dict[FolderName, list[str]] = {}
        for uid, folder in self._waiting.items():
            moves.setdefault(folder, []).append(uid)
        trouble: TryLater | None = None
        for folder, uids in moves.items():
            try:
                self._inbox.file({folder: uids})
            except TryLater as error:
                trouble = error
                continue
            self._moved.update(uids)
            for uid in uids:
                del self._waiting[uid]
        if trouble:
            raise trouble

    def begin_anew(self) -> None:
        """There is a new connection: it shows what is in the mailbox now."""
        self._moved.clear()
