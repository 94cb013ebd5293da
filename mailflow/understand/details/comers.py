"""People whom the writer names: do they come, stay away, or are they only mentioned?

Rules: a company with the writer in it comes, unless its clause is about something else; others come where
their clause is about coming or signing up; a denial says that they stay away.
"""

import itertools

from mailflow.understand.details.clauses import Clause
from mailflow.understand.details.parties import Company
from mailflow.understand.details.people_clauses import Token
from mailflow.understand.details.tally import COUNTED, EARLIER, LOOSE, SUM, TOTAL, Tally, add_party
from mailflow.understand.details.term import Term

BRIEF = 5  # words: a denial this short needs no verb
_NEAR = 12  # words
SHORT = 7  # words: a sentence this short needs no verb of coming


def note_writer(clause: Clause, tally: Tally) -> None:
    """Does the clause say that the writer comes, or does not, or comes alone?"""
    tags = clause.tags
    if clause.negated and "i" in tags and tags & {"come", "i_come", "can"} and not tags & {"kin"}:
        tally.writer_out = True
        return
    if clause.negated:
        return
    for_others = "enrol" in tags and "kin" in tags and "me" not in tags and not clause.reflexive
    tally.writer_in |= clause.own_coming
    comes = ("i_come" in tags and not for_others) or ("i" in tags and "come" in tags and "enrol" not in tags)
    comes = comes and not clause.aside
    if comes or ("enrol" in tags and "me" in tags) or ("besides" in tags):
        tally.writer_in = True
        alone = {"me", "enrol"} <= tags and "kin" not in tags
        if "we" not in tags and alone:
            tally.in_singular = True
        elif "we" not in tags and "enrol" not in tags:
            tally.in_singular |= "i" in tags
            tally.besides_others |= bool(tags & {"i_come", "besides"})
        tally.together |= {"we", "together"} <= tags
        tally.everybody |= {"we", "everybody"} <= tags
    if clause.alone and (tags & {"i", "i_come", "come"} or clause.words <= 4) and not clause.aside:
        tally.note_total(EARLIER if "earlier" in tags else TOTAL, 1, clause.alone_at)


def note_company(
    company: Company,
    tokens: list[Token],
    clauses: list[Clause],
    coming: bool,
    occasion: bool,
    tally: Tally,
) -> None:
    """Note what the sentence says of a company. `coming`: some clause of it is about coming;
    `occasion`: or at least about the event."""
    clause = clauses[tokens[company.start].clause]
    others = company.others
    if company.with_writer and _escorts(company, tokens, clause):
        tally.escorts, tally.writer_in = sum(term.count for term in company.terms), True
        return
    if not company.with_writer:
        tally.called |= {term.relation: term.name for term in others if term.name and term.kind == "kin"}
    if not others or (others == [term for term in others if term.kind == "they"] and not company.with_writer):
        return
    if tally.struck & set(range(company.start, company.end)):
        return
    if _is_told_of(company, tokens, clause):
        tally.mentioned |= {term.relation: term.count for term in others if term.kind == "kin"}
    elif _are_only(company, tokens, tally, coming or occasion) and not clause.aside:
        worth = SUM if _remain(company, tokens) else TOTAL
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


def _escorts(company: Company, tokens: list[Token], clause: Clause) -> bool:
    """ "Begleitet werden sie von meiner Kollegin und mir": beside those who are counted."""
    return "escorted" in clause.tags and company.start > 0 and tokens[company.start - 1].has("apart", "along")


def _note_known(
    company: Company, tokens: list[Token], clause: Clause, coming: bool, occasion: bool, tally: Tally
) -> None:
    """Relatives and people named, with the writer or without."""
    if company.with_writer and _denied(company, tokens):
        tally.writer_out = True
        _note_others(Company(company.others), clause, coming, tokens, tally)
    elif company.with_writer:
        if coming or occasion or not _told_along(company, tokens):
            _note_with_writer(company, clause, occasion, tally)
    elif "escorted" in clause.tags or not _stands_apart(tokens, company):
        _note_others(company, clause, coming, tokens, tally)


