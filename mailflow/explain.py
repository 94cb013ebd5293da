"""What Mailflow makes of a mail, told: as one line of JSON for programs, as a page of German for people.

Rules: pure; nothing is decided here, only said. The fields of the JSON are a promise: some may be added, none
renamed. What comes from a mail is shown without control characters, so that no mail can steer a terminal.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from mailflow.model import Answer, IdeaText, Letter, Plan, Reading, Reason, Registration

WORDS = {
    "sign_up": "Anmeldung",
    "practice": "Probetermin",
    "idea": "Idee",
    "cancel": "Abmeldung",
    "resend": "Zugangsdaten noch einmal",
    "question": "Frage",
    "auto-reply": "automatische Antwort",
    "bounce": "Fehlermeldung der Post",
    "list": "Rundbrief oder Verteiler",
    "loop": "unsere eigene Mail",
    "greeting": "Anrede",
    "closing": "Grußformel",
    "signature": "Signatur",
    "quoted": "Zitat",
    "forwarded": "Weiterleitung",
    "disclaimer": "Hinweistext",
    "footer": "Fußzeile",
    "done": "erledigt",
    "attention": "zur Durchsicht",
    "automatic": "automatische Post",
    "failed": "gescheitert",
    "interest": "Interesse",
    "need": "Bedarf",
    "resource": "Angebot",
    "suggestion": "Vorschlag",
    "access": "Zugangsdaten",
    "change": "Änderung",
    "decline": "Absage",
    "practice_decline": "kein Probetermin",
    "thanks": "Dank",
    "answer": "Antwort",
    "ar": "Arabisch",
    "de": "Deutsch",
    "en": "Englisch",
    "es": "Spanisch",
    "fa": "Persisch",
    "fr": "Französisch",
    "it": "Italienisch",
    "pl": "Polnisch",
    "ro": "Rumänisch",
    "ru": "Russisch",
    "tr": "Türkisch",
    "uk": "Ukrainisch",
}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_LEFT, _WIDTH, _SHORT = 14, 100, 160


@dataclass(frozen=True, slots=True)
class Trial:
    """One mail read to the end, nothing done."""

    file: str
    letter: Letter
    reading: Reading
    plan: Plan
    answer: Answer | None
    trouble: str = ""  # why the planned answer could not be written


def word(name: str) -> str:
    """What we call a thing when we speak with the organiser."""
    return WORDS.get(name, name)


def clean(text: str) -> str:
    """Text of a mail, fit for a terminal."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


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
        "attention": bool(plan.attention or trial.trouble),
        "unclear": reading.unclear or trial.trouble or None,
        "sentences": [{"text": each.text, "taken_for": list(each.taken_for)} for each in reading.sentences],
        "dropped": [
            {"kind": piece.kind, "text": piece.text, "because": piece.because}
            for piece in reading.pieces
            if piece.kind != "written"
        ],
        "reasons": [{"what": r.what, "rule": r.rule, "because": r.because} for r in _reasons(trial)],
        "rule": plan.rule,
        "folder": plan.folder,
        "reply": _reply(trial),
        "error": None,
    }


def _reasons(trial: Trial) -> tuple[Reason, ...]:
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


# --- for people --------------------------------------------------------------------------------------


def summary(reading: Reading) -> str:
    """What was understood, in a few words: "Anmeldung (2), Probetermin, Idee"."""
    if reading.automatic:
        return word(reading.automatic.kind)
    persons = reading.details.persons if reading.details else 1
    number = f" ({persons} Personen)" if persons != 1 else ""
    told = [word(intent) + (number if intent == "sign_up" else "") for intent in reading.intents]
    return ", ".join(told) or "nichts Bestimmtes"


def as_text(trial: Trial) -> str:
    """The page for people: who, what was understood and why, what would be done and answered."""
    parts = [
        _head(trial),
        _block("Satz für Satz", _sentences(trial.reading)),
        _block("Beiseite gelassen", _dropped(trial.reading)),
        _block("Warum", _why(trial)),
        _block("Das würde geschehen", _deeds(trial)),
        _answer_text(trial.answer),
    ]
    return clean("\n\n".join(part for part in parts if part))


