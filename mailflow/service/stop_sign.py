"""Told to stop: at once while nothing is at stake, else after the step in hand.

Rules: a worker asks `is_set` between its steps; what may be given up at any moment (connecting, fetching,
waiting) it does inside `at_once`.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Stopped(BaseException):
    """We were told to stop at a moment when nothing is at stake."""


class StopSign(threading.Event):
    """Set from another thread, or by a signal."""

    def __init__(self) -> None:
        super().__init__()
        self._at_stake = True

    def on_signal(self) -> None:
        """What a signal handler does; it runs in the thread that works."""
        self.set()
        if not self._at_stake:
            raise Stopped

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Inside, nothing is at stake: a signal to stop ends us at once."""
        self._at_stake = False
        try:
            if self.is_set():
                raise Stopped
            yield
        finally:
            self._at_stake = True
