"""The labelled mails: nothing that a person wrote is lost, whatever a keyboard or program makes of it."""

import json
import textwrap
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from mailflow.letter import read_letter
from mailflow.model import Passage
from mailflow.rules.layout import LayoutFile, compile_layout
from mailflow.understand.own_words import split_pieces
from tests.corpus.build_eml import build

HERE = Path(__file__).parent
CASES = [json.loads(line) for line in (HERE / "corpus" / "dev.jsonl").read_text("utf-8").splitlines()]
HEADS = tomllib.loads((HERE / "letters" / "heads.toml").read_text("utf-8"))["head"]
LAYOUT = compile_layout(
    {
        path.stem: LayoutFile.model_validate(tomllib.loads(path.read_text("utf-8")))
        for path in sorted((HERE.parent / "rules" / "layout").glob("*.toml"))
    }
)
PERSONS = [case for case in CASES if not case["expect"]["auto"]]


def written(body: tuple[Passage, ...]) -> str:
    return "\n".join(piece.text for piece in split_pieces(body, LAYOUT) if piece.kind == "written")


def plain(case: dict[str, object]) -> str:
    return "\n".join(passage.text for passage in read_letter(build(case)).body)


def has_history(case: dict[str, object]) -> bool:
    body = read_letter(build(case)).body
    return any(piece.kind in ("quoted", "forwarded") for piece in split_pieces(body, LAYOUT))


FRESH = [case for case in PERSONS if not has_history(case)]


@pytest.mark.parametrize("case", PERSONS, ids=lambda case: str(case["id"]))
def test_ideas_are_in_what_was_written(case: dict[str, dict[str, list[str]]]) -> None:
    kept = " ".join(written(read_letter(build(case)).body).split()).casefold()
    for words in case["expect"]["idea_has"]:
        assert " ".join(words.split()).casefold() in kept


UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
CHANGES: dict[str, Callable[[str], str]] = {
    "no capitals": str.lower,
    "umlauts typed out": lambda text: text.translate(UMLAUTS),
    "narrow lines": lambda text: "\n".join("\n".join(textwrap.wrap(line, 45)) for line in text.split("\n")),
    "a blank line between all lines": lambda text: text.replace("\n", "\n\n"),
    "no blank lines": lambda text: "\n".join(line for line in text.split("\n") if line.strip()),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
@pytest.mark.parametrize("case", FRESH, ids=lambda case: str(case["id"]))
def test_no_word_is_lost_by_another_way_of_typing(
    case: dict[str, object], change: Callable[[str], str]
) -> None:
    text = plain(case)
    before = change(written((Passage(text),))).split()
    assert set(before) <= set(written((Passage(change(text)),)).split())


@pytest.mark.parametrize("number", range(len(FRESH)))
def test_history_of_any_program_below_changes_nothing(number: int) -> None:
    """Each mail once more, with what it answers below, as another program writes it each time."""
    text = plain(FRESH[number])
    for head in (HEADS[number % len(HEADS)], HEADS[(7 * number + 3) % len(HEADS)]):
        old = "Guten Tag,\n\ndas Forum stellt sich vor.\nMelden Sie sich an!\n"
        sign = "" if head["style"] == "plain" else "> "
        mark = head["mark"].strip("\n") + "\n\n"
        if head["style"] == "inside":
            mark = "".join(f"> {line}\n" for line in mark.split("\n"))
        history = mark + "".join(f"{sign}{line}\n" for line in old.split("\n"))
        assert written((Passage(f"{text.rstrip()}\n\n{history}"),)) == written((Passage(text),)), head[
            "client"
        ]
