"""What is left of a whole: "Unsere Runde hat vier Leute. Heinz bleibt zu Hause, der Rest kommt."

Rules: between the number of the whole and the words for what is left of it, whoever is named stays away,
whatever is said of them ("hat Training", "ist in Quarantäne"); where nothing is left, nothing is reckoned.
"""

import itertools

from mailflow.understand.details.called import is_called
from mailflow.understand.details.parties import Company
from mailflow.understand.details.people_clauses import Sentence, Token
from mailflow.understand.details.tally import SUM, Tally

_BEFORE = ("joins", "breaks", "article", "my", "between", "only")  # words before a subject
_LEAST = 3  # people of whom some stay away and several are left


def note_rest(sentence: Sentence, companies: list[Company], tally: Tally) -> None:
    """Note the whole, who is missing from it, and how many the rest are."""
    tokens = sentence.tokens
    whole, behind = _whole(tokens, companies)
    if whole > tally.whole:
        tally.whole, tally.missing = whole, {}
    elif not tally.whole:
        return
    else:
        behind = 0
    rest = next((token.place for token in tokens if token.has("rest") and token.place >= behind), None)
    end = len(tokens) if rest is None else rest
    for _, clause in itertools.groupby(tokens[behind:end], key=lambda token: token.clause):
        _note_missing([token for token in clause if not token.mark], companies, tally)
    missing = sum(tally.missing.values())
    if rest is not None and 0 < missing < tally.whole:
        tally.note_total(SUM, tally.whole - missing, rest)
        tally.whole, tally.missing = 0, {}


def _whole(tokens: list[Token], companies: list[Company]) -> tuple[int, int]:
    """The first number of several people, and where it ends: "vier Mann", "zu viert", "wir sind fünf"."""
    counted = [
        (term.end, term.count)
        for company in companies
        for term in company.terms
        if term.counted and len(company.terms) == 1
    ]
    grouped = [(token.place + 1, token.meaning.number or 0) for token in tokens if token.has("group")]
    alone = [
        (token.place + 1, token.number)
        for token in tokens
        if token.number and any(before.has("we") for before in tokens[max(0, token.place - 4) : token.place])
    ]
    found = [(end, number) for end, number in [*counted, *grouped, *alone] if number >= _LEAST]
    end, number = min(found, default=(0, 0))
    return number, end


def _note_missing(clause: list[Token], companies: list[Company], tally: Tally) -> None:
    """Who is named in a clause, the writer left out; or so many with whom it begins."""
    places = {token.place for token in clause}
    terms = [term for each in companies for term in each.terms if term.start in places]
    if any(term.kind == "me" for term in terms):
        return
    named = [term for term in terms if term.kind in ("kin", "named", "neutral") and term.count < tally.whole]
    for term in named:
        tally.missing[term.relation or term.name or term.kind] = term.count
    if not named:
        tally.missing |= _first(clause, tally.whole)


def _first(clause: list[Token], whole: int) -> dict[str, int]:
    """ "Zwei sind im Urlaub", "der Heinz bleibt", "einer ist krank"."""
    words = itertools.dropwhile(lambda token: token.has(*_BEFORE) and token.number is None, clause)
    first, following = next(words, None), next(words, None)
    if first is None or following is None:
        return {}
    if first.number is not None:
        return {first.low: first.number} if first.number < whole else {}
    single = first.has("one") and not following.text[:1].isupper()
    return {first.low: 1} if is_called(first) or single else {}
