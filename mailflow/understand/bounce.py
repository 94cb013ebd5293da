"""A report of undelivered mail: which of our answers, to whom, why, and whether that is the end of it.

The fields of a message/delivery-status part (RFC 3464) come first; where there are none, flufl.bounce knows
the prose of some thirty mail systems, and the returned headers say to whom the mail went. The reason is told
in the words of RFC 3463's status codes, in German, for the organiser.
"""

import logging
import re
from collections.abc import Iterator
from email.message import EmailMessage

from mailflow.marks import our_answers
from mailflow.model import Bounce, Letter

_BLOCK = re.compile(r"\n[ \t]*\n")
_FIELD = re.compile(r"^([A-Za-z][A-Za-z-]{1,40})[ \t]*:[ \t]*(.*(?:\n[ \t]+\S.*)*)", re.MULTILINE)
_ADDRESS = re.compile(r"[^\s<>()\[\]:;,\"'@]{1,200}@[^\s<>()\[\]:;,\"'@]{1,250}[A-Za-z0-9]")
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?!\.?\d)")
_REPLY = re.compile(r"(?<![\d.])([45])\d\d(?=[ -]\S)")
_RETURNED_TO = re.compile(r"^(?:to|x-original-to|delivered-to):[ \t]*(.*)", re.IGNORECASE | re.MULTILINE)
_LATE = re.compile(
    r"\b(?:delayed|delay|warning|will be retried|still being retried|verzögert)\b", re.IGNORECASE
)
_LONGEST = 30_000  # characters of prose that are looked at
_LONGEST_LINE = 500

OTHERWISE = "Die Mail konnte nicht zugestellt werden."
REASONS = {  # RFC 3463: subject and detail of the status code
    "1.2": "Den Mailserver hinter der Adresse gibt es nicht.",
    "1": "Die Adresse gibt es nicht (mehr).",
    "2.1": "Das Postfach ist gesperrt oder stillgelegt.",
    "2.2": "Das Postfach ist voll.",
    "2.3": "Die Mail ist für das Postfach zu groß.",
    "2": "Das Postfach nimmt keine Mail an.",
    "3.4": "Die Mail ist für den Mailserver zu groß.",
    "3": "Der Mailserver des Empfängers hatte eine Störung.",
    "4": "Der Mailserver des Empfängers war nicht zu erreichen.",
    "5": "Die Mailserver haben einander nicht verstanden.",
    "6": "Der Mailserver konnte den Inhalt der Mail nicht verarbeiten.",
    "7": "Der Mailserver des Empfängers hat die Mail abgewiesen (Schutz vor Werbung oder andere Regel).",
}
_DIAGNOSES = tuple(  # what mail servers say where they give no code that tells
    (code, re.compile("|".join(patterns), re.IGNORECASE))
    for code, patterns in {
        "3.4": ("too large", "too big", "size limit", "exceeds.{0,40}size"),
        "2.2": ("quota", "mailbox (?:is )?full", "storage space", "insufficient space", "postfach.*voll"),
        "2.1": ("disabled", "inactive", "suspended", "deactivated", "not active", "stillgelegt", "gesperrt"),
        "1.2": ("host unknown", "(?:host|domain) not found", "no such domain", "unrouteable", "dns error"),
        "1": (
            "user unknown", "addressee unknown", "unknown (?:user|recipient|address|local part|mailbox)",
            "invalid (?:user|recipient|address|mailbox)", "no such (?:user|recipient|person|mailbox)",
            "no mailbox", "not found", "mailbox unavailable", "does(?: not|n't) exist", "not listed",
            "unbekannt", "existiert nicht", "nicht gefunden",
        ),
        "7": ("spam", "block", "policy", "rejected", "denied", "refused", "dmarc"),
        "4": ("timed? ?out", "connection", "unreachable", "could not connect", "too long", "expired"),
    }.items()
)  # fmt: skip


def read_bounce(letter: Letter, secret: bytes) -> Bounce | None:
    """What a report of undelivered mail says; None where it reports a delivery, or says nothing."""
    everything = "\n".join((letter.returned, letter.text[:_LONGEST], letter.delivery_status))
    ours = (*our_answers(everything, secret), *our_answers(" ".join(letter.references), secret))
    message_id = next(iter(ours), "")
    blocks = [_fields(block) for block in _BLOCK.split(letter.delivery_status.replace("\r\n", "\n"))]
    told = [block for block in blocks if "final-recipient" in block or "original-recipient" in block]
    for fields in told:
        if not fields.get("action", "failed").startswith(("delivered", "relayed", "expanded")):
            return _reported(fields, letter, message_id)
    if told:
        return None
    return _from_prose(letter, message_id)


