"""A sentence of a mail: its words, numbers and marks, each with what it means for counting people."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mailflow.rules.people_words import UNKNOWN, Meaning

if TYPE_CHECKING:
    from mailflow.understand.details.headcount.clauses import Clause
    from mailflow.understand.details.headcount.parties import Company


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
    def comma(self) -> bool:
        """Whether it is one."""
        return self.low in ",،"

    @property
    def joins(self) -> bool:
        """ "und", "+", "&": what stands on both sides belongs together."""
        return "joins" in self.meaning.tags or (self.mark and self.low in "+&")

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
    elsewhere: bool = (
        False  # it tells of something else than of coming: an idea, a question, something off topic
    )
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
