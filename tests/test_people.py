"""Who comes: names, numbers of people, institutions and telephone numbers, as people write them.

The material lies in tests/people/: whole mails with what must be read from them (mails.*.jsonl), sentences
with how many people they announce (counts.jsonl), and replies to our answer (replies.jsonl). None of it is
from the labelled corpus's mails.
"""

import json
import tomllib
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailflow.model import Address, Details, Letter, Passage
from mailflow.rules.layout import Layout, LayoutFile, compile_layout
from mailflow.rules.people import People, PeopleFile, compile_people
from mailflow.understand.details import find_details
from mailflow.understand.details.headcount.persons import count_persons
from mailflow.understand.details.sentences import read_sentences
from mailflow.understand.own_words import split_pieces

MATERIAL = Path(__file__).parent / "people"
RULES = Path(__file__).parent.parent / "rules"


@cache
def people() -> People:
    """The people rules as delivered."""
    return compile_people(
        {f.stem: PeopleFile.model_validate(_toml(f)) for f in (RULES / "people").glob("*.toml")}
    )


@cache
def layout() -> Layout:
    """The layout rules as delivered."""
    return compile_layout(
        {f.stem: LayoutFile.model_validate(_toml(f)) for f in (RULES / "layout").glob("*.toml")}
    )


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))


def _rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (MATERIAL / name).read_text("utf-8").splitlines()]


def _title(row: dict[str, Any]) -> str:
    return f"{row['lang']}: {' '.join(row['text'].split())[:60]}"


def read(row: dict[str, Any]) -> Details:
    """What is read from a mail of the material."""
    passage = Passage(row["text"])
    sender = Address(*row["from"])
    letter = Letter("", "", (sender,), (), (), row["subject"], None, (), (passage,))
    pieces = split_pieces(letter.body, layout())
    return find_details(letter, pieces, row["lang"], people(), practice=False)


def _plain(text: str | None) -> str:
    words = "".join(c if c.isalnum() else " " for c in unicodedata.normalize("NFC", text or ""))
    return " ".join(words.split()).casefold()


def _digits(text: str | None) -> str:
    return "".join(c for c in text or "" if c.isdigit())[-9:]


@pytest.mark.parametrize("row", _rows("mails.de.jsonl") + _rows("mails.other.jsonl"), ids=_title)
def test_reads_who_comes(row: dict[str, Any]) -> None:
    """Name, number, institution and telephone number of a whole mail."""
    details, expected = read(row), row["expected"]
    assert _plain(details.name) == _plain(expected["name"])
    assert details.persons == expected["persons"]
    assert _digits(details.phone) == _digits(expected["phone"])
    found, wanted = _plain(details.organisation), _plain(expected["organisation"])
    assert found == wanted or (found and wanted and (found in wanted or wanted in found))


@pytest.mark.parametrize("row", _rows("counts.jsonl"), ids=_title)
def test_counts_people(row: dict[str, Any]) -> None:
    """How many people a few words announce, the writer included where the writer comes."""
    speech = people().speech(row["lang"])
    assert count_persons(read_sentences(row["text"], speech), "", speech).persons == row["persons"]


def _reply(text: str, lang: str = "de") -> Details:
    sender = ["Hans Meier", "h@web.example"]
    return read({"text": text, "lang": lang, "from": sender, "subject": "Re: Anmeldung"})


@pytest.mark.parametrize("row", _rows("replies.jsonl"), ids=_title)
def test_a_reply_corrects_the_number(row: dict[str, Any]) -> None:
    """A correction says the new number, or how many more or fewer come than before (`change`)."""
    details = _reply(row["text"], row["lang"])
    assert (details.persons, details.change) == (row["persons"], row["change"])
    assert not (details.change and "persons" in details.said)


@pytest.mark.parametrize(
    "text", ["Danke!", "Ja, danke, alles richtig.", "Probe bitte auch.", "Vielen Dank, bis dann!"]
)
def test_a_reply_that_names_nobody_states_nothing(text: str) -> None:
    """Only what the mail itself says may correct a registration."""
    assert _reply(text).said == frozenset()


def test_only_what_is_written_here_counts() -> None:
    """The history below says how many came to something else."""
    above = "Ich bin dabei.\nAnna Kox\n\nAm 02.03.2021 um 10:12 schrieb Max Gassen:\n"
    details = _reply(above + "> Wir sind zu acht, Tel. 02131 555-0001")
    assert (details.persons, details.phone) == (1, None)


def test_the_subject_of_a_reply_was_written_before() -> None:
    """It said how many came then; the text says what has changed."""
    row = {"text": "mein Mann doch nicht", "lang": "de", "from": ["", "h@web.example"]}
    assert read(row | {"subject": "AW: Anmeldung, 2 Personen"}).change == -1
    assert read(row | {"text": "Danke!", "subject": "Anmeldung, 2 Personen"}).persons == 2
    assert read(row | {"text": "Danke!", "subject": "Re: Anmeldung, 2 Personen"}).said == frozenset()


def test_hostile_text_takes_no_time_to_speak_of() -> None:
    """Text made to run patterns in circles is read through once, and says nothing."""
    pieces = [
        "mein Mann und ",
        "ich, ",
        "1. ",
        "(",
        "zu ",
        "+49 ",
        "wir sind ",
        "Name: ",
        "und ",
        "0",
        "Frau ",
    ]
    for piece in pieces:
        assert _reply(piece * 20_000).persons >= 1


_SCRAPS = [
    "ich",
    "wir",
    "meine Frau",
    "und",
    ",",
    "2",
    "zu",
    "dritt",
    "Personen",
    "statt",
    "(",
    ")",
    ":",
    "\n",
]
_SCRAPS += [
    "Frau",
    "Öztürk",
    "0171 5551234",
    "Name",
    "komme",
    "nicht",
    "17.",
    "März",
    "أنا",
    "و",
    "زوجتي",
    "нас",
]
_WORDS = st.lists(st.one_of(st.sampled_from(_SCRAPS), st.text(max_size=8)), max_size=40)


@settings(max_examples=200, deadline=None)
@given(_WORDS, st.sampled_from(["de", "ar", "ru", "tr"]))
def test_whatever_stands_there_is_read(words: list[str], lang: str) -> None:
    """No arrangement of words and signs raises, or counts fewer than one."""
    assert _reply(" ".join(words), lang).persons >= 1
