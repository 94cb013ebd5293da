"""How many people come, the writer included where the writer comes: the route of a mail's sentences.

Rules: a clause counts people only if it is about coming or signing up, or names the writer among them; the
subject counts where the text says nothing.
"""

import itertools
import re
from collections.abc import Iterable
from copy import copy

from mailflow.rules.people import Speech
from mailflow.understand.details.headcount.clauses import Clause, split_clauses
from mailflow.understand.details.headcount.comers import note_company
from mailflow.understand.details.headcount.conclusion import Headcount, conclude
from mailflow.understand.details.headcount.elsewhere import glance
from mailflow.understand.details.headcount.followers import note_followers
from mailflow.understand.details.headcount.parties import Company, find_companies
from mailflow.understand.details.headcount.rests import note_rest
from mailflow.understand.details.headcount.tally import Tally
from mailflow.understand.details.headcount.totals import note_totals
from mailflow.understand.details.headcount.writer import note_writer
from mailflow.understand.details.sentences import read_sentences
from mailflow.understand.details.sentences.sentence import Sentence

_LETTER = re.compile(r"[^\W\d_]")
# "Anmeldung 17.", "Zoom 16": no subject ends in a full stop, nor are so many signed up without a noun
_DAY = re.compile(r"(?<![\d.])\d{1,2}\.(?!\d)|(?<![\d.])(?:1[3-9]|[23]\d)(?!\d|[.:/-]\d|\s*[^\W\d])")
_GAPPED = 4  # words of a clause that takes its verb from the one before


def count_persons(sentences: Iterable[Sentence], subject: str, speech: Speech) -> Headcount:
    """Count from the text's sentences; from the subject where they count nobody: "2 Personen", but not
    "16" or "17.", which are days."""
    found = _count(sentences, speech)
    if found.said or found.change:
        return found
    subject = _DAY.sub(" ", subject)
    headline = _count(read_sentences(subject, speech), speech) if _LETTER.search(subject) else Headcount()
    return headline if headline.said else found


def _count(sentences: Iterable[Sentence], speech: Speech) -> Headcount:
    tally = Tally()
    sentences = list(sentences)
    lone = [token for each in sentences for token in each.tokens if not token.mark]
    dated = any(token.text == "." for each in sentences for token in each.tokens)
    if len(lone) == 1 and lone[0].number and not dated:
        return Headcount(lone[0].number, True)
    tally.words = sum(not token.mark for each in sentences for token in each.tokens)
    for number, sentence in enumerate(sentences):
        tally.sentence = number
        _read(sentence, speech, tally)
    return conclude(tally)


def _read(sentence: Sentence, speech: Speech, tally: Tally) -> None:
    companies = find_companies(sentence, speech)
    clauses = split_clauses(sentence, companies)
    if sentence.elsewhere:
        note_rest(sentence, companies, tally)
        glance(sentence, companies, speech, clauses, tally)
        return
    coming = any(clause.coming for clause in clauses)
    occasion = coming or any(clause.occasion for clause in clauses)
    clauses = _share(clauses, companies, occasion, tally)
    for clause in clauses:
        clause.alone &= not sentence.rehearsal
        note_writer(clause, tally)
    tally.they_come |= occasion and bool(speech.they_come and speech.they_come.pattern.search(sentence.line))
    note_totals(sentence, companies, speech, clauses, tally)
    if not sentence.rehearsal:
        note_rest(sentence, companies, tally)
    note_followers(clauses, tally)
    for company in companies:
        note_company(company, sentence.tokens, clauses, coming, occasion, tally)


def _share(clauses: list[Clause], companies: list[Company], occasion: bool, tally: Tally) -> list[Clause]:
    """The clauses; what one says, the one behind it may say as well without a verb of its own."""
    clauses = [copy(clause) for clause in clauses]  # others look at them as they stand by themselves
    if not occasion and any(clause.aside and not clause.relative for clause in clauses):
        for clause in clauses:
            clause.aside = True
    if len(clauses) == 1 and clauses[0].verbless:
        clauses[0].coming |= any(term.counted for company in companies for term in company.terms)
    for clause in clauses:
        if _is_label(clause):
            clause.coming, clause.tags = True, clause.tags | {"also"}
    for before, clause in itertools.pairwise(clauses):
        gapped = before.coming and not before.negated and "i" in clause.tags and clause.words <= _GAPPED
        gapped = gapped and not clause.negated and clause.tokens[0].low not in "(["
        if gapped and not clause.tags & {"singular", "come", "among"}:
            tally.writer_in = tally.besides_others = True  # "… kommen, ich auch", "und ich als Betreuer"
        clause.aside |= before.aside and clause.hangs_on and not clause.coming
        clause.signed |= before.signed and not clause.coming and not clause.tags & {"i", "me"}
        clause.coming |= before.coming and clause.verbless and not (before.negated or clause.negated)
    return clauses


def _is_label(clause: Clause) -> bool:
    """ "Begleitung: Marlene Esser", in a form."""
    words = clause.tokens[:2]
    return len(words) == 2 and words[0].has("kin") and words[0].has("come") and words[1].low == ":"
