"""Numbers with a noun that no list knows, or with none: "zwölf Sternsinger kommen", "noch drei aus dem Kurs".

Rules: knows no word of any language; such a number counts people only in a stretch between two marks that
is about coming, and is no hour and no day.
"""

from collections.abc import Iterator

from mailflow.understand.details.headcount.called import bare, is_called
from mailflow.understand.details.headcount.term import Term
from mailflow.understand.details.sentences.sentence import Token

_COMING = ("come", "i_come", "enrol", "half", "besides")


def numbered(tokens: list[Token], terms: list[Term]) -> Iterator[Term]:
    """ "Zwölf Sternsinger kommen", "noch zwei aus dem Kurs"."""
    taken = {place for term in terms for place in range(term.start, term.end)}
    for place, token in enumerate(tokens):
        number = token.number or 0
        if number < 2 or place in taken or token.has("both") or not _may_count(tokens, place):
            continue
        noun = place + 1
        if noun + 1 < len(tokens) and bare(tokens[noun]) and not is_called(tokens[noun]):
            noun += 1
        if noun < len(tokens) and is_called(tokens[noun]) and noun not in taken:
            yield Term(place, noun + 1, "kin", number, tokens[noun].low, counted=True, listed=False)
        elif not token.text.isdigit() and _is_head(tokens, place + 1):
            yield Term(place, place + 1, "neutral", number, counted=True, listed=False)


def _is_head(tokens: list[Token], place: int) -> bool:
    """Does the number stand for people by itself? Nothing follows that it could count."""
    if place >= len(tokens):
        return True
    return tokens[place].mark or tokens[place].has(
        "partitive", "apart", "particle", "joins", "between", *_COMING
    )


def _may_count(tokens: list[Token], place: int) -> bool:
    """Not an hour or a day; and a word of coming is in the same stretch, between two marks."""
    before = tokens[place - 1 : place]  # none, or one
    led = any(token.has("along", "joins", "article", "more", "my") for token in before)
    dated = tokens[place].text.isdigit() or any(token.has("dating", "apart") for token in before)
    if dated and not led:
        return False
    stretch = next(tokens[start:end] for start, end in stretches(tokens) if start <= place < end)
    writer = any(token.has("i", "me", "we", "i_come") for token in stretch)
    if any(token.has("aside") for token in stretch):
        return False
    if not writer and any(token.has("along") for token in before):
        return False  # "mit drei Leuten": who else comes?
    joined = place > 1 and any(token.has("joins") for token in tokens[place - 2 : place])
    return (joined and writer) or any(token.has(*_COMING) for token in stretch)


def stretches(tokens: list[Token]) -> Iterator[tuple[int, int]]:
    """What stands between two marks."""
    start = 0
    for place, token in enumerate(tokens):
        if token.mark:
            yield start, place
            start = place + 1
    yield start, len(tokens)
