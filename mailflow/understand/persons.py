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
from dataclasses import dataclass, field

from mailflow.rules.people import Speech
from mailflow.understand.parties import Company, Term, find_companies
from mailflow.understand.people_clauses import Sentence, Token, read_sentences

_SUM, _TOTAL, _COUNTED, _LOOSE, _EARLIER = 4, 3, 2, 1, 0
_SHORT = 7  # words: a sentence this short needs no verb of coming
_BREAK = frozenset(',،;؛–—-()[]"„“”«»*')


@dataclass(frozen=True, slots=True)
class Headcount:
    """How many come. `said`: the mail says it; `change`: it says only how many more or fewer."""

    persons: int = 1
    said: bool = False
    change: int = 0
    writer: bool = True  # is the writer one of them?
    named: str = ""  # who comes instead of the writer, as named


@dataclass(slots=True)
class _Tally:
    totals: list[tuple[int, int]] = field(default_factory=list)  # rank, number
    additions: int = 0
    others: dict[str, int] = field(default_factory=dict)
    weak: dict[str, int] = field(default_factory=dict)
    absent: dict[str, int] = field(default_factory=dict)
    mentioned: dict[str, int] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    writer_in: bool = False
    writer_out: bool = False
    in_singular: bool = False
    besides_others: bool = False  # the writer comes, perhaps as one of several
    staff: int = 0  # companies that are so many of a club or a house: "wir" are they
    family: int = 0  # all other companies
    also: bool = False
    together: bool = False
    everybody: bool = False


def count_persons(sentences: Iterable[Sentence], subject: str, speech: Speech) -> Headcount:
    """Count from the text's sentences; from the subject where they count nobody."""
    found = _count(sentences, speech)
    if found.said:
        return found
    headline = _count(read_sentences(subject, speech), speech) if subject.strip() else Headcount()
    return headline if headline.said else found


def _count(sentences: Iterable[Sentence], speech: Speech) -> Headcount:
    tally = _Tally()
    for sentence in sentences:
        _read(sentence, speech, tally)
    return _conclude(tally)


def _conclude(tally: _Tally) -> Headcount:
    others = dict(tally.others)
    if not others and not tally.in_singular:
        others = dict(tally.weak)
    if not others and tally.everybody:
        others = dict(tally.mentioned)
    if not others and tally.together:
        others = dict(list(tally.mentioned.items())[-1:])
    for relation in tally.absent:
        others.pop(relation, None)
    company = sum(others.values()) + tally.additions
    writer = tally.writer_in or tally.also or not company or (not tally.names and bool(tally.weak))
    if tally.staff and not (tally.family or tally.in_singular or tally.besides_others):
        writer = bool(tally.additions)
    if tally.writer_out and company and not tally.writer_in:
        writer = False
    best = max((rank for rank, _ in tally.totals), default=-1)
    if best > _LOOSE or (best >= 0 and not company):
        numbers = [number for rank, number in tally.totals if rank == best]
        persons = numbers[0] if best == _COUNTED else numbers[-1]
        return Headcount(
            persons, True, 0, writer or persons > company, _named(tally, writer or persons > company)
        )
    if company:
        change = company if tally.also and not tally.writer_in else 0
        return Headcount(company + writer, True, change, writer, _named(tally, writer))
    if tally.absent:
        return Headcount(1, False, -sum(tally.absent.values()))
    return Headcount()


def _named(tally: _Tally, writer: bool) -> str:
    return tally.names[0] if tally.names and not writer else ""


# --- one sentence --------------------------------------------------------------------------------------


def _read(sentence: Sentence, speech: Speech, tally: _Tally) -> None:
    companies = find_companies(sentence, speech)
    clauses = _number_clauses(sentence.tokens, companies)
    about = [_About(tokens) for tokens in clauses]
    coming = any(clause.coming for clause in about)
    if not coming and any(clause.aside for clause in about):
        for clause in about:
            clause.aside = True
    for clause in about:
        _note_writer(clause, tally)
    _note_totals(sentence, companies, speech, about, tally)
    for company in companies:
        _note_company(company, sentence.tokens, about, coming, tally)


class _About:
    """What one clause is about."""

    def __init__(self, tokens: list[Token]) -> None:
        tags: set[str] = set()
        for token in tokens:
            tags |= token.meaning.tags - {"aside"} if token.has("kin") else token.meaning.tags
        self.tags = tags
        self.reflexive = any(token.has("enrol") and token.has("i_come", "me") for token in tokens)
        self.words = sum(not token.mark for token in tokens)
        self.negated = any(
            token.has("negation")
            and not (position + 1 < len(tokens) and tokens[position + 1].has("not_negation"))
            for position, token in enumerate(tokens)
        )
        self.alone = any(
            token.has("alone") and not (position and tokens[position - 1].has("negation"))
            for position, token in enumerate(tokens)
        )
        self.own_coming = any(
            one.has("my") and two.has("come", "enrol") for one, two in itertools.pairwise(tokens)
        )
        self.coming = bool(tags & {"come", "i_come", "enrol"} or {"also", "can"} <= tags)
        self.aside = "aside" in tags and "besides" not in tags


