"""One language's words as the rules name them, found again in any form people write.

A rule's word is found in other forms (endings), with missing umlauts, with a slip of the finger in a long
word, written together with a little word before it, and, where the language splits its verbs ("melde …
an"), in two pieces. Everything found is a tag at a word's place; phrases are then plain set questions.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from mailflow.vocabulary.files import Grammar
from mailflow.vocabulary.folding import fold
from mailflow.vocabulary.sentences import Word
from mailflow.vocabulary.slips import Slips, may_slip

_SHORTEST_STEM = 3
_ITSELF = "\N{COMBINING GRAPHEME JOINER}"  # marks a word that stands for no twin with an umlaut
Sequenced = tuple[tuple[str, ...], str]


@dataclass(slots=True)
class Lexicon:
    """Finds the tags of a sentence's words. Fill with `learn`, then ask `tags`."""

    grammar: Grammar
    tolerant: frozenset[str]  # the tags that a word with a slip of the finger may still carry
    _exact: dict[str, set[str]] = field(default_factory=dict)
    _stems: dict[str, set[str]] = field(default_factory=dict)
    _heads: dict[str, set[str]] = field(default_factory=dict)
    _tails: dict[str, set[str]] = field(default_factory=dict)
    _split: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    # by their first two words
    _sequences: dict[str, dict[str, list[Sequenced]]] = field(default_factory=dict)
    _slips: Slips = field(default_factory=Slips)
    _known: dict[str, "_Form"] = field(default_factory=dict)
    _joining: frozenset[str] = frozenset()
    _begins: frozenset[str] = frozenset()  # the tags with which sequences begin

    # --- learning ---------------------------------------------------------------------------------

    def learn(self, item: str, tag: str) -> None:
        """Let every form of `item` (one word, or several joined by _) carry `tag`."""
        parts = tuple(part for part in item.split("_") if part)
        if len(parts) > 1:
            for part in parts:
                self._learn_word(part, "_" + part)
            sequence = tuple("_" + part for part in parts)
            self._sequences.setdefault(sequence[0], {}).setdefault(sequence[1], []).append((sequence, tag))
        else:
            self._learn_word(item, tag)

    def _learn_word(self, word: str, tag: str) -> None:
        if word.startswith("="):
            self._exact.setdefault(self._fold(word[1:]), set()).add(tag)
        elif word.endswith("~"):
            self._heads.setdefault(self._fold(word[:-1]), set()).add(tag)
        elif word.startswith("~"):
            self._tails.setdefault(self._fold(word[1:]), set()).add(tag)
        else:
            self._learn_forms(self._fold(word), tag)

    def _learn_forms(self, word: str, tag: str) -> None:
        self._exact.setdefault(word, set()).add(tag)
        if len(word) <= _SHORTEST_STEM:
            return
        self._stems.setdefault(self._stem(word), set()).add(tag)
        for particle in self.grammar.separable:
            if word.startswith(particle) and len(word) - len(particle) > _SHORTEST_STEM:
                rest = word[len(particle) :]
                self._split.setdefault(self._stem(rest), set()).add((particle, tag))
                for infix in self.grammar.infixes:
                    self._stems.setdefault(self._stem(particle + infix + rest), set()).add(tag)

    def finish(self) -> None:
        """Call once after the last `learn`: prepares what finds slips of the finger."""
        self._joining = frozenset(self._fold(word) for word in self.grammar.joining)
        self._begins = frozenset(self._sequences)
        for forms in (self._exact, self._stems):
            self._slips.learn(word for word, tags in forms.items() if tags & self.tolerant)

    def _fold(self, word: str) -> str:
        if word.casefold() in self.grammar.distinct:
            return word.casefold() + _ITSELF
        return fold(word, self.grammar.umlauts)

    def _stem(self, word: str) -> str:
        for ending in self.grammar.endings:
            if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
                return word[: -len(ending)]
        return word

    # --- finding ----------------------------------------------------------------------------------

    def tags(self, words: Sequence[Word]) -> list[set[str]]:
        """For each word the tags it carries, those of split verbs and of words side by side included."""
        forms = [self._form(word.text) for word in words]
        found = [set(form.tags) for form in forms]
        self._add_joined(forms, found)
        self._add_split_verbs(words, forms, found)
        self._add_sequences(found)
        return found

    def _form(self, text: str) -> "_Form":
        """What the lexicon knows of a word as it is written; found once, for people write the same words."""
        form = self._known.get(text)
        if form is None:
            if len(self._known) > 20_000:
                self._known.clear()
            folded = self._fold(text)
            verbs = self._split.get(self._stem(folded), ())
            form = self._known[text] = _Form(folded, self._look_up(folded), tuple(verbs))
        return form

    def _add_joined(self, forms: Sequence["_Form"], found: list[set[str]]) -> None:
        for position, (form, following) in enumerate(pairwise(forms)):
            if form.folded in self._joining:
                joined = self._look_up(form.folded + following.folded)
                found[position] |= joined
                found[position + 1] |= joined

    def _look_up(self, word: str) -> frozenset[str]:
        tags = self._forms(word)
        for part in word.split("-") if "-" in word else ():
            tags |= self._forms(part)
        if all(tag.startswith("_") for tag in tags):  # nothing by itself, a part of a sequence at the most
            for beginning in self.grammar.beginnings:
                rest = word[len(beginning) :]
                if word.startswith(beginning) and (len(rest) >= _SHORTEST_STEM or _is_short_word(rest)):
                    tags |= self._forms(rest)
        return frozenset(tags or self._slip(word))

    def _forms(self, word: str) -> set[str]:
        tags = set(self._exact.get(word, ()))
        if len(word) > _SHORTEST_STEM:
            tags |= self._stems.get(self._stem(word), set())
        for length in range(2, len(word) + 1):
            if head := self._heads.get(word[:length]):
                tags |= head
            if tail := self._tails.get(word[-length:]):
                tags |= tail
        return tags

    def _slip(self, word: str) -> Iterable[str]:
        """Tags of the one known word that this is a slip of."""
        if not may_slip(word) or word in self.grammar.ordinary:
            return ()
        known = self._slips.nearest(word, self._stem(word))
        if known is None:
            return ()
        return (self._exact.get(known, set()) | self._stems.get(known, set())) & self.tolerant

    def _add_split_verbs(
        self, words: Sequence[Word], forms: Sequence["_Form"], found: list[set[str]]
    ) -> None:
        for position, form in enumerate(forms):
            for particle, tag in form.verbs:
                if any(
                    forms[later].folded == particle and self._stands_apart(later, words, forms)
                    for later in range(position + 1, len(words))
                    if words[later].clause - words[position].clause <= 1 or later == len(words) - 1
                ):
                    found[position].add(tag)

    def _stands_apart(self, position: int, words: Sequence[Word], forms: Sequence["_Form"]) -> bool:
        following = position + 1
        return (
            following == len(words)
            or words[following].clause != words[position].clause
            or forms[following].folded in self.grammar.after_particle
        )

    def _add_sequences(self, found: list[set[str]]) -> None:
        for position, (tags, following) in enumerate(pairwise(found)):
            if self._begins.isdisjoint(tags):
                continue
            for first in self._begins.intersection(tags):
                seconds = self._sequences[first]
                for parts, tag in (each for second in seconds.keys() & following for each in seconds[second]):
                    if _stand_there(parts, found[position:]):
                        tags.add(tag)


