"""Slips of the finger: a letter too many, too few, wrong, or two swapped.

Rules: only long words are taken for another; the first letters are beyond doubt ("an" and "ab" make all the
difference), and of several words the nearest counts.
"""

from collections.abc import Iterable

from rapidfuzz.distance import OSA

_FIRM = 3  # letters at the beginning that no slip may touch
_SLIP_FROM, _TWO_SLIPS_FROM = 7, 12  # letters a word needs for one slip of the finger, and for two


def may_slip(word: str) -> bool:
    """Is a word long enough to be known in spite of a slip?"""
    return len(word) >= _SLIP_FROM and word.isalpha()


class Slips:
    """The words that may be meant. Fill with `learn`, then ask `nearest`."""

    def __init__(self) -> None:
        self._by_beginning: dict[str, list[str]] = {}

    def learn(self, words: Iterable[str]) -> None:
        """Know these words, as far as they are long enough."""
        for word in words:
            if len(word) >= _SLIP_FROM - 1:
                self._by_beginning.setdefault(word[:_FIRM], []).append(word)

    def nearest(self, word: str, stem: str) -> str | None:
        """The known word of which a word or its stem is a slip."""
        allowed = 2 if len(word) >= _TWO_SLIPS_FROM else 1
        nearest, least = None, allowed + 1
        for known in self._by_beginning.get(word[:_FIRM], ()):
            for form in (word, stem):
                if abs(len(known) - len(form)) <= allowed:
                    distance = OSA.distance(form, known, score_cutoff=allowed)
                    if distance < least:
                        nearest, least = known, distance
        return nearest
