"""`mailflow explain`: what was read in a mail, by which rule, what would be answered. Does nothing."""

import gc
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mailflow.commands.speech import Call, Command
from mailflow.errors import Misconfigured

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailflow.commands.trial import Workshop


class Moment(click.ParamType[datetime]):
    """A moment in ISO 8601; without an offset it is local time of the event."""

    name = "ZEITPUNKT"

    def convert(
        self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        try:
            return value if isinstance(value, datetime) else datetime.fromisoformat(value)
        except ValueError:
            self.fail("Erwartet wird ein Zeitpunkt wie 2021-03-09T14:30.", param, ctx)


@click.command(cls=Command, short_help="Erklärt, was eine Mail bewirken würde.")
@click.argument("files", nargs=-1, required=True, metavar="DATEI…", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Ein JSON-Objekt je Zeile und Datei.")
@click.option("--now", type=Moment(), help="Der Zeitpunkt, der gelten soll; sonst das Datum der Mail.")
@click.pass_obj
def explain(call: Call, files: tuple[Path, ...], as_json: bool, now: datetime | None) -> None:
    """Erklärt, was aus einer Mail gelesen und was geantwortet würde (.eml, „-“: Eingabe). Tut nichts."""
    gc.disable()
    workshop = _workshop(call)
    with _progress(len(files)) as step:
        for number, file in enumerate(files):
            told = _explain_one(file, workshop, as_json=as_json, now=now)
            if number == 0:  # what is loaded by now stays: to look through it took a fifth of the time
                gc.freeze()
                gc.enable()
            _write(told if as_json or number == 0 else f"\n{'─' * 100}\n{told}")
            step()


def _workshop(call: Call) -> "Workshop":
    """The parts, from the configuration if there is one, else from the shipped defaults."""
    from mailflow.commands.trial import Workshop
    from mailflow.config import example_config, find_config, load_config
    from mailflow.rules import load_rules
    from mailflow.templates import load_templates

    found = find_config(call.config)
    config = load_config(found) if found else example_config()
    # trying all of them takes a while: that is for `check`
    rules = load_rules(config.files.rules, tried=False)
    templates = load_templates(config.files.templates, tried=False)
    return Workshop(config.office(), rules, templates)


def _explain_one(file: Path, workshop: "Workshop", *, as_json: bool, now: datetime | None) -> str:
    """One file, told. Whatever is wrong with it is told, too: one bad file never ends the others."""
    from mailflow.commands.trial import try_mail
    from mailflow.explain import as_json as to_json
    from mailflow.explain.page import as_text

    try:
        trial = try_mail(_read(file), workshop, file=str(file), now=now, sealed=False)
    except Misconfigured:
        raise  # a rule file that this mail needed
    except OSError as error:
        return _unreadable(file, f"nicht lesbar: {error.strerror}", as_json=as_json)
    except Exception as error:  # a fault of ours: say it in the place of this mail and go on
        return _unreadable(file, f"unerwarteter Fehler: {type(error).__name__}: {error}", as_json=as_json)
    return _dumped(to_json(trial)) if as_json else as_text(trial)


def _unreadable(file: Path, why: str, *, as_json: bool) -> str:
    from mailflow.explain import unreadable
    from mailflow.explain.words import clean

    return _dumped(unreadable(str(file), why)) if as_json else clean(f"{file}: {why}")


def _dumped(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False)


def _read(file: Path) -> bytes:
    return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()


def _write(text: str) -> None:
    """To stdout in UTF-8 whatever the locale; half characters, as broken mails have them, become escapes."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace") + b"\n")


@contextmanager
def _progress(total: int) -> Iterator["Callable[[], object]"]:
    """A bar on a terminal where the data goes elsewhere and there is enough to do; else nothing."""
    if total < 20 or not sys.stderr.isatty() or sys.stdout.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Mails", total=total)
        yield lambda: bar.advance(task)
