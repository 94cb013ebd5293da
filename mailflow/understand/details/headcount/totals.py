"""Numbers that count everybody: "wir sind zu viert", "Anzahl: 1 Erw. + 3 Kinder", "statt 3 nur 2"."""

import bisect

from mailflow.rules.later import Later
from mailflow.rules.people import Speech
from mailflow.understand.details.headcount.called import is_called
from mailflow.understand.details.headcount.clauses import Clause
from mailflow.understand.details.headcount.parties import Company
from mailflow.understand.details.headcount.tally import EARLIER, SUM, TOTAL, Tally
from mailflow.understand.details.sentences.sentence import Sentence, Token


def note_totals(
    sentence: Sentence, companies: list[Company], speech: Speech, clauses: list[Clause], tally: Tally
) -> None:
    """Note the totals that the language's patterns find. A number that no longer holds is struck out."""
    tally.struck = set()
    if not sentence.elsewhere:
        _note_changes(sentence, speech, tally)
        for place, number in _numbers(sentence, speech.less):
            tally.less += number
            tally.struck.add(place)
    if "#" not in sentence.line and "@" not in sentence.line:
        return
    tokens = sentence.tokens
    formerly = _numbers(sentence, speech.formerly)
    old = {place for place, _ in formerly}
    tally.former = max([tally.former, *(number for _, number in formerly)])
    for pattern, worth in ((speech.sums, SUM), (speech.we_are, TOTAL), (speech.totals, TOTAL)):
        ours = pattern is speech.we_are
        strict = pattern is speech.totals
        for place, said in _numbers(sentence, pattern):
            number = _whole(companies, place, said) or (said if ours else 0)
            clause = clauses[tokens[place].clause]
            if number and place not in old | tally.struck and _holds(sentence, place, clause, ours, strict):
                tally.note_total(EARLIER if "earlier" in clause.tags else worth, number, place)
                tally.firm |= _of_comers(tokens, place)
    for place, number in _numbers(sentence, None if sentence.elsewhere else speech.additions):
        if place not in old and _counts_people(tokens, place) and not _of_kin(companies, place):
            tally.additions += number
            tally.writer_in = True
    for place in old:
        tokens[place].number, tokens[place].low = None, "0"


def _holds(sentence: Sentence, place: int, clause: Clause, ours: bool, strict: bool) -> bool:
    """Does the number count those who write or come? `ours`: it stands beside "wir"; `strict`: not in a
    sentence that as a whole is about something else."""
    aside = clause.aside if strict else clause.wholly
    if aside and not clause.coming:
        return False
    if sentence.elsewhere and not ("besides" in clause.tags or _of_writer(sentence.tokens, place)):
        return False  # but "mit mir macht das sechs"
    return _counts_people(sentence.tokens, place, ours)


def _of_writer(tokens: list[Token], place: int) -> bool:
    """ "Uns beiden", "we two": a number that stands right behind the writer's own word."""
    return place > 0 and tokens[place - 1].has("we")


def _of_comers(tokens: list[Token], place: int) -> bool:
    """Does the clause around a number say that they come? Not "there are five of us", "siamo cinque"."""
    clause = (token for token in tokens if token.clause == tokens[place].clause and not token.has("between"))
    comes = (token for token in clause if token.place != place - 1 or token.has("come", "enrol"))
    return any(token.has("come", "i_come", "enrol") for token in comes)


def _note_changes(sentence: Sentence, speech: Speech, tally: Tally) -> None:
    """ "eine Person mehr", "zwei weniger": what changes, where no number is said that holds."""
    for pattern, sign in ((speech.fewer, -1), (speech.extra, 1)):
        for match in pattern.pattern.finditer(sentence.line) if pattern else ():
            number = next((int(value) for value in match.groups() if value), 1)
            tally.delta += sign * number
            first = bisect.bisect_left(sentence.offsets, match.start())
            last = bisect.bisect_left(sentence.offsets, match.end())
            tally.struck |= set(range(first, last))


def _of_kin(companies: list[Company], place: int) -> bool:
    """ "Ich + Mann + 3 Kids": they are counted by name."""
    return any(
        term.start <= place < term.end and term.kind == "kin" for each in companies for term in each.terms
    )


def _whole(companies: list[Company], place: int, number: int) -> int:
    """ "Anzahl: 1 Erw. + 3 Kinder" is four; "für zwei Kolleginnen" is no total (0): the company tells."""
    if any(term.number_at == place for company in companies for term in company.terms):
        return 0
    for company in companies:
        if company.start <= place < company.end:
            total = any(
                term.kind in ("neutral", "pair") or (term.kind == "me" and term.counted)
                for term in company.terms
            )
            return sum(term.count for term in company.terms) if total else 0
    return number


def _numbers(sentence: Sentence, pattern: Later | None) -> list[tuple[int, int]]:
    """Places and values of the numbers that a pattern finds."""
    found: list[tuple[int, int]] = []
    for match in pattern.pattern.finditer(sentence.line) if pattern else ():
        for group, value in enumerate(match.groups(), 1):
            if value is not None:
                found.append((bisect.bisect_left(sentence.offsets, match.start(group) - 1), int(value)))
    return found


def _counts_people(tokens: list[Token], place: int, loose: bool = False) -> bool:
    """Not "wir zwei Fragen": what follows the number is no thing. `loose`: nor is a word unknown ("wir
    sind zwölf Sänger")."""
    if place + 1 >= len(tokens):
        return True
    following = tokens[place + 1]
    if following.mark or following.has("neutral", "kin"):
        return loose or not _describes_thing(tokens, place + 1)
    if following.has("things"):
        return False
    return loose or bool(following.meaning.tags) or not following.text[:1].isupper()


def _describes_thing(tokens: list[Token], place: int) -> bool:
    """ "Zwölf alte Räder"; not "zwölf Alte", "zwölf alte Freunde"."""
    if not tokens[place].has("adjectives") or tokens[place].capital or place + 1 >= len(tokens):
        return False
    return is_called(tokens[place + 1])
