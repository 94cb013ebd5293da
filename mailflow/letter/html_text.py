"""HTML of a mail → passages of plain text, each with the mail program's own mark around it.

What a reader would see is kept: paragraphs with a blank line between them, line breaks, list items,
table cells side by side. What nobody sees (scripts, styles, `display:none`, size 0) is dropped; nothing is
fetched. The parser hands over one element after the other, so that depth costs nothing.
"""

import contextlib
import re
from collections.abc import Mapping

from lxml import etree

from mailflow.letter.charsets import cleaned
from mailflow.model import Passage

MAX_MARKUP = 2_000_000  # characters that are read
MAX_ELEMENTS = 60_000  # what stands behind so many elements is left out
RULE = "_" * 32  # what <hr> becomes, as Outlook writes it in plain text

_SILENT = {
    "script",
    "style",
    "head",
    "title",
    "template",
    "svg",
    "object",
    "iframe",
    "applet",
    "xml",
    "select",
}
_SPACED = {"p", "blockquote", "ul", "ol", "dl", "table", "pre", "h1", "h2", "h3", "h4", "h5", "h6"}
_BLOCK = _SPACED | {
    *("div", "tr", "li", "dt", "dd", "section", "article", "header", "footer", "main", "nav", "aside"),
    *("center", "address", "form", "fieldset", "body", "html", "caption", "figure", "hr", "tbody", "legend"),
}
_HIDDEN = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all"
    r"|font(?:-size)?\s*:\s*(?:0(?:\.0+)?(?![.\d])|0?\.\d+p|1(?:\.\d*)?p[xt])|opacity\s*:\s*0(?:\.0*)?\s*(?:;|!|$)"
    r"|max-height\s*:\s*0(?![.\d])|text-indent\s*:\s*-\d{3})",
    re.IGNORECASE,
)
_NO_MARGIN = re.compile(
    r"(?:^|;)\s*margin(?:-bottom)?\s*:\s*0[a-z]*\s*(?:0[a-z.]*\s*)?(?:;|!|$|0)", re.IGNORECASE
)
_HIDING_RULE = re.compile(r"\.([\w-]{1,60})\s{0,5}\{([^{}]{0,500})\}")

# Marks by class or id. "rest": all that follows is history, not only what stands inside the element.
_MARKS = {
    "gmail_signature": "signature",
    "gmail_signature_prefix": "signature",
    "moz-signature": "signature",
    "applemailsignature": "signature",
    "ms-outlook-mobile-signature": "signature",
    "protonmail_signature_block": "signature",
    "signature": "signature",
    "gmail_attr": "gmail_attr",
    "gmail_quote": "gmail_quote",
    "gmail_extra": "gmail_extra",
    "gmail_quote_container": "gmail_quote",
    "moz-cite-prefix": "moz-cite-prefix",
    "moz-forward-container": "moz-forward-container",
    "moz-email-headers-table": "moz-forward-container",
    "yahoo_quoted": "yahoo_quoted",
    "yahoo-quoted-begin": "yahoo_quoted",
    "ymail_android_signature": "signature",
    "protonmail_quote": "protonmail_quote",
    "zmail_extra": "zmail_extra",
    "tutanota_quote": "blockquote",
    "ms-outlook-ios-reply-separator": "ms-outlook-ios-reply-separator",
    "mail-editor-reference-message-container": "mail-editor-reference-message-container",
    "reply-intro": "reply-intro",
    "divrplyfwdmsg": "divRplyFwdMsg",
    "divfwdrplymsg": "divRplyFwdMsg",
    "appendonsend": "appendonsend",
    "outlookmessageheader": "OutlookMessageHeader",
    "zwchr": "zwchr",
    "stopspelling": "stopSpelling",
    "quoted-content": "quote",
    "_rfc_header": "OutlookMessageHeader",
}
_REST = {
    *("divRplyFwdMsg", "appendonsend", "OutlookMessageHeader", "zwchr", "stopSpelling", "border-top"),
    "ms-outlook-ios-reply-separator",
}
_BORDER = re.compile(r"border-top\s*:([^;]{0,80})", re.IGNORECASE)
_THIN_LINE = re.compile(r"solid.{0,60}\b1(?:\.0)?p[tx]|\b1(?:\.0)?p[tx].{0,60}solid", re.IGNORECASE)
_CITED = re.compile(r"border-left\s*:", re.IGNORECASE)


