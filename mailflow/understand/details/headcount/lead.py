"""What stands before a word for people: its number, "mein", "die", "eine", "mit".

Rules: read backwards, over at most two words that mean nothing to us (adjectives); a mark, a word of another
meaning or a capital ends it, and so does a date: "am 17.3. zwei Personen".
"""

from dataclasses import dataclass

from mailflow.understand.details.headcount.called import is_called
from mailflow.understand.details.sentences.sentence import Token

_BACK = 4  # words before a noun among which its number and its "mein" are looked for
_STRANGE = 2  # of them may be words that mean nothing to us


@dataclass(slots=True)
class Lead:
    """What stands before a noun: where the party begins, its number, mein, die, eine, mit."""

    start: int
    number: int | None = None
    owned: bool = False
    theirs: bool = False
    definite: bool = False
    single: bool = False
    alongside: bool = False


def read_lead(tokens: list[Token], position: int, floor: int) -> Lead:
    """Read backwards from a noun, over at most two words that mean nothing to us (adjectives)."""
    lead = Lead(position)
    strange = 0
    for back in range(position - 1, max(floor, position - 1 - _BACK) - 1, -1):
        token = tokens[back]
        if token.low == "0" and token.number is None and lead.number is not None:
            break  # "am 17.3. 2 Personen"
        if token.mark or token.has("along"):
            before = tokens[back - 1] if back > 1 else token
            lead.alongside = not (token.mark or is_called(before))
            break
        if _belongs(token, lead, strange):
            lead.start = back
        elif token.low == "0" or token.has("ages") or _partitive(tokens, back, lead):
            continue
        elif strange == _STRANGE or lead.start < position or not _may_describe(token):
            break
        else:
            strange += 1
    return lead


def _may_describe(token: Token) -> bool:
    """ "Die zwei netten Nachbarn": no capital, and no meaning but that of an adjective."""
    known = token.meaning.tags and not token.has("adjectives")
    return not known and not token.text[:1].isupper()


def _partitive(tokens: list[Token], place: int, lead: Lead) -> bool:
    """The "of" in "six of our members"."""
    return lead.owned and tokens[place].has("partitive") and place > 0 and bool(tokens[place - 1].number)


def _belongs(token: Token, lead: Lead, strange: int) -> bool:
    """Does the word belong to the party? Notes in `lead` what it says."""
    if token.number is not None and (lead.number is None or lead.owned) and strange <= 1:
        lead.number = min(token.number, lead.number or token.number)
    elif lead.owned and token.has("group") and lead.number:  # "zweien meiner vier Kinder"
        lead.number = min(lead.number, token.meaning.number or lead.number)
    elif token.has("my", "theirs"):
        lead.owned, lead.theirs = True, not token.has("my")
    elif token.has("one") and lead.number is None:
        lead.single = True
    elif token.has("article"):
        lead.definite = True
    else:
        return token.has("more")
    return True
