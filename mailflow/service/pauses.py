"""How long to wait before the next try: some seconds at first, then longer and longer, at most an hour."""

from datetime import timedelta

_PAUSES = (5, 20, 60, 180, 600, 1200, 2400, 3600)  # seconds


_SKIPPED = 2  # a refused login begins with a minute: servers lock out who knocks too often


def pause_after(tries: int) -> timedelta:
    """The pause after that many failed tries (1 or more)."""
    return timedelta(seconds=_PAUSES[min(max(tries, 1), len(_PAUSES)) - 1])


def login_pause(tries: int) -> timedelta:
    """The pause after a server has refused our login that many times in a row."""
    return pause_after(tries + _SKIPPED)
