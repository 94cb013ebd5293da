"""What becomes of a report that an answer of ours did not arrive.

Rules: only a permanent fault counts, and only about somebody to whom we wrote: by our own mark in the mail
that came back, else by the address that the report names. Their registrations learn that they were not
reached and why, a person is told, with the telephone number if there is one, and what still waits for that
address is not sent. A later mail of that person clears it (see `case`). Pure.
"""

from dataclasses import replace
from datetime import datetime

from mailflow.model import Attention, Known, Letter, Plan, Reading, Registration


def with_undelivered(plan: Plan, letter: Letter, reading: Reading, known: Known, arrived: datetime) -> Plan:
    """The plan for a report, with what it says of an answer of ours."""
    bounce = reading.bounce
    if bounce is None or not bounce.permanent:
        return plan
    missed = _missed(bounce.message_id, bounce.recipient, known)
    address = (known.returned_from if bounce.message_id else "") or (missed[0].address if missed else "")
    if not address:
        return plan  # no answer of ours
    notice = Attention(
        id=f"{letter.digest[:20]}-b",
        address=address,
        subject=letter.subject[:200],
        reason=_told(bounce.reason, missed),
        when=arrived,
        mail=letter.digest,
    )
    return replace(
        plan,
        registrations=tuple(replace(each, unreached=bounce.reason) for each in missed),
        attention=(*plan.attention, notice),
        unreached=address,
    )


def _missed(message_id: str, recipient: str, known: Known) -> tuple[Registration, ...]:
    """The registrations in force that the report is about. Without our mark only the named address counts."""
    if message_id:
        return tuple(each for each in known.registrations if each.state == "registered")
    return tuple(
        each
        for each in known.registrations
        if each.state == "registered" and recipient and each.address.casefold() == recipient.casefold()
    )


def _told(reason: str, missed: tuple[Registration, ...]) -> str:
    phones = dict.fromkeys(each.phone for each in missed if each.phone)
    call = f" Telefon: {', '.join(phones)}" if phones else ""
    return f"Unsere Antwort kam nicht an: {reason}{call}"
