"""`mailflow run`: the service, until it is told to stop."""

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from mailflow.commands.speech import Call, Command

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailflow.config import Config
    from mailflow.service import Service

WAITING = 75  # something is left for a later try


@click.command(cls=Command, short_help="Liest das Postfach und antwortet.")
@click.option("--once", is_flag=True, help="Nur, bis das Postfach leer ist; Ende mit 75, wenn etwas wartet.")
@click.option("-v", "--verbose", is_flag=True, help="Auch jeden Schritt melden (nie den Text einer Mail).")
@click.pass_obj
def run(call: Call, once: bool, verbose: bool) -> int:
    """Liest das Postfach und antwortet, bis das Programm beendet wird (Strg-C oder SIGTERM)."""
    from mailflow import log
    from mailflow.config import load_config

    config = load_config(call.config)
    config.require_passwords()
    log.begin(verbose=verbose)
    with _service(config) as service:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, service.on_signal)
        if once:
            return 0 if service.once() else WAITING
        service.serve()
        return 0


@contextmanager
def _service(config: "Config") -> "Iterator[Service]":
    """The service with all its parts; the store and the line to the servers are closed afterwards."""
    from mailflow import log
    from mailflow.inbox import Inbox
    from mailflow.outbox import Outbox
    from mailflow.rules import load_rules
    from mailflow.service import Service
    from mailflow.store import Store
    from mailflow.templates import load_templates

    rules, templates = load_rules(config.files.rules), load_templates(config.files.templates)
    outbox = Outbox(config.smtp)
    with Store.open(config.store.path, config.event.timezone, worker=True) as store:
        for what in store.mended:
            log.mended(what)
        office = config.office(create_key=True)
        try:
            yield Service(
                Inbox(config.mailbox),
                outbox,
                store,
                rules,
                templates,
                office,
                poll_seconds=config.mailbox.poll_seconds,
            )
        finally:
            outbox.close()
