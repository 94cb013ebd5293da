"""The greeting at the beginning of a mail, also in one line with the text that follows it.

Rules: a greeting ends with its comma; without one it takes only words that cannot belong to the text: titles,
names. A word that begins a greeting and a sentence alike (“Lieber wäre mir …”) needs a name behind it.
"""

import re
from collections.abc import Sequence

from mailflow.rules.fixed_phrases import find_phrase
from mailflow.rules.layout import Layout
from mailflow.rules.spelling import placed_words
from mailflow.understand.own_words.lines import Line
from mailflow.understand.own_words.signed_lines import PARTICLES, is_closing

_END_OF_GREETING = re.compile(r"[,!:;.،。–—-]")


def mark_greeting(lines: list[Line], start: int, end: int, layout: Layout) -> None:
    """Claims the greeting of the stretch lines[start:end], split off its line where text follows it."""
    seen = 0
    for index in range(start, end):
        line = lines[index]
        if not line.free:
            continue
        length = _greeting_length(line.text, layout)
        whole = length >= len(line.text.rstrip())
        if length and (seen == 0 or (whole and _END_OF_GREETING.search(line.text.rstrip()[-1:]))):
            _claim_greeting(lines, index, length)
            _claim_second_greeting(lines, index + 1, layout)
            return
        seen += 1
        if seen > 12:
            return


def _claim_greeting(lines: list[Line], index: int, length: int) -> None:
    line = lines[index]
    rest = line.text[length:].strip()
    line.text = line.text[:length].strip()
    line.claim("greeting", "greeting")
    if rest:
        lines.insert(index + 1, Line(rest, line.mark))


def _claim_second_greeting(lines: list[Line], index: int, layout: Layout) -> None:
    """“Sehr geehrte Frau A,” is often followed by “sehr geehrter Herr B,”."""
    if index < len(lines) and lines[index].free:
        text = lines[index].text
        length = _greeting_length(text, layout)
        if length and length >= len(text.rstrip()) and text.rstrip().endswith((",", "!")):
            lines[index].claim("greeting", "greeting")


def _greeting_length(text: str, layout: Layout) -> int:
    """How many characters of a line are a greeting: 0, or up to where the text begins."""
    text = text[:200]
    placed = placed_words(text)
    words = [word for word, _, _ in placed]
    taken = find_phrase(layout.greeting, words)
    if not taken:
        return _addressed_alone(text, placed, layout)
    if find_phrase(layout.closing, words) >= taken and is_closing(text, layout):
        return 0
    phrase = sure = taken  # `sure`: up to here it is a greeting even if no comma comes
    small = 0  # words that are names only if the line ends with them: “hallo max,”
    while not _has_sign(text, placed, taken, layout):
        if taken >= len(placed):
            return len(text) if not small else placed[sure - 1][2]
        again = find_phrase(layout.greeting, words, taken)
        known = (
            bool(again)
            or words[taken] in layout.addressee
            or (len(words[taken]) > 1 and words[taken] in PARTICLES)
        )
        named = _could_be_name(text[placed[taken][1] : placed[taken][2]], words[taken], layout)
        if not (known or named):
            small += 1
        if small > 3 or taken > 12 or (small and words[taken] in layout.not_a_name):
            weak = words[0] in layout.addressee and sure == phrase  # “Lieber wäre mir …”
            return 0 if weak or taken > 12 else placed[sure - 1][2]
        taken += again or 1
        if not small and (known or text[placed[taken - 1][1]].isupper()):
            sure = taken
    end = placed[taken][1] if taken < len(placed) else len(text)
    if small:
        weak = words[0] in layout.addressee and sure == phrase
        return end if taken >= len(placed) and taken - phrase <= 3 else 0 if weak else placed[sure - 1][2]
    return end + _more_greeting(text[end:], layout)


def _has_sign(text: str, placed: Sequence[tuple[str, int, int]], taken: int, layout: Layout) -> bool:
    """Does a comma or the like stand behind the word before `taken`? The point of “Dr.” is none."""
    start = placed[taken - 1][2]
    gap = text[start : placed[taken][1] if taken < len(placed) else len(text)]
    if placed[taken - 1][0] in layout.addressee and taken < len(placed):
        gap = gap.replace(".", "", 1)
    return bool(_END_OF_GREETING.search(gap))


def _could_be_name(word: str, folded: str, layout: Layout) -> bool:
    """A word that may be a name in a greeting: not in small letters and no common word."""
    return word[:1].isalpha() and not word[:1].islower() and folded not in layout.not_a_name


def _more_greeting(text: str, layout: Layout) -> int:
    """Behind the comma: another greeting (“Hallo zusammen, liebes Team,”) or only now whom it greets
    (“Здравствуйте, господин Гассен!”). Gives its length, 0 where the text begins."""
    placed = placed_words(text)
    words = [word for word, _, _ in placed]
    if find_phrase(layout.greeting, words):
        return _greeting_length(text, layout)
    return _addressed_length(text, placed, layout)


def _addressed_alone(text: str, placed: Sequence[tuple[str, int, int]], layout: Layout) -> int:
    """“Herr Gassen,” and nothing else in the line: its length, else 0."""
    length = _addressed_length(text, placed, layout)
    return length if length >= len(text.rstrip()) and text[:1].isupper() else 0


def _addressed_length(text: str, placed: Sequence[tuple[str, int, int]], layout: Layout) -> int:
    """Two to six words up to a comma that say whom a mail greets: their length, else 0."""
    if not placed or placed[0][0] not in layout.addressee:
        return 0
    for taken in range(1, min(len(placed), 6) + 1):
        folded, start, end = placed[taken - 1]
        if not (folded in layout.addressee or _could_be_name(text[start:end], folded, layout)):
            return 0
        if _has_sign(text, placed, taken, layout):
            return (placed[taken][1] if taken < len(placed) else len(text)) if taken > 1 else 0
    return 0
