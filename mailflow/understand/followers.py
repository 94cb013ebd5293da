"""People whom the writer calls by their first names because they come as well: "Inge und Trudi auch".

Rules: a capital at the head of a clause that says "also" is a name only where the clause has nobody else in
it, and says that they come, or tells who they are ("Ulla aus dem dritten Stock ebenfalls").
"""

import itertools

from mailflow.understand.called import bare
from mailflow.understand.clauses import Clause
from mailflow.understand.people_clauses import Token
from mailflow.understand.tally import Tally

_OTHERS = {"i", "me", "to_me", "i_come", "my", "kin", "neutral", "title"}
_LONGEST = 10  # words of such a clause


def note_followers(clauses: list[Clause], tally: Tally) -> None:
    """Note those who come as well; they count where the writer comes."""
    for clause in clauses:
        if "also" in clause.tags and not clause.tags & _OTHERS:
            words = [token for token in clause.tokens if not token.mark]
            if len(words) <= _LONGEST and not (clause.negated or clause.aside):
                tally.followers |= dict.fromkeys(_followers(words, clause), 1)


def _followers(words: list[Token], clause: Clause) -> list[str]:
    """The names at the head of the clause, if what follows them says that these are people who come."""
    place = sum(1 for _ in itertools.takewhile(lambda token: token.has("joins", "breaks"), words))
    article = place < len(words) and words[place].has("article")
    place += article
    names: list[str] = []
    while place < len(words) and _is_called(words[place]):
        names.append(words[place].text)
        place += 1
        if place + 1 < len(words) and words[place].has("joins") and _is_called(words[place + 1]):
            place += 1
        else:
            break
    after = words[place:]
    if not names or not after or _is_called(after[0]):
        return []
    comes = "come" in clause.tags and after[0].has("come", "can", "apart", "partitive", "also")
    known = article or after[0].has("apart", "partitive") or len(names) > 1
    return names if comes or (known and after[-1].has("also")) else []


def _is_called(token: Token) -> bool:
    return bare(token) and token.text[:1].isupper()
