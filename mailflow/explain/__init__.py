"""What Mailflow makes of a mail, told in JSON for programs (the page for people is page.py).

Rules: pure; nothing is decided here, only said. The fields of the JSON are a promise: some may be added, none
renamed.

cases.py          the cases beside the rules, compared with what the rules make of them
lists.py          what is recorded, as a table for people, as JSON lines and as CSV
page.py           what Mailflow makes of a mail, told to people
words.py          what we call things when we speak with the organiser
"""

from dataclasses import dataclass
from typing import Any

from mailflow.explain.words import word
from mailflow.model import Answer, Letter, Plan, Reading, Reason


@dataclass(frozen=True, slots=True)
class Trial:
    """One mail read to the end, nothing done."""

    file: str
    letter: Letter
    reading: Reading
    plan: Plan
    answer: Answer | None
    trouble: str = ""  # why the planned answer could not be written


def summary(reading: Reading) -> str:
    """What was understood, in a few words: "Anmeldung (2), Probetermin, Idee"."""
    if reading.automatic:
        return word(reading.automatic.kind)
    persons = reading.details.persons if reading.details else 1
    number = f" ({persons} Personen)" if persons != 1 else ""
    told = [word(intent) + (number if intent == "sign_up" else "") for intent in reading.intents]
    return ", ".join(told) or "nichts Bestimmtes"


def unreadable(file: str, why: str) -> dict[str, Any]:
    """The JSON of a file that could not be read."""
    names = ("message_id", "from", "automatic", "language", "registration", "reply")
    empty: dict[str, Any] = {"written": "", "intents": [], "ideas": [], "attention": False, "reasons": []}
    return {"file": file, **dict.fromkeys(names), **empty, "error": why}


def as_json(trial: Trial) -> dict[str, Any]:
    """The JSON of a mail (design, section 5)."""
    letter, reading, plan = trial.letter, trial.reading, trial.plan
    automatic = reading.automatic
    return {
        "file": trial.file,
        "message_id": letter.message_id or None,
        "from": letter.senders[0].addr if letter.senders else None,
        "subject": letter.subject,
        "automatic": automatic and {"kind": automatic.kind, "because": automatic.because},
        "language": reading.language,
        "written": reading.written,
        "intents": sorted(reading.intents),
        "registration": _details(reading),
        "ideas": [{"text": idea.text, "kind": idea.kind} for idea in reading.ideas],
        "attention": bool(trial.trouble) or plan.needs_person,
        "unclear": reading.unclear or trial.trouble or None,
        "sentences": [{"text": each.text, "taken_for": list(each.taken_for)} for each in reading.sentences],
        "dropped": [
            {"kind": piece.kind, "text": piece.text, "because": piece.because}
            for piece in reading.pieces
            if piece.kind != "written"
        ],
        "reasons": [{"what": r.what, "rule": r.rule, "because": r.because} for r in reasons(trial)],
        "rule": plan.rule,
        "folder": plan.folder,
        "reply": _reply(trial),
        "error": None,
    }


def reasons(trial: Trial) -> tuple[Reason, ...]:
    """Each once: the plan repeats those of the reading on which it rests."""
    return tuple(dict.fromkeys((*trial.reading.reasons, *trial.plan.reasons)))


def _details(reading: Reading) -> dict[str, Any] | None:
    details = reading.details
    if details is None:
        return None
    names = ("name", "persons", "organisation", "phone", "practice")
    return {name: getattr(details, name) for name in names}


def _reply(trial: Trial) -> dict[str, Any] | None:
    answer, planned = trial.answer, trial.plan.answer
    if answer is None or planned is None:
        return None
    return {
        "to": answer.to,
        "subject": answer.subject,
        "template": planned.template,
        "language": planned.language,
        "access": planned.access,
        "headers": dict(answer.headers),
        "text": answer.text,
    }
