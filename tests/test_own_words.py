"""What the person wrote in a mail, apart from greeting, closing, signature and what programs add."""

import tomllib
from pathlib import Path

import pytest

from mailflow.model import Passage
from mailflow.rules.layout import Layout
from mailflow.understand.own_words import split_pieces

HERE = Path(__file__).parent
LETTERS = tomllib.loads((HERE / "letters" / "letters.toml").read_text("utf-8"))["letter"]


@pytest.mark.parametrize("letter", LETTERS, ids=lambda letter: str(letter["what"]))
def test_whole_letters(letter: dict[str, str], layout: Layout) -> None:
    pieces = split_pieces((Passage(letter["text"]),), layout, letter.get("sender", ""))

    def joined(kind: str) -> str:
        return "\n".join(piece.text for piece in pieces if piece.kind == kind)

    assert joined("written") == letter["written"].strip("\n")
    assert joined("signature") == letter.get("signature", "").strip("\n")
    assert all(piece.because for piece in pieces if piece.kind != "written")
