"""Which day a word or two mean: the event's, the try-out's, another.

People write "am 17.", "17.3.", "17. März", "March 17", "den siebzehnten", "Mittwoch", "morgen". The days
themselves come from the configuration, their names from the language's grammar (where one of
two words is joined by _).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from mailflow.vocabulary.files import Grammar
from mailflow.vocabulary.folding import fold

EVENT, PRACTICE, OTHER = "event-day", "practice-day", "other-day"
_NUMERIC = re.compile(r"(\d{1,2})[./-](\d{1,2})(?:[./-](\d{2,4}))?\.?$")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})$")
_ORDINAL = re.compile(r"(\d{1,2})(?:\.|ten|er|te|th|st|nd|rd|-?го|-?е|-?ого|-?te|-?a|-?ego)$")
_JOINED = re.compile(r"(\d{1,2})[-’']?([^\W\d_]+)$")
_ARABIC_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_NEAR = timedelta(days=9)  # a weekday's name means the event only when the event is near enough


@dataclass(frozen=True, slots=True)
class Days:
    """The days that matter, and the day on which the mail arrived."""

    event: date
    practice: date | None
    today: date


class Calendar:
    """Finds the days named in a sentence, for one language."""

    def __init__(self, grammar: Grammar) -> None:
        self._umlauts = grammar.umlauts
        self._months = self._names(grammar.months)
        self._weekdays = self._names(grammar.weekdays)
        self._ordinals = self._names(grammar.ordinals)
        self._joins = {fold(word, self._umlauts) for word in grammar.joins}
        self._day_words = {fold(word, self._umlauts) for word in grammar.day_words}
        self._day_endings = {fold(ending, self._umlauts) for ending in grammar.day_endings}
        self._relative = {
            fold(word, self._umlauts): distance
            for distance, words in enumerate((grammar.today, grammar.tomorrow, grammar.day_after))
            for word in words
        }
        names = (*self._weekdays, *self._relative, *self._ordinals)
        self._first_words = {name.partition("_")[0] for name in names}
        self._may_be_day = lru_cache(maxsize=20_000)(self._begins_day)  # most words do not, and are done with

    def _names(self, names: Sequence[str]) -> dict[str, int]:
        return {
            fold(form, self._umlauts): number
            for number, name in enumerate(names, 1)
            for form in name.split("|")
        }

    def _begins_day(self, word: str) -> bool:
        """Whether the name of a day may begin with this word."""
        plain = word.translate(_ARABIC_DIGITS)
        return plain[0].isdigit() or fold(plain, self._umlauts) in self._first_words

    def find(self, words: Sequence[str], days: Days) -> dict[int, str]:
        """For each word (by position) that names a day: EVENT, PRACTICE or OTHER."""
        found: dict[int, str] = {}
        for position, word in enumerate(words):
            if self._may_be_day(word):
                tag = self._tag(word.translate(_ARABIC_DIGITS), position, words, days)
                if tag:
                    found[position] = tag
        return found | self._joined(words, found, days) if found else found

    def _joined(self, words: Sequence[str], found: Mapping[int, str], days: Days) -> dict[int, str]:
        """ "16 und 17.": a bare number that is joined to a day may be one of the days that matter."""
        tags = {
            position: _by_number(int(word), None, days)
            for position, word in enumerate(words)
            if position not in found and word.isdecimal() and len(word) <= 2
            for step in (-2, 2)
            if position + step in found
            and fold(words[position + step // 2], self._umlauts) in self._joins
            and words[position + step][0].isdigit()
        }
        return {position: tag for position, tag in tags.items() if tag}

    def _tag(self, word: str, position: int, words: Sequence[str], days: Days) -> str | None:
        if word[0].isdigit():
            return self._numeric(word, position, words, days)
        key = fold(word, self._umlauts)
        following = fold(words[position + 1], self._umlauts) if position + 1 < len(words) else ""
        if weekday := self._weekdays.get(f"{key}_{following}") or self._weekdays.get(key):
            return self._weekday(weekday, days)
        if key in self._relative:
            return _name(days.today + timedelta(days=self._relative[key]), days)
        ordinal = self._ordinals.get(f"{key}_{following}") or self._ordinals.get(key)
        return _by_number(ordinal, None, days) if ordinal else None

    def _numeric(self, word: str, position: int, words: Sequence[str], days: Days) -> str | None:
        if iso := _ISO.match(word):
            return _by_number(int(iso[3]), int(iso[2]), days)
        if numeric := _NUMERIC.match(word):
            first, second = int(numeric[1]), int(numeric[2])
            known = _by_number(first, second, days)
            return _by_number(second, first, days) if known == OTHER and second > 12 else known
        month = self._month_beside(position, words)
        if ordinal := _ORDINAL.match(word):
            return _by_number(int(ordinal[1]), month, days)
        if (joined := _JOINED.match(word)) and fold(joined[2], self._umlauts) in self._day_endings:
            return _by_number(int(joined[1]), month, days)
        could_be_day = word.isdecimal() and len(word) <= 2 and int(word) <= 31
        if could_be_day and (month or self._named_as_day(position, words)):
            return _by_number(int(word), month, days)
        return None

    def _named_as_day(self, position: int, words: Sequence[str]) -> bool:
        before = fold(words[position - 1], self._umlauts) if position else ""
        after = fold(words[position + 1], self._umlauts) if position + 1 < len(words) else ""
        return before in self._day_words or after in self._day_endings

    def _month_beside(self, position: int, words: Sequence[str]) -> int | None:
        for step in (1, -1, 2):
            if 0 <= position + step < len(words):
                month = self._months.get(fold(words[position + step], self._umlauts))
                if month:
                    return month
        return None

    def _weekday(self, number: int, days: Days) -> str | None:
        for day, tag in ((days.event, EVENT), (days.practice, PRACTICE)):
            if day and day.isoweekday() == number:
                return tag
        return None


def _by_number(day: int, month: int | None, days: Days) -> str | None:
    for known, tag in ((days.event, EVENT), (days.practice, PRACTICE)):
        if known and known.day == day and month in (None, known.month):
            return tag
    return OTHER if month and 1 <= month <= 12 and 1 <= day <= 31 else None


def _name(day: date, days: Days) -> str | None:
    return EVENT if day == days.event else PRACTICE if day == days.practice else None
