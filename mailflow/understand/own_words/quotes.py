"""History in a mail: quoted above, below and between the lines, and what was forwarded.

The mail program's own marks in HTML come first (`marked`); then the shapes that are the same in all
languages: lines with ">", a line that says who wrote when, a head of From/Sent/To/Subject, "----- Original
Message -----". The words in them are data (`rules/layout`). A head or a separator ends the person's own
words; a ">" only claims its own line, so that answers between the lines stay.
"""

import re
from collections.abc import Sequence

from mailflow.model import PieceKind
from mailflow.rules.layout import Layout
from mailflow.rules.spelling import fold
from mailflow.understand.own_words.attribution import attribution_start
from mailflow.understand.own_words.heads import TIME, claim_form, head_end
from mailflow.understand.own_words.lines import Line, claim_rest, has_mail, is_quoted, next_free
from mailflow.understand.own_words.marked import mark_by_program

LONGEST_MARK = 8  # lines with ">" that may hold no more than the head of a mail below them
SHORTEST_TITLE = 13  # letters of a title without a drawn line beside it: “original message”, not “wg”

_SEPARATOR = re.compile(
    r"[\s>]*(?:[-_=*~–—#+]\s?){2,}\s*([^-_=*~–—#+\n][^\n]{2,80}?)\s*:?\s*(?:[-_=*~–—#+]\s?){2,}:?"
)
_GROUPWISE = re.compile(r">{2,3}\s\S[^\n]{5,150}\s>{2,3}\s*")
_ATTRIBUTION_AND_TEXT = re.compile(
    r"[^:<>@]{0,60}\d[^<>@]{3,120}[<\[(][^\s<>@]{1,64}@[^\s<>]{1,100}[>\])],?(?:\s[^\s<>@:]{1,20}){0,4}\s?:\s"
)
_SENTENCE_END = re.compile(r"(?<!\b[apAP]\.[mM])[.!?]\s*$")


def mark_history(lines: list[Line], layout: Layout) -> None:
    """Claims every line of history, as "quoted" or "forwarded"."""
    mark_by_program(lines, layout)
    index = 0
    while index < len(lines):
        index = _look_at(lines, index, layout)
    _join_broken_quotes(lines)


def _look_at(lines: list[Line], index: int, layout: Layout) -> int:
    """Looks for history beginning at a line; gives the next line to look at."""
    line = lines[index]
    if not line.free:
        return index + 1
    kind = _separator(line.text, layout)
    if kind and _is_convincing(lines, index):
        return claim_rest(lines, index, kind, f"below “{line.text.strip()[:60]}”")
    if is_quoted(line.text):
        return _claim_quoted_lines(lines, index, layout)
    end = head_end(lines, index, layout)
    if end is not None:
        if claim_form(lines, index, end, layout):
            return end
        return claim_rest(lines, index, _kind_of_head(lines, index, layout), "head of an earlier mail")
    if _ATTRIBUTION_AND_TEXT.match(line.text[:400]) and layout.wrote.search(fold(line.text[:400])):
        return claim_rest(lines, index, "quoted", "who wrote when, and what")
    return _claim_attribution(lines, index, layout) or index + 1


def _claim_quoted_lines(lines: list[Line], index: int, layout: Layout) -> int:
    """Claims a run of lines with ">"; where they hold but the mark of an earlier mail, its text as well."""
    kind: PieceKind = "quoted"
    start = index
    while index < len(lines) and (is_quoted(lines[index].text) or _is_gap_in_quote(lines, index)):
        line = lines[index]
        if not line.blank and layout.forwarded.search(fold(line.text[:200])):
            kind = "forwarded"
        line.claim(kind, "lines with “>”")
        index += 1
    short = index - start <= LONGEST_MARK and next_free(lines, index) is not None
    if short and _is_quoted_mark(lines[start:index], layout):
        return claim_rest(lines, index, kind, "below a mark with “>”")
    return index


