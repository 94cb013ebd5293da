"""A second look at each sentence, with the hunch (hunch.py), where the rules leave room for it.

Rules come first. Where none speaks, the hunch may; what a rule only hints at, it may confirm; and a rule that
says of itself how far it may be doubted (`doubt` in its file) is no more than a hint where the sentence as a
whole makes it less probable than that. Every vote stands in the reasons with its weight.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from mailflow.model import Reason
from mailflow.understand.meanings.hunch import cut, shipped_model
from mailflow.vocabulary.days import EVENT, OTHER, PRACTICE
from mailflow.vocabulary.phrases import ENOUGH, Match
from mailflow.vocabulary.sentences import Line

Votes = Mapping[str, float]  # how probable each meaning is
NO_VOTES: Votes = {}
QUESTION_MARK = Match("question", "", ENOUGH, "Fragezeichen", "?", frozenset())
_UNASKED = 0.03  # below that a question mark asks for nothing that a person would have to answer

LIKELY = 0.5  # probability from which the hunch speaks by itself
GUESS = 0.3  # the same in a mail of which nothing else was understood
_AT_LEAST = {"cancel": 0.8}  # a wrong cancellation costs somebody their place
CONFIRMS = 0.3  # and from which it confirms a rule's hint
_HINTS = 0.02  # below that a doubted rule does not even hint
HUNCH = "Gespür, aus Beispielen gelernt"
_A_SENTENCE = 4  # words: less is too little to go by
_DAYS = frozenset(f"<{day}>" for day in (EVENT, OTHER, PRACTICE))
_DIGITS = re.compile(r"\d")


def take_votes(line: Line, tags: Sequence[set[str]], language: str) -> Votes:
    """How probable each meaning is by the words of a line together, and by what they are to the rules."""
    model = shipped_model()
    if model is None or len(line.words) < _A_SENTENCE:
        return NO_VOTES
    return model.vote(pieces_of(line, tags, language))


def pieces_of(line: Line, tags: Sequence[set[str]], language: str) -> list[int]:
    """A line as the hunch sees it: words in their comparable form, days that matter as such, digits as 0."""
    groups = [sorted(tag for tag in own if tag.startswith("<")) for own in tags]
    words = [
        _DIGITS.sub("0", word.plain) if _DAYS.isdisjoint(own) else min(_DAYS.intersection(own))
        for word, own in zip(line.words, tags, strict=True)
    ]
    return cut([*words, "?"] if line.asks else words, groups, language)


def doubted(match: Match, votes: Votes) -> Match:
    """The match; where the words together make it less probable than its rule demands, a hint or nothing."""
    vote = votes.get(meant(match.says), 1.0)
    if vote >= match.doubt or match.strength < ENOUGH:
        return match
    return replace(match, strength=int(vote >= _HINTS), doubted=f"{vote:.1%}")


def filled(meanings: Mapping[str, Match], votes: Votes, likely: float = LIKELY) -> Mapping[str, Match]:
    """The meanings of a sentence; with the hunch's own where no rule says clearly what it means.

    A mere question mark is no rule."""
    if [match for match in meanings.values() if match.strength >= ENOUGH] not in ([], [QUESTION_MARK]):
        return meanings
    others = {name: match for name, match in meanings.items() if match != QUESTION_MARK}
    hinted = {meant(name) for name in others} - {"idea"}  # of an idea much is a hint that is none
    felt = {
        label: Match(label, "", ENOUGH, HUNCH, f"{vote:.0%}", frozenset(), doubt=likely)
        for label, vote in votes.items()
        if vote >= (CONFIRMS if label in hinted else max(likely, _AT_LEAST.get(label, 0)))
    }
    unasked = votes.get("question", 1.0) < _UNASKED
    return {**others, **felt} if felt or unasked else meanings


def doubts(matches: Iterable[Match]) -> tuple[Reason, ...]:
    """Which rules were doubted, and how improbable the hunch holds what they say."""
    return tuple(
        Reason(f"doubt {match.says}", match.rule, f"{match.because} ({HUNCH}: {match.doubted})")
        for match in matches
    )


def meant(meaning: str) -> str:
    """The meaning as it is learned: who wants the access data signs up."""
    return "sign_up" if meaning == "access" else meaning
