"""Who is named together in a sentence: "meine Frau, unsere beiden Mädels und ich".

A term names one party (kin with its number, the writer, "2 Personen", "Frau Öztürk"); terms that are joined
by "und", commas or "+" are one company. Rules: knows no word of any language; looks only at what stands
beside a word, so a number elsewhere in the sentence counts nobody.
"""

import itertools
from dataclasses import dataclass, field

from mailflow.rules.people import Speech
from mailflow.understand.people_clauses import Sentence, Token

_BACK = 4  # words before a noun among which its number and its "mein" are looked for
_BETWEEN = 5  # words that may stand between two members of a company


@dataclass(slots=True)
class Term:
    """One party: tokens start to end (end excluded), and how many it is."""

    start: int
    end: int
    kind: str  # "kin", "neutral", "named", "me", "they"
    count: int
    relation: str = ""
    owned: bool = False  # mein, unser
    definite: bool = False  # die
    counted: bool = False  # has a number of its own
    name: str = ""


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
    """All companies of a sentence, in order; single parties are companies of one."""
    terms = _terms(sentence.tokens, speech)
    companies: list[Company] = []
    for term in terms:
        link = _link(sentence.tokens, companies[-1].terms[-1], term, speech) if companies else ""
        if link == "same":
            last = companies[-1].terms[-1]
            closed = sentence.tokens[last.end].low in ",،" and term.end < len(sentence.tokens)
            closed = closed and sentence.tokens[term.end].low in ",،"
            last.end, last.name = term.end + closed, last.name or term.name
        elif link == "joined":
            first = companies[-1].terms[0]
            if term.kind == "me" and first.kind == "me" and sentence.tokens[first.start].has("we"):
                companies[-1].terms[:] = [*companies[-1].terms[1:], term]
            elif term.kind == "me" and companies[-1].with_writer:
                companies.append(Company([term]))
            else:
                companies[-1].terms.append(term)
        else:
            companies.append(Company([term]))
    return [part for company in companies for part in _settled(sentence.tokens, company)]


def _terms(tokens: list[Token], speech: Speech) -> list[Term]:
    terms: list[Term] = []
    floor = 0
    for position, token in enumerate(tokens):
        if position < floor or token.mark:
            continue
        term = _term(tokens, position, floor, speech)
        if term:
            terms.append(term)
            floor = term.end
    return sorted([*terms, *_first_names(tokens, terms), *_couples(tokens)], key=lambda term: term.start)


def _term(tokens: list[Token], position: int, floor: int, speech: Speech) -> Term | None:
    token = tokens[position]
    if token.has("kin", "neutral", "pair"):
        term = _noun(tokens, position, floor, speech)
        if term:
            return term
    if token.has("accompanied"):
        after = tokens[position + 1] if position + 1 < len(tokens) else None
        alone = after is None or not (
            after.has("my", "theirs", "kin", "title", "one", "number") or after.number
        )
        return Term(position, position + 1, "kin", 1, "accompanied", owned=True) if alone else None
    if token.has("title"):
        return _titled(tokens, position)
    if token.has("i", "me", "to_me") and not (token.has("my", "theirs") and _owns_beside(tokens, position)):
        return _writer(tokens, position)
    if token.has("they") and not _owns_beside(tokens, position):
        return Term(position, position + 1, "they", 1)
    return None


def _writer(tokens: list[Token], position: int) -> Term:
    """Ich, wir; and "wir zwei", who are one other beside the writer."""
    token = tokens[position]
    following = tokens[position + 1] if position + 1 < len(tokens) else None
    if token.has("we") and following is not None and following.number and following.number > 1:
        after = tokens[position + 2] if position + 2 < len(tokens) else None
        if after is not None and after.has("kin", "neutral"):
            return Term(position, position + 3, "me", following.number, counted=True)
        if after is None or after.mark or after.has("joins"):
            return Term(position, position + 2, "me", following.number, counted=True)
    return Term(position, position + 1, "me", 1)


def _titled(tokens: list[Token], position: int) -> Term | None:
    """ "Frau Öztürk", "Herr Dr. Orhan Demirtaş"."""
    end = position + 1
    while end < len(tokens) and end - position < 6 and _part_of_name(tokens[end]):
        end += 1
    if end == position + 1:
        return None
    name = " ".join(token.text for token in tokens[position + 1 : end] if not token.has("title"))
    owned = position > 1 and tokens[position - 1].capital and _bare(tokens[position - 1])
    owned = owned and tokens[position - 2].has("my", "theirs")
    start = position - 2 if owned else position
    return Term(start, end, "named", 1, owned=owned, name=name) if name else None