def _head(trial: Trial) -> str:
    letter, reading = trial.letter, trial.reading
    lines = [f"{trial.file}", *_row("Von", _senders(letter)), *_row("Betreff", letter.subject or "(keiner)")]
    lines += _row("Verstanden", summary(reading))
    if reading.details:
        lines += _row("Wer kommt", _who(trial))
    if reading.automatic:
        lines += _row("Erkannt an", reading.automatic.because)
    if reading.language:
        lines += _row("Sprache", word(reading.language))
    if reading.unclear:
        lines += _row("Unklar", reading.unclear)
    for defect in letter.defects:
        lines += _row("Mangel", defect)
    return "\n".join(lines)


def _who(trial: Trial) -> str:
    details = trial.reading.details
    if details is None:
        return ""
    parts = [
        details.name or "(ohne Namen)",
        f"{details.persons} Person{'en' if details.persons != 1 else ''}",
        details.organisation or "",
        f"Telefon {details.phone}" if details.phone else "",
        "auch Probetermin" if details.practice else "",
    ]
    return ", ".join(part for part in parts if part)


def _sentences(reading: Reading) -> Iterator[str]:
    for sentence in reading.sentences:
        yield from _row(", ".join(map(word, sentence.taken_for)) or "–", sentence.text)


def _dropped(reading: Reading) -> Iterator[str]:
    for piece in reading.pieces:
        if piece.kind != "written":
            because = f"  [{piece.because}]" if piece.because not in ("", piece.kind) else ""
            yield from _row(word(piece.kind), _shortened(piece.text) + because)


def _why(trial: Trial) -> Iterator[str]:
    for reason in _reasons(trial):
        what = " ".join(map(word, reason.what.removeprefix("intent ").split(" ")))
        yield from _row(what, f"Regel „{reason.rule}“" + (f": {reason.because}" if reason.because else ""))


def _deeds(trial: Trial) -> Iterator[str]:
    plan = trial.plan
    for registration in plan.registrations:
        yield from _row("Eingetragen", _registered(registration))
    for idea in plan.ideas:
        late = "" if idea.in_time else " (nach Ablauf der Frist)"
        yield from _row("Notiert", f"{_idea(IdeaText(idea.text, idea.kind, ''))}{late}")
    if trial.trouble:
        yield from _row("Durchsicht", trial.trouble)
    for attention in plan.attention:
        yield from _row("Durchsicht", attention.reason)
    yield from _row("Abgelegt", f"{word(plan.folder)} (Regel „{plan.rule}“)")
    yield from _row("Antwort", _answer_row(trial))


def _registered(registration: Registration) -> str:
    state = "Abmeldung" if registration.state == "cancelled" else "Anmeldung"
    persons = f"{registration.persons} Person{'en' if registration.persons != 1 else ''}"
    practice = ", auch Probetermin" if registration.practice and registration.sign_up else ""
    only = ", nur Probetermin" if registration.practice and not registration.sign_up else ""
    return f"{state}: {registration.name or registration.address}, {persons}{practice}{only}"


def _idea(idea: IdeaText) -> str:
    return f"{word(idea.kind)}: {idea.text}" if idea.kind else idea.text


def _answer_row(trial: Trial) -> str:
    answer, planned = trial.answer, trial.plan.answer
    if answer is None or planned is None:
        return "keine"
    with_access = "mit Zugangsdaten" if planned.access else "ohne Zugangsdaten"
    calendar = ", mit Kalenderdatei" if planned.calendar else ""
    return f"an {answer.to}, Vorlage {planned.template}.{planned.language}, {with_access}{calendar}"


def _answer_text(answer: Answer | None) -> str:
    if answer is None:
        return ""
    lines = [f"Betreff: {answer.subject}", "", *answer.text.splitlines()]
    return "\n".join(f"    | {part}".rstrip() for line in lines for part in wrap(line, _WIDTH) or [""])


def _senders(letter: Letter) -> str:
    return ", ".join(f"{who.name} <{who.addr}>".strip() for who in letter.senders) or "(ohne Absender)"


def _block(heading: str, rows: Iterator[str]) -> str:
    lines = list(rows)
    return "\n".join([f"  {heading}", *(f"  {line}" for line in lines)]) if lines else ""


def _row(label: str, text: str) -> list[str]:
    """Label on the left, text beside it, wrapped."""
    lines = wrap(" ".join(clean(text).split()), _WIDTH - _LEFT) or [""]
    if len(label) >= _LEFT:
        return [f"  {label}", *(" " * (_LEFT + 2) + line for line in lines)]
    return [f"  {label:<{_LEFT}}{lines[0]}", *(" " * (_LEFT + 2) + line for line in lines[1:])]


def _shortened(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _SHORT else flat[: _SHORT - 1] + "…"
