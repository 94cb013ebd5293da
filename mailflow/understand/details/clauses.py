"""What each clause of a sentence is about: coming, signing up, something else; affirmed or denied.

Rules: companies ("meine Frau, mein Sohn und ich") are never torn apart by their commas; a relative clause
("meine Schwester, die bei mir lebt, kommt mit") interrupts its clause without ending it.
"""

import itertools

from mailflow.understand.details.parties import Company
from mailflow.understand.details.people_clauses import Token

_BREAK = frozenset(',،;؛–—-()[]"„“”«»*')


# What a word for people does not say of its clause: "Betreuer" is no "betreuen", "Teilnehmer" need not come.
_NOT_OF = {"kin": frozenset({"aside", "come"}), "neutral": frozenset({"come"})}


def _kind(token: Token) -> str:
    return "kin" if token.has("kin") else "neutral" if token.has("neutral") else ""


class Clause:
    """What one clause is about."""

    def __init__(self, tokens: list[Token]) -> None:
        """Read off the words' tags."""
        tags: set[str] = set()
        for token in tokens:
            tags |= token.meaning.tags - _NOT_OF.get(_kind(token), frozenset())
        self.tokens, self.tags = tokens, tags
        self.told = False  # a relative clause says that they come
        first = next((token for token in tokens if not token.mark), None)
        self.hangs_on = first is not None and first.has("along", "apart")
        self.whether = any(token.has("whether") for token in tokens[:3])
        self.relative = any(token.has("relative") for token in tokens[:2])
        self.reflexive = any(token.has("enrol") and token.has("i_come", "me") for token in tokens)
        self.signed = {"signed", "themselves"} <= tags and not tags & {"i", "me", "we"}
        self.words = sum(not token.mark for token in tokens)
        self.negated = any(
            token.has("negation")
            and not (position + 1 < len(tokens) and tokens[position + 1].has("not_negation"))
            for position, token in enumerate(tokens)
        )
        alone = [
            token.place
            for position, token in enumerate(tokens)
            if token.has("alone")
            and not (position and tokens[position - 1].has("negation"))
            and not (
                token.has("i") and position + 1 < len(tokens) and tokens[position + 1].has("joins", "along")
            )
        ]
        others = {"i", "kin", "joins"} <= tags
        self.alone, self.alone_at = bool(alone) and not others, next(iter(alone), 0)
        self.own_coming = any(
            one.has("my") and two.has("come", "enrol") for one, two in itertools.pairwise(tokens)
        )
        if "half" in tags and ("besides" in tags or _ends_with_particle(tokens)):
            tags.add("come")
        self.occasion = "occasion" in tags
        self.coming = bool(tags & {"come", "i_come", "enrol"} or {"also", "can"} <= tags)
        self.aside = self.wholly = (
            "aside" in tags and "besides" not in tags
        )  # `aside` may spread, `wholly` not


def _ends_with_particle(tokens: list[Token]) -> bool:
    """ "macht mit", "hört auch zu": the particle stands at the end, or before what hangs on."""
    for position, token in enumerate(tokens):
        if token.has("particle"):
            following = tokens[position + 1] if position + 1 < len(tokens) else None
            if following is None or following.mark or following.has("joins", "also", "breaks", "apart"):
                return True
    return False


def split_clauses(tokens: list[Token], companies: list[Company]) -> list[Clause]:
    """The clauses; each token gets the number of its own. Companies stay whole."""
    inside = {place for company in companies for place in range(company.start + 1, company.end)}
    closed = {company.end for company in companies if tokens[company.end - 1].mark}
    clauses: list[list[Token]] = [[]]
    main: list[Token] | None = None  # goes on behind a relative clause
    for position, token in enumerate(tokens):
        starts = _opens_clause(tokens, position) or (token.mark and token.low in _BREAK)
        if token.has("joins") and position + 1 < len(tokens) and tokens[position + 1].has("i"):
            starts = True
        starts = starts or (token.low == ":" and position + 1 < len(tokens) and tokens[position + 1].has("i"))
        starts = starts or (position in closed and token.has("they", "relative"))
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
    for place, token in enumerate(tokens):
        token.place = place
    return _with_relatives(clauses)


def _with_relatives(clauses: list[list[Token]]) -> list[Clause]:
    """ "für meine Nachbarin, die gern teilnehmen möchte": she comes, as her relative clause says."""
    abouts = [Clause(clause) for clause in clauses]
    for before, relative in itertools.pairwise(abouts):
        if relative.relative and relative.coming and not relative.negated and not relative.aside:
            before.told = not before.aside
    return abouts


def _opens_clause(tokens: list[Token], position: int) -> bool:
    """A word that opens a clause; one that may stand inside ("komme aber gern"), by its subject."""
    token = tokens[position]
    if not token.has("breaks") or not token.has("between"):
        return token.has("breaks")
    return position + 1 < len(tokens) and tokens[position + 1].has(
        "my", "i", "kin", "they", "theirs", "article"
    )
