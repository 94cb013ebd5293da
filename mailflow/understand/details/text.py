"""The text of a mail as its details are read from it: what was written, how it is signed, and how it ends."""

import re
from dataclasses import dataclass

from mailflow.model import Piece
from mailflow.rules.people import People, Speech
from mailflow.rules.people_words import fold
from mailflow.understand.details.sentences import read_sentences
from mailflow.understand.details.sentences.sentence import Sentence

_SIGNED = ("closing", "signature")


@dataclass(frozen=True, slots=True)
class Text:
    """What a person wrote in a mail."""

    written: str
    sentences: list[Sentence]  # of what was written
    signed: list[str]  # lines
    tails: list[str]  # where somebody may have signed who uses no lines


def read_text(pieces: tuple[Piece, ...], people: People, speech: Speech) -> Text:
    """The text that these pieces make."""
    written = "\n".join(piece.text for piece in pieces if piece.kind == "written")
    signed = [line for piece in pieces if piece.kind in _SIGNED for line in piece.text.splitlines()]
    written, below = _split_at_closing(written, people)
    sentences = read_sentences(written.lower() if written.isupper() else written, speech)
    return Text(written, sentences, below + signed, _tails(written))


def _tails(written: str) -> list[str]:
    """What stands behind the last full stop of each of the last lines."""
    parts = [re.split(r"[.!?]\s+", line) for line in written.splitlines()[-2:]]
    ends = [each[-1] for each in parts if len(each) > 1 or len(each[0]) < 60]
    return [end for end in ends if sum(word.islower() for word in end.split()) < 3]


def _split_at_closing(written: str, people: People) -> tuple[str, list[str]]:
    """Text and signature where a closing ("Mit freundlichen Grüßen") still stands in the text."""
    lines = written.splitlines()
    for number in range(len(lines) - 1, 0, -1):
        words = [fold(word.strip(".,!:;-–'’()"), True) for word in lines[number].split()]
        words = [word for word in words if word]
        tags = [people.common.meaning(word).tags for word in words]
        greets = 1 < len(words) < 4 and "name:closing_nouns" in tags[-1]
        if greets or (1 < len(words) < 8 and all("name:closings" in each for each in tags)):
            return "\n".join(lines[:number]), lines[number:]
    return written, []
