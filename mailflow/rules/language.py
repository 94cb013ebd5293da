"""Rule files of the sort `language`: by which words, endings and letters a language is known.

One file a language, `rules/language/<ISO 639-1>.toml`:

    script = "latin"                  # of the language's own letters
    words = "ve bir bu için …"        # distinctive words, small ones above all; blanks separate
    endings = "iyorum larım …"        # of long words that no file lists
    letters = "ğış"                   # letters that few other languages have
    loans = "termin zoom …"           # words of this language that everybody here borrows: they prove little
    rewrite = { "ä" = "ae" }          # how people type the language's letters without such keys
    prior = 0.3                       # a head start where hardly anything was written

A word counts 1, shared among the languages that list it; words also count without their accents.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, ConfigDict

Script = Literal["latin", "cyrillic", "arabic", "greek"]
Weights = tuple[tuple[str, float], ...]

LOAN_WEIGHT = 0.15
SHORT_WORD_WEIGHT = 0.6  # one and two letters: names, units and typos look like them
UNACCENTED_WEIGHT = 0.8
ENDING_WEIGHT = 0.5
LETTER_WEIGHT = 0.6


class LanguageFile(BaseModel):
    """One file `rules/language/<lang>.toml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    script: Script
    words: str
    endings: str = ""
    letters: str = ""
    loans: str = ""
    rewrite: Mapping[str, str] = {}
    prior: float = 0.0


@dataclass(frozen=True, slots=True)
class LanguageWords:
    """Everything `find_language` looks up. Keys are casefolded; values say what speaks for which language."""

    words: Mapping[str, Weights]
    endings: Mapping[str, Weights]
    letters: Mapping[str, Weights]
    scripts: Mapping[str, tuple[str, ...]]
    prior: Mapping[str, float]
    longest_ending: int
    met: dict[str, Weights] = field(
        default_factory=dict, compare=False, repr=False
    )  # words, and what they said


def without_accents(word: str) -> str:
    """The word as typed on a keyboard without its accents: "Grüße" is "grusse", "ışık" is "isik"."""
    if word.isascii():
        return word
    bare = word.replace("ı", "i").replace("ł", "l").replace("ß", "ss").replace("đ", "d").replace("’", "'")
    if any("\u0400" <= letter <= "\u06ff" for letter in bare):  # there the marks make another letter
        return bare.replace("ي", "ی").replace("ك", "ک").replace("ى", "ی")
    return "".join(c for c in unicodedata.normalize("NFD", bare) if not unicodedata.combining(c))


def compile_language(files: Mapping[str, LanguageFile]) -> LanguageWords:
    """Turn the checked files into tables for looking up. Keys of `files` are languages (file stems)."""
    endings = _shared(entry for lang, file in files.items() for entry in _endings(lang, file))
    return LanguageWords(
        words=_shared(entry for lang, file in files.items() for entry in _spellings(lang, file)),
        endings=endings,
        letters=_shared((letter, lang, LETTER_WEIGHT) for lang, f in files.items() for letter in f.letters),
        scripts={file.script: _of_script(file.script, files) for file in files.values()},
        prior={lang: file.prior for lang, file in files.items()},
        longest_ending=max(map(len, endings), default=0),
    )


def _endings(lang: str, file: LanguageFile) -> Iterable[tuple[str, str, float]]:
    for ending in file.endings.casefold().split():
        yield ending, lang, ENDING_WEIGHT
        if (bare := without_accents(ending)) != ending:
            yield bare, lang, ENDING_WEIGHT * UNACCENTED_WEIGHT


def _of_script(script: Script, files: Mapping[str, LanguageFile]) -> tuple[str, ...]:
    return tuple(lang for lang, file in files.items() if file.script == script)


def _spellings(lang: str, file: LanguageFile) -> Iterable[tuple[str, str, float]]:
    """Each word with all the ways in which it is typed, and what it weighs."""
    rewrite = str.maketrans(dict(file.rewrite))
    for word in file.words.casefold().split():
        weight = SHORT_WORD_WEIGHT if len(word) < 3 else 1.0
        yield word, lang, weight
        for other in {word.translate(rewrite), without_accents(word)} - {word}:
            yield other, lang, weight * UNACCENTED_WEIGHT
    for word in file.loans.casefold().split():
        yield word, lang, LOAN_WEIGHT


def _shared(entries: Iterable[tuple[str, str, float]]) -> dict[str, Weights]:
    """Gather by key; what speaks for several languages speaks for each of them the less."""
    gathered: dict[str, dict[str, float]] = {}
    for key, lang, weight in entries:
        of_key = gathered.setdefault(key, {})
        of_key[lang] = max(weight, of_key.get(lang, 0.0))
    return {
        key: tuple((lang, weight / len(of_key)) for lang, weight in of_key.items())
        for key, of_key in gathered.items()
    }
