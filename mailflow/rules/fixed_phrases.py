"""Phrases that stand in a mail as they stand in the rules: greetings, closings, footers, labels.

Two forms: words in their order, looked up by the first of them (`find_phrase`), and regular expressions for
what stands somewhere in a line and may hold a gap, written “*” (`pattern_of`, `FixedPhrases`).
"""

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence

from mailflow.rules.later import Later
from mailflow.rules.spelling import WORD, spellings, words_of

Phrases = Mapping[str, tuple[tuple[str, ...], ...]]  # by first word, the longest first


def words_in(texts: Iterable[str]) -> frozenset[str]:
    """Every word of these texts, in each of its spellings."""
    return frozenset(
        word for text in texts for spelling in spellings(text) for word in WORD.findall(spelling)
    )


def phrases_in(texts: Iterable[str]) -> Phrases:
    """These texts as words in their order, in each of their spellings."""
    split = {tuple(WORD.findall(spelling)) for text in texts for spelling in spellings(text)} - {()}
    ordered = sorted(split, key=lambda words: (words[0], -len(words), words))
    return {first: tuple(group) for first, group in itertools.groupby(ordered, key=lambda words: words[0])}


def find_phrase(phrases: Phrases, words: Sequence[str], at: int = 0) -> int:
    """How many words the longest phrase takes that stands at `at`; 0 where none does."""
    for phrase in phrases.get(words[at], ()) if at < len(words) else ():
        if tuple(words[at : at + len(phrase)]) == phrase:
            return len(phrase)
    return 0


def pattern_of(texts: Iterable[str], frame: str) -> re.Pattern[str]:
    """One pattern for all phrases."""
    return re.compile(_expression(_spelled(texts), frame))


class FixedPhrases:
    """Phrases that a line may hold. They are hundreds in all languages, and few begin with a word of the
    line: those with one first word make one pattern, compiled when that word is first met."""

    def __init__(self, texts: Iterable[str], frame: str) -> None:
        begun: dict[str, list[str]] = {}
        for text in _spelled(texts):
            first = "" if text.startswith("*") else next(iter(words_of(text)), "")
            begun.setdefault(first, []).append(text)
        self._patterns = {first: Later(_expression(texts, frame)) for first, texts in begun.items()}

    def match(self, folded: str) -> re.Match[str] | None:
        """A phrase with which a folded line begins."""
        word = WORD.search(folded)
        return self._begun(folded, word[0], 0) if word else None

    def search(self, folded: str) -> re.Match[str] | None:
        """The first phrase in a folded line; few lines hold a word with which one begins."""
        if "" not in self._patterns and self._patterns.keys().isdisjoint(WORD.findall(folded)):
            return None
        found = (self._begun(folded, word[0], word.start()) for word in WORD.finditer(folded))
        return next((match for match in found if match), None)

    def _begun(self, folded: str, word: str, at: int) -> re.Match[str] | None:
        """What begins there with this word, or with anything ("* gesendet")."""
        patterns = (self._patterns[first].pattern for first in (word, "") if first in self._patterns)
        return next((match for pattern in patterns if (match := pattern.match(folded, at))), None)


def _spelled(texts: Iterable[str]) -> set[str]:
    return {spelling for text in texts for spelling in spellings(text)}


def _expression(spelled: Iterable[str], frame: str) -> str:
    """Phrases as one regular expression, the longest first. `*` stands for up to 40 characters of a line."""
    parts = [
        r"[^\n]{0,40}?".join(r"\s+".join(map(re.escape, piece.split(" "))) for piece in s.split("*"))
        for s in sorted(spelled, key=lambda s: (-len(s), s))
    ]
    return frame.format("|".join(parts) or "(?!)")
