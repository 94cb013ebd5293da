"""Folder names as one server spells them.

Config says "Mailflow/Done". A server may separate with ".", keep everything below "INBOX.", or know no
levels at all. Rules: a folder that exists is used as it is; a missing one is made, its parents first where
the server wants that, and subscribed, so that mail programs show it.
"""

import re
from dataclasses import dataclass

from imap_tools.errors import ImapToolsError
from imap_tools.mailbox import BaseMailBox

from mailflow.errors import TryLater

# (("INBOX." ".")) NIL NIL: the first pair is where our own folders live (RFC 2342)
_PERSONAL = re.compile(rb'\(\("((?:[^"\\]|\\.)*)" (?:"((?:[^"\\]|\\.)*)"|NIL)')


@dataclass(frozen=True, slots=True)
class Spelling:
    """How this server writes folder names."""

    prefix: str  # "" or "INBOX."
    separator: str  # "" where there are no levels

    def spell(self, name: str) -> str:
        """The name in config ("/" between levels) as this server wants it."""
        if name.upper() == "INBOX":
            return "INBOX"
        spelled = name.replace("/", self.separator or "-")
        return spelled if spelled.upper().startswith(self.prefix.upper()) else self.prefix + spelled


def find_spelling(box: BaseMailBox, *, can_namespace: bool) -> Spelling:
    """Ask the server for its separator and the place of our folders."""
    if can_namespace:
        status, data = box.client.namespace()
        found = _PERSONAL.search(data[0] or b"") if status == "OK" and isinstance(data[0], bytes) else None
        if found:
            prefix, separator = (_unquote(part or b"") for part in found.groups())
            return Spelling(prefix, separator)
    roots = box.folder.list("", "")
    separator = roots[0].delim if roots else "/"
    return Spelling("", "" if separator == "NIL" else separator)


def make_folder(box: BaseMailBox, name: str, spelling: Spelling) -> str:
    """The server's name of a folder that now exists. Raises TryLater with the server's words if not."""
    wanted = spelling.spell(name)
    below_inbox = f"INBOX{spelling.separator}{wanted}"  # for servers that say so only by refusing
    for spelled in (wanted, below_inbox):
        if _exists(box, spelled):
            return spelled
    refusal = ""
    for spelled in (wanted, below_inbox) if not spelling.prefix else (wanted,):
        refusal = _create(box, spelled, spelling.separator) or ""
        if not refusal:
            return spelled
    raise TryLater(f"Der Ordner „{name}“ lässt sich im Postfach nicht anlegen: {refusal}")


def _exists(box: BaseMailBox, spelled: str) -> bool:
    found = box.folder.list("", spelled)
    return any("\\noselect" not in " ".join(each.flags).lower() for each in found)


def _create(box: BaseMailBox, spelled: str, separator: str) -> str | None:
    """Make it, or say why not."""
    levels = spelled.split(separator) if separator else [spelled]
    refusal = None
    for depth in [len(levels), *range(1, len(levels) + 1)]:  # at once, else level by level
        part = separator.join(levels[:depth])
        try:
            box.folder.create(part)
            box.folder.subscribe(part, True)
        except ImapToolsError as error:
            refusal = str(error)
        if _exists(box, spelled):
            return None
    return refusal or "es fehlt danach noch immer"


def _unquote(text: bytes) -> str:
    return re.sub(rb"\\(.)", rb"\1", text).decode("ascii", "replace")
