"""What is left of a whole: "Unsere Runde hat vier Leute. Heinz bleibt zu Hause, der Rest kommt."

Rules: between the number of the whole and the words for what is left of it, whoever is named stays away,
whatever is said of them ("hat Training", "ist in Quarantäne"); where nothing is left, nothing is reckoned.
"""

import itertools

from mailflow.understand.details.headcount.called import is_called, their_names
from mailflow.understand.details.headcount.parties import Company
from mailflow.understand.details.headcount.tally import SUM, TOTAL, Tally, Total
from mailflow.understand.details.sentences.sentence import Sentence, Token

_BEFORE = ("joins", "breaks", "article", "my", "between", "only")  # words before a subject
_DETERMINERS = ("article", "my", "theirs", "one")
_LEAST = 3  # people of whom some stay away and several are left


def note_rest(sentence: Sentence, companies: list[Company], tally: Tally) -> None:
    """Note the whole, who is missing from it, and how many the rest are."""
    tokens = sentence.tokens
    told = [total for total in tally.totals if total.sentence == tally.sentence]
    whole, behind = _whole(tokens, companies, told)
    if whole > tally.whole:
        tally.whole, tally.missing = whole, {}
    elif not tally.whole:
        return
    else:
        behind = 0
    of_comers = behind or any(token.has("come", "half", "everybody") for token in tokens)
    missing = _excepted(tokens, behind, companies) if of_comers else 0  # not "kennen außer ihm noch keinen"
    if 0 < missing < tally.whole:
        _reckon(missing, len(tokens), tally)
        tally.struck |= {place for place, token in enumerate(tokens) if token.number}
        return
    if _all_come(tokens[behind:]):
        tally.note_total(TOTAL, tally.whole, len(tokens))
    rest = next((token.place for token in tokens if token.has("rest") and token.place >= behind), None)
    end = len(tokens) if rest is None else rest
    for _, clause in itertools.groupby(tokens[behind:end], key=lambda token: token.clause):
        _note_missing([token for token in clause if not token.mark], companies, tally)
    missing = sum(tally.missing.values())
    if rest is not None and 0 < missing < tally.whole:
        _reckon(missing, rest, tally)
    elif rest is not None and _stay_away(tokens, rest):
        tally.totals = [total for total in tally.totals if total.number != tally.whole]


def _reckon(missing: int, place: int, tally: Tally) -> None:
    """All but these come; the whole is told, once and for all."""
    tally.note_total(SUM, tally.whole - missing, place)
    tally.whole, tally.missing = 0, {}


def _stay_away(tokens: list[Token], rest: int) -> bool:
    """ "… sieben Leute, aber die anderen arbeiten": only those come who were named."""
    clause = [token for token in tokens if token.clause == tokens[rest].clause]
    return any(token.has("negation", "aside") for token in clause)


def _all_come(tokens: list[Token]) -> bool:
    """ "Unser Kurs besteht aus acht Leuten, alle machen mit"."""
    everybody = next((token for token in tokens if token.has("everybody")), None)
    clause = [token for token in tokens if everybody and token.clause == everybody.clause]
    return any(token.has("come", "half") for token in clause) and not any(
        token.has("negation", "aside") or token.number for token in clause
    )


def _only_they(tokens: list[Token], token: Token) -> bool:
    """ "Nur Jonas nicht": the denial stands in the clause of "only"."""
    clause = [each for each in tokens[token.place :] if each.clause == token.clause]
    denied = any(each.has("negation") for each in clause[1:4])
    return token.has("only") and denied and not any(each.has("i", "me", "come") for each in clause)


def _excepted(tokens: list[Token], behind: int, companies: list[Company]) -> int:
    """How many are left out: "alle bis auf meinen Mann", "nur Jonas nicht", behind the whole."""
    excepting = (token.place for token in tokens if token.has("excepted"))
    only = (token.place for token in tokens[behind:] if _only_they(tokens, token))
    place = next(itertools.chain(excepting, only), None)
    return 0 if place is None else _named_from(tokens, place + 1, companies)


def _named_from(tokens: list[Token], start: int, companies: list[Company]) -> int:
    """How many are named right there: relatives, names, or so many."""
    place = start
    while place < len(tokens) and tokens[place].has(*_DETERMINERS) and not tokens[place].number:
        place += 1
    known = next((each for each in companies if start <= each.start <= place), None)
    if known:
        return sum(term.count for term in known.others)
    if place >= len(tokens):
        return 0
    if tokens[place].number:
        return tokens[place].number or 0
    if not is_called(tokens[place]):
        return 1 if place > start and tokens[place - 1].has("one") else 0
    joined = place + 2 < len(tokens) and tokens[place + 1].has("joins") and is_called(tokens[place + 2])
    return 2 if joined else 1


def _whole(tokens: list[Token], companies: list[Company], totals: list[Total]) -> tuple[int, int]:
    """The first number of several people, and where it ends: "vier Mann", "zu viert", "wir sind fünf".
    `totals`: of this sentence."""
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
    told = [(total.place + 1, total.number) for total in totals]
    found = [(end, number) for end, number in [*counted, *grouped, *alone, *told] if number >= _LEAST]
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
    """ "Zwei sind im Urlaub", "der Heinz bleibt", "einer ist krank", "Jule und Henrik sind verreist"."""
    words = itertools.dropwhile(lambda token: token.has(*_BEFORE) and token.number is None, clause)
    lists = ((their_names(clause, place)[1], token.low) for place, token in enumerate(clause))
    names, called = max(lists, default=(0, ""), key=lambda each: each[0])
    if 1 < names < whole and not any(token.has("come") for token in clause):
        return {called: names}
    first, following = next(words, None), next(words, None)
    if first is None or following is None:
        return {}
    if first.number is not None:
        return {first.low: first.number} if first.number < whole else {}
    single = first.has("one") and not following.text[:1].isupper()
    return {first.low: 1} if is_called(first) or single else {}
