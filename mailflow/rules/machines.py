"""Rule files of the sort `machines`: the words in subjects and texts that betray a machine.

One file a language, `rules/machines/<lang>.toml`; which language a mail is in does not matter, for many notes
are in two. A phrase is a row of words; case, accents, hyphens and punctuation do not count:

    automatisch erzeugt*       a word may end in any way
    bin bis … nicht im büro    anything of up to ten words between
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import zip_longest
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

GAP = 10  # words
_LONGEST = 20_000  # characters of a text that are looked at: notes of machines are short
_START = 3  # letters by which phrases are filed
_WORD = re.compile(r"(?:[^\W_]|[\u0300-\u036f\u064b-\u065f])+")
_ITEM = re.compile(r"…|(?:[^\W_]|[\u0300-\u036f\u064b-\u065f])+\*?")
_LETTERS = str.maketrans(
    {"ı": "i", "ł": "l", "ё": "е", "ی": "ي", "ک": "ك", "أ": "ا", "إ": "ا", "آ": "ا", "ة": "ه", "ى": "ي"}
)


@lru_cache(maxsize=20_000)
def _fold(word: str) -> str:
    """The comparable form of a word: no case, no accents."""
    plain = word.casefold().translate(_LETTERS)
    if plain.isascii():
        return plain
    return "".join(
        letter for letter in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(letter)
    )


def words_of(text: str) -> list[str]:
    """The words of a text in comparable form, as phrases are matched against them."""
    return [_fold(word) for word in _WORD.findall(unicodedata.normalize("NFC", text[:_LONGEST]))]


def word_ends(text: str) -> list[int]:
    """Where each word of `words_of(text)` ends, in the text's NFC form."""
    return [found.end() for found in _WORD.finditer(unicodedata.normalize("NFC", text[:_LONGEST]))]


def _items(phrase: str) -> tuple[str, ...]:
    """A phrase as words, "…" for a gap, "word*" for a beginning."""
    found = _ITEM.findall(unicodedata.normalize("NFC", phrase.replace("...", "…")))
    return tuple(
        item if item == "…" else _fold(item.rstrip("*")) + "*" * item.endswith("*") for item in found
    )


def _check_phrase(phrase: str) -> str:
    items = _items(phrase)
    if not items or items[0] == "…" or items[-1] == "…":
        raise ValueError("Erwartet werden Wörter; „…“ steht nur zwischen Wörtern.")
    if items[0].endswith("*") and len(items[0]) <= _START:
        raise ValueError(f"Vor dem Stern am Anfang stehen mindestens {_START} Buchstaben.")
    if items.count("…") > 2:
        raise ValueError("Höchstens zwei Lücken („…“) in einer Wendung.")
    return phrase


Phrases = tuple[Annotated[str, AfterValidator(_check_phrase)], ...]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SubjectWords(_Table):
    """How subjects of machines begin."""

    auto_reply: Phrases = Field(default=(), description="Urlaubs- und andere automatische Antworten")
    away: Phrases = Field(
        default=(), description="Steht irgendwo im Betreff; zählt nur, wenn der Text es auch sagt"
    )
    bounce: Phrases = Field(default=(), description="Unzustellbarkeitsmeldungen")
    receipt: Phrases = Field(default=(), description="Lesebestätigungen")
    calendar: Phrases = Field(default=(), description="Zu- und Absagen aus dem Kalender")


class TextWords(_Table):
    """What machines write, and what people write."""

    automatic: Phrases = Field(default=(), description="Der Text sagt selbst, dass er automatisch ist")
    away: Phrases = Field(default=(), description="Jemand ist nicht da")
    until: Phrases = Field(default=(), description="Jemand ist eine Zeit lang nicht da")
    note: Phrases = Field(default=(), description="Wendungen, die in Abwesenheitsnotizen stehen")
    thanks: Phrases = Field(default=(), description="Dank für die Nachricht, wie ihn Notizen aussprechen")
    acknowledged: Phrases = Field(default=(), description="Eingangsbestätigungen von Ticketsystemen")
    challenge: Phrases = Field(default=(), description="Der Absender soll sich erst als Mensch erweisen")
    undelivered: Phrases = Field(default=(), description="Eine Mail kam nicht an")
    bounce: Phrases = Field(default=(), description="Was sonst in Unzustellbarkeitsmeldungen steht")
    receipt: Phrases = Field(default=(), description="Lesebestätigungen")
    form: Phrases = Field(default=(), description="Ein Webformular hat die Mail eines Menschen verschickt")
    personal: Phrases = Field(default=(), description="Ein Mensch spricht von sich")
    taking_part: Phrases = Field(default=(), description="Ein Mensch spricht von der Teilnahme")


