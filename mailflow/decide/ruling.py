"""What is done about a person's mail under a rule: the plan.

Rules: what is recorded follows from the reading; an address that writes is taken to be reached again. No
answer goes to an unclear sender, to somebody who seems to answer by itself, or over a limit; what is not
answered for that reason is put before a person. Pure.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Literal

from mailflow.decide import roster
from mailflow.decide.case import Case
from mailflow.decide.limits import LAST_WORD, WITH_ACCESS, Held, held_back, likeness, words_of
from mailflow.marks import answer_id
from mailflow.model import Address, Alarm, AnswerPlan, Attention, Idea, Letter, Plan, Reason, Registration
from mailflow.rules.answers import AnswerRule


def rule_on(case: Case, rule: AnswerRule) -> Plan:
    """All that will be done under this rule."""
    if rule.template in WITH_ACCESS and not case.about_us:
        rule = _of_a_stranger(rule)
    held = _held(case, rule)
    about = _registrations(case) if rule.record and not case.by_itself else ()
    doubts = "; ".join(_doubts(case, rule, held))
    return Plan(
        digest=case.letter.digest,
        message_id=case.letter.message_id,
        arrived=case.arrived,
        sender=case.sender,
        rule=rule.name,
        folder="attention" if doubts else rule.folder,
        registrations=_reached(case, about),
        ideas=tuple(_ideas(case)) if rule.record and not case.by_itself else (),
        attention=tuple(_attention(case, rule, doubts)),
        answer=_answer(case, rule, held, about),
        reasons=(*case.reading.reasons, Reason("answer", rule.name, rule.template or "keine Antwort")),
        alarm=Alarm(held.limit, held.told, case.sender) if held and held.limit != "receipt" else None,
        likeness=likeness(case.letter, case.reading, case.office.secret),
    )


def _attention(case: Case, rule: AnswerRule, doubts: str) -> Iterator[Attention]:
    """What a person must look at, or else what is only noted."""
    if doubts:
        yield attention_to(case.letter, case.sender, doubts, case.arrived)
    elif rule.note:
        yield replace(attention_to(case.letter, case.sender, rule.note, case.arrived), state="noted")


def _of_a_stranger(rule: AnswerRule) -> AnswerRule:
    """Instead of access data for a mail that seems to be about something else: a person decides."""
    doubt = "Zugangsdaten nicht geschickt: Die Mail nennt nichts von unserer Veranstaltung"
    changes = {"template": "unclear", "record": False, "folder": "attention", "attention": doubt}
    return rule.model_copy(update=changes)


def _registrations(case: Case) -> tuple[Registration, ...]:
    if "cancel" in case.reading.intents:
        return roster.cancel(case.known, case.name, digest=case.letter.digest, arrived=case.arrived)
    return (case.signed_up[0],) if case.comes else ()


def _reached(case: Case, about: tuple[Registration, ...]) -> tuple[Registration, ...]:
    """These registrations, and others of this address that could not be reached: now it can again."""
    writes = case.letter.sender.key if case.letter.sender else ""
    told = {each.id for each in about}
    others = (each for each in case.known.registrations if each.unreached and each.id not in told)
    known = (*about, *(each for each in others if each.address.casefold() == writes))
    return tuple(replace(each, unreached="") if each.address.casefold() == writes else each for each in known)


def _ideas(case: Case) -> Iterator[Idea]:
    for number, idea in enumerate(case.reading.ideas, 1):
        yield Idea(
            id=f"{case.letter.digest[:20]}-{number}",
            text=idea.text,
            kind=idea.kind,
            name=case.name,
            address=case.sender,
            when=case.arrived,
            in_time=case.in_time,
            mail=case.letter.digest,
        )


def _held(case: Case, rule: AnswerRule) -> Held | None:
    """The limit that this answer would go over."""
    if not rule.template or case.to is None or case.by_itself or case.stopped:
        return None
    return held_back(rule.template, case.to.key, case.known, case.office, case.answers.free_mail, case.now)


def _doubts(case: Case, rule: AnswerRule, held: Held | None) -> Iterator[str]:
    """Why a person must look at it."""
    if rule.attention:
        yield f"{rule.attention}: {case.reading.unclear}" if case.reading.unclear else rule.attention
    elif case.reading.unclear:
        yield case.reading.unclear
    if not rule.template:
        return
    if not case.to:
        yield "keine Adresse, an die geantwortet werden kann"
    elif case.by_itself:
        yield f"nicht beantwortet, vielleicht eine Maschine: {case.by_itself}"
    elif case.stopped:
        yield f"nicht beantwortet, unsere letzte Mail kam dort nicht an: {case.stopped}"
    elif held:
        yield words_of(held)


def _answer(
    case: Case, rule: AnswerRule, held: Held | None, about: tuple[Registration, ...]
) -> AnswerPlan | None:
    if not rule.template or case.to is None or case.by_itself or case.stopped:
        return None
    if held and not held.last_word:
        return None
    template = LAST_WORD if held else rule.template
    access = template in WITH_ACCESS
    registration = about[0] if about else next(iter(case.registered), None)
    return AnswerPlan(
        template=template,
        language=case.language,
        to=Address(case.name, case.to.addr),
        values=_values(case, registration),
        access=access,
        calendar=_calendar(registration) if access else (),
        message_id=_answer_id(case, template),
        in_reply_to=case.letter.message_id,
        references=_thread(case.letter),
    )


def _values(case: Case, registration: Registration | None) -> dict[str, object]:
    intents = case.reading.intents
    return {
        "name": case.name,
        "persons": registration.persons if registration else 1,
        "organisation": registration.organisation if registration else None,
        "phone": registration.phone if registration else None,
        "sign_up": bool(registration and registration.sign_up),
        "practice": bool(registration and registration.practice),
        "idea": "idea" in intents,
        "in_time": case.in_time,
        "question": "question" in intents,
        "cancelled": "cancel" in intents,
        "changed": case.changes,
        "known": bool(case.known.registrations),
    }


def _answer_id(case: Case, template: str) -> str:
    domain = case.office.sender.addr.rpartition("@")[2] or "localhost"
    return answer_id(case.office.secret, case.letter.digest, template, domain)


def attention_to(letter: Letter, address: str, reason: str, arrived: datetime) -> Attention:
    """What is put before a person about a mail."""
    return Attention(f"{letter.digest[:20]}-a", address, letter.subject[:200], reason, arrived, letter.digest)


def _calendar(registration: Registration | None) -> tuple[Literal["event", "practice"], ...]:
    wanted: list[Literal["event", "practice"]] = []
    if registration is None or registration.sign_up:
        wanted.append("event")
    if registration and registration.practice:
        wanted.append("practice")
    return tuple(wanted)


def _thread(letter: Letter) -> tuple[str, ...]:
    """References of the answer: those of the mail, oldest first, then the mail itself (RFC 5322, 3.6.4)."""
    earlier = [each for each in letter.references[1:] if each != letter.message_id][-20:]
    return (*earlier, letter.message_id) if letter.message_id else tuple(earlier)
