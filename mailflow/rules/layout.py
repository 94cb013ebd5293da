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

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from mailflow.rules.fixed_phrases import FixedPhrases, Phrases, pattern_of, phrases_in, words_in
from mailflow.rules.spelling import WORD, spellings

Role = Literal["from", "sent", "to", "cc", "subject", "other"]


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


@dataclass(frozen=True, slots=True)
class Layout:
    """All layout words of all languages. Every text is folded (see `spelling`)."""

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


def compile_layout(files: Mapping[str, LayoutFile]) -> Layout:
    """All languages together: a mail in one is often answered in another."""

    def every(name: str) -> list[str]:
        return [text for file in files.values() for text in getattr(file, name)]

    return Layout(
        greeting=phrases_in(every("greeting")),
        addressee=words_in(every("addressee")),
        closing=phrases_in(every("closing")),
        closing_alone=phrases_in(every("closing_alone")),
        postscript=phrases_in(every("postscript")),
        signed_for=phrases_in(every("signed_for")),
        contact=phrases_in(every("contact")),
        speaker=words_in(every("personal")),
        personal=words_in(every("personal") + every("request")),
        not_a_name=words_in(every("not_a_name")),
        wrote=pattern_of(every("wrote"), r"(?<!\w)(?:{})(?!\w)"),
        wrote_first=pattern_of(every("wrote_first"), r"(?<!\w)(?:{})(?!\w)"),
        original=pattern_of(every("original"), r"(?<!\w)(?:{})(?!\w)"),
        forwarded=pattern_of(every("forwarded"), r"(?<!\w)(?:{})(?!\w)"),
        footer=FixedPhrases(every("footer"), r"\W*(?:{})(?!\w)"),
        disclaimer=FixedPhrases(every("disclaimer"), r"(?:{})"),
        form_text=phrases_in(every("form_text")),
        headers=_headers(files.values()),
    )


def _headers(files: Iterable[LayoutFile]) -> Mapping[str, Role]:
    return {
        " ".join(WORD.findall(spelling)): role
        for file in files
        for role, labels in file.headers.items()
        for label in labels
        for spelling in spellings(label)
    }
