"""A mail's bytes → its parts. Knows where one part ends and the next begins, nothing of their meaning.

Written here because the standard library's parser takes a recursion per level and a line at a time:
2,000 nested parts raise in it, and ten megabytes take a second. Rules of this module: nothing raises;
no part is copied before somebody asks for its content; depth and number of parts are limited
(RFC 2045/2046 set no limit), and what lies beyond is named in `Outline.defects`.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

MAX_DEPTH = 25
MAX_PARTS = 500
MAX_HEADERS = 1000
MAX_HEADER_BYTES = 40_000  # of one header; the rest of it is left out
MAX_HEAD = 1_000_000  # bytes of all headers of one part; what follows up to the body is skipped
MAX_RELEASED = 10_000_000  # bytes of one part that are decoded
MAX_BROKEN = 1_000_000  # the same, where base64 has to be pieced together

_HEADER = re.compile(rb"([!-9;-~]{1,100})[ \t]*:")
_WELL_KNOWN = re.compile(
    rb"(?i)(?:content-|mime-|x-|received|from|to|cc|bcc|subject|date|message-id|reply-to|return-path|"
    rb"references|in-reply-to|sender|delivered-|dkim-|arc-|authentication-|list-|precedence|auto-)[^:\s]{0,80}:"
)
_PARAMETER = re.compile(r';\s*([^\s=;"]{1,60})\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)')
_LIKELY_BOUNDARY = re.compile(rb"(?:^|\n)--([^\s-][^\r\n]{4,75}?)[ \t]*\r?\n(?=[!-9;-~]{1,60}:)")
_BLANK_LINE = re.compile(rb"\n\r?\n")
_WHOLE_BASE64 = re.compile(rb"[A-Za-z0-9+/]*={0,3}")
_BASE64_STRETCH = re.compile(rb"[A-Za-z0-9+/]+=*")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]")


@dataclass(frozen=True, slots=True)
class Part:
    """One part: raw header values as they stand (names in lower case) and where its content lies."""

    source: bytes
    start: int
    end: int
    headers: tuple[tuple[str, bytes], ...]
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
    headers, body = _read_headers(source, start, end)
    kind, params = _content_type(headers, default)
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


def _read_headers(source: bytes, start: int, end: int) -> tuple[tuple[tuple[str, bytes], ...], int]:
    """The headers and where the body begins. A line that is neither a header nor folded belongs to the
    header before it if a well-known header follows, else the body begins with it."""
    found: list[tuple[str, list[bytes]]] = []
    position = start
    while position < end:
        if position - start > MAX_HEAD:
            position = _after_blank_line(source, position, end)
            break
        stop = source.find(b"\n", position, end)
        stop = end if stop < 0 else stop + 1
        line = source[position : min(stop, position + MAX_HEADER_BYTES)].rstrip(b"\r\n")
        if not line:
            position = stop
            break
        name = _HEADER.match(line)
        if line[:1] in b" \t" and found:
            _lengthen(found[-1][1], line)
        elif name and len(found) < MAX_HEADERS:
            found.append((name[1].decode("ascii").lower(), [line[name.end() :]]))
        elif line.startswith((b"From ", b">From ")) and not found:
            pass
        elif found and (name or _WELL_KNOWN.match(source, stop, min(stop + 100, end))):
            _lengthen(found[-1][1], b" " + line)
        elif not line.strip():
            position = stop
            break
        else:
            break
        position = stop
    return tuple((name, b"\n".join(lines).strip()) for name, lines in found), position


def _after_blank_line(source: bytes, position: int, end: int) -> int:
    found = _BLANK_LINE.search(source, position, end)
    return found.end() if found else end


def _lengthen(lines: list[bytes], line: bytes) -> None:
    if len(lines) < 500 and sum(map(len, lines[-3:])) < MAX_HEADER_BYTES:
        lines.append(line)


def _content_type(headers: tuple[tuple[str, bytes], ...], default: str) -> tuple[str, dict[str, str]]:
    raw = next((value for key, value in headers if key == "content-type"), b"")
    kind, params = parameters(raw)
    kind = "".join(kind.split())
    if re.fullmatch(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,100}", kind):
        return kind, params
    return ("text/html" if kind in ("html", "text/html;") else default), params


def parameters(raw: bytes) -> tuple[str, dict[str, str]]:
    """A header like `text/plain; charset="utf-8"` → its value in lower case and its parameters
    (RFC 2045; continued ones of RFC 2231 put together, not yet decoded)."""
    text = raw[:MAX_HEADER_BYTES].decode("utf-8", "surrogateescape").replace("\r", " ").replace("\n", " ")
    found: dict[str, str] = {}
    for match in _PARAMETER.finditer(text):
        name, value = match[1].lower(), match[2].strip()
        if value.startswith('"'):
            value = re.sub(r"\\(.)", r"\1", value[1:].removesuffix('"'))
        name, star, _ = name.partition("*")
        found[name] = found.get(name, "") + value if star else found.get(name, value)
    return text.partition(";")[0].strip().lower(), found


def released(part: Part) -> bytes:
    """The content of a part, freed of its transfer encoding as far as it has one; broken forms included."""
    content = part.source[part.start : min(part.end, part.start + MAX_RELEASED)]
    encoding = part.header("content-transfer-encoding").strip().lower()
    if encoding.startswith(b"quoted"):
        return _from_quoted_printable(content)
    if encoding.startswith((b"base64", b"b64")):
        return _from_base64(content)
    return content


def _from_quoted_printable(content: bytes) -> bytes:
    return binascii.a2b_qp(re.sub(rb"=[ \t]{1,80}(?=\r?\n)", b"=", content))


def _from_base64(content: bytes) -> bytes:
    """Decodes each padded stretch by itself; a line in plain text (a footer that a list added) stays."""
    whole = content.translate(None, b"\r\n\t ")
    if _WHOLE_BASE64.fullmatch(whole):
        return _decode_run([whole])
    out: list[bytes] = []
    run: list[bytes] = []
    for line in content[:MAX_BROKEN].splitlines():
        line = line.strip()
        if _NOT_BASE64.search(line):
            out += [_decode_run(run), b"\n" + line + b"\n"]
            run = []
            continue
        for stretch in _BASE64_STRETCH.findall(line):
            run.append(stretch)
            if stretch.endswith(b"="):
                out.append(_decode_run(run))
                run = []
    out.append(_decode_run(run))
    return b"".join(out)


def _decode_run(run: list[bytes]) -> bytes:
    joined = b"".join(run).rstrip(b"=")
    joined = joined[: len(joined) - 1] if len(joined) % 4 == 1 else joined
    try:
        return base64.b64decode(joined + b"=" * (-len(joined) % 4))
    except (ValueError, binascii.Error):
        return b""
