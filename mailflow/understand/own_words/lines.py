"""The lines of a body on their way to becoming pieces, and what a line looks like whatever its language.

`kind` is None as long as nobody has claimed the line: what stays unclaimed is what the person wrote.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mailflow.model import Passage, PieceKind

MAX_LINE = 2000  # characters that are looked at when a line is judged

_QUOTE_SIGN = re.compile(r"\s{0,3}(?:[^\W\d_a-z]{1,4}(?=>+\s))?>")  # and "IM> ", as some programs quote
_RULE = re.compile(r"\s*(?:[-_=*~#+.·•–—─]\s?){3,}\s*")
_MAIL = re.compile(r"[^\s<>@]{1,64}@[^\s<>@]{1,100}\.[^\s<>@]{2,20}")
_LINK = re.compile(r"(?:https?://|www\.)\S{3,}|\b[\w-]{2,40}\.(?:de|com|org|net|eu|info|example)\b(?:/\S*)?")
_PHONE = re.compile(r"(?:\+|\(|\b0|\b\d)[\d\s()/.–-]{6,24}\d")
_POSTCODE = re.compile(r"(?:\b[A-Z]{1,2}[- ])?\b\d{5}\s+[^\W\d_]{3,}")
_STREET = re.compile(r"(?:[^\W\d_][\w.’'-]*\s+){1,4}\d{1,4}\s?[a-h]?(?:\s?[-–/]\s?\d{1,4})?")
_BETWEEN = re.compile(r"\s*[,|·•;]\s*")


@dataclass(slots=True)
class Line:
    """One line: its text, the mail program's mark around it, and what it was taken for."""

    text: str
    mark: str = ""
    kind: PieceKind | None = None
    because: str = ""

    def claim(self, kind: PieceKind, because: str) -> None:
        """Says what the line is, unless somebody said so before."""
        if self.kind is None:
            self.kind, self.because = kind, because

    @property
    def blank(self) -> bool:
        return not self.text.strip()

    @property
    def free(self) -> bool:
        """Unclaimed, and something stands in it."""
        return self.kind is None and not self.blank


def lines_of(body: Iterable[Passage]) -> list[Line]:
    """Every line of a body, in order; of many blank lines in a row, two."""
    lines: list[Line] = []
    blanks = 0
    for passage in body:
        for text in passage.text.split("\n"):
            blanks = 0 if text.strip() else blanks + 1
            if blanks <= 2:
                lines.append(Line(text, passage.mark))
    return lines


def is_quoted(text: str) -> bool:
    """Does a line begin with the sign of quoted text?"""
    return bool(_QUOTE_SIGN.match(text))


def is_rule(text: str) -> bool:
    """A line drawn with signs: ____, ----, ***."""
    return len(text) < 200 and bool(_RULE.fullmatch(text))


def is_delimiter(text: str) -> bool:
    """The line before a signature: "-- " and what programs make of it."""
    return text.strip() in ("--", "—", "- -", "––", "---", "__", "___")


def has_contact(text: str) -> bool:
    """An address, a link, a number to call, a postcode with its place?"""
    text = text[:MAX_LINE]
    return any(shape.search(text) for shape in (_MAIL, _LINK, _PHONE, _POSTCODE))


def has_place(text: str) -> bool:
    """A street with its number or a postcode with its place, in a short line?"""
    if len(text) > 80:
        return False
    parts = [part.strip() for part in _BETWEEN.split(text)]
    street = any(part[:1].isupper() and len(part) <= 40 and _STREET.fullmatch(part) for part in parts)
    return street or bool(_POSTCODE.search(text))


def is_link(text: str) -> bool:
    """Nothing but a link or an address."""
    return bool(
        re.fullmatch(r"\s*[<(\[]?(?:https?://\S+|www\.\S+|[^\s@]+@[^\s@]+)[>)\]]?\s*", text[:MAX_LINE])
    )


def has_mail(text: str) -> bool:
    return bool(_MAIL.search(text[:MAX_LINE]))


def next_free(lines: Sequence[Line], start: int) -> int | None:
    """Where the next line with text stands, from `start` on; claimed ones count."""
    return next((i for i in range(start, len(lines)) if not lines[i].blank), None)


def claim_rest(lines: list[Line], index: int, kind: PieceKind, because: str) -> int:
    """All that follows is history; so are a drawn line and a separator right above."""
    for above in range(index - 1, max(-1, index - 4), -1):
        if lines[above].blank:
            continue
        if not is_rule(lines[above].text):
            break
        lines[above].claim(kind, because)
    for line in lines[index:]:
        line.claim(kind, because)
    return len(lines)
