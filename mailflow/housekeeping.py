"""Housekeeping: what the service sees to between the mails.

Rules: nothing here may hold up a mail or end the loop; what fails is logged and done another time.
"""

from typing import TYPE_CHECKING

from mailflow import log
from mailflow.errors import TryLater
from mailflow.pauses import pause_after

if TYPE_CHECKING:
    from mailflow.store import Store


class Housekeeping:
    """Of one store."""

    def __init__(self, store: "Store") -> None:
        self._store = store
        self._mended: tuple[str, ...] = ()  # logged already
        self.tell_mended()

    def tidy(self) -> None:
        """Bring the store's JSON file up to date; on a full disk another time."""
        try:
            self._store.tidy()
        except TryLater as error:
            log.trouble(str(error), pause_after(1))
        self.tell_mended()

    def tell_mended(self) -> None:
        """Log what of the store was found harmed and made good since we looked last."""
        mended = self._store.mended
        for what in mended:
            if what not in self._mended:
                log.mended(what)
        self._mended = mended