class SenderWords(_Table):
    """How mail systems call themselves."""

    names: Phrases = Field(default=(), description="Anzeigenamen von Mailsystemen")


class MachinesFile(_Table):
    """One file `rules/machines/<lang>.toml`."""

    subjects: SubjectWords = SubjectWords()
    texts: TextWords = TextWords()
    senders: SenderWords = SenderWords()


_Entries = tuple[tuple[str, tuple[str, ...]], ...]  # sorts of phrase, and phrases


@dataclass(frozen=True, slots=True)
class Wordings:
    """Phrases of several sorts, found in one walk over a text."""

    by_start: Mapping[str, _Entries]
    _by_second: dict[str, dict[str, _Entries]] = field(default_factory=dict, compare=False, repr=False)

    def find(self, words: Sequence[str]) -> dict[str, list[str]]:
        """Which sorts of phrase stand in these words (see `words_of`), with the phrases, each once."""
        found: dict[str, list[str]] = {}
        starts = [word[:_START] for word in words]
        for position, (start, second) in enumerate(zip_longest(starts, starts[1:], fillvalue="")):
            for sort, items in self._begun(start, second) if start in self.by_start else ():
                if _length(items, words, position) is not None:
                    phrases = found.setdefault(sort, [])
                    if (phrase := " ".join(items)) not in phrases:
                        phrases.append(phrase)
        return found

    def _begun(self, start: str, second: str) -> _Entries:
        """The phrases that may begin with two words which begin so: few of those with the first word."""
        known = self._by_second.get(start)
        if known is None:  # sorted by the second word when the first is first met
            known = self._by_second[start] = _sorted_by_second(self.by_start[start])
        return known.get(second, known[""])

    def open(self, words: Sequence[str]) -> dict[str, int]:
        """Which sorts of phrase these words begin with, and how many words the longest of each takes."""
        found: dict[str, int] = {}
        for sort, items in self.by_start.get(words[0][:_START], ()) if words else ():
            if length := _length(items, words, 0):
                found[sort] = max(length, found.get(sort, 0))
        return found


def _length(items: Sequence[str], words: Sequence[str], position: int) -> int | None:
    """How many words the phrase takes at this position; None where it does not stand there."""
    start = position
    for number, item in enumerate(items):
        if item == "…":
            rest = items[number + 1 :]
            tails = (
                _length(rest, words, at) for at in range(position, min(position + GAP, len(words) - 1) + 1)
            )
            gaps = ((skipped, tail) for skipped, tail in enumerate(tails) if tail is not None)
            return next((position - start + skipped + tail for skipped, tail in gaps), None)
        if position >= len(words) or not _is(item, words[position]):
            return None
        position += 1
    return position - start


def _sorted_by_second(entries: _Entries) -> dict[str, _Entries]:
    """The phrases by the beginning of their second word; under "" those that go on with any or none."""
    seconds = {"", *(items[1][:_START] for _, items in entries if len(items) > 1)}
    return {second: tuple(entry for entry in entries if _may_follow(entry[1], second)) for second in seconds}


def _may_follow(items: Sequence[str], second: str) -> bool:
    """Whether the phrase may go on with a word that begins so."""
    if len(items) < 2:
        return True
    letters = items[1][:_START]
    return letters == second or letters.endswith(("*", "…"))


def _is(item: str, word: str) -> bool:
    return word.startswith(item[:-1]) if item.endswith("*") else word == item


@dataclass(frozen=True, slots=True)
class Machines:
    """The words of all languages, compiled."""

    subjects: Wordings
    texts: Wordings
    names: Wordings


def compile_machines(files: Mapping[str, MachinesFile]) -> Machines:
    """Turn the checked files into tables for looking up."""
    return Machines(
        subjects=_wordings(file.subjects for file in files.values()),
        texts=_wordings(file.texts for file in files.values()),
        names=_wordings(file.senders for file in files.values()),
    )


def _wordings(tables: Iterable[_Table]) -> Wordings:
    by_start: dict[str, dict[tuple[str, tuple[str, ...]], None]] = {}
    for table in tables:
        for sort, phrases in table:
            for phrase in phrases:
                items = _items(phrase)
                start = items[0].rstrip("*")[:_START]
                by_start.setdefault(start, {})[(sort, items)] = None
    return Wordings({start: tuple(entries) for start, entries in by_start.items()})
