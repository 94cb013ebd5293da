"""Reading + what we know of the sender + now → Plan: all that will be done, before anything is.

Rules: the first rule of rules/answers.toml that fits decides template, folder and attention; what is
recorded follows from the reading. No answer goes to a machine, to an unclear sender or over a limit; what
is not answered for that reason is put before a person. Pure: `now` is handed in.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from mailflow import roster
from mailflow.marks import answer_id
from mailflow.model import (
    Address,
    AnswerPlan,
    Attention,
    Idea,
    Known,
    Letter,
    Office,
    Plan,
    Reading,
    Reason,
    Registration,
)
from mailflow.rules.answers import AnswerRule, Answers

WITH_ACCESS = frozenset({"access", "practice", "changed", "again"})  # templates that hold the access data
_UNDECIDED = AnswerRule(
    name="keine Regel passt", template="unclear", folder="attention", attention="keine Regel passt"
)


def decide(
    letter: Letter,
    reading: Reading,
    known: Known,
    answers: Answers,
    office: Office,
    arrived: datetime,
    now: datetime,
) -> Plan:
    """What is to be done about one mail. `arrived` judges deadlines, `now` whether the event is over."""
    if reading.automatic:
        return _automatic(letter, reading, arrived)
    case = _Case(letter, reading, known, office, arrived, now)
    rule = next((rule for rule in answers.rules if case.fits(rule)), _UNDECIDED)
    return case.plan(rule)


def _automatic(letter: Letter, reading: Reading, arrived: datetime) -> Plan:
    """A machine wrote it: filed without an answer, before a person where that is not certain."""
    assert reading.automatic
    sender = letter.sender.addr if letter.sender else ""
    because = reading.automatic.because
    soft = () if reading.automatic.hard else (f"vielleicht automatisch: {because}",)
    attention = tuple(_attention(letter, sender, reason, arrived) for reason in soft)
    return Plan(
        digest=letter.digest,
        message_id=letter.message_id,
        arrived=arrived,
        sender=sender,
        rule=f"automatisch ({reading.automatic.kind})",
        folder="attention" if soft else "automatic",
        attention=attention,
        reasons=reading.reasons,
    )


def _attention(letter: Letter, address: str, reason: str, arrived: datetime) -> Attention:
    return Attention(f"{letter.digest[:20]}-a", address, letter.subject[:200], reason, arrived, letter.digest)


def answer_address(letter: Letter, office: Office) -> Address | None:
    """Where an answer goes: Reply-To where it is one plain address, else From; None where neither is.

    Nobody, if the address is one of ours (RFC 3834, section 4).
    """
    choice = letter.reply_to[0] if len(letter.reply_to) == 1 else letter.sender
    if choice is None or choice.key in office.own_addresses or "@" not in choice.addr:
        return None
    return choice


@dataclass(frozen=True, slots=True)
class _Case:
    """One person's mail with all that decides about it."""

    letter: Letter
    reading: Reading
    known: Known
    office: Office
    arrived: datetime
    now: datetime

    # --- which rule fits ----------------------------------------------------------------------------

    def fits(self, rule: AnswerRule) -> bool:
        """Whether all that the rule asks for holds."""
        intents = set(self.reading.intents)
        sender = self.sender.casefold()
        subject = self.letter.subject.casefold()
        return (
            intents.issuperset(rule.intents)
            and (not rule.any_of or bool(intents.intersection(rule.any_of)))
            and not intents.intersection(rule.without)
            and set(rule.when) <= self.circumstances()
            and (
                not rule.sender_ends_with
                or sender.endswith(tuple(end.casefold() for end in rule.sender_ends_with))
            )
            and (not rule.subject_has or any(word.casefold() in subject for word in rule.subject_has))
        )

    def circumstances(self) -> set[str]:
        """Every circumstance that a rule may name and that holds now."""
        event = self.office.event
        pairs = (
            (self.now <= event.ends, "before_end", "after_end"),
            (event.practice_ends is not None and self.now <= event.practice_ends, "before_practice", ""),
            (self.in_time, "ideas_in_time", "ideas_late"),
            (bool(self.registered), "registered", "not_registered"),
            (self.changes, "changed", "unchanged"),
            (self.known.replies_to_us, "reply", "no_reply"),
            (bool(self.reading.details and self.reading.details.organisation), "institution", "private"),
            (bool(self.reading.unclear), "unclear", "clear"),
        )
        return {yes if holds else no for holds, yes, no in pairs}

    # --- what is known ------------------------------------------------------------------------------

    @property
    def sender(self) -> str:
        return self.to.addr if self.to else (self.letter.sender.addr if self.letter.sender else "")

    @property
    def to(self) -> Address | None:
        return answer_address(self.letter, self.office)

    @property
    def name(self) -> str:
        details = self.reading.details
        return (details.name if details else "") or (self.to.name if self.to else "")

    @property
    def language(self) -> str:
        """The writer's language; the organiser's variant of it ("de-leicht") where that is chosen."""
        chosen = self.office.event.language
        written = self.reading.language
        return chosen if not written or chosen.startswith(written + "-") else written

    @property
    def in_time(self) -> bool:
        local = self.arrived.astimezone(ZoneInfo(self.office.event.timezone))
        return local.date() <= self.office.event.ideas_until

    @property
    def registered(self) -> tuple[Registration, ...]:
        return tuple(each for each in self.known.registrations if each.state == "registered")

    @property
    def comes(self) -> bool:
        return (
            bool({"sign_up", "practice"} & set(self.reading.intents)) and "cancel" not in self.reading.intents
        )

    @property
    def changes(self) -> bool:
        return self.comes and self._signed_up()[1]

    def _signed_up(self) -> tuple[Registration, bool]:
        return roster.sign_up(
            self.reading,
            self.known,
            digest=self.letter.digest,
            address=self.sender,
            arrived=self.arrived,
            language=self.language,
        )

    # --- the plan -----------------------------------------------------------------------------------

    def plan(self, rule: AnswerRule) -> Plan:
        """All that will be done under this rule."""
        registrations = self._registrations() if rule.record else ()
        reasons = tuple(self._doubts(rule))
        answer = None if self._silent(rule) else self._answer(rule, registrations)
        return Plan(
            digest=self.letter.digest,
            message_id=self.letter.message_id,
            arrived=self.arrived,
            sender=self.sender,
            rule=rule.name,
            folder="attention" if reasons else rule.folder,
            registrations=registrations,
            ideas=tuple(self._ideas()) if rule.record else (),
            attention=(_attention(self.letter, self.sender, "; ".join(reasons), self.arrived),)
            if reasons
            else (),
            answer=answer,
            reasons=(*self.reading.reasons, Reason("answer", rule.name, rule.template or "keine Antwort")),
        )

    def _registrations(self) -> tuple[Registration, ...]:
        if "cancel" in self.reading.intents:
            return roster.cancel(self.known, self.name, digest=self.letter.digest, arrived=self.arrived)
        return (self._signed_up()[0],) if self.comes else ()

    def _ideas(self) -> Iterator[Idea]:
        for number, idea in enumerate(self.reading.ideas, 1):
            yield Idea(
                id=f"{self.letter.digest[:20]}-{number}",
                text=idea.text,
                kind=idea.kind,
                name=self.name,
                address=self.sender,
                when=self.arrived,
                in_time=self.in_time,
                mail=self.letter.digest,
            )

    def _doubts(self, rule: AnswerRule) -> Iterator[str]:
        """Why a person must look at it."""
        if rule.attention:
            yield f"{rule.attention}: {self.reading.unclear}" if self.reading.unclear else rule.attention
        elif self.reading.unclear:
            yield self.reading.unclear
        if rule.template and not self.to:
            yield "keine Adresse, an die geantwortet werden kann"
        elif rule.template and self._limit():
            yield f"nicht beantwortet, {self._limit()}"

    def _silent(self, rule: AnswerRule) -> bool:
        return not rule.template or self.to is None or bool(self._limit())

    def _limit(self) -> str:
        """Which limit is reached; "" where none is."""
        limits, known = self.office.limits, self.known
        reached: tuple[tuple[int, int, str], ...] = (
            (known.answers_today, limits.address_per_day, "Antworten an diese Adresse heute"),
            (known.answers_to_domain, limits.domain_per_hour, "Antworten an diese Domain in einer Stunde"),
            (known.answers_last_hour, limits.total_per_hour, "Antworten in einer Stunde"),
            (known.answers_total_today, limits.total_per_day, "Antworten heute"),
        )
        return next((f"Grenze erreicht: {most} {what}" for sent, most, what in reached if sent >= most), "")

    def _answer(self, rule: AnswerRule, registrations: tuple[Registration, ...]) -> AnswerPlan:
        assert self.to
        access = rule.template in WITH_ACCESS
        now = registrations[0] if registrations else next(iter(self.registered), None)
        return AnswerPlan(
            template=rule.template,
            language=self.language,
            to=Address(self.name, self.to.addr),
            values=self._values(now),
            access=access,
            calendar=_calendar(now) if access else (),
            message_id=self._answer_id(rule.template),
            in_reply_to=self.letter.message_id,
            references=_thread(self.letter),
        )

    def _values(self, registration: Registration | None) -> dict[str, object]:
        intents = self.reading.intents
        return {
            "name": self.name,
            "persons": registration.persons if registration else 1,
            "organisation": registration.organisation if registration else None,
            "phone": registration.phone if registration else None,
            "sign_up": bool(registration and registration.sign_up),
            "practice": bool(registration and registration.practice),
            "idea": "idea" in intents,
            "in_time": self.in_time,
            "question": "question" in intents,
            "cancelled": "cancel" in intents,
            "changed": self.changes,
            "known": bool(self.known.registrations),
        }

    def _answer_id(self, template: str) -> str:
        domain = self.office.sender.addr.rpartition("@")[2] or "localhost"
        return answer_id(self.office.secret, self.letter.digest, template, domain)


def _calendar(registration: Registration | None) -> tuple[Literal["event", "practice"], ...]:
    wanted: list[Literal["event", "practice"]] = []
    if registration is None or registration.sign_up:
        wanted.append("event")
    if registration and registration.practice:
        wanted.append("practice")
    return tuple(wanted)


def _thread(letter: Letter) -> tuple[str, ...]:
    """References of the answer: those of the mail, oldest first, then the mail itself (RFC 5322, 3.6.4)."""
    earlier = [each for each in letter.references[1:] if each != letter.message_id][-20:]
    return (*earlier, letter.message_id) if letter.message_id else tuple(earlier)
