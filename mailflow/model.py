"""The frozen records that are handed from room to room.

A mail travels as Mail → Letter → Reading → Plan → Answer; what is kept of it are Registration, Idea,
Attention, Journal entry and Waiting answer. Rules of this module: records hold data and nothing else
(small questions about their own fields excepted), every moment is timezone-aware, and once a record
exists it is right: no room checks it again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

Intent = Literal["sign_up", "practice", "idea", "cancel", "resend", "question"]
FolderName = Literal["done", "attention", "automatic", "failed"]
AutomaticKind = Literal["auto-reply", "bounce", "list", "loop"]
PieceKind = Literal[
    "written", "greeting", "closing", "signature", "quoted", "forwarded", "disclaimer", "footer"
]
RegistrationState = Literal["registered", "cancelled"]


# --- what the organiser has set up -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Event:
    """The occasion. Moments are aware, in the event's own zone."""

    title: str
    starts: datetime
    ends: datetime
    ideas_until: date  # that day included
    timezone: str  # IANA name, e.g. "Europe/Berlin"
    language: str  # ISO 639-1: answers where the writer's language has no template
    practice_starts: datetime | None = None  # both practice moments or neither
    practice_ends: datetime | None = None


@dataclass(frozen=True, slots=True)
class Access:
    """How to enter the conference: what only people who asked to come may see."""

    link: str
    meeting_id: str
    passcode: str
    dial_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """How many answers may go out; counted before sending."""

    address_per_day: int = 5
    domain_per_hour: int = 100
    total_per_hour: int = 200
    total_per_day: int = 1000


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox: display name (may be empty) and address as written."""

    name: str
    addr: str

    @property
    def key(self) -> str:
        """The form in which two spellings of one address are equal."""
        return self.addr.casefold()


@dataclass(frozen=True, slots=True)
class Office:
    """Everything the pure rooms need to know of us, handed in by whoever builds the parts."""

    event: Event
    access: Access
    limits: Limits
    sender: Address  # From of every answer
    organiser: Address
    organiser_phone: str
    own_addresses: frozenset[str]  # casefolded; a mail from one of them is our own
    secret: bytes  # keys the marks in our Message-IDs
    authserv_id: str = ""  # the receiving provider's name in its Authentication-Results; "": none counts


# --- one mail on its way -----------------------------------------------------------------------------


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
        return next(iter(self.all(name)), None)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was concluded: what, by which rule, because of which words."""

    what: str
    rule: str
    because: str


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


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the mail's text and what it was taken for. `because` is empty for what was written."""

    kind: PieceKind
    text: str
    because: str = ""


@dataclass(frozen=True, slots=True)
class Details:
    """Who comes. `said` names the fields that the mail states itself, for corrections of earlier ones."""

    name: str | None
    persons: int
    organisation: str | None
    phone: str | None
    practice: bool
    said: frozenset[str] = frozenset()
    change: int = 0  # only how many more or fewer come is said: "meine Frau doch nicht" is -1


@dataclass(frozen=True, slots=True)
class IdeaText:
    """One idea in the writer's words, sorted by what the event asks for."""

    text: str
    kind: str  # "interest", "need", "resource", "suggestion" or what the organiser named
    rule: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence that the person wrote and what it was taken for (intents, "idea", "" for nothing)."""

    text: str
    taken_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a letter says."""

    automatic: Automatic | None
    language: str | None
    pieces: tuple[Piece, ...]
    intents: tuple[Intent, ...]  # sorted
    details: Details | None  # where intents hold sign_up or practice and no cancel
    ideas: tuple[IdeaText, ...]
    unclear: str  # why a person should look at it; "" where that is not needed
    reasons: tuple[Reason, ...]
    sentences: tuple[Sentence, ...] = ()
    bounce: Bounce | None = None

    @property
    def written(self) -> str:
        """What the person wrote in this mail: no quoted history, no signature."""
        return "\n".join(piece.text for piece in self.pieces if piece.kind == "written")


