"""What is kept: who comes, what was proposed, what waits, and what of it matters for one mail."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

RegistrationState = Literal["registered", "cancelled"]


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
