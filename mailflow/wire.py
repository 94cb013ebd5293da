"""The conversations with both servers, for `run -v`: who said what, without secrets, texts and addresses.

    imap > KDLA7 UID FETCH 3:4 (UID INTERNALDATE BODY.PEEK[])
    imap < * 1 FETCH (UID 3 INTERNALDATE "…" BODY[] {1834}
    smtp > RCPT TO:<…>
    smtp < 250 2.1.5 Ok

Rules: what we send is shown only if it is a command we know, anything else (mails, passwords) as its length;
of what a server says nothing in quotes and no address is shown; what it sends as a literal (a mail) never
passes here.
"""

import logging
import re
import smtplib
from typing import Any

_log = logging.getLogger("mailflow.wire")
_LONGEST = 200  # signs of a line
_IMAP = re.compile(rb"([A-P]{4}\d+ (?:UID )?[A-Z]+)([^\r\n]*)\r\n|(DONE)\r\n")
_IMAP_SECRET = re.compile(rb"LOGIN|AUTHENTICATE")
_SMTP = re.compile(
    rb"(?:(?:EHLO|HELO|MAIL|RCPT|AUTH|STARTTLS|DATA|RSET|NOOP|QUIT)(?: [^\r\n]*)?\r\n)+", re.IGNORECASE
)
_SMTP_SECRET = re.compile(rb"(?m)^(AUTH \S+).*$", re.IGNORECASE)
_QUOTED = re.compile(rb'"(?:[^"\\]|\\.)*"?')
_ADDRESS = re.compile(rb"[^\s<>]+@[^\s<>]+")


def shown() -> bool:
    """Does anybody want to see it?"""
    return _log.isEnabledFor(logging.DEBUG)


def show_imap(client: Any) -> None:
    """From here on, show what is said over imaplib's connection."""
    if not shown():
        return
    send, readline = client.send, client.readline

    def telling_send(data: bytes) -> None:
        _tell("imap >", imap_said(data))
        send(data)

    def telling_readline() -> bytes:
        line: bytes = readline()
        _tell("imap <", _ADDRESS.sub("…".encode(), _QUOTED.sub('"…"'.encode(), line)))
        return line

    client.send, client.readline = telling_send, telling_readline


def showing_smtp(kind: type[smtplib.SMTP]) -> type[smtplib.SMTP]:
    """A kind of connection that shows what is said; the same kind where nobody wants to see it."""
    if not shown():
        return kind

    class Showing(kind):  # type: ignore[valid-type,misc]  # one of two classes of the standard library
        def send(self, s: Any) -> None:
            _tell("smtp >", smtp_said(s if isinstance(s, bytes) else str(s).encode("utf-8", "replace")))
            super().send(s)

        def getreply(self) -> tuple[int, bytes]:
            code, text = super().getreply()
            _tell("smtp <", b"%d " % code + _ADDRESS.sub("…".encode(), text))
            return code, text

    return Showing


def imap_said(data: bytes) -> bytes:
    """What of our words to an IMAP server may be seen."""
    command = _IMAP.fullmatch(data)
    if command is None:
        return b"(%d bytes)" % len(data)
    if command[3]:
        return command[3]
    return command[1] if _IMAP_SECRET.search(command[1]) else command[1] + command[2]


def smtp_said(data: bytes) -> bytes:
    """What of our words to an SMTP server may be seen."""
    if not _SMTP.fullmatch(data):
        return b"(%d bytes)" % len(data)
    return _ADDRESS.sub("…".encode(), _SMTP_SECRET.sub(rb"\1", data))


def _tell(who: str, said: bytes) -> None:
    for line in said.decode("utf-8", "replace").splitlines():
        words = "".join(sign if sign.isprintable() else " " for sign in line[:_LONGEST])
        _log.debug("%s %s", who, words)
