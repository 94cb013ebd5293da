"""What a letter names that the store can look up: the answers and addresses of a report of undelivered mail.

Rules: nothing is concluded here; whoever reads the report (`understand`) says what it means. What is looked
at is bounded.
"""

import re
from collections import Counter

from mailflow.model import Letter

LONGEST = 50_000  # characters of a report that are looked at
MOST_ADDRESSES = 20
ENOUGH_MAILS = 5  # signed by the same provider until its name counts as learned
MOST_OF_THEM = 0.8
_DAEMONS = ("mailer-daemon@", "mailer_daemon@", "mailerdaemon@", "postmaster@", "mdaemon@", "mail-daemon@")
_MESSAGE_ID = re.compile(
    r"^[> \t]{0,9}Message-ID:[ \t]*(?:\r?\n[ \t]+)?(<[^<>\s]{1,500}>)", re.IGNORECASE | re.MULTILINE
)
_ADDRESS = re.compile(r"[^\s<>()\[\]:;,\"'@]{1,200}@[^\s<>()\[\]:;,\"'@]{1,250}[A-Za-z0-9]")


def is_report(letter: Letter) -> bool:
    """Does it look like a report of undelivered mail?"""
    return bool(
        letter.delivery_status
        or letter.returned
        or letter.header("x-failed-recipients")
        or (letter.header("return-path") or "").strip() == "<>"
        or any(each.key.startswith(_DAEMONS) for each in letter.senders)
    )


def returned_ids(letter: Letter) -> tuple[str, ...]:
    """Message-IDs of what a report sends back, each once."""
    if not is_report(letter):
        return ()
    found = _MESSAGE_ID.findall(letter.returned[:LONGEST] + "\n" + letter.text[:LONGEST])
    return tuple(dict.fromkeys(found))


def failed_addresses(letter: Letter) -> tuple[str, ...]:
    """Addresses (casefolded) that a report names; none for other mails."""
    if not is_report(letter):
        return ()
    told = "\n".join((letter.header("x-failed-recipients") or "", letter.delivery_status, letter.text))
    found = (each.casefold() for each in _ADDRESS.findall(told[:LONGEST]))
    return tuple(dict.fromkeys(found))[:MOST_ADDRESSES]


def learned(judges: "Counter[str]") -> str:
    """The provider's name in Authentication-Results: the one that stands on most mails; "" while unsure."""
    named = judges.most_common(1)
    if not named or named[0][1] < ENOUGH_MAILS or named[0][1] < MOST_OF_THEM * judges.total():
        return ""
    return named[0][0]
