"""People named without the writer: do they come, stay away, or are they only mentioned?

Rules: they come where their clause is about coming or signing up, or where the writer brings them along; a
denial beside them says that they stay away; "die Kinder" in general are nobody.
"""

from mailflow.understand.details.headcount.clauses import Clause
from mailflow.understand.details.headcount.parties import Company
from mailflow.understand.details.headcount.tally import COUNTED, Tally, add_company, add_party
from mailflow.understand.details.headcount.term import Term
from mailflow.understand.details.sentences.sentence import Token

BRIEF = 5  # words: a denial this short needs no verb
_NEAR = 12  # words
SHORT = 7  # words: a sentence this short needs no verb of coming


def note_others(company: Company, clause: Clause, coming: bool, tokens: list[Token], tally: Tally) -> None:
    """People without the writer: they come, or do not, or are only mentioned."""
    others, tags = company.others, clause.tags
    listed = _is_list(others)
    if listed or any(term.kind == "pair" for term in others):
        _note_all(company, clause, listed, coming, tally)
        return
    known = [term for term in others if term.kind == "kin"]
    if clause.negated and "negation" in tags:
        known += [term for term in others if term.kind == "named"]
    tally.mentioned |= {term.relation: term.count for term in known}
    if clause.negated and _is_near(company, tokens):
        if not clause.aside and (tags & {"come", "can", "enrol"} or _is_denial(company, tokens, clause)):
            for term in known:
                add_party(tally.absent, term)
        return
    tally.spare += [term.name for term in others if term.kind == "named"]
    if clause.signed:
        for term in others:
            add_party(tally.signed, term)
    elif not clause.aside or "escorted" in tags:
        alongside = company.start > 0 and tokens[company.start - 1].has("along")
        said = clause.coming or clause.told or _follows(clause, bool(known), coming, alongside)
        if said or (coming and _in_brackets(company, tokens)):
            _count_others(company, clause, alongside, tokens, tally)


def _is_list(others: list[Term]) -> bool:
    """ "Papa, Mama, zwei Kinder": the whole family, and nobody's."""
    kin = any(term.kind == "kin" for term in others)
    return len(others) > 2 and kin and not any(term.owned for term in others)


def _note_all(company: Company, clause: Clause, listed: bool, coming: bool, tally: Tally) -> None:
    """A list, or "ein Ehepaar": these are all who come, if not somebody was named with the writer."""
    with_writer = clause.tags >= {"escorted", "i"} or clause.tags >= {"enrol", "me"}
    besides = (
        with_writer and not clause.aside
    )  # "ich begleite ein Ehepaar", "melde mich an sowie das Ehepaar"
    if (tally.family_with_writer or besides) and not listed:
        for term in company.others:
            add_party(tally.others, term)
    elif listed or coming or clause.words <= SHORT:
        tally.note_total(COUNTED, sum(term.count for term in company.others), company.start)


def _follows(clause: Clause, known: bool, coming: bool, alongside: bool) -> bool:
    """Few words behind others about coming: "meine Frau auch", "mit meinen Eltern"."""
    if known and "also" in clause.tags and clause.words <= SHORT:
        return True
    return coming and (
        ("can" in clause.tags and clause.words <= BRIEF) or (alongside and clause.words <= SHORT + 2)
    )


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
    brought = clause.brings or (alongside and bool(tags & {"i", "i_come"}))
    counted = [term for term in company.others if _is_somebody(term, tags, len(company.others) == 1, brought)]
    if not counted:
        return
    by_name = all(term.kind == "named" for term in counted)
    known = {name.partition(" ")[0] for name in tally.called.values()}
    if by_name and any(term.name.partition(" ")[0] in known for term in counted):
        return  # "meine Frau Hilde … Josef und Hilde Bohnen"
    tally.names += [term.name for term in counted if term.name]
    if by_name and tally.just_counted == (tally.sentence, len(counted)):
        return
    add_company(tally.others, counted)
    tally.just_counted = (tally.sentence, sum(term.count for term in counted))
    if all(_sent(term, tokens) for term in counted):
        tally.staff += 1
    elif any(term.owned for term in counted):
        tally.family += 1
    tally.also |= "also" in tags or (alongside and "i" in tags)
    tally.writer_in |= (
        alongside
        and "each" not in tags
        and (bool(tags & {"i", "i_come"}) or not _has_subject(tokens, company))
    )


def _sent(term: Term, tokens: list[Token]) -> bool:
    """One of those whom a house or a club sends: "drei Kolleginnen", "Herr Kaplan"."""
    if term.kind == "named":
        return not term.owned
    return term.counted and (tokens[term.end - 1].has("role") or not term.listed)


def _is_somebody(term: Term, tags: set[str], alone: bool, brought: bool) -> bool:
    """Not "die Kinder" in general, nor "Herr Gassen" where nobody is signed up."""
    if term.kind == "named" and not term.owned:
        return "enrol" in tags or alone is False or brought
    if term.kind == "kin" and brought and not alone:
        return True  # "mit meinem Mann und den Schwiegereltern"
    return term.owned or term.counted or term.count == 1 or "besides" in tags


def _has_subject(tokens: list[Token], company: Company) -> bool:
    """Somebody else stands before "mit …" in the clause: it is they who bring people along."""
    clause = tokens[company.start].clause
    before = [token for token in tokens[: company.start] if token.clause == clause]
    return any(token.has("my", "article", "kin", "one") for token in before)
