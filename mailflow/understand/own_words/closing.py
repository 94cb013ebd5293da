"""The closing of a mail: “Mit freundlichen Grüßen”, “LG Anna”, “… dann sind wir drei. Liebe Grüße Christa”.

Rules: the words are data (`closing` and `closing_alone` in `rules/layout`); those that people also write in
the text (“Danke”) close it only with a name behind them or nothing but a signature below. A closing at the
end of a line of text needs a sign before it.
"""

import re
from collections.abc import Sequence

from mailflow.rules.fixed_phrases import find_phrase
from mailflow.rules.layout import Layout
from mailflow.rules.spelling import placed_words, words_of
from mailflow.understand.own_words.lines import Line
from mailflow.understand.own_words.signed_lines import (
    END_OF_SENTENCE,
    behind_words,
    is_first_name,
    is_like_signature,
    is_name,
    is_prose,
    speaks,
)

MAX_BELOW = 60  # lines, blank ones included, that are looked at below a word like “Danke”
MAX_TAIL = 250  # characters at the end of a line in which a closing is looked for

_BEFORE_CLOSING = re.compile(r"[.!?,;:)…–—-]\W*$|[^\w\s]\s+$")


def ends_text(lines: Sequence[Line], start: int, index: int, end: int, layout: Layout) -> bool:
    """Does a closing end the text? Not with a sentence right below (“Grüße an alle” in mid-text); a mere
    “Danke” and a closing above all text only if nothing but a signature follows."""
    below = [line for line in lines[index + 1 : min(end, index + MAX_BELOW)] if line.free]
    if not below or find_phrase(layout.postscript, words_of(below[0].text[:40])):
        return True
    if lines[index + 1].free and speaks(below[0].text, layout):
        return False
    strong = find_phrase(layout.closing, words_of(lines[index].text))
    if strong and any(line.free for line in lines[start:index]):
        return True
    signed = all(is_like_signature(line.text, layout) or _is_brief(line.text) for line in below)
    return signed and end - index <= MAX_BELOW


def _is_brief(text: str) -> bool:
    """A few words that are no sentence."""
    return len(text.split()) <= 5 and not END_OF_SENTENCE.search(text)


def claim_closing(lines: list[Line], index: int, layout: Layout) -> int:
    """Claims a closing line; a name behind it (“LG Anna”) becomes a signature. Gives the lines added."""
    line = lines[index]
    words = words_of(line.text)
    taken = find_phrase(layout.closing, words) or find_phrase(layout.closing_alone, words)
    while taken and (more := find_phrase(layout.closing_alone, words, taken)):
        taken += more
    name = behind_words(line.text, taken)
    line.claim("closing", "closing")
    signed = is_name(name, layout) or is_first_name(name, layout) or _is_flat_signature(name, layout)
    if not name or not signed:
        return 0
    place = line.text.rindex(name)
    name = line.text[place:].strip()
    line.text = line.text[:place].strip()
    lines.insert(index + 1, Line(name, line.mark, "signature", "name behind the closing"))
    return 1


def inline_closing(text: str, layout: Layout) -> int:
    """Where in a line the closing begins that ends it, with a name behind it at most; 0: nowhere."""
    offset = max(0, len(text) - MAX_TAIL)
    placed = placed_words(text[offset:])
    words = [word for word, _, _ in placed]
    for at in range(max(1, len(words) - 20), len(words)):
        taken = find_phrase(layout.closing, words, at)
        alone = 0 if taken else find_phrase(layout.closing_alone, words, at)
        if not (taken or alone):
            continue
        first, behind = offset + placed[at][1], at + (taken or alone)
        before, rest = text[offset:first], text[offset + placed[behind - 1][2] :].strip(" ,;:.!-–—/")
        if not _BEFORE_CLOSING.search(before):
            continue
        if taken and (not rest or is_name(rest, layout) or (taken >= 2 and _is_flat_signature(rest, layout))):
            return first
        begins = text[first].isupper() and not before.rstrip(" .")[-1:].isdigit()  # not “am 16. ihre Prüfung”
        again = find_phrase(layout.closing, words, behind)
        if alone and rest and begins and not again and is_name(rest, layout):
            return first
    return 0


def _is_flat_signature(text: str, layout: Layout) -> bool:
    """A signature that was pressed into the line of the closing."""
    return len(text) <= 150 and text[:1].isupper() and not speaks(text, layout) and not is_prose(text)
