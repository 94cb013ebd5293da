"""`mailflow schema`: what editors need to complete and check rules and configuration while one types.

Editors that know TOML (Even Better TOML in VS Code, Taplo, Helix, Zed …) read `.taplo.toml`, which says which
schema belongs to which files. The schemas are made from the same models that check the files.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailflow.commands.speech import Command

if TYPE_CHECKING:
    from pydantic import BaseModel

FOLDER = ".schemas"
_TAPLO = """# Für Editoren: welches Schema zu welchen Dateien gehört („mailflow schema“ schreibt es neu).
{rules}"""
_RULE = """
[[rule]]
include = {include}
[rule.schema]
path = "./{folder}/{name}.json"
"""


@click.command(cls=Command, short_help="Hilft Editoren beim Vervollständigen und Prüfen.")
@click.argument("folder", metavar="[ORDNER]", default=".", type=click.Path(path_type=Path, exists=True))
def schema(folder: Path) -> None:
    """Schreibt in den Arbeitsordner, was Editoren brauchen, um Regeln und Konfiguration schon beim Tippen zu
    vervollständigen und zu prüfen."""
    write_schemas(folder)
    click.echo(f"In {folder} liegen jetzt .taplo.toml und {FOLDER}/.", err=True)


def write_schemas(folder: Path) -> None:
    """Write `.taplo.toml` and the schemas it names, over what earlier versions wrote."""
    (folder / FOLDER).mkdir(exist_ok=True)
    entries = []
    for name, model in _models().items():
        text = json.dumps(model.model_json_schema(), ensure_ascii=False, indent=1)
        (folder / FOLDER / f"{name}.json").write_text(text + "\n", "utf-8")
        include = ["config.toml"] if name == "config" else [f"rules/{name}.toml", f"rules/{name}/*.toml"]
        entries.append(_RULE.format(include=json.dumps(include), folder=FOLDER, name=name))
    (folder / ".taplo.toml").write_text(_TAPLO.format(rules="".join(entries)), "utf-8")


def _models() -> "dict[str, type[BaseModel]]":
    from mailflow.config import Config
    from mailflow.rules.loading import FILES

    return {"config": Config, **FILES}
