"""The bytes of a mail → a Letter. Never raises, whatever the bytes are.

Rules: what can be read is read, what was left out stands in the Letter's defects; time and memory are
bounded by the size of the mail and by the limits named in `parts`, `head`, `headers`, `body` and `html_text`;
nothing is fetched, and no attachment is decoded but mails that were returned to us.

addresses.py      From, To, Cc and Reply-To → the mailboxes in them
body.py           parts → the body as passages of text
charsets.py       bytes of text → text, whatever charset they claim
head.py           the head of a part: its header lines, raw, and where the body begins below them
headers.py        raw header values → text
html_text.py      HTML of a mail → passages of plain text, each with the mail program's own mark around it
parts.py          a mail's bytes → its parts
program_marks.py  the marks that mail programs leave in HTML around quoted mail and signatures
transfer.py       transfer encodings: quoted-printable and base64 → the bytes they stand for
unseen.py         what stands in HTML and nobody sees
"""

import hashlib
import re

from mailflow.letter.addresses import read_addresses
from mailflow.letter.body import is_attachment, part_text, read_body
from mailflow.letter.head import parameters
from mailflow.letter.headers import (
    decode_parameter,
    decode_value,
    read_date,
    read_message_id,
    read_message_ids,
)
from mailflow.letter.parts import Outline, Part, read_part
from mailflow.model import Address, Letter

MAX_RAW = 60_000_000  # bytes of a mail that are looked at
MAX_REPORT = 100_000  # characters kept of what a bounce brings with it


def read_letter(raw: bytes) -> Letter:
    """Reads a mail (RFC 5322 with MIME) or whatever the bytes are instead."""
    outline = Outline()
    if len(raw) > MAX_RAW:
        raw = raw[:MAX_RAW]
        outline.note("the mail is too big: its end was not read")
    part = read_part(raw, outline)
    parts = tuple(part.walk())
    senders = _addresses(part, "from")
    if not senders:
        outline.note("no readable sender")
    return Letter(
        digest=_digest(part, raw),
        message_id=read_message_id(part.header("message-id")),
        senders=senders,
        reply_to=_addresses(part, "reply-to"),
        recipients=_addresses(part, "to", "cc"),
        subject=decode_value(part.header("subject")),
        sent=read_date(part.header("date")),
        headers=tuple((name, decode_value(value)) for name, value in part.headers),
        body=read_body(part, outline),
        references=_references(part),
        content_types=tuple(each.kind for each in parts),
        attachments=tuple(filter(None, (_file_name(each) for each in parts))),
        delivery_status=_report(parts, "message/delivery-status", "message/global-delivery-status"),
        returned=_returned(parts),
        defects=tuple(outline.defects),
    )


def _addresses(part: Part, *names: str) -> tuple[Address, ...]:
    found = (read_addresses(value) for key, value in part.headers if key in names)
    return tuple(address for each in found for address in each)


def _references(part: Part) -> tuple[str, ...]:
    wanted = (*read_message_ids(part.header("in-reply-to")), *read_message_ids(part.header("references")))
    return tuple(dict.fromkeys(wanted))


def _digest(part: Part, raw: bytes) -> str:
    """The identity of a mail. With a Message-ID only what its writer sent counts, so that a mail which
    came over two paths (other Received lines, other line ends) is one mail."""
    if not part.header("message-id"):
        return hashlib.sha256(raw).hexdigest()
    seal = hashlib.sha256()
    for name in ("message-id", "from", "date", "subject"):
        seal.update(b" ".join(part.header(name).split()) + b"\n")
    position = part.start
    while position < part.end:  # a stretch at a time: big mails are not copied
        stop = part.source.find(b"\n", position + 1_000_000, part.end) + 1 or part.end
        stretch = part.source[position:stop].replace(b"\r\n", b"\n")
        seal.update(stretch.rstrip() if stop == part.end else stretch)
        position = stop
    return seal.hexdigest()


def _file_name(part: Part) -> str:
    """The name of an attachment, "unnamed" where it has none, "" for a part that is no attachment."""
    if part.children or part.kind.startswith("multipart/"):
        return ""
    _, disposition = parameters(part.header("content-disposition"))
    name = disposition.get("filename") or part.params.get("name", "")
    if name:
        return decode_parameter(name)[:300] or "unnamed"
    is_shown = part.kind.startswith(("text/", "message/"))
    return "unnamed" if is_attachment(part) or not is_shown else ""


def _report(parts: tuple[Part, ...], *kinds: str) -> str:
    return "\n".join(part_text(each) for each in parts if each.kind in kinds)[:MAX_REPORT]


def _returned(parts: tuple[Part, ...]) -> str:
    """What a bounce gives back of the mail that failed: its headers, decoded, and its text."""
    out = [_report(parts, "text/rfc822-headers", "message/rfc822-headers")]
    for part in parts:
        if part.kind in ("message/rfc822", "message/global") and part.children:
            inner = part.children[0]
            out += [f"{name}: {decode_value(value)}" for name, value in inner.headers]
            out.append("\n" + "\n".join(each.text for each in read_body(inner, Outline())))
            break
    return re.sub(r"\n{3,}", "\n\n", "\n".join(filter(None, out)))[:MAX_REPORT]
