"""`mailflow list`: what is recorded, for people (table), programs (--json) and spreadsheets (--csv)."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from mailflow.commands.speech import Call, Command

if TYPE_CHECKING:
    from mailflow.explain.lists import Record

_KINDS = ("registrations", "ideas", "attention")


@click.command("list", cls=Command, short_help="Zeigt Anmeldungen, Ideen und offene Fragen.")
@click.argument("kind", metavar="[registrations|ideas|attention]", type=click.Choice(_KINDS), required=False)
@click.option("--json", "as_json", is_flag=True, help="Ein JSON-Objekt je Zeile.")
@click.option("--csv", "as_csv", is_flag=True, help="CSV für Tabellenprogramme.")
@click.pass_obj
def list_(call: Call, kind: str | None, as_json: bool, as_csv: bool) -> None:
    """Zeigt Anmeldungen (registrations), Ideen (ideas) oder was zur Durchsicht liegt (attention)."""
    if as_json and as_csv:
        raise click.UsageError("--json und --csv schließen einander aus.")
    from mailflow.explain.lists import json_line, write_csv

    kind = kind or "registrations"
    records = _records(call, kind)
    if as_json:
        for record in records:
            click.echo(json_line(record))
    elif as_csv:
        write_csv(kind, records, sys.stdout)
    else:
        _show(kind, records)


def _records(call: Call, kind: str) -> Sequence["Record"]:
    from mailflow.config import load_config
    from mailflow.store import Store

    config = load_config(call.config)
    store = Store.open(config.store.path, config.event.timezone)
    try:
        match kind:
            case "ideas":
                return store.ideas()
            case "attention":
                return store.attention()
            case _:
                return store.registrations()
    finally:
        store.close()


def _show(kind: str, records: Sequence["Record"]) -> None:
    from mailflow.explain.lists import NOTHING, as_table

    if not records:
        click.echo(NOTHING[kind], err=True)
        return
    from rich.console import Console

    width = None if sys.stdout.isatty() else 160  # in a pipe nothing says how wide it may be
    Console(width=width, highlight=False).print(as_table(kind, records))
