"""People whom the writer calls by their first names because they come as well: "Inge und Trudi auch".

Rules: a capital at the head of a clause that says "also" is a name only where the clause has nobody else in
it, and says that they come, or tells who they are ("Ulla aus dem dritten Stock ebenfalls").
"""

import itertools

from mailflow.understand.details.headcount.called import is_called
from mailflow.understand.details.headcount.clauses import Clause
from mailflow.understand.details.headcount.tally import Tally
from mailflow.understand.details.sentences.sentence import Token

_OTHERS = ("i", "me", "to_me", "i_come", "my", "kin", "neutral", "title")
_HANGING = ("apart", "partitive", "also")
_LONGEST = 10  # words of such a clause


def note_followers(clauses: list[Clause], tally: Tally) -> None:
    """Note those who come as well; they count where the writer comes."""
    for clause in clauses:
        if "also" in clause.tags and not (clause.negated or clause.aside):
            words = [token for token in clause.tokens if not token.mark]
            starts = [0, *(place for place, token in enumerate(words) if token.has("joins"))]
            found = (_followers(words[start:]) for start in dict.fromkeys(starts))
            tally.followers |= dict.fromkeys(next((names for names in found if names), []), 1)


def _followers(words: list[Token]) -> list[str]:
    """The names at the head of these words, if what follows them says that these are people who come."""
    place = sum(1 for _ in itertools.takewhile(lambda token: token.has("joins", "breaks"), words))
    start = place
    while place < len(words) and words[place].has("article", "title"):
        place += 1
    known = place > start
    names: list[str] = []
    while place < len(words) and is_called(words[place]):
        names.append(words[place].text)
        place += 1
        if place + 1 < len(words) and words[place].has("joins") and is_called(words[place + 1]):
            place += 1
        else:
            break
    after = words[place:]
    if not names or not after or len(words) > _LONGEST or any(token.has(*_OTHERS) for token in after):
        return []
    comes = any(token.has("come") for token in after) and after[0].has("come", "can", *_HANGING)
    known = known or after[0].has("apart", "partitive") or len(names) > 1
    said = after[0].has("can", *_HANGING) and after[-1].has("also")
    return names if comes or (known and said) else []
