"""The body of a mail in pieces: what the person wrote here, and what stands around it, with reasons.

Rules: every line lands in exactly one piece, in the order of the mail; what nobody claims was written.
First the history goes (`quotes`), then what programs add (`footers`), then greeting, closing and
signature of each stretch that is left. If nothing would remain although something was said, it is kept.

lines.py         the lines, and what they look like
quotes.py        history: quoted above, below, between the lines, forwarded
marked.py        history as the mail program marks it in HTML
attribution.py   the line above quoted mail that says who wrote when
heads.py         the head of an earlier mail
footers.py       what programs, providers and firms add
ticks.py         what a form left unticked
greeting.py      the greeting
closing.py       the closing
signature.py     the signature
signed_lines.py  what lines look like in which somebody signs
sender_name.py   the sender's own name at the end
"""

from collections.abc import Iterator

from mailflow.model import Passage, Piece
from mailflow.rules.layout import Layout
from mailflow.understand.own_words.footers import mark_footers
from mailflow.understand.own_words.greeting import mark_greeting
from mailflow.understand.own_words.lines import Line, is_rule, lines_of
from mailflow.understand.own_words.quotes import mark_history
from mailflow.understand.own_words.sender_name import mark_sender_name
from mailflow.understand.own_words.signature import mark_signature
from mailflow.understand.own_words.ticks import mark_unticked

MAX_LINES = 5000

_SET_APART = ("signature", "footer", "disclaimer", "quoted", "forwarded")


def split_pieces(body: tuple[Passage, ...], layout: Layout, sender: str = "") -> tuple[Piece, ...]:
    """Every piece of the text, in order, with its kind and why it was taken for that.

    `sender` is the name in the head of the mail, by which a signature without a closing is known."""
    lines = lines_of(body)
    del lines[MAX_LINES:]
    mark_history(lines, layout)
    _keep_if_all_is_cited(lines)
    mark_footers(lines, layout)
    mark_unticked(lines)
    _mark_signature_by_program(lines)
    stretches = list(_stretches(lines))
    for number, (start, end) in reversed(list(enumerate(stretches))):
        last = number == len(stretches) - 1
        mark_signature(lines, start, end, layout, last=last)
        if last:
            mark_sender_name(lines, start, end, sender)
        if number == 0 or lines[start - 1].kind in ("quoted", "forwarded"):
            mark_greeting(lines, start, end, layout)
    _claim_rules(lines)
    _keep_thanks(lines)
    return tuple(_pieces(lines))


def _stretches(lines: list[Line]) -> Iterator[tuple[int, int]]:
    """Where own text stands between pieces of history."""
    start: int | None = None
    for index, line in enumerate(lines):
        if line.kind in ("quoted", "forwarded"):
            if start is not None:
                yield start, index
            start = None
        elif start is None and line.free:
            start = index
    if start is not None:
        yield start, len(lines)


def _mark_signature_by_program(lines: list[Line]) -> None:
    """What a mail program marks as its signature, unless people typed their whole text into it."""
    if any(line.free and line.mark != "signature" for line in lines):
        for line in lines:
            if line.mark == "signature" and not line.blank:
                line.claim("signature", "marked as signature")


def _claim_rules(lines: list[Line]) -> None:
    """A drawn line belongs to what it sets apart from the text: what stands below it."""
    below: Line | None = None
    for line in reversed(lines):
        if line.free and is_rule(line.text) and below is not None and below.kind in _SET_APART:
            line.kind, line.because = below.kind, below.because
        if not line.blank:
            below = line


def _keep_if_all_is_cited(lines: list[Line]) -> None:
    """Only indented text and no word beside it: somebody indented their own text."""
    if any(line.free for line in lines):
        return
    if all(line.blank or line.because == "marked as blockquote" for line in lines):
        for line in lines:
            line.kind = None


def _keep_thanks(lines: list[Line]) -> None:
    """A mail that says no more than “Vielen Dank, Anna” says that."""
    if any(line.free for line in lines):
        return
    for line in lines:
        if line.kind == "closing":
            line.kind, line.because = None, ""


def _pieces(lines: list[Line]) -> Iterator[Piece]:
    """Neighbouring lines of one kind are one piece; blank lines belong to what stands above them."""
    held: list[Line] = []
    for line in lines:
        if held and not line.blank and line.kind != held[0].kind:
            yield from _piece(held)
            held = []
        if held or not line.blank:
            held.append(line)
    yield from _piece(held)


def _piece(held: list[Line]) -> Iterator[Piece]:
    text = "\n".join(line.text for line in held).rstrip()
    if text:
        yield Piece(held[0].kind or "written", text, held[0].because)
