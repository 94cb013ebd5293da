"""How two parties of a sentence hang together: one company, the same people named again, or neither.

Rules: knows no word of any language; "und", "+" and commas join; what stands beside a party or in apposition
to it ("meine Nachbarin Frau Öztürk", "unsere Nachbarn, das Ehepaar Roth") names it once more.
"""

from mailflow.rules.people import Speech
from mailflow.understand.details.headcount.called import bare
from mailflow.understand.details.headcount.term import Term
from mailflow.understand.details.sentences.sentence import Token

_RELATIVE = 14  # words of a relative clause between two members
_BETWEEN = 5  # words that may stand between two members of a company


def link_between(tokens: list[Token], last: Term, term: Term, speech: Speech) -> str:
    """How two parties hang together: "joined", "same" (the second names the first again), or ""."""
    between = tokens[last.end : term.start]
    if len(between) > 1 and last.kind == "kin" and between[0].has("my"):  # "soțul meu și fiul nostru"
        between = between[1:]
    if term.kind == "me" and _over_relative(between):
        return "joined"
    if _apart(tokens, last, term, between):
        return ""
    if _apposed(tokens, last, term, between):
        return "same"
    if "they" not in (last.kind, term.kind) and _parallel(between):
        return "joined"
    if last.kind in ("kin", "named") and term.kind == "me" and _only_named(between):
        return "joined"
    if _starts_anew(tokens, term, between):
        return ""
    if not between:
        return _link_beside(tokens, last, term, speech)
    if not all(_connects(token) for token in between):
        return ""
    if any(unites(token) for token in between):
        return "joined"
    if any(token.comma for token in between):
        return _link_by_comma(tokens, last, term)
    if _accompany(last, term, speech) and any(token.has("along") for token in between):
        return "joined"
    if last.kind == term.kind == "named" and all(token.has("along") for token in between):
        return "joined"  # "Oliver Schenk mit Paul und Emma"
    staff = term.counted and tokens[term.end - 1].has("role") and tokens[last.start].has("we")
    along = any(token.has("along") for token in between)
    return "joined" if last.kind == "me" and along and term.kind != "neutral" and not staff else ""


def _apart(tokens: list[Token], last: Term, term: Term, between: list[Token]) -> bool:
    """Too far from one another, or each by itself: "only I, my husband is away"."""
    if len(between) > _BETWEEN or last.kind == term.kind == "me" or any(t.has("only") for t in between):
        return True
    marked = bool(between) and between[0].mark
    if marked and tokens[last.end - 1].has("alone"):
        return True
    if marked and last.kind == term.kind == "neutral" and tokens[last.start].has("one"):
        return True  # "eine Anmeldung, zwei Personen"
    return last.kind == "neutral" and term.kind == "me" and tokens[term.start].has("we")


def _apposed(tokens: list[Token], last: Term, term: Term, between: list[Token]) -> bool:
    """ "Unsere Nachbarn, das Ehepaar Roth", "ein Ehepaar, Herr und Frau Roth", "Begleitung: mein Nachbar"."""
    if last.kind == term.kind == "pair" and between:
        called = tokens[last.end - 1].has("pair") and not tokens[term.start].has("pair", "article", "one")
        return called and between[-1].comma and not any(token.joins for token in between)
    if last.kind != "kin" or not between:
        return False
    if _is_called_so(tokens, last, term, between):
        return True
    pair = last.owned and term.kind == "pair" and len(between) < 3 and between[0].comma
    labelled = len(between) == 1 and between[0].low == ":" and last.count == term.count
    return (pair and not between[-1].has("joins")) or labelled


def _is_called_so(tokens: list[Token], last: Term, term: Term, between: list[Token]) -> bool:
    """ "Den Leiter des offenen Ganztags, Herrn Pauls"."""
    hanging = 2 < len(between) <= _BETWEEN and between[-1].comma and between[0].has("article", "partitive")
    told = hanging and not any(token.mark or token.joins for token in between[:-1])
    titled = term.kind == "named" and tokens[term.start].has("title")
    return told and titled and last.count == 1 and not last.name and tokens[last.end - 1].has("role")