def _owns_beside(tokens: list[Token], position: int) -> bool:
    """ "mi suegra", "همسر من": a word that is "me" as well as "my" is the latter beside a person."""
    before = tokens[position - 1] if position else None
    after = tokens[position + 1] if position + 1 < len(tokens) else None
    return bool((after and (after.has("kin") or after.number)) or (before and before.has("kin")))


def _part_of_name(token: Token) -> bool:
    if token.mark or token.number is not None or not token.capital:
        return False
    return token.has("title") or not token.meaning.tags


def _noun(tokens: list[Token], position: int, floor: int, speech: Speech) -> Term | None:
    """A word for people with its number and its "mein", as far as they stand beside it."""
    token = tokens[position]
    kind = "kin" if token.has("kin") else "pair" if token.has("pair") else "neutral"
    start, number, owned, definite, single, alongside = _before(tokens, position, floor)
    if number is None and speech.number_after and position + 1 < len(tokens):
        number = tokens[position + 1].number
        position += number is not None
    if kind == "pair":
        return Term(start, position + 1, "pair", 2, token.meaning.relation)
    count = number or (token.meaning.count if kind == "kin" else 0)
    if kind == "kin" and single and not owned and number is None:
        count, number = 1, 1
    if kind == "neutral":
        number = number or (1 if single else token.meaning.count or None)
        return Term(start, position + 1, "neutral", number, counted=True) if number else None
    generic = speech.needs_determiner and not (owned or number or definite or alongside)
    if (
        token.has("title")
        and not owned
        and position + 1 < len(tokens)
        and _part_of_name(tokens[position + 1])
    ):
        return None
    term = Term(
        start, position + 1, "kin", count, token.meaning.relation, owned, definite, number is not None
    )
    if count == 1 and (owned or single or not speech.needs_determiner):
        term.end, term.name = _own_name(tokens, term.end)
    return term if not generic or _beside_join(tokens, start, position) else None


def _couples(tokens: list[Token]) -> list[Term]:
    """ "Joachim und Renate Siebert": of three capitals around "und", two people."""
    found: list[Term] = []
    for place in range(1, len(tokens) - 2):
        if tokens[place].has("joins") and all(
            tokens[at].text[:1].isupper() and _bare(tokens[at]) for at in (place - 1, place + 1, place + 2)
        ):
            last = tokens[place + 2].text
            found.append(Term(place - 1, place, "named", 1, name=f"{tokens[place - 1].text} {last}"))
            found.append(Term(place + 1, place + 3, "named", 1, name=f"{tokens[place + 1].text} {last}"))
    return found


def _own_name(tokens: list[Token], start: int) -> tuple[int, str]:
    """ "meinen Vater Josef Esser", "meine Mutter, Maria Popescu, weil …": where the name ends, and the name."""
    end = start
    while end < len(tokens) and end - start < 3 and tokens[end].text[:1].isupper() and _bare(tokens[end]):
        end += 1
    if end > start:
        return end, " ".join(token.text for token in tokens[start:end])
    if start < len(tokens) and tokens[start].low in ",،":
        end = start + 1
        while end < len(tokens) and end - start < 5 and tokens[end].capital and _bare(tokens[end]):
            end += 1
        closed = end == len(tokens) or tokens[end].mark
        cased = tokens[end - 1].text[:1].isupper()
        if closed and end - start in ((3, 4) if cased else (3,)):
            return end, " ".join(token.text for token in tokens[start + 1 : end])
    return start, ""


def _bare(token: Token) -> bool:
    return not token.mark and token.number is None and token.low != "0" and not token.meaning.tags


def _first_names(tokens: list[Token], terms: list[Term]) -> list[Term]:
    """ "Anna, Max und ich": capitals that are no known word, joined to the writer."""
    taken = {place for term in terms for place in range(term.start, term.end)}
    found: list[Term] = []
    for writer in [term for term in terms if term.kind == "me"]:
        place = writer.start - 2
        if place >= 0 and tokens[place + 1].has("joins"):
            while (
                place >= 0
                and place not in taken
                and tokens[place].text[:1].isupper()
                and _bare(tokens[place])
            ):
                start = place
                if (
                    start
                    and start - 1 not in taken
                    and tokens[start - 1].text[:1].isupper()
                    and _bare(tokens[start - 1])
                ):
                    start -= 1
                name = " ".join(token.text for token in tokens[start : place + 1])
                found.append(Term(start, place + 1, "named", 1, name=name))
                if start < 2 or tokens[start - 1].low not in ",،":
                    break
                place = start - 2
        place = writer.end + 1
        if place < len(tokens) and tokens[place].has("article"):
            place += 1
        if place < len(tokens) and place not in taken and tokens[writer.end].has("joins"):
            if tokens[place].text[:1].isupper() and _bare(tokens[place]):
                found.append(Term(writer.end + 1, place + 1, "named", 1, name=tokens[place].text))
    return found


