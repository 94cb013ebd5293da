"""Rule files of the sort `layout`: greetings, closings, signatures and the marks of quoted mail.

One file a language, `rules/layout/<ISO 639-1>.toml`. Every list is optional; phrases are written as people
write them, in any case. Umlauts and accents need no second spelling: "Grüße" is also "Gruesse" and "Gruße".

    greeting      = ["Sehr geehrte", "Hallo"]     # how a mail begins
    addressee     = ["Herr", "zusammen"]          # words in a greeting that are no name
    closing       = ["Mit freundlichen Grüßen"]   # how it ends
    closing_alone = ["Ihre", "Danke"]             # only where nothing but a name follows in that line
    postscript    = ["PS", "Nachtrag"]
    signed_for    = ["i. A.", "im Auftrag"]       # before a name in a signature
    contact       = ["Tel", "Öffnungszeiten"]     # labels of signature lines
    personal      = ["ich", "mein"]               # who speaks so writes text, not a signature
    request       = ["bitte"]                     # likewise, but programs ask too
    not_a_name    = ["bitte", "Personen"]         # words that no line with a name holds
    wrote         = ["schrieb", "hat * geschrieben"]  # the line above quoted mail; * is anything
    wrote_first   = ["schrieb ich"]               # and this is not such a line
    original      = ["Ursprüngliche Nachricht"]   # between dashes, above quoted mail
    forwarded     = ["Weitergeleitete Nachricht"]
    footer        = ["Von meinem * gesendet"]     # lines that a program or a provider adds
    disclaimer    = ["vertrauliche Informationen"]  # in a paragraph of fixed legal text
    form_text     = ["Nachrichtentext"]           # above the text that a web form hands on
    [headers]                                     # labels of the head of quoted mail
    from = ["Von"]
"""

import itertools
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from mailflow.rules.later import Later

Role = Literal["from", "sent", "to", "cc", "subject", "other"]
Phrases = Mapping[str, tuple[tuple[str, ...], ...]]  # by first word, the longest first

_ACCENTS = re.compile("[\u0300-\u036f\u0483-\u0487\u0610-\u061a\u064b-\u065f\u0670]+")  # combining ones
_WORD = re.compile(
    "[^\\W_][\u0300-\u036f\u064b-\u065f\u0670]*(?:['’\u200c]?[^\\W_][\u0300-\u036f\u064b-\u065f\u0670]*)*"
)
_LETTERS = str.maketrans(
    {"ł": "l", "ı": "i", "ø": "o", "đ": "d", "æ": "ae", "ي": "ی", "ى": "ی", "ك": "ک", "’": "'", "‌": ""}
)
_LINES = 256  # that are remembered: one room after the other looks at the same lines of a mail
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


