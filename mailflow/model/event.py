"""What the organiser has set up: the occasion, the way in, who we are."""

from dataclasses import dataclass
from datetime import date, datetime


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
