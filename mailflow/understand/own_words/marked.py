"""History as the mail program itself marks it in HTML (the marks: `letter/program_marks`).

Rules: inside most marks everything is history; some also hold answers between the quotes; borders and
blockquotes decorate other things too and are believed only where a head or an attribution stands with them.
"""

from collections.abc import Sequence

from mailflow.model import PieceKind
from mailflow.rules.fixed_phrases import find_phrase
from mailflow.rules.layout import Layout
from mailflow.rules.spelling import fold, words_of
from mailflow.understand.own_words.attribution import is_attribution
from mailflow.understand.own_words.heads import head_end, looks_like_head
from mailflow.understand.own_words.lines import Line, claim_rest, next_free

_WHOLE = {
    *("blockquote", "quote", "border-left", "gmail_attr", "yahoo_quoted", "reply-intro"),
    *("moz-cite-prefix", "moz-forward-container", "mail-editor-reference-message-container"),
    *("divRplyFwdMsg", "appendonsend", "OutlookMessageHeader", "zwchr", "stopSpelling"),
    "ms-outlook-ios-reply-separator",
}
_AROUND = {"gmail_quote", "gmail_extra", "protonmail_quote", "zmail_extra"}  # answers stand in them too
_DOUBTFUL = {"border-top", "border-left", "blockquote"}


def mark_by_program(lines: list[Line], layout: Layout) -> None:
    """Claims what stands under the marks, as "quoted" or, below words that say so, as "forwarded"."""
    _drop_doubtful_marks(lines, layout)
    kind: PieceKind = "quoted"
    cited = any(line.mark in ("blockquote", "gmail_attr") for line in lines)
    seen_quote = False
    for index, line in enumerate(lines):
        if line.mark == "border-top":
            claim_rest(lines, index, "quoted", "head of an earlier mail")
            return
        if not line.mark or line.mark == "signature":
            continue
        if line.mark == "moz-forward-container" or layout.forwarded.search(fold(line.text[:200])):
            kind = "forwarded"
        between = cited and seen_quote and kind == "quoted"
        if line.mark in _WHOLE or (line.mark in _AROUND and not between):
            line.claim(kind, f"marked as {line.mark}")
        seen_quote = seen_quote or line.mark == "blockquote"


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
    """Does a doubtful mark that begins at this line stand around an earlier mail?"""
    above = next((line.text for line in reversed(lines[max(0, index - 4) : index]) if not line.blank), "")
    if lines[index].mark == "blockquote":
        return not _is_form_title(above, layout)
    first = next_free(lines, index)
    if first is None:
        return False
    if head_end(lines, first, layout) is not None or looks_like_head(lines, first):
        return True
    if lines[index].mark == "border-top":
        return False
    return is_attribution(above, True, layout) or is_attribution(lines[first].text, False, layout)


def _is_form_title(text: str, layout: Layout) -> bool:
    """“Nachrichtentext:”, as web forms write it above what a person wrote."""
    words = words_of(text[:60])
    return bool(words) and text.rstrip().endswith(":") and find_phrase(layout.form_text, words) == len(words)
