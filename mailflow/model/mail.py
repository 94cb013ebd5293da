"""A mail as it lies in the mailbox, and decoded."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mailflow.model.event import Address

AutomaticKind = Literal["auto-reply", "bounce", "list", "loop"]


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it lies in the mailbox."""

    uid: str
    arrived: datetime  # INTERNALDATE
    raw: bytes
    whole: int = 0  # bytes of it, where it was too large to be read to the end


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of decoded body text. `mark` names the mail program's own mark around it, if any:
    "blockquote", "gmail_quote", "divRplyFwdMsg", "signature", … An unmarked passage has ""."""

    text: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail, decoded. Made of any bytes whatever; what was wrong with them stands in `defects`."""

    digest: str  # SHA-256 of the raw bytes, hex: the identity of the mail, with its Message-ID
    message_id: str  # "<…>", or "" where there is none
    senders: tuple[Address, ...]  # every mailbox in From; one is the ordinary case
    reply_to: tuple[Address, ...]
    recipients: tuple[Address, ...]  # To and Cc
    subject: str
    sent: datetime | None  # the Date header
    headers: tuple[tuple[str, str], ...]  # top level, in order; names in lower case, values decoded
    body: tuple[Passage, ...]
    references: tuple[str, ...] = ()  # In-Reply-To first, then References, each once
    content_types: tuple[str, ...] = ()  # of every part, in order of the walk, lower case
    attachments: tuple[str, ...] = ()  # names only
    delivery_status: str = ""  # text of message/delivery-status parts
    returned: str = ""  # text of a returned message or its headers (message/rfc822, text/rfc822-headers)
    defects: tuple[str, ...] = ()

    @property
    def sender(self) -> Address | None:
        """The one mailbox in From; None where there is none or more than one."""
        return self.senders[0] if len(self.senders) == 1 else None

    @property
    def text(self) -> str:
        """The whole decoded body, quoted parts included."""
        return "\n".join(passage.text for passage in self.body)

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of a header, in order. `name` in any case."""
        wanted = name.lower()
        return tuple(value for key, value in self.headers if key == wanted)

    def header(self, name: str) -> str | None:
        """The first value of a header, or None where it is absent. `name` in any case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key == wanted), None)


@dataclass(frozen=True, slots=True)
class Automatic:
    """A machine wrote it. Soft marks are put before a person, hard ones are only filed."""

    kind: AutomaticKind
    because: str
    hard: bool = True


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail that did not arrive: what a delivery report says of it."""

    recipient: str  # "" where the report names none
    reason: str  # in plain words
    message_id: str = ""  # of the answer of ours that it was; "" where the report does not show it
    permanent: bool = True  # given up, and not only late
