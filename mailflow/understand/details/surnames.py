"""Surnames that are numbers: "Sieben mein Name", "Gruß, Karin Acht", "meine Kollegin Frau Drei"."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise

from mailflow.model import Letter
from mailflow.rules.people import Speech
from mailflow.rules.people_words import UNKNOWN, fold
from mailflow.understand.details.sentences.sentence import Sentence

_NAMES = 5  # words: so long no name is


def forget_numbers(letter: Letter, sentences: list[Sentence], names: Iterable[str], speech: Speech) -> Letter:
    """The letter without such a surname in its subject; in the sentences it is no number any more.
    `names`: as signed or sent."""
    surnames = set(_number_names(names, speech))
    for sentence in sentences:
        titled = [two for one, two in pairwise(sentence.tokens) if one.has("title") and two.capital]
        called = [token for token in titled if token.number]
        called += [token for token in sentence.tokens if token.number and token.text in surnames]
        for token in called:
            token.number, token.meaning = None, UNKNOWN
        if called:
            sentence.offsets.clear()
            sentence.finish()
    return replace(letter, subject=" ".join(each for each in letter.subject.split() if each not in surnames))


def _number_names(names: Iterable[str], speech: Speech) -> Iterator[str]:
    """The last words of names that are numbers as well."""
    signed = [name.split() for name in names]
    for words in (each for each in signed if 1 < len(each) < _NAMES and all(map(str.istitle, each))):
        if "number" in speech.words.meaning(fold(words[-1], speech.umlauts)).tags:
            yield words[-1]