def _is_told_of(company: Company, tokens: list[Token], clause: Clause) -> bool:
    """ "Ich bin Mutter", "ich habe zwei Kinder und …", "ob mein Mann kommt, weiß ich nicht"."""
    before = tokens[company.start - 1] if company.start else None
    if before is not None and before.has("copula") and company.terms[0].kind != "me":
        return True  # but not "bin ich mit meiner Frau dabei"
    if not company.with_writer and _is_unsure(clause, tokens):
        return True
    others, end = company.others, company.others[-1].end
    if any(term.owned or term.kind != "kin" for term in others):
        return False
    behind = end < len(tokens) and tokens[end].has("owns_behind")
    if not behind and not (before is not None and before.has("owns")):
        return False
    rest = itertools.takewhile(lambda token: not (token.mark or token.has("joins")), tokens[end:])
    return not any(token.has("come", "also", "enrol") for token in rest)


def _is_unsure(clause: Clause, tokens: list[Token]) -> bool:
    """ "Ob mein Mann kommt, weiß ich nicht", "vielleicht kommt mein Mann, das weiß ich noch nicht"."""
    unsure = [token.clause for token in tokens if token.has("unsure")]
    return bool(unsure) and (clause.whether or clause.tokens[0].clause + 1 in unsure)


def _told_along(company: Company, tokens: list[Token]) -> bool:
    """ "Das habe ich mit dem Enkel schon gemacht": whom somebody was with, not who signs up."""
    first, last = company.terms[0], company.terms[-1]
    between = tokens[first.end : last.start]
    alone = first.kind == "me" and not tokens[first.start].has("we") and len(company.terms) == 2
    return alone and not any(token.has("joins") or token.low in "+&" for token in between)


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
    wanted = any(token.has("can", "come", "i_come", "enrol") for token in tokens)
    if clause.wholly or clause.negated or not wanted:
        return
    tally.others = tally.others or dict(list(tally.mentioned.items())[-1:])
    tally.writer_in = True


def _note_counted(company: Company, clause: Clause, coming: bool, tokens: list[Token], tally: Tally) -> None:
    """ "2 Personen", "1 Erwachsener und 3 Kinder", "zwei Personen und ich"."""
    if any(token.number is None for token in tokens[company.start : company.end] if token.low == "0"):
        return
    if clause.aside and not clause.coming:
        return
    firm = coming or clause.tags & {"i", "we"} or sum(not token.mark for token in tokens) <= SHORT
    number = sum(term.count for term in company.others) + company.with_writer
    more = any(token.has("more") for token in tokens[max(0, company.start - 2) : company.start + 2])
    if more and not company.with_writer and clause.tags & {"i", "come", "along", "besides"}:
        tally.additions += number
        tally.also = True
    else:
        tally.note_total(COUNTED if firm else LOOSE, number, company.start)


def _note_with_writer(company: Company, clause: Clause, coming: bool, tally: Tally) -> None:
    """ "mein Mann und ich": enough by itself, unless the clause is about something else."""
    tally.family += 1
    tally.family_with_writer = True
    strong = not clause.aside and (coming or clause.words <= 4)
    where = tally.others if strong else tally.weak
    for term in company.others:
        add_party(where, term)
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
    if before.has("apart"):
        return not (company.start > 1 and tokens[company.start - 2].has("enrol", "come"))
    noun = before.text[:1].isupper() and (not before.meaning.tags or before.has("kin")) and company.start > 1
    return first.has("genitive") and noun


