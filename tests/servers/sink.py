"""A counting SMTP server: takes what it gets, and fails where a script tells it to.

Threads in the test's own process, so that it outlives a killed Mailflow. It offers PIPELINING, SIZE, and
where asked STARTTLS and AUTH. `fault(command, recipient)` may return a reply to give instead of the usual
one, or DROP to cut the connection. Commands: "connect", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "." (the
text has been taken; DROP here is the cut after the final dot) and "lost" (as ".", but the text is kept
before the cut).
"""

import base64
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BufferedReader

DROP = ""
Fault = Callable[[str, str], str | None]


@dataclass(frozen=True)
class Taken:
    """A mail as the server got it."""

    sender: str
    recipient: str
    raw: bytes


@dataclass
class Session:
    """What one connection has said so far."""

    sock: socket.socket
    sender: str | None = None  # None: no MAIL yet, or refused
    recipients: list[str] = field(default_factory=list)
    user: str = ""


class Sink:
    """`with Sink() as sink:` listens on `sink.port`; `sink.taken` grows."""

    def __init__(
        self,
        *,
        fault: Fault = lambda _command, _recipient: None,
        tls: ssl.SSLContext | None = None,
        login: tuple[str, str] | None = None,
        pipelining: bool = True,
    ) -> None:
        self.fault, self._tls, self._login, self._pipelining = fault, tls, login, pipelining
        self.taken: list[Taken] = []
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def __enter__(self) -> "Sink":
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def to(self, recipient: str) -> list[Taken]:
        """Everything taken for one recipient."""
        return [each for each in self.taken if each.recipient == recipient]

    def _listen(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else a reply waits 40 ms
            threading.Thread(target=self._talk, args=(Session(sock),), daemon=True).start()

    def _talk(self, session: Session) -> None:
        try:
            if self._reply(session, self.fault("connect", ""), "220 sink ready"):
                self._commands(session)
        except (OSError, ValueError):
            pass
        finally:
            session.sock.close()

    @staticmethod
    def _reply(session: Session, fault: str | None, usual: str) -> bool:
        """Give the reply; False where the connection ends with it."""
        if fault == DROP:
            return False
        reply = usual if fault is None else fault
        session.sock.sendall(reply.encode() + b"\r\n")
        return not reply.startswith("421")

    def _commands(self, session: Session) -> None:
        lines = session.sock.makefile("rb")
        while line := lines.readline():
            verb, _, rest = line.decode("utf-8", "replace").strip().partition(" ")
            verb = verb.upper()
            if verb == "STARTTLS" and self._tls:
                session.sock.sendall(b"220 go\r\n")
                session.sock = self._tls.wrap_socket(session.sock, server_side=True)
                lines = session.sock.makefile("rb")
            elif verb == "QUIT":
                session.sock.sendall(b"221 bye\r\n")
                return
            elif verb == "DATA":
                if not self._data(session, lines):
                    return
            elif not self._envelope(session, verb, rest):
                return

    def _envelope(self, session: Session, verb: str, rest: str) -> bool:
        address = rest.partition("<")[2].partition(">")[0]
        fault = self.fault(verb, address if verb == "RCPT" else "")
        usual = "250 2.0.0 fine"
        if verb == "EHLO":
            usual = "\r\n".join(self._offers(session))
        elif verb == "AUTH":
            usual = self._check(session, rest)
        elif verb == "MAIL":
            if self._login and not session.user:
                fault = fault or "530 5.7.0 log in first"
            session.sender, session.recipients = (address if fault is None else None), []
        elif verb == "RCPT" and session.sender is None:
            fault = "503 5.5.1 MAIL first"
        elif verb == "RCPT" and fault is None:
            session.recipients.append(address)
        elif verb == "RSET":
            session.recipients = []
        return self._reply(session, fault, usual)

    def _offers(self, session: Session) -> list[str]:
        offers = ["250-sink", "250-SIZE 30000000"]
        if self._pipelining:
            offers.append("250-PIPELINING")
        if self._tls and not isinstance(session.sock, ssl.SSLSocket):
            offers.append("250-STARTTLS")
        elif self._login:
            offers.append("250-AUTH PLAIN")
        return [*offers, "250 ENHANCEDSTATUSCODES"]

    def _check(self, session: Session, rest: str) -> str:
        _, user, password = base64.b64decode(rest.partition(" ")[2]).decode().split("\0")
        if (user, password) != self._login:
            return "535 5.7.8 no"
        session.user = user
        return "235 2.7.0 welcome"

    def _data(self, session: Session, lines: BufferedReader) -> bool:
        recipients, session.recipients = session.recipients, []
        if not recipients:
            return self._reply(session, None, "503 5.5.1 no recipient")
        before = self.fault("DATA", recipients[-1])
        if before is not None:
            return self._reply(session, before, "")
        session.sock.sendall(b"354 go on\r\n")
        raw = bytearray()
        while (line := lines.readline()) != b".\r\n":
            if not line:
                return False
            raw += line[1:] if line.startswith(b".") else line
        fault = self.fault(".", recipients[-1])
        if fault is None:
            self.taken += [Taken(session.sender or "", each, bytes(raw)) for each in recipients]
            fault = self.fault("lost", recipients[-1])
        return self._reply(session, fault, "250 2.0.0 taken")
