"""Which language did the person write?

Every word votes: a listed one for the languages that list it, another one by its ending and its letters.
The most votes win. Names vote too, but weakly: an unlisted word with a capital counts half, so that
"Ich komme. Şükrü Yıldız" stays German. Short words that are abbreviated before a number or before each
other say nothing: "Di. 16. u. Mi. 17." is not Italian. Words and letters are data (`rules/language/`); there
is no vocabulary here. Only the first part of a long mail is read: it tells enough.
"""

import re
from collections import defaultdict

from mailflow.rules.language import LanguageWords, Weights, without_accents

_READ = 1500  # characters
_REMEMBERED = 20_000  # words
_ADDRESS = re.compile(r"(?:https?://|www\.)\S{1,2000}|[\w.+-]{1,64}@[\w.-]{1,255}")
_ABBREVIATED = re.compile(
    r"(?<![^\W\d_])[^\W\d_]{1,3}\.(?=\s{0,3}(?:[\d&+/(]|[^\W\d_]{1,3}\.))"
)  # "u. Di. 16."
_WORD = re.compile(r"[^\W_]+(?:[-'’ʼ\u200c][^\W_]+)*")
_NAME_WEIGHT = 0.5
_SCRIPT_WEIGHT = 0.5


def find_language(text: str, words: LanguageWords) -> str | None:
    """The language of the text as ISO 639-1; None where no words were written."""
    votes: dict[str, float] = defaultdict(float)
    found = _WORD.findall(_ABBREVIATED.sub(" ", _ADDRESS.sub(" ", text[:_READ])))
    spoken = [word for word in found if not word.isdecimal()]
    if not spoken:
        return None
    for word in spoken:
        for language, weight in _remembered(word, words):
            votes[language] += weight
    if not votes and not any(word[0] < "\u0250" for word in spoken):  # a script of which we know nothing
        return None
    for language, head_start in words.prior.items():
        votes[language] += head_start
    return max(votes, key=lambda language: votes[language])


def _remembered(word: str, words: LanguageWords) -> Weights:
    """What one word says; people mostly use the same ones."""
    weights = words.met.get(word)
    if weights is None:
        if len(words.met) > _REMEMBERED:
            words.met.clear()
        weights = words.met[word] = _weights(word, words)
    return weights


def _weights(word: str, words: LanguageWords) -> Weights:
    """The same, looked up."""
    plain = word.casefold()
    listed = words.words.get(plain)
    if listed is None and not plain.isascii():
        listed = words.words.get(without_accents(plain))
    if listed is not None:
        return listed
    if "-" in plain or "'" in plain or "’" in plain or "\u200c" in plain:
        return _parts(plain, words)
    return _by_look(word, plain, words)


def _parts(plain: str, words: LanguageWords) -> Weights:
    """A word with a hyphen, an apostrophe or a Persian joint, of which only the parts are listed."""
    parts = re.split(r"[-'’ʼ\u200c]", plain)[:4]
    return tuple(vote for part in parts if part for vote in _weights(part, words))


def _by_look(word: str, plain: str, words: LanguageWords) -> Weights:
    """A word that no file lists: its ending, its letters, its script."""
    scale = _NAME_WEIGHT if word[0].isupper() else 1.0
    looks: list[tuple[str, float]] = []
    for length in range(min(words.longest_ending, len(plain) - 2), 1, -1):
        if (votes := words.endings.get(plain[-length:])) is not None:
            looks.extend(votes)
            break
    if not plain.isascii():
        for letter in set(plain):
            looks.extend(words.letters.get(letter, ()))
        looks.extend((language, _SCRIPT_WEIGHT) for language in words.scripts.get(_script(plain), ()))
    return tuple((language, weight * scale) for language, weight in looks)


def _script(word: str) -> str:
    letter = word[0]
    if "\u0400" <= letter <= "\u052f":
        return "cyrillic"
    if "\u0600" <= letter <= "\u06ff":
        return "arabic"
    return "greek" if "\u0370" <= letter <= "\u03ff" else ""
