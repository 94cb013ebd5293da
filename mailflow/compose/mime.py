"""A mail as bytes: headers and parts, ASCII only, lines of at most 76 characters (RFC 5322, 2045, 2047).

Written by hand because the shape is always the same and the standard library takes ten times as long for it;
the tests read everything back with the standard library. Rules: every header value is cleaned of line breaks
and control characters before it is written; boundaries come from the Message-ID, so that the same answer
always has the same bytes.
"""

import hashlib
import re
from base64 import b64encode
from binascii import b2a_qp
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mailflow.errors import Refused
from mailflow.model import Address

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}){0,32}")
_DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})){0,20}")
_WORD_BYTES = 39  # of UTF-8 in one encoded word: 52 letters of base64 and 12 around them
_HEADER_LINE = 76


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of text; `kind` is its Content-Type with parameters."""

    name: str  # ASCII
    kind: str
    text: str


def write_mail(
    headers: Mapping[str, str], text: str, html: str, attachments: Sequence[Attachment] = ()
) -> bytes:
    """The whole mail. `headers` are ready to be written (see `header_text`, `address_text`)."""
    seed = hashlib.sha256(headers["Message-ID"].encode()).hexdigest()[:24]
    alternative = _multipart(
        "alternative",
        f"=_a_{seed}",
        [_part("text/plain; charset=utf-8", text), _part("text/html; charset=utf-8", html)],
    )
    files = [_part(each.kind, each.text, each.name) for each in attachments]
    body = _multipart("mixed", f"=_m_{seed}", [alternative, *files]) if files else alternative
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"{lines}MIME-Version: 1.0\r\n{body}".encode("ascii")


def header_text(value: str) -> str:
    """A header's value as it is written: cleaned, and as encoded words where it is not plain ASCII."""
    clean = _CONTROL.sub(" ", value).strip()
    if clean.isascii() and "=?" not in clean:
        return _folded(clean.split())
    return _folded(_encoded_words(clean))


def address_text(address: Address) -> str:
    """A mailbox as it is written in From or To. Raises Refused where no mail can go to the address."""
    addr = plain_address(address.addr)
    name = _CONTROL.sub(" ", address.name).strip()
    if not name:
        return addr
    if _ATOMS.fullmatch(name) and "=?" not in name:
        return _folded([*name.split(), f"<{addr}>"])
    if name.isascii() and "=?" not in name and len(name) <= _HEADER_LINE - len('From: ""'):
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}"\r\n <{addr}>'
    return _folded([*_encoded_words(name), f"<{addr}>"])


def plain_address(addr: str) -> str:
    """One address in ASCII, its domain as DNS has it. Raises Refused for anything but `local@domain`."""
    local, _, domain = addr.strip().rpartition("@")
    try:
        domain = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError:
        domain = ""
    if not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain) or len(local) + len(domain) > 253:
        raise Refused(f"An „{addr[:80]}“ kann keine Mail gehen: Das ist keine Adresse der Form name@ort.")
    return f"{local}@{domain}"


def identifiers(values: Sequence[str], most: int = 20) -> str:
    """Message-IDs for References: the first and the last ones, a line each; odd ones are left out."""
    good = [value for value in values if value.isascii() and re.fullmatch(r"<[!-;=?-~]{1,250}>", value)]
    return "\r\n ".join(good if len(good) <= most else [good[0], *good[1 - most :]])


def _encoded_words(value: str) -> list[str]:
    """RFC 2047: base64 of UTF-8, cut between letters."""
    words, chunk = [], b""
    for letter in value:
        coded = letter.encode("utf-8", "replace")
        if len(chunk) + len(coded) > _WORD_BYTES:
            words.append(chunk)
            chunk = b""
        chunk += coded
    return [f"=?utf-8?b?{b64encode(word).decode('ascii')}?=" for word in (*words, chunk)]


def _folded(words: Sequence[str]) -> str:
    """Words on as many lines as they need; the first line has the header's name before it."""
    lines: list[str] = []
    line = 24  # room for the longest name that we use
    for word in words:
        if lines and line + 1 + len(word) <= _HEADER_LINE:
            lines[-1] += f" {word}"
            line += 1 + len(word)
        else:
            lines.append(word)
            line = len(word) + (1 if len(lines) > 1 else 24)
    return "\r\n ".join(lines)


def _multipart(kind: str, boundary: str, parts: Sequence[str]) -> str:
    inside = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts)
    return f'Content-Type: multipart/{kind};\r\n boundary="{boundary}"\r\n\r\n{inside}--{boundary}--\r\n'


def _part(kind: str, text: str, name: str = "") -> str:
    """One part: readable in transfer where most letters are Latin, in base64 otherwise, as are files."""
    content = text.replace("\r\n", "\n").replace("\n", "\r\n").encode("utf-8", "replace")
    coded = b2a_qp(content, istext=True)
    readable = not name and len(coded) <= len(content) * 4 // 3 + 64
    head = f"Content-Type: {kind}\r\n"
    if name:
        head += f'Content-Disposition: attachment; filename="{name}"\r\n'
    if readable:
        # its own line breaks are like the content's first one, which may be none
        body = coded.decode("ascii").replace("\r\n", "\n").replace("\n", "\r\n")
        return f"{head}Content-Transfer-Encoding: quoted-printable\r\n\r\n{body}"
    letters = b64encode(content).decode("ascii")
    lines = "\r\n".join(letters[at : at + 76] for at in range(0, len(letters), 76))
    return f"{head}Content-Transfer-Encoding: base64\r\n\r\n{lines}"
