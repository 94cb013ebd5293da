"""What each clause of a sentence is about: coming, signing up, something else; affirmed or denied.

Rules: companies ("meine Frau, mein Sohn und ich") are never torn apart by their commas; a relative clause
("meine Schwester, die bei mir lebt, kommt mit") interrupts its clause without ending it.
"""

import itertools
from dataclasses import dataclass, field
from functools import lru_cache

from mailflow.understand.details.headcount.called import brings
from mailflow.understand.details.headcount.parties import Company
from mailflow.understand.details.sentences.sentence import Sentence, Token

_IDLE = ("joins", "also", "along", "more", "between", "breaks", "everybody", "article")  # no verbs
_SUBJECTS = ("my", "i", "kin", "they", "theirs", "article")
_BREAK = frozenset(',،;؛–—-()[]"„“”«»*')

# What a word for people does not say of its clause: "Betreuer" is no "betreuen", "Teilnehmer" need not come.
_NOT_OF = {"kin": frozenset({"aside", "come"}), "neutral": frozenset({"come"})}
_WRITER = frozenset({"i", "we"})
_SINGLE = frozenset({"alone", "only"})


@lru_cache(maxsize=1_000)
def _of_clause(tags: frozenset[str]) -> frozenset[str]:
    """What a word with these tags says of its clause."""
    kind = "kin" if "kin" in tags else "neutral" if "neutral" in tags else ""
    return tags - _NOT_OF.get(kind, frozenset())


class Clause:
    """What one clause is about."""

    def __init__(self, tokens: list[Token]) -> None:
        """Read off the words' tags. Only where a tag is there at all, it is asked which words carry it."""
        tags: set[str] = set().union(*(_of_clause(token.meaning.tags) for token in tokens))
        self.tokens, self.tags = tokens, tags
        self.told = False  # a relative clause says that they come
        first = next((token for token in tokens if not token.mark), None)
        self.hangs_on = first is not None and first.has("along", "apart")
        self.whether = "whether" in tags and any(token.has("whether") for token in tokens[:3])
        self.relative = "relative" in tags and any(token.has("relative") for token in tokens[:2])
        self.reflexive = "enrol" in tags and any(
            token.has("enrol") and token.has("i_come", "me") for token in tokens
        )
        self.signed = {"signed", "themselves"} <= tags and not tags & {"i", "me", "we"}
        self.words = sum(not token.mark for token in tokens)
        self.negated = "negation" in tags and _is_negated(tokens)
        self.alone, self.alone_at = _alone(tokens, tags) if tags & _SINGLE else (False, 0)
        self.own_coming = "my" in tags and any(
            one.has("my") and two.has("come", "enrol") for one, two in itertools.pairwise(tokens)
        )
        if "half" in tags and ("besides" in tags or _ends_with_particle(tokens)):
            tags.add("come")
        self.occasion = "occasion" in tags
        self.coming = bool(tags & {"come", "i_come", "enrol"} or {"also", "can"} <= tags)
        self.coming |= "besides" in tags and "aside" not in tags  # "mit mir", "an meiner Seite"
        self.brings = brings(tokens) or ("besides" in tags and self.coming)
        self.of_writer = bool(tags & {"i", "me"}) or any(
            one.has("among") and two.low == "(" for one, two in itertools.pairwise(tokens)
        )
        self.verbless = False  # nothing but people: "und ich als Betreuer", "also Frau und Kinder"
        self.aside = self.wholly = (
            "aside" in tags and "besides" not in tags
        )  # `aside` may spread, `wholly` not


def _is_negated(tokens: list[Token]) -> bool:
    """A denial stands there, and not "nicht nur"."""
    return any(
        token.has("negation") and not (following is not None and following.has("not_negation"))
        for token, following in itertools.zip_longest(tokens, tokens[1:])
    )


def _alone(tokens: list[Token], tags: set[str]) -> tuple[bool, int]:
    """Does somebody come alone, and which token says so? Not "wir wählen uns einzeln ein"."""
    alone = [
        token.place
        for position, token in enumerate(tokens)
        if _is_single(token, tokens[position + 1 : position + 2])
        and not (position and tokens[position - 1].has("negation", "they"))
    ]
    others = {"i", "kin", "joins"} <= tags or "we" in tags
    return bool(alone) and not others, next(iter(alone), 0)


def _is_single(token: Token, following: list[Token]) -> bool:
    """ "Allein", "nur ich"; "nur mich"; not "ich allein mit meiner Frau"."""
    if token.has("alone"):
        return not (token.has("i") and any(word.has("joins", "along") for word in following))
    return token.has("only") and any(word.has("me") and not word.has("we") for word in following)


def _ends_with_particle(tokens: list[Token]) -> bool:
    """ "macht mit", "hört auch zu": the particle stands at the end, or before what hangs on."""
    for position, token in enumerate(tokens):
        if token.has("particle"):
            following = tokens[position + 1] if position + 1 < len(tokens) else None
            if (
                following is None
                or following.mark
                or following.has("joins", "also", "breaks", "apart", "partitive")
            ):
                return True
    return False


