"""Fetching mails in sets, and of a giant mail only its beginning.

One answer to `UID FETCH 5,7 (UID INTERNALDATE BODY.PEEK[])` comes out of imaplib as
    (b'1 (UID 5 INTERNALDATE "01-Mar-2021 10:00:00 +0100" BODY[] {312}', b'From: …'), b')'
mixed with what the server tells unasked (b'2 (FLAGS (\\Seen))'). Rules: what belongs to a mail is known by
its own UID, never by its place in the answer; a mail that is gone is left out; where the server fails on a
set, the mails are asked for one by one, so that one broken mail keeps back only itself.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from mailflow.model import Mail

WHOLE = 2**20  # bytes: mails up to this size are fetched whole
BEGINNING = 2**18  # bytes fetched of a larger one: its headers and, as mails are built, its text
BATCH_BYTES = 24 * 2**20  # in memory at one time

_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
_ARRIVED = re.compile(rb'\bINTERNALDATE "([^"]+)"')
_SHORT = re.compile(rb'BODY\[\](?:<0>)? (?:"((?:[^"\\]|\\.)*)"|NIL)')  # instead of a literal


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
    sizes = {uid: size for uid, size in _fetch_sizes(client, uids) if uid in set(uids)}
    chosen = _as_fit(uids, sizes)
    small = [uid for uid in chosen if sizes[uid] <= WHOLE]
    mails = {mail.uid: mail for mail in _fetch_set(client, small, "BODY.PEEK[]")}
    for uid in chosen:
        if sizes[uid] > WHOLE:
            for mail in _fetch_set(client, [uid], f"BODY.PEEK[]<0.{BEGINNING}>"):
                mails[uid] = Mail(uid, mail.arrived, mail.raw, whole=sizes[uid])
    return [mails[uid] for uid in chosen if uid in mails]


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


def _fetch_sizes(client: Any, uids: Sequence[str]) -> Iterator[tuple[str, int]]:
    for head, _ in _answers(client, uids, "(UID RFC822.SIZE)"):
        uid, size = _UID.search(head), _SIZE.search(head)
        if uid and size:
            yield uid[1].decode(), int(size[1])


def _fetch_set(client: Any, uids: Sequence[str], part: str) -> Iterator[Mail]:
    wanted = set(uids)
    for head, raw in _answers(client, uids, f"(UID INTERNALDATE {part})"):
        uid = _UID.search(head)
        if uid and raw is not None and uid[1].decode() in wanted:
            yield Mail(uid[1].decode(), _moment(head), raw)


def _answers(client: Any, uids: Sequence[str], parts: str) -> Iterator[tuple[bytes, bytes | None]]:
    """Each FETCH answer as what stands in its line and, if it has one, its text."""
    if not uids:
        return
    status, data = client.uid("FETCH", uid_set(uids), parts)
    if status == "OK":
        yield from _paired(data)
    elif len(uids) > 1:
        for uid in uids:
            yield from _answers(client, [uid], parts)


def _paired(data: Sequence[Any]) -> Iterator[tuple[bytes, bytes | None]]:
    """imaplib's pieces put together: the rest of a line that had a literal follows the literal's tuple."""
    line, text = b"", None
    for piece in data:
        if isinstance(piece, tuple):
            line += piece[0] + b" "
            text = piece[1] if b"BODY[]" in piece[0] else text
        elif isinstance(piece, bytes):
            short = None if text is not None else _SHORT.search(line + piece)
            yield line + piece, (short[1] or b"") if short else text
            line, text = b"", None


def _moment(line: bytes) -> datetime:
    """INTERNALDATE, as "01-Mar-2021 10:00:00 +0100". A server that gives none gets the present."""
    found = _ARRIVED.search(line)
    try:
        return datetime.strptime(found[1].decode("ascii").strip() if found else "", "%d-%b-%Y %H:%M:%S %z")
    except ValueError:
        return datetime.now(UTC)
