"""Words in brackets: do they name or count people, or only tell of them?

Rules: nothing is cut that could count somebody: "(81, Am Hallenbad)" and "(9 und 12)" go, "(2 Personen)" and
"(zu zweit)" stay.
"""

from mailflow.understand.details.sentences.sentence import Token

_TELLING = ("i", "me", "copula", "article", "between", "they", "relative", "breaks")


def without_brackets(tokens: list[Token]) -> list[Token]:
    """The words without brackets that count nobody."""
    if not any(token.mark and token.low in "()[]" for token in tokens):
        return tokens
    kept: list[Token] = []
    opened: int | None = None
    for token in tokens:
        kept.append(token)
        if token.mark and token.low in "([":
            opened = len(kept) - 1
        elif token.mark and token.low in ")]" and opened is not None:
            _close(kept, opened)
            opened = None
        elif token.has("i", "my") and len(kept) > 4 and kept[-2].has("joins") and kept[-3].low == ")":
            _join(kept)
    return kept


def _close(kept: list[Token], opened: int) -> None:
    """A bracket ends: it gives way to commas or to the writer, stays or goes."""
    before, inside = kept[max(0, opened - 1)], kept[opened + 1 : -1]
    if before.has("we") and _are_names(inside):
        kept[opened] = kept[-1] = Token(",", ",", mark=True)
    elif before.has("kin") and _is_writer(inside):
        kept[opened - 1 :] = [next(each for each in inside if each.has("i", "me"))]
    elif not _counts(kept[opened:]):
        del kept[opened:]


def _are_names(inside: list[Token]) -> bool:
    """ "Wir (Christel und Manfred Otten)": as if commas stood there."""
    joined = any(token.has("joins") for token in inside)
    return joined and all(token.has("joins") or token.text[:1].isupper() for token in inside)


def _counts(inside: list[Token]) -> bool:
    """Do words in brackets say who or how many, rather than how old or where?"""
    led = any(token.number or token.has("one", "my", "theirs", "joins", "also") for token in inside)
    kin = any(token.has("kin") and (led or not token.has("role")) for token in inside)  # not "(Leitung)"
    if kin or any(token.has("neutral", "group", "we", "i") for token in inside) or _adds_writer(inside):
        return True
    return any(token.number for token in inside) and any(token.has("between") for token in inside)


def _adds_writer(inside: list[Token]) -> bool:
    """ "(that's me, retired)"."""
    comma = next((place for place, token in enumerate(inside) if token.low in ",،)"), len(inside))
    return _is_writer(inside[1:comma])


def _is_writer(inside: list[Token]) -> bool:
    """ "Der Vorsitzende (also ich)", "our chair (that's me)": nothing but that it is the writer."""
    told = all(token.has(*_TELLING) or token.low == "s" for token in inside)
    return told and any(token.has("i", "me") for token in inside) and not any(t.has("joins") for t in inside)


def _join(kept: list[Token]) -> None:
    """ "Unsere Gruppe (vier Frauen) und ich": they are one company; the marks of the bracket go."""
    opened = next((place for place in range(len(kept) - 4, 0, -1) if kept[place].low in "(["), 0)
    inside = kept[opened + 1 : -3]
    grouped = bool(inside) and inside[-1].has("kin", "neutral") and any(token.number for token in inside)
    noun = opened > 1 and (kept[opened - 1].text[:1].isupper() or kept[opened - 2].has("my"))
    if noun and grouped:
        kept[opened].text = kept[opened].low = ","
        del kept[-3]
