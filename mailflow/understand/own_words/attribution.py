"""The line above quoted mail that says who wrote when: “Am 01.03.2021 um 10:12 schrieb Anna Braun <a@b>:”.

Rules: a colon ends it, unless marked quoted lines follow; it has a date or an address beside a word for
writing (`wrote` in `rules/layout`), or the shape that such lines have in whatever language. Mail programs
break it over up to four lines.
"""

import re
from collections.abc import Sequence

from mailflow.rules.layout import Layout
from mailflow.rules.spelling import fold
from mailflow.understand.own_words.heads import TIME
from mailflow.understand.own_words.lines import Line, has_mail

_ADDRESS_THEN_VERB = re.compile(
    r"[<\[(]\s*[^\s<>@]{1,64}@[^\s<>]{1,100}\s*[>\])],?\s*(?:[^\s<>@]{1,20}\s*){0,5}[:：]\W{0,3}$"
)
_DATE_THEN_ADDRESS = re.compile(r"\W*\d[^@<>]{5,60}\s[^\s@<>]{1,64}@[^\s@<>]{1,100}[:：]\W{0,3}")
_WORD_FIRST = re.compile(r"\W*\w+,? ")
_COLON_END = re.compile(r"[:：]\W{0,3}$")


def attribution_start(lines: Sequence[Line], index: int, end: int, cited: bool, layout: Layout) -> int | None:
    """Where the line that says who wrote when begins, if it ends at `end`: as late as it still has a date."""
    undated = None
    for start in range(end - 1, index - 1, -1):
        text = " ".join(line.text.strip() for line in lines[start:end])
        if is_attribution(text, cited, layout):
            if TIME.search(text):
                return start
            undated = start if undated is None else undated
    return undated


def is_attribution(text: str, cited: bool, layout: Layout) -> bool:
    """Does a text say who wrote when? `cited`: marked quoted lines follow it."""
    ends = bool(_COLON_END.search(text))
    if not ends and not cited:
        return False
    folded = fold(text)
    if layout.wrote_first.search(folded):
        return False
    dated = bool(TIME.search(text))
    if layout.wrote.search(folded):
        return dated or has_mail(text) or (cited and ends)
    if not (dated and ends):
        return False
    return _has_its_shape(text) or (cited and len(text) < 150 and bool(_WORD_FIRST.match(text)))


def _has_its_shape(text: str) -> bool:
    """An address and a verb, or a date and an address, and then the colon."""
    return bool(_ADDRESS_THEN_VERB.search(text[-300:]) or _DATE_THEN_ADDRESS.fullmatch(text))
