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