def _before(tokens: list[Token], position: int, floor: int) -> tuple[int, int | None, bool, bool, bool, bool]:
    """Start of the party, its number, and whether mein, die, eine or mit stand before the noun."""
    start, number = position, None
    owned = definite = single = alongside = False
    strange = 0
    for back in range(position - 1, max(floor, position - 1 - _BACK) - 1, -1):
        token = tokens[back]
        if token.mark:
            break
        if token.number is not None and (number is None or owned) and strange <= 1:
            number = token.number if number is None else number
            start = back
        elif token.has("my", "theirs"):
            owned, start = True, back
        elif token.has("one") and number is None:
            single, start = True, back
        elif token.has("article"):
            definite, start = True, back
        elif token.has("along"):
            alongside = True
            break
        elif token.has("more"):
            start = back
        elif token.low == "0" or token.has("ages"):
            continue
        elif token.meaning.tags or strange == 2 or start < position:
            break
        else:
            strange += 1
            if token.text[:1].isupper():
                break
    return start, number, owned, definite, single, alongside


def _beside_join(tokens: list[Token], start: int, position: int) -> bool:
    """ "Oma, Mama und ich": bare nouns count beside others."""
    before = tokens[start - 1] if start else None
    after = tokens[position + 1] if position + 1 < len(tokens) else None
    return any(token is not None and (token.has("joins") or token.low in ",+&") for token in (before, after))


def _link(tokens: list[Token], last: Term, term: Term, speech: Speech) -> str:
    """How two parties hang together: "joined", "same" (the second names the first again), or ""."""
    between = tokens[last.end : term.start]
    if last.kind == term.kind == "me":
        return ""
    if last.kind == "neutral" and term.kind == "me" and tokens[term.start].has("we"):
        return ""
    if len(between) > _BETWEEN:
        return ""
    if not between:
        if last.kind == "me" or term.kind == "me":
            return ""
        if speech.juxtaposed and last.kind == term.kind == "kin":
            return "joined"
        return "same" if last.kind != "neutral" and term.kind in ("kin", "named") else ""
    if not all(_connects(token) for token in between):
        return ""
    if any(token.has("joins") or token.low in "+&/" for token in between):
        return "joined"
    if any(token.low in ",،" for token in between):
        if term.kind == "named" and last.kind == "kin" and last.count == 1:
            after = tokens[term.end] if term.end < len(tokens) else None
            return "joined" if after is not None and after.has("joins") else "same"
        return "joined"
    staff = term.counted and tokens[term.end - 1].has("role") and tokens[last.start].has("we")
    if (
        last.kind == "me"
        and any(token.has("along") for token in between)
        and term.kind != "neutral"
        and not staff
    ):
        return "joined"
    return ""


def _connects(token: Token) -> bool:
    return token.low in ",،+&/" or token.has("joins", "also", "more", "along", "between", "article")


def _settled(tokens: list[Token], company: Company) -> list[Company]:
    """Commas alone make no company, and a number that the others add up to is their sum."""
    terms = company.terms
    if len(terms) == 1:
        return [company]
    stretch = tokens[company.start : company.end]
    firm = any(token.has("joins", "along") or token.low in "+&/" for token in stretch)
    after = tokens[company.end] if company.end < len(tokens) else None
    closing = terms[-1].kind == "me" and (after is None or after.mark)
    neutral = terms[0].kind == "neutral" and all(
        term.kind == "neutral" or (term.kind == "kin" and not term.owned) for term in terms
    )
    family = len(terms) > 2 and all(term.kind in ("kin", "me") and not term.owned for term in terms)
    if len(terms) == 2 and terms[0].kind == "me" and not firm:
        return [Company([term]) for term in terms]
    adjacent = all(not tokens[a.end : b.start] for a, b in itertools.pairwise(terms))
    if not (firm or closing or neutral or family or adjacent):
        return [Company([term]) for term in terms]
    if terms[0].kind in ("pair", "kin") and terms[0].count > 1 and all(t.kind == "named" for t in terms[1:]):
        gap = tokens[terms[0].end : terms[1].start]
        if len(terms) - 1 <= terms[0].count and (terms[0].name or not any(t.has("joins") for t in gap)):
            return [Company(terms[:1])]
    for edge in (0, -1):
        rest = terms[1:] if edge == 0 else terms[:-1]
        whole = terms[edge].count
        summing = terms[edge].kind == "neutral" or (terms[edge].kind == "me" and terms[edge].counted)
        gap = tokens[terms[0].end : terms[1].start] if edge == 0 else tokens[terms[-2].end : terms[-1].start]
        summing = summing and not any(token.has("joins") or token.low in "+&/" for token in gap)
        if summing and whole > 1 and whole == sum(term.count for term in rest):
            return [Company(rest)]
    return [company]
