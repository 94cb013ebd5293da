"""What the lines look like in which somebody signs: closings, names, what stands in a signature.

Rules: a name is up to five words, none of them a common one (`not_a_name` in `rules/layout`), each with a
capital letter where the script has any. A sentence in which somebody speaks (`personal`) is never signed.
"""

import re
from collections.abc import Sequence

from mailflow.rules.fixed_phrases import find_phrase
from mailflow.rules.layout import Layout
from mailflow.rules.spelling import fold, placed_words, words_of
from mailflow.understand.own_words.lines import Line, has_contact, has_place, is_rule

MAX_CLOSING = 90  # characters of a closing line

_ABBREVIATION = re.compile(r"\b[^\W\d_]\.")
END_OF_SENTENCE = re.compile(r"[.!?…)؟]\W*$")
PARTICLES = {
    "von",
    "van",
    "der",
    "den",
    "de",
    "del",
    "della",
    "di",
    "da",
    "dos",
    "zu",
    "zur",
    "vom",
    "el",
    "al",
    "bin",
    "und",
    "u",
    "y",
    "e",
    "i",
    "et",
    "and",
    "ve",
    "та",
    "и",
}


def is_closing(text: str, layout: Layout) -> bool:
    """Is a whole line a closing, perhaps with a name behind it?"""
    if len(text) > MAX_CLOSING:
        return False
    words = words_of(text)
    taken = find_phrase(layout.closing, words)
    alone = find_phrase(layout.closing_alone, words)
    if find_phrase(layout.greeting, words) > max(taken, alone):
        return False  # “Grüß Gott zusammen”
    if taken:
        few = len(words) - taken <= 7
        return few and not text.rstrip().endswith("?") and layout.personal.isdisjoint(words[taken:])
    name = behind_words(text, alone)
    return bool(alone) and (len(words) == alone or (not name[:1].islower() and is_name(name, layout)))


def behind_words(text: str, taken: int) -> str:
    """The text behind its first words."""
    placed = placed_words(text)
    return text[placed[taken - 1][2] :].strip(" ,;:.!-–—/&") if 0 < taken <= len(placed) else ""


def speaks(text: str, layout: Layout) -> bool:
    """A sentence in which somebody speaks, not a line of a signature."""
    words = words_of(_ABBREVIATION.sub("", text[:500]))  # the I of “i. A.” is nobody
    return len(words) >= 4 and not layout.personal.isdisjoint(words)


def is_sentence(lines: Sequence[Line], index: int, end: int) -> bool:
    """A paragraph of some length that ends like a sentence."""
    text = lines[index].text
    for line in lines[index + 1 : end]:
        if line.blank or line.kind is not None:
            break
        text += " " + line.text
        if len(text) > 500:
            break
    return len(text.split()) >= 5 and (bool(END_OF_SENTENCE.search(text)) or len(text) > 60)


def is_like_signature(text: str, layout: Layout) -> bool:
    """A short line that could stand in a signature: a name, something to reach somebody by, a place."""
    if len(text) > 80 or speaks(text, layout):
        return False
    if is_name(text, layout) or begins_with_name(text, layout):
        return True
    words = words_of(text)
    return has_contact(text) or has_place(text) or bool(find_phrase(layout.contact, words)) or is_rule(text)


def begins_with_name(text: str, layout: Layout) -> bool:
    """A name, or a name and behind a comma or tab what reaches that person."""
    if is_name(text, layout):
        return True
    first, sign, rest = (text.replace("\t", ",").replace("|", ",").replace("(", ",")).partition(",")
    return bool(sign) and is_name(first, layout) and (has_contact(rest) or has_place(rest))


def is_name(text: str, layout: Layout) -> bool:
    """Could a short text be a person's name, perhaps with a title or “i. A.” before it?"""
    ends = text.rstrip().endswith((".", "!", "?"))
    text = text.strip(" ,.;!-–—*_/\t")
    if not text or len(text) > 50 or re.search(r"[\d@:?!;=<>/\\]", text):
        return False
    placed = placed_words(text)
    words = [word for word, _, _ in placed]
    skipped = find_phrase(layout.signed_for, words)
    if skipped and skipped < len(words):
        placed, words = placed[skipped:], words[skipped:]
    if not 1 <= len(words) <= 5:
        return False
    if not (layout.not_a_name.isdisjoint(words) and layout.personal.isdisjoint(words)):
        return False
    spoken = [text[first:last] for _, first, last in placed]
    if not any(len(word) >= 2 for word in spoken):
        return False
    if all(word[:1].islower() for word in spoken):
        plain = len(words) == 2 and all(len(word) >= 3 for word in words) and "," not in text
        return plain and not ends and PARTICLES.isdisjoint(words)
    cased = [word for word in spoken if word[:1].lower() != word[:1].upper()]
    if not cased:
        return len(words) <= 3  # scripts without capitals
    if not (spoken[0][:1].isupper() or len(spoken) == 1):
        return False  # “vom Rathausplatz”
    return all(word[:1].isupper() or word in PARTICLES for word in spoken)


def is_first_name(text: str, layout: Layout) -> bool:
    """One word behind a closing: “cheers ole”."""
    return text.isalpha() and len(text) <= 15 and fold(text) not in layout.not_a_name


def is_prose(text: str) -> bool:
    """Running words, as no line of a signature has them: several in small letters, or an exclamation."""
    small = [word for word in text.split() if word[:1].islower() and word.strip(".,;:!?") not in PARTICLES]
    return len(small) >= 2 or (bool(text.split()) and text.rstrip().endswith(("!", "?")))
