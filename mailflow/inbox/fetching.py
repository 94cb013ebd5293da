"""Fetching mails in sets, and of a giant mail only what is to be read.

One answer to `UID FETCH 5,7 (UID INTERNALDATE BODY.PEEK[])` comes out of imaplib as
    (b'1 (UID 5 INTERNALDATE "01-Mar-2021 10:00:00 +0100" BODY[] {312}', b'From: …'), b')'
mixed with what the server tells unasked (b'2 (FLAGS (\\Seen))'). Rules: what belongs to a mail is known by
its own UID, never by its place in the answer; a mail that is gone is left out; where the server fails on a
set, the mails are asked for one by one, so that one broken mail keeps back only itself.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mailflow.inbox.giants import choose, put_together
from mailflow.inbox.structure import read_structure
from mailflow.model import Mail

WHOLE = 2**20  # bytes: mails up to this size are fetched whole
LARGE = 10 * 2**20  # bytes: a mail above this goes before a person
BEGINNING = 2**18  # bytes fetched of a giant that has no parts
BATCH_BYTES = 24 * 2**20  # in memory at one time

_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
_ARRIVED = re.compile(rb'\bINTERNALDATE "([^"]+)"')
_SECTION = re.compile(rb"BODY\[([^\]]*)\](?:<\d+>)? \{\d+\}$")
_SHORT = re.compile(rb'BODY\[([^\]]*)\](?:<\d+>)? (?:"((?:[^"\\]|\\.)*)"|NIL)')  # instead of a literal


@dataclass(frozen=True, slots=True)
class Told:
    """One FETCH answer: its line, and the sections of the mail that came with it."""

    line: bytes
    sections: Mapping[str, bytes]

    @property
    def uid(self) -> str:
        """ "" where the server told something unasked."""
        found = _UID.search(self.line)
        return found[1].decode() if found else ""

    @property
    def arrived(self) -> datetime:
        """INTERNALDATE, as "01-Mar-2021 10:00:00 +0100". A server that gives none gets the present."""
        found = _ARRIVED.search(self.line)
        try:
            return datetime.strptime(
                found[1].decode("ascii").strip() if found else "", "%d-%b-%Y %H:%M:%S %z"
            )
        except ValueError:
            return datetime.now(UTC)


def uid_set(uids: Sequence[str]) -> str:
    """UIDs as IMAP writes a set: 1,2,3,7 → "1:3,7"."""
    numbers = sorted(int(uid) for uid in uids)
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(str(first) if first == last else f"{first}:{last}" for first, last in runs)


def fetch_mails(client: Any, uids: Sequence[str]) -> list[Mail]:
    """The mails with these UIDs, in this order; fewer where they would not fit into memory together.

    Raises what imaplib raises.
    """
    sizes = {
        told.uid: int(size[1])
        for told in _ask(client, uids, "RFC822.SIZE")
        if (size := _SIZE.search(told.line))
    }
    chosen = _as_fit(uids, sizes)
    small = [uid for uid in chosen if sizes[uid] <= WHOLE]
    mails = {
        told.uid: Mail(told.uid, told.arrived, told.sections[""])
        for told in _ask(client, small, "INTERNALDATE BODY.PEEK[]")
        if "" in told.sections
    }
    for uid in chosen:
        if sizes[uid] > WHOLE and (giant := _fetch_giant(client, uid, sizes[uid])):
            mails[uid] = giant
    return [mails[uid] for uid in chosen if uid in mails]


def _fetch_giant(client: Any, uid: str, size: int) -> Mail | None:
    """The headers and texts of one mail; None where it is gone."""
    structure = [read_structure(told.line) for told in _ask(client, [uid], "BODYSTRUCTURE")]
    order = choose(structure[0] if structure else ())
    if not order.parts:
        for told in _ask(client, [uid], f"INTERNALDATE BODY.PEEK[]<0.{BEGINNING}>"):
            return Mail(uid, told.arrived, told.sections.get("", b""), whole=size)
        return None
    for told in _ask(client, [uid], f"INTERNALDATE {order.sections}"):
        whole = size if order.cut or size > LARGE else 0
        return Mail(uid, told.arrived, put_together(order, told.sections), whole)
    return None


def _as_fit(uids: Sequence[str], sizes: Mapping[str, int]) -> list[str]:
    chosen: list[str] = []
    held = 0
    for uid in uids:
        if uid in sizes:
            held += min(sizes[uid], WHOLE)
            if chosen and held > BATCH_BYTES:
                break
            chosen.append(uid)
    return chosen


def _ask(client: Any, uids: Sequence[str], items: str) -> Iterator[Told]:
    """The answers about these mails, in any order."""
    if not uids:
        return
    status, data = client.uid("FETCH", uid_set(uids), f"(UID {items})")
    if status == "OK":
        wanted = set(uids)
        yield from (told for told in _paired(data) if told.uid in wanted)
    elif len(uids) > 1:
        for uid in uids:
            yield from _ask(client, [uid], items)


def _paired(data: Sequence[Any]) -> Iterator[Told]:
    """imaplib's pieces put together: a literal's tuple is followed by the rest of its line."""
    line, sections = b"", dict[str, bytes]()
    for piece in data:
        if isinstance(piece, tuple):
            if section := _SECTION.search(piece[0]):
                sections[section[1].decode("ascii", "replace").upper()] = piece[1]
                line += piece[0] + b" "
            else:  # a literal in the place of a quoted word
                word = piece[1].replace(b"\\", b"\\\\").replace(b'"', b'\\"')
                line += piece[0].rpartition(b"{")[0] + b'"' + word + b'"'
        elif isinstance(piece, bytes):
            line += piece
            for name, text in _SHORT.findall(line):
                sections.setdefault(name.decode("ascii", "replace").upper(), text)
            yield Told(line, sections)
            line, sections = b"", {}