def _number_clauses(tokens: list[Token], companies: list[Company]) -> list[list[Token]]:
    """Give each token the number of its clause. Companies stay whole."""
    inside = {place for company in companies for place in range(company.start, company.end)}
    clauses: list[list[Token]] = [[]]
    main: list[Token] | None = None  # goes on behind a relative clause
    for position, token in enumerate(tokens):
        starts = _opens_clause(tokens, position) or (token.mark and token.low in _BREAK)
        if token.has("joins") and position + 1 < len(tokens) and tokens[position + 1].has("i"):
            starts = True
        if starts and position not in inside and any(not earlier.mark for earlier in clauses[-1]):
            following = tokens[position + 1] if position + 1 < len(tokens) else token
            if token.low in ",،" and following.has("relative") and position + 1 not in inside:
                main = clauses[-1] if any(earlier.has("kin") for earlier in clauses[-1]) else None
                clauses.append([])
            elif main is not None and token.low in ",،" and not following.has("breaks", "i", "joins"):
                clauses.append(main)
                main = None
            else:
                clauses.append([])
        clauses[-1].append(token)
    for number, clause in enumerate(clauses):
        for token in clause:
            token.clause = number
    return clauses


def _opens_clause(tokens: list[Token], position: int) -> bool:
    """A word that opens a clause; one that also stands inside clauses ("komme aber gern") only by its subject."""
    token = tokens[position]
    if not token.has("breaks") or not token.has("between"):
        return token.has("breaks")
    return position + 1 < len(tokens) and tokens[position + 1].has(
        "my", "i", "kin", "they", "theirs", "article"
    )


def _note_writer(clause: _About, tally: _Tally) -> None:
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
        if "we" not in tags and "enrol" not in tags:
            tally.in_singular |= "i" in tags
            tally.besides_others |= bool(tags & {"i_come", "besides"})
        tally.together |= {"we", "together"} <= tags
        tally.everybody |= {"we", "everybody"} <= tags
    if clause.alone and (tags & {"i", "i_come", "come"} or clause.words <= 3) and not clause.aside:
        tally.totals.append((_EARLIER if "earlier" in tags else _TOTAL, 1))


# --- totals --------------------------------------------------------------------------------------------


def _note_totals(
    sentence: Sentence, companies: list[Company], speech: Speech, about: list[_About], tally: _Tally
) -> None:
    if "#" not in sentence.line and "@" not in sentence.line:
        return
    tokens = sentence.tokens
    old = {place for place, _ in _numbers(sentence, speech.formerly)}
    for pattern, rank in ((speech.sums, _SUM), (speech.we_are, _TOTAL), (speech.totals, _TOTAL)):
        for place, said in _numbers(sentence, pattern):
            clause = about[tokens[place].clause]
            number = _whole(companies, place, said)
            if pattern is speech.we_are:
                number = number or said
            if (
                not number
                or place in old
                or not _counts_people(tokens, place)
                or (clause.aside and not clause.coming)
            ):
                continue
            earlier = "earlier" in clause.tags and rank != _SUM
            tally.totals.append((_EARLIER if earlier else rank, number))
    for place, number in _numbers(sentence, speech.additions):
        if place not in old and _counts_people(tokens, place):
            tally.additions += number
            tally.writer_in = True
    for place in old:
        tokens[place].number = None


def _whole(companies: list[Company], place: int, number: int) -> int:
    """ "Anzahl: 1 Erw. + 3 Kinder" is four; "für zwei Kolleginnen" is no total (0): the company tells."""
    for company in companies:
        if company.start <= place < company.end:
            total = any(
                term.kind == "neutral" or (term.kind == "me" and term.counted) for term in company.terms
            )
            return sum(term.count for term in company.terms) if total else 0
    return number


def _numbers(sentence: Sentence, pattern: re.Pattern[str] | None) -> list[tuple[int, int]]:
    """Places and values of the numbers that a pattern finds."""
    found: list[tuple[int, int]] = []
    for match in pattern.finditer(sentence.line) if pattern else ():
        for group, value in enumerate(match.groups(), 1):
            if value is not None:
                found.append((sentence.offsets.index(match.start(group) - 1), int(value)))
    return found


def _counts_people(tokens: list[Token], place: int) -> bool:
    """Not "wir zwei Fragen": what follows the number is no thing."""
    if place + 1 >= len(tokens):
        return True
    following = tokens[place + 1]
    if following.mark or following.has("neutral", "kin"):
        return True
    if following.has("things"):
        return False
    return bool(following.meaning.tags) or not following.text[:1].isupper()


