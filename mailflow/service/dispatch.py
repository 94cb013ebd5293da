"""Dispatch: the answers that wait, and when each goes to the outbox.

Rules: what became of an answer is noted at once; a server that takes none at all is left alone for a growing
while, longer where it refuses our login: servers lock out who knocks too often. An answer that a server puts
off for days is put before a person; days without any connection or login count for nobody.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mailflow import log
from mailflow.model import Waiting
from mailflow.service.pauses import login_pause, pause_after

if TYPE_CHECKING:
    from mailflow.outbox import Delivery, Outbox
    from mailflow.store import Store

GIVE_UP = timedelta(days=3)  # after so long of being put off


class Dispatch:
    """Of one store to one outbox."""

    def __init__(self, outbox: "Outbox", store: "Store", clock: Callable[[], datetime]) -> None:
        self._outbox, self._store, self._clock = outbox, store, clock
        self.trouble = ""  # why the server took none at all when we tried last
        self._failures = 0
        self._again_at = 0.0  # monotonic: no connection before

    @property
    def locked_out(self) -> bool:
        """Is the trouble that our login is refused?"""
        return bool(self.trouble) and self._outbox.login_refused

    def due(self) -> tuple[Waiting, ...]:
        """What is to be sent now."""
        return () if self._pause_left() > 0 else self._store.due(self._clock())

    def begin(self) -> None:
        """Make the connection; `hand_over` notes it where that did not work."""
        self._outbox.begin()

    def hand_over(self, due: tuple[Waiting, ...], go_on: Callable[[], bool]) -> None:
        """Send them one by one while `go_on` says so, and note of each what became of it."""
        answers = {answer.message_id: answer for answer in due}
        deliveries = self._outbox.send(answers.values())
        shut = False
        for delivery in deliveries:
            self._note(answers[delivery.message_id], delivery)
            shut = delivery.about_us
            self.trouble = delivery.why if shut else ""
            if not go_on():
                deliveries.close()
        self._failures = self._failures + 1 if shut else 0
        if shut:
            pause = login_pause if self._outbox.login_refused else pause_after
            self._again_at = time.monotonic() + pause(self._failures).total_seconds()

    def seconds_left(self, most: float) -> float:
        """Seconds until the next answer is due, at most `most`."""
        now = self._clock()
        tries = [answer.next_try for answer in self._store.waiting()]
        left = min([most, *(max((due - now).total_seconds(), 0.1) for due in tries if due)])
        return min(most, max(left, self._pause_left()))

    def _pause_left(self) -> float:
        return self._again_at - time.monotonic()

    def _note(self, answer: Waiting, delivery: "Delivery") -> None:
        now = self._clock()
        pause = pause_after(answer.tries + 1)
        if delivery.outcome == "sent":
            self._store.sent([answer.message_id], now)
            log.sent(answer)
        elif delivery.outcome == "never" or (not delivery.about_us and now - answer.created > GIVE_UP):
            self._store.refused(answer.message_id, delivery.why, now)
            log.refused(answer, delivery.why)
        else:
            self._store.later(answer.message_id, now + pause, delivery.why)
            log.later(answer, pause, delivery.why)
