"""`mailflow run`: the service, until it is told to stop."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import click

from mailflow.commands.speech import Call, Command
from mailflow.errors import TryLater

if TYPE_CHECKING:
    from mailflow.config import Config
    from mailflow.model import Plan
    from mailflow.service import Service
    from mailflow.service.reloading import Source


@click.command(cls=Command, short_help="Liest das Postfach und antwortet.")
@click.option("--once", is_flag=True, help="Nur, bis das Postfach leer ist; Ende mit 75, wenn etwas wartet.")
@click.option(
    "-v", "--verbose", is_flag=True, help="Auch die Gespräche mit den Servern (nie Texte, Passwörter)."
)
@click.pass_obj
def run(call: Call, once: bool, verbose: bool) -> int:
    """Liest das Postfach und antwortet, bis das Programm beendet wird (Strg-C oder SIGTERM)."""
    told: list[int] = []  # to end, before the service stands, which takes a second
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, partial(_end_at_once, told))
    from mailflow import log
    from mailflow.config import exposed_secrets, load_config

    config = load_config(call.config)
    config.require_passwords()
    log.begin(verbose=verbose)
    if warning := exposed_secrets(call.config):
        log.exposed(warning)
    with (
        _progress(shown=once and sys.stderr.isatty()) as on_mail,
        _service(config, on_mail, once=once) as service,
    ):
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, service.on_signal)
        if told:  # and whoever was being imported just then kept the exit to himself
            return 0
        if not once:
            service.serve()
        return 0 if not once or service.once() else TryLater.exit_code


def _end_at_once(told: list[int], number: int, _: object) -> None:
    told.append(number)
    sys.exit(0)


@contextmanager
def _service(config: "Config", on_mail: "Callable[[Plan], None]", *, once: bool) -> "Iterator[Service]":
    """Every part, built and connected. Raises Misconfigured or StoreBusy before anything happens."""
    from mailflow.inbox import Inbox
    from mailflow.outbox import Outbox
    from mailflow.service import Service
    from mailflow.service.housekeeping import Housekeeping
    from mailflow.service.reloading import open_rules
    from mailflow.status import begun
    from mailflow.store import Store

    with Store.open(config.store.path, config.event.timezone, worker=True) as store:
        seconds = config.mailbox.poll_seconds
        house = Housekeeping(store, begun(config.store.path, seconds, serving=not once))
        with house.kept():
            rules = open_rules(_source(config), house.refused)
            house.follow(rules)
            inbox, outbox = Inbox(config.mailbox), Outbox(config.smtp)
            yield Service(
                inbox, outbox, store, rules.desk, poll_seconds=seconds, house=house, on_mail=on_mail
            )


def _source(config: "Config") -> "Source":
    """Where rules and templates come from, now and whenever they change."""
    from mailflow.accord import require_accord
    from mailflow.commands.trial import Workshop, broken_cases
    from mailflow.desk import Desk
    from mailflow.rules import load_rules
    from mailflow.service.reloading import Source
    from mailflow.templates import load_templates

    office = config.office(create_key=True)

    def load() -> Desk:
        rules, templates = load_rules(config.files.rules), load_templates(config.files.templates)
        require_accord(rules, templates)
        return Desk(rules, templates, office)

    return Source(
        (config.files.rules, config.files.templates),
        load,
        lambda desk: broken_cases(Workshop(desk.office, desk.rules, desk.templates), config.files.rules),
    )


@contextmanager
def _progress(*, shown: bool) -> "Iterator[Callable[[Plan], None]]":
    """A bar that counts the mails, on a terminal; elsewhere nothing."""
    if not shown:
        yield lambda plan: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.completed} Mails erledigt"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("", total=None)
        yield lambda plan: progress.advance(task)
