"""A second look at each sentence, with the hunch (hunch.py), where the rules leave room for it.

Rules come first. Where none speaks, the hunch may; what a rule only hints at, it may confirm; and a rule that
says of itself how far it may be doubted (`doubt` in its file) is no more than a hint where the sentence as a
whole makes it less probable than that. Every vote stands in the reasons with its weight.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from mailflow.model import Reason
from mailflow.understand.hunch import cut, shipped_model
from mailflow.vocabulary.days import Days
from mailflow.vocabulary.folding import fold
from mailflow.vocabulary.phrases import ENOUGH, Match, Vocabulary
from mailflow.vocabulary.sentences import Line

Votes = Mapping[str, float]  # how probable each meaning is
NO_VOTES: Votes = {}
QUESTION_MARK = Match("question", "", ENOUGH, "Fragezeichen", "?", frozenset())

LIKELY = 0.5  # probability from which the hunch speaks by itself
_LIKELY = {"cancel": 0.8}  # a wrong cancellation costs somebody their place
CONFIRMS = 0.3  # and from which it confirms a rule's hint
_HUNCH = "Gespür, aus Beispielen gelernt"
_A_SENTENCE = 4  # words: less is too little to go by
_DIGITS = re.compile(r"\d")


def take_votes(line: Line, vocabulary: Vocabulary, days: Days, language: str) -> Votes:
    """How the words of a line, taken together, speak for and against each meaning."""
    model = shipped_model()
    if model is None or len(line.words) < _A_SENTENCE:
        return NO_VOTES
    return model.vote(cut(said_words(line, vocabulary, days), language))


def doubted(match: Match, votes: Votes) -> Match:
    """The match; a mere hint where the words together make it less probable than its rule demands."""
    vote = votes.get(_meant(match.says), 1.0)
    if vote >= match.doubt or match.strength < ENOUGH:
        return match
    return replace(match, strength=1, doubted=f"{vote:.1%}")


def filled(meanings: dict[str, Match], votes: Votes) -> dict[str, Match]:
    """The meanings of a sentence; with the hunch's own where no rule says clearly what it means.

    A mere question mark is no rule."""
    if [match for match in meanings.values() if match.strength >= ENOUGH] not in ([], [QUESTION_MARK]):
        return meanings
    others = {name: match for name, match in meanings.items() if match != QUESTION_MARK}
    hinted = {_meant(name) for name in others}
    felt = {
        label: Match(label, "", ENOUGH, _HUNCH, f"{vote:.0%}", frozenset())
        for label, vote in votes.items()
        if vote >= (CONFIRMS if label in hinted else _LIKELY.get(label, LIKELY))
    }
    return {**others, **felt} if felt else meanings


def doubts(meanings: Iterable[Match]) -> tuple[Reason, ...]:
    """Which rules were doubted, and how improbable the hunch holds what they say."""
    return tuple(
        Reason(f"doubt {match.says}", match.rule, f"{match.because} ({_HUNCH}: {match.doubted})")
        for match in meanings
        if match.doubted
    )


def said_words(line: Line, vocabulary: Vocabulary, days: Days) -> list[str]:
    """The words of a sentence in their comparable form, the days that matter as such, numbers as 0."""
    umlauts = vocabulary.file.grammar.umlauts
    words = [word.text for word in line.words]
    named = vocabulary.calendar.find(words, days)
    said = [named.get(place) or _DIGITS.sub("0", fold(word, umlauts)) for place, word in enumerate(words)]
    return [*said, "?"] if line.asks else said


def _meant(meaning: str) -> str:
    return "sign_up" if meaning == "access" else meaning
