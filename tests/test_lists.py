"""Lists: every field for programs, nothing that a spreadsheet would run, nothing that steers a terminal."""

import csv
import io
import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from mailflow.explain.lists import KINDS, NOTHING, Record, as_table, json_line, write_csv
from mailflow.model import Attention, Idea, Registration

WHEN = datetime(2021, 3, 3, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))


def registration(name: str = "Renate Müller", phone: str | None = None) -> Registration:
    return Registration(
        "r1", name, "renate@web.example", 2, True, True, None, phone, "de", WHEN, "d1", unreached=""
    )


RECORDS: dict[str, Record] = {
    "registrations": registration(),
    "ideas": Idea("i1", "Ein Sprachcafé", "suggestion", "Renate", "renate@web.example", WHEN, True, "d1"),
    "attention": Attention("a1", "renate@web.example", "Frage", "Frage gestellt", WHEN, "d1"),
}


@pytest.mark.parametrize(
    ("kind", "promised"),
    [
        ("registrations", "name address persons organisation phone practice language state"),
        ("ideas", "text address kind in_time"),
        ("attention", "address subject reason"),
    ],
)
def test_json_has_the_promised_fields(kind: str, promised: str) -> None:
    """One object a line; moments with their offset; letters as they are."""
    told = json.loads(json_line(RECORDS[kind]))
    assert set(promised.split()) <= set(told)
    assert told["when"] == "2021-03-03T10:00:00+01:00"
    assert "\\u" not in json_line(RECORDS[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_csv_has_the_fields_of_the_record(kind: str) -> None:
    """A line of names, then the records; without any, the names alone."""
    out = io.StringIO()
    write_csv(kind, [RECORDS[kind]], out)
    (row,) = csv.DictReader(io.StringIO(out.getvalue()))
    assert row["id"] == RECORDS[kind].id
    assert row["when"] == "2021-03-03T10:00:00+01:00"
    empty = io.StringIO()
    write_csv(kind, [], empty)
    assert out.getvalue().startswith(empty.getvalue())


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", " =", "＝", "'="])
def test_no_cell_is_a_formula(start: str) -> None:
    """OWASP, CSV injection: a cell must not begin with = + - @ tab or return."""
    out = io.StringIO()
    write_csv("registrations", [registration(start + "HYPERLINK(1)", phone="+49 2131 555")], out)
    (row,) = csv.DictReader(io.StringIO(out.getvalue()))
    assert row["name"][0] not in "=+-@\t\r＝＋－＠ "
    assert row["name"].endswith("HYPERLINK(1)")
    assert row["phone"] == "'+49 2131 555"


def test_line_breaks_stay_in_their_cell() -> None:
    """An idea of several lines is one cell."""
    out = io.StringIO()
    write_csv("ideas", [Idea("i", 'a\n"b", c', "", "", "x@y.example", WHEN, False, "d")], out)
    (row,) = csv.DictReader(io.StringIO(out.getvalue()))
    assert row["text"] == 'a\n"b", c'


@pytest.mark.parametrize("kind", KINDS)
def test_table_shows_who_and_what(kind: str) -> None:
    """Brackets are no markup, escape sequences are gone."""
    console = Console(width=160, record=True, file=io.StringIO())
    record = RECORDS[kind]
    console.print(as_table(kind, [record]))
    shown = console.export_text()
    assert "03.03.2021" in shown
    assert ("renate@web.example" in shown) is (kind != "ideas")
    assert kind in NOTHING


def test_table_takes_names_as_they_are() -> None:
    """A name with square brackets or an escape sequence in it is text."""
    console = Console(width=160, record=True, file=io.StringIO())
    console.print(as_table("registrations", [registration("[red]Otto[/red] \x1b[31m")]))
    assert "[red]Otto[/red] [31m" in console.export_text()
