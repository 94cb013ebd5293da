"""Words in brackets: do they name or count people, or only tell of them?"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailflow.understand.details.people_clauses import Token


_TELLING = ("i", "me", "copula", "article", "between", "they", "relative", "breaks")


def are_names(inside: "list[Token]") -> bool:
    """ "Wir (Christel und Manfred Otten)": as if commas stood there."""
    joined = any(token.has("joins") for token in inside)
    return joined and all(token.has("joins") or token.text[:1].isupper() for token in inside)


def counts(inside: "list[Token]") -> bool:
    """Do words in brackets say who or how many, rather than how old or where?"""
    led = any(token.number or token.has("one", "my", "theirs", "joins", "also") for token in inside)
    kin = any(token.has("kin") and (led or not token.has("role")) for token in inside)  # not "(Leitung)"
    if kin or any(token.has("neutral", "group", "we", "i") for token in inside) or _adds_writer(inside):
        return True
    return any(token.number for token in inside) and any(token.has("between") for token in inside)


def _adds_writer(inside: "list[Token]") -> bool:
    """ "(that's me, retired)"."""
    comma = next((place for place, token in enumerate(inside) if token.low in ",،)"), len(inside))
    return is_writer(inside[1:comma])


def is_writer(inside: "list[Token]") -> bool:
    """ "Der Vorsitzende (also ich)", "our chair (that's me)": nothing but that it is the writer."""
    told = all(token.has(*_TELLING) or token.low == "s" for token in inside)
    return told and any(token.has("i", "me") for token in inside) and not any(t.has("joins") for t in inside)


def open_bracket(kept: "list[Token]") -> None:
    """ "Unsere Gruppe (vier Frauen) und ich": they are one company; the marks of the bracket go."""
    opened = next((place for place in range(len(kept) - 4, 0, -1) if kept[place].low in "(["), 0)
    inside = kept[opened + 1 : -3]
    grouped = bool(inside) and inside[-1].has("kin", "neutral") and any(token.number for token in inside)
    noun = opened > 1 and (kept[opened - 1].text[:1].isupper() or kept[opened - 2].has("my"))
    if noun and grouped:
        kept[opened].text = kept[opened].low = ","
        del kept[-3]
