"""`mailflow init`: a working folder with configuration, rules and templates to edit."""

import os
import shutil
from pathlib import Path

import click

from mailflow.commands.speech import Command
from mailflow.errors import MailflowError


@click.command(cls=Command, short_help="Legt einen Arbeitsordner an.")
@click.argument("folder", metavar="ORDNER", type=click.Path(path_type=Path, file_okay=False))
def init(folder: Path) -> None:
    """Legt einen Arbeitsordner an: Konfiguration, Regeln und Vorlagen zum Bearbeiten."""
    from mailflow.commands.schema import write_schemas
    from mailflow.defaults import EXAMPLE
    from mailflow.defaults import folder as defaults

    taken = [name for name in ("config.toml", "rules", "templates") if (folder / name).exists()]
    if taken:
        raise MailflowError(f"In {folder} liegt schon {', '.join(taken)}; es wurde nichts verändert.")
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("rules", "templates"):
        shutil.copytree(defaults() / name, folder / name)
    write_schemas(folder)
    _write_private(folder / "config.toml", EXAMPLE.read_bytes())
    click.echo(
        f"In {folder} liegen jetzt config.toml, rules/ und templates/.\n"
        f"Als Nächstes:\n"
        f"  1. {folder / 'config.toml'} ausfüllen\n"
        f"  2. mailflow check --config {folder / 'config.toml'}\n"
        f"  3. mailflow run --config {folder / 'config.toml'}",
        err=True,
    )


def _write_private(file: Path, content: bytes) -> None:
    """The configuration may come to hold passwords: for its owner alone."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(content)
