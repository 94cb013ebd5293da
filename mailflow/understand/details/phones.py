"""The telephone number under which somebody can be reached, as written.

Rules: a number begins with 0, 00 or + unless a word before it says that it is one; what a word before it
calls fax, IBAN, meeting and the like is none; dates, times and postcodes are none. A direct line goes
before a switchboard, else the first number of the mail counts.
"""

import re

from mailflow.rules.people import People
from mailflow.rules.people_words import fold

_NUMBER = re.compile(
    r"(?<![\w.,@/#])(?:\+|\(\+|\(0)?\(?\d(?:[ \t\u00a0]?[()/.\-–‒‑]?[ \t\u00a0]?[()]?\d){4,18}(?!\w|@)"
)
_DATE = re.compile(
    r"(?:\d{1,2}[./]\s?\d{1,2}[./]\s?(?:19|20)?\d{2}|(?:19|20)\d\d[-./]\d{1,2}[-./]\d{1,2})(?!\d)"
)
_TWO_DATES = re.compile(r"\d{1,2}\.\d{1,2}\.?\s?[-–/]\s?\d{1,2}\.\d{1,2}")
_YEARS = re.compile(r"(?:19|20)\d\d\s?[-–/]\s?(?:19|20)\d\d")
_WORD = re.compile(r"[^\W\d_]+(?:[-.][^\W\d_]+)*")
_EXTENSION = re.compile(r"\s*\.?:?\s*-?\s?(\d{1,4})(?!\d|[ /.-]\d)")
_BROKEN = re.compile(r"(?<!\d)((?:0|\+49 ?)\d{2,4})\n(?=[1-9]\d{2})")  # a line ends behind the area code
_BEFORE = 48  # characters before a number in which a word may say what it is


def find_phone(texts: tuple[str, ...], people: People) -> str | None:
    """The number, from the first text that has one. Texts in the order of their weight."""
    for text in texts:
        if any(character.isdigit() for character in text):
            found = _candidates(text, people)
            if found:
                return max(found, key=lambda each: each[0])[1]
    return None


def _candidates(text: str, people: People) -> list[tuple[int, str]]:
    """Weight and number, in the order of the text (of equal weights the first wins)."""
    found: list[tuple[int, str]] = []
    last = 0
    text = _BROKEN.sub(r"\1 ", text)
    for match in _NUMBER.finditer(text):
        before = text[max(last, match.start() - _BEFORE) : match.start()]
        last = match.end()
        number = match.group().strip(" \t\u00a0.-–/")
        tags = _tags(before, people)
        weight = _weight(number, before, tags)
        if weight is None:
            continue
        if number.count("(") != number.count(")"):
            number = number.replace("(", "").replace(")", "")
        extension = _extension(text[last : last + 40], people) if re.search(r"[-– ]0$", number) else ""
        if extension:
            number, weight = number[:-1] + extension, weight + 2
        found.append((weight, number))
    return found


def _weight(number: str, before: str, tags: set[str]) -> int | None:
    """None for what is no telephone number; else how much speaks for it."""
    digits = "".join(str(int(c)) for c in number if c.isdecimal())
    labelled = "phone:labels" in tags
    if not 5 <= len(digits) <= 15 or ("phone:not_labels" in tags and not labelled):
        return None
    if _DATE.match(number) or _TWO_DATES.match(number) or _YEARS.match(number):
        return None
    if re.search(r"[A-Z]{2}\d*\s?$", before) and len(digits) > 12:
        return None
    dialled = number.lstrip("(").startswith("+") or digits.startswith("0")
    if not dialled and not (labelled and len(digits) >= 5 and not re.fullmatch(r"\d{5}", number)):
        return None
    if dialled and len(digits) < 7:
        return None
    return 2 * ("phone:direct" in tags) - ("phone:switchboard" in tags or bool(re.search(r"[-– ]0$", number)))


def _tags(before: str, people: People) -> set[str]:
    """What the words just before a number call it. The nearest line counts, of it the last few words."""
    above, _, line = before.rpartition("\n")
    if not line.strip() and above.rstrip().endswith(":"):
        line = above.rpartition("\n")[2]
    tags: set[str] = set()
    for word in reversed(_WORD.findall(line)[-6:]):
        meaning = people.common.meaning(fold(word.rstrip("."), True))
        tags |= {tag for tag in meaning.tags if tag.startswith("phone:")}
        if "phone:not_labels" in meaning.tags and not re.search(
            r"(?:[/+&]|\bund\b|\bu\.|\band\b)\s*" + re.escape(word), line
        ):
            break
    return tags


def _extension(after: str, people: People) -> str:
    """ "02131 555-0, Durchwahl -42": the digits of the direct line behind a switchboard's number."""
    words = list(_WORD.finditer(after))[:2]
    for word in words:
        if people.has(fold(word.group(), True), "phone:direct"):
            extension = _EXTENSION.match(after, word.end())
            return extension.group(1) if extension else ""
    return ""
