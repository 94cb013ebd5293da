"""The words, numbers and marks of a text, each with its meaning.

Rules: telephone numbers, dates, times and mail addresses are no numbers; what is not seen or may be left out
(vowel signs, joiners) is no part of a word. A form of a word is looked up once, then known.
"""

import re
from collections.abc import Iterator

from mailflow.rules.people import Speech
from mailflow.rules.people_words import UNKNOWN, Meaning, Part, fold
from mailflow.understand.details.sentences.sentence import Token

_REMEMBERED = 20_000  # forms of words of a language
_MOST = 60  # a larger number counts no visitors
_MARKS = re.compile("[\u0610-\u061a\u064b-\u065f\u0640\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
_TOKEN = re.compile(
    r"""
      (?P<mask>[+(]?\d(?:[ ()/.\-–]{0,3}\d){6,24}      # telephone, IBAN, long dates
        |\d{1,4}(?:[./:-]\d{1,4})+\.?                    # 17.3., 15:00
        |\d{1,2}\.(?=[ ]?(?:[+/&]|und|u\.)[ ]?\d{1,2}\.)  # 16. + 17.3.
        |\d{1,2}-(?:го|му|м)\b                            # 16-го
        |\S{1,64}@\S{1,64}|https?://\S{1,300})
    | (?P<number>\d{1,9})
    | (?P<word>[^\W\d_]+(?:[-‐‑'’ʼ][^\W\d_]+)*)
    | (?P<mark>[.!?…؟۔]+|[,;:()\[\]+&/–—،؛*"„“”«»=]|-(?=\s))
    """,
    re.VERBOSE,
)
_CYRILLIC = re.compile("[\u0400-\u04ff]")


def without_marks(text: str) -> str:
    """Without what is not seen or may be left out: vowel signs, joiners."""
    return _MARKS.sub("", text).replace("\u200c", "")


def find_words(text: str) -> list[re.Match[str]]:
    """Where the words, numbers and marks of a text stand."""
    return list(_TOKEN.finditer(text))


def add_tokens(tokens: list[Token], match: re.Match[str], speech: Speech, small: bool) -> None:
    """Append what was found. Digits after "am" or "um" are a day or an hour, no number."""
    text, kind = match.group(), match.lastgroup
    if kind == "word":
        for word, low, meaning in _words(text, speech):
            number = meaning.number if "number" in meaning.tags else None
            tokens.append(Token(word, low, meaning, number, start=match.start(), small=small))
    elif kind == "number":
        dating = bool(tokens) and tokens[-1].has("dating")
        graded = bool(tokens) and len(tokens[-1].text) == 1 and tokens[-1].start == match.start() - 1
        graded = graded and tokens[-1].text.isupper()  # "B1": no number
        number = int(text) if not (dating or graded) and 0 < int(text) <= _MOST else None
        tokens.append(Token(text, "0", number=number, start=match.start()))
    elif kind == "mask":
        tokens.append(Token(text, "0", start=match.start()))
    else:
        tokens.append(Token(text, text[0], mark=True, start=match.start()))


def _words(text: str, speech: Speech) -> tuple[Part, ...]:
    """The words in what stands between two blanks, each folded, with its meaning; remembered by its form."""
    words = speech.parted.get(text)
    if words is None:
        if len(speech.parted) > _REMEMBERED:
            speech.parted.clear()
        words = speech.parted[text] = tuple(_part(text, speech))
    return words


def _part(text: str, speech: Speech) -> Iterator[Part]:
    """One word, or several where an apostrophe or a prefix ("وزوجتي") joins them."""
    pieces = [text] if _CYRILLIC.search(text) else re.split("['’ʼ]", text)
    for piece in filter(None, pieces):
        low = fold(piece, speech.umlauts)
        meaning = speech.words.meaning(low)
        while meaning is UNKNOWN and speech.joined:
            prefix = next((p for p in speech.joined if low.startswith(p) and len(low) > len(p) + 1), None)
            rest = speech.words.meaning(low[len(prefix) :]) if prefix else UNKNOWN
            deeper = prefix is not None and any(low[len(prefix) :].startswith(p) for p in speech.joined)
            if prefix is None or (rest is UNKNOWN and not deeper):
                break
            yield prefix, prefix, Meaning(frozenset({speech.joined[prefix]}))
            low, meaning, piece = low[len(prefix) :], rest, piece[len(prefix) :]
        yield piece, low, meaning
