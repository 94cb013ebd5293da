"""Parts → the body as passages of text: which parts are the body, and what their text is.

Rules: attachments and attached mails are no body; of two alternatives the plain text is read, unless the
HTML carries the mail program's own marks around history, or the plain text is empty or another text
altogether. Several inline texts are one body. At most MAX_TEXT characters are read.
"""

import re

from mailflow.letter.charsets import cleaned, decode_text
from mailflow.letter.html_text import read_markup
from mailflow.letter.parts import Outline, Part, released
from mailflow.model import Passage

MAX_TEXT = 200_000  # characters of a whole body

MAX_BYTES = 2_000_000  # of one text part, pictures written into its HTML not counted

_PICTURE = re.compile(rb"data:[a-z]+/[^\s\"'()<>;,]{1,60};base64,[A-Za-z0-9+/=\s%]{200,}")
_UUENCODED = re.compile(
    r"^begin [0-7]{3,4} [^\n]{1,200}\n(?:[\x20-\x60]{2,62}\n)+(?:[` ]?\n)?end$", re.MULTILINE
)
_META = re.compile(rb"""(?i)<meta[^>]{0,200}charset\s*=\s*["']?([a-z0-9_:.-]{2,40})""")
_LOST_QUOTED_PRINTABLE = re.compile(
    rb"=(?:C3=[89AB][0-9A-F]|E[4-9]|F[6C]|DF|[CDE][0-9A-F]=[89AB][0-9A-F])|=\r?\n"
)
_LOST_BASE64 = re.compile(rb"\s*(?:[A-Za-z0-9+/]{60,76}\r?\n){3,}[A-Za-z0-9+/]*={0,2}\s*")


def read_body(part: Part, outline: Outline) -> tuple[Passage, ...]:
    """The body of a mail. Where all texts are attachments, the first nameless one of them is the body."""
    passages = _read(part, take_attached=False) or _read(part, take_attached=True)
    return _limited(passages, outline)


def is_attachment(part: Part) -> bool:
    """Is the part to be saved rather than shown, or no text at all?"""
    disposition = part.header("content-disposition").strip().lower()
    return disposition.startswith(b"attachment") or (
        b"filename" in disposition and not part.kind.startswith(("text/plain", "text/html", "multipart/"))
    )


def _read(part: Part, *, take_attached: bool) -> tuple[Passage, ...]:
    if part.kind == "multipart/alternative" and part.children:
        return _choose(part, take_attached=take_attached)
    if part.kind.startswith("multipart/") and part.children:
        found = [_read(child, take_attached=take_attached) for child in part.children[:100]]
        if take_attached:
            found = [each for each in found if each][:1]
        return tuple(passage for each in found for passage in each)
    if part.kind.startswith("message/") or (is_attachment(part) and not take_attached):
        return ()
    if is_attachment(part) and b"name" in part.header("content-disposition").lower():
        return ()
    if part.kind in ("text/html", "application/xhtml+xml"):
        return read_markup(part_text(part))
    if part.kind in ("text/plain", "text/enriched", "text/x-markdown") or part.kind.startswith("multipart/"):
        return _plain(part)
    return ()


def _choose(part: Part, *, take_attached: bool) -> tuple[Passage, ...]:
    """Of alternatives: the plain text, or the HTML where that tells more."""
    plain: tuple[Passage, ...] = ()
    rich: tuple[Passage, ...] = ()
    for child in part.children[:20]:
        passages = _read(child, take_attached=take_attached)
        if child.kind == "text/plain":
            plain = plain or passages
        else:
            rich = rich or passages
    if not any(passage.text.strip() for passage in rich):
        return plain
    if any(passage.mark for passage in rich) or _tells_nothing(plain, rich):
        return rich
    return plain


def _tells_nothing(plain: tuple[Passage, ...], rich: tuple[Passage, ...]) -> bool:
    """Is the plain text empty, or a mere hint that one should look at the HTML?"""
    told = " ".join(passage.text[:5000] for passage in plain).lower()
    words = set(re.findall(r"\w{3,30}", told))
    shown = set(re.findall(r"\w{3,30}", " ".join(passage.text[:20_000] for passage in rich).lower()))
    return not told.strip() or 2 * len(words & shown) < len(words)


def part_text(part: Part) -> str:
    """The decoded text of one text part, whatever became of its charset and transfer encoding."""
    data = _PICTURE.sub(b"", released(part))[:MAX_BYTES]
    if not part.header("content-transfer-encoding"):
        data = _with_lost_encoding(data, part)
    charset = part.params.get("charset", "")
    if part.kind == "text/html" and not charset:
        meta = _META.search(data, 0, 4000)
        charset = meta[1].decode("ascii") if meta else ""
    return cleaned(decode_text(data, charset))


def _with_lost_encoding(data: bytes, part: Part) -> bytes:
    """A relay dropped the header that says how the text is encoded, or never wrote one."""
    if _LOST_BASE64.fullmatch(data[:100_000]):
        return released(_encoded(part, b"base64"))
    if len(_LOST_QUOTED_PRINTABLE.findall(data, 0, 20_000)) >= 2 and b"=C3=" in data[:20_000]:
        return released(_encoded(part, b"quoted-printable"))
    return data


def _encoded(part: Part, encoding: bytes) -> Part:
    headers = (*part.headers, ("content-transfer-encoding", encoding))
    return Part(part.source, part.start, part.end, headers, part.kind, part.params)


def _plain(part: Part) -> tuple[Passage, ...]:
    text = part_text(part)
    if re.match(r"\s*(?:<!doctype html|<html[\s>])", text[:200], re.IGNORECASE):
        return read_markup(text)  # HTML that is declared as plain text
    text = _UUENCODED.sub("", text)
    if part.params.get("format", "").lower() == "flowed":
        text = _unflowed(text, part.params.get("delsp", "").lower() == "yes")
    lines = [line if line == "-- " else line.rstrip() for line in text.split("\n")]
    return (Passage("\n".join(lines)),) if any(lines) else ()


def _unflowed(text: str, joined: bool) -> str:
    """Paragraphs of format=flowed in one line each (RFC 3676); `joined`: DelSp=yes."""
    out: list[str] = []
    open_depth = -1  # quote depth of the paragraph that is not yet closed
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")  # space-stuffing
        flows = content.endswith(" ") and content != "-- "
        if open_depth != depth or content == "-- ":
            out.append("\n" + ">" * depth + (" " if depth and content else ""))
        out.append(content[:-1] if flows and joined else content)
        open_depth = depth if flows else -1
    return "".join(out).removeprefix("\n")


def _limited(passages: tuple[Passage, ...], outline: Outline) -> tuple[Passage, ...]:
    out: list[Passage] = []
    left = MAX_TEXT
    for passage in passages:
        if left <= 0 or len(out) > 5000:
            break
        out.append(Passage(passage.text[:left], passage.mark))
        left -= len(passage.text)
    if left < 0:
        outline.note(f"the text is longer than {MAX_TEXT} characters: the rest was left out")
    return tuple(out)
