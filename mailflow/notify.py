"""What we tell systemd: that we are ready, alive, pausing or about to end (sd_notify(3)).

Rules: without systemd nothing happens; trouble in telling is no trouble of ours.
"""

import os
import socket
from contextlib import suppress

_MICRO = 1_000_000


def tell(*words: str) -> bool:
    """Send lines like "READY=1" to the socket that systemd named. Was there one, and did it take them?"""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return False
    if address.startswith("@"):  # a name outside of the file system
        address = "\0" + address[1:]
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as door:
        door.settimeout(1)
        door.connect(address)
        door.sendall("\n".join(words).encode())
        return True
    return False


def watchdog_seconds() -> float:
    """After how many seconds of silence systemd takes us for dead; 0 where it does not watch."""
    pid, span = os.environ.get("WATCHDOG_PID", str(os.getpid())), os.environ.get("WATCHDOG_USEC", "0")
    return int(span) / _MICRO if span.isdigit() and pid == str(os.getpid()) else 0.0


def watchdog_span(seconds: float) -> str:
    """The line that sets another such span."""
    return f"WATCHDOG_USEC={round(seconds * _MICRO)}"