class LayoutFile(BaseModel):
    """One file `rules/layout/<lang>.toml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    greeting: tuple[str, ...] = ()
    addressee: tuple[str, ...] = ()
    closing: tuple[str, ...] = ()
    closing_alone: tuple[str, ...] = ()
    postscript: tuple[str, ...] = ()
    signed_for: tuple[str, ...] = ()
    contact: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()
    request: tuple[str, ...] = ()
    not_a_name: tuple[str, ...] = ()
    wrote: tuple[str, ...] = ()
    wrote_first: tuple[str, ...] = ()
    original: tuple[str, ...] = ()
    forwarded: tuple[str, ...] = ()
    footer: tuple[str, ...] = ()
    disclaimer: tuple[str, ...] = ()
    form_text: tuple[str, ...] = ()
    headers: Mapping[Role, tuple[str, ...]] = Field(default_factory=dict)


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
        word = _WORD.search(folded)
        return self._begun(folded, word[0], 0) if word else None

    def search(self, folded: str) -> re.Match[str] | None:
        """The first phrase in a folded line; few lines hold a word with which one begins."""
        if "" not in self._patterns and self._patterns.keys().isdisjoint(_WORD.findall(folded)):
            return None
        found = (self._begun(folded, word[0], word.start()) for word in _WORD.finditer(folded))
        return next((match for match in found if match), None)

    def _begun(self, folded: str, word: str, at: int) -> re.Match[str] | None:
        """What begins there with this word, or with anything ("* gesendet")."""
        patterns = (self._patterns[first].pattern for first in (word, "") if first in self._patterns)
        return next((match for pattern in patterns if (match := pattern.match(folded, at))), None)


@dataclass(frozen=True, slots=True)
class Layout:
    """All layout words of all languages. Every text is folded (see `fold`)."""

    greeting: Phrases
    addressee: frozenset[str]
    closing: Phrases
    closing_alone: Phrases
    postscript: Phrases
    signed_for: Phrases
    contact: Phrases
    speaker: frozenset[str]  # who speaks
    personal: frozenset[str]  # who speaks or asks
    not_a_name: frozenset[str]
    wrote: re.Pattern[str]
    wrote_first: re.Pattern[str]
    original: re.Pattern[str]
    forwarded: re.Pattern[str]
    footer: FixedPhrases
    disclaimer: FixedPhrases
    form_text: Phrases
    headers: Mapping[str, Role]


@lru_cache(maxsize=_LINES)
def fold(text: str) -> str:
    """The form in which spellings are compared: lower case, no accents, plain apostrophes."""
    return _folded(text)


@lru_cache(maxsize=20_000)
def _fold_word(word: str) -> str:
    return _folded(word)


def _folded(text: str) -> str:
    text = text.casefold()
    if not text.isascii():
        text = _ACCENTS.sub("", unicodedata.normalize("NFD", text)).translate(_LETTERS)
    return text


@lru_cache(maxsize=_LINES)
def words_of(text: str) -> tuple[str, ...]:
    """The folded words of a text."""
    return tuple(_WORD.findall(fold(text)))


@lru_cache(maxsize=_LINES)
def placed_words(text: str) -> tuple[tuple[str, int, int], ...]:
    """The words of a text, folded, each with where it begins and ends."""
    return tuple((_fold_word(found[0]), found.start(), found.end()) for found in _WORD.finditer(text))


def find_phrase(phrases: Phrases, words: Sequence[str], at: int = 0) -> int:
    """How many words the longest phrase takes that stands at `at`; 0 where none does."""
    for phrase in phrases.get(words[at], ()) if at < len(words) else ():
        if tuple(words[at : at + len(phrase)]) == phrase:
            return len(phrase)
    return 0


def compile_layout(files: Mapping[str, LayoutFile]) -> Layout:
    """All languages together: a mail in one is often answered in another."""

    def every(name: str) -> list[str]:
        return [text for file in files.values() for text in getattr(file, name)]

    return Layout(
        greeting=_phrases(every("greeting")),
        addressee=_words(every("addressee")),
        closing=_phrases(every("closing")),
        closing_alone=_phrases(every("closing_alone")),
        postscript=_phrases(every("postscript")),
        signed_for=_phrases(every("signed_for")),
        contact=_phrases(every("contact")),
        speaker=_words(every("personal")),
        personal=_words(every("personal") + every("request")),
        not_a_name=_words(every("not_a_name")),
        wrote=_pattern(every("wrote"), r"(?<!\w)(?:{})(?!\w)"),
        wrote_first=_pattern(every("wrote_first"), r"(?<!\w)(?:{})(?!\w)"),
        original=_pattern(every("original"), r"(?<!\w)(?:{})(?!\w)"),
        forwarded=_pattern(every("forwarded"), r"(?<!\w)(?:{})(?!\w)"),
        footer=FixedPhrases(every("footer"), r"\W*(?:{})(?!\w)"),
        disclaimer=FixedPhrases(every("disclaimer"), r"(?:{})"),
        form_text=_phrases(every("form_text")),
        headers=_headers(files.values()),
    )


def _spellings(text: str) -> set[str]:
    """A phrase folded, and as it is typed without umlauts."""
    plain = unicodedata.normalize("NFC", text.casefold())
    typed = plain.translate(_UMLAUTS)
    return {fold(plain), fold(typed)} if typed != plain else {fold(plain)}


def _words(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(
        word for text in texts for spelling in _spellings(text) for word in _WORD.findall(spelling)
    )


def _phrases(texts: Iterable[str]) -> Phrases:
    split = {tuple(_WORD.findall(spelling)) for text in texts for spelling in _spellings(text)} - {()}
    ordered = sorted(split, key=lambda words: (words[0], -len(words), words))
    return {first: tuple(group) for first, group in itertools.groupby(ordered, key=lambda words: words[0])}


def _spelled(texts: Iterable[str]) -> set[str]:
    return {spelling for text in texts for spelling in _spellings(text)}


def _pattern(texts: Iterable[str], frame: str) -> re.Pattern[str]:
    """One pattern for all phrases."""
    return re.compile(_expression(_spelled(texts), frame))


def _expression(spelled: Iterable[str], frame: str) -> str:
    """Phrases as one regular expression, the longest first. `*` stands for up to 40 characters of a line."""
    parts = [
        r"[^\n]{0,40}?".join(r"\s+".join(map(re.escape, piece.split(" "))) for piece in s.split("*"))
        for s in sorted(spelled, key=lambda s: (-len(s), s))
    ]
    return frame.format("|".join(parts) or "(?!)")


def _headers(files: Iterable[LayoutFile]) -> Mapping[str, Role]:
    return {
        " ".join(_WORD.findall(spelling)): role
        for file in files
        for role, labels in file.headers.items()
        for label in labels
        for spelling in _spellings(label)
    }
