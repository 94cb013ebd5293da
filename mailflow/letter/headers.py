"""Raw header values → text. Never raises.

Encoded words (RFC 2047) are read in the wrong forms that occur: glued to text, in quotes, with blanks in
them, a letter's bytes split over two words, an unknown or wrong charset. A header is one line: whatever
line breaks it holds, encoded ones included, become spaces, so that nothing in a value can start a
header of its own.
"""

import base64
import binascii
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import unquote_to_bytes

from mailflow.letter.charsets import cleaned, decode_text

MAX_VALUE = 10_000  # bytes of one value that are read

_WORD = re.compile(rb"=\?([^?\s]{1,60})\?([bBqQ])\?([^?\r\n]{0,2000}(?:\?(?!=)[^?\r\n]{0,500}){0,5})\?=")
_MESSAGE_ID = re.compile(r"<([^<>\s]{1,500})>")


def decode_value(raw: bytes) -> str:
    """One header value as text: unfolded, decoded, without control characters."""
    raw = raw[:MAX_VALUE]
    if b"=?" in raw:
        return one_line(_decode_words(raw))
    return one_line(decode_text(raw))


def one_line(text: str) -> str:
    """Text fit for a header value: line breaks and tabs become spaces, control characters go."""
    if text.isascii() and text.isprintable():
        return text.strip()  # most are fit already
    return re.sub(r"[\n\t]+ *", " ", cleaned(text)).strip()


def _decode_words(raw: bytes) -> str:
    out: list[str] = []
    pending: list[bytes] = []  # decoded bytes of neighbouring words in one charset
    charset, position = b"", 0
    for word in _WORD.finditer(raw):
        between = raw[position : word.start()]
        label = word[1].partition(b"*")[0].lower()
        if pending and (between.strip() or label != charset):
            out.append(decode_text(b"".join(pending), charset.decode("ascii", "replace")))
            pending = []
        if between.strip() or position == 0:
            out.append(decode_text(between))
        pending.append(_from_word(word[2], word[3]))
        charset, position = label, word.end()
    if pending:
        out.append(decode_text(b"".join(pending), charset.decode("ascii", "replace")))
    out.append(decode_text(raw[position:]))
    return "".join(out)


def _from_word(encoding: bytes, text: bytes) -> bytes:
    if encoding in b"qQ":
        return binascii.a2b_qp(text.replace(b"_", b" ").replace(b"= ", b"=20"), header=True)
    stripped = re.sub(rb"[^A-Za-z0-9+/]", b"", text)
    stripped = stripped[:-1] if len(stripped) % 4 == 1 else stripped
    try:
        return base64.b64decode(stripped + b"=" * (-len(stripped) % 4))
    except (ValueError, binascii.Error):
        return text


def decode_parameter(value: str) -> str:
    """A parameter like a file name: RFC 2231 (`utf-8''M%C3%BC`), encoded words, or raw bytes."""
    raw = value.encode("utf-8", "surrogateescape")
    extended = re.match(rb"([A-Za-z0-9_-]{2,40})'[^']{0,20}'(.*)", raw, re.DOTALL)
    if extended:
        return one_line(decode_text(unquote_to_bytes(extended[2]), extended[1].decode()))
    return decode_value(raw)


def read_message_ids(raw: bytes) -> tuple[str, ...]:
    """Every `<…>` of a Message-ID, In-Reply-To or References value, each once, in order."""
    text = one_line(raw[:MAX_VALUE].decode("ascii", "ignore"))
    return tuple(dict.fromkeys(f"<{found}>" for found in _MESSAGE_ID.findall(text)))


def read_message_id(raw: bytes) -> str:
    """A mail's own Message-ID as `<…>`, also where the brackets are missing; "" where there is none."""
    found = read_message_ids(raw)
    if found:
        return found[0]
    bare = one_line(raw[:500].decode("ascii", "ignore")).strip("<> ")
    return f"<{bare}>" if bare and not re.search(r"[\s<>]", bare) else ""


def read_date(raw: bytes) -> datetime | None:
    """The moment of a Date header, aware; None where it is none or lies outside 1970 to 2200."""
    try:
        moment = parsedate_to_datetime(one_line(raw[:200].decode("ascii", "ignore")))
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment if 1970 <= moment.astimezone(UTC).year <= 2200 else None
    except (ValueError, TypeError, OverflowError, IndexError, AttributeError):
        return None
