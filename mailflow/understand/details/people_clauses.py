"""A mail's text as sentences of words whose meaning for counting people is known.

Rules: knows no word of any language; nothing is cut that could count somebody (an age in brackets is, "(zu
zweit)" is not). Telephone numbers, dates and times are no numbers here. One pass over the text.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mailflow.rules.people import Speech
from mailflow.rules.people_words import UNKNOWN, Meaning, Part, fold
from mailflow.understand.details.ages import without_ages
from mailflow.understand.details.brackets import are_names, counts, is_writer, open_bracket

if TYPE_CHECKING:
    from mailflow.understand.details.clauses import Clause
    from mailflow.understand.details.parties import Company

_LIMIT = 20_000  # characters of a mail that are read for people
_LONGEST = 400  # words of a sentence; what goes on longer is no sentence
_REMEMBERED = 20_000  # forms of words of a language
_ABBREVIATION = frozenset({"abbreviations"})
_ABBREVIATED = 4  # letters at the most: "Prof.", not "unsere Familie."
_MOST = 60  # a larger number counts no visitors
_SHORT_LINE = 42  # a mail of such lines was broken by its writer, not by a program
_WRAPPED = 100  # the longest line that programs break
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
_END = frozenset(".!?…؟۔;؛")
_COMMA = frozenset(",،")
_BREAK = frozenset(',،;؛–—-()[]"„“”«»*')
_CYRILLIC = re.compile("[\u0400-\u04ff]")


@dataclass(slots=True)
class Token:
    """A word, number or mark: as written, folded, and what it means."""

    text: str
    low: str
    meaning: Meaning = UNKNOWN
    number: int | None = None
    mark: bool = False
    clause: int = 0
    place: int = 0  # in its sentence
    start: int = 0  # where it stands in the text
    small: bool = False  # the whole mail is in small letters

    def has(self, *tags: str) -> bool:
        """Whether it carries one of the tags."""
        return not self.meaning.tags.isdisjoint(tags)

    @property
    def capital(self) -> bool:
        """Begins with a capital, or is of a script or a mail that has none."""
        return (
            self.small or self.text[:1].isupper() or (self.text[:1].isalpha() and not self.text[:1].islower())
        )


@dataclass(slots=True)
class Sentence:
    """A sentence's tokens, and its words as one folded line for patterns (`offsets`: token by place)."""

    tokens: list[Token]
    text: str = ""  # of the whole mail; the tokens know their places in it
    line: str = ""
    offsets: list[int] = field(default_factory=list)
    companies: "list[Company] | None" = None  # who is named together, once parties.py has looked
    clauses: "list[Clause] | None" = None  # once clauses.py has split it
    elsewhere: bool = False  # it tells of something else than of coming: an idea, something off topic
    rehearsal: bool = False  # it tells of the try-out alone

    def finish(self) -> "Sentence":
        """Write the folded line: numbers as #3, words that say a whole group as @3."""
        parts: list[str] = []
        place = 0
        for token in self.tokens:
            self.offsets.append(place)
            parts.append(_in_line(token))
            place += len(parts[-1]) + 1
        self.line = " ".join(parts) + " "
        return self


def _in_line(token: Token) -> str:
    if token.number is not None:
        spelled = "b" if token.has("both") else "'"
        return f"#{token.number}" if token.text.isdigit() else f"#{token.number}{spelled}"
    if "group" in token.meaning.tags:
        return f"@{token.meaning.number}"
    return token.low.replace("_", " ")


def without_marks(text: str) -> str:
    """Without what is not seen or may be left out: vowel signs, joiners."""
    return _MARKS.sub("", text).replace("\u200c", "")


def read_sentences(text: str, speech: Speech) -> list[Sentence]:
    """The text's sentences, in order. What lies beyond the first 20,000 characters is left out."""
    plain = without_marks(text[:_LIMIT])
    width = max(map(len, plain.splitlines()), default=0)
    small = plain.islower()
    sentences: list[Sentence] = []
    tokens: list[Token] = []
    matches = list(_TOKEN.finditer(plain))
    for position, match in enumerate(matches):
        following = matches[position + 1] if position + 1 < len(matches) else None
        gap = plain[match.end() : following.start()] if following else "\n\n"
        _add_tokens(tokens, match, speech, small)
        if len(tokens) >= _LONGEST or _ends(plain, width, tokens, match, gap, following, speech):
            _close(tokens, sentences, plain, speech)
            tokens = []
    _close(tokens, sentences, plain, speech)
    return sentences


def _add_tokens(tokens: list[Token], match: re.Match[str], speech: Speech, small: bool) -> None:
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


