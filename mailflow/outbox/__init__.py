"""Outbox: the SMTP door. Hands finished answers over and says of each how it went.

Rules: one connection and one login for everything that is waiting; the bytes that `compose` built go out as
they are; each answer has one recipient, so that one bad recipient holds up nobody. The server decides:

    sent    it has taken the answer
    later   4xx, no connection, no login, or a refusal that is about us and not about this answer
    never   5xx about this recipient or this text

A connection lost before the final dot is opened anew, once for each answer. One lost after it counts as
later: then the same answer, with the same Message-ID, may arrive twice.

submission.py     one conversation with a submission server
"""

import re
import smtplib
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from email.utils import parseaddr
from typing import TYPE_CHECKING, Literal

from mailflow.errors import LoginRefused, TryLater
from mailflow.model import Waiting

if TYPE_CHECKING:
    from mailflow.outbox.submission import Declined, Submission
    from mailflow.settings import SmtpSettings

Outcome = Literal["sent", "later", "never"]
TIMEOUT = 60.0  # seconds until a silent server counts as gone
PATIENCE = 3  # connections lost one after another until the rest waits
NULL_SENDER = "<>"

_ABOUT_US = {530, 534, 535, 538}  # log in first, in another way, with other words
_ADDRESS = re.compile(r"[^\s<>@\x00-\x1f\x7f]+@[^\s<>@\x00-\x1f\x7f]+")
_STAGES = {"sender": "Absender abgelehnt", "recipient": "Empfänger abgelehnt", "text": "Mail abgelehnt"}


@dataclass(frozen=True, slots=True)
class Delivery:
    """How it went with one answer. `why` is the server's reason, "" where it was sent."""

    message_id: str
    outcome: Outcome
    why: str = ""
    about_us: bool = False  # nothing could be sent at all: it says nothing about this answer


class Outbox:
    """One submission server."""

    def __init__(self, settings: "SmtpSettings", timeout: float = TIMEOUT) -> None:
        self._settings = settings
        self._timeout = timeout
        self._line: Submission | None = None
        self._sender = settings.envelope_sender or parseaddr(settings.sender)[1]
        self._lost = 0
        self._trouble = ""  # why nothing more goes out in this batch
        self.login_refused = False  # when we last connected

    def connect(self) -> None:
        """Connect and log in. Raises TryLater, also as LoginRefused."""
        from mailflow.outbox.submission import Submission, plain

        self.close()
        self.login_refused = False
        try:
            self._line = Submission(self._settings, self._timeout)
            self._line.login()
        except smtplib.SMTPAuthenticationError as error:
            self.close()
            if error.smtp_code < 500:  # 454: it cannot look at passwords now (RFC 4954, section 6)
                raise TryLater(f"{self._name}: Anmelden geht gerade nicht ({plain(error)}).") from None
            self.login_refused = True
            raise LoginRefused(
                f"{self._name}: Die Anmeldung als „{self._settings.user}“ wurde abgelehnt ({plain(error)}). "
                "Bitte smtp.user und smtp.password prüfen."
            ) from None
        except (OSError, ValueError) as error:
            self.close()
            raise TryLater(f"{self._name}: Verbinden gelang nicht ({plain(error)}).") from error

    def close(self) -> None:
        """Take leave of the server. Never raises."""
        line, self._line = self._line, None
        if line:
            line.leave()

    def begin(self) -> None:
        """Make the connection for the next `send`, which tells of each answer if that did not work."""
        self._trouble = ""
        try:
            self.connect()
        except TryLater as error:
            self._trouble = str(error)

    def send(self, waiting: Iterable[Waiting]) -> Generator[Delivery, None, None]:
        """Hand over one after the other; each is told as soon as it is settled. Leaves no connection open."""
        try:
            for answer in waiting:
                yield self._settle(answer)
        finally:
            self.close()
            self._lost, self._trouble = 0, ""

    def _settle(self, answer: Waiting) -> Delivery:
        recipient = _on_the_wire(answer.to)
        if recipient is None:
            return Delivery(answer.message_id, "never", "An diese Adresse lässt sich keine Mail richten.")
        outcome, why = self._try(recipient, answer.raw)
        if outcome == "lost" and not self._trouble:
            outcome, why = self._try(recipient, answer.raw)
        settled = "later" if outcome == "lost" else outcome
        return Delivery(answer.message_id, settled, why, about_us=settled == "later" and bool(self._trouble))

    def _try(self, recipient: str, raw: bytes) -> tuple[Literal["sent", "later", "never", "lost"], str]:
        if not self._connected():
            return "later", self._trouble
        from mailflow.outbox.submission import Declined, LostAfterDot, plain

        assert self._line is not None
        if not recipient.isascii() and not self._line.takes_utf8():
            return "never", "Unser Server nimmt keine Adressen mit Umlauten an."
        try:
            self._line.hand_over(self._sender.strip("<>"), recipient, raw)
        except Declined as declined:
            return self._declined(declined, recipient, raw)
        except LostAfterDot as error:
            return "later", self._lose(f"Verbindung nach dem Absenden verloren ({error})")
        except OSError as error:
            return "lost", self._lose(f"Verbindung verloren ({plain(error)})")
        self._lost = 0
        return "sent", ""

    def _declined(
        self, declined: "Declined", recipient: str, raw: bytes
    ) -> tuple[Literal["sent", "later", "never", "lost"], str]:
        reply, why = declined.reply, f"{_STAGES[declined.stage]}: {declined.reply}"
        if reply.code == 421:
            return "lost", self._lose(why)
        self._start_over()
        too_big = reply.code == 552 or "5.3.4" in reply.text
        if self._sender == NULL_SENDER and not too_big and (declined.stage == "sender" or reply.code >= 500):
            return self._as_ourselves(declined.stage, recipient, raw)
        if reply.code < 500:
            return "later", why
        if reply.code in _ABOUT_US or (declined.stage == "sender" and not too_big):
            self._trouble = why
            return "later", why
        return "never", why

    def _as_ourselves(
        self, stage: str, recipient: str, raw: bytes
    ) -> tuple[Literal["sent", "later", "never", "lost"], str]:
        """Once more with our own address for the envelope: some servers refuse the null sender, at any step.

        It stays at that where the null sender was to blame.
        """
        self._sender = parseaddr(self._settings.sender)[1]
        outcome, why = self._try(recipient, raw)
        if stage != "sender" and outcome != "sent":
            self._sender = NULL_SENDER
        return outcome, why

    def _start_over(self) -> None:
        try:
            if self._line:
                self._line.start_over()
        except OSError:
            self.close()

    def _connected(self) -> bool:
        """Is there a connection, or could one be made? `_trouble` says why not."""
        if self._line is None and not self._trouble:
            try:
                self.connect()
            except TryLater as error:
                self._trouble = str(error)
        return not self._trouble

    def _lose(self, why: str) -> str:
        self.close()
        self._lost += 1
        if self._lost >= PATIENCE:
            self._trouble = why
        return why

    @property
    def _name(self) -> str:
        return f"SMTP-Server {self._settings.host}:{self._settings.port}"


def _on_the_wire(address: str) -> str | None:
    """The address as SMTP wants it: the domain in ASCII (IDNA). None where it can't be one."""
    if not _ADDRESS.fullmatch(address):
        return None
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{domain if domain.isascii() else domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return None
