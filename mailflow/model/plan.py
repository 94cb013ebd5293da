"""What will be done about one mail, and the answer that goes out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from mailflow.model.event import Address
from mailflow.model.reading import Reason
from mailflow.model.record import Attention, Idea, Registration

FolderName = Literal["done", "attention", "automatic", "failed"]


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
    likeness: tuple[str, ...] = ()  # what a repetition of this mail would share with it, for the limits
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
