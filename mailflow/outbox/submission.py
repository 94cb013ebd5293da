"""One conversation with a submission server: connect, log in, hand answers over, take leave.

yagmail connects and logs in; what it lacks is added here: the certificate is verified, a login name need not
be an address, a password may hold umlauts. Its own `send` is not used: it would log in for each mail, build
the mail itself and send again after a lost connection, up to three times. Importing this is slow (yagmail
imports an HTML toolkit), so `outbox` does it when something is to be sent.
"""

import base64
import re
import smtplib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import yagmail

from mailflow.tls import verified
from mailflow.wire import showing_smtp

if TYPE_CHECKING:
    from mailflow.settings import SmtpSettings

Stage = Literal["sender", "recipient", "text"]
AFTER_DOT = 300.0  # seconds; spam filters think at length, and giving up early would send the answer twice
_LINE_END = re.compile(rb"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server said."""

    code: int
    text: str

    def __str__(self) -> str:
        return f"{self.code} {self.text}"[:300]


class Declined(Exception):
    """The server will not take this answer, or not now."""

    def __init__(self, stage: Stage, reply: Reply) -> None:
        super().__init__(str(reply))
        self.stage, self.reply = stage, reply


class LostAfterDot(Exception):
    """The connection broke when the text was out and no word about it was back."""


class Submission(yagmail.SMTP):  # type: ignore[misc]
    """A connection, made by `login()`. What goes wrong is an OSError (smtplib's errors are) or Declined."""

    smtp: smtplib.SMTP
    smtp_skip_login: bool

    def __init__(self, settings: "SmtpSettings", timeout: float) -> None:
        context = None if settings.security == "none" else verified(settings.ca_file)
        super().__init__(
            user=settings.user or "nobody@localhost",
            password=settings.password.get_secret_value(),
            host=settings.host,
            port=settings.port,
            smtp_ssl=settings.security == "tls",
            smtp_starttls={"context": context} if settings.security == "starttls" else False,
            smtp_skip_login=not settings.user,
            soft_email_validation=False,
            timeout=timeout,
            local_hostname="[127.0.0.1]",  # no look-up of our name, which may take long and tells who we are
            **({"context": context} if settings.security == "tls" else {}),
        )
        self.user = settings.user  # yagmail makes an address of a name that is none

    @property
    def connection(self) -> type[smtplib.SMTP]:
        """The kind of connection that yagmail makes."""
        return showing_smtp(super().connection)

    def _login(self, password: str) -> None:
        """Connect and log in, passwords with umlauts too (smtplib refuses them)."""
        plain = (self.user + password).isascii()
        skip, self.smtp_skip_login = self.smtp_skip_login, self.smtp_skip_login or not plain
        super()._login(password)
        self.smtp_skip_login = skip
        self.smtp.ehlo_or_helo_if_needed()
        if not skip and not plain:
            token = base64.b64encode(f"\0{self.user}\0{password}".encode()).decode()
            reply = self._say(f"AUTH PLAIN {token}")
            if reply.code != 235:
                raise smtplib.SMTPAuthenticationError(reply.code, reply.text.encode())

    def hand_over(self, sender: str, recipient: str, raw: bytes) -> None:
        """Hand one answer over. Raises Declined, LostAfterDot, or OSError where the line broke before."""
        text = _LINE_END.sub(b"\r\n", raw)
        self._open_envelope(sender, recipient, len(text))
        dotted = re.sub(rb"(?m)^\.", b"..", text)
        self.smtp.sock.settimeout(AFTER_DOT)  # type: ignore[union-attr]
        try:
            self.smtp.send(dotted + (b".\r\n" if dotted.endswith(b"\r\n") else b"\r\n.\r\n"))
            reply = self._listen()
        except OSError as error:
            raise LostAfterDot(str(error)) from error
        finally:
            if self.smtp.sock:
                self.smtp.sock.settimeout(self.kwargs["timeout"])
        if reply.code != 250:
            raise Declined("text", reply)

    def _open_envelope(self, sender: str, recipient: str, size: int) -> None:
        """MAIL, RCPT and DATA: in one go where the server takes that (PIPELINING, RFC 2920)."""
        options = f" SIZE={size}" if self.smtp.has_extn("size") else ""
        options += "" if recipient.isascii() else " SMTPUTF8"
        commands = (f"MAIL FROM:<{sender}>{options}", f"RCPT TO:<{recipient}>", "DATA")
        stages: tuple[Stage, ...] = ("sender", "recipient", "text")
        if self.smtp.has_extn("pipelining"):
            self.smtp.send("\r\n".join((*commands, "")).encode())
        declined: Declined | None = None
        for command, stage in zip(commands, stages, strict=True):
            reply = self._listen() if self.smtp.has_extn("pipelining") else self._say(command)
            if reply.code == 354 and declined:
                self._say(".")  # it wants a text although there is nobody to get it
            elif reply.code >= 400 and not declined:
                declined = Declined(stage, reply)
                if reply.code == 421 or not self.smtp.has_extn("pipelining"):
                    break
        if declined:
            raise declined

    def start_over(self) -> None:
        """Forget a half-open envelope."""
        self._say("RSET")

    def takes_utf8(self) -> bool:
        """May an address have umlauts before the @?"""
        return bool(self.smtp.has_extn("smtputf8"))

    def _say(self, command: str) -> Reply:
        self.smtp.send(f"{command}\r\n".encode())
        return self._listen()

    def _listen(self) -> Reply:
        code, text = self.smtp.getreply()
        if code == -1:
            raise smtplib.SMTPServerDisconnected("der Server spricht kein SMTP")
        said = text.decode("utf-8", "replace")
        return Reply(code, "".join(sign if sign.isprintable() else " " for sign in said))

    def leave(self, patience: float = 2.0) -> None:
        """Take leave. Never raises, and does not wait long."""
        try:
            if self.smtp and self.smtp.sock:
                self.smtp.sock.settimeout(patience)
                self.close()
        except OSError:
            pass
        finally:
            self.is_closed = True
            if self.smtp:
                self.smtp.close()


def plain(error: Exception) -> str:
    """An error of the connection in a few printable words."""
    if isinstance(error, TimeoutError):
        return "der Server antwortet nicht"
    if isinstance(error, smtplib.SMTPResponseException):
        said: Any = error.smtp_error
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        return str(Reply(error.smtp_code, "".join(sign if sign.isprintable() else " " for sign in text)))
    return (str(error) or type(error).__name__)[:300]
