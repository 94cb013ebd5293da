"""Sentences that tell of something else than of coming: what they count need not come.

    "Wir haben eine Werkbank, an der fünf Leute schrauben können."     an idea: counts nobody
    "Uns beiden liegt ein Lesekreis am Herzen."                        says by the way how many write

Rules: what a sentence means has been read before (meanings.py); here it only counts whom the writer names
together with himself, and remembers who else was mentioned.
"""

from collections.abc import Iterable

from mailflow.rules.people import Speech
from mailflow.understand.details.headcount.clauses import Clause
from mailflow.understand.details.headcount.comers import note_company
from mailflow.understand.details.headcount.parties import Company
from mailflow.understand.details.headcount.tally import Tally
from mailflow.understand.details.headcount.totals import note_totals
from mailflow.understand.details.sentences.sentence import Sentence
from mailflow.understand.details.sentences.words import without_marks


def note_elsewhere(
    sentences: Iterable[Sentence], elsewhere: Iterable[str], rehearsal: Iterable[str] = ()
) -> None:
    """Mark the sentences that lie within stretches of the text which tell of something else, or of the
    try-out alone."""
    told, tried = [_plain(each) for each in elsewhere], [_plain(each) for each in rehearsal]
    for sentence in sentences if told or tried else ():
        stretch = _stretch(sentence)
        sentence.elsewhere = any(stretch in each for each in told)
        sentence.rehearsal = any(stretch in each for each in tried)


def _plain(text: str) -> str:
    return " ".join(without_marks(text).casefold().split())


def _stretch(sentence: Sentence) -> str:
    """What a sentence covers of the text."""
    words = [token for token in sentence.tokens if not token.mark]
    first, last = (pick(words, key=lambda word: word.start) for pick in (min, max))
    return _plain(sentence.text[first.start : last.start + len(last.text.partition(" ")[0])])


def glance(
    sentence: Sentence, companies: list[Company], speech: Speech, clauses: list[Clause], tally: Tally
) -> None:
    """Take from such a sentence only what it says of the writer's own company."""
    note_totals(sentence, companies, speech, clauses, tally)
    for company in companies:
        if company.with_writer:
            note_company(company, sentence.tokens, clauses, False, False, tally)
        else:
            known = [term for term in company.terms if term.kind == "kin" and term.owned]
            tally.mentioned |= {term.relation: term.count for term in known}
