"""Ages that stand beside people: "meine Tochter, 17, und ich", "mi hijo de 14 años y yo"."""

from mailflow.understand.details.sentences.sentence import Token


def without_ages(tokens: list[Token]) -> list[Token]:
    """The words without the ages; an age goes with its comma."""
    if not any(token.text.isdigit() for token in tokens):
        return tokens
    kept: list[Token] = []
    position = 0
    while position < len(tokens):
        end = _age_ends(tokens, position) if any(token.has("kin", "i") for token in kept[-2:]) else position
        if end == position:
            kept.append(tokens[position])
        position = max(end, position + 1)
    return kept


def _age_ends(tokens: list[Token], start: int) -> int:
    """Where the age that begins here ends; `start` where none does."""
    comma = tokens[start].mark and tokens[start].comma
    digits = _digits(tokens, start, comma)
    if digits is None:
        return start
    end = digits + 1
    while end < min(len(tokens), digits + 4) and not tokens[end].mark and not tokens[end - 1].has("things"):
        end += 1
    if _counts_somebody(tokens, start, end):
        return start
    if not comma:
        return end if tokens[end - 1].has("things") else start
    if end == len(tokens):
        return end
    return end + tokens[end].comma if tokens[end].mark else start


def _digits(tokens: list[Token], start: int, comma: bool) -> int | None:
    """Where the number stands: ", 17", ", sie ist 17", "de 14"; not "17", "und 17"."""
    near = range(start, min(start + 3, len(tokens)))
    digits = next((at for at in near if tokens[at].text.isdigit()), None)
    if digits is None or digits == start or any(token.mark for token in tokens[start + comma : digits]):
        return None
    if not comma and (digits > start + 1 or tokens[start].has("i", "me", "joins")):
        return None
    return digits


def _counts_somebody(tokens: list[Token], start: int, end: int) -> bool:
    """ "Meine Frau, 2 Kinder", "2 Personen"."""
    inside = tokens[start:end]
    others = start > 1 and tokens[start - 2].has("my") and any(token.has("kin") for token in inside)
    return others or any(token.has("neutral", "come", "can", "enrol") for token in inside)
