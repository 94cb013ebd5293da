"""People whom no list of words knows: "der Küster, unsere Organistin und ich", "die Uschi aus Nr. 12".

Rules: knows no word of any language. What is joined to the writer by "und" is a person whatever the word is,
if it has a determiner and is not known to be a thing, and if no verb in the singular makes a clause of its
own of "ich" ("danke für den Hinweis und ich komme").
"""

from mailflow.understand.details.headcount.called import bare, brings, called_so, is_called
from mailflow.understand.details.headcount.numbered import numbered, stretches
from mailflow.understand.details.headcount.term import Term
from mailflow.understand.details.sentences.sentence import Token

_LONGEST = 9  # words of a phrase
_HANGING = 3  # words behind a preposition that belong to it: "vom Laden nebenan"
_INSIDE = ("article", "my", "impersonal", "apart")  # what may stand in such a hanging phrase


def unlisted(tokens: list[Token], terms: list[Term]) -> list[Term]:
    """The parties that are left: joined to the writer, or counted by a number."""
    found: list[Term] = []
    for term in terms:
        if term.kind == "me":
            found += _before(tokens, term, [*terms, *found])
            found += _behind(tokens, term, [*terms, *found])
    found += _brought(tokens, [*terms, *found])
    return found + list(numbered(tokens, [*terms, *found]))


def _before(tokens: list[Token], writer: Term, terms: list[Term]) -> list[Term]:
    """ "Der Küster, unsere Organistin und ich": from the writer backwards, over what is known."""
    found: list[Term] = []
    end = writer.start - 1
    if end < 1 or not tokens[end].joins or _alone(tokens, writer.end):
        return found
    summed = False
    beside = tokens[writer.start].has("i", "me")  # "mir" only in "mit dem Küster und mir"
    while end > 0:
        known = next((term for term in terms if term.start < end <= term.end), None)
        phrase = known or _phrase_before(tokens, end)
        if phrase is None and end < writer.start - 1:
            phrase = _name(tokens, end)
        if phrase is None or phrase.kind == "me" or (summed and phrase.owned):
            break
        if not (known or beside or _goes_along(tokens, phrase)):
            break
        if known is None:
            found.append(phrase)
        end = phrase.start - 1
        if end < 0 or not (tokens[end].joins or tokens[end].comma):
            break
        summed = phrase.counted and not phrase.owned and not tokens[end].joins
    return found


def _phrase_before(tokens: list[Token], end: int) -> Term | None:
    """The shortest phrase that ends there: "unsere Organistin" of "der Küster, unsere Organistin und ich"."""
    starts = range(end - 1, max(-1, end - _LONGEST), -1)
    return next((phrase for at in starts if (phrase := _phrase(tokens, at)) and phrase.end == end), None)


def _goes_along(tokens: list[Token], phrase: Term) -> bool:
    """ "mit dem Küster und mir"."""
    return phrase.start > 0 and tokens[phrase.start - 1].has("along", "escorted")


def _name(tokens: list[Token], end: int) -> Term | None:
    """A first name in a list that goes on: "Grace, Kwame, das Baby und ich"."""
    led = end > 1 and is_called(tokens[end - 1]) and (tokens[end - 2].low in ",:،" or tokens[end - 2].joins)
    return called_so(tokens, end - 1, end) if led else None


def _behind(tokens: list[Token], writer: Term, terms: list[Term]) -> list[Term]:
    """ "Ich und der Küster"."""
    start = writer.end + 1
    if start >= len(tokens) or not tokens[start - 1].joins or any(t.start <= start < t.end for t in terms):
        return []
    phrase = _phrase(tokens, start)
    if phrase is None or any(phrase.start < term.end and term.start < phrase.end for term in terms):
        return []
    return [phrase]


def _brought(tokens: list[Token], terms: list[Term]) -> list[Term]:
    """ "Ich nehme die Uschi aus Nr. 12 mit", "der Jupp sitzt neben mir"."""
    found: list[Term] = []
    taken = {place for term in terms for place in range(term.start, term.end)}
    for start, end in stretches(tokens):
        beside = _sits_beside(tokens[start:end])
        if beside or brings(tokens[start:end]):
            found += filter(None, (_by_article(tokens, at, taken, beside) for at in range(start, end)))
        found += filter(None, (_by_name(tokens, at, taken) for at in range(start, end - 2)))
    return found