# --- what is kept ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Registration:
    """Somebody who signed up, by mail or by phone. Cancelling keeps the record with its state."""

    id: str
    name: str
    address: str  # "" for a sign-up by phone without one
    persons: int
    sign_up: bool  # comes to the event itself (False: only to the try-out)
    practice: bool
    organisation: str | None
    phone: str | None
    language: str
    when: datetime
    mail: str  # digest of the mail that brought it last; "" for a phone sign-up
    state: RegistrationState = "registered"
    unreached: str = ""  # why our last answer did not arrive; "" where it did as far as we know


@dataclass(frozen=True, slots=True)
class Idea:
    """An idea as recorded."""

    id: str
    text: str
    kind: str
    name: str
    address: str
    when: datetime
    in_time: bool
    mail: str
    state: str = "new"


@dataclass(frozen=True, slots=True)
class Attention:
    """Something a person must look at."""

    id: str
    address: str
    subject: str
    reason: str
    when: datetime
    mail: str
    state: str = "open"


@dataclass(frozen=True, slots=True)
class AnswerPlan:
    """Which answer goes to whom, and what it says; the words come from the template."""

    template: str  # "access", "idea", …
    language: str
    to: Address
    values: Mapping[str, object]  # what the template may name; see templates.py
    access: bool  # are the access data in it?
    calendar: tuple[Literal["event", "practice"], ...]
    message_id: str
    in_reply_to: str
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alarm:
    """A limit that was reached, for the organiser to know."""

    limit: str  # its name in the configuration, or "kind_per_day"
    told: str  # in plain words: "5 Antworten an eine Adresse am Tag"
    address: str  # whose mail was held back


@dataclass(frozen=True, slots=True)
class Plan:
    """All that will be done about one mail, said before anything is done."""

    digest: str
    message_id: str
    arrived: datetime
    sender: str  # address, for the log and the limits; "" where there is none
    rule: str  # the action rule that decided
    folder: FolderName
    registrations: tuple[Registration, ...] = ()
    ideas: tuple[Idea, ...] = ()
    attention: tuple[Attention, ...] = ()
    answer: AnswerPlan | None = None
    reasons: tuple[Reason, ...] = ()
    alarm: Alarm | None = None
    unreached: str = ""  # an address that our mail does not reach: what waits for it will not be sent
    likeness: tuple[str, ...] = ()  # what a repetition of this mail would share with it: limits.py
    judge: str = ""  # who signs the Authentication-Results of this mail, nearest to us first

    @property
    def needs_person(self) -> bool:
        """Whether somebody must look at it, and not only may."""
        return any(each.state == "open" for each in self.attention)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it goes out."""

    message_id: str
    to: str  # the one envelope recipient
    subject: str
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)  # those we set on purpose, for `explain`
    raw: bytes = b""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An answer that is durably noted and not yet accepted by the server."""

    message_id: str
    to: str
    raw: bytes
    mail: str  # digest of the mail it answers; "" for a phone sign-up
    template: str
    created: datetime
    tries: int = 0
    next_try: datetime | None = None  # None: at once


@dataclass(frozen=True, slots=True)
class Earlier:
    """An answer that was noted before."""

    template: str
    when: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """What the store knows that matters for one mail."""

    registrations: tuple[Registration, ...] = ()  # of this address, or reached through the thread
    replies_to_us: bool = False  # In-Reply-To or References names one of our answers
    answers_today: int = 0  # to this address, in the event's zone
    answers_to_domain: int = 0  # in the last hour
    answers_last_hour: int = 0
    answers_total_today: int = 0
    earlier: tuple[Earlier, ...] = ()  # answers to this address in the last days, in order
    replied_to: datetime | None = None  # when the answer of ours went out that this mail replies to
    # likeness of a mail of this sender → its arrival
    recent: Mapping[str, datetime] = field(default_factory=dict)
    returned_from: str = ""  # to whom the answer of ours had gone that this report sends back
    judge: str = ""  # the provider's name in Authentication-Results, learned from the mails so far