def _fields(block: str) -> dict[str, str]:
    """The fields of one block of a delivery status, names in lower case, lines unfolded."""
    return {name.lower(): " ".join(value.split()) for name, value in _FIELD.findall(block)}


def _reported(fields: dict[str, str], letter: Letter, message_id: str) -> Bounce:
    named = (_ADDRESS.search(fields.get(name, "")) for name in ("original-recipient", "final-recipient"))
    recipient = next((found[0] for found in named if found), "") or _returned_to(letter)
    action = fields.get("action", "").lower()
    diagnosis = f"{fields.get('diagnostic-code', '')} {letter.text[:_LONGEST]}"
    status = _STATUS.search(fields.get("status", ""))
    late = action.startswith("delayed") or (not action and status is not None and status[1] == "4")
    return Bounce(recipient, _reason(status, diagnosis), message_id, permanent=not late)


def _from_prose(letter: Letter, message_id: str) -> Bounce | None:
    """A report without a delivery status: what its text, its headers and the returned mail give away."""
    text = letter.text[:_LONGEST]
    recipient = next(_named_in_prose(letter), "") or _returned_to(letter)
    status = _STATUS.search(text)
    if not (recipient or message_id):
        return None
    late = bool(_LATE.search(letter.subject)) or (
        status is not None and status[1] == "4" and not _given_up(text)
    )
    return Bounce(recipient, _reason(status, text), message_id, permanent=not late)


def _named_in_prose(letter: Letter) -> Iterator[str]:
    for value in letter.all("x-failed-recipients"):
        yield from _ADDRESS.findall(value)[:1]
    yield from (address for address in _known_to_flufl(letter) if _ADDRESS.fullmatch(address))
    ends = re.search(
        r"original message|copy of (?:the|your) message|ursprüngliche nachricht|-----", letter.text, re.I
    )
    own = {each.key for each in (*letter.senders, *letter.recipients)}
    for found in _ADDRESS.findall(letter.text[: ends.start() if ends and ends.start() > 200 else 4_000]):
        if found.casefold() not in own and not found.casefold().startswith(("postmaster@", "mailer-daemon@")):
            yield found


def _known_to_flufl(letter: Letter) -> list[str]:
    """The recipients that flufl.bounce finds in the sender and the text of a report."""
    from flufl.bounce import all_failures

    logging.getLogger("flufl.bounce").disabled = True  # it would print tracebacks with pieces of the mail
    message = EmailMessage()
    sender = letter.senders[0].addr if letter.senders else ""
    message["From"] = sender if _ADDRESS.fullmatch(sender) and sender.isascii() else "unknown@unknown.invalid"
    lines = (
        line[:_LONGEST_LINE] for line in letter.text[:_LONGEST].splitlines()
    )  # its patterns are not linear
    message.set_content("\n".join(lines).encode("ascii", "replace").decode("ascii"))
    try:
        late, failed = all_failures(message)
    except Exception:  # its detectors raise whatever an unforeseen text makes them raise
        return []
    return sorted(address.decode("ascii", "replace") for address in (*failed, *late))


def _returned_to(letter: Letter) -> str:
    """To whom the returned mail went."""
    line = _RETURNED_TO.search(letter.returned)
    found = _ADDRESS.search(line[1]) if line else None
    return found[0] if found else ""


def _reason(status: re.Match[str] | None, diagnosis: str) -> str:
    """The reason in plain words: by the code where it tells something, else by what the server wrote."""
    if status is not None and status[2] != "0":
        return REASONS.get(f"{status[2]}.{status[3]}") or REASONS.get(status[2], OTHERWISE)
    better = _STATUS.search(diagnosis)
    if better is not None and better[1] in "45" and better[2] != "0":
        return REASONS.get(f"{better[2]}.{better[3]}") or REASONS.get(better[2], OTHERWISE)
    code = next((code for code, pattern in _DIAGNOSES if pattern.search(diagnosis)), "")
    return REASONS.get(code, OTHERWISE)


def _given_up(text: str) -> bool:
    """Does a report with a code for a passing fault say that the server will not try again?"""
    return (
        re.search(r"permanent|giving up|gave up|expired|too long|returned to sender", text, re.IGNORECASE)
        is not None
    )
