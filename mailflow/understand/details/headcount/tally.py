"""What a mail's clauses say about who comes, gathered before the conclusion is drawn."""

from dataclasses import dataclass, field, replace
from typing import NamedTuple

from mailflow.understand.details.headcount.term import Term

SUM, TOTAL, COUNTED, LOOSE, EARLIER = 4, 3, 2, 1, 0  # how much a total is worth


class Total(NamedTuple):
    """A number that counts everybody, and where it stands; the greatest is worth most, or was said last."""

    worth: int
    sentence: int
    place: int  # of the token in its sentence
    number: int


@dataclass(slots=True)
class Tally:
    """Evidence of all sentences. Relations ("Mann", "Kinder") are keys, so that nobody counts twice."""

    totals: list[Total] = field(default_factory=list)
    words: int = 0  # of the whole text
    sentence: int = 0  # which one is being read
    just_counted: tuple[int, int] = (-1, 0)  # in that sentence so many: names that follow are theirs
    delta: int = 0  # "eine Person weniger"
    less: int = 0  # "zwei davon fallen aus"
    former: int = 0  # how many would have come: "eigentlich wollten wir zu viert"
    whole: int = 0  # how many a house or a club has, of whom not all come
    missing: dict[str, int] = field(default_factory=dict)  # of these, so many do not
    struck: set[int] = field(default_factory=set)  # tokens of the sentence that are told already
    additions: int = 0  # "+ 2": beside the writer
    others: dict[str, int] = field(default_factory=dict)  # they come
    weak: dict[str, int] = field(default_factory=dict)  # the same, in a clause about something else
    signed: dict[str, int] = field(default_factory=dict)  # they have signed up by themselves
    followers: dict[str, int] = field(default_factory=dict)  # "Inge und Trudi auch"
    among: bool = False  # "eine davon bin ich": those who were counted include the writer
    escorts: int = 0  # "begleitet von meiner Kollegin und mir": so many beside those who are counted
    goes_along: bool = False  # "ich begleite sie": the writer is one more than those who are counted
    absent: dict[str, int] = field(default_factory=dict)  # they do not come
    mentioned: dict[str, int] = field(default_factory=dict)
    called: dict[str, str] = field(default_factory=dict)  # relatives by their names
    they_come: bool = False  # "er möchte": he who was named
    names: list[str] = field(default_factory=list)
    spare: list[str] = field(default_factory=list)  # of people named, but not counted
    writer_in: bool = False
    writer_out: bool = False
    in_singular: bool = False  # "ich komme"
    besides_others: bool = False  # the writer comes, perhaps as one of several
    staff: int = 0  # companies that are so many of a club or a house: "wir" are they
    family_with_writer: bool = False  # "mein Mann und ich"
    family: int = 0  # all other companies
    firm: bool = False  # a number was told of those who come, not only of a house or a family
    also: bool = False
    together: bool = False
    everybody: bool = False

    def note_total(self, worth: int, number: int, place: int) -> None:
        """A number that counts everybody; `place` is the token of the present sentence."""
        self.totals.append(Total(worth, self.sentence, place, number))

    @property
    def last_mentioned(self) -> dict[str, int]:
        """ "Meine Schwester …, und ich mit ihr": whom the mail mentioned last."""
        return dict(list(self.mentioned.items())[-1:])


def add_company(where: dict[str, int], terms: list[Term]) -> None:
    """Count people named together: two of one relation are two ("die Kollegin Beck und der Kollege Roth"),
    unless one word only repeats the other ("elf Schülerinnen und Schüler")."""
    together: dict[str, Term] = {}
    for term in terms:
        key = term.relation or term.name or term.kind
        first = together.get(key)
        if first is None:
            together[key] = replace(term)
        elif term.owned or term.counted or term.name or term.end - term.start > 1:
            first.count += term.count
    for term in together.values():
        add_party(where, term)


def add_party(where: dict[str, int], term: Term) -> None:
    """Count a party, once per relation."""
    key = term.relation or term.name or term.kind
    where[key] = max(where.get(key, 0), term.count)
