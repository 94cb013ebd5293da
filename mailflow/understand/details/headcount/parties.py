"""Who is named together in a sentence: "meine Frau, unsere beiden Mädels und ich".

Parties that are joined by "und", commas or "+" are one company. Rules: knows no word of any language; what
names somebody a second time ("meine Nachbarin Frau Öztürk", "zwei Personen, meine Frau und ich") counts once.
"""

import itertools
from dataclasses import dataclass, field

from mailflow.rules.people import Speech
from mailflow.understand.details.headcount.called import is_called
from mailflow.understand.details.headcount.links import link_between, unites
from mailflow.understand.details.headcount.term import Term
from mailflow.understand.details.headcount.terms import find_terms
from mailflow.understand.details.sentences.sentence import Sentence, Token


@dataclass(slots=True)
class Company:
    """Parties named together."""

    terms: list[Term] = field(default_factory=list)

    @property
    def start(self) -> int:
        """Where it begins in the sentence."""
        return self.terms[0].start

    @property
    def end(self) -> int:
        """Where it ends in the sentence."""
        return self.terms[-1].end

    @property
    def with_writer(self) -> bool:
        """Is the writer one of them?"""
        return any(term.kind == "me" for term in self.terms)

    @property
    def others(self) -> list[Term]:
        """All but the writer."""
        return [term for term in self.terms if term.kind != "me"]


def find_companies(sentence: Sentence, speech: Speech) -> list[Company]:
    """All companies of a sentence, in order; single parties are companies of one. Found once, then known."""
    if sentence.companies is None:
        sentence.companies = _find(sentence, speech)
    return sentence.companies


def _find(sentence: Sentence, speech: Speech) -> list[Company]:
    tokens = sentence.tokens
    companies: list[Company] = []
    for term in find_terms(tokens, speech):
        if companies and term.count == 1 and _each_brings(tokens, term):
            term.count, term.counted = sum(each.count for each in companies[-1].terms), True
        link = link_between(tokens, companies[-1].terms[-1], term, speech) if companies else ""
        if link == "same" and term.kind == "pair":
            companies[-1].terms[-1].count = max(term.count, companies[-1].terms[-1].count)
        elif link == "same":
            _name_again(tokens, companies[-1].terms[-1], term)
        elif link != "joined" or not _admit(tokens, companies[-1], term):
            companies.append(Company([term]))
    settled = [part for company in companies for part in _settled(tokens, company)]
    return settled[:1] + [b for a, b in itertools.pairwise(settled) if not _told_again(tokens, a, b)]


def _each_brings(tokens: list[Token], term: Term) -> bool:
    """ "Meine Schwester und ich, jeweils mit Mann": as many as those who bring them."""
    start = term.start
    return start > 1 and tokens[start - 1].has("along") and tokens[start - 2].has("each")


def _told_again(tokens: list[Token], before: Company, company: Company) -> bool:
    """ "Der Chef und ich (also mein Vater und ich)": the same people once more."""
    if not all(each.with_writer and each.others for each in (before, company)):
        return False
    between = tokens[before.end : company.start]
    return any(token.mark for token in between) and all(
        token.mark or token.has("between", "breaks") for token in between
    )


def _name_again(tokens: list[Token], last: Term, term: Term) -> None:
    """ "meine Mutter, Frau Baum, …": the name, and the comma that closes it, belong to the first."""
    commas = tokens[last.end].comma and term.end < len(tokens) and tokens[term.end].comma
    last.end, last.name = term.end + commas, last.name or term.name


def _admit(tokens: list[Token], company: Company, term: Term) -> bool:
    """Join a party to a company. "wir, meine Schwester und ich" names the writer once, at the end."""
    if term.kind == "me" and company.with_writer:
        if not tokens[company.start].has("we") or company.terms[0].kind != "me":
            return False
        del company.terms[0]
    company.terms.append(term)
    return True


def _without_their_names(tokens: list[Token], terms: list[Term]) -> list[Term]:
    """ "meine Eltern, Horst und Elli Kolbe": the names tell who the two are."""
    kept: list[Term] = []
    position = 0
    while position < len(terms):
        term = terms[position]
        kept.append(term)
        names = position + 1
        while names < len(terms) and terms[names].kind == "named":
            names += 1
        told = names - position - 1 + bool(term.name)
        position += 1
        several = term.kind in ("kin", "pair", "neutral") and term.count > 1
        if several and 1 < told <= term.count and position < names:
            gap = tokens[term.end : terms[position].start]
            if term.name or not any(token.has("joins") for token in gap):
                term.name, term.end = term.name or terms[position].name, terms[names - 1].end
                position = names
    return kept


