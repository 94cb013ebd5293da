"""History in a mail: whatever the program and its language, what was written before goes, the new stays."""

import tomllib
from pathlib import Path

import pytest

from mailflow.model import Passage
from mailflow.rules.layout import Layout, LayoutFile, compile_layout
from mailflow.understand.own_words import split_pieces

HERE = Path(__file__).parent
RULES = HERE.parent / "rules" / "layout"
HEADS = tomllib.loads((HERE / "letters" / "heads.toml").read_text("utf-8"))["head"]
NAMES = [head["client"] for head in HEADS]

NEW = "Guten Tag,\n\nich melde mich für den 17. März an. Wir kommen zu zweit.\n\nViele Grüße\nPetra Braun\n"
OLD = "Guten Tag Frau Braun,\n\ndas Forum stellt sich vor.\nMelden Sie sich bitte an!\n\nMax Gassen\n"


@pytest.fixture(scope="module")
def layout() -> Layout:
    files = {
        path.stem: LayoutFile.model_validate(tomllib.loads(path.read_text("utf-8")))
        for path in sorted(RULES.glob("*.toml"))
    }
    return compile_layout(files)


def quoted(text: str) -> str:
    return "".join(f"> {line}".rstrip() + "\n" for line in text.split("\n"))


def history(head: dict[str, str]) -> str:
    mark = head["mark"].strip("\n") + "\n\n"
    if head["style"] == "inside":
        return quoted(mark + OLD)
    return mark + (quoted(OLD) if head["style"] == "signs" else OLD)


def written(text: str, layout: Layout) -> str:
    pieces = split_pieces((Passage(text),), layout)
    return "\n".join(piece.text for piece in pieces if piece.kind == "written")


@pytest.mark.parametrize("head", HEADS, ids=NAMES)
def test_history_below_goes(head: dict[str, str], layout: Layout) -> None:
    """The common case: answered above, the whole earlier mail below."""
    text = NEW + "\n" + history(head)
    assert written(text, layout) == "ich melde mich für den 17. März an. Wir kommen zu zweit."


@pytest.mark.parametrize("head", HEADS, ids=NAMES)
def test_history_right_below_a_line_goes(head: dict[str, str], layout: Layout) -> None:
    """Some programs leave no blank line between the answer and the mark."""
    text = "Ja, wir kommen gern.\n" + history(head)
    assert written(text, layout) == "Ja, wir kommen gern."


@pytest.mark.parametrize(
    "head", [head for head in HEADS if head["style"] != "plain"], ids=lambda head: str(head["client"])
)
def test_answer_below_quoted_lines_stays(head: dict[str, str], layout: Layout) -> None:
    """Where the old text carries ">", an answer below it is the person's."""
    text = history(head) + "\n" + NEW
    assert written(text, layout) == "ich melde mich für den 17. März an. Wir kommen zu zweit."


@pytest.mark.parametrize(
    "head", [head for head in HEADS if head["style"] == "signs"], ids=lambda head: str(head["client"])
)
def test_answers_between_quoted_lines_stay(head: dict[str, str], layout: Layout) -> None:
    """Answers between the lines, each below the question."""
    mark = head["mark"].strip("\n")
    text = f"{mark}\n> Kommen Sie am 17.?\n\nJa, gern.\n\n> Und zur Probe am 16.?\n\nNein danke.\n"
    assert written(text, layout) == "Ja, gern.\nNein danke."


ORDINARY = {
    "schrieb in a sentence": "Am 2. März um 10 Uhr schrieb ich Ihnen schon.\nAm 17. März komme ich.",
    "schrieb with a colon": "Am 2. März schrieb ich Ihnen:\nBitte zwei Plätze. Das gilt weiter.",
    "Von: in a list": "Wir kommen aus zwei Häusern\nVon: Haus Nordstraße\nBitte zwei Plätze.",
    "a form": "Name: Sabrina Lüttgen\nDatum: 17.3.\nAnzahl: 2\nThema: Zoom",
    "dashes": "Mein Vorschlag:\n-----\nEin Café\n-----\nIch helfe gern mit.",
    "an address": "Schreiben Sie mir bitte an petra@web.example, am 17. um 15:00 bin ich da.",
    "times": "Mögliche Zeiten:\n16.03.2021 15:00\n17.03.2021 15:00\nMir passt beides.",
    "from in English": "I need to come from: Neuss and from: Kaarst.\nThis is the text.",
    "sent from in English": "All messages are sent from the main server.\nThat is all.",
    "on": "On the surface, this looks like a quote.\n\nOn the other hand: it is none.",
    "regards": "As regards the time, we are free.\nWith regards to the link, please send it to me as well.",
    "greetings to others": "Viele Grüße an Ihre Frau, sie hat mir sehr geholfen.\nIch komme am 17. März.",
    "original": "Die ursprüngliche Nachricht habe ich nicht bekommen.\nBitte noch einmal senden.",
}


@pytest.mark.parametrize("text", ORDINARY.values(), ids=ORDINARY.keys())
def test_ordinary_text_is_kept(text: str, layout: Layout) -> None:
    """What merely looks like a mark of history stays, every line of it."""
    assert written(text, layout) == text
