"""Days and times in the words of a language ("Mittwoch, 17. März 2021").

Rules: babel knows the words and their order; we choose the form. A variant such as "de-leicht" speaks its
base language. Digits are the ones that Zoom and the calendar show (0-9), in every language.
"""

from datetime import date, datetime
from functools import lru_cache

_TAGS = {"de-leicht": "de-simple"}  # BCP 47 has a variant for simplified language
_LOCALES = {"en": "en_GB"}  # day before month, as everybody around writes it
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur", "ckb", "ps"})
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")


def base_language(language: str) -> str:
    """ "de-leicht" is German."""
    return language.partition("-")[0]


def language_tag(language: str) -> str:
    """The name that mail programs and browsers know the language by (BCP 47)."""
    return _TAGS.get(language, language)


def direction(language: str) -> str:
    """In which direction the language is written: "ltr" or "rtl"."""
    return "rtl" if base_language(language) in _RIGHT_TO_LEFT else "ltr"


@lru_cache(maxsize=256)
def day_in_words(day: date, language: str) -> str:
    """Weekday, day, month and year; where babel does not know the language, as in 2021-03-17."""
    return _formatted(day, language, "yMMMMEEEEd")


@lru_cache(maxsize=256)
def date_in_words(day: date, language: str) -> str:
    """Day and month ("17. März"), in the form in which it stands in a sentence."""
    return _formatted(day, language, "MMMMd")


def clock(moment: datetime) -> str:
    """Hours and minutes on the 24-hour clock ("15:00")."""
    return f"{moment:%H:%M}"


def _formatted(day: date, language: str, skeleton: str) -> str:
    from babel import Locale, UnknownLocaleError, dates

    base = base_language(language)
    try:
        locale = Locale.parse(_LOCALES.get(base, base))
    except (UnknownLocaleError, ValueError):
        return day.isoformat()
    if skeleton == "MMMMd":
        return dates.format_skeleton(skeleton, day, locale=locale).translate(_DIGITS)
    return dates.format_date(day, "full", locale=locale).translate(_DIGITS)