def _parallel(between: list[Token]) -> bool:
    """ "Ein Platz für mich und einer für meine Schwester", "drei aus der Kita und zwei aus dem Hort"."""
    first = next((place for place, token in enumerate(between) if token.has("joins")), None)
    if first is None:
        return False
    hanging = all(
        token.has("partitive", "article", "my", "impersonal") or bare(token) for token in between[:first]
    )
    hanging = hanging and (first == 0 or between[0].has("partitive"))
    given = all(token.has("given_to", "one", "more", "neutral", "number") for token in between[first + 1 :])
    return hanging and given and (first == 0) == between[-1].has("given_to")


def _starts_anew(tokens: list[Token], term: Term, between: list[Token]) -> bool:
    """ "Grüße von Frau Beck, ich melde mich an", "ihr Mann und ihr Sohn, sie wohnen hier": a new clause."""
    told = [token for token in between if not token.has("particle")]  # "bringe ich mit, sie heißt …"
    if len(told) != 1 or not between[-1].comma or term.end >= len(tokens):
        return False
    after = tokens[term.end]
    if term.kind == "me":
        return after.has("singular") and not tokens[term.start].has("we")
    return term.kind == "they" and not (after.mark or after.has("joins"))


def _accompany(last: Term, term: Term, speech: Speech) -> bool:
    """ "meine Tochter mit ihrem Mann und ich": both are relatives of the writer."""
    known = last.owned or not speech.needs_determiner
    return last.kind == term.kind == "kin" and last.count == 1 and known


def _over_relative(between: list[Token]) -> bool:
    """ "meine Hilfe Frau Nowak, die auch neu hier ist, und ich"."""
    if not 4 < len(between) <= _RELATIVE or not between[0].mark or not between[1].has("relative"):
        return False
    return between[-1].has("joins") and between[-2].comma


def _only_named(between: list[Token]) -> bool:
    """ "meine frau christel und mich", in small letters; "meine Kollegin vom Blumenladen und ich"."""
    if not 1 < len(between) <= _BETWEEN or not between[-1].has("joins"):
        return False
    if between[0].has("apart", "dating", "article", "partitive"):  # "vom Blumenladen und"
        return not any(token.mark or token.has("my", "come") for token in between)
    told = all((bare(token) and token.small) or _connects(token) for token in between)
    return told and not _connects(between[0])


def _link_beside(tokens: list[Token], last: Term, term: Term, speech: Speech) -> str:
    """Nothing stands between: "meine Nachbarin Frau Öztürk", "2 Erwachsene 1 Kind", "annem babam"."""
    if last.kind == "they" or "me" in (last.kind, term.kind):
        return ""
    if speech.juxtaposed and last.kind == term.kind == "kin":
        return "joined"
    if last.kind == "neutral":
        other = tokens[last.end - 1].low != tokens[term.end - 1].low
        return "joined" if term.counted and other else ""
    if last.kind in ("kin", "pair") and last.count > 1 and term.kind == "named":
        return "joined"
    if last.kind == term.kind == "named":
        return "joined"
    if (
        last.owned
        and term.owned
        and last.kind == term.kind == "kin"
        and not tokens[term.start].has("genitive")
    ):
        return "joined"
    return "same" if term.kind in ("kin", "named") else ""


def _link_by_comma(tokens: list[Token], last: Term, term: Term) -> str:
    """ "meine Mutter, Frau Baum, würde …" is one; "meine Mutter, Frau Baum und ich" are three."""
    if term.kind == "named" and last.kind == "kin" and last.count == 1 and not last.name:
        after = tokens[term.end] if term.end < len(tokens) else None
        return "joined" if after is not None and after.has("joins") else "same"
    return "joined"


def unites(token: Token) -> bool:
    """ "und", "+", "&", "/": no comma, which may only list."""
    return token.joins or token.low == "/"


def _connects(token: Token) -> bool:
    """May stand between two members of a company: "mein Mann und auch noch die Kinder"."""
    return unites(token) or token.comma or token.has("also", "more", "along", "between", "article")
