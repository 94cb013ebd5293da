"""`mailflow status`: how the service is, for people, for programs (--json) and for monitors (exit code).

Rules: nothing is changed and nobody is asked but the files of the store. 0 healthy; 1 a person is needed;
75 the mailbox has not been read for too long. What the organiser decides anyway (attention, an address that
does not exist) is counted and raises no alarm.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from mailflow.commands.speech import Call, Command
from mailflow.errors import Misconfigured

if TYPE_CHECKING:
    from mailflow.config import Config
    from mailflow.status import Status

PATIENCE = timedelta(minutes=15)  # without the mailbox read, or with the same trouble
POLLS = 3  # … and at least so many polls
STALE = 75

When = Callable[[datetime | None], str]  # a moment as people read it


@dataclass(frozen=True, slots=True)
class Findings:
    """All that is looked at."""

    noted: "Status"
    counts: Mapping[str, int]  # of the store
    damage: tuple[str, ...]  # of the store
    now: datetime

    def late(self) -> str:
        """Why the mailbox counts as unread; "" where it does not."""
        noted, patience = self.noted, max(PATIENCE, POLLS * timedelta(seconds=self.noted.poll_seconds))
        if noted.began is None:
            return "Mailflow ist noch nie gelaufen."
        if noted.serving and not noted.running:
            return "Mailflow läuft nicht."
        if noted.trouble_since and self.now - noted.trouble_since > patience:
            return "Die Störung dauert an."
        if noted.unsent_since and self.now - noted.unsent_since > patience:
            return "Seit Längerem geht keine Antwort hinaus."
        if self.now - (noted.polled or noted.began) > patience:
            return "Das Postfach wurde lange nicht gelesen."
        return ""

    def needs(self) -> list[str]:
        """What a person has to do."""
        noted, needs = self.noted, []
        if self.damage:
            needs.append("Der Datenbestand ist beschädigt; „mailflow check --store“ sagt mehr.")
        if noted.refused:
            needs.append("Geänderte Regeln oder Vorlagen gelten nicht; „mailflow check“ nennt die Fehler.")
        needs += [noted.trouble] if noted.person else []
        needs += [noted.unsent] if noted.unsent_person else []
        if held := self.counts.get("held"):
            needs.append(
                f"{held} Mails scheitern immer wieder und bleiben im Eingang; der Fehler ist unserer."
            )
        if failed := self.counts.get("failed"):
            needs.append(f"{failed} Mails waren nicht zu verarbeiten; „mailflow retry“ versucht es wieder.")
        return needs

    @property
    def code(self) -> int:
        """For monitors."""
        return STALE if self.late() else 1 if self.needs() else 0


@click.command(cls=Command, short_help="Sagt, wie es dem Dienst geht.")
@click.option("--json", "as_json", is_flag=True, help="Als JSON-Objekt.")
@click.pass_obj
def status(call: Call, as_json: bool) -> int:
    """Sagt, wie es dem Dienst geht. Ende mit 0: gesund; 1: ein Mensch wird gebraucht; 75: es steht still."""
    from mailflow.config import load_config

    config = load_config(call.config)
    findings = _look(config)
    if as_json:
        import orjson

        click.echo(orjson.dumps(_as_json(findings), option=orjson.OPT_NON_STR_KEYS).decode())
    else:
        for line in _told(findings, ZoneInfo(config.event.timezone)):
            click.echo(line)
    return findings.code


def _look(config: "Config") -> Findings:
    from mailflow.status import Status, read_status
    from mailflow.store import Store

    _require_access(config.store.path.parent)
    noted, now = read_status(config.store.path) or Status(), datetime.now(UTC)
    try:
        Store.verify(config.store.path)
        with Store.open(config.store.path, config.event.timezone) as store:
            return Findings(noted, store.tally(), (), now)
    except Misconfigured as error:
        return Findings(noted, {}, error.complaints, now)


def _require_access(folder: Path) -> None:
    """Whoever may not look must not take that for an answer."""
    try:
        next(folder.iterdir(), None)
    except PermissionError:
        raise Misconfigured(
            f"{folder} ist für diesen Benutzer nicht lesbar. Bitte als root oder als der Benutzer aufrufen, "
            "unter dem der Dienst läuft."
        ) from None
    except OSError:  # nothing there yet
        return


def _as_json(found: Findings) -> dict[str, Any]:
    """A promise: fields may be added, none renamed. Moments in UTC."""
    noted = found.noted
    refused = {"since": noted.refused_since, "complaints": noted.complaints} if noted.refused else None
    late = found.late()
    return {
        "healthy": found.code == 0,
        "code": found.code,
        "reasons": [*([late] if late else []), *found.needs()],
        "running": noted.running,
        "began": noted.began,
        "ended": noted.ended,
        "last_poll": noted.polled,
        "mails_waiting": noted.mails,
        **{name: found.counts.get(name) for name in ("answers_waiting", "answers_refused")},
        "mails_held": found.counts.get("held"),
        "attention_open": found.counts.get("attention_open"),
        "failed_mails": found.counts.get("failed"),
        "rules": {"version": noted.rules or None, "since": noted.since, "refused": refused},
        "store": {"healthy": not found.damage, "complaints": found.damage},
        "trouble": {"since": noted.trouble_since, "text": noted.trouble} if noted.trouble else None,
        "unsent": {"since": noted.unsent_since, "text": noted.unsent} if noted.unsent else None,
        "last_error": {"when": noted.error_when, "text": noted.error} if noted.error else None,
    }


def _told(found: Findings, zone: ZoneInfo) -> Sequence[str]:
    """The same for people, one fact a line."""

    def when(moment: datetime | None) -> str:
        return moment.astimezone(zone).strftime("%d.%m.%Y, %H:%M:%S") if moment else "noch nie"

    late = found.late()
    verdict = [*([f"✗ {late}"] if late else []), *(f"! {need}" for need in found.needs())]
    return [
        *(verdict or ["✓ Alles in Ordnung."]),
        *_told_of_work(found, when),
        *_told_of_rules(found.noted, when),
        f"Datenbestand: {'beschädigt' if found.damage else 'in Ordnung'}",
        *(f"    {each}" for each in found.damage),
        *_told_of_trouble(found.noted, when),
    ]


def _told_of_work(found: Findings, when: When) -> Iterator[str]:
    noted, counts = found.noted, found.counts
    if noted.running:
        yield f"Dienst: läuft seit {when(noted.began)}"
    elif noted.began:
        yield f"Dienst: läuft nicht, zuletzt beendet: {when(noted.ended)}"
    yield f"Postfach: zuletzt gelesen {when(noted.polled)}, {noted.mails} Mails darin"
    if counts:
        yield f"Antworten: {counts['answers_waiting']} warten, {counts['answers_refused']} abgewiesen"
        yield f"Zur Durchsicht: {counts['attention_open']} offen"


def _told_of_rules(noted: "Status", when: When) -> Iterator[str]:
    if noted.rules:
        yield f"Regeln: Stand {noted.rules} gilt seit {when(noted.since)}"
    if noted.refused:
        yield f"Geänderte Regeln: abgelehnt am {when(noted.refused_since)}"
        yield from (f"    {each}" for each in noted.complaints)


def _told_of_trouble(noted: "Status", when: When) -> Iterator[str]:
    if noted.trouble:
        yield f"Störung seit {when(noted.trouble_since)}: {noted.trouble}"
    if noted.unsent:
        yield f"Kein Versand seit {when(noted.unsent_since)}: {noted.unsent}"
    if noted.error and noted.error not in (noted.trouble, noted.unsent):
        yield f"Letzter Fehler: {when(noted.error_when)}: {noted.error}"
