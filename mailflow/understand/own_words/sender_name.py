"""The sender's own name at the end, as the head of the mail has it: a signature wherever it stands.

    "… lese dann in der Zeitung nach. Regine Thurau"    behind the last sentence, in the same line
    "anni kemmerling", sent by "anni k"                 one of the names is enough in a line of its own
    "Benno Elsiepen / Kantor i. R."                     with what a signature has below it

Rules: only where no closing was found, and never if it is all that was written.
"""

from collections.abc import Collection, Sequence

from mailflow.rules.spelling import placed_words, words_of
from mailflow.understand.own_words.lines import Line
from mailflow.understand.own_words.signed_lines import END_OF_SENTENCE, is_prose

_MOST_BELOW = 3  # lines of a signature below the name
_MOST_NAMES = 4  # words of a name
_BRIEF = 5  # words of a line that stands below a name


def mark_sender_name(lines: list[Line], start: int, end: int, sender: str) -> None:
    """Claim the sender's name at the end of the stretch lines[start:end], and the short lines below it."""
    known = {word for word in words_of(sender) if len(word) > 1}
    free = [index for index in range(start, end) if lines[index].free]
    closed = any(line.kind in ("closing", "signature") for line in lines[start:end])
    if closed or not known:
        return
    for index in reversed(free[-_MOST_BELOW - 1 :]):
        text = lines[index].text
        place = _name_at_end(text, known)
        if place == 0 and index == free[0]:
            return
        if place is not None:
            _claim_from(lines, index, place, end)
            return
        if len(text.split()) > _BRIEF or is_prose(text):
            return


def _claim_from(lines: list[Line], index: int, place: int, end: int) -> None:
    """Claim what stands from this place of a line on, and all lines below."""
    for line in lines[index + 1 : end]:
        if line.free:
            line.claim("signature", "below the sender's name")
    line = lines[index]
    if place == 0:
        line.claim("signature", "the sender's name")
        return
    lines.insert(index + 1, Line(line.text[place:], line.mark, "signature", "the sender's name"))
    line.text = line.text[:place].rstrip()


def _name_at_end(text: str, known: Collection[str]) -> int | None:
    """Where the sender's name begins that ends a line: at its start, or behind a sentence."""
    placed = placed_words(text)
    words = [word for word, _, _ in placed]
    if len(words) <= _MOST_NAMES - 1 and words and words[0] in known and not END_OF_SENTENCE.search(text):
        return 0
    names = _names_at_end(words, known)
    if not names:
        return None
    place = placed[-names][1]
    return place if place == 0 or END_OF_SENTENCE.search(text[:place]) else None


def _names_at_end(words: Sequence[str], known: Collection[str]) -> int:
    """How many words at the end are the sender's names or their initials, one at least in full."""
    count = 0
    for word in reversed(words[-_MOST_NAMES:]):
        if word not in known and not (len(word) == 1 and any(name.startswith(word) for name in known)):
            break
        count += 1
    return count if any(word in known for word in words[len(words) - count :]) else 0
