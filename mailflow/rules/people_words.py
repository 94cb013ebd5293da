"""Looking up the words of `rules/people`: spellings made equal, word lists, word patterns.

Rules: knows no language; everything is prepared once, and every question costs the same whatever the
number of words listed. Patterns become regular expressions without nested repetition.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

_LETTERS = str.maketrans(
    {
        "ß": "ss", "ı": "i", "ł": "l", "đ": "d", "ø": "o", "œ": "oe", "æ": "ae", "ё": "е", "ґ": "г",
        "ى": "ي", "ة": "ه", "ی": "ي", "ک": "ك", "’": "'", "ʼ": "'", "`": "'", "‑": "-", "‐": "-",
        "\u200c": "", "ـ": "",
    }
)  # fmt: skip
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
LONGEST_WORD = 80  # letters; no language that we read has longer ones
_NOTHING = frozenset[str]()


@lru_cache(maxsize=20_000)
def fold(word: str, umlauts: bool = False) -> str:
    """The comparable form of a word: case, accents and letter forms are gone; with `umlauts`, ä is ae."""
    plain = word.casefold().translate(_LETTERS)
    if plain.isascii():
        return plain
    if umlauts:
        plain = unicodedata.normalize("NFC", plain).translate(_UMLAUTS)
    bare = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    return bare.translate(_LETTERS)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a word means to us: the lists it stands in, the number it is, and whom it names."""

    tags: frozenset[str] = _NOTHING
    number: int | None = None
    count: int = 0  # how many people the word names, for kin
    relation: str = ""  # which kin: equal for all words of one relation


UNKNOWN = Meaning()
Part = tuple[str, str, Meaning]  # a word as written, folded, and what it means


@dataclass(slots=True)
class WordList:
    """All words of one language. Fill with `learn`, then ask `meaning`."""

    umlauts: bool = False
    endings: tuple[str, ...] = ()  # of words for people that are listed without them
    _exact: dict[str, Meaning] = field(default_factory=dict)
    _heads: dict[str, Meaning] = field(default_factory=dict)
    _tails: dict[str, Meaning] = field(default_factory=dict)
    _sequences: dict[str, list[tuple[tuple[str, ...], Meaning]]] = field(default_factory=dict)
    _known: dict[str, Meaning] = field(default_factory=dict)

    def learn(
        self, words: str, tag: str, number: int | None = None, count: int = 0, relation: str = ""
    ) -> None:
        """Let each of the blank-separated `words` carry the tag, and the number or relation."""
        meaning = Meaning(frozenset({tag}), number, count, relation)
        for item in words.split():
            for umlauts in {self.umlauts, False}:  # people write "fünf", "fuenf" and "funf"
                self._learn_item([fold(part, umlauts) for part in item.split("_")], meaning)

    def _learn_item(self, parts: list[str], meaning: Meaning) -> None:
        if len(parts) > 1:
            self._sequences.setdefault(parts[0], []).append((tuple(parts), meaning))
        elif parts[0].endswith("~"):
            _add(self._heads, parts[0][:-1], meaning)
        elif parts[0].startswith("~"):
            _add(self._tails, parts[0][1:], _both(meaning, Meaning(frozenset({"compound"}))))
        else:
            _add(self._exact, parts[0], meaning)

    def meaning(self, folded: str) -> Meaning:
        """What one folded word means; one longer than any real word means nothing."""
        if len(folded) > LONGEST_WORD:
            return UNKNOWN
        found = self._known.get(folded)
        if found is None:
            if len(self._known) > 20_000:
                self._known.clear()
            found = self._known[folded] = self._look_up(folded)
        return found

    def sequence(self, folded: list[str], position: int) -> tuple[int, Meaning]:
        """How many words from `position` on belong together, and what they mean; (0, UNKNOWN) for none."""
        best = (0, UNKNOWN)
        for parts, meaning in self._sequences.get(folded[position], ()):
            if len(parts) >= best[0] and tuple(folded[position : position + len(parts)]) == parts:
                best = (len(parts), _both(best[1], meaning) if len(parts) == best[0] else meaning)
        return best

    def _look_up(self, word: str) -> Meaning:
        found = self._exact.get(word, UNKNOWN)
        for length in range(2, len(word) + 1):
            if head := self._heads.get(word[:length]):
                found = _both(found, head)
            if length < len(word) - 2 and (tail := self._tails.get(word[-length:])):
                found = _both(found, tail)
        if "kin" in found.tags:
            return found
        return _both(
            _both(found, self._without_ending(word)),
            self._compound(word) if word not in self._exact else UNKNOWN,
        )

    def _compound(self, word: str) -> Meaning:
        """ "Bridge-Partnerin", "Arbeitskollegin": the last part says who it is, if it is long enough."""
        for length in range(len(word) - 3, 5, -1) if self.endings else ():
            part = self._exact.get(word[-length:], UNKNOWN)
            if "kin" in part.tags:
                return Meaning(frozenset({"kin"} | (part.tags & {"role"})), None, part.count, word)
        return UNKNOWN

    def _without_ending(self, word: str) -> Meaning:
        """ "Betreuern" is a form of "Betreuer": only words for people are tried so."""
        for ending in self.endings:
            stem = word[: -len(ending)]
            if word.endswith(ending) and len(stem) > 3 and "kin" in self._exact.get(stem, UNKNOWN).tags:
                return self._exact[stem]
        return UNKNOWN


def _add(where: dict[str, Meaning], word: str, meaning: Meaning) -> None:
    where[word] = _both(where.get(word, UNKNOWN), meaning)


def _both(one: Meaning, other: Meaning) -> Meaning:
    if other is UNKNOWN:
        return one
    if one is UNKNOWN:
        return other
    return Meaning(
        one.tags | other.tags,
        one.number if one.number is not None else other.number,
        one.count or other.count,
        one.relation or other.relation,
    )


def word_pattern(text: str, between: str, umlauts: bool) -> str:
    """A pattern of words as a regular expression over folded words that each are followed by a blank."""
    return "".join(_piece(item, between, umlauts) for item in text.split())


def _piece(item: str, between: str, umlauts: bool) -> str:
    if item == "{n}":
        return r"#(\d{1,2})['b]? "
    if item == "{b}":
        return r"#(\d{1,2})b "
    if item == "……":
        return r"(?:[^\s#@.,;:!?()]+ ){0,6}"
    if item == "{w}":
        return r"#(\d{1,2})' "
    if item == "{g}":
        return r"@(\d{1,2}) "
    if item == "^":
        return "^"
    if item == "…":
        return f"(?:(?:{_choice(between.split(), umlauts)}) ){{0,4}}" if between.strip() else ""
    optional = item.endswith("?") and len(item) > 1
    choice = f"(?:{_choice(item.rstrip('?').split('|'), umlauts)}) "
    return f"(?:{choice})?" if optional else choice


def _choice(words: Iterable[str], umlauts: bool) -> str:
    return "|".join(dict.fromkeys(_one_word(word, each) for word in words for each in (umlauts, False)))


def _one_word(word: str, umlauts: bool) -> str:
    bare = re.escape(fold(word.strip("~"), umlauts)).replace("_", " ")
    return (
        (r"[^\s]{0,20}" if word.startswith("~") else "")
        + bare
        + (r"[^\s]{0,20}" if word.endswith("~") else "")
    )
