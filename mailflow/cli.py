"""The command line: puts the commands together and turns every error into words and an exit code.

Rules: this is the only place that ends the process. 0 fine, 1 failed, 2 wrong usage, 75 try again later,
78 wrong configuration (sysexits.h). What goes wrong unexpectedly gives one short line and the way to the
traceback; its text is not shown, because it may hold a piece of a mail or a secret.
"""

import os
import sys
import traceback
from typing import NoReturn

import click

from mailflow import __version__
from mailflow.commands.check import check
from mailflow.commands.demo import demo
from mailflow.commands.explain import explain
from mailflow.commands.init import init
from mailflow.commands.lists import list_
from mailflow.commands.phone import add, cancel
from mailflow.commands.retry import retry
from mailflow.commands.run import run
from mailflow.commands.schema import schema
from mailflow.commands.service import service
from mailflow.commands.speech import Call, Group, in_german
from mailflow.commands.status import status
from mailflow.errors import MailflowError, Misconfigured, place


@click.group(
    cls=Group,
    name="mailflow",
    epilog="Mehr zu einem Befehl sagt „mailflow BEFEHL --help“.",
    invoke_without_command=True,
)
@click.option("--version", is_flag=True, help="Die Version.")
@click.pass_context
def cli(context: click.Context, version: bool) -> None:
    """Mailflow liest das Anmelde-Postfach einer Veranstaltung, versteht, was die Leute schreiben,
    hält es fest und antwortet von selbst."""
    if version:
        click.echo(f"mailflow {__version__}")
    elif context.invoked_subcommand is None:
        click.echo(context.get_help())


for command in (demo, check, explain, run, status, list_, add, cancel, retry, init, schema, service):
    cli.add_command(command)


def main() -> NoReturn:
    """The program `mailflow`."""
    sys.exit(call(sys.argv[1:]))


def call(arguments: list[str]) -> int:
    """Run one command; the exit code."""
    this = Call(debug=bool(os.environ.get("MAILFLOW_DEBUG")))
    try:
        result = cli.main(arguments, prog_name="mailflow", standalone_mode=False, obj=this)
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python complains at its end
        return 0
    except Exception as error:
        return _told(error, this)
    except KeyboardInterrupt:
        _say("abgebrochen.")
        return 130


def _told(error: Exception, this: Call) -> int:
    """Say what went wrong; the exit code that says the same."""
    match error:
        case click.ClickException():
            _say(in_german(error))
            if isinstance(error, click.UsageError) and error.ctx is not None:
                _say(f"Hilfe: {error.ctx.command_path} --help")
            return error.exit_code
        case click.Abort():
            _say("abgebrochen.")
            return 1
        case MailflowError():
            for line in error.complaints if isinstance(error, Misconfigured) else (str(error),):
                _say(line)
            code = error.exit_code
        case _:
            _say(f"Unerwarteter Fehler: {place(error)}. Den ganzen Hergang zeigt MAILFLOW_DEBUG=1.")
            code = 1
    if this.debug:
        traceback.print_exception(error, file=sys.stderr)
    return code


def _say(text: str) -> None:
    from mailflow.log import for_journal

    click.echo(for_journal(f"mailflow: {text}"), err=True)