def _ends(
    plain: str,
    width: int,
    tokens: list[Token],
    match: re.Match[str],
    gap: str,
    following: re.Match[str] | None,
    speech: Speech,
) -> bool:
    if following is None:
        return True
    if "\n" in gap and _line_ends(plain, width, match.end(), gap, following):
        return True
    if match.lastgroup != "mark" or len(tokens) < 2:
        return False
    text = match.group()
    if text[0] not in _END:
        return False
    if not gap:
        tokens.pop()
        return False
    if text != ".":
        return True
    return _full_stop(tokens, following, speech)


def _line_ends(plain: str, width: int, end: int, gap: str, following: re.Match[str]) -> bool:
    """A blank line, a list item or a line that the writer ended, not the mail program."""
    if gap.count("\n") > 1 or gap.rpartition("\n")[2].strip():
        return True
    start = plain.rfind("\n", 0, end) + 1
    first = following.group()[0]
    broken = _SHORT_LINE < width < _WRAPPED and end - start + 1 + len(following.group()) > width
    if broken or plain[end - 1 : end] == "," or gap[:1] == ",":
        return False
    return first.isupper() or not first.isalpha() or not first.islower()


def _full_stop(tokens: list[Token], following: re.Match[str], speech: Speech) -> bool:
    """Is this dot the end of a sentence, or does it belong to "17." or "Dr."? Drops it where it does."""
    before = tokens[-2]
    upper = following.group()[:1].isupper() or not following.group()[:1].islower()
    if before.text.isdigit() or before.low == "0":
        if (
            upper
            and not following.group()[0].isdigit()
            and "things" not in speech.words.meaning(fold(following.group(), speech.umlauts)).tags
        ):
            return True
        before.number = None
        tokens.pop()
        return False
    short = len(before.text) <= 3 if upper else len(before.text) <= 4
    if (
        (before.has("title") and not before.has("kin") and len(before.text) <= _ABBREVIATED)
        or (short and before.has("neutral", "kin"))
        or before.has("abbreviations")
        or len(before.text) == 1
    ):
        tokens.pop()
        return False
    return True


def _close(tokens: list[Token], sentences: list[Sentence], text: str, speech: Speech) -> None:
    tokens = without_ages(_without_brackets(tokens))
    for token in tokens:
        if token.meaning.tags == _ABBREVIATION and token.text[:1].isupper():
            token.meaning = UNKNOWN  # its dot is gone by now; without one, "Max" is a name
    if any(not token.mark for token in tokens):
        _join_sequences(tokens, speech)
        for number, following in itertools.pairwise(tokens):
            if "ages" in following.meaning.tags:
                number.number = None
            if number.has("each"):  # "mit je vier Leuten": no number of all
                following.number = None
        sentences.append(Sentence(tokens, text).finish())


def _without_brackets(tokens: list[Token]) -> list[Token]:
    """Drop "(81, Am Hallenbad)" and "(9 und 12)"; keep "(2 Personen)" and "(zu zweit)"."""
    if not any(token.mark and token.low in "()[]" for token in tokens):
        return tokens
    kept: list[Token] = []
    opened: int | None = None
    for token in tokens:
        kept.append(token)
        if token.mark and token.low in "([":
            opened = len(kept) - 1
        elif token.mark and token.low in ")]" and opened is not None:
            if opened and kept[opened - 1].has("we") and are_names(kept[opened + 1 : -1]):
                kept[opened] = kept[-1] = Token(",", ",", mark=True)
            elif opened and kept[opened - 1].has("kin") and is_writer(kept[opened + 1 : -1]):
                writer = next(each for each in kept[opened + 1 :] if each.has("i", "me"))
                kept[opened - 1 :] = [writer]
            elif not counts(kept[opened:]):
                del kept[opened:]
            opened = None
        elif token.has("i", "my") and len(kept) > 4 and kept[-2].has("joins") and kept[-3].low == ")":
            open_bracket(kept)
    return kept


def _join_sequences(tokens: list[Token], speech: Speech) -> None:
    """Make one token of words that mean something together ("meine Wenigkeit")."""
    lows = [token.low for token in tokens]
    position = 0
    while position < len(tokens):
        length, meaning = speech.words.sequence(lows, position)
        if length:
            first = tokens[position]
            first.text = " ".join(token.text for token in tokens[position : position + length])
            first.meaning, first.low = meaning, "_".join(lows[position : position + length])
            first.number = meaning.number if "number" in meaning.tags else None
            del tokens[position + 1 : position + length], lows[position + 1 : position + length]
        position += 1
