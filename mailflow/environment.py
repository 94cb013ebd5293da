"""What is set outside config.toml: variables of the environment and systemd credentials.

    MAILFLOW_MAILBOX__PASSWORD=…                    a variable; lists in it are JSON
    $CREDENTIALS_DIRECTORY/mailbox__password        a credential: a file with the value
Rules: a variable stands over a credential; a MAILFLOW_… name that nothing listens to is an error.
"""

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from mailflow.complaints import likely
from mailflow.source import Key

PREFIX = "MAILFLOW_"
NOT_SETTINGS = ("CONFIG", "DEBUG")  # MAILFLOW_… names that mean something else


def unknown_names(tables: Mapping[str, Iterable[str]]) -> list[str]:
    """Complaints about MAILFLOW_… variables that are none of these keys of these tables."""
    names = [name.upper() for name in os.environ if name.upper().startswith(PREFIX)]
    known = [PREFIX + name for name in NOT_SETTINGS]
    for table, keys in tables.items():
        known += [f"{PREFIX}{table}".upper(), *(f"{PREFIX}{table}__{key}".upper() for key in keys)]
    return [
        f"Umgebungsvariable {name}: Diesen Namen gibt es nicht.{likely(name, known)}"
        for name in names
        if name.split("__")[0] not in known
    ]


def not_json(error: Exception) -> str:
    """A complaint about a list or table from outside the file that is not written as JSON."""
    found = re.search(r'field "(\w+)"', str(error))
    start = f"{PREFIX}{found[1].upper()}__…" if found else f"{PREFIX}…"
    return f'Umgebungsvariable {start}: Eine Liste wird hier als JSON geschrieben, etwa ["a", "b"].'


def source_of(key: Key) -> str:
    """The variable or credential from which the value at `key`, or the table it stands in, comes; else ""."""
    words = [str(part) for part in key]
    variables = {name.upper() for name in os.environ}
    while words:
        variable = PREFIX + "__".join(words).upper()
        if variable in variables:
            return f"Umgebungsvariable {variable}"
        name = "__".join(words)
        if _credential(name).is_file():
            return f"Credential „{name}“"
        words.pop()
    return ""


def why_unread(name: str) -> str:
    """What keeps us from reading a credential; "" where it is simply not there."""
    file = _credential(name)
    try:
        file.read_bytes()
    except PermissionError:
        return f" {file} ist für diesen Benutzer nicht lesbar."
    except OSError:
        pass
    return ""


def _credential(name: str) -> Path:
    return Path(os.environ.get("CREDENTIALS_DIRECTORY", "/nonexistent")) / name
