"""How the command line speaks: click in German, with `--config` before and after a command's name.

Rules: headings, hints and complaints that click would give in English are given here in German, and nothing
else is changed about click.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click
from click.exceptions import (
    BadArgumentUsage,
    BadOptionUsage,
    BadParameter,
    MissingParameter,
    NoSuchOption,
    UsageError,
)

_HEADINGS = {"Options": "Optionen", "Commands": "Befehle"}


@dataclass
class Call:
    """What holds for the whole call, wherever it stood on the command line."""

    config: Path | None = None
    debug: bool = False


class _Formatter(click.HelpFormatter):
    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or "Aufruf: ")

    def write_heading(self, heading: str) -> None:
        super().write_heading(_HEADINGS.get(heading, heading))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        german = [(name, told.replace("[required]", "[nötig]")) for name, told in rows]
        super().write_dl(german, col_max, col_spacing)


class _Context(click.Context):
    formatter_class = _Formatter


def _keep_config(context: click.Context, _: click.Parameter, value: Path | None) -> None:
    if value is not None:
        context.ensure_object(Call).config = value


def _keep_debug(context: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        context.ensure_object(Call).debug = True


def _common() -> list[click.Parameter]:
    """The options that every command understands."""
    return [
        click.Option(
            ["--config"],
            type=click.Path(path_type=Path, dir_okay=False),
            metavar="DATEI",
            expose_value=False,
            callback=_keep_config,
            help="Andere Konfiguration als $MAILFLOW_CONFIG oder ./config.toml.",
        ),
        click.Option(
            ["--debug"],
            is_flag=True,
            expose_value=False,
            callback=_keep_debug,
            hidden=True,
            help="Bei unerwarteten Fehlern den ganzen Hergang zeigen.",
        ),
    ]


def _help_option() -> click.Option:
    def show(context: click.Context, _: click.Parameter, value: bool) -> None:
        if value and not context.resilient_parsing:
            click.echo(context.get_help(), color=context.color)
            context.exit()

    return click.Option(
        ["--help", "-h"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=show,
        help="Diese Hilfe.",
    )


class Command(click.Command):
    """A command with the common options, in German."""

    context_class = _Context

    def __init__(self, *args: Any, **settings: Any) -> None:
        settings.setdefault("options_metavar", "[OPTIONEN]")
        settings["add_help_option"] = False
        super().__init__(*args, **settings)
        self.params += [*_common(), _help_option()]


class Group(click.Group):
    """All the commands, in the order in which they were added."""

    context_class = _Context
    command_class = Command

    def __init__(self, *args: Any, **settings: Any) -> None:
        settings["add_help_option"] = False
        settings |= {"options_metavar": "[OPTIONEN]", "subcommand_metavar": "BEFEHL …"}
        super().__init__(*args, **settings)
        self.params += [*_common(), _help_option()]

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if not args[0].startswith("-") and args[0] not in self.commands:
            raise UsageError(f"Den Befehl „{args[0]}“ gibt es nicht.{_nearest(args[0], self.commands)}", ctx)
        return super().resolve_command(ctx, args)


def in_german(error: click.ClickException) -> str:
    """What click complains about, in German; its own words where we have none."""
    match error:
        case NoSuchOption():
            known = error.ctx.command.get_params(error.ctx) if error.ctx else []
            options = [option for parameter in known for option in parameter.opts]
            return f"Die Option {error.option_name} gibt es nicht.{_nearest(error.option_name, options)}"
        case MissingParameter():
            name = error.param.make_metavar(error.ctx) if error.param and error.ctx else ""
            named = error.param.opts[0] if isinstance(error.param, click.Option) else name
            return f"Es fehlt {named}."
        case BadParameter():
            return _bad_value(error)
        case BadArgumentUsage() | BadOptionUsage():
            return f"Das passt nicht zusammen: {error.format_message()}"
        case _:
            return error.format_message().replace("Got unexpected extra argument", "Zu viele Angaben")


def _bad_value(error: BadParameter) -> str:
    if error.param is None:
        return error.message
    name = (
        error.param.opts[0]
        if isinstance(error.param, click.Option)
        else (error.param.metavar or str(error.param.name))
    )
    match error.param.type:
        case click.Choice() as choice:
            return f"{name}: Erwartet wird eines von {', '.join(map(str, choice.choices))}."
        case click.IntRange() | click.types.IntParamType():
            return f"{name}: Erwartet wird eine ganze Zahl."
        case click.Path():
            return f"{name}: Diese Datei gibt es nicht oder sie ist nicht lesbar ({error.message})"
        case _:
            return f"{name}: {error.message}"


def _nearest(word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word, list(known), n=1)
    return f" Gemeint ist wohl „{near[0]}“." if near else ""
