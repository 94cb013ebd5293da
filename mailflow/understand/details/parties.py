"""Who is named together in a sentence: "meine Frau, unsere beiden Mädels und ich".

Parties that are joined by "und", commas or "+" are one company. Rules: knows no word of any language; what
names somebody a second time ("meine Nachbarin Frau Öztürk", "zwei Personen, meine Frau und ich") counts once.
"""

import itertools
from dataclasses import dataclass, field

from mailflow.rules.people import Speech
from mailflow.understand.details.called import bare
from mailflow.understand.details.people_clauses import Sentence, Token
from mailflow.understand.details.term import Term
from mailflow.understand.details.terms import find_terms

_RELATIVE = 14  # words of a relative clause between two members
_BETWEEN = 5  # words that may stand between two members of a company


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
        link = _link(tokens, companies[-1].terms[-1], term, speech) if companies else ""
        if link == "same":
            _name_again(tokens, companies[-1].terms[-1], term)
        elif link != "joined" or not _admit(tokens, companies[-1], term):
            companies.append(Company([term]))
    return [part for company in companies for part in _settled(tokens, company)]


def _name_again(tokens: list[Token], last: Term, term: Term) -> None:
    """ "meine Mutter, Frau Baum, …": the name, and the comma that closes it, belong to the first."""
    commas = tokens[last.end].low in ",،" and term.end < len(tokens) and tokens[term.end].low in ",،"
    last.end, last.name = term.end + commas, last.name or term.name


def _admit(tokens: list[Token], company: Company, term: Term) -> bool:
    """Join a party to a company. "wir, meine Schwester und ich" names the writer once, at the end."""
    if term.kind == "me" and company.with_writer:
        if not tokens[company.start].has("we") or company.terms[0].kind != "me":
            return False
        del company.terms[0]
    company.terms.append(term)
    return True


def _link(tokens: list[Token], last: Term, term: Term, speech: Speech) -> str:
    """How two parties hang together: "joined", "same" (the second names the first again), or ""."""
    between = tokens[last.end : term.start]
    if len(between) > 1 and last.kind == "kin" and between[0].has("my"):  # "soțul meu și fiul nostru"
        between = between[1:]
    if term.kind == "me" and _over_relative(between):
        return "joined"
    if len(between) > _BETWEEN or last.kind == term.kind == "me" or any(t.has("only") for t in between):
        return ""
    if tokens[last.end - 1].has("alone") and between and between[0].mark:  # "only I, my husband is away"
        return ""
    if last.kind == "neutral" and term.kind == "me" and tokens[term.start].has("we"):
        return ""
    if last.kind == "kin" and term.kind == "me" and _only_named(between):
        return "joined"
    if not between:
        return _link_beside(tokens, last, term, speech)
    if not all(_connects(token) for token in between):
        return ""
    if any(token.has("joins") or token.low in "+&/" for token in between):
        return "joined"
    if any(token.low in ",،" for token in between):
        return _link_by_comma(tokens, last, term)
    if _accompany(last, term, speech) and any(token.has("along") for token in between):
        return "joined"
    staff = term.counted and tokens[term.end - 1].has("role") and tokens[last.start].has("we")
    along = any(token.has("along") for token in between)
    return "joined" if last.kind == "me" and along and term.kind != "neutral" and not staff else ""


def _accompany(last: Term, term: Term, speech: Speech) -> bool:
    """ "meine Tochter mit ihrem Mann und ich": both are relatives of the writer."""
    known = last.owned or not speech.needs_determiner
    return last.kind == term.kind == "kin" and last.count == 1 and known


def _over_relative(between: list[Token]) -> bool:
    """ "meine Hilfe Frau Nowak, die auch neu hier ist, und ich"."""
    if not 4 < len(between) <= _RELATIVE or not between[0].mark or not between[1].has("relative"):
        return False
    return between[-1].has("joins") and between[-2].low in ",،"


def _only_named(between: list[Token]) -> bool:
    """ "meine frau christel und mich", in small letters; "meine Kollegin vom Blumenladen und ich"."""
    if not 1 < len(between) <= _BETWEEN or not between[-1].has("joins"):
        return False
    if between[0].has("apart", "dating", "article", "partitive"):  # "vom Blumenladen und"
        return not any(token.mark or token.has("my", "come") for token in between)
    told = all((bare(token) and token.small) or _connects(token) for token in between)
    return told and not _connects(between[0])


def _link_beside(tokens: list[Token], last: Term, term: Term, speech: Speech) -> str:
    """Nothing stands between: "meine Nachbarin Frau Öztürk", "2 Erwachsene 1 Kind", "annem babam"."""
    if last.kind == "they" or "me" in (last.kind, term.kind):
        return ""
    if speech.juxtaposed and last.kind == term.kind == "kin":
        return "joined"
    if last.kind == "neutral":
        other = tokens[last.end - 1].low != tokens[term.end - 1].low
        return "joined" if term.counted and other else ""
    if last.kind in ("kin", "pair") and last.count > 1 and term.kind == "named":
        return "joined"
    if last.kind == term.kind == "named":
        return "joined"
    if (
        last.owned
        and term.owned
        and last.kind == term.kind == "kin"
        and not tokens[term.start].has("genitive")
    ):
        return "joined"
    return "same" if term.kind in ("kin", "named") else ""


def _link_by_comma(tokens: list[Token], last: Term, term: Term) -> str:
    """ "meine Mutter, Frau Baum, würde …" is one; "meine Mutter, Frau Baum und ich" are three."""
    if term.kind == "named" and last.kind == "kin" and last.count == 1 and not last.name:
        after = tokens[term.end] if term.end < len(tokens) else None
        return "joined" if after is not None and after.has("joins") else "same"
    return "joined"


def _connects(token: Token) -> bool:
    return token.low in ",،+&/" or token.has("joins", "also", "more", "along", "between", "article")


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
        if (
            term.kind in ("kin", "pair", "neutral")
            and term.count > 1
            and 1 < told <= term.count
            and position < names
        ):
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
    if len(terms) > 1 and not _hangs_together(tokens, company):
        return [Company([term]) for term in terms]
    for edge in (0, -1) if len(terms) > 1 else ():
        rest = terms[1:] if edge == 0 else terms[:-1]
        gap = tokens[terms[0].end : terms[1].start] if edge == 0 else tokens[terms[-2].end : terms[-1].start]
        summing = terms[edge].kind == "neutral" or (terms[edge].kind == "me" and terms[edge].counted)
        apart = not any(token.has("joins") or token.low in "+&/" for token in gap)
        told = terms[edge].kind == "me" or any(t.kind in ("me", "named") or t.owned for t in rest)
        if summing and apart and told and 1 < terms[edge].count == sum(term.count for term in rest):
            return [Company(rest)]
    return [company]


def _only_names(tokens: list[Token], terms: list[Term]) -> bool:
    named = len(terms) > 2 and all(term.kind == "named" for term in terms[1:])
    return named and tokens[terms[0].end].low in ",،"


def _hangs_together(tokens: list[Token], company: Company) -> bool:
    """By "und", by the writer at the end, or as a list: "2 Erwachsene, 1 Kind", "Papa, Mama, zwei Kinder"."""
    terms = company.terms
    stretch = tokens[company.start : company.end]
    if any(token.has("joins", "along") or token.low in "+&/" for token in stretch):
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
