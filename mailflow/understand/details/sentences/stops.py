"""Where a sentence ends: at a full stop that is no abbreviation's, at a line that the writer ended."""

import re

from mailflow.rules.people import Speech
from mailflow.rules.people_words import fold
from mailflow.understand.details.sentences.sentence import Token

_ABBREVIATED = 4  # letters at the most: "Prof.", not "unsere Familie."
_SHORT_LINE = 42  # a mail of such lines was broken by its writer, not by a program
_WRAPPED = 100  # the longest line that programs break
_END = frozenset(".!?…؟۔;؛")


def ends(
    text: str, width: int, tokens: list[Token], match: re.Match[str], following: re.Match[str], speech: Speech
) -> bool:
    """Does a sentence of the text end between what was found and what follows it? `width`: of its longest
    line. A dot that belongs to the word before it ("Dr.", "17.") is dropped from the tokens."""
    gap = text[match.end() : following.start()]
    if "\n" in gap and _line_ends(text, width, match.end(), gap, following):
        return True
    if match.lastgroup != "mark" or len(tokens) < 2:
        return False
    mark = match.group()
    if mark[0] not in _END:
        return False
    if not gap:
        tokens.pop()
        return False
    return mark != "." or _full_stop(tokens, following, speech)


def _line_ends(text: str, width: int, end: int, gap: str, following: re.Match[str]) -> bool:
    """A blank line, a list item or a line that the writer ended, not the mail program."""
    if gap.count("\n") > 1 or gap.rpartition("\n")[2].strip():
        return True
    if text[end - 1 : end] == "," or gap[:1] == ",":
        return False
    length = end - text.rfind("\n", 0, end)
    if _SHORT_LINE < width < _WRAPPED and length + len(following.group()) > width:
        return False  # the next word had no room on it
    first = following.group()[0]
    return not (first.isalpha() and first.islower())


def _full_stop(tokens: list[Token], following: re.Match[str], speech: Speech) -> bool:
    """Is this dot the end of a sentence, or does it belong to "17." or "Dr."? Drops it where it does."""
    before = tokens[-2]
    if before.text.isdigit() or before.low == "0":
        if _begins_anew(following, speech) and not _in_brackets(tokens):
            return True
        before.number = None
    elif not _is_abbreviated(before, capital=not following.group()[:1].islower()):
        return True
    tokens.pop()
    return False


def _in_brackets(tokens: list[Token]) -> bool:
    """ "(alle Pflege, 2. Lehrjahr)": no sentence ends there."""
    marks = [token.low for token in tokens if token.mark and token.low in "()"]
    return marks[-1:] == ["("]


def _begins_anew(following: re.Match[str], speech: Speech) -> bool:
    """Not "17. März", "17. 3." or "17. bis 19. März": behind a number, a capital that is no month."""
    word = following.group()
    if word[0].islower() or word[0].isdigit():
        return False
    return "things" not in speech.words.meaning(fold(word, speech.umlauts)).tags


def _is_abbreviated(word: Token, *, capital: bool) -> bool:
    """ "Prof.", "3 Pers.", "z."; before a capital only the shortest. `capital`: one follows the dot."""
    letters = len(word.text)
    if (letters == 1 and not word.mark) or word.has("abbreviations"):
        return True
    if word.has("neutral", "kin") and letters <= (3 if capital else 4):
        return True
    return word.has("title") and not word.has("kin") and letters <= _ABBREVIATED