def _by_name(tokens: list[Token], place: int, taken: set[int]) -> Term | None:
    """ "Mit meiner Klassenkameradin Priya": whoever has a name is no thing."""
    noun, name = place + 1, place + 2
    led = place > 0 and tokens[place].has("my") and tokens[place - 1].has("along")
    if not led or taken & {place, noun} or not (bare(tokens[noun]) and is_called(tokens[name])):
        return None
    return Term(place, name + 1, "kin", 1, tokens[noun].low, owned=True, name=tokens[name].text, listed=False)


def _sits_beside(stretch: list[Token]) -> bool:
    """ "… sitzt neben mir", "… kommt mit mir"."""
    return any(token.has("besides") for token in stretch) and any(t.has("come", "half") for t in stretch)


def _by_article(tokens: list[Token], place: int, taken: set[int], beside: bool) -> Term | None:
    """ "Die Uschi aus Nr. 12"; a bare "die Uschi" only where it says that she sits beside the writer."""
    noun = place + 1
    if not tokens[place].has("article") or taken & {place, noun}:
        return None
    phrase = _phrase(tokens, place)
    if phrase is None or not is_called(tokens[noun]) or not (beside or phrase.end > noun + 1):
        return None
    return Term(place, phrase.end, "named", 1, name=tokens[noun].text, listed=False)


def _phrase(tokens: list[Token], start: int) -> Term | None:
    """Determiner, at most two adjectives, an unknown noun or name, and what hangs on it."""
    first = tokens[start]
    if not _leads_phrase(tokens, start):
        return None
    place, count = start + 1, 1
    if place < len(tokens) and (tokens[place].number or 0) > 1:
        place, count = place + 1, tokens[place].number or 1
    strange = 0
    while place < len(tokens) and strange < 2 and bare(tokens[place]) and not tokens[place].capital:
        place, strange = place + 1, strange + 1
    if not _is_noun(tokens, place):
        return None
    noun = tokens[place]
    place += 1
    while place < len(tokens) and is_called(tokens[place]):
        place += 1
    owned, end = first.has("my", "theirs"), _hanging(tokens, place)
    return Term(start, end, "kin", count, noun.low, owned, count > 1, listed=False)


def _leads_phrase(tokens: list[Token], start: int) -> bool:
    """A determiner: "der", "unsere", "ein"; not "Ihre" of whom the mail is written to, nor in "of the"."""
    first, before = tokens[start], tokens[start - 1] if start else None
    if not first.has("article", "my", "theirs", "one") or first.has("partitive", "impersonal"):
        return False
    if before is None:
        return True
    formal = first.has("theirs") and first.text[:1].isupper() and not before.mark
    return not formal and (not before.has("partitive") or before.has("article"))


def _is_noun(tokens: list[Token], place: int) -> bool:
    """An unknown word that may be a noun, or a title with no name behind it: "die Apothekerin"."""
    if place >= len(tokens) or not tokens[place].capital:
        return False
    following = tokens[place + 1] if place + 1 < len(tokens) else None
    alone = following is None or not is_called(following)
    return bare(tokens[place]) or (tokens[place].meaning.tags == {"title"} and alone)


def _hanging(tokens: list[Token], place: int) -> int:
    """ "Die Floristin vom Markt", "der Nachbar von oben": where what hangs on the noun ends."""
    if place >= len(tokens) or not tokens[place].has("partitive"):
        return place
    end = place + 1
    while end < len(tokens) and end - place <= _HANGING and (bare(tokens[end]) or tokens[end].has(*_INSIDE)):
        end += 1
    return end if end > place + 1 else place


def _alone(tokens: list[Token], place: int) -> bool:
    """ "… und ich komme": a verb in the singular has no other subject."""
    return place < len(tokens) and tokens[place].has("singular")
