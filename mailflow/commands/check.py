"""`mailflow check`: reads and tries everything there is to read, then logs in to both servers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from mailflow.commands.speech import Call, Command
from mailflow.errors import MailflowError, Misconfigured

if TYPE_CHECKING:
    from mailflow.commands.trial import Workshop
    from mailflow.config import Config


_T = TypeVar("_T")


@dataclass
class Findings:
    """What was found; the worst fault decides the exit code."""

    code: int = 0

    def good(self, what: str, told: str) -> None:
        click.echo(f"✓ {what}: {told}", err=True)

    def warn(self, what: str, told: str) -> None:
        click.echo(f"! {what}: {told}", err=True)

    def bad(self, what: str, error: MailflowError) -> None:
        lines = error.complaints if isinstance(error, Misconfigured) else (str(error),)
        click.echo(f"✗ {what}: {_counted(len(lines))}", err=True)
        for line in lines:
            click.echo(f"    {line}", err=True)
        self.code = max(self.code, error.exit_code)


def _counted(faults: int) -> str:
    return "ein Fehler" if faults == 1 else f"{faults} Fehler"


@click.command(cls=Command, short_help="Prüft Einstellungen, Regeln, Vorlagen und Server.")
@click.option("--offline", is_flag=True, help="Ohne Anmeldung bei den Mailservern.")
@click.option("--store", "store_only", is_flag=True, help="Nur den Datenbestand prüfen.")
@click.option(
    "--restore",
    type=click.Path(path_type=Path),
    metavar="KOPIE",
    help="Den beschädigten Datenbestand aus einer Kopie wiederherstellen (nur das).",
)
@click.pass_obj
def check(call: Call, offline: bool, store_only: bool, restore: Path | None) -> int:
    """Prüft Konfiguration, Regeln, Vorlagen und Fälle und meldet sich bei beiden Mailservern an."""
    from mailflow.config import find_config, load_config

    findings = Findings()
    store_only = store_only or restore is not None
    config = load_config(call.config)
    findings.good("Konfiguration", str(find_config(call.config)))
    if not store_only:
        _check_secrecy(call, findings)
        _check_event(config, findings)
        _check_rules(config, findings)
    if restore:
        _restore_store(config, restore, findings)
    _check_store(config, findings)
    if not store_only:
        _check_provider(config, findings)
    if not offline and not store_only:
        _check_servers(config, findings)
    return findings.code


def _check_secrecy(call: Call, findings: Findings) -> None:
    """Who else can read the secrets in the file: passwords and the passcode of the conference?"""
    from mailflow.config import exposed_secrets

    if warning := exposed_secrets(call.config):
        findings.warn("Konfiguration", warning)


def _check_event(config: "Config", findings: Findings) -> None:
    """Everybody would be told that it is over: an organiser who has just begun should hear of it."""
    if config.event.ends < datetime.now(UTC):
        over = f"{config.event.ends:%d.%m.%Y}"
        findings.warn(
            "Veranstaltung", f"sie war am {over}; jeder Anmeldung wird geantwortet, dass sie vorbei ist"
        )


def _check_rules(config: "Config", findings: Findings) -> None:
    """Rules, templates, and what both make of the cases."""
    from mailflow.commands.trial import Workshop
    from mailflow.rules import load_rules
    from mailflow.templates import load_templates

    rules = _tried(findings, "Regeln", lambda: load_rules(config.files.rules))
    templates = _tried(findings, "Vorlagen", lambda: load_templates(config.files.templates))
    if rules is not None:
        findings.good("Regeln", f"{config.files.rules}, Stand {rules.version}")
    if templates is not None:
        findings.good("Vorlagen", str(config.files.templates))
    if rules is not None and templates is not None:
        _check_together(Workshop(config.office(), rules, templates), config.files.rules, findings)


def _check_together(workshop: "Workshop", folder: Path, findings: Findings) -> None:
    """What only shows when both are there: the templates that rules name, and the cases."""
    from mailflow.accord import require_accord
    from mailflow.commands.trial import broken_cases

    try:
        require_accord(workshop.rules, workshop.templates)
    except Misconfigured as error:
        findings.bad("Regeln und Vorlagen", error)
        return
    cases = workshop.rules.cases
    broken = [said for each in broken_cases(workshop, folder).values() for said in each]
    if broken:
        findings.bad("Fälle", Misconfigured(*broken))
    else:
        findings.good("Fälle", f"{len(cases)} geprüft, alle wie erwartet")


def _check_store(config: "Config", findings: Findings) -> None:
    from mailflow.store import Store

    for told in _tried(findings, "Datenbestand", lambda: Store.verify(config.store.path)) or ():
        findings.good("Datenbestand", told)


def _check_provider(config: "Config", findings: Findings) -> None:
    """Whose word counts when a sender may be forged?"""
    from mailflow.commands.provider import judge

    well, told = _tried(findings, "Gefälschte Absender", lambda: judge(config)) or (True, "")
    if told:
        (findings.good if well else findings.warn)("Gefälschte Absender", told)


def _restore_store(config: "Config", copy: Path, findings: Findings) -> None:
    """Go on from a kept copy, where the files are damaged."""
    from mailflow.store import Store

    for told in _tried(findings, "Wiederherstellung", lambda: Store.restore(config.store.path, copy)) or ():
        findings.good("Wiederherstellung", told)


def _check_servers(config: "Config", findings: Findings) -> None:
    """Log in to both and out again; each is tried even if the other fails."""
    from mailflow.inbox import Inbox
    from mailflow.outbox import Outbox

    try:
        config.require_passwords()
    except Misconfigured as error:
        findings.bad("Passwörter", error)
        return
    for what, settings, door in (
        ("Postfach", config.mailbox, Inbox(config.mailbox)),
        ("Versand", config.smtp, Outbox(config.smtp)),
    ):
        try:
            door.connect()
            findings.good(
                what, f"angemeldet bei {settings.host}:{settings.port} als {settings.user or 'niemand'}"
            )
        except MailflowError as error:
            findings.bad(what, error)
        finally:
            door.close()


def _tried(findings: Findings, what: str, deed: Callable[[], _T]) -> _T | None:
    try:
        return deed()
    except MailflowError as error:
        findings.bad(what, error)
        return None
