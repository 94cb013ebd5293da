"""Who comes: name, number of people, institution, telephone number."""

from mailflow.model import Details, Letter, Piece
from mailflow.rules.people import People
from mailflow.understand.persons import count_persons


def find_details(
    letter: Letter, pieces: tuple[Piece, ...], language: str | None, people: People, *, practice: bool
) -> Details:
    """What the mail says about who comes."""
    text = "\n".join(piece.text for piece in pieces if piece.kind == "written")
    count = count_persons(text, letter.subject, people.speech(language))
    name = letter.sender.name if letter.sender else None
    said = frozenset({"persons"}) if count.said else frozenset[str]()
    return Details(name or None, count.persons, None, None, practice, said)
