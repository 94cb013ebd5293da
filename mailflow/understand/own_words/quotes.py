"""History in a mail: quoted above, below and between the lines, and what was forwarded.

The mail program's own marks in HTML come first; then the shapes that are the same in all languages: lines
with ">", a line that says who wrote when, a head of From/Sent/To/Subject, "----- Original Message -----".
The words in them are data (`rules/layout`). A head or a separator ends the person's own words; a ">" only
claims its own line, so that answers between the lines stay.
"""

import re
from collections.abc import Sequence

from mailflow.model import PieceKind
from mailflow.rules.layout import Layout, find_phrase, fold, words_of
from mailflow.understand.own_words.heads import TIME, claim_form, head_end, looks_like_head
from mailflow.understand.own_words.lines import Line, has_mail, is_quoted, is_rule, next_free

_WHOLE = {  # marks inside which everything is history
    *(
        "blockquote",
        "yahoo_quoted",
        "quote",
        "divRplyFwdMsg",
        "appendonsend",
        "OutlookMessageHeader",
        "zwchr",
    ),
    *("stopSpelling", "ms-outlook-ios-reply-separator", "mail-editor-reference-message-container"),
    *("moz-forward-container", "moz-cite-prefix", "gmail_attr", "reply-intro", "border-left"),
}
_DOUBTFUL = {"border-top", "border-left", "blockquote"}
_AROUND = {
    "gmail_quote",
    "gmail_extra",
    "protonmail_quote",
    "zmail_extra",
}  # they also hold answers in between
_SEPARATOR = re.compile(
    r"[\s>]*(?:[-_=*~–—#+]\s?){2,}\s*([^-_=*~–—#+\n][^\n]{2,80}?)\s*:?\s*(?:[-_=*~–—#+]\s?){2,}:?"
)
_GROUPWISE = re.compile(r">{2,3}\s\S[^\n]{5,150}\s>{2,3}\s*")
_ADDRESS_THEN_VERB = re.compile(
    r"[<\[(]\s*[^\s<>@]{1,64}@[^\s<>]{1,100}\s*[>\])],?\s*(?:[^\s<>@]{1,20}\s*){0,5}[:：]\W{0,3}$"
)
_ATTRIBUTION_AND_TEXT = re.compile(
    r"[^:<>@]{0,60}\d[^<>@]{3,120}[<\[(][^\s<>@]{1,64}@[^\s<>]{1,100}[>\])],?(?:\s[^\s<>@:]{1,20}){0,4}\s?:\s"
)
_DATE_THEN_ADDRESS = re.compile(r"\W*\d[^@<>]{5,60}\s[^\s@<>]{1,64}@[^\s@<>]{1,100}[:：]\W{0,3}")
_SENTENCE_END = re.compile(r"(?<!\b[apAP]\.[mM])[.!?]\s*$")
_COLON_END = re.compile(r"[:：]\W{0,3}$")


def mark_history(lines: list[Line], layout: Layout) -> None:
    """Claims every line of history, as "quoted" or "forwarded"."""
    _by_marks(lines, layout)
    index = 0
    while index < len(lines):
        index = _look_at(lines, index, layout)
    _join_broken_quotes(lines)


def _by_marks(lines: list[Line], layout: Layout) -> None:
    """What the mail program itself says about history in its HTML."""
    _drop_doubtful_marks(lines, layout)
    kind: PieceKind = "quoted"
    cited = any(line.mark in ("blockquote", "gmail_attr") for line in lines)
    seen_quote = False
    for index, line in enumerate(lines):
        if line.mark == "border-top":
            _claim_rest(lines, index, "quoted", "head of an earlier mail")
            return
        if not line.mark or line.mark == "signature":
            continue
        if line.mark == "moz-forward-container" or layout.forwarded.search(fold(line.text[:200])):
            kind = "forwarded"
        if line.mark in _WHOLE:
            line.claim(kind, f"marked as {line.mark}")
            seen_quote = seen_quote or line.mark == "blockquote"
        elif line.mark in _AROUND and (not cited or not seen_quote or kind == "forwarded"):
            line.claim(kind, f"marked as {line.mark}")


def _drop_doubtful_marks(lines: list[Line], layout: Layout) -> None:
    """Borders also decorate signatures and the mails of web forms: they need a head or an attribution."""
    mark, dropping = "", False
    for index, line in enumerate(lines):
        if line.mark != mark:
            mark = line.mark
            dropping = mark in _DOUBTFUL and not _is_credible(lines, index, layout)
        if dropping:
            lines[index] = Line(line.text)


def _is_credible(lines: Sequence[Line], index: int, layout: Layout) -> bool:
    above = next((line.text for line in reversed(lines[max(0, index - 4) : index]) if not line.blank), "")
    if lines[index].mark == "blockquote":
        words = words_of(above[:60])
        return not (
            words and above.rstrip().endswith(":") and find_phrase(layout.form_text, words) == len(words)
        )
    first = next_free(lines, index)
    if first is None:
        return False
    if head_end(lines, first, layout) is not None or looks_like_head(lines, first):
        return True
    if lines[index].mark == "border-top":
        return False
    return _is_attribution(above, True, layout) or _is_attribution(lines[first].text, False, layout)


