"""A mail's bytes → its parts. Knows where one part ends and the next begins, nothing of their meaning.

Written here because the standard library's parser takes a recursion per level and a line at a time:
2,000 nested parts raise in it, and ten megabytes take a second. Rules of this module: nothing raises;
no part is copied before somebody asks for its content; depth and number of parts are limited
(RFC 2045/2046 set no limit), and what lies beyond is named in `Outline.defects`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailflow.letter.head import Headers, content_type, read_head
from mailflow.letter.transfer import without_encoding

MAX_DEPTH = 25
MAX_PARTS = 500
MAX_RELEASED = 10_000_000  # bytes of one part that are decoded

_LIKELY_BOUNDARY = re.compile(rb"(?:^|\n)--([^\s-][^\r\n]{4,75}?)[ \t]*\r?\n(?=[!-9;-~]{1,60}:)")


@dataclass(frozen=True, slots=True)
class Part:
    """One part: raw header values as they stand (names in lower case) and where its content lies."""

    source: bytes
    start: int
    end: int
    headers: Headers
    kind: str  # content type, lower case, "text/plain" where none is given
    params: dict[str, str]
    children: tuple["Part", ...] = ()

    def header(self, name: str) -> bytes:
        """The first raw value of a header (name in lower case), b"" where it is absent."""
        return next((value for key, value in self.headers if key == name), b"")

    @property
    def content(self) -> bytes:
        """The bytes of the part as they stand in the mail."""
        return self.source[self.start : self.end]

    def walk(self) -> Iterator["Part"]:
        """This part and all parts in it, in the order of the mail."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(slots=True)
class Outline:
    """What is counted while a mail is taken apart."""

    parts: int = 0
    defects: list[str] = field(default_factory=list)

    def note(self, defect: str) -> None:
        if defect not in self.defects:
            self.defects.append(defect)


def read_part(raw: bytes, outline: Outline) -> Part:
    """Takes a whole mail apart."""
    if b"\n" not in raw[:4000] and b"\r" in raw[:4000]:
        raw = raw.replace(b"\r", b"\n")
    return _read(raw, 0, len(raw), outline, 0, "text/plain")


def _read(source: bytes, start: int, end: int, outline: Outline, depth: int, default: str) -> Part:
    outline.parts += 1
    headers, body = read_head(source, start, end)
    kind, params = content_type(headers, default)
    part = Part(source, body, end, headers, kind, params)
    if not kind.startswith(("multipart/", "message/")):
        return part
    if depth >= MAX_DEPTH:
        outline.note("parts nested too deeply: the inner ones were left out")
        return part
    if kind.startswith("multipart/"):
        children = _read_multipart(part, outline, depth)
    elif kind in ("message/rfc822", "message/global", "message/news"):
        inner = released(part)
        children = [_read(inner, 0, len(inner), outline, depth + 1, "text/plain")]
    else:
        return part
    return Part(source, body, end, headers, kind, params, tuple(children))


def _read_multipart(part: Part, outline: Outline, depth: int) -> list[Part]:
    source, start, end = part.source, part.start, part.end
    boundary = part.params.get("boundary", "").encode("utf-8", "surrogateescape")
    spans = list(_spans(source, start, end, boundary))
    if not spans and b"base64" in part.header("content-transfer-encoding").lower():
        source = released(part)
        start, end = 0, len(source)
        spans = list(_spans(source, start, end, boundary))
    if not spans:  # a boundary that never comes: is there another?
        likely = _LIKELY_BOUNDARY.search(source, max(0, start - 1), min(end, start + 20_000))
        spans = list(_spans(source, start, end, likely[1])) if likely else []
    default = "message/rfc822" if part.kind == "multipart/digest" else "text/plain"
    children = []
    for first, last in spans:
        if outline.parts >= MAX_PARTS:
            outline.note("too many parts: the last ones were left out")
            break
        children.append(_read(source, first, last, outline, depth + 1, default))
    return children


def _spans(source: bytes, start: int, end: int, boundary: bytes) -> Iterator[tuple[int, int]]:
    """Where the parts between the boundary lines begin and end. Text behind a closing line is no part."""
    if not boundary:
        return
    mark = b"--" + boundary
    opened: int | None = None
    position = source.find(mark, start, end)
    while position >= 0:
        after = position + len(mark)
        line_end = source.find(b"\n", after, end)
        line_end = end if line_end < 0 else line_end
        rest = source[after : min(line_end, after + 200)].strip()
        at_line_start = position == start or source[position - 1 : position] in (b"\n", b"\r")
        if at_line_start and rest in (b"", b"--"):
            if opened is not None:
                yield opened, _without_line_end(source, opened, position)
            opened = None if rest else min(line_end + 1, end)
        position = source.find(mark, max(after, start), end)
    if opened is not None and opened < end:
        yield opened, end


def _without_line_end(source: bytes, start: int, end: int) -> int:
    for ending in (b"\r\n", b"\n", b"\r"):
        if end - len(ending) >= start and source[end - len(ending) : end] == ending:
            return end - len(ending)
    return end


def released(part: Part) -> bytes:
    """The content of a part, freed of its transfer encoding as far as it has one; broken forms included."""
    content = part.source[part.start : min(part.end, part.start + MAX_RELEASED)]
    return without_encoding(content, part.header("content-transfer-encoding"))
