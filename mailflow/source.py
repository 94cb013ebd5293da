"""A TOML file, read, with the line on which each of its keys stands.

Rules: `tomli` alone decides what the file says; the lines are looked up only once there is something to
complain about, by a scanner that may be lax because it sees valid TOML only. Nothing here knows what the
keys mean. A byte order mark, as Windows editors leave it, is overlooked.
"""

import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import tomli

from mailflow.errors import Misconfigured

Key = tuple[str | int, ...]

# tomli's words (a part of them) and how we say it; the first that fits is used
_FAULTS = (
    ("Cannot overwrite a value", "dieser Schlüssel steht schon weiter oben"),
    ("Cannot declare", "diese Tabelle steht schon weiter oben"),
    ("Expected '=' after a key", "nach dem Schlüssel fehlt „=“"),
    ("Invalid statement", "hier wird ein Schlüssel oder eine [Tabelle] erwartet"),
    ("Expected newline", "nach dem Wert steht noch etwas; Text gehört in Anführungszeichen"),
    ("Invalid value", "der Wert ist nicht lesbar; Text gehört in Anführungszeichen"),
    ("Illegal character '\\n'", "das schließende Anführungszeichen fehlt"),
    ("Unterminated string", "das schließende Anführungszeichen fehlt"),
    ("Unclosed array", "die schließende eckige Klammer „]“ oder ein Komma fehlt"),
    ("Unclosed inline table", "die schließende geschweifte Klammer „}“ oder ein Komma fehlt"),
    ("Unescaped '\\'", "ein „\\“ im Text muss verdoppelt werden"),
    ("Invalid initial character for a key", "so darf ein Schlüssel nicht beginnen"),
    ("Invalid date or datetime", "dieses Datum gibt es nicht"),
)
_BARE = re.compile(r"[^\s,\]}#]+(?: [0-9:.+Z-]+)?")  # numbers, true, dates (which may hold one space)
_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:[^\\"]|\\.|"(?!""))*"{3,5}'
    r"|'''(?:[^']|'(?!''))*'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)


@dataclass(frozen=True)
class Source:
    """What a TOML file says (`data`) and where (`line`)."""

    file: Path
    text: str
    data: dict[str, Any]

    @cached_property
    def _lines(self) -> dict[Key, int]:
        return _Scanner(self.text).lines()

    def line(self, key: Key) -> int | None:
        """Line of a key, counted from 1; of what it stands in where the key itself is missing."""
        while key and key not in self._lines:
            key = key[:-1]
        return self._lines.get(key)


def read_source(file: Path) -> Source:
    """Read a TOML file. Raises Misconfigured with file, line and what is wrong there; OSError as it comes."""
    raw = file.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Misconfigured(
            f"{file}, Zeile {line}: Die Datei ist nicht als UTF-8 gespeichert; "
            "bitte im Editor mit dieser Zeichenkodierung speichern."
        ) from None
    try:
        return Source(file, text, tomli.loads(text))
    except tomli.TOMLDecodeError as error:
        raise Misconfigured(f"{file}, {_told(str(error), text)}") from None


def _told(message: str, text: str) -> str:
    """tomli's complaint in our words, the place first."""
    found = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", message)
    line = int(found[1]) if found and found[1] else text.count("\n") + 1
    bare = message[: found.start()] if found else message
    return f"Zeile {line}: " + next((ours for theirs, ours in _FAULTS if theirs in bare), bare) + "."


class _Scanner:
    """Walks through valid TOML and notes the line of each key, table and list entry."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found: dict[Key, int] = {}
        self.arrays: dict[Key, int] = {}  # arrays of tables, with the index of their last table

    def lines(self) -> dict[Key, int]:
        table: Key = ()
        while self._skip("\n"):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
        return self.found

    def _header(self) -> Key:
        array = self.text.startswith("[[", self.at)
        start = self.at
        self.at += 2 if array else 1
        table: Key = ()
        names = self._names()
        for left, name in enumerate(names, 1 - len(names)):  # 0 at the last name
            table = (*table, name)
            if table in self.arrays and not (array and left == 0):
                table = (*table, self.arrays[table])
        if array:
            self._note(table, start)
            self.arrays[table] = self.arrays.get(table, -1) + 1
            table = (*table, self.arrays[table])
        self._note(table, start)
        self.at = self.text.index("]", self.at) + (2 if array else 1)
        return table

    def _pair(self, table: Key) -> None:
        start = self.at
        for name in self._names():
            table = (*table, name)
            self._note(table, start)
        self.at = self.text.index("=", self.at) + 1
        self._value(table)

    def _names(self) -> list[str]:
        """A dotted key."""
        names: list[str] = []
        while True:
            self._skip()
            quoted = _STRING.match(self.text, self.at)
            found = quoted or _KEY.match(self.text, self.at)
            if not found:
                return names
            names.append(_unquoted(found[0]) if quoted else found[0])
            self.at = found.end()
            self._skip()
            if self.text[self.at : self.at + 1] != ".":
                return names
            self.at += 1

    def _value(self, key: Key) -> None:
        self._skip()
        self._note(key, self.at)
        opening = self.text[self.at : self.at + 1]
        if opening == "[":
            self._several("]", key)
        elif opening == "{":
            self._several("}", key)
        else:
            found = _STRING.match(self.text, self.at) or _BARE.match(self.text, self.at)
            self.at = found.end() if found else self.at + 1

    def _several(self, closing: str, key: Key) -> None:
        """A list, or a table in braces."""
        self.at += 1
        index = 0
        while self._skip("\n,") and self.text[self.at] != closing:
            if closing == "]":
                self._value((*key, index))
                index += 1
            else:
                self._pair(key)
        self.at += 1

    def _skip(self, more: str = "") -> bool:
        """Go over blanks and comments; say whether anything is left."""
        while self.at < len(self.text):
            if self.text[self.at] == "#":
                self.at = self._end_of_line()
            elif self.text[self.at] in " \t\r" + more:
                self.at += 1
            else:
                return True
        return False

    def _end_of_line(self) -> int:
        end = self.text.find("\n", self.at)
        return len(self.text) if end < 0 else end

    def _note(self, key: Key, at: int) -> None:
        self.found.setdefault(key, self.text.count("\n", 0, at) + 1)


def _unquoted(name: str) -> str:
    try:
        return str(json.loads(name))
    except ValueError:
        return name[1:-1]
