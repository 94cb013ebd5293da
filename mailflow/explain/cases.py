"""The cases beside the rules, compared with what the rules make of them.

Rules: pure. A case says what it expects and nothing else is looked at; every difference becomes one sentence
that names the case, what was expected, what came out and by which rule.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from zoneinfo import ZoneInfo

from mailflow.explain import Trial
from mailflow.model import Event, Reason
from mailflow.rules.cases import Case


def case_moment(case: Case, event: Event) -> datetime:
    """When the mail of a case arrives: as it says, else two days before ideas close."""
    zone = ZoneInfo(event.timezone)
    if case.rule.arrived:
        return case.rule.arrived.replace(tzinfo=case.rule.arrived.tzinfo or zone)
    return datetime.combine(event.ideas_until - timedelta(days=2), time(11, 0), zone)


def case_mail(case: Case, arrived: datetime) -> bytes:
    """The case as a plain mail."""
    rule, mail = case.rule, EmailMessage(policy=SMTP)
    given: Mapping[str, str] = {"From": rule.sender, "To": "kennenlernen@example.org", **rule.headers}
    for name, value in given.items():
        mail[name] = value
    mail["Subject"], mail["Date"] = rule.subject, format_datetime(arrived)
    mail.set_content(rule.text)
    return mail.as_bytes()


def called(case: Case, line: int | None = None) -> str:
    """How a case is named to a person, with its line where that is known."""
    return f"Fall „{case.rule.name}“ (cases/{case.file}.toml{f', Zeile {line}' if line else ''})"


def differences(case: Case, trial: Trial) -> tuple[str, ...]:
    """What came out otherwise than the case expects, in sentences that follow on its name."""
    found = _found(trial)
    return tuple(
        f"{name} ist {_said(found[name])}, erwartet ist {_said(wanted)}{_because(trial)}"
        for name, wanted in _wanted(case)
        if not _equal(name, wanted, found[name])
    )


def _wanted(case: Case) -> Iterator[tuple[str, object]]:
    rule = case.rule
    names = ("intents", "name_read", "persons", "practice", "organisation", "phone", "language", "ideas")
    for name in (*names, "automatic", "answer", "access", "attention", "folder"):
        wanted = getattr(rule, name)
        if wanted is not None:
            yield name, wanted


def _found(trial: Trial) -> Mapping[str, object]:
    reading, plan, details = trial.reading, trial.plan, trial.reading.details
    return {
        "intents": reading.intents,
        "name_read": details and details.name,
        "persons": details and details.persons,
        "practice": bool(details and details.practice),
        "organisation": details and details.organisation,
        "phone": details and details.phone,
        "language": reading.language,
        "ideas": tuple(idea.text for idea in reading.ideas),
        "automatic": reading.automatic and reading.automatic.kind,
        "answer": plan.answer.template if plan.answer else "none",
        "access": bool(plan.answer and plan.answer.access),
        "attention": plan.needs_person,
        "folder": plan.folder,
    }


def _equal(name: str, wanted: object, found: object) -> bool:
    if name == "ideas" and isinstance(wanted, tuple) and isinstance(found, tuple):
        told = zip(wanted, found, strict=False)
        return len(wanted) == len(found) and all(piece.casefold() in idea.casefold() for piece, idea in told)
    if isinstance(wanted, tuple) and isinstance(found, tuple):
        return sorted(wanted) == sorted(found)
    return wanted == found or (found is None and wanted == "")


def _said(value: object) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(map(str, value)) + "]"
    if isinstance(value, bool):
        return "ja" if value else "nein"
    return "nichts" if value is None else str(value)


def _because(trial: Trial) -> str:
    """The rules that spoke: among them is the one to look at."""
    reasons: tuple[Reason, ...] = (*trial.reading.reasons, *trial.plan.reasons)
    rules = dict.fromkeys(reason.rule for reason in reasons if reason.rule)
    return f". Beteiligte Regeln: {', '.join(rules)}." if rules else ". Keine Regel hat gesprochen."