def read_markup(html: str) -> tuple[Passage, ...]:
    """The passages of an HTML text. Broken HTML is read as browsers read it."""
    writer = _Writer(html)
    data = html[:MAX_MARKUP].encode("utf-8", "replace").replace(b"\x00", b"")
    parser = etree.HTMLParser(target=writer, encoding="utf-8", huge_tree=True)  # type: ignore[arg-type]
    with contextlib.suppress(etree.LxmlError, ValueError, AssertionError, _Enough):  # or no HTML at all
        etree.fromstring(data, parser)
    return writer.passages()


class _Enough(Exception):
    """More elements than any letter has: no error, it only stops the parser."""


class _Writer:
    """Takes the parser's events and writes lines down, with the mark each stands under."""

    def __init__(self, html: str) -> None:
        self._open: list[tuple[str, bool, bool, bool]] = []  # mark, hidden, preformatted, spaced
        self._lines: list[tuple[str, str]] = []  # text and mark of finished lines
        self._line: list[str] = []
        self._line_mark = ""
        self._rest = ""
        self._gap = False  # a blank line is due before the next text
        self._numbers: list[int] = []  # of the next item in each open list; 0 in one without numbers
        self._cell_lines = 0
        self._elements = 0
        self._hiding = _hiding_classes(html)

    # --- what the parser calls ------------------------------------------------------------------------

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        tag = tag.lower()
        self._elements += 1
        if self._elements > MAX_ELEMENTS:
            raise _Enough
        classes = attributes.get("class", "")
        mark, hidden, pre, _ = self._open[-1] if self._open else ("", False, False, False)
        style = attributes.get("style", "")
        hidden = hidden or tag in _SILENT or self._is_hidden(style, classes, attributes)
        own = _mark(tag, attributes, style)
        if own in _REST:
            self._break()
            self._rest = self._rest or own
        elif own and not (mark == "blockquote" or (mark == "signature" and own != "blockquote")):
            self._break()
            mark = own
        spaced = tag in _SPACED and not self._numbers and not _is_tight(classes, style)
        self._open.append((mark, hidden, pre or tag == "pre", spaced))
        if not hidden:
            self._begin(tag, attributes)

    def end(self, tag: str) -> None:
        tag = tag.lower()
        if not self._open:
            return
        mark, hidden, _, spaced = self._open.pop()
        if mark != (self._open[-1][0] if self._open else ""):
            self._break()
        if hidden:
            return
        if tag in ("ul", "ol") and self._numbers:
            self._numbers.pop()
        if tag in _BLOCK:
            self._break()
            self._gap = self._gap or spaced

    def data(self, text: str) -> None:
        mark, hidden, pre, _ = self._open[-1] if self._open else ("", False, False, False)
        if hidden:
            return
        if pre:
            *lines, last = text.replace("\r\n", "\n").split("\n")
            for line in lines:
                self._write(line, mark)
                self._break(even_empty=True)
            self._write(last, mark)
            return
        text = re.sub(r"[ \t\r\n\f]+", " ", text)
        if text == " " and not self._line:
            return
        self._write(text, mark)

    def close(self) -> None:
        self._break()

    # --- lines ----------------------------------------------------------------------------------------

    def _begin(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag in _BLOCK:
            self._break()
            self._gap = self._gap or self._open[-1][3]
        if tag == "br":
            self._break(even_empty=True)
        elif tag == "hr":
            self._write(RULE, self._open[-1][0])
            self._break()
        elif tag in ("td", "th"):
            if self._line and len(self._lines) == self._cell_lines:
                self._line.append("\t")
            elif self._line:
                self._break()
            self._cell_lines = len(self._lines)
        elif tag in ("ul", "ol"):
            self._numbers.append(1 if tag == "ol" else 0)
        elif tag == "li":
            self._begin_item()
        elif tag == "img":
            picture = attributes.get("alt", "")
            if 0 < len(picture) <= 3 and not any(map(str.isalnum, picture)):
                self._write(picture, self._open[-1][0])  # an emoji

    def _begin_item(self) -> None:
        number = self._numbers[-1] if self._numbers else 0
        self._write(f"{number}. " if number else "- ", self._open[-1][0])
        if number:
            self._numbers[-1] += 1

    def _write(self, text: str, mark: str) -> None:
        if not text:
            return
        if not self._line:
            self._line_mark = mark or self._rest
        self._line.append(text)

    def _break(self, *, even_empty: bool = False) -> None:
        text = "".join(self._line)
        self._line = []
        if not text and not even_empty:
            return
        if self._gap and text.strip():
            if self._lines and self._lines[-1][0].strip():
                self._lines.append(("", self._lines[-1][1]))
            self._gap = False
        mark = self._line_mark if text else (self._lines[-1][1] if self._lines else "")
        self._lines.append((text.rstrip() if text.strip() != "--" else "-- ", mark))

    def _is_hidden(self, style: str, classes: str, attributes: Mapping[str, str]) -> bool:
        if "hidden" in attributes or (style and _HIDDEN.search(style[:2000])):
            return True
        return bool(self._hiding) and not self._hiding.isdisjoint(classes.lower().split())

    def passages(self) -> tuple[Passage, ...]:
        """Neighbouring lines under one mark are one passage."""
        self._break()
        runs: list[tuple[str, list[str]]] = []
        for text, mark in self._lines:
            if not runs or runs[-1][0] != mark:
                runs.append((mark, []))
            runs[-1][1].append(_settled(text))
        return tuple(Passage("\n".join(lines), mark) for mark, lines in runs if any(lines))


def _is_tight(classes: str, style: str) -> bool:
    """A paragraph without room around it, as Outlook writes its lines."""
    return classes.lower().startswith(("mso", "xmso", "x_mso")) or bool(_NO_MARGIN.search(style))


def _settled(line: str) -> str:
    return re.sub(r"(?<=\S)  +", " ", cleaned(line)).strip(" \n") if line != "-- " else line


def _mark(tag: str, attributes: Mapping[str, str], style: str) -> str:
    """The mark that an element carries by itself, "" for none."""
    words = f"{attributes.get('class', '')} {attributes.get('id', '')}".lower().split()
    found = next((mark for mark in (_MARKS.get(word.replace("x_", "")) for word in words) if mark), "")
    if tag == "blockquote":
        indented = "border" in style and "none" in style and attributes.get("type", "") != "cite"
        return "" if indented or "webkit-indent-blockquote" in words else "blockquote"
    if found:
        return found
    if attributes.get("name", "").lower() in ("quote", "quoted-content", "messagereplysection"):
        return "quote"
    if tag == "div" and style:
        line = _BORDER.search(style)
        if line and "padding" in style and _THIN_LINE.search(line[1]):
            return "border-top"
        if _CITED.search(style) and "padding" in style and "margin" in style:
            return "border-left"
    return ""


def _hiding_classes(html: str) -> frozenset[str]:
    """Classes that a style sheet in the mail hides everywhere (not only on some screens)."""
    _, at, tail = html[:100_000].lower().partition("<style")
    if not at or "none" not in tail:
        return frozenset()
    sheet = re.sub(r"@[a-z-]+[^{}]{0,200}\{(?:[^{}]{0,2000}\{[^{}]{0,2000}\}){0,200}\s*\}", "", tail[:50_000])
    sheet = sheet.partition("</style")[0]
    return frozenset(name for name, rules in _HIDING_RULE.findall(sheet) if _HIDDEN.search(rules))