def _look_at(lines: list[Line], index: int, layout: Layout) -> int:
    """Looks for history beginning at a line; gives the next line to look at."""
    line = lines[index]
    if not line.free:
        return index + 1
    kind = _separator(line.text, layout)
    if kind and _is_convincing(lines, index):
        return _claim_rest(lines, index, kind, f"below “{line.text.strip()[:60]}”")
    if is_quoted(line.text):
        return _claim_quoted_lines(lines, index, layout)
    end = head_end(lines, index, layout)
    if end is not None:
        if claim_form(lines, index, end, layout):
            return end
        return _claim_rest(lines, index, _kind_of_head(lines, index, layout), "head of an earlier mail")
    if _ATTRIBUTION_AND_TEXT.match(line.text[:400]) and layout.wrote.search(fold(line.text[:400])):
        return _claim_rest(lines, index, "quoted", "who wrote when, and what")
    return _claim_attribution(lines, index, layout) or index + 1


def _claim_quoted_lines(lines: list[Line], index: int, layout: Layout) -> int:
    kind: PieceKind = "quoted"
    start = index
    while index < len(lines) and (is_quoted(lines[index].text) or (lines[index].blank and index > 0)):
        line = lines[index]
        if line.blank:
            following = next_free(lines, index)
            if following is None or not is_quoted(lines[following].text) or lines[following].kind is not None:
                break
        elif layout.forwarded.search(fold(line.text[:200])):
            kind = "forwarded"
        line.claim(kind, "lines with “>”")
        index += 1
    if (
        index - start <= 8
        and next_free(lines, index) is not None
        and _is_quoted_mark(lines[start:index], layout)
    ):
        return _claim_rest(lines, index, kind, "below a mark with “>”")
    return index


def _is_quoted_mark(lines: Sequence[Line], layout: Layout) -> bool:
    """Do lines with ">" hold only the mark of an earlier mail, whose text then stands without ">"?"""
    bare = [Line(line.text.lstrip("> ").strip()) for line in lines if line.text.strip("> \t")]
    if not bare:
        return False
    if _attribution_start(bare, 0, len(bare), False, layout) == 0:
        return True
    heads = (head_end(bare, place, layout) for place in (0, 1) if place < len(bare))
    return any(end == len(bare) for end in heads)


def _separator(text: str, layout: Layout) -> PieceKind | None:
    """Is a line one like "----- Original Message -----", or bare words that say as much?"""
    drawn = _SEPARATOR.match(text[:200])
    words = fold(drawn[1] if drawn else text[:200].strip(" []:"))
    whole = drawn is None or drawn.end() >= len(text.rstrip())
    for pattern, kind in ((layout.forwarded, "forwarded"), (layout.original, "quoted")):
        found = pattern.match(words)
        if found and (drawn or (found.end() == len(words) and len(words) > 12)):
            return "forwarded" if kind == "forwarded" else "quoted"
    if drawn and whole and layout.wrote.search(words) and (has_mail(words) or TIME.search(words)):
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


def _claim_rest(lines: list[Line], index: int, kind: PieceKind, because: str) -> int:
    """All that follows is history; so are a drawn line and a separator right above."""
    for above in range(index - 1, max(-1, index - 4), -1):
        if lines[above].blank:
            continue
        if not is_rule(lines[above].text):
            break
        lines[above].claim(kind, because)
    for line in lines[index:]:
        line.claim(kind, because)
    return len(lines)


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
        cited = following is not None and (
            is_quoted(lines[following].text) or lines[following].kind == "quoted"
        )
        start = _attribution_start(lines, index, end, cited, layout)
        if start is None:
            if _SENTENCE_END.search(line.text):
                return None
            continue
        if following is None:
            return None
        if not cited:
            return _claim_rest(lines, start, "quoted", f"below “{lines[start].text.strip()[:60]}”")
        for each in lines[start:end]:
            each.claim("quoted", "who wrote when")
        return end
    return None


def _attribution_start(
    lines: Sequence[Line], index: int, end: int, cited: bool, layout: Layout
) -> int | None:
    """Where the line that says who wrote when begins, if it ends at `end`: as late as it still has a date."""
    undated = None
    for start in range(end - 1, index - 1, -1):
        text = " ".join(line.text.strip() for line in lines[start:end])
        if _is_attribution(text, cited, layout):
            if TIME.search(text):
                return start
            undated = start if undated is None else undated
    return undated


def _is_attribution(text: str, cited: bool, layout: Layout) -> bool:
    """Does a text say who wrote when? `cited`: marked quoted lines follow it."""
    ends = bool(_COLON_END.search(text))
    if not ends and not cited:
        return False
    folded = fold(text)
    if layout.wrote_first.search(folded):
        return False
    wrote = layout.wrote.search(folded)
    dated = bool(TIME.search(text))
    if wrote:
        return (dated or has_mail(text)) if not cited else (dated or has_mail(text) or ends)
    if dated and ends and (_ADDRESS_THEN_VERB.search(text[-300:]) or _DATE_THEN_ADDRESS.fullmatch(text)):
        return True  # the shape is enough, in whatever language
    return cited and ends and dated and len(text) < 150 and bool(re.match(r"\W*\w+,? ", text))


def _join_broken_quotes(lines: list[Line]) -> None:
    """The torn-off end of a quoted line that a program broke: short, between two quoted lines."""
    for above, line, below in zip(lines, lines[1:], lines[2:], strict=False):
        if not line.free or not (is_quoted(above.text) and is_quoted(below.text)):
            continue
        if (
            len(above.text) >= 65
            and len(line.text) <= 30
            and not above.text.rstrip().endswith((".", "!", "?", ":"))
        ):
            line.claim("quoted", "end of a broken quoted line")
