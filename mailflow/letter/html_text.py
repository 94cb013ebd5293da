"""HTML of a mail → passages of plain text, each with the mail program's own mark around it.

What a reader would see is kept: paragraphs with a blank line between them, line breaks, list items,
table cells side by side. What nobody sees is dropped (`unseen`); nothing is fetched. The parser hands over
one element after the other, so that depth costs nothing.
"""

import contextlib
import re
from collections.abc import Mapping
from typing import NamedTuple

from lxml import etree

from mailflow.letter.charsets import cleaned
from mailflow.letter.program_marks import ABOVE_HISTORY, program_mark
from mailflow.letter.unseen import hiding_classes, is_unseen
from mailflow.model import Passage

MAX_MARKUP = 2_000_000  # characters that are read
MAX_ELEMENTS = 60_000  # what stands behind so many elements is left out
RULE = "_" * 32  # what <hr> becomes, as Outlook writes it in plain text

_SPACED = {"p", "blockquote", "ul", "ol", "dl", "table", "pre", "h1", "h2", "h3", "h4", "h5", "h6"}
_BLOCK = _SPACED | {
    *("div", "tr", "li", "dt", "dd", "section", "article", "header", "footer", "main", "nav", "aside"),
    *("center", "address", "form", "fieldset", "body", "html", "caption", "figure", "hr", "tbody", "legend"),
}
_NO_MARGIN = re.compile(
    r"(?:^|;)\s*margin(?:-bottom)?\s*:\s*0[a-z]*\s*(?:0[a-z.]*\s*)?(?:;|!|$|0)", re.IGNORECASE
)


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


class _Element(NamedTuple):
    """What an open element means for the text in it."""

    mark: str = ""
    hidden: bool = False
    preformatted: bool = False
    spaced: bool = False  # with a blank line before and after it


class _Writer:
    """Takes the parser's events and writes lines down, with the mark each stands under."""

    def __init__(self, html: str) -> None:
        self._open = [_Element()]  # at the bottom what lies around all of them
        self._lines: list[tuple[str, str]] = []  # text and mark of finished lines
        self._line: list[str] = []
        self._line_mark = ""
        self._rest = ""  # the mark under which all stands that has no other
        self._gap = False  # a blank line is due before the next text
        self._numbers: list[int] = []  # of the next item in each open list; 0 in one without numbers
        self._cell_lines = 0
        self._elements = 0
        self._hiding = hiding_classes(html)

    # --- what the parser calls ------------------------------------------------------------------------

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        tag = tag.lower()
        self._elements += 1
        if self._elements > MAX_ELEMENTS:
            raise _Enough
        around = self._open[-1]
        hidden = around.hidden or is_unseen(tag, attributes, self._hiding)
        own = program_mark(tag, attributes)
        mark = self._mark_in(own, around.mark) if own else around.mark
        spaced = tag in _SPACED and not self._numbers and not _is_tight(attributes)
        self._open.append(_Element(mark, hidden, around.preformatted or tag == "pre", spaced))
        if not hidden:
            self._begin(tag, attributes)

    def end(self, tag: str) -> None:
        tag = tag.lower()
        if len(self._open) == 1:
            return
        ended = self._open.pop()
        if ended.mark != self._open[-1].mark:
            self._break()
        if ended.hidden:
            return
        if tag in ("ul", "ol") and self._numbers:
            self._numbers.pop()
        if tag in _BLOCK:
            self._break()
            self._gap = self._gap or ended.spaced

    def data(self, text: str) -> None:
        around = self._open[-1]
        if around.hidden:
            return
        if around.preformatted:
            self._write_as_it_stands(text, around.mark)
            return
        text = re.sub(r"[ \t\r\n\f]+", " ", text)
        if text != " " or self._line:
            self._write(text, around.mark)

    def close(self) -> None:
        self._break()

    # --- lines ----------------------------------------------------------------------------------------

    def _mark_in(self, own: str, around: str) -> str:
        """The mark of what stands in an element. Inside a quote or a signature other marks mean nothing."""
        if own in ABOVE_HISTORY:
            self._break()
            self._rest = self._rest or own
            return around
        if around == "blockquote" or (around == "signature" and own != "blockquote"):
            return around
        self._break()
        return own

    def _begin(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag in _BLOCK:
            self._break()
            self._gap = self._gap or self._open[-1].spaced
        if tag == "br":
            self._break(even_empty=True)
        elif tag == "hr":
            self._write(RULE, self._open[-1].mark)
            self._break()
        elif tag in ("td", "th"):
            self._begin_cell()
        elif tag in ("ul", "ol"):
            self._numbers.append(1 if tag == "ol" else 0)
        elif tag == "li":
            self._begin_item()
        elif tag == "img":
            self._write_emoji(attributes.get("alt", ""))

    def _begin_cell(self) -> None:
        if self._line and len(self._lines) == self._cell_lines:
            self._line.append("\t")
        elif self._line:
            self._break()
        self._cell_lines = len(self._lines)

    def _begin_item(self) -> None:
        number = self._numbers[-1] if self._numbers else 0
        self._write(f"{number}. " if number else "- ", self._open[-1].mark)
        if number:
            self._numbers[-1] += 1

    def _write_emoji(self, picture: str) -> None:
        if 0 < len(picture) <= 3 and not any(map(str.isalnum, picture)):
            self._write(picture, self._open[-1].mark)

    def _write_as_it_stands(self, text: str, mark: str) -> None:
        *lines, last = text.replace("\r\n", "\n").split("\n")
        for line in lines:
            self._write(line, mark)
            self._break(even_empty=True)
        self._write(last, mark)

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

    def passages(self) -> tuple[Passage, ...]:
        """Neighbouring lines under one mark are one passage."""
        self._break()
        runs: list[tuple[str, list[str]]] = []
        for text, mark in self._lines:
            if not runs or runs[-1][0] != mark:
                runs.append((mark, []))
            runs[-1][1].append(_settled(text))
        return tuple(Passage("\n".join(lines), mark) for mark, lines in runs if any(lines))


def _is_tight(attributes: Mapping[str, str]) -> bool:
    """A paragraph without room around it, as Outlook writes its lines."""
    mso = attributes.get("class", "").lower().startswith(("mso", "xmso", "x_mso"))
    return mso or bool(_NO_MARGIN.search(attributes.get("style", "")))


def _settled(line: str) -> str:
    return re.sub(r"(?<=\S)  +", " ", cleaned(line)).strip(" \n") if line != "-- " else line
