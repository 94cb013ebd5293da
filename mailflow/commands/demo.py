"""`mailflow demo`: the whole service at work, on this machine alone."""

import click

from mailflow.commands.speech import Command


@click.command(cls=Command, short_help="Zeigt den ganzen Dienst bei der Arbeit, ohne Konto.")
@click.pass_context
def demo(context: click.Context) -> int:
    """Zeigt den ganzen Dienst bei der Arbeit: ohne Konto, ohne Einstellungen, nur auf diesem Rechner."""
    from mailflow.demo import run_demo

    return run_demo()
