"""How long to wait before the next try: some seconds at first, then longer and longer, at most an hour."""

from datetime import timedelta

_PAUSES = (5, 20, 60, 180, 600, 1200, 2400, 3600)  # seconds


_FREE_FALLS = 2  # a power cut and an update that went wrong are no habit
_SKIPPED = 2  # a refused login begins with a minute: servers lock out who knocks too often


def pause_after(tries: int) -> timedelta:
    """The pause after that many failed tries (1 or more)."""
    return timedelta(seconds=_PAUSES[min(max(tries, 1), len(_PAUSES)) - 1])


def pause_after_falls(falls: int) -> timedelta:
    """How long a worker waits before its first look where so many before it were killed at work.

    systemd restarts what falls, before version 254 always after the same pause.
    """
    return pause_after(falls - _FREE_FALLS) if falls > _FREE_FALLS else timedelta(0)


def login_pause(tries: int) -> timedelta:
    """The pause after a server has refused our login that many times in a row."""
    return pause_after(tries + _SKIPPED)
