"""One party of a sentence: kin with their number, the writer, "2 Personen", somebody called by name."""

from dataclasses import dataclass


@dataclass(slots=True)
class Term:
    """One party: tokens start to end (end excluded), and how many it is."""

    start: int
    end: int
    kind: str  # "kin", "neutral", "pair", "named", "me", "they"
    count: int
    relation: str = ""
    owned: bool = False  # mein, unser
    counted: bool = False  # has a number of its own
    name: str = ""
    listed: bool = True  # the language's list knows the word; else it is a person by the way it is used
    number_at: int = -1  # where its number stands, if not beside it: "meine Kinder kommen auch, alle drei"
