"""A giant mail without its weight: its headers, its texts, and of everything else only what it is called.

Rules: what is fetched of one mail is bounded, whatever its author put into it. Out of the pieces a mail is
put together that reads like the original, with empty attachments. Where a text is so long that we do not read
it to its end, the mail is `cut`, and a person should look.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mailflow.inbox.structure import Part

HEADER = 2**17  # bytes of headers
TEXT = 2**18  # bytes of the first text
FURTHER = 2**16  # bytes of each further text
MIME = 2**12  # bytes of what a part says about itself
MOST_TEXTS, MOST_PARTS = 12, 60

_BOUNDARY = re.compile(rb'(?im)^content-type:[^\n]*(?:\n[ \t][^\n]*)*?\bboundary="?([^"\s;]+)')
_OWN_BOUNDARY = b"=_mailflow_put_together"


@dataclass(frozen=True, slots=True)
class Order:
    """Which sections to ask the server for."""

    parts: tuple[Part, ...]
    texts: Mapping[str, int]  # section → bytes of it
    cut: bool

    @property
    def sections(self) -> str:
        """As FETCH wants them."""
        items = [f"BODY.PEEK[HEADER]<0.{HEADER}>"]
        items += [f"BODY.PEEK[{part.path}.MIME]<0.{MIME}>" for part in self.parts]
        items += [f"BODY.PEEK[{section}]<0.{size}>" for section, size in self.texts.items()]
        return " ".join(items)


def choose(parts: Sequence[Part]) -> Order:
    """What to fetch of a mail with these parts."""
    texts: dict[str, int] = {}
    cut = False
    for part in parts[:MOST_PARTS]:
        section = section_of(part)
        if section and len(texts) < MOST_TEXTS:
            limit = FURTHER if texts else TEXT
            cut = cut or (part.readable and part.size > limit)
            texts[section] = limit
    return Order(tuple(parts[:MOST_PARTS]), texts, cut)


def section_of(part: Part) -> str:
    """What to read of a part: its text, of a mail inside the mail its headers, of all else nothing."""
    if part.readable:
        return part.path
    return f"{part.path}.HEADER" if part.kind == "message/rfc822" else ""


def put_together(order: Order, fetched: Mapping[str, bytes]) -> bytes:
    """The mail out of its sections."""
    header = fetched.get("HEADER", b"").rstrip(b"\r\n") + b"\r\n"
    found = _BOUNDARY.search(header)
    if found:
        boundary = found[1]
    else:  # lost with the end of a header that is too long, or written in a way that we do not read
        boundary = _OWN_BOUNDARY
        header += b'Content-Type: multipart/mixed; boundary="' + boundary + b'"\r\n'
    pieces = [header]
    for part in order.parts:
        about = fetched.get(f"{part.path}.MIME", b"").rstrip(b"\r\n")
        content = fetched.get(section_of(part), b"")
        pieces.append(b"--" + boundary + b"\r\n" + about + b"\r\n\r\n" + content)
    return b"\r\n".join([*pieces, b"--" + boundary + b"--\r\n"])
