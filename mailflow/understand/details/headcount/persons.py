"""How many people come, the writer included where the writer comes.

Three kinds of evidence, the stronger first: totals ("zu dritt", "2 Erw. + 1 Kind", "statt 3 nur 2"), people
whom the writer names beside himself ("mein Mann und ich", "bringe meine Schwester mit"), and what only
hints at them. Nothing said is one. Rules: a clause counts people only if it is about coming or signing up,
or names the writer among them; the subject counts where the text says nothing; a number that no longer
holds ("statt 3") never counts.
"""

import itertools
import re
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass

from mailflow.rules.people import Speech
from mailflow.understand.details.headcount.clauses import Clause, split_clauses
from mailflow.understand.details.headcount.comers import note_company, note_writer
from mailflow.understand.details.headcount.elsewhere import glance
from mailflow.understand.details.headcount.followers import note_followers
from mailflow.understand.details.headcount.parties import Company, find_companies
from mailflow.understand.details.headcount.rests import note_rest
from mailflow.understand.details.headcount.tally import COUNTED, EARLIER, LOOSE, SUM, TOTAL, Tally
from mailflow.understand.details.headcount.totals import note_totals
from mailflow.understand.details.sentences import read_sentences
from mailflow.understand.details.sentences.sentence import Sentence

_LETTER = re.compile(r"[^\W\d_]")
# "Anmeldung 17.", "Zoom 16": no subject ends in a full stop, nor are so many signed up without a noun
_DAY = re.compile(r"(?<![\d.])\d{1,2}\.(?!\d)|(?<![\d.])(?:1[3-9]|[23]\d)(?!\d|[.:/-]\d|\s*[^\W\d])")
_GAPPED = 4  # words of a clause that takes its verb from the one before
_BRIEF = 10  # words: so short a mail that names only others adds them to those who were known


@dataclass(frozen=True, slots=True)
class Headcount:
    """How many come. `said`: the mail says it; `change`: it says only how many more or fewer."""

    persons: int = 1
    said: bool = False
    change: int = 0
    writer: bool = True  # is the writer one of them?
    summed: bool = False  # the writer and those whom the writer brings along, one by one
    named: str = ""  # who comes instead of the writer, as named


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
    return _conclude(tally)


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
    note_rest(sentence, companies, tally)
    note_followers(clauses, tally)
    for company in companies:
        note_company(company, sentence.tokens, clauses, coming, occasion, tally)


def _share(clauses: list[Clause], companies: list[Company], occasion: bool, tally: Tally) -> list[Clause]:
    """The clauses; what one says, the one behind it may say as well without a verb of its own."""
    clauses = [copy(clause) for clause in clauses]  # others look at them as they stand by themselves
    if not occasion and any(clause.aside for clause in clauses):
        for clause in clauses:
            clause.aside = True
    if len(clauses) == 1 and clauses[0].verbless:
        clauses[0].coming |= any(term.counted for company in companies for term in company.terms)
    for before, clause in itertools.pairwise(clauses):
        gapped = before.coming and not before.negated and "i" in clause.tags and clause.words <= _GAPPED
        gapped = gapped and not clause.negated and clause.tokens[0].low not in "(["
        if gapped and not clause.tags & {"singular", "come", "among"}:
            tally.writer_in = tally.besides_others = True  # "… kommen, ich auch", "und ich als Betreuer"
        clause.aside |= before.aside and clause.hangs_on and not clause.coming
        clause.signed |= before.signed and not clause.coming and not clause.tags & {"i", "me"}
        clause.coming |= before.coming and clause.verbless and not (before.negated or clause.negated)
    return clauses


def _conclude(tally: Tally) -> Headcount:
    company = sum(_others(tally).values()) + tally.additions
    writer = _writer_comes(tally, company)
    added = tally.also and tally.additions > 0
    totals = [total for total in sorted(tally.totals) if total[0] > COUNTED or not added]
    totals = [total for total in totals if not (tally.family_with_writer and _are_years(total[2], company))]
    worth = totals[-1][0] if totals else -1
    remaining = sum(tally.mentioned.values()) - tally.less
    if tally.less and worth < TOTAL and remaining > company:
        return Headcount(remaining, True)
    loose = worth == LOOSE and tally.in_singular
    if worth == EARLIER and (known := _since(totals[-1][2], company, tally)):
        return Headcount(known, True)
    if worth > LOOSE or (worth >= 0 and not (company or loose)):
        numbers = [number for each, _, number in totals if each == worth]
        persons = numbers[0] if worth == COUNTED else numbers[-1]
        persons -= tally.less if worth < SUM and tally.less < persons else 0
        persons += tally.escorts if worth < SUM else 0
        persons += tally.goes_along and worth < SUM
        writer = writer or persons > company
        return Headcount(persons, True, 0, writer, False, _named(tally, writer))
    if tally.escorts:
        return Headcount(company + tally.escorts, True)
    if tally.among and company > 1:
        return Headcount(company, True)
    if company:
        adds = not (tally.writer_in or tally.names or tally.weak or tally.staff) and (
            tally.also or tally.words <= _BRIEF
        )
        change = company if adds else 0
        summed = writer and not tally.family_with_writer
        return Headcount(company + writer, True, change, writer, summed, _named(tally, writer))
    return _of_nobody_counted(tally)


def _since(earlier: int, company: int, tally: Tally) -> int:
    """How many come of those who were told before, with those who join them; 0 where nothing changed."""
    absent = sum(tally.absent.values())
    if (company and tally.also) or tally.delta > 0:
        return earlier + company + max(0, tally.delta)
    return earlier - absent if 0 < absent < earlier else 0


def _of_nobody_counted(tally: Tally) -> Headcount:
    """Nobody beside the writer was counted: somebody comes instead of him, or the number changes."""
    called = [*tally.called.values()] or list(dict.fromkeys(filter(None, tally.spare)))
    if (
        tally.they_come
        and called
        and not (tally.writer_in or tally.also)
        and (tally.called or not called[1:])
    ):
        return Headcount(1, True, 0, False, False, called[0])
    change = tally.delta - sum(tally.absent.values())
    if tally.former and -change < tally.former and change:
        return Headcount(tally.former + change, True)
    return Headcount(1 + max(0, tally.delta), False, change)


def _are_years(number: int, company: int) -> bool:
    """ "meine Freundin und ich … wir sind 15": that is how old they are."""
    return number > 12 and number > 3 * (company + 1)


def _others(tally: Tally) -> dict[str, int]:
    """All who come beside the writer."""
    others = dict(tally.others)
    if not others and not tally.in_singular:
        others = dict(tally.weak)
    if not others and not tally.writer_in:
        others = dict(tally.signed)
    if not others and tally.everybody:
        others = dict(tally.mentioned)
    if not others and tally.together:
        others = dict(list(tally.mentioned.items())[-1:])
    if tally.writer_in:
        others |= tally.followers
    return {relation: number for relation, number in others.items() if relation not in tally.absent}


def _writer_comes(tally: Tally, company: int) -> bool:
    if tally.writer_out and company and not tally.writer_in:
        return False
    if tally.staff and not (tally.family or tally.in_singular or tally.besides_others):
        return bool(tally.additions)
    return tally.writer_in or tally.also or not company or (not tally.names and bool(tally.weak))


def _named(tally: Tally, writer: bool) -> str:
    return next(iter([*tally.names, *tally.called.values(), *tally.spare]), "") if not writer else ""
