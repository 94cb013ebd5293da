"""Spellings made equal: case, umlauts, accents, Arabic letter forms, doubled typing.

"möchte", "MOECHTE" and "mochte" are one word to us, as are "katılmak" and "katilmak". Only for comparing;
what is recorded keeps the writer's letters.
"""

import re
import unicodedata
from functools import lru_cache

_LETTERS = str.maketrans(
    {
        "ß": "ss", "ı": "i", "ł": "l", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe", "ё": "е", "ґ": "г",
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه",
        "ی": "ي", "ک": "ك", "ـ": "", "\u200c": "", "\u200d": "", "’": "", "'": "", "ʼ": "", "`": "",
    }
)  # fmt: skip
_THRICE = re.compile(r"(.)\1{2,}")


@lru_cache(maxsize=20_000)
def fold(word: str, umlauts: tuple[tuple[str, str], ...] = ()) -> str:
    """The comparable form of a word. `umlauts` are pairs of equal spellings, the second is kept."""
    plain = _THRICE.sub(r"\1", word.casefold()).translate(_LETTERS)
    for spelling, letter in umlauts:
        plain = plain.replace(spelling, letter)
    if plain.isascii():
        return plain
    letters = unicodedata.normalize("NFKD", plain)
    return (
        "".join(c for c in letters if not unicodedata.combining(c) or c in "\u0306\u0308")
        if _slavic(plain)
        else ("".join(c for c in letters if not unicodedata.combining(c)))
    )


def _slavic(word: str) -> bool:
    """Cyrillic й and ї are letters of their own, not accents."""
    return any("\u0400" <= c <= "\u04ff" for c in word)
