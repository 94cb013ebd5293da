"""People whom the writer names: do they come, stay away, or are they only mentioned?

Rules: a company with the writer in it comes, unless its clause is about something else; others come where
their clause is about coming or signing up; a denial says that they stay away.
"""

from mailflow.understand.details.headcount.clauses import Clause
from mailflow.understand.details.headcount.others import SHORT, note_others
from mailflow.understand.details.headcount.parties import Company
from mailflow.understand.details.headcount.tally import (
    COUNTED,
    LOOSE,
    SUM,
    TOTAL,
    Tally,
    add_company,
    add_party,
)
from mailflow.understand.details.headcount.told import is_told_of
from mailflow.understand.details.sentences.sentence import Token

_FEW = 3  # words: "und sie auch"


def note_company(
    company: Company,
    tokens: list[Token],
    clauses: list[Clause],
    coming: bool,
    occasion: bool,
    tally: Tally,
) -> None:
    """Note what the sentence says of a company. `coming`: some clause of it is about coming;
    `occasion`: that, or at least about the event."""
    clause = clauses[tokens[company.start].clause]
    others = company.others
    if company.with_writer and _escorts(company, tokens, clause):
        tally.escorts, tally.writer_in = sum(term.count for term in company.terms), True
        return
    if not company.with_writer:
        tally.called |= {term.relation: term.name for term in others if term.name and term.kind == "kin"}
        if all(term.kind == "they" for term in others):
            if ("besides" in clause.tags and clause.coming) or _as_well(clause):
                tally.others |= tally.last_mentioned  # "jetzt will sie mit mir zuhören", "sie auch"
                tally.also |= _as_well(clause)
            return
    if not others:
        return
    if tally.struck & set(range(company.start, company.end)):
        return
    if is_told_of(company, tokens, clause):
        tally.mentioned |= {term.relation: term.count for term in others if term.kind == "kin"}
    elif worth := _worth_of_all(company, clause, tokens, occasion, tally):
        tally.note_total(worth, sum(term.count for term in company.terms), company.start)
        tally.writer_in |= company.with_writer
    elif all(term.kind == "they" for term in others) and (tally.others or tally.mentioned):
        _note_again(clause, tokens, tally)
    elif company.start and tokens[company.start - 1].has("without"):
        for term in others:
            if term.owned:
                add_party(tally.absent, term)
    elif any(term.kind == "neutral" for term in others):
        _note_counted(company, clause, occasion, tokens, tally)
    else:
        _note_known(company, tokens, clause, coming, occasion, tally)


def _as_well(clause: Clause) -> bool:
    """ "Sie auch", with nothing else; not "dann kommt er dazu"."""
    return "also" in clause.tags and clause.words <= _FEW and not (clause.coming or clause.negated)


def _worth_of_all(company: Company, clause: Clause, tokens: list[Token], occasion: bool, tally: Tally) -> int:
    """What it is worth as a total, if these are all who come; else 0."""
    if _are_we(company, tokens, clause):
        return TOTAL
    if clause.aside or not _are_only(company, tokens, tally, occasion):
        return 0
    return SUM if _remain(company, tokens) else TOTAL


def _are_we(company: Company, tokens: list[Token], clause: Clause) -> bool:
    """ "Wir kommen: Oliver, Katrin und Emma": who writes is one of them."""
    named = len(company.terms) > 1 and company.terms[0].kind == "named" and not company.with_writer
    ours = "we" in clause.tags and clause.coming and not clause.negated
    return named and ours and _behind_colon(company, tokens) and not tokens[company.start].has("title")


def _behind_colon(company: Company, tokens: list[Token]) -> bool:
    """ "Vor der Leinwand: neun Bewohner und ich"."""
    return company.start > 0 and tokens[company.start - 1].low == ":"


def _escorts(company: Company, tokens: list[Token], clause: Clause) -> bool:
    """ "Begleitet werden sie von meiner Kollegin und mir": beside those who are counted."""
    return "escorted" in clause.tags and company.start > 0 and tokens[company.start - 1].has("apart", "along")


def _note_known(
    company: Company, tokens: list[Token], clause: Clause, coming: bool, occasion: bool, tally: Tally
) -> None:
    """Relatives and people named, with the writer or without."""
    if company.with_writer and _denied(company, tokens):
        tally.writer_out = True
        note_others(Company(company.others), clause, coming, tokens, tally)
    elif company.with_writer:
        if occasion or not _told_along(company, tokens):
            _note_with_writer(company, clause, occasion or _behind_colon(company, tokens), tally)
    elif "escorted" in clause.tags or not _stands_apart(tokens, company):
        note_others(company, clause, coming, tokens, tally)


def _told_along(company: Company, tokens: list[Token]) -> bool:
    """ "Das habe ich mit dem Enkel schon gemacht": whom somebody was with, not who signs up."""
    first, last = company.terms[0], company.terms[-1]
    between = tokens[first.end : last.start]
    alone = first.kind == "me" and not tokens[first.start].has("we") and len(company.terms) == 2
    return alone and not any(token.joins for token in between)


