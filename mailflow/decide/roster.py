"""Whose registration a mail speaks of, and what becomes of it.

Two people of one address are two registrations; a second mail of the same person changes the first one, and
only in what it says itself. Cancelling keeps the record with its state. Ids come from the mail, so that
reading the same mail again leads to the same record.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from mailflow.model import Details, Known, Reading, Registration


def same_person(name: str, other: str) -> bool:
    """Whether two names may be one person's: equal words, one a part of the other, or one missing."""
    first, second = _words(name), _words(other)
    return not first or not second or first <= second or second <= first


def _words(name: str) -> frozenset[str]:
    letters = unicodedata.normalize("NFKD", name.casefold())
    return frozenset(
        "".join(c if c.isalnum() else " " for c in letters if not unicodedata.combining(c)).split()
    )


def of_sender(known: Known, name: str) -> tuple[Registration, ...]:
    """The registrations that a mail of this person speaks of, those in force first."""
    mine = [each for each in known.registrations if same_person(each.name, name)]
    return tuple(sorted(mine, key=lambda each: each.state != "registered"))


def sign_up(
    reading: Reading, known: Known, *, digest: str, address: str, arrived: datetime, language: str
) -> tuple[Registration, bool]:
    """The registration after a mail that signs up, and whether it changes one that was in force."""
    details = reading.details or Details(None, 1, None, None, practice=False)
    mine = of_sender(known, details.name or "")
    wanted = {"sign_up": "sign_up" in reading.intents, "practice": "practice" in reading.intents}
    if not mine:
        return _new(details, wanted, digest, address, arrived, language), False
    before = mine[0]
    fresh = before.state == "cancelled"
    after = replace(
        before,
        name=details.name or before.name,
        address=address or before.address,
        persons=_persons(before, details, fresh=fresh),
        sign_up=wanted["sign_up"] or (before.sign_up and not fresh),
        practice=wanted["practice"] or (before.practice and not fresh and not _declines(reading)),
        organisation=details.organisation or before.organisation,
        phone=details.phone or before.phone,
        language=language,
        when=arrived,
        mail=digest,
        state="registered",
        unreached="",
    )
    return after, not fresh and _differs(before, after)


def _persons(before: Registration, details: Details, *, fresh: bool) -> int:
    """How many come now: as many more or fewer as the mail says, or as many as it says, or as before."""
    if details.change and not fresh:
        return max(1, before.persons + details.change)
    return details.persons if fresh or "persons" in details.said else before.persons


def _new(
    details: Details, wanted: dict[str, bool], digest: str, address: str, arrived: datetime, language: str
) -> Registration:
    return Registration(
        id=digest[:20],
        name=details.name or "",
        address=address,
        persons=details.persons,
        sign_up=wanted["sign_up"],
        practice=wanted["practice"],
        organisation=details.organisation,
        phone=details.phone,
        language=language,
        when=arrived,
        mail=digest,
    )


def _declines(reading: Reading) -> bool:
    return any("practice_decline" in sentence.taken_for for sentence in reading.sentences)


def _differs(before: Registration, after: Registration) -> bool:
    seen = ("persons", "sign_up", "practice", "organisation", "phone")
    return any(getattr(before, name) != getattr(after, name) for name in seen)


def cancel(known: Known, name: str, *, digest: str, arrived: datetime) -> tuple[Registration, ...]:
    """This person's registrations in force, now cancelled; the whole address's where the name fits none."""
    force = [each for each in known.registrations if each.state == "registered"]
    mine: Sequence[Registration] = [each for each in force if same_person(each.name, name)] or force
    return tuple(replace(each, state="cancelled", when=arrived, mail=digest) for each in mine)
