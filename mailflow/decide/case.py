"""One person's mail with all that decides about it: who writes, what is known, which rule fits. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from mailflow.decide import roster
from mailflow.decide.limits import answers_by_itself
from mailflow.decide.topic import is_about_us
from mailflow.model import Address, Known, Letter, Office, Reading, Registration
from mailflow.rules.answers import AnswerRule, Answers


@dataclass(frozen=True)
class Case:
    """What one mail says, what is known of its sender, and when that is."""

    letter: Letter
    reading: Reading
    known: Known
    office: Office
    answers: Answers
    arrived: datetime
    now: datetime

    # --- which rule fits ----------------------------------------------------------------------------

    def fits(self, rule: AnswerRule) -> bool:
        """Whether all that the rule asks for holds."""
        return (
            self._asks(rule)
            and self.circumstances.issuperset(rule.when)
            and self._has_sender(rule.sender_ends_with)
            and self._has_subject(rule.subject_has)
        )

    def _asks(self, rule: AnswerRule) -> bool:
        intents = set(self.reading.intents)
        some = not rule.any_of or not intents.isdisjoint(rule.any_of)
        return some and intents.issuperset(rule.intents) and intents.isdisjoint(rule.without)

    def _has_sender(self, endings: Sequence[str]) -> bool:
        return not endings or self.sender.casefold().endswith(tuple(end.casefold() for end in endings))

    def _has_subject(self, words: Sequence[str]) -> bool:
        subject = self.letter.subject.casefold()
        return not words or any(word.casefold() in subject for word in words)

    @cached_property
    def circumstances(self) -> frozenset[str]:
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
            (self.says("off_topic"), "off_topic", ""),
            (self.says("decline"), "declined", ""),
        )
        return frozenset(yes if holds else no for holds, yes, no in pairs)

    def says(self, meaning: str) -> bool:
        """Whether one of the sentences was taken for this."""
        return any(meaning in sentence.taken_for for sentence in self.reading.sentences)

    # --- what is known ------------------------------------------------------------------------------

    @property
    def sender(self) -> str:
        """The address that an answer goes to, else the writer's; "" where there is neither."""
        return self.to.addr if self.to else (self.letter.sender.addr if self.letter.sender else "")

    @cached_property
    def to(self) -> Address | None:
        """Where an answer goes: Reply-To where it is one plain address, else From; None where neither is.

        Nobody, if the address is one of ours (RFC 3834, section 4).
        """
        choice = self.letter.reply_to[0] if len(self.letter.reply_to) == 1 else self.letter.sender
        if choice is None or choice.key in self.office.own_addresses or "@" not in choice.addr:
            return None
        return choice

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

    @cached_property
    def in_time(self) -> bool:
        """Are ideas still wanted on the day that it arrived?"""
        local = self.arrived.astimezone(ZoneInfo(self.office.event.timezone))
        return local.date() <= self.office.event.ideas_until

    @property
    def registered(self) -> tuple[Registration, ...]:
        return tuple(each for each in self.known.registrations if each.state == "registered")

    @property
    def comes(self) -> bool:
        wanted = {"sign_up", "practice"} & set(self.reading.intents)
        return bool(wanted) and "cancel" not in self.reading.intents

    @property
    def changes(self) -> bool:
        return self.comes and self.signed_up[1]

    @cached_property
    def signed_up(self) -> tuple[Registration, bool]:
        """The registration after this mail, and whether it changes one that was in force."""
        return roster.sign_up(
            self.reading,
            self.known,
            digest=self.letter.digest,
            address=self.sender,
            arrived=self.arrived,
            language=self.language,
        )

    @cached_property
    def by_itself(self) -> str:
        """Why a machine seems to answer us; "" where none does."""
        return answers_by_itself(self.letter, self.reading, self.known, self.office, self.arrived)

    @cached_property
    def about_us(self) -> bool:
        """Does it concern our event, as far as can be seen?"""
        return is_about_us(self.letter, self.reading, self.known, self.office, self.answers.about_us)

    @property
    def stopped(self) -> str:
        """Why our mail does not reach the address that the answer should go to, unless it writes itself."""
        to, sender = self.to, self.letter.sender
        if to is None or (sender is not None and to.key == sender.key):
            return ""
        alike = (each for each in self.known.registrations if each.address.casefold() == to.key)
        return next((each.unreached for each in alike if each.unreached), "")
