"""Sentences and clauses of a written text.

Rules: nothing of the text is lost or changed (a sentence is a stretch of it); list items are sentences of
their own; the full stop of "17.", "Dr." or "z. B." ends nothing. Works in one pass over the words.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from mailflow.vocabulary.files import Grammar
from mailflow.vocabulary.folding import fold

_WORD = re.compile(
    r"""
      \d{1,4}(?:[./-]\d{1,4})+\.?        # 17.3.2021, 17/3, 2021-03-17, 15.00
    | \d{1,2}:\d{2}                      # 15:00
    | \d{1,2}\.(?=[\s,;:!?)+&/]|$|[^\W\d_]) # 17., also in "17.März", "16.+17."
    | \d+\.(?=[\s,;:!?)]|$)              # 1908.
    | \d+(?:[^\W\d_]+|-[^\W\d_]+)?       # 17, 17ten, 17th, 17-го
    | [^\W_](?:[^\W_]|[\u0300-\u036f\u064b-\u065f\u0670]|['’ʼ`\u200c-](?=[^\W_]))*  # words, also with
                                       # apostrophe, hyphen, accents and vowel signs typed after the letter
    | [.!?…؟。۔]+
    | [,;:()\[\]–—،؛/]|-(?=\s)
    """,
    re.VERBOSE,
)
_END = frozenset(".!?…؟。۔")
_CLAUSE_MARK = frozenset(',;:()[]"„“”«»–—-،؛*')
_MARKS = _CLAUSE_MARK | _END
_MAY_END = _END | frozenset(")]")
_LIST_ITEM = re.compile(r"^[ \t]*(?:[-*•·–►▪✓+>]|\d[.)]|[a-z]\))[ \t]+(?=\S)")
_SHORT_LINE = 50  # a line shorter than this was ended by the writer, not by the mail program


class Word(NamedTuple):
    """A word of a sentence: as written, in which clause of it the word stands, and its comparable form."""

    text: str
    clause: int
    plain: str


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence: its text as written, its words, whether it asks, and where it stands."""

    text: str
    words: tuple[Word, ...]
    asks: bool
    block: int = 0  # number of its paragraph, list item or line
    item: bool = False  # is it an item of a list?


def split_sentences(text: str, grammar: Grammar) -> tuple[Line, ...]:
    """The sentences of a text, in order. `grammar` says what abbreviations and new clauses look like."""
    return tuple(
        line
        for number, block in enumerate(_blocks(text))
        for line in _sentences(block, number, grammar)
        if line.words
    )


def _blocks(text: str) -> list[str]:
    """Stretches that no sentence crosses: paragraphs, list items, short lines the writer ended."""
    blocks: list[str] = []
    previous = ""
    for raw in text.splitlines():
        line = raw.rstrip()
        if not line:
            previous = ""
            continue
        if previous and not _starts_anew(previous, line):
            blocks[-1] += "\n" + line
        else:
            blocks.append(line)
        previous = line
    return blocks


def _starts_anew(previous: str, line: str) -> bool:
    if _LIST_ITEM.match(line) or previous[-1] in ":":
        return True
    first = line.lstrip()[:1]
    return len(previous) < _SHORT_LINE and (first.isupper() or not first.isalpha()) and previous[-1] != ","


LONGEST = 120  # words and marks of a sentence; a longer one is parted, for each is looked at with all others
MOST_JOINS = 12  # of a sentence: places where "and" may part it


def _sentences(block: str, number: int, grammar: Grammar) -> list[Line]:
    item = _LIST_ITEM.match(block)
    start = item.end() if item else 0
    found = list(_WORD.finditer(block, start))
    lines: list[Line] = []
    pending: list[re.Match[str]] = []
    for position, match in enumerate(found):
        pending.append(match)
        following = found[position + 1] if position + 1 < len(found) else None
        if following and (len(pending) >= LONGEST or _ends_here(block, match, following, grammar)):
            words, asks = _words(pending, grammar)
            lines.append(Line(block[start : match.end()].strip(), words, asks, number, bool(item)))
            start, pending = following.start(), []
    if pending:
        words, asks = _words(pending, grammar)
        lines.append(Line(block[start:].strip(), words, asks, number, bool(item)))
    return lines


def _ends_here(block: str, match: re.Match[str], following: re.Match[str], grammar: Grammar) -> bool:
    mark = match.group()
    if mark[-1] not in _MAY_END:
        return False
    between = block[match.end() : following.start()]
    if mark in ")]" and block[match.start() - 1] in _END:  # "(Ich komme.) Noch etwas"
        return bool(between) and following.group()[0].isupper()
    if mark[-1] not in _END or not between:
        return False
    if mark[0].isdigit() and not grammar.dotted_numbers:
        return not following.group()[:1].islower()
    if mark[0].isdigit():
        return following.group().casefold() in grammar.starters and following.group()[:1].isupper()
    if mark == ".":
        before = re.search(r"[^\W\d_]+$", block[: match.start()][-20:])
        word = before.group().casefold() if before else ""
        return word not in grammar.abbreviations and len(word) != 1
    return True


def _words(marks: list[re.Match[str]], grammar: Grammar) -> tuple[tuple[Word, ...], bool]:
    """The words of a sentence, each with its clause, and whether the sentence asks."""
    words: list[Word] = []
    clause = last = 0
    outside: list[int] = []  # clauses that go on behind a bracket
    for place, mark in enumerate(marks):
        text = mark.group()
        if text == "." and mark is not marks[-1]:
            continue  # that of an abbreviation, for any other would have ended the sentence
        if text[0] in _MARKS:
            if _beside_an_aside(marks, place, grammar):
                continue
            if text[0] in "([":
                outside.append(clause)
            last += 1
            clause = outside.pop() if text[0] in ")]" and outside else last
            continue
        if words and text.casefold() in grammar.clause_openers:
            clause = last = last + 1
        words.append(Word(text, clause, fold(text, grammar.umlauts)))
    words = _part_at_joins(words, grammar)
    asks = any(sign in mark.group() for mark in marks[-3:] for sign in "?؟")
    return tuple(words), asks


def _beside_an_aside(marks: list[re.Match[str]], place: int, grammar: Grammar) -> bool:
    """Whether this comma only sets off a word such as "please": with another comma, or at an end."""
    if marks[place].group() not in ",،":
        return False
    return any(_only_asides(marks, place, step, grammar) for step in (1, -1))


def _only_asides(marks: list[re.Match[str]], place: int, step: int, grammar: Grammar) -> bool:
    beside = place + step
    while 0 <= beside < len(marks) and marks[beside].group().casefold() in grammar.asides:
        beside += step
    if beside == place + step:
        return False
    return not 0 <= beside < len(marks) or marks[beside].group()[0] in _MARKS


def _part_at_joins(words: list[Word], grammar: Grammar) -> list[Word]:
    """Begin a new clause at "and" where a finite verb follows it and one went before."""
    joins = [place for place, word in enumerate(words) if word.text.casefold() in grammar.joins]
    for place in joins[:MOST_JOINS]:
        clause = words[place].clause
        before = [other for other in words[:place] if other.clause == clause]
        after = [other for other in words[place + 1 :] if other.clause == clause]
        if _has_verb(before, grammar) and _has_verb(after, grammar):
            words = part_clause(words, place)
    return words


def part_clause(words: Sequence[Word], place: int) -> list[Word]:
    """Let the words from `place` on be a clause of their own, as far as they stand in the same clause."""
    fresh = max(word.clause for word in words) + 1
    whole = words[place].clause
    return [
        Word(word.text, fresh, word.plain) if number >= place and word.clause == whole else word
        for number, word in enumerate(words)
    ]


def _has_verb(words: list[Word], grammar: Grammar) -> bool:
    return any(word.text.casefold() in grammar.finite_verbs for word in words)
