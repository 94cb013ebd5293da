"""What makes a person look before anything is answered, though no machine says that it is one.

Forged senders, spam as the provider sees it, addresses that nobody reads, no safe place to answer to, hidden
copies. Each has known false alarms: that is why a person decides.
"""

import re
from collections.abc import Iterator

from mailflow.model import Automatic, Letter, Office
from mailflow.understand.origin.authentication import failed_domain
from mailflow.understand.origin.mailboxes import is_own, is_unattended

SPAM = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        ("x-spam-flag", r"\s*yes\b"),
        ("x-spam-status", r"\s*yes\b"),
        ("x-spam", r"\s*(?:yes|true)\b"),
        ("x-gmx-antispam", r"\s*[1-9]\b"),
        ("x-ui-filterresults", r"\s*junk\b"),
        ("x-rspamd-action", r"\s*(?:reject|rewrite subject|add header)\b"),
        ("x-forefront-antispam-report", r".{0,400}\bSFV:(?:SPM|SKB)\b"),
        ("x-ms-exchange-organization-scl", r"\s*[5-9]\b"),
    )
)


def find_doubt(letter: Letter, office: Office, *, by_form: bool) -> Automatic | None:
    """The first sign for which a person should look before anything is answered; None where there is none."""
    because = next(_doubts(letter, office, by_form), "")
    return Automatic("list", because, hard=False) if because else None


def _doubts(letter: Letter, office: Office, by_form: bool) -> Iterator[str]:
    if domain := failed_domain(letter, office.authserv_id):
        yield f"Der Absender kann gefälscht sein: Die Prüfung der Domain {domain} (DMARC) schlug fehl"
    if spam := next(_spam(letter), ""):
        yield f"Der Mailanbieter hält die Mail für unerwünschte Werbung ({spam})"
    if not letter.senders:
        yield "Kein lesbarer Absender"
    if len(letter.senders) > 1:
        yield "Mehrere Absender: " + ", ".join(each.addr for each in letter.senders[:3])
    if not by_form:
        yield from (
            f"Absender {each.addr} liest keine Antworten" for each in letter.senders if is_unattended(each)
        )
        if _points_elsewhere(letter, office):
            yield f"Antworten sollen an eine dritte Stelle gehen: {letter.reply_to[0].addr}"
    if _is_hidden_copy(letter, office):
        yield "Wir stehen weder unter An noch unter Kopie"


def _spam(letter: Letter) -> Iterator[str]:
    for name, pattern in SPAM:
        for value in letter.all(name):
            if pattern.match(value):
                yield f"{name}: {' '.join(value[:60].split())}"


def _points_elsewhere(letter: Letter, office: Office) -> bool:
    """Envelope sender, From and Reply-To are at three places: forged, or sent in bulk."""
    path = _domain((letter.header("return-path") or "").strip().strip("<>"))
    if (
        not path
        or len(letter.senders) != 1
        or len(letter.reply_to) != 1
        or is_own(letter.reply_to[0], office)
    ):
        return False
    if letter.senders[0].key.rpartition("@")[2] in (letter.header("return-path") or "").casefold():
        return False  # the envelope names the writer, as forwarding servers do (SRS)
    places = [path, _domain(letter.senders[0].key), _domain(letter.reply_to[0].key)]
    return len({".".join(place.split(".")[-2:]) for place in places}) == 3


def _is_hidden_copy(letter: Letter, office: Office) -> bool:
    """Sent to nobody that is named; or delivered to us while only the sender is named: a notice to many.

    A mail to others may have come by an alias or a forwarding that we do not know of: that is no sign."""
    named = {each.key for each in letter.recipients}
    if not named:
        return letter.header("to") is not None and not _names_us(
            letter, office, "resent-to", "resent-cc", "bcc"
        )
    by_server = _names_us(letter, office, "delivered-to", "x-original-to", "envelope-to", "x-envelope-to")
    return by_server and named <= {each.key for each in letter.senders}


def _names_us(letter: Letter, office: Office, *headers: str) -> bool:
    said = " ".join(value for name in headers for value in letter.all(name)).casefold()
    return any(own in said for own in office.own_addresses)


def _domain(address: str) -> str:
    return address.rpartition("@")[2].casefold()
