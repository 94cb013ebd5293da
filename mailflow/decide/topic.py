"""Is a mail about our event at all? Access data go to nobody whose mail is about something else.

What words mean is known for mails to us; in a stranger's newsletter or in spam the same words mean anything
("register now", "free trial"). Rules: whoever we know, or who replies to us, writes about the event; so does
a mail that names it (title, sender, days, the words of rules/answers.toml), and one so short that it has no
room for another matter. English is the language of the world's spam, therefore "short" is shorter there, and
in a long page one name alone is chance ("zoom in on the picture"). A
link in another language than the event's, a page instead of a text or a list's tag are another matter. Pure.
"""

import calendar
import re
from functools import lru_cache

from mailflow.model import Known, Letter, Office, Reading

SHORT = 100  # words
SHORT_ENGLISH = 35
LONG = 300
_LONGEST = 20_000  # characters that are looked at
_LINK = re.compile(r"https?://|www\.|<a\b", re.IGNORECASE)
_LIST = re.compile(r"\s*(?:\w{2,3}: ?)*\[[^\]]{2,40}\]")  # the tag that a mailing list puts before subjects
_TELLING = 6  # letters of a word that can stand for the event


def is_about_us(
    letter: Letter, reading: Reading, known: Known, office: Office, words: tuple[str, ...]
) -> bool:
    """Does the mail concern our event, as far as can be seen? `words` are further signs, casefolded."""
    if known.registrations or known.replies_to_us:
        return True
    text = f"{letter.subject}\n{letter.text[:_LONGEST]}".casefold()
    english = reading.language in ("en", None)
    length = len(text.split())
    named = {word for word in words if word in text} | set(_signs(office, english=english).findall(text))
    if len(named) >= (2 if english and length > LONG else 1):
        return True
    if _LIST.match(letter.subject):
        return False
    if office.event.language.startswith(reading.language or "none"):
        return length <= SHORT
    if _LINK.search(text):
        return False
    return length <= SHORT_ENGLISH and not _is_page(letter) if english else length <= SHORT


def _is_page(letter: Letter) -> bool:
    """Is there something else to look at than the text?"""
    kinds = letter.content_types
    return bool(letter.attachments) or ("text/html" in kinds and "text/plain" not in kinds)


@lru_cache(maxsize=16)
def _signs(office: Office, *, english: bool) -> re.Pattern[str]:
    """What names our event in any language: words of its title and of who invites, and its days."""
    told = f"{office.event.title} {office.sender.name}".casefold()
    names = {re.escape(word) for word in re.findall(r"[^\W\d_]+", told) if len(word) >= _TELLING}
    moments = (office.event.starts, office.event.practice_starts)
    days = {_day(moment.day, moment.month, english=english) for moment in moments if moment}
    return re.compile("|".join(sorted(names | days)))


def _day(day: int, month: int, *, english: bool) -> str:
    """A day as people write it: in numbers or by its number; in English as "17th" or with the month."""
    numbers = rf"(?<!\d)0?{day}[./-] ?0?{month}(?!\d)|-0?{month}-0?{day}(?!\d)"
    if not english:
        return rf"{numbers}|(?<![\d.,:])0?{day}(?![\d,:])"
    name = calendar.month_abbr[month].lower()
    ordinal = rf"(?<!\d){day}(?:st|nd|rd|th)"
    return rf"{numbers}|{ordinal}|(?<!\d){day} (?:of )?{name}|{name}[a-z]* (?:the )?{day}(?!\d)"