def _is_gap_in_quote(lines: Sequence[Line], index: int) -> bool:
    """A blank line with more of the quote, not yet claimed, below it."""
    if not lines[index].blank or index == 0:
        return False
    following = next_free(lines, index)
    return following is not None and is_quoted(lines[following].text) and lines[following].kind is None


def _is_quoted_mark(lines: Sequence[Line], layout: Layout) -> bool:
    """Do lines with ">" hold only the mark of an earlier mail, whose text then stands without ">"?"""
    bare = [Line(line.text.lstrip("> ").strip()) for line in lines if line.text.strip("> \t")]
    if not bare:
        return False
    if attribution_start(bare, 0, len(bare), False, layout) == 0:
        return True
    heads = (head_end(bare, place, layout) for place in (0, 1) if place < len(bare))
    return any(end == len(bare) for end in heads)


def _separator(text: str, layout: Layout) -> PieceKind | None:
    """Is a line one like "----- Original Message -----", or bare words that say as much?"""
    drawn = _SEPARATOR.match(text[:200])
    words = fold(drawn[1] if drawn else text[:200].strip(" []:"))
    titles: tuple[tuple[PieceKind, re.Pattern[str]], ...] = (
        ("forwarded", layout.forwarded),
        ("quoted", layout.original),
    )
    for kind, pattern in titles:
        found = pattern.match(words)
        if found and (drawn or found.end() == len(words) >= SHORTEST_TITLE):
            return kind
    whole = drawn is not None and drawn.end() >= len(text.rstrip())
    if whole and layout.wrote.search(words) and (has_mail(words) or TIME.search(words)):
        return "quoted"  # “---- On Wed, 24 Feb 2021 14:02 a@b wrote ----”
    if _GROUPWISE.fullmatch(text[:200]) and TIME.search(text[:200]):
        return "quoted"  # “>>> Anna Braun 02.03.2021 10:12 >>>”
    return None


def _is_convincing(lines: Sequence[Line], index: int) -> bool:
    """Something must follow a separator, be it in its own line. One behind ">" is part of what is quoted."""
    text = lines[index].text
    if is_quoted(text) and not _GROUPWISE.fullmatch(text[:200]):
        return False
    return len(text) > 100 or next_free(lines, index + 1) is not None


def _kind_of_head(lines: Sequence[Line], index: int, layout: Layout) -> PieceKind:
    above = next((line.text for line in reversed(lines[:index]) if not line.blank), "")
    return "forwarded" if layout.forwarded.search(fold(above[:200])) else "quoted"


def _claim_attribution(lines: list[Line], index: int, layout: Layout) -> int | None:
    """A line (or up to four) that says who wrote when. Claims it, and the rest if no marked quote follows."""
    for end in range(index + 1, min(index + 5, len(lines) + 1)):
        line = lines[end - 1]
        if line.blank or line.kind is not None or is_quoted(line.text) or len(line.text) > 400:
            return None
        following = next_free(lines, end)
        cited = following is not None and _is_cited(lines[following])
        start = attribution_start(lines, index, end, cited, layout)
        if start is not None and following is not None:
            return _claim_attributed(lines, start, end, cited=cited)
        if start is not None or _SENTENCE_END.search(line.text):
            return None
    return None


def _is_cited(line: Line) -> bool:
    return is_quoted(line.text) or line.kind == "quoted"


def _claim_attributed(lines: list[Line], start: int, end: int, *, cited: bool) -> int:
    """`cited`: marked quoted lines follow, which are claimed by themselves."""
    if not cited:
        return claim_rest(lines, start, "quoted", f"below “{lines[start].text.strip()[:60]}”")
    for line in lines[start:end]:
        line.claim("quoted", "who wrote when")
    return end


def _join_broken_quotes(lines: list[Line]) -> None:
    """The torn-off end of a quoted line that a program broke: short, between two quoted lines."""
    for above, line, below in zip(lines, lines[1:], lines[2:], strict=False):
        torn = len(above.text) >= 65 and not above.text.rstrip().endswith((".", "!", "?", ":"))
        if torn and line.free and len(line.text) <= 30 and is_quoted(above.text) and is_quoted(below.text):
            line.claim("quoted", "end of a broken quoted line")
