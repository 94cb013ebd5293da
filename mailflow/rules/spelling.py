"""The form in which spellings are compared: lower case, no accents, plain letters and apostrophes.

“Grüße”, “GRÜSSE” and “Grusse” are one; “Gruesse” is another, so that the rules' own words are known in both
(`spellings`).
"""

import re
import unicodedata
from functools import lru_cache

_ACCENTS = re.compile("[\u0300-\u036f\u0483-\u0487\u0610-\u061a\u064b-\u065f\u0670]+")  # combining ones
WORD = re.compile(
    "[^\\W_][\u0300-\u036f\u064b-\u065f\u0670]*(?:['’\u200c]?[^\\W_][\u0300-\u036f\u064b-\u065f\u0670]*)*"
)
_LETTERS = str.maketrans(
    {"ł": "l", "ı": "i", "ø": "o", "đ": "d", "æ": "ae", "ي": "ی", "ى": "ی", "ك": "ک", "’": "'", "‌": ""}
)
_LINES = 256  # that are remembered: one room after the other looks at the same lines of a mail
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


@lru_cache(maxsize=_LINES)
def fold(text: str) -> str:
    """A text in that form."""
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
    return tuple(WORD.findall(fold(text)))


@lru_cache(maxsize=_LINES)
def placed_words(text: str) -> tuple[tuple[str, int, int], ...]:
    """The words of a text, folded, each with where it begins and ends."""
    return tuple((_fold_word(found[0]), found.start(), found.end()) for found in WORD.finditer(text))


def spellings(text: str) -> set[str]:
    """A phrase folded, and as it is typed without umlauts."""
    plain = unicodedata.normalize("NFC", text.casefold())
    typed = plain.translate(_UMLAUTS)
    return {fold(plain), fold(typed)} if typed != plain else {fold(plain)}
