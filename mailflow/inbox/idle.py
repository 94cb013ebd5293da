"""Waiting for mail with IMAP IDLE (RFC 2177), without losing what came a moment before.

imap-tools' own wait asks the socket only. A server often sends the news together with "+ idling", and then
the line lies in imaplib's buffer while the socket stays silent (on Dovecot: each time). So: look into the
buffer first, read whole lines, and let a dead line show itself when DONE gets no reply in time.
"""

import select
import ssl
import threading
import time
from typing import Any

SLICE = 0.5  # seconds until a stop is noticed
LONGEST = 28 * 60.0  # seconds; RFC 2177 advises to start anew before 29 minutes


def news_pending(client: Any) -> bool:
    """Has the server told of mail (EXISTS) in answer to an earlier command?"""
    return bool(client.untagged_responses.get("EXISTS"))


def forget_news(client: Any) -> None:
    """From here on, only what comes later is news."""
    client.untagged_responses.pop("EXISTS", None)


def idle(client: Any, seconds: float, stop: threading.Event) -> bool:
    """Sleep until there is mail, `seconds` are over or `stop` is set. True: there is mail.

    `client` is imaplib's connection. Raises what imaplib and the socket raise on a dead line.
    """
    tag = client._command("IDLE")
    while client._get_response():  # None is the "+ idling"
        if client.tagged_commands[tag]:
            client.tagged_commands.pop(tag)
            return stop.wait(seconds) and False  # refused: an ordinary pause
    try:
        _listen(client, time.monotonic() + min(seconds, LONGEST), stop)
    finally:
        client.send(b"DONE\r\n")
    if stop.is_set():  # nobody needs the farewell
        return False
    client._command_complete("IDLE", tag)
    return news_pending(client)


def _listen(client: Any, end: float, stop: threading.Event) -> None:
    while not news_pending(client) and not stop.is_set():
        left = end - time.monotonic()
        if left <= 0:
            return
        if _buffered(client) or select.select([client.sock], [], [], min(left, SLICE))[0]:
            client._get_response()
            client._check_bye()


def _buffered(client: Any) -> bool:
    """Is something to be read without waiting: in imaplib's buffer, in the TLS layer, or on the socket?"""
    reader = client.__dict__.get("_file") or client.__dict__["file"]  # renamed in Python 3.14
    patience = client.sock.gettimeout()
    client.sock.settimeout(0)
    try:
        return bool(reader.peek(1))
    except (BlockingIOError, ssl.SSLWantReadError):
        return False
    finally:
        client.sock.settimeout(patience)
