"""A meaning rule, compiled: the phrases by which it speaks, and what silences it.

A phrase speaks in a clause when all its words are there and none of those it forbids; a rule is silenced
where one of its `unless` phrases stands in the same clause, or one of its `unless_sentence` phrases in the
same sentence. A word is a tag here: its forms and its slips of the finger are found elsewhere (`lexicon`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mailflow.vocabulary.files import MeaningRule

_NOWHERE: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Phrase:
    """The tags that must be there, and those that must not."""

    needs: frozenset[str]
    forbids: frozenset[str]

    def speaks(self, tags: set[str]) -> bool:
        """Whether the phrase stands in words that carry these tags."""
        return self.needs <= tags and self.forbids.isdisjoint(tags)


@dataclass(frozen=True, slots=True)
class Silencers:
    """What silences a rule: single words, which most of it are, and phrases."""

    words: frozenset[str]
    phrases: tuple[Phrase, ...]

    def speak(self, tags: set[str]) -> bool:
        """Whether one of them stands in words that carry these tags."""
        return not self.words.isdisjoint(tags) or any(phrase.speaks(tags) for phrase in self.phrases)


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence as the rules see it: the tags of each of its clauses, and of all together."""

    clauses: Mapping[int, set[str]]
    everything: set[str]
    alone: bool  # so short that it says what its word says
    subject: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with its phrases compiled."""

    source: MeaningRule
    phrases: tuple[Phrase, ...]
    unless: Silencers
    unless_sentence: Silencers

    def speaks_in(self, said: Said, phrase: Phrase) -> frozenset[int]:
        """The clauses in which the rule speaks with this phrase of its own; empty where it does not."""
        where = self.source.where
        if (where == "alone" and not said.alone) or (where == "subject" and not said.subject):
            return _NOWHERE
        if self.unless_sentence.speak(said.everything):
            return _NOWHERE
        if where == "clause":
            return frozenset(
                number
                for number, tags in said.clauses.items()
                if phrase.speaks(tags) and not self.unless.speak(tags)
            )
        if not phrase.speaks(said.everything):
            return _NOWHERE
        touched = frozenset(number for number, tags in said.clauses.items() if phrase.needs & tags)
        silenced = any(self.unless.speak(said.clauses[number]) for number in touched)
        return _NOWHERE if silenced else touched


def compile_rule(source: MeaningRule) -> Rule:
    """A rule of a file with its phrases compiled."""
    silencers = _silencers(source.unless), _silencers(source.unless_sentence)
    return Rule(source, _phrases(source.phrases), *silencers)


def items_of(texts: Iterable[str]) -> set[str]:
    """Every word and group that phrases name."""
    return {item.removeprefix("!") for text in texts for item in text.split()}


def _phrases(texts: Iterable[str]) -> tuple[Phrase, ...]:
    return tuple(
        Phrase(
            needs=frozenset(item for item in text.split() if not item.startswith("!")),
            forbids=frozenset(item[1:] for item in text.split() if item.startswith("!")),
        )
        for text in texts
    )


def _silencers(texts: Iterable[str]) -> Silencers:
    phrases = _phrases(texts)
    single = {phrase for phrase in phrases if len(phrase.needs) == 1 and not phrase.forbids}
    return Silencers(
        words=frozenset().union(*(phrase.needs for phrase in single)),
        phrases=tuple(phrase for phrase in phrases if phrase not in single),
    )
