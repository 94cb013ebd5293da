"""A mail's text as sentences of words whose meaning for counting people is known.

Rules: knows no word of any language; one pass over the text.

sentence.py   a sentence, and what is known of each of its words
words.py      the words, numbers and marks of a text, with their meaning
stops.py      where a sentence ends
ages.py       ages, which count nobody, are left out,
brackets.py   and brackets that name and count nobody
"""

import itertools

from mailflow.rules.people import Speech
from mailflow.rules.people_words import UNKNOWN
from mailflow.understand.details.sentences.ages import without_ages
from mailflow.understand.details.sentences.brackets import without_brackets
from mailflow.understand.details.sentences.sentence import Sentence, Token
from mailflow.understand.details.sentences.stops import ends
from mailflow.understand.details.sentences.words import add_tokens, find_words, without_marks

_LIMIT = 20_000  # characters of a mail that are read for people
_LONGEST = 400  # words of a sentence; what goes on longer is no sentence
_ABBREVIATION = frozenset({"abbreviations"})


def read_sentences(text: str, speech: Speech) -> list[Sentence]:
    """The text's sentences, in order. What lies beyond the first 20,000 characters is left out."""
    plain = without_marks(text[:_LIMIT])
    width = max(map(len, plain.splitlines()), default=0)
    small = plain.islower()
    sentences: list[Sentence] = []
    tokens: list[Token] = []
    matches = find_words(plain)
    for match, following in itertools.zip_longest(matches, matches[1:]):
        add_tokens(tokens, match, speech, small)
        if (
            following is None
            or len(tokens) >= _LONGEST
            or ends(plain, width, tokens, match, following, speech)
        ):
            sentences += _finished(tokens, plain, speech)
            tokens = []
    return sentences


def _finished(tokens: list[Token], text: str, speech: Speech) -> list[Sentence]:
    """The sentence that these words make; none where they are but marks."""
    tokens = without_ages(without_brackets(tokens))
    if all(token.mark for token in tokens):
        return []
    for token in tokens:
        if token.meaning.tags == _ABBREVIATION and token.text[:1].isupper():
            token.meaning = UNKNOWN  # its dot is gone by now; without one, "Max" is a name
    _join_sequences(tokens, speech)
    _forget_numbers(tokens)
    return [Sentence(tokens, text).finish()]


def _forget_numbers(tokens: list[Token]) -> None:
    """ "17 Jahre", "mit je vier Leuten": numbers that count not all who come."""
    for one, two in itertools.pairwise(tokens):
        if "ages" in two.meaning.tags:
            one.number = None
        if one.has("each"):
            two.number = None


def _join_sequences(tokens: list[Token], speech: Speech) -> None:
    """Make one token of words that mean something together ("meine Wenigkeit")."""
    lows = [token.low for token in tokens]
    position = 0
    while position < len(tokens):
        length, meaning = speech.words.sequence(lows, position)
        if length:
            first = tokens[position]
            first.text = " ".join(token.text for token in tokens[position : position + length])
            first.meaning, first.low = meaning, "_".join(lows[position : position + length])
            first.number = meaning.number if "number" in meaning.tags else None
            del tokens[position + 1 : position + length], lows[position + 1 : position + length]
        position += 1
