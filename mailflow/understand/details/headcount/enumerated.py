"""People enumerated behind a colon: "wir kommen: Christian, Anne, Emil und unsere Oma Renate".

Rules: in German every noun has a capital, so capitals behind a colon are people only beside a party that is
known, or where those who write say of themselves that they come; and only if nothing else stands there to
the end of the sentence. Two relatives at the head of the list ("Papa Tom, Mama Ina, Lisa") are enough by
themselves.
"""

from mailflow.understand.details.headcount.called import called_so, is_called
from mailflow.understand.details.headcount.term import Term
from mailflow.understand.details.sentences.sentence import Token

_FEWEST = 3  # items; two may be a name and a town


def enumerated(tokens: list[Token], terms: list[Term]) -> list[Term]:
    """The names of the list behind a colon that nobody has found yet."""
    colon = next((place for place, token in enumerate(tokens) if token.low == ":"), None)
    if colon is None:
        return []
    items = _items(tokens, colon + 1, {term.start: term for term in terms})
    names = [item for item in items if item not in terms]
    known = len(names) < len(items) or _we_come(tokens[:colon])
    return names if known and len(items) >= _FEWEST else []


def _items(tokens: list[Token], start: int, known: dict[int, Term]) -> list[Term]:
    """What is listed from there to the end of the sentence; nothing, if there is something else."""
    items: list[Term] = []
    place = start
    while place < len(tokens):
        item = known.get(place) or _name(tokens, place)
        if item is None:
            return []
        if not (items and items[-1].kind == "me" and item.kind == "named"):  # "und ich, Samuel"
            items.append(item)
        place = item.end
        if place == len(tokens) or tokens[place].text in ".!":
            return items
        if not (tokens[place].comma or tokens[place].joins or tokens[place].has("along")):
            return []
        place += 1
    return items


def _name(tokens: list[Token], place: int) -> Term | None:
    """One or two capitals that mean nothing to us: "Lotta", "Emil Kox"."""
    if not is_called(tokens[place]):
        return None
    return called_so(tokens, place, place + 1 + _is_called_at(tokens, place + 1))


def _is_called_at(tokens: list[Token], place: int) -> bool:
    """A capital that means nothing to us stands there."""
    return place < len(tokens) and is_called(tokens[place])


def _we_come(tokens: list[Token]) -> bool:
    """ "Wir möchten am 17. dabei sein"."""
    return any(token.has("we") for token in tokens) and any(token.has("come", "enrol") for token in tokens)


def after_relatives(tokens: list[Token], terms: list[Term]) -> list[Term]:
    """ "Es kommen: Papa Tom, Mama Ina, Lisa": after a colon and two relatives, capitals are people."""
    colon = next((place for place, token in enumerate(tokens) if token.low == ":"), len(tokens))
    kin = [term for term in terms if term.kind == "kin" and term.start > colon and not term.owned]
    if len(kin) < 2 or tokens[kin[0].start - 1].low != ":":
        return []
    found: list[Term] = []
    place = kin[-1].end
    while place < len(tokens) and tokens[place].comma and _is_called_at(tokens, place + 1):
        if place + 2 < len(tokens) and not tokens[place + 2].mark and not tokens[place + 2].joins:
            break
        found.append(called_so(tokens, place + 1, place + 2))
        place += 2
    return found
