"""The signature of a mail, and the closing above it (`closing`).

Rules: when in doubt the text is kept. A closing ends the text, what stands below it is the signature until
somebody speaks again (a postscript, a sentence with "I" in it). Without a closing, a last line that is a
name begins the signature; a list of names is none, those are people who come.
"""

import re
from collections.abc import Sequence
from itertools import islice

from mailflow.rules.fixed_phrases import find_phrase
from mailflow.rules.layout import Layout
from mailflow.rules.spelling import words_of
from mailflow.understand.own_words.closing import claim_closing, ends_text, inline_closing
from mailflow.understand.own_words.lines import Line, has_contact, has_place, is_delimiter
from mailflow.understand.own_words.signed_lines import (
    END_OF_SENTENCE,
    begins_with_name,
    is_closing,
    is_like_signature,
    is_name,
    is_prose,
    is_sentence,
    speaks,
)

MAX_SIGNATURE = 25  # lines below the dashes

_SENTENCE = re.compile(r"\w{3,}\W{0,2}[.!?؟]\W*$")  # not “e. V.”


def mark_signature(lines: list[Line], start: int, end: int, layout: Layout, *, last: bool) -> None:
    """Claims closing and signature in the stretch lines[start:end]. `last`: nothing own follows it."""
    index = start
    closed = dashed = False
    while index < end:
        line = lines[index]
        if not line.free:
            index += 1
            continue
        if is_delimiter(line.text) and _begins_signature(lines, index + 1, end, layout):
            index = _claim_signature(lines, index, end, layout, "below a line of dashes")
            dashed = True
        elif is_closing(line.text, layout) and ends_text(lines, start, index, end, layout):
            end += claim_closing(lines, index, layout)
            index = _claim_signature(lines, index + 1, end, layout, "below the closing")
            closed = True
        else:
            index += 1
    if not closed:
        added = _split_closing(lines, start, end, layout) if last else 0
        if not added and last and not dashed:
            _claim_names(lines, start, end, layout)


def _begins_signature(lines: Sequence[Line], start: int, end: int, layout: Layout) -> bool:
    """Does a signature follow a line of dashes, and not another thought?"""
    free = list(islice((index for index in range(start, end) if lines[index].free), MAX_SIGNATURE + 1))
    if not free or len(free) > MAX_SIGNATURE:
        return not free
    return not (speaks(lines[free[0]].text, layout) and is_sentence(lines, free[0], end))


def _claim_signature(lines: list[Line], start: int, end: int, layout: Layout, because: str) -> int:
    """Claims lines below a closing until somebody speaks again; gives where the next text begins."""
    contacts = gap = False
    below = lines[start : min(end, start + MAX_SIGNATURE)]
    official = any(_reaches(line.text, layout) for line in below if line.free)
    for index in range(start, end):
        line = lines[index]
        gap = gap or line.blank
        if not line.free:
            continue
        resumes = not contacts and (gap or index == start) and _resumes(lines, index, end, official, layout)
        if resumes or find_phrase(layout.postscript, words_of(line.text[:40])):
            return _skip_paragraph(lines, index, end)
        contacts = contacts or has_contact(line.text) or has_place(line.text)
        line.claim("signature", because)
    return end


def _resumes(lines: Sequence[Line], index: int, end: int, official: bool, layout: Layout) -> bool:
    """Does a paragraph below a name go on with the text? `official`: somewhere below stands how to reach
    somebody, so that sentences may be an office's advertising."""
    text = lines[index].text
    if speaks(text, layout):
        return is_sentence(lines, index, end) or is_prose(text)
    if official or not lines[index - 1].blank:
        return False
    return (len(text.split()) >= 4 and bool(_SENTENCE.search(text))) or is_prose(text)


def _reaches(text: str, layout: Layout) -> bool:
    """A line by which somebody is reached, as signatures have it."""
    return has_contact(text) or has_place(text) or find_phrase(layout.contact, words_of(text[:80])) > 0


def _skip_paragraph(lines: Sequence[Line], index: int, end: int) -> int:
    while index < end and not lines[index].blank:
        index += 1
    return index


def _split_closing(lines: list[Line], start: int, end: int, layout: Layout) -> int:
    """A closing at the end of a line of text: “… dann sind wir drei. LG Christa”, with the rest of the
    signature below it or not. Splits it off and claims both; gives how many lines were added."""
    for index in reversed([index for index in range(start, end) if lines[index].free][-9:]):
        line = lines[index]
        place = inline_closing(line.text, layout)
        if place:
            lines.insert(index + 1, Line(line.text[place:], line.mark))
            line.text = line.text[:place].rstrip()
            added = 1 + claim_closing(lines, index + 1, layout)
            _claim_signature(lines, index + 2, end + added, layout, "below the closing")
            return added
        if not is_like_signature(line.text, layout):
            return 0
    return 0


def _claim_names(lines: list[Line], start: int, end: int, layout: Layout) -> None:
    """Without a closing: the last lines, if they are a name and what belongs to it."""
    free = [index for index in range(start, end) if lines[index].free]
    tail = _signed_tail(lines, free, layout) or _named_tail(lines, free, layout)
    if not tail or tail[0] == free[0]:
        return
    above = lines[free[free.index(tail[0]) - 1]].text.rstrip()
    apart = lines[tail[0] - 1].blank
    name = lines[tail[0]].text
    doubtful = len(tail) == 1 and (len(name.split()) == 1 or name.upper() == name.lower())
    if above.endswith((":", ",")) or (doubtful and not apart and not END_OF_SENTENCE.search(above)):
        return
    for index in tail:
        lines[index].claim("signature", "name at the end")


def _signed_tail(lines: Sequence[Line], free: list[int], layout: Layout) -> list[int]:
    """From “i. A. Anna Braun” to the end, if nobody speaks below it."""
    for place in range(len(free) - 1, max(-1, len(free) - 15), -1):
        text = lines[free[place]].text
        words = words_of(text)
        if speaks(text, layout) or len(text) > 120:
            return []
        title = find_phrase(layout.signed_for, words)
        if 0 < title < len(words) and "." in text[:6] and is_name(text, layout):
            return free[place:]
    return []


def _named_tail(lines: Sequence[Line], free: list[int], layout: Layout) -> list[int]:
    """The last lines that could all stand in a signature, from the first that is a name on."""
    tail: list[int] = []
    for index in reversed(free[-14:]):
        if not is_like_signature(lines[index].text, layout):
            break
        tail.insert(0, index)
    while tail and not begins_with_name(lines[tail[0]].text, layout):
        tail.pop(0)
    names = sum(1 for index in tail if is_name(lines[index].text, layout))
    contacts = any(has_contact(lines[index].text) for index in tail)
    return tail if names <= 2 or contacts else []  # several names and nothing else: people who come