@dataclass(frozen=True, slots=True)
class _Form:
    """A word as it is written: its comparable form, its tags, and the verbs of which it may be one piece."""

    folded: str
    tags: frozenset[str]
    verbs: tuple[tuple[str, str], ...]  # the other piece, and the tag of both together


def _stand_there(parts: Sequence[str], found: Sequence[set[str]]) -> bool:
    """Do the words of a sequence stand one after the other?"""
    return len(parts) <= len(found) and all(part in tags for part, tags in zip(parts, found, strict=False))


def _is_short_word(rest: str) -> bool:
    """Two letters make a word in Arabic (ولن is "and not"), but seldom one worth knowing in Latin."""
    return len(rest) == 2 and not rest.isascii()


def build_lexicon(
    grammar: Grammar, groups: Mapping[str, Iterable[str]], items: Iterable[str], tolerant: Iterable[str]
) -> Lexicon:
    """A lexicon of all groups (tagged "<name>") and of all single items (tagged by themselves).

    `tolerant` are the tags whose words are known in spite of a slip of the finger.
    """
    lexicon = Lexicon(grammar, frozenset(tolerant))
    for name, members in groups.items():
        for member in members:
            lexicon.learn(member, f"<{name}>")
    for item in items:
        for choice in item.split("|"):
            lexicon.learn(choice, item)
    lexicon.finish()
    return lexicon
