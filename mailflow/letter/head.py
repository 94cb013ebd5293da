"""The head of a part: its header lines, raw, and where the body begins below them.

    Content-Type: multipart/mixed;      a header: a name, a colon, a value
      boundary="x"                      folded: it goes on with the line above
                                        a blank line: the body begins
Rules: nothing raises; a line that is none of these belongs to the header above it if a well-known header
follows, else the body begins with it. A header's number of lines and a head's length are limited.
"""

import re

Headers = tuple[tuple[str, bytes], ...]

MAX_HEADERS = 1000
MAX_HEADER_BYTES = 40_000  # of one header; the rest of it is left out
MAX_HEAD = 1_000_000  # bytes of all headers of one part; what follows up to the body is skipped

_HEADER = re.compile(rb"([!-9;-~]{1,100})[ \t]*:")
_WELL_KNOWN = re.compile(
    rb"(?i)(?:content-|mime-|x-|received|from|to|cc|bcc|subject|date|message-id|reply-to|return-path|"
    rb"references|in-reply-to|sender|delivered-|dkim-|arc-|authentication-|list-|precedence|auto-)[^:\s]{0,80}:"
)
_PARAMETER = re.compile(r';\s*([^\s=;"]{1,60})\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)')
_BLANK_LINE = re.compile(rb"\n\r?\n")


def read_head(source: bytes, start: int, end: int) -> tuple[Headers, int]:
    """The headers (names in lower case) and where the body begins."""
    found: list[tuple[str, list[bytes]]] = []
    position = start
    while position < end:
        if position - start > MAX_HEAD:
            position = _after_blank_line(source, position, end)
            break
        stop = source.find(b"\n", position, end) + 1 or end
        line = source[position : min(stop, position + MAX_HEADER_BYTES)].rstrip(b"\r\n")
        if not _take(line, found, source, stop, end):
            position = position if line.strip() else stop
            break
        position = stop
    return tuple((name, b"\n".join(lines).strip()) for name, lines in found), position


def _take(line: bytes, found: list[tuple[str, list[bytes]]], source: bytes, below: int, end: int) -> bool:
    """Adds a line to the headers. False: the head has ended. `below`: where the next line begins."""
    if not line:
        return False
    name = _HEADER.match(line)
    if line[:1] in b" \t" and found:
        _lengthen(found[-1][1], line)
    elif name and len(found) < MAX_HEADERS:
        found.append((name[1].decode("ascii").lower(), [line[name.end() :]]))
    elif found and (name or _WELL_KNOWN.match(source, below, min(below + 100, end))):
        _lengthen(found[-1][1], b" " + line)
    else:
        return not found and line.startswith((b"From ", b">From "))  # an mbox's line above the head
    return True


def _after_blank_line(source: bytes, position: int, end: int) -> int:
    found = _BLANK_LINE.search(source, position, end)
    return found.end() if found else end


def _lengthen(lines: list[bytes], line: bytes) -> None:
    if len(lines) < 500 and sum(map(len, lines[-3:])) < MAX_HEADER_BYTES:
        lines.append(line)


def content_type(headers: Headers, default: str) -> tuple[str, dict[str, str]]:
    """The kind of a part's content, `default` where none is told, and its parameters."""
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
