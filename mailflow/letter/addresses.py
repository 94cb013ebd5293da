"""From, To, Cc and Reply-To → the mailboxes in them, in all the forms that occur (RFC 5322 and others).

Rules: nothing raises; one pass over at most 10,000 characters; a name is decoded only after the value
has been taken apart, so that an encoded comma or bracket means nothing. Groups and comments are
understood, and a comma that somebody left unquoted: `Müller, Jörg <a@b>` is one person.
"""

import re
from collections.abc import Iterator

from mailflow.letter.charsets import decode_text
from mailflow.letter.headers import MAX_VALUE, decode_value, one_line
from mailflow.model import Address

MAX_MAILBOXES = 200
MAX_WORDS = 40  # of one name

_TOKEN = re.compile(
    r'"((?:[^"\\]|\\.){0,600})"'  # quoted string
    r"|<([^<>]{0,1000})>"  # address in brackets
    r"|(=\?[^?\s]{1,60}\?[bBqQ]\?[^?]{0,2000}\?=)"  # encoded word: its commas are none
    r"|([,;:()])"
    r'|([^",;:()<>\s=]+|[<>"=])'
)
_ADDRESS = re.compile(
    r"[^\s@<>,;:()\"\\]{1,128}@[^\s@<>,;:()\"\\\[\]]{1,255}|[^\s@<>,;:()\"\\]{1,128}@\[[\w.:]{1,60}\]"
)


def read_addresses(raw: bytes) -> tuple[Address, ...]:
    """Every mailbox of a header value, in order. One without an address is left out."""
    text = decode_text(raw[:MAX_VALUE]).replace("\r", " ").replace("\n", " ").replace("\x00", "")
    found = tuple(_mailboxes(text))
    if not found and "=?" in text:  # somebody encoded the whole value, address included
        found = tuple(_mailboxes(decode_value(raw)))
    return found[:MAX_MAILBOXES]


def _mailboxes(text: str) -> Iterator[Address]:
    name: list[str] = []
    comment: list[str] = []
    bracketed = ""
    depth = 0
    for quoted, angle, encoded, sign, word in _TOKEN.findall(text):
        if sign == "(":
            depth += 1
        elif sign == ")":
            depth = max(0, depth - 1)
        elif depth:
            comment.append(quoted or encoded or word or sign)
        elif sign == ":" and not bracketed:
            name = []  # a group's name; its mailboxes count
        elif sign:
            mailbox = _mailbox(name, bracketed, comment)
            if mailbox:
                yield mailbox
                name, comment, bracketed = [], [], ""
            elif name and sign == "," and len(name) < MAX_WORDS:
                name.append(",")  # `Müller, Jörg <a@b>`
            else:
                name, bracketed = [], ""
        elif angle and "@" in angle and not bracketed:
            bracketed = angle
        elif not angle:
            name.append(quoted or encoded or word)
            del name[:-MAX_WORDS]
    mailbox = _mailbox(name, bracketed, comment)
    if mailbox:
        yield mailbox


def _mailbox(name: list[str], bracketed: str, comment: list[str]) -> Address | None:
    """An address from the words before it, what stood in brackets and what was commented."""
    addr = _address(bracketed.rpartition(":")[2]) if bracketed else ""
    words = list(name)
    if not addr:
        place = next((i for i in range(len(words) - 1, -1, -1) if _address(words[i])), -1)
        if place < 0:
            return None
        addr = _address(words.pop(place))
    spoken = _spoken(words) or _spoken(comment)
    return Address("" if spoken.casefold() == addr.casefold() else spoken, addr)


def _address(text: str) -> str:
    text = re.sub(r"^\s*mailto:", "", text.replace(" ", ""), flags=re.IGNORECASE)
    found = _ADDRESS.fullmatch(text.strip("'<>.,"))
    return one_line(found[0]) if found else ""


def _spoken(words: list[str]) -> str:
    """The display name that the words of a phrase make."""
    if not words:
        return ""
    phrase = " ".join(words).replace(" ,", ",").strip(" ,'\"")
    decoded = decode_value(phrase.encode("utf-8", "surrogateescape"))
    spoken = re.sub(r"\s+", " ", re.sub(r"\\(.)", r"\1", decoded)).strip(" ,'\"<>")[:300]
    return spoken if any(map(str.isalnum, spoken)) else ""