def split_clauses(sentence: Sentence, companies: list[Company]) -> list[Clause]:
    """The clauses; each token gets the number of its own. Companies stay whole. Split once, then known."""
    if sentence.clauses is None:
        sentence.clauses = _split(sentence.tokens, companies)
    return sentence.clauses


def _split(tokens: list[Token], companies: list[Company]) -> list[Clause]:
    inside = {place for company in companies for place in range(company.start + 1, company.end)}
    clauses = _cut(tokens, inside, {company.end for company in companies if tokens[company.end - 1].mark})
    for number, clause in enumerate(clauses):
        for token in clause:
            token.clause = number
    for place, token in enumerate(tokens):
        token.place = place
    abouts = _with_relatives(clauses)
    named = inside | {company.start for company in companies}
    for about in abouts:
        idle = (token.mark or token.low == "0" or token.has(*_IDLE) for token in about.tokens)
        about.verbless = all(
            token.place in named or rest for token, rest in zip(about.tokens, idle, strict=True)
        )
    return abouts


@dataclass(slots=True)
class _Cut:
    """The clauses so far, the last of them still open, and those that go on behind an interruption."""

    clauses: list[list[Token]] = field(default_factory=lambda: [[]])
    main: list[Token] | None = None  # goes on behind a relative clause
    outer: list[Token] | None = None  # goes on behind brackets


def _cut(tokens: list[Token], inside: set[int], closed: set[int]) -> list[list[Token]]:
    """Where clauses begin; the one around a relative clause or brackets goes on behind it."""
    cut = _Cut()
    for position, token in enumerate(tokens):
        ended = position not in inside and _starts_clause(tokens, position, closed)
        if ended and any(not earlier.mark for earlier in cut.clauses[-1]):
            following = tokens[position + 1] if position + 1 < len(tokens) else token
            relative = following.has("relative") and position + 1 not in inside
            cut.clauses.append(_next_clause(cut, token, following, relative))
        cut.clauses[-1].append(token)
    return cut.clauses


def _next_clause(cut: _Cut, token: Token, following: Token, relative: bool) -> list[Token]:
    """The clause that this token begins: a new one, or one that was interrupted and goes on. `relative`:
    what follows is a relative clause."""
    last = cut.clauses[-1]
    if token.low in "([":
        cut.outer = last
        last.append(token)
    elif token.low in ")]" and cut.outer is not None:
        outer, cut.outer = cut.outer, None
        return outer
    elif token.comma and relative:
        cut.main = last if any(earlier.has("kin") for earlier in last) else None
    elif token.comma and cut.main is not None and not following.has("breaks", "i", "joins"):
        main, cut.main = cut.main, None
        return main
    return []


def _with_relatives(clauses: list[list[Token]]) -> list[Clause]:
    """ "für meine Nachbarin, die gern teilnehmen möchte": she comes, as her relative clause says."""
    abouts = [Clause(clause) for clause in clauses]
    for before, relative in itertools.pairwise(abouts):
        if relative.tokens[0].joins and _begins_with_verb(relative.tokens[1:2]):
            relative.tags |= before.tags & _WRITER  # "… und nehme teil": who, is told of before
        if relative.relative and relative.coming and not relative.negated and not relative.aside:
            before.told = not before.aside
    return abouts


def _starts_clause(tokens: list[Token], position: int, closed: set[int]) -> bool:
    """A mark or a word at which another clause begins."""
    token = tokens[position]
    if not (token.mark or token.meaning.tags):
        return False
    if (token.mark and token.low in _BREAK) or _opens_clause(tokens, position):
        return True
    if position in closed and token.has("they", "relative"):
        return True
    if _goes_on_to_come(tokens, position):
        return True
    if position + 1 == len(tokens):
        return False
    following = tokens[position + 1]
    return (token.low == ":" and following.has("i", "my")) or (token.has("joins") and following.has("i"))


def _goes_on_to_come(tokens: list[Token], position: int) -> bool:
    """ "Ich lebe allein mit den Kindern und nehme gern teil": the writer's second verb, after an idle one."""
    if not tokens[position].joins:
        return False
    before = tokens[:position]
    idle = any(token.has("aside") for token in before) and any(token.has("i") for token in before)
    others = any(token.has("kin", "neutral", "title", "come", "enrol") for token in before)
    return idle and not others and _begins_with_verb(tokens[position + 1 : position + 2])


def _begins_with_verb(words: list[Token]) -> bool:
    """Of coming or signing up."""
    return any(word.has("come", "i_come", "can", "enrol") for word in words)


def _opens_clause(tokens: list[Token], position: int) -> bool:
    """A word that opens a clause; one that may stand inside ("komme aber gern"), by its subject."""
    token = tokens[position]
    if not token.has("breaks"):
        return False
    if not token.has("between"):
        return True
    return position + 1 < len(tokens) and tokens[position + 1].has(*_SUBJECTS)