def _settled(tokens: list[Token], company: Company) -> list[Company]:
    """Commas alone make no company, and a number that the others add up to is their sum."""
    terms = company.terms = _without_their_names(tokens, company.terms)
    if terms[0].kind == "me" and tokens[terms[0].start].has("we") and _only_names(tokens, terms):
        del terms[1]  # "wir, Christel und Manfred Otten": one of them writes
    if len(terms) > 1 and terms[0].kind == "named" and _counts_them(tokens, terms[1]):
        del terms[0]  # "Familie Kox, 2 Erwachsene und 2 Kinder"
    if len(terms) > 1 and not _hangs_together(tokens, company):
        return [Company([term]) for term in terms]
    for whole, rest in ((terms[0], terms[1:]), (terms[-1], terms[:-1])) if len(terms) > 1 else ():
        if _is_sum(tokens, whole, rest):
            return [Company(rest)]
    if len(terms) > 1 and _counts_all(tokens, terms):
        return [Company(terms[:-1]), Company(terms[-1:])]
    return [company]


def _counts_all(tokens: list[Token], terms: list[Term]) -> bool:
    """ "… mit Frau und zwei Kindern, zusammen vier Personen": those who were named, and the writer."""
    *rest, whole = terms
    alone = not any(term.kind == "me" for term in rest)
    behind = tokens[rest[-1].end].comma and not any(unites(t) for t in tokens[rest[-1].end : whole.start])
    return whole.kind == "neutral" and alone and behind and whole.count == sum(t.count for t in rest) + 1


def _counts_them(tokens: list[Token], term: Term) -> bool:
    """ "…, 2 Erwachsene": how many those are who were named before the comma."""
    return term.kind == "neutral" and term.counted and tokens[term.start - 1].comma


def _is_sum(tokens: list[Token], whole: Term, rest: list[Term]) -> bool:
    """ "Zwei Personen, meine Frau und ich", "meine Frau und ich, zwei Personen"."""
    summing = whole.kind == "neutral" or (whole.kind == "me" and whole.counted)
    if not summing or not 1 < whole.count == sum(term.count for term in rest):
        return False
    before = whole.start < rest[0].start
    gap = tokens[whole.end : rest[0].start] if before else tokens[rest[-1].end : whole.start]
    if any(unites(token) for token in gap) or _in_their_number(tokens, whole):
        return False
    told = any(term.kind in ("me", "named") or term.owned for term in rest)
    return told or whole.kind == "me" or not whole.listed


def _in_their_number(tokens: list[Token], term: Term) -> bool:
    """ "Familie Nguyen mit drei Personen, Frau Roth und ich": it counts that family alone."""
    return term.start > 1 and tokens[term.start - 1].has("along") and is_called(tokens[term.start - 2])


def _only_names(tokens: list[Token], terms: list[Term]) -> bool:
    """ "Wir, Mutter und Tochter": the writer is one of those who are told."""
    named = len(terms) > 2 and all(
        term.kind == "named" or (term.kind == "kin" and term.count == 1 and term.end - term.start == 1)
        for term in terms[1:]
    )
    return named and tokens[terms[0].end].comma


def _hangs_together(tokens: list[Token], company: Company) -> bool:
    """By "und", by the writer at the end, or as a list: "2 Erwachsene, 1 Kind", "Papa, Mama, zwei Kinder"."""
    terms = company.terms
    stretch = tokens[company.start : company.end]
    if any(unites(token) or token.has("along") for token in stretch):
        return True
    if len(terms) == 2 and terms[0].kind == "me":
        return False
    after = tokens[company.end] if company.end < len(tokens) else None
    if terms[-1].kind == "me" and (after is None or after.mark):
        return True
    unowned = [term for term in terms[1:] if term.kind == "kin" and not term.owned]
    if terms[0].kind == "neutral" and all(t.kind == "neutral" or t in unowned for t in terms[1:]):
        return True
    if len(terms) > 2 and all(
        t.kind in ("kin", "me", "named") and (terms[0].kind == "me" or not t.owned) for t in terms
    ):
        return sum(term.kind != "named" for term in terms) > 1
    return all(not tokens[a.end : b.start] for a, b in itertools.pairwise(terms))