# --- companies -----------------------------------------------------------------------------------------


def _note_company(
    company: Company, tokens: list[Token], about: list[_About], coming: bool, tally: _Tally
) -> None:
    clause = about[tokens[company.start].clause]
    others = company.others
    if not others or (others == [term for term in others if term.kind == "they"] and not company.with_writer):
        return
    if any(term.kind == "neutral" for term in others):
        _note_counted(company, clause, coming, tokens, tally)
    elif company.with_writer:
        _note_with_writer(company, clause, coming, tally)
    elif not _stands_apart(tokens, company):
        _note_others(company, clause, coming, tokens, tally)


def _note_counted(company: Company, clause: _About, coming: bool, tokens: list[Token], tally: _Tally) -> None:
    """ "2 Personen", "1 Erwachsener und 3 Kinder", "zwei Personen und ich"."""
    if any(token.number is None for token in tokens[company.start : company.end] if token.low == "0"):
        return
    if clause.aside and not clause.coming:
        return
    firm = coming or clause.tags & {"i", "we"} or sum(not token.mark for token in tokens) <= _SHORT
    number = sum(term.count for term in company.others) + company.with_writer
    more = any(token.has("more") for token in tokens[max(0, company.start - 2) : company.start + 2])
    if more and not company.with_writer and clause.tags & {"i", "come", "along", "besides"}:
        tally.additions += number
        tally.also = True
    else:
        tally.totals.append((_COUNTED if firm else _LOOSE, number))


def _note_with_writer(company: Company, clause: _About, coming: bool, tally: _Tally) -> None:
    """ "mein Mann und ich": enough by itself, unless the clause is about something else."""
    tally.family += 1
    strong = not clause.aside and (coming or clause.words <= _SHORT)
    where = tally.others if strong else tally.weak
    for term in company.others:
        _add(where, term)
    writer = next(term for term in company.terms if term.kind == "me")
    if writer.counted:
        where["writer's own"] = writer.count - 1
    if strong:
        tally.writer_in = True


def _stands_apart(tokens: list[Token], company: Company) -> bool:
    """ "von meiner Tochter", "ohne meinen Mann", "Laptop meiner Tochter"."""
    if company.start == 0:
        return False
    before, first = tokens[company.start - 1], tokens[company.start]
    if before.has("apart"):
        return True
    noun = before.text[:1].isupper() and not before.meaning.tags and company.start > 1
    return first.has("genitive") and noun


def _note_others(company: Company, clause: _About, coming: bool, tokens: list[Token], tally: _Tally) -> None:
    """People without the writer: they come, or do not, or are only mentioned."""
    tags = clause.tags
    if any(term.kind == "pair" for term in company.others):
        if coming or clause.words <= _SHORT:
            tally.totals.append((_COUNTED, sum(term.count for term in company.others)))
        return
    if len(company.others) > 2 and "kin" in tags and not any(term.owned for term in company.others):
        tally.totals.append((_COUNTED, sum(term.count for term in company.others)))
        return
    known = [term for term in company.others if term.kind == "kin"]
    for term in known:
        tally.mentioned[term.relation] = term.count
    if clause.negated:
        if not clause.aside and (tags & {"come", "can"} or clause.words <= 5):
            for term in known:
                _add(tally.absent, term)
        return
    alongside = company.start > 0 and tokens[company.start - 1].has("along")
    follows = clause.words <= _SHORT and (("also" in tags and known) or (coming and alongside))
    if clause.aside or not (clause.coming or follows):
        return
    counted = [term for term in company.others if _is_somebody(term, tags)]
    for term in counted:
        _add(tally.others, term)
    if not counted:
        return
    if all(term.counted and tokens[term.end - 1].has("role") for term in counted):
        tally.staff += 1
    else:
        tally.family += 1
    tally.names += [term.name for term in counted if term.name]
    tally.also |= "also" in tags or (alongside and "i" in tags)
    tally.writer_in |= alongside and (bool(tags & {"i", "i_come"}) or not _has_subject(tokens, company))


def _is_somebody(term: Term, tags: set[str]) -> bool:
    """Not "die Kinder" in general, nor "Herr Gassen" where nobody is signed up."""
    if term.kind == "named" and not term.owned:
        return "enrol" in tags
    return term.owned or term.counted or term.count == 1


def _has_subject(tokens: list[Token], company: Company) -> bool:
    """Somebody else stands before "mit …" in the clause: it is they who bring people along."""
    clause = tokens[company.start].clause
    before = [token for token in tokens[: company.start] if token.clause == clause]
    return any(token.has("my", "article", "kin", "one") for token in before)


def _add(where: dict[str, int], term: Term) -> None:
    key = term.relation or term.name or term.kind
    where[key] = max(where.get(key, 0), term.count)