def _note_others(company: Company, clause: Clause, coming: bool, tokens: list[Token], tally: Tally) -> None:
    """People without the writer: they come, or do not, or are only mentioned."""
    others, tags = company.others, clause.tags
    kin = any(term.kind == "kin" for term in others)
    listed = len(others) > 2 and kin and not any(term.owned for term in others)
    if listed or any(term.kind == "pair" for term in others):
        if listed or coming or clause.words <= SHORT:
            tally.note_total(COUNTED, sum(term.count for term in others), company.start)
        return
    known = [term for term in others if term.kind == "kin"]
    tally.mentioned |= {term.relation: term.count for term in known}
    if clause.negated and _is_near(company, tokens):
        if not clause.aside and (tags & {"come", "can", "enrol"} or _is_denial(company, tokens, clause)):
            for term in known:
                add_party(tally.absent, term)
        return
    alongside = company.start > 0 and tokens[company.start - 1].has("along")
    follows = "also" in tags and known and clause.words <= SHORT
    follows = follows or (coming and "can" in tags and clause.words <= 5)
    follows = follows or (coming and alongside and clause.words <= SHORT + 2)
    tally.spare += [term.name for term in others if term.kind == "named"]
    if clause.signed:
        for term in others:
            add_party(tally.signed, term)
    elif (clause.coming or clause.told or follows or (coming and _in_brackets(company, tokens))) and (
        not clause.aside or "escorted" in tags
    ):
        _count_others(company, clause, alongside, tokens, tally)


def _in_brackets(company: Company, tokens: list[Token]) -> bool:
    """ "Unsere Klassensprecher (sechs Jugendliche) möchten teilnehmen"."""
    counted = all(term.counted for term in company.terms)
    return counted and company.start > 0 and tokens[company.start - 1].low in "(["


def _is_near(company: Company, tokens: list[Token]) -> bool:
    """A denial a dozen words before, in a text without commas, is of something else."""
    near = tokens[max(0, company.start - _NEAR) :]
    return any(token.has("negation") for token in near if token.clause == tokens[company.start].clause)


def _is_denial(company: Company, tokens: list[Token], clause: Clause) -> bool:
    """ "Mein Mann leider nicht", "nicht meine Frau", with no more words: not "she does not hear well"."""
    words = [token for token in tokens if token.clause == tokens[company.start].clause and not token.mark]
    beside = [*words[-1:], *tokens[max(0, company.start - 2) : company.start]]
    return clause.words <= BRIEF and any(token.has("negation") for token in beside)


def _count_others(
    company: Company, clause: Clause, alongside: bool, tokens: list[Token], tally: Tally
) -> None:
    """They come."""
    tags = clause.tags
    counted = [term for term in company.others if _is_somebody(term, tags, len(company.others) == 1)]
    if not counted:
        return
    tally.names += [term.name for term in counted if term.name]
    if all(term.kind == "named" for term in counted) and tally.just_counted == (tally.sentence, len(counted)):
        return
    for term in counted:
        add_party(tally.others, term)
    tally.just_counted = (tally.sentence, sum(term.count for term in counted))
    if all(_sent(term, tokens) for term in counted):
        tally.staff += 1
    elif any(term.owned for term in counted):
        tally.family += 1
    tally.also |= "also" in tags or (alongside and "i" in tags)
    tally.writer_in |= alongside and (bool(tags & {"i", "i_come"}) or not _has_subject(tokens, company))


def _sent(term: Term, tokens: list[Token]) -> bool:
    """One of those whom a house or a club sends: "drei Kolleginnen", "Herr Kaplan"."""
    if term.kind == "named":
        return not term.owned
    return term.counted and tokens[term.end - 1].has("role")


def _is_somebody(term: Term, tags: set[str], alone: bool) -> bool:
    """Not "die Kinder" in general, nor "Herr Gassen" where nobody is signed up."""
    if term.kind == "named" and not term.owned:
        return "enrol" in tags or alone is False
    return term.owned or term.counted or term.count == 1


def _has_subject(tokens: list[Token], company: Company) -> bool:
    """Somebody else stands before "mit …" in the clause: it is they who bring people along."""
    clause = tokens[company.start].clause
    before = [token for token in tokens[: company.start] if token.clause == clause]
    return any(token.has("my", "article", "kin", "one") for token in before)
