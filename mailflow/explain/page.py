"""What Mailflow makes of a mail, told to people: who, what was understood and why, what would be done.

Rules: pure; nothing is decided here, only said, in German and in lines that fit a terminal.
"""

from collections.abc import Iterator
from textwrap import wrap

from mailflow.explain import Trial, reasons, summary
from mailflow.explain.words import clean, reason, word
from mailflow.model import Answer, IdeaText, Letter, Reading, Registration

_LEFT, _WIDTH, _SHORT = 14, 100, 160


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
            because = f"  [{reason(piece.because)}]" if piece.because not in ("", piece.kind) else ""
            yield from _row(word(piece.kind), _shortened(piece.text) + because)


def _why(trial: Trial) -> Iterator[str]:
    for each in reasons(trial):
        if each.what.startswith("automatic"):
            continue  # said at the head
        what = " ".join(map(word, each.what.removeprefix("intent ").split(" ")))
        by = f"Regel „{each.rule}“" if each.rule else ""
        yield from _row(what, ": ".join(filter(None, (by, word(each.because)))))


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
        yield from _row("Durchsicht" if attention.state == "open" else "Vermerkt", attention.reason)
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
