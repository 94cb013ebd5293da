"""How many answers may go out, and whether a mail seems to come from something that answers us by itself.

These hold even where a machine was taken for a person (RFC 5230, section 4.2; RFC 3834, section 2). Rules:

  - what goes out is counted when it is noted, before it is sent: by address, domain, hour, day (the store)
  - one kind of answer goes to one address some times a day; a receipt that says nothing new goes once
  - the last of an address's handful says that a person will look; after it there is silence for the day
  - the limit of a domain does not hold for the large free-mail providers, where strangers share a domain
  - whatever is held back is put before a person, and a limit that is reached is told to the organiser

Pure.
"""

import hashlib
import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from mailflow.model import Known, Letter, Office, Reading

LAST_WORD = "person"  # the template of the last answer
WITH_ACCESS = frozenset({"access", "practice", "changed", "again"})  # templates that hold the access data
RECEIPTS: Mapping[str, int] = {"question": 1, "unclear": 7, "over": 7}  # template → once in so many days
KIND_PER_DAY = 3  # of every other kind; all access data are one kind
SMALLEST_HANDFUL = 3  # below that no answer is given up for the last word
AT_ONCE = timedelta(seconds=10)  # no person reads our mail and answers it in that time
RECENT = timedelta(hours=1)
_CLOCKS = timedelta(seconds=2)  # by which the mail server's clock may be behind ours
_REACHED = "Grenze erreicht: "


@dataclass(frozen=True, slots=True)
class Held:
    """An answer that is held back."""

    limit: str  # its name in the configuration; "kind_per_day", or "receipt" for one that said all already
    told: str
    last_word: bool = False  # a last answer goes out, which says that a person will look


def held_back(
    template: str, address: str, known: Known, office: Office, free_mail: Collection[str], now: datetime
) -> Held | None:
    """Why an answer with this template may not go to this address now; None where it may."""
    return _flood(address, known, office, free_mail) or _too_many(template, known, office, now)


def _flood(address: str, known: Known, office: Office, free_mail: Collection[str]) -> Held | None:
    """The limits that hold for all together, and that of the address."""
    limits = office.limits
    domain = address.rpartition("@")[2].casefold()
    to_domain = 0 if domain in free_mail else known.answers_to_domain
    reached: tuple[tuple[int, int, str, str], ...] = (
        (known.answers_total_today, limits.total_per_day, "total_per_day", "Antworten am Tag"),
        (known.answers_last_hour, limits.total_per_hour, "total_per_hour", "Antworten in einer Stunde"),
        (to_domain, limits.domain_per_hour, "domain_per_hour", "Antworten an eine Domain in einer Stunde"),
        (known.answers_today, limits.address_per_day, "address_per_day", "Antworten an eine Adresse am Tag"),
    )
    return next((Held(limit, f"{most} {told}") for sent, most, limit, told in reached if sent >= most), None)


def _too_many(template: str, known: Known, office: Office, now: datetime) -> Held | None:
    zone = ZoneInfo(office.event.timezone)
    said = _sent(LAST_WORD, 1, known, now, zone) > 0  # today, that a person will look
    if days := RECEIPTS.get(template):
        if _sent(template, days, known, now, zone):
            return Held("receipt", "die Eingangsbestätigung ging schon hinaus")
    elif _sent(template, 1, known, now, zone) >= KIND_PER_DAY:
        told = f"{KIND_PER_DAY} Antworten derselben Art an eine Adresse am Tag"
        return Held("kind_per_day", told, last_word=not said)
    most = office.limits.address_per_day
    if not said and SMALLEST_HANDFUL <= most <= known.answers_today + 1:
        return Held("address_per_day", f"{most} Antworten an eine Adresse am Tag", last_word=True)
    return None


def _sent(template: str, days: int, known: Known, now: datetime, zone: ZoneInfo) -> int:
    """Answers of this kind in the last `days` days of the event's zone, today included.

    Those "from the future" count too: a clock that was set back must not open the gates.
    """
    alike = WITH_ACCESS if template in WITH_ACCESS else {template}
    today = now.astimezone(zone).date()
    return sum(
        each.template in alike and (today - each.when.astimezone(zone).date()).days < days
        for each in known.earlier
    )


def words_of(held: Held) -> str:
    """What a person is told of an answer that was held back."""
    if held.limit == "receipt":
        return f"nicht beantwortet, {held.told}"
    last = "; als letzte Antwort ging hinaus, dass ein Mensch sich kümmert" if held.last_word else ""
    return f"nicht beantwortet, {_REACHED}{held.told}{last}"


def likeness(letter: Letter, reading: Reading, secret: bytes) -> tuple[str, ...]:
    """What a repetition of this mail would have in common with it: its subject, its words; unreadable."""
    told = (("subject", letter.subject), ("words", reading.written))
    plain = ((name, " ".join(text.casefold().split())) for name, text in told)
    return tuple(
        hmac.new(secret, f"{name} {text}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:24]
        for name, text in plain
        if text
    )


def answers_by_itself(
    letter: Letter, reading: Reading, known: Known, office: Office, arrived: datetime
) -> str:
    """Why a reply to an answer of ours seems to be no person's; "" where it may be one.

    Who corrects a sign-up twice in an hour answers under the same subject, so that alone does not hold back a
    clear wish; nobody reads our mail and answers it in seconds, whatever is wished for.
    """
    if not known.replies_to_us:
        return ""
    like = likeness(letter, reading, office.secret)
    again = {each for each in like if each in known.recent and abs(arrived - known.recent[each]) <= RECENT}
    if reading.written.strip() and like[-1] in again:
        return "dieselbe Antwort auf unsere Mail kam in dieser Stunde schon einmal"
    if known.replied_to and -_CLOCKS <= arrived - known.replied_to <= AT_ONCE:
        return "die Antwort auf unsere Mail kam nach wenigen Sekunden"
    wish = set(reading.intents) - {"question"}
    if letter.subject.strip() and like[0] in again and not wish:
        return "Antwort auf unsere Mail mit demselben Betreff wie eine andere in dieser Stunde"
    return ""
