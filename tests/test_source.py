"""Lines of keys: in every way in which TOML can be written."""

import tomllib
from pathlib import Path

import pytest

from mailflow.defaults import folder
from mailflow.source import Key, Source

TEXT = '''# a comment with [brackets] and "quotes"
top = 1
"quoted key" = 2
dotted.key.deep = 3

[table]
text = "with # no comment and ] bracket"   # comment
multi = """
[not.a.table]
key = "no key"
"""
raw = \'\'\'
x = 1\'\'\'
list = [
  1,   # one
  "two", # ]
  [3, { inner = 4 }],
]
inline = { a = 1, b = { c = "}" } }
moment = 2021-03-17 15:00:00
after = true

[table.sub]
x = 1

[[rule]]
name = "first"
words = ["a", "b"]

[[rule]]
name = "second"
  [rule.more]
  deep = 1
  [[rule.part]]
  z = 1
  [[rule.part]]
  z = 2
'''
LINES: dict[Key, int] = {
    ("top",): 2,
    ("quoted key",): 3,
    ("dotted", "key", "deep"): 4,
    ("table",): 6,
    ("table", "text"): 7,
    ("table", "multi"): 8,
    ("table", "raw"): 12,
    ("table", "list"): 14,
    ("table", "list", 0): 15,
    ("table", "list", 1): 16,
    ("table", "list", 2): 17,
    ("table", "list", 2, 1, "inner"): 17,
    ("table", "inline", "b", "c"): 19,
    ("table", "moment"): 20,
    ("table", "after"): 21,
    ("table", "sub", "x"): 24,
    ("rule",): 26,
    ("rule", 0): 26,
    ("rule", 0, "words", 1): 28,
    ("rule", 1, "name"): 31,
    ("rule", 1, "more", "deep"): 33,
    ("rule", 1, "part", 0, "z"): 35,
    ("rule", 1, "part", 1, "z"): 37,
}


@pytest.mark.parametrize(("key", "line"), LINES.items(), ids=lambda value: str(value))
def test_line_of_each_key(key: Key, line: int) -> None:
    """The scanner finds a key wherever it is written."""
    assert Source(Path("x.toml"), TEXT, tomllib.loads(TEXT)).line(key) == line


def test_missing_key_has_the_line_of_its_table() -> None:
    """What is not there is told at the table in which it should stand."""
    source = Source(Path("x.toml"), TEXT, tomllib.loads(TEXT))
    assert source.line(("rule", 1, "part", 1, "missing")) == 36
    assert source.line(("nowhere",)) is None


def _keys(value: object, key: Key = ()) -> list[Key]:
    inner: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [key, *(each for name, part in inner for each in _keys(part, (*key, name)))]


def test_every_key_of_the_shipped_files_has_its_line() -> None:
    """All keys of all shipped rules are found, none only through what it stands in."""
    for file in sorted((folder() / "rules").rglob("*.toml")):
        text = file.read_text("utf-8")
        source = Source(file, text, tomllib.loads(text))
        lines = source._lines
        assert [key for key in _keys(source.data) if key and key not in lines] == [], file
