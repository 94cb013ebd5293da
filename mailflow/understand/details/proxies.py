"""Does the writer sign up somebody else, and stay away? Then that person's name counts.

    Ich bin Betreuer von Herrn Thoma.        Meine Tante, Maria Kox, hätte gern einen Platz.
    Bitte tragen Sie ihn ein.                Ich richte ihr nur das Tablet ein.

Rules: no clause may say that the writer comes, and no more people may come than were named with that person.
The person is named with a title or as a relative, and comes by the same clause ("Frau Kox nimmt teil", "die
Teilnahme von Frau Kox"), by a pronoun further on ("er möchte", "melden Sie ihn an") or by a clause that goes
on without a new subject. Who "also" comes, comes beside the writer.
"""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field

from mailflow.rules.people import Speech
from mailflow.understand.details.headcount.clauses import Clause, split_clauses
from mailflow.understand.details.headcount.parties import Company, find_companies
from mailflow.understand.details.headcount.tally import Tally
from mailflow.understand.details.headcount.term import Term
from mailflow.understand.details.headcount.writer import note_writer
from mailflow.understand.details.sentences.sentence import Sentence, Token

_GREETED = 3  # words at the beginning of a mail among which "Herr Gassen" is greeted
_COMING = frozenset({"come", "enrol", "neutral"})  # the last: "zwei Plätze"
_WRITER = frozenset({"i", "me", "we", "i_come"})


@dataclass(slots=True)
class _Search:
    """What the sentences said so far."""

    writer: Tally = field(default_factory=Tally)
    candidate: str = ""  # who was named last, with a title or as a relative
    size: int = 1  # how many were named together
    relatives: int = 0  # named or not
    comes: str = ""  # the candidate who comes
    some_come: bool = False  # a clause is about coming, and not of the writer


def find_principal(sentences: Iterable[Sentence], told: str, persons: int, speech: Speech) -> str:
    """Whom the mail signs up in the writer's stead; "" where the writer comes, or nobody is named.

    `told` is the name that a sentence gives somebody ("Er heißt Josef Thoma"); `persons` come.
    """
    search = _Search()
    for number, sentence in enumerate(sentences):
        _read(number, sentence, search, speech)
        if search.writer.writer_in:
            return ""
    if told and search.relatives and search.some_come and persons <= search.size:
        return told
    return search.comes if persons <= search.size else ""


def _read(number: int, sentence: Sentence, search: _Search, speech: Speech) -> None:
    tokens = sentence.tokens
    companies = find_companies(sentence, speech)
    clauses = split_clauses(sentence, companies)
    theirs = bool(speech.they_come and speech.they_come.pattern.search(sentence.line))
    goes_on = ""  # the one of whom this sentence speaks
    for place, clause in enumerate(clauses):
        inside = [each for each in companies if tokens[each.start].clause == place]
        named = _named(inside, tokens, number)
        if any(each.with_writer and each.others for each in inside) and clause.tags & {*_COMING, "can"}:
            search.writer.writer_in = True
            return
        search.relatives += sum(term.kind == "kin" for each in inside for term in each.others)
        if named:
            search.candidate, search.size = _name(named), sum(term.count for term in named.others)
        pointed = any(_points_back(term, clause, tokens) for each in inside for term in each.others)
        by_name = named is not None and _comes_by_name(clause, named, tokens)
        again = not clause.negated and _comes_again(clause, pointed, theirs, goes_on)
        if by_name or again or (search.candidate and _their_coming(tokens, place)):
            search.comes = search.comes or search.candidate
        else:
            note_writer(clause, search.writer)
        if not clause.negated and clause.tags & _COMING and not clause.tags & _WRITER:
            search.some_come = True
        if named:
            goes_on = "" if clause.tags & {"to_me", "me", "i"} else search.candidate


def _named(companies: list[Company], tokens: list[Token], number: int) -> Company | None:
    """The first company of others in which somebody has a name; not he who is greeted."""
    for company in companies:
        greeted = number == 0 and company.start < _GREETED and " " not in _name(company)
        greeted = greeted and tokens[company.start].has("title")
        if not company.with_writer and _name(company) and not greeted:
            return company
    return None


def _name(company: Company) -> str:
    return next((term.name for term in company.others if term.name), "")


def _points_back(term: Term, clause: Clause, tokens: list[Token]) -> bool:
    """ "… melden Sie ihn an", "… meine Klientin anzumelden": the one who was named before."""
    charge = term.owned and not term.name and term.count == 1 and tokens[term.end - 1].has("role")
    return term.kind == "they" or (charge and "enrol" in clause.tags)


def _their_coming(tokens: list[Token], clause: int) -> bool:
    """ "… sage ich seine Teilnahme zu"."""
    inside = [token for token in tokens if token.clause == clause]
    return any(
        one.has("theirs") and one.text.islower() and two.has("come", "enrol")
        for one, two in itertools.pairwise(inside)
    )


def _comes_by_name(clause: Clause, company: Company, tokens: list[Token]) -> bool:
    """ "Frau Kox nimmt teil", "die Anmeldung von Frau Kox"; not "von Frau Kox habe ich gehört"."""
    tags = clause.tags
    if clause.negated or "me" in tags or not tags & _COMING:
        return False
    before = tokens[max(0, company.start - 2) : company.start]
    if before and before[-1].has("apart"):
        return before[0].has("come", "enrol")
    if tags & _WRITER and "enrol" not in tags:
        return False
    return not clause.aside or _goes_on_coming(tokens, company)


def _goes_on_coming(tokens: list[Token], company: Company) -> bool:
    """ "Frau Kox hat davon gelesen und würde gern teilnehmen": behind the "und" she comes."""
    clause = [token for token in tokens[company.end :] if token.clause == tokens[company.start].clause]
    last = max((place for place, token in enumerate(clause) if token.has("joins")), default=len(clause))
    rest = clause[last:]
    told = any(token.has("aside", "to_me", "i", "kin") for token in rest)
    return not told and any(token.has("come") for token in rest)


def _comes_again(clause: Clause, pointed: bool, theirs: bool, goes_on: str) -> bool:
    """ "… er möchte dabei sein", "bitte tragen Sie ihn ein", "…, will aber unbedingt mitmachen"."""
    tags = clause.tags
    if "me" in tags or "also" in tags or not (tags & _COMING or theirs):
        return False
    if pointed:
        return "i" not in tags or "enrol" in tags
    return bool(goes_on) and "come" in tags and not tags & (_WRITER | {"kin", "enrol"})
