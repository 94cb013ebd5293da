"""What the organiser takes by phone: a sign-up or a cancellation, as the kind of plan that a mail leads to.

Rules: pure; `now` and the ids are handed in. Somebody with a mail address gets the access data by mail, as if
they had written, but not where our last mail did not arrive; who calls once more under the same name and
address changes the earlier sign-up.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from mailflow.decide.roster import same_person
from mailflow.marks import answer_id
from mailflow.model import Address, AnswerPlan, Office, Plan, Registration

Calendar = tuple[Literal["event", "practice"], ...]


@dataclass(frozen=True, slots=True)
class PhoneCall:
    """Who called and what was said."""

    name: str
    persons: int
    phone: str | None
    practice: bool
    address: str  # "" for nobody to write to
    organisation: str | None
    language: str


def sign_up(call: PhoneCall, earlier: Sequence[Registration], office: Office, now: datetime) -> Plan:
    """The plan for a sign-up by phone. `earlier`: all registrations, to find the caller's own."""
    before = next((each for each in earlier if _is_caller(each, call)), None)
    registration = replace(_registration(call, before, now), unreached=_unreached(call.address, earlier))
    changed = before is not None and before.state == "registered"
    reachable = call.address and not registration.unreached
    answer = _answer(call, registration, office, changed=changed, now=now) if reachable else None
    return _plan("telefonische Anmeldung", registration, now, answer)


def call_off(registration: Registration, now: datetime) -> Plan:
    """The plan for a cancellation by phone: the record stays, with its state. Nobody is written to."""
    return _plan("telefonische Abmeldung", replace(registration, state="cancelled", when=now), now, None)


def find(who: str, registrations: Sequence[Registration]) -> tuple[Registration, ...]:
    """Those in force whom `who` may mean: an id, an address or a name."""
    force = [each for each in registrations if each.state == "registered"]
    wanted = who.strip().casefold()
    exact = [each for each in force if wanted in (each.id, each.address.casefold(), each.name.casefold())]
    return tuple(exact or [each for each in force if each.name and same_person(each.name, who)])


def _unreached(address: str, earlier: Sequence[Registration]) -> str:
    """Why our last mail did not reach this address; "" where it did as far as we know."""
    alike = (each for each in earlier if address and each.address.casefold() == address.casefold())
    return next((each.unreached for each in alike if each.unreached), "")


def _plan(rule: str, registration: Registration, now: datetime, answer: AnswerPlan | None) -> Plan:
    return Plan(
        digest="",  # no mail
        message_id="",
        arrived=now,
        sender=registration.address,
        rule=rule,
        folder="done",
        registrations=(registration,),
        answer=answer,
    )


def _is_caller(registration: Registration, call: PhoneCall) -> bool:
    """The same name, and the same address or number as far as both are known."""
    if registration.name.casefold() != call.name.casefold():
        return False
    return registration.address.casefold() == call.address.casefold() or (
        bool(call.phone) and _digits(registration.phone) == _digits(call.phone)
    )


def _digits(phone: str | None) -> str:
    return "".join(filter(str.isdigit, phone or ""))


def _registration(call: PhoneCall, before: Registration | None, now: datetime) -> Registration:
    told = f"{call.name}\n{call.address}\n{call.phone}\n{now.isoformat()}"
    return Registration(
        id=before.id if before else hashlib.sha256(told.encode()).hexdigest()[:20],
        name=call.name,
        address=call.address or (before.address if before else ""),
        persons=call.persons,
        sign_up=True,
        practice=call.practice,
        organisation=call.organisation or (before.organisation if before else None),
        phone=call.phone or (before.phone if before else None),
        language=call.language,
        when=now,
        mail="",
    )


def _answer(
    call: PhoneCall, registration: Registration, office: Office, *, changed: bool, now: datetime
) -> AnswerPlan:
    template = "changed" if changed else "access"
    calendar: Calendar = ("event", "practice") if call.practice else ("event",)
    domain = office.sender.addr.rpartition("@")[2]
    return AnswerPlan(
        template=template,
        language=call.language,
        to=Address(call.name, call.address),
        values=_values(call, registration, changed=changed),
        access=True,
        calendar=calendar,
        message_id=answer_id(office.secret, f"{registration.id} {now.isoformat()}", template, domain),
        in_reply_to="",
        references=(),
    )


def _values(call: PhoneCall, registration: Registration, *, changed: bool) -> dict[str, object]:
    said = {"sign_up": True, "practice": call.practice, "changed": changed, "known": changed}
    unsaid = dict.fromkeys(("idea", "in_time", "question", "cancelled"), False)
    return {
        "name": call.name,
        "persons": call.persons,
        "organisation": registration.organisation,
        "phone": registration.phone,
        **unsaid,
        **said,
    }