def _remain(company: Company, tokens: list[Token]) -> bool:
    """ "Es bleiben also nur mein Mann und ich": all who are left."""
    clause = tokens[company.start].clause
    before = [token for token in tokens[: company.start] if token.clause == clause]
    return company.with_writer and any(token.has("remains") for token in before)


def _are_only(company: Company, tokens: list[Token], tally: Tally, occasion: bool) -> bool:
    """ "Wir sind zu fünft, dabei sind aber nur meine Frau und ich": of those in the house, these come."""
    if len(company.terms) > 1 and _remain(company, tokens):
        return True
    place = company.start - 1
    only = place >= 0 and tokens[place].has("only") and not (place and tokens[place - 1].has("negation"))
    only = only or tokens[company.start].has("alone")  # "solo io e mia figlia"
    return only and len(company.terms) > 1 and bool(tally.totals) and not tally.firm and occasion


def _note_again(clause: Clause, tokens: list[Token], tally: Tally) -> None:
    """ "Unsere Zwillinge möchten zusehen, und ich mit ihnen": they were named before."""
    shared = clause.verbless and "along" not in clause.tags  # "also er und ich"
    wanted = shared or any(token.has("can", "come", "i_come", "enrol") for token in tokens)
    opened = any(token.has("breaks") for token in clause.tokens[:2])
    wanted = wanted and (clause.coming or clause.verbless or not opened)
    if clause.wholly or clause.negated or not wanted:
        return
    tally.others = tally.others or tally.last_mentioned
    tally.writer_in = True


def _note_counted(company: Company, clause: Clause, coming: bool, tokens: list[Token], tally: Tally) -> None:
    """ "2 Personen", "1 Erwachsener und 3 Kinder", "zwei Personen und ich"."""
    inside = tokens[company.start : company.end]
    if any(token.low == "0" and token.number is None for token in inside):
        return  # a day, or a number that no longer holds
    if clause.aside and not clause.coming:
        return
    number = sum(term.count for term in company.others) + company.with_writer
    near = tokens[max(0, company.start - 2) : company.start + 2]
    more = "besides" in clause.tags or any(token.has("more") for token in near)  # "mit mir kommen drei Leute"
    if more and not company.with_writer and clause.tags & {"i", "come", "along", "besides"}:
        tally.additions += number
        tally.also = True
        return
    told = number > 1 or any(token.number for token in inside) or not _is_given(company, tokens)
    firm = told and _are_comers(company, clause, coming, tokens)
    tally.note_total(COUNTED if firm else LOOSE, number, company.start)


def _are_comers(company: Company, clause: Clause, coming: bool, tokens: list[Token]) -> bool:
    """Surely they come; not "unsere acht Leute sind auf dem Dach"."""
    if not company.with_writer and not all(term.listed for term in company.others):
        return False
    if coming or clause.tags & {"i", "we"}:
        return True
    owned = any(term.owned for term in company.others)
    return not owned and sum(not token.mark for token in tokens) <= SHORT


def _is_given(company: Company, tokens: list[Token]) -> bool:
    """ "Eine Anmeldung für uns alle": it counts no person."""
    after = tokens[company.end : company.end + 2]
    return len(after) == 2 and after[0].has("given_to") and after[1].has("me", "my", "to_me")


def _note_with_writer(company: Company, clause: Clause, coming: bool, tally: Tally) -> None:
    """ "mein Mann und ich": enough by itself, unless the clause is about something else."""
    tally.family += 1
    tally.family_with_writer = True
    strong = not clause.aside and (coming or clause.words <= 4)
    if not strong and not any(term.listed for term in company.others):
        return  # "Mein Arzt und ich sind uns einig"
    where = tally.others if strong else tally.weak
    add_company(where, company.others)
    writer = next(term for term in company.terms if term.kind == "me")
    if writer.counted:
        where["writer's own"] = writer.count - 1
    if strong:
        tally.writer_in = True


def _denied(company: Company, tokens: list[Token]) -> bool:
    """ "Nicht ich, sondern mein Stellvertreter"."""
    writer = next(term.start for term in company.terms if term.kind == "me")
    return writer > 0 and tokens[writer - 1].has("negation") and not tokens[writer].has("alone")


def _stands_apart(tokens: list[Token], company: Company) -> bool:
    """ "von meiner Tochter", "ohne meinen Mann", "Laptop meiner Tochter"."""
    if company.start == 0:
        return False
    before, first = tokens[company.start - 1], tokens[company.start]
    if before.has("apart") and company.terms[0].kind == "pair" and any(token.has("we") for token in tokens):
        return False  # "Wir kommen als Ehepaar"
    if before.has("apart"):
        return not (company.start > 1 and tokens[company.start - 2].has("enrol", "come"))
    noun = before.text[:1].isupper() and (not before.meaning.tags or before.has("kin")) and company.start > 1
    return first.has("genitive") and noun
