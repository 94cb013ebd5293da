"""`mailflow run`: the service, until it is told to stop."""

import logging
import sys

import click

from mailflow.commands.speech import Call, Command


@click.command(cls=Command, short_help="Liest das Postfach und antwortet.")
@click.option("--once", is_flag=True, help="Nur, bis das Postfach leer ist; 75, wenn etwas warten muss.")
@click.option("-v", "--verbose", is_flag=True, help="Auch jeden Schritt melden (nie den Text einer Mail).")
@click.pass_obj
def run(call: Call, once: bool, verbose: bool) -> int:
    """Liest das Postfach und antwortet, bis das Programm beendet wird (Strg-C oder SIGTERM)."""
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.DEBUG if verbose else logging.INFO,
        format="%(levelname)s %(message)s",
    )
    from mailflow.config import load_config
    from mailflow.service import serve

    config = load_config(call.config)
    config.require_passwords()
    return serve(config, once=once)
