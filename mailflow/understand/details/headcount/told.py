"""Whom a sentence only tells of: what the writer is, whom he has, who would have liked to come.

Rules: knows no word of any language; whoever is told of is remembered, for a later "wir kommen alle", and
counts nobody by himself.
"""

import itertools

from mailflow.understand.details.headcount.clauses import Clause
from mailflow.understand.details.headcount.parties import Company
from mailflow.understand.details.sentences.sentence import Token


def is_told_of(company: Company, tokens: list[Token], clause: Clause) -> bool:
    """ "Ich bin Mutter", "ich habe zwei Kinder und …", "ob mein Mann kommt, weiß ich nicht"."""
    before = tokens[company.start - 1] if company.start else None
    if before is not None and before.has("copula") and company.terms[0].kind != "me":
        return True  # but not "bin ich mit meiner Frau dabei"
    if _is_profession(company, tokens):
        return True
    if not company.with_writer and (_is_unsure(clause, tokens) or _only_wished(clause, tokens)):
        return True
    others, end = company.others, company.others[-1].end
    if any(term.owned or term.kind != "kin" for term in others):
        return False
    behind = end < len(tokens) and tokens[end].has("owns_behind")
    if not behind and not (before is not None and before.has("owns")):
        return False
    rest = itertools.takewhile(lambda token: not (token.mark or token.has("joins")), tokens[end:])
    return not any(token.has("come", "also", "enrol") for token in rest)


def _is_profession(company: Company, tokens: list[Token]) -> bool:
    """ "Von Beruf bin ich Logopädin"."""
    leads = tokens[max(0, company.start - 2) : company.start]
    single = len(company.terms) == 1 and not company.terms[0].owned
    return single and len(leads) == 2 and leads[0].has("copula") and leads[1].has("i")


def _is_unsure(clause: Clause, tokens: list[Token]) -> bool:
    """ "Ob mein Mann kommt, weiß ich nicht", "vielleicht kommt er, das weiß ich nicht", "er überlegt es"."""
    unsure = {token.clause for token in tokens if token.has("unsure")}
    of_others = {token.clause for token in tokens if token.has("kin", "neutral")}
    number = clause.tokens[0].clause
    if not unsure or clause.whether or number in unsure:
        return bool(unsure)
    last = number + 1 if clause.coming else max(unsure)  # who is said to come is so up to the next clause
    return any(number < each <= last for each in unsure - of_others)


def _only_wished(clause: Clause, tokens: list[Token]) -> bool:
    """ "Mein Sohn wollte auch, muss aber arbeiten"."""
    end = clause.tokens[-1].place
    return "wished" in clause.tags and any(token.has("however") for token in tokens[end + 1 :])
